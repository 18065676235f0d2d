"""Whether a recipe, its options and a format fit together: asked before anything is written."""

from __future__ import annotations

from collections.abc import Sequence

from labeling.datasets.formats.base import Format
from labeling.datasets.recipes.base import Recipe, RowKind
from labeling.datasets.recipes.options import RecipeOptions
from labeling.datasets.records import Criterion

_ROWS = {
    RowKind.PAIRS: "pairs",
    RowKind.RANKINGS: "rankings",
    RowKind.LABELS: "responses labelled good or bad",
    RowKind.DEMONSTRATIONS: "single responses to imitate",
}


def row_kind_of(recipe: type[Recipe], shape: Format) -> RowKind | None:
    """What a row of that recipe is in that format, None where the two have nothing in common."""
    return next((kind for kind in recipe.kinds if kind in shape.main), None)


def fits(recipe: type[Recipe], shape: Format) -> bool:
    """Whether the rows of that recipe have a place in that format at all."""
    return row_kind_of(recipe, shape) is not None and (recipe.per_vote or not shape.needs_votes)


def misfit(
    recipe: type[Recipe],
    shape: Format,
    *,
    options: RecipeOptions,
    criteria: Sequence[Criterion],
    file_per_criterion: bool = False,
) -> tuple[str, str] | None:
    """The field at fault and a sentence that says what to choose instead; None if all fits."""
    if shape.needs_votes and not recipe.per_vote:
        return (
            "format",
            f"“{shape.title}” has a row a rater, and “{recipe.title}” puts raters together. "
            "Choose the recipe “Every vote” or another format.",
        )
    if row_kind_of(recipe, shape) is None:
        made = " or ".join(_ROWS[kind] for kind in recipe.kinds)
        taken = " or ".join(_ROWS[kind] for kind in shape.main)
        return (
            "format",
            f"The recipe “{recipe.title}” makes {made}, and “{shape.title}” holds {taken}. "
            "Choose another format or another recipe.",
        )
    return (
        _contradiction(recipe, shape, options)
        or _crowded(shape, criteria, file_per_criterion)
        or next(filter(None, (_unsuited(recipe, options, each) for each in criteria)), None)
    )


def _contradiction(
    recipe: type[Recipe], shape: Format, options: RecipeOptions
) -> tuple[str, str] | None:
    """What the options ask of a recipe or a format that does not have it."""
    for field, sentence in recipe.refuses.items():
        if options.asks(field):
            return (field, sentence)
    if options.asks("ties") and row_kind_of(recipe, shape) == RowKind.PAIRS:
        if not shape.carries_ties:
            return (
                "ties",
                f"“{shape.title}” has no place for ties. Drop them or choose another format.",
            )
        if shape.ties_of_raters and not recipe.per_vote:
            return (
                "ties",
                f"“{shape.title}” has no place for ties that raters make together. Drop them or "
                "choose another format.",
            )
    if len(options.sources) > 1:
        return (
            "sources",
            "Judgments by people, by models and by people who saw a model's are never mixed in one "
            "release. Choose one source, and make a release of each.",
        )
    return None


def _crowded(
    shape: Format, criteria: Sequence[Criterion], file_per_criterion: bool
) -> tuple[str, str] | None:
    """Several criteria in rows that do not name theirs."""
    if len(criteria) < 2 or file_per_criterion or shape.carries_criterion:
        return None
    return (
        "criteria",
        f"A row of “{shape.title}” does not say which criterion it is about. Take one criterion, "
        "or one file a criterion.",
    )


def _unsuited(
    recipe: type[Recipe], options: RecipeOptions, criterion: Criterion
) -> tuple[str, str] | None:
    """A criterion that the recipe cannot read, or on which a strength has no meaning."""
    if reason := recipe.needs(criterion):
        return ("criteria", reason)
    if not options.min_strength:
        return None
    if criterion.answer == "rank":
        return (
            "min_strength",
            f"“{criterion.key}” puts responses in order, and an order has no strength. Leave the "
            "strength floor at 0.",
        )
    if options.min_strength > criterion.strongest:
        return (
            "min_strength",
            f"The scale of “{criterion.key}” ends at {criterion.strongest}: no answer is as strong "
            f"as {options.min_strength}.",
        )
    return None
