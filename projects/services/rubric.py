"""The rubric: asked, worded anew, put in order, retired; every change is a version of its own.

Wording, help, short label and order may change at any time. Key, scale and which question is the
primary one may not once anything is answered: a stored value must go on to mean what it meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from projects.answered import is_answered
from projects.exceptions import Conflict, InvalidInput
from projects.models import Criterion, Project, RubricVersion, User
from projects.project_templates import CriterionSpec
from projects.scales import PREFERENCES, RESPONSE
from projects.services.gates import check_gate_question, require_only_gate
from projects.services.meanings import (
    family_of,
    is_asked,
    misfit_words,
    overall_words,
    require_one_meaning,
)
from projects.services.reviews import check_review_question, require_decision
from projects.services.rubric_versions import first_version, publish_version

#: Questions that one rubric asks.
MOST_CRITERIA = 20
#: Questions that a project keeps, those retired among them.
MOST_KEPT = 100
#: What of a question may change at any time.
MENDABLE = ("wording", "short_label", "help_text", "is_required")
#: What may change until something is answered.
FIXED = ("key", "scale_key", "own_scale", "is_primary")


def add_criterion(*, project: Project, spec: CriterionSpec, position: int) -> Criterion:
    """A question of a rubric that has no version yet. Raises InvalidInput naming the fields."""
    return _insert(project, spec, position, f"criteria.{position}.")


@transaction.atomic
def ask_question(*, project: Project, actor: User, spec: CriterionSpec) -> Criterion:
    """Adds a question after those there are; what was judged before has no answer to it.

    Raises InvalidInput naming the fields at fault, Conflict where there are too many.
    """
    criteria = _locked(project)
    require_one_meaning([*map(_meaning, criteria), (spec.scale, spec.own)])
    if spec.is_primary and _primary_like(criteria, family_of(spec.scale, spec.own)):
        sentence = _("There is a primary question already. Add this one, then make it primary.")
        raise InvalidInput(sentence, fields={"is_primary": sentence})
    _require_room(criteria)
    if len(criteria) >= MOST_KEPT:
        sentence = _("A project keeps at most %(limit)d questions, those retired among them.")
        raise Conflict(sentence % {"limit": MOST_KEPT})
    _require_fit(criteria, spec)
    _require_free_key(criteria, spec.key)
    position = max((criterion.position for criterion in criteria), default=-1) + 1
    criterion = _insert(project, spec, position)
    publish_version(project, actor, gettext_noop("question added"), key=criterion.key)
    return criterion


def _require_fit(criteria: Sequence[Criterion], spec: CriterionSpec) -> None:
    """Raises InvalidInput for a question that no task of the project would ask."""
    family = family_of(spec.scale, spec.own)
    require_only_gate(criteria, family)
    asked = [criterion for criterion in criteria if not criterion.is_retired]
    primaries = {criterion.family for criterion in asked if criterion.is_primary}
    primaries |= {family} if spec.is_primary else set()
    if not is_asked(family, primaries, {spec.scale, *(c.scale_key for c in asked)}):
        sentence = misfit_words(spec.key)
        raise InvalidInput(sentence, fields={"scale_key": sentence})


@transaction.atomic
def change_question(
    *, project: Project, actor: User, key: str, changes: Mapping[str, object]
) -> Criterion:
    """Changes fields of MENDABLE at any time, of FIXED while nothing is answered.

    Raises InvalidInput naming the fields at fault, Conflict where a fixed one may not change any
    more; then everything is as it was.
    """
    if unknown := [name for name in changes if name not in (*MENDABLE, *FIXED)]:
        sentence = _("A question has no “%(name)s” that could be changed.") % {"name": unknown[0]}
        raise InvalidInput(sentence, fields={unknown[0]: sentence})
    criteria = _locked(project)
    criterion = _question(criteria, key)
    if "scale_key" in changes:
        changes = {"own_scale": "", **changes}
    old = {name: getattr(criterion, name) for name in changes}
    for name, value in changes.items():
        setattr(criterion, name, _written(value))
    changed = [name for name, value in old.items() if getattr(criterion, name) != value]
    if not changed:
        return criterion
    fixed = [name for name in changed if name in FIXED]
    if fixed and not _is_first_primary(criteria, criterion, fixed):
        _require_unanswered(project, fixed)
    if {"scale_key", "own_scale"} & set(changed):
        require_one_meaning(map(_meaning, criteria))
        _change_family(criterion, criteria)
        changed.append("family")
    if "key" in changed:
        _require_free_key(criteria, criterion.key, itself=criterion)
    if "is_primary" in changed:
        changed = _make_primary(project, criterion, changed)
    check_gate_question(criterion.family, criterion.is_primary, criterion.is_required)
    check_review_question(criterion.scale_key, criterion.family, criterion.is_primary)
    if criterion.is_primary and not criterion.is_required:
        sentence = _("Raters must answer the primary question: without it there is no judgment.")
        raise InvalidInput(sentence, fields={"is_required": sentence})
    _clean(criterion)
    criterion.save(update_fields=changed)
    detail = {name: [str(old.get(name)), str(getattr(criterion, name))] for name in changed}
    publish_version(project, actor, gettext_noop("question changed"), question=key, **detail)
    return criterion


@transaction.atomic
def order_questions(*, project: Project, actor: User, keys: Sequence[str]) -> None:
    """Puts the questions that are asked in this order. Raises InvalidInput unless it names all."""
    criteria = _locked(project)
    asked = {criterion.key: criterion for criterion in criteria if not criterion.is_retired}
    if sorted(keys) != sorted(asked):
        sentence = _("Name each question that is asked once: %(known)s.") % {
            "known": ", ".join(asked)
        }
        raise InvalidInput(sentence, fields={"order": sentence})
    if list(keys) == list(asked):
        return
    retired = [criterion for criterion in criteria if criterion.is_retired]
    for position, criterion in enumerate([*(asked[key] for key in keys), *retired]):
        criterion.position = position
    Criterion.objects.bulk_update(criteria, ["position"])
    publish_version(project, actor, gettext_noop("questions ordered"), order=", ".join(keys))


@transaction.atomic
def retire_question(*, project: Project, actor: User, key: str) -> Criterion:
    """Asks it of nobody any more; its answers stay, in figures and releases. Idempotent.

    Raises Conflict for the primary question, for the last one of a first pass, and for what
    reviews decide while some go on.
    """
    criteria = _locked(project)
    criterion = _question(criteria, key)
    if criterion.is_primary:
        raise Conflict(_("The primary question stays: every judgment and figure begins with it."))
    require_decision(project, criteria, criterion)
    if not criterion.is_retired:
        _require_first_pass(project, criteria, criterion)
        criterion.retired_at = timezone.now()
        criterion.save(update_fields=["retired_at"])
        publish_version(project, actor, gettext_noop("question retired"), key=key)
    return criterion


def _require_first_pass(project: Project, criteria: Sequence[Criterion], gone: Criterion) -> None:
    """Raises Conflict where nothing would be left to ask before the primary comparison."""
    beside = [c for c in criteria if c.family in {PREFERENCES, RESPONSE} and not c.is_retired]
    axes = [c.pk for c in beside if not (c.is_primary and c.family == PREFERENCES)]
    if project.overall_pass and axes == [gone.pk]:
        raise Conflict(
            _(
                "The primary comparison has a task of its own, and this is the last question "
                "before it. Ask them together first (Settings)."
            )
        )


@transaction.atomic
def restore_question(*, project: Project, actor: User, key: str) -> Criterion:
    """Asks a retired question again, on the scale and under the key it has. Idempotent."""
    criteria = _locked(project)
    criterion = _question(criteria, key)
    if criterion.is_retired:
        _require_room(criteria)
        require_only_gate(criteria, criterion.family)
        criterion.retired_at = None
        criterion.save(update_fields=["retired_at"])
        publish_version(project, actor, gettext_noop("question asked again"), key=key)
    return criterion


@transaction.atomic
def remove_question(*, project: Project, actor: User, key: str) -> None:
    """Takes a question away as if it had never been; only while nothing is answered.

    Raises Conflict where something is, and for the primary question.
    """
    criteria = _locked(project)
    criterion = _question(criteria, key)
    if criterion.is_primary:
        raise Conflict(_("The primary question stays: every judgment and figure begins with it."))
    require_decision(project, criteria, criterion)
    if is_answered(project):
        raise Conflict(
            _("Something is judged already, so a question cannot be deleted. Retire it instead.")
        )
    criterion.delete()
    publish_version(project, actor, gettext_noop("question deleted"), key=key)


def _locked(project: Project) -> list[Criterion]:
    """The questions, while nobody else changes them and no judgment is stored meanwhile.

    Whoever stores a judgment holds a share of the project's row from the moment the questions
    were looked up (`labeling.rating.records`), so that nothing is answered under former ones.
    """
    Project.objects.select_for_update().get(pk=project.pk)
    if not RubricVersion.objects.filter(project=project).exists():
        first_version(project=project, actor=None)  # made by a release that knew no versions
    return list(Criterion.objects.filter(project=project))


def _question(criteria: Sequence[Criterion], key: str) -> Criterion:
    criterion = next((criterion for criterion in criteria if criterion.key == key), None)
    if criterion is None:
        known = ", ".join(criterion.key for criterion in criteria)
        sentence = _("This project has no question “%(key)s”; it has: %(known)s.")
        raise InvalidInput(
            sentence % {"key": key[:40], "known": known},
            fields={"key": _("There is no such question.")},
        )
    return criterion


def _insert(project: Project, spec: CriterionSpec, position: int, prefix: str = "") -> Criterion:
    check_gate_question(family_of(spec.scale, spec.own), spec.is_primary, spec.is_required)
    check_review_question(spec.scale, family_of(spec.scale, spec.own), spec.is_primary)
    criterion = Criterion(
        project=project,
        key=spec.key,
        wording=spec.wording.strip(),
        short_label=spec.short_label.strip(),
        help_text=spec.help_text.strip().replace("\r\n", "\n"),
        scale_key=spec.scale,
        own_scale=spec.own,
        family=family_of(spec.scale, spec.own),
        is_primary=spec.is_primary,
        is_required=spec.is_required,
        position=position,
    )
    _clean(criterion, prefix)
    criterion.save(force_insert=True)
    return criterion


def _written(value: object) -> object:
    return value.strip().replace("\r\n", "\n") if isinstance(value, str) else value


def _clean(criterion: Criterion, prefix: str = "") -> None:
    try:
        criterion.full_clean()
    except ValidationError as error:
        fields = {
            f"{prefix}{field}": " ".join(messages) for field, messages in error.message_dict.items()
        }
        raise InvalidInput(_("A criterion does not fit."), fields=fields) from None


def _meaning(criterion: Criterion) -> tuple[str, str]:
    return criterion.scale_key, criterion.own_scale


def _primary_like(criteria: Sequence[Criterion], family: str) -> Criterion | None:
    """The primary question of a family, or None."""
    return next((c for c in criteria if c.is_primary and c.family == family), None)


def _is_first_primary(
    criteria: Sequence[Criterion], criterion: Criterion, fixed: Sequence[str]
) -> bool:
    """Whether all that changes is that a family gets its first primary question.

    Nothing was judged by another one, so that this may happen at any time.
    """
    others = [other for other in criteria if other is not criterion]
    return (
        list(fixed) == ["is_primary"]
        and criterion.is_primary
        and _primary_like(others, criterion.family) is None
    )


def _change_family(criterion: Criterion, criteria: Sequence[Criterion]) -> None:
    """Raises InvalidInput where the primary question would move to a family that has one."""
    criterion.family = family_of(*_meaning(criterion))
    others = [other for other in criteria if other is not criterion]
    require_only_gate(others, criterion.family)
    if criterion.is_primary and _primary_like(others, criterion.family):
        sentence = _("Another question on such a scale is the primary one.")
        raise InvalidInput(sentence, fields={"scale_key": sentence})


def _require_room(criteria: Sequence[Criterion]) -> None:
    if sum(not criterion.is_retired for criterion in criteria) >= MOST_CRITERIA:
        sentence = _("A project asks at most %(limit)d questions. Retire one first.")
        raise Conflict(sentence % {"limit": MOST_CRITERIA})


def _require_free_key(
    criteria: Sequence[Criterion], key: str, *, itself: Criterion | None = None
) -> None:
    """A key is taken for ever, by a retired question too: files and answers name it."""
    if key == "overall" and not (itself and itself.is_primary):
        raise InvalidInput(overall_words(), fields={"key": overall_words()})
    taken = next((c for c in criteria if c.key == key and c is not itself), None)
    if taken is None:
        return
    sentence = (
        _("A retired question has this key. Ask that one again, or give another key.")
        if taken.is_retired
        else _("Another question has this key: give this one its own.")
    )
    raise InvalidInput(sentence, fields={"key": sentence})


def _require_unanswered(project: Project, names: Sequence[str]) -> None:
    if not is_answered(project):
        return
    words: dict[str, Callable[[], str]] = {
        "key": lambda: _("The key is fixed: something is judged already."),
        "scale_key": lambda: _("The scale is fixed: something is judged already."),
        "own_scale": lambda: _("The scale is fixed: something is judged already."),
        "is_primary": lambda: _("Which question is primary is fixed: something is judged already."),
    }
    sentence = _("Something is judged already. Retire this question and add another instead.")
    raise Conflict(sentence, fields={name: words[name]() for name in names})


def _make_primary(project: Project, criterion: Criterion, changed: list[str]) -> list[str]:
    """Another question becomes the primary one; returns what else of it has changed."""
    if not criterion.is_primary:
        sentence = _("One question is the primary one. Make another one primary instead.")
        raise InvalidInput(sentence, fields={"is_primary": sentence})
    if criterion.is_retired:
        sentence = _("A retired question cannot be the primary one.")
        raise InvalidInput(sentence, fields={"is_primary": sentence})
    former = Criterion.objects.filter(
        project=project, is_primary=True, family=criterion.family
    ).exclude(pk=criterion.pk)
    if former.filter(key="overall").exists():
        sentence = overall_words()
        raise InvalidInput(sentence, fields={"is_primary": sentence})
    former.update(is_primary=False)
    criterion.is_required = True
    return [*changed, *([] if "is_required" in changed else ["is_required"])]
