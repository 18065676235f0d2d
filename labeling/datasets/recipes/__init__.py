"""Recipes: which judgments become which rows, each policy in one class."""

from __future__ import annotations

from labeling.datasets.recipes.base import Ledger, Recipe
from labeling.datasets.recipes.consensus import ConsensusRecipe
from labeling.datasets.recipes.demonstrations import Demonstrations
from labeling.datasets.recipes.helpsteer import HelpSteer
from labeling.datasets.recipes.hh import HelpfulHarmless
from labeling.datasets.recipes.instructgpt import InstructGpt
from labeling.datasets.recipes.kto import Kto
from labeling.datasets.recipes.llama2 import Llama2
from labeling.datasets.recipes.llama3 import Llama3
from labeling.datasets.recipes.majority import Majority
from labeling.datasets.recipes.margin import Margin
from labeling.datasets.recipes.options import OptionError, RecipeOptions
from labeling.datasets.recipes.outcome import (
    Demonstration,
    Pair,
    RankedResponses,
    RecipeOutcome,
    ResponseLabel,
    RowKind,
)
from labeling.datasets.recipes.ratings import RatingTable
from labeling.datasets.recipes.raw import Raw
from labeling.datasets.recipes.rules import Rules
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
        Margin,
        RatingTable,
        Rules,
        Demonstrations,
    )
}

__all__ = [
    "RECIPES",
    "ConsensusRecipe",
    "Demonstration",
    "Demonstrations",
    "HelpSteer",
    "HelpfulHarmless",
    "InstructGpt",
    "Kto",
    "Ledger",
    "Llama2",
    "Llama3",
    "Majority",
    "Margin",
    "OptionError",
    "Pair",
    "RankedResponses",
    "RatingTable",
    "Raw",
    "Recipe",
    "RecipeOptions",
    "RecipeOutcome",
    "ResponseLabel",
    "RowKind",
    "Rules",
    "Sft",
]
