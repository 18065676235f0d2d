"""Whether a recipe, its options and a format fit together: asked before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from labeling.datasets.formats.base import Format
from labeling.datasets.recipes import RECIPES
from labeling.datasets.recipes.base import Recipe
from labeling.datasets.recipes.choices import Choice
from labeling.datasets.recipes.options import CHOICES, RecipeOptions
from labeling.datasets.recipes.outcome import RowKind
from labeling.datasets.records import CriterionRecord
from projects.words import gettext, gettext_noop

_ROWS = {
    RowKind.PAIRS: gettext_noop("pairs"),
    RowKind.RANKINGS: gettext_noop("rankings"),
    RowKind.LABELS: gettext_noop("responses labelled good or bad"),
    RowKind.DEMONSTRATIONS: gettext_noop("single responses to imitate"),
    RowKind.RATINGS: gettext_noop("responses with their ratings"),
    RowKind.RULES: gettext_noop("responses with a rule that they keep or break"),
}

_IN_SHORT = {
    RowKind.PAIRS: gettext_noop("pairs"),
    RowKind.RANKINGS: gettext_noop("rankings"),
    RowKind.LABELS: gettext_noop("labels"),
    RowKind.DEMONSTRATIONS: gettext_noop("demonstrations"),
    RowKind.RATINGS: gettext_noop("a table of ratings"),
    RowKind.RULES: gettext_noop("rules kept and broken"),
}


def row_kind_of(recipe: type[Recipe], shape: Format) -> RowKind | None:
    """What a row of that recipe is in that format, None where the two have nothing in common."""
    return next((kind for kind in recipe.kinds if kind in shape.main), None)


def fits(recipe: type[Recipe], shape: Format) -> bool:
    """Whether the rows of that recipe have a place in that format at all."""
    return row_kind_of(recipe, shape) is not None and (recipe.per_vote or not shape.needs_votes)


def rows_made_of(criterion: CriterionRecord) -> str:
    """The kinds of rows that recipes make of answers to a criterion, in words."""
    kinds = [
        kind
        for recipe in RECIPES.values()
        if recipe.needs(criterion) is None
        for kind in recipe.kinds
    ]
    return ", ".join(gettext(_IN_SHORT[kind]) for kind in RowKind if kind in kinds)


def misfit(
    recipe: type[Recipe],
    shape: Format,
    *,
    options: RecipeOptions,
    criteria: Sequence[CriterionRecord],
    file_per_criterion: bool = False,
) -> tuple[str, str] | None:
    """The field at fault and a sentence that says what to choose instead; None if all fits."""
    names = {"format": gettext(shape.title), "recipe": gettext(recipe.title)}
    if shape.needs_votes and not recipe.per_vote:
        sentence = gettext(
            "“%(format)s” has a row a rater, and “%(recipe)s” puts raters together. Choose the "
            "recipe “Every vote” or another format."
        )
        return ("format", sentence % names)
    if row_kind_of(recipe, shape) is None:
        sentence = gettext(
            "The recipe “%(recipe)s” makes %(made)s, and “%(format)s” holds %(held)s. Choose "
            "another format or another recipe."
        )
        rows = {"made": _listed(recipe.kinds), "held": _listed(shape.main)}
        return ("format", sentence % (names | rows))
    return (
        _contradiction(recipe, shape, options)
        or _crowded(recipe, shape, criteria, file_per_criterion)
        or next(filter(None, (_unsuited(recipe, options, each) for each in criteria)), None)
    )


def _listed(kinds: Iterable[RowKind]) -> str:
    """Kinds of rows in words."""
    return gettext(" or ").join(gettext(_ROWS[kind]) for kind in kinds)


def _contradiction(
    recipe: type[Recipe], shape: Format, options: RecipeOptions
) -> tuple[str, str] | None:
    """What the options ask of a recipe or a format that does not have it."""
    for field, choice in CHOICES.items():
        if choice.recipes and recipe.key not in choice.recipes and options.asks(field):
            return (field, _unread(recipe, choice))
    for field, sentence in recipe.refuses.items():
        if options.asks(field):
            return (field, gettext(sentence))
    if options.asks("ties") and row_kind_of(recipe, shape) == RowKind.PAIRS:
        name = {"format": gettext(shape.title)}
        if not shape.carries_ties:
            sentence = gettext(
                "“%(format)s” has no place for ties. Drop them or choose another format."
            )
            return ("ties", sentence % name)
        if shape.ties_of_raters and not recipe.per_vote:
            sentence = gettext(
                "“%(format)s” has no place for ties that raters make together. Drop them or choose "
                "another format."
            )
            return ("ties", sentence % name)
    if len(options.sources) > 1:
        sentence = gettext(
            "Judgments by people, by models and by people who saw a model's are never mixed in one "
            "release. Choose one source, and make a release of each."
        )
        return ("sources", sentence)
    return None


def _unread(recipe: type[Recipe], choice: Choice) -> str:
    """Why an option of other recipes is refused."""
    sentence = gettext(
        "The recipe “%(recipe)s” does not read “%(option)s”. Leave it out, or take one of the "
        "recipes that do: %(others)s."
    )
    return sentence % {
        "recipe": gettext(recipe.title),
        "option": gettext(choice.label),
        "others": ", ".join(choice.recipes),
    }


def _crowded(
    recipe: type[Recipe],
    shape: Format,
    criteria: Sequence[CriterionRecord],
    file_per_criterion: bool,
) -> tuple[str, str] | None:
    """Several criteria in rows that do not name theirs."""
    if recipe.joins:
        if not file_per_criterion:
            return shape.columns_refusal(criteria)
        sentence = gettext(
            "The recipe “%(recipe)s” puts criteria side by side, a column each: there is no file "
            "for one of them."
        )
        return ("file_per_criterion", sentence % {"recipe": gettext(recipe.title)})
    if len(criteria) < 2 or file_per_criterion or shape.carries_criterion:
        return None
    sentence = gettext(
        "A row of “%(format)s” does not say which criterion it is about. Take one criterion, or "
        "one file a criterion."
    )
    return ("criteria", sentence % {"format": gettext(shape.title)})


def _unsuited(
    recipe: type[Recipe], options: RecipeOptions, criterion: CriterionRecord
) -> tuple[str, str] | None:
    """A criterion that the recipe cannot read, or on which a strength has no meaning."""
    if reason := recipe.needs(criterion):
        return ("criteria", reason)
    if criterion.has_strengths and options.strength_of_sides(criterion) > criterion.strongest:
        return ("side_only", _beyond(criterion, options.side_only))
    if contradiction := recipe.contradicts(criterion, options):
        return contradiction
    if options.min_strength > criterion.strongest:
        return ("min_strength", _beyond(criterion, options.min_strength))
    return None


def _beyond(criterion: CriterionRecord, strength: int | str) -> str:
    """Why a strength is none of the scale's."""
    sentence = gettext(
        "The scale of “%(criterion)s” ends at %(end)s: no answer is as strong as %(strength)s."
    )
    return sentence % {
        "criterion": criterion.key,
        "end": criterion.strongest,
        "strength": strength,
    }
