"""Whether a recipe, its options and a format fit together: asked before anything is written."""

from __future__ import annotations

from collections.abc import Sequence

from labeling.datasets.formats.base import Format
from labeling.datasets.recipes.base import Kind, Recipe
from labeling.datasets.recipes.options import RecipeOptions
from labeling.datasets.records import Criterion

_ROWS = {
    Kind.PAIRS: "pairs",
    Kind.RANKINGS: "rankings",
    Kind.LABELS: "responses labelled good or bad",
    Kind.DEMONSTRATIONS: "single responses to imitate",
}


def kind_of(recipe: type[Recipe], shape: Format) -> Kind | None:
    """What a row of that recipe is in that format, None where the two have nothing in common."""
    return next((kind for kind in recipe.kinds if kind in shape.main), None)


def fits(recipe: type[Recipe], shape: Format) -> bool:
    """Whether the rows of that recipe have a place in that format at all."""
    return kind_of(recipe, shape) is not None and (recipe.per_vote or not shape.needs_votes)


def misfit(
    recipe: type[Recipe],
    shape: Format,
    *,
    options: RecipeOptions,
    criteria: Sequence[Criterion],
    file_per_criterion: bool = False,
) -> tuple[str, str] | None:
    """The field at fault and a sentence that says what to choose instead; None if all fits."""
    if kind_of(recipe, shape) is None:
        made = " or ".join(_ROWS[kind] for kind in recipe.kinds)
        taken = " or ".join(_ROWS[kind] for kind in shape.main)
        return (
            "format",
            f"The recipe “{recipe.title}” makes {made}, and “{shape.title}” holds {taken}. "
            "Choose another format or another recipe.",
        )
    if shape.needs_votes and not recipe.per_vote:
        return (
            "format",
            f"“{shape.title}” has a row a rater, and “{recipe.title}” puts raters together. "
            "Choose the recipe “Every vote” or another format.",
        )
    if options.ties == "keep" and not shape.carries_ties:
        return (
            "ties",
            f"“{shape.title}” has no place for ties. Drop them or choose another format.",
        )
    if len(criteria) > 1 and not file_per_criterion and not shape.carries_criterion:
        return (
            "criteria",
            f"A row of “{shape.title}” does not say which criterion it is about. Take one "
            "criterion, or one file a criterion.",
        )
    for criterion in criteria:
        reason = recipe.needs(criterion)
        if reason:
            return ("criteria", reason)
        if options.min_strength > criterion.strongest:
            return (
                "min_strength",
                f"The scale of “{criterion.key}” ends at {criterion.strongest}: no answer is as "
                f"strong as {options.min_strength}.",
            )
    return None
