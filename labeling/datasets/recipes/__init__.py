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
from labeling.datasets.recipes.majority import Majority
from labeling.datasets.recipes.options import RecipeOptions
from labeling.datasets.recipes.raw import Raw

#: Every recipe by key, in the order of the picker.
RECIPES: dict[str, type[Recipe]] = {recipe.key: recipe for recipe in (Majority, Raw)}

__all__ = [
    "RECIPES",
    "Demonstration",
    "Kind",
    "Label",
    "Ledger",
    "Majority",
    "Outcome",
    "Pair",
    "Ranking",
    "Raw",
    "Recipe",
    "RecipeOptions",
]
