"""What a user decides about a release: checked against the project, frozen as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from labeling.datasets.fitting import misfit, row_kind_of
from labeling.datasets.formats import FORMATS
from labeling.datasets.formats.base import Format
from labeling.datasets.recipes import RECIPES, Recipe, RecipeOptions
from labeling.datasets.recipes.options import OptionError
from labeling.datasets.records import CriterionRecord
from labeling.kinds import KINDS, kind_for
from labeling.models import Release
from labeling.releases.principles import is_about_rules, principle_records
from labeling.releases.selectors import categories_of
from projects.exceptions import InvalidInput
from projects.models import Criterion, Project
from projects.scales import REVIEWS, Scale

_LICENCE = 80
#: The recipes that a form may begin with, by what they read.
_USUAL = ("majority", "demonstrations", "rules", "ratings")
#: Categories that a refusal names.
_NAMED = 20


@dataclass(frozen=True, slots=True)
class ReleaseOptions:
    """What the user decides beside recipe and format.

    `criteria` are keys (none for the primary one), in the order of the files; with
    `file_per_criterion` each gets files of its own. `shares` are those of train, validation and
    test, `licence` what the card says ("" for not stated), `choices` the recipe's own options.
    """

    criteria: tuple[str, ...] = ()
    file_per_criterion: bool = False
    shares: tuple[float, float, float] = (0.8, 0.1, 0.1)
    licence: str = ""
    choices: RecipeOptions = field(default_factory=RecipeOptions)


@dataclass(frozen=True, slots=True)
class Request:
    """A request that fits the project: what a release is built from."""

    recipe: str
    shape: Format
    file_type: str
    criteria: tuple[Criterion, ...]
    options: ReleaseOptions

    def recipes(self) -> list[Recipe]:
        """The recipe on each criterion, or on all of them where it joins them."""
        made = RECIPES[self.recipe]
        records = list(map(criterion_record, self.criteria))
        asked: dict[str, Any] = {
            "options": self.options.choices,
            "kind": row_kind_of(made, self.shape),
        }
        if made.joins:
            return [made(records[0], others=records[1:], **asked)]
        return [made(record, **asked) for record in records]

    def frozen(self) -> dict[str, Any]:
        """The options as JSON can hold them, criteria named; equal requests give equal data."""
        options = self.options
        keys = [criterion.key for criterion in self.criteria]
        return {
            "criterion": keys[0],
            "criteria": keys,
            "file_per_criterion": options.file_per_criterion,
            "shares": list(options.shares),
            "licence": options.licence.strip(),
            "choices": options.choices.plain(),
        }


def check_request(
    *,
    project: Project,
    recipe: str,
    format: str,
    file_type: str = "",
    options: ReleaseOptions | None = None,
) -> Request:
    """The request, if it fits the project and itself.

    Raises InvalidInput naming the field: an unknown recipe, format, file type or criterion, shares
    that do not add up, options that contradict one another, a format that cannot carry the rows.
    """
    options = options or ReleaseOptions()
    shape = _checked_format(format)
    if recipe not in RECIPES:
        known = ", ".join(RECIPES)
        choose = _("Choose one of %(known)s.") % {"known": known}
        raise InvalidInput(_("There is no such recipe."), fields={"recipe": choose})
    _check_shares(options.shares)
    if len(options.licence) > _LICENCE or not options.licence.isprintable():
        limit = _("Use one line of at most %(most)d characters.") % {"most": _LICENCE}
        raise InvalidInput(_("The licence does not fit."), fields={"licence": limit})
    try:
        options.choices.checked()
    except OptionError as error:
        raise InvalidInput(str(error), fields={error.field: str(error)}) from None
    _check_known(project, options.choices)
    criteria = criteria_for(project, RECIPES[recipe], options.criteria)
    wrong = misfit(
        RECIPES[recipe],
        shape,
        options=options.choices,
        criteria=[criterion_record(criterion) for criterion in criteria],
        file_per_criterion=options.file_per_criterion,
    )
    if wrong:
        message = _("These choices do not go together.")
        raise InvalidInput(message, fields={wrong[0]: wrong[1]})
    return Request(recipe, shape, _checked_type(shape, file_type), criteria, options)


def request_of(release: Release) -> Request:
    """The request that a release was frozen with; older ones had fewer options."""
    kept: Mapping[str, Any] = release.options
    keys = kept.get("criteria") or [kept["criterion"]]
    options = ReleaseOptions(
        criteria=tuple(keys),
        file_per_criterion=kept.get("file_per_criterion", False),
        shares=tuple(kept["shares"]),
        licence=kept["licence"],
        choices=choices_of(release),
    )
    by_key = {criterion.key: criterion for criterion in release.project.criteria.all()}
    criteria = tuple(_as_frozen(by_key[key], release) for key in keys)
    shape = FORMATS[release.format]
    return Request(release.recipe, shape, release.file_type, criteria, options)


def _as_frozen(criterion: Criterion, release: Release) -> Criterion:
    """The question in the words it had when the release was asked for."""
    questions = release.rubric.criteria if release.rubric else []
    for question in questions:
        if question["id"] == criterion.pk:
            criterion.wording = question["wording"]
    return criterion


def choices_of(release: Release) -> RecipeOptions:
    """The recipe's options that a release was frozen with, whatever has become of the project."""
    return msgspec.convert(release.options.get("choices", {}), RecipeOptions)


