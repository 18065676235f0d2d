"""Recipes: which judgments become which pairs, each policy in one class."""

from __future__ import annotations

from labeling.datasets.recipes.base import Label, Ledger, Outcome, Pair, Recipe
from labeling.datasets.recipes.majority import Majority
from labeling.datasets.recipes.raw import Raw

#: Every recipe by key, in the order of the picker.
RECIPES: dict[str, type[Recipe]] = {recipe.key: recipe for recipe in (Majority, Raw)}

__all__ = ["RECIPES", "Label", "Ledger", "Majority", "Outcome", "Pair", "Raw", "Recipe"]
