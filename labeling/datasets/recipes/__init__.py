"""Recipes: which judgments become which rows, each policy in one class."""

from __future__ import annotations

from labeling.datasets.recipes.base import (
    Demonstration,
    Ledger,
    Pair,
    RankedResponses,
    Recipe,
    RecipeOutcome,
    ResponseLabel,
    RowKind,
)
from labeling.datasets.recipes.consensus import ConsensusRecipe
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
        ConsensusRecipe,
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
    "ConsensusRecipe",
    "Demonstration",
    "HelpSteer",
    "HelpfulHarmless",
    "InstructGpt",
    "Kto",
    "Ledger",
    "Llama2",
    "Llama3",
    "Majority",
    "OptionError",
    "Pair",
    "RankedResponses",
    "Raw",
    "Recipe",
    "RecipeOptions",
    "RecipeOutcome",
    "ResponseLabel",
    "RowKind",
    "Sft",
]
