"""Recipes: which judgments become which rows, each policy in one class."""

from __future__ import annotations

from labeling.datasets.recipes.base import (
    Demonstration,
    Kind,
    Label,
    Ledger,
    Outcome,
    Pair,
    Ranking,
    Recipe,
)
from labeling.datasets.recipes.consensus import Consensus
from labeling.datasets.recipes.helpsteer import HelpSteer
from labeling.datasets.recipes.hh import HelpfulHarmless
from labeling.datasets.recipes.instructgpt import InstructGpt
from labeling.datasets.recipes.kto import Kto
from labeling.datasets.recipes.llama2 import Llama2
from labeling.datasets.recipes.llama3 import Llama3
from labeling.datasets.recipes.majority import Majority
from labeling.datasets.recipes.options import OptionError, RecipeOptions
from labeling.datasets.recipes.raw import Raw
from labeling.datasets.recipes.sft import Sft

#: Every recipe by key, in the order of the picker.
RECIPES: dict[str, type[Recipe]] = {
    recipe.key: recipe
    for recipe in (
        Majority,
        Consensus,
        Raw,
        HelpSteer,
        HelpfulHarmless,
        InstructGpt,
        Llama2,
        Llama3,
        Kto,
        Sft,
    )
}

__all__ = [
    "RECIPES",
    "Consensus",
    "Demonstration",
    "HelpSteer",
    "HelpfulHarmless",
    "InstructGpt",
    "Kind",
    "Kto",
    "Label",
    "Ledger",
    "Llama2",
    "Llama3",
    "Majority",
    "OptionError",
    "Outcome",
    "Pair",
    "Ranking",
    "Raw",
    "Recipe",
    "RecipeOptions",
    "Sft",
]