def criterion_record(criterion: Criterion) -> CriterionRecord:
    """The criterion as the pure core knows it, with the principles of one that is about them."""
    scale = criterion.scale
    asked_on = frozenset(key for key, kind in KINDS.items() if kind.takes(scale))
    record = replace(kind_for(scale).record(criterion), asked_on=asked_on)
    if criterion.own_scale:
        record = replace(record, words=_words(scale))
    if not is_about_rules(scale):
        return record
    return replace(record, by_rule=True, principles=principle_records(criterion.project))


def _words(scale: Scale) -> tuple[dict[str, object], ...]:
    """What the values of a project's own scale are called."""
    return tuple(
        {"value": option.value, "label": option.label, "tie_kind": option.tie_kind}
        for option in scale.options
    )


def _checked_format(format: str) -> Format:
    shape = FORMATS.get(format)
    if shape is None:
        known = ", ".join(FORMATS)
        choose = _("Choose one of %(known)s.") % {"known": known}
        raise InvalidInput(_("There is no such format."), fields={"format": choose})
    return shape


def _checked_type(shape: Format, file_type: str) -> str:
    """The file type to write, the format's usual one where none was named."""
    if file_type and file_type not in shape.file_types:
        choose = _("“%(format)s” is written as %(known)s. Choose one of these.") % {
            "format": _(shape.title),
            "known": _(" or ").join(shape.file_types),
        }
        raise InvalidInput(_("The file type does not fit."), fields={"file_type": choose})
    return file_type or shape.file_types[0]


def _check_known(project: Project, choices: RecipeOptions) -> None:
    """Refuses guideline versions and categories that no row of the project can have."""
    published = set(project.guidelines.values_list("number", flat=True))
    # Version 0 is that of judgments made before there was a guideline, and of imported ones.
    if unknown := choices.guideline_versions - published - {0}:
        sentence = _("There is no version %(version)d. The project's versions: %(known)s.") % {
            "version": min(unknown),
            "known": ", ".join(map(str, sorted(published))) or _("none yet"),
        }
        raise InvalidInput(sentence, fields={"guideline_versions": sentence})
    if choices.categories:
        present = categories_of(project)
        if unknown_names := choices.categories - set(present):
            known = ", ".join(name or _("(none)") for name in present[:_NAMED])
            sentence = _("No prompt is of the category “%(category)s”. There are: %(known)s.") % {
                "category": min(unknown_names)[:80],
                "known": known or _("none yet"),
            }
            raise InvalidInput(sentence, fields={"categories": sentence})


def _check_shares(shares: tuple[float, ...]) -> None:
    fits = len(shares) == 3 and all(0 <= share <= 1 for share in shares)
    if not fits or abs(sum(shares) - 1) > 1e-6:
        raise InvalidInput(
            _("The shares of the splits do not fit."),
            fields={"shares": _("Train, validation and test must add up to 100%.")},
        )


def criteria_for(
    project: Project, recipe: type[Recipe], wanted: tuple[str, ...]
) -> tuple[Criterion, ...]:
    """The criteria to release on, each once. Raises InvalidInput for one that is not there."""
    criteria = list(project.criteria.all())
    by_key = {criterion.key: criterion for criterion in criteria}
    if not wanted and criteria:
        return _usual(criteria, recipe)
    missing = [key for key in wanted if key not in by_key]
    if missing or not wanted:
        choose = _("The project's criteria: %(known)s.") % {
            "known": ", ".join(by_key) or _("none yet")
        }
        raise InvalidInput(_("There is no such criterion."), fields={"criteria": choose})
    return tuple(by_key[key] for key in dict.fromkeys(wanted))


def _usual(criteria: list[Criterion], recipe: type[Recipe]) -> tuple[Criterion, ...]:
    """What a recipe is made on where nobody says: a primary one that fits, else any that does.

    One that joins criteria takes all of that family that are asked still.
    """
    fitting = [c for c in criteria if recipe.needs(criterion_record(c)) is None] or criteria
    usual, *others = sorted(
        fitting, key=lambda c: (c.scale.family == REVIEWS, not c.is_primary, c.is_retired)
    )
    beside = [c for c in others if c.scale.family == usual.scale.family and not c.is_retired]
    return (usual, *beside) if recipe.joins else (usual,)


def usual_recipe(criteria: Iterable[Criterion]) -> str:
    """The recipe that a form begins with: one that reads the primary criterion."""
    primary = next((criterion for criterion in criteria if criterion.is_primary), None)
    if primary is None:
        return _USUAL[0]
    record = criterion_record(primary)
    fitting = (key for key in _USUAL if RECIPES[key].needs(record) is None)
    return next(fitting, _USUAL[0])


def fitting_recipes(criteria: Iterable[Criterion]) -> set[str]:
    """The recipes that read the answers of at least one of the criteria; all of them if none do."""
    records = list(map(criterion_record, criteria))
    fitting = {
        key
        for key, recipe in RECIPES.items()
        if any(recipe.needs(record) is None for record in records)
    }
    return fitting or set(RECIPES)
