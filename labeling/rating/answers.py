"""Checks what a rater sent against the rubric, field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from labeling.vocabulary import Flag, Source, TieKind
from projects.exceptions import InvalidInput
from projects.models import Criterion, Principle, Project

INTERFACE_VERSION = "compare-1"
RATIONALE_LIMIT = 10_000
#: One task cannot take longer than a day; more is a broken clock.
LONGEST_MS = 24 * 3600 * 1000
PRIMARY_ALIAS = "overall"
_TIES = frozenset({TieKind.EQUAL_BAD, TieKind.CANNOT_TELL})


@dataclass(frozen=True, slots=True)
class Submission:
    """What a rater sends. Signs refer to the order shown: negative, the first shown is better.

    `key` is the client's idempotency key; `active_ms` and `idle_ms` are milliseconds.
    """

    answers: Mapping[str, int | None]
    tie_kind: str = ""
    rationale: str = ""
    principles: Sequence[int] = ()
    flags: Sequence[str] = ()
    active_ms: int = 0
    idle_ms: int = 0
    key: UUID | None = None
    ui_version: str = INTERFACE_VERSION
    source: str = field(default=Source.HUMAN.value)


@dataclass(frozen=True, slots=True)
class CheckedAnswers:
    """Answers that fit the rubric; signs still refer to the order shown."""

    values: list[tuple[Criterion, int]]
    tie_kind: str
    principles: list[int]
    flags: list[str]


def check_submission(
    project: Project,
    criteria: Sequence[Criterion] | None,
    guideline_id: int | None,
    submission: Submission,
) -> CheckedAnswers:
    """The answers as they will be stored. Raises InvalidInput naming every field at fault."""
    if criteria is None:
        criteria = list(Criterion.objects.filter(project=project))
    errors: dict[str, str] = {}
    given = _named_answers(criteria, submission, errors)
    tie_kind = _tie_kind(project, criteria, given, submission, errors)
    values = _values(criteria, given, tie_kind, errors)
    _check_text(project, submission, errors)
    if not 0 <= submission.active_ms <= LONGEST_MS or not 0 <= submission.idle_ms <= LONGEST_MS:
        errors["active_ms"] = "Times are whole milliseconds between 0 and one day."
    flags = _flags(submission, errors)
    principles = _principles(guideline_id, submission, errors)
    if errors:
        raise InvalidInput("Some answers are missing or do not fit.", fields=errors)
    return CheckedAnswers(values, tie_kind, principles, flags)


def _named_answers(
    criteria: Sequence[Criterion], submission: Submission, errors: dict[str, str]
) -> dict[str, int]:
    by_key = {criterion.key: criterion for criterion in criteria}
    primary = next((c for c in criteria if c.is_primary), None)
    if primary is not None:
        by_key.setdefault(PRIMARY_ALIAS, primary)
    given: dict[str, int] = {}
    for key, value in submission.answers.items():
        criterion = by_key.get(key)
        if criterion is None:
            known = ", ".join(c.key for c in criteria)
            errors[key] = f"Unknown criterion “{key}”; this project asks: {known}."
        elif value is None:
            continue
        elif isinstance(value, bool) or not isinstance(value, int):
            errors[key] = "An answer is a whole number."
        elif criterion.key in given:
            errors[key] = f"“{criterion.key}” was answered twice."
        else:
            given[criterion.key] = value
    return given


def _tie_kind(
    project: Project,
    criteria: Sequence[Criterion],
    given: dict[str, int],
    submission: Submission,
    errors: dict[str, str],
) -> str:
    """Which of the three ties this is, or "" for a preference; fills in the primary's 0."""
    primary = next((c for c in criteria if c.is_primary), None)
    kind = submission.tie_kind
    if primary is None or kind not in {"", *TieKind}:
        if kind:
            errors["tie_kind"] = f"A tie is one of: {', '.join(TieKind)}."
        return ""
    if kind in _TIES and not _offered(project, primary, kind):
        errors["tie_kind"] = f"This project does not offer “{kind}”."
        return ""
    value = given.setdefault(primary.key, 0) if kind in _TIES else given.get(primary.key)
    if kind and value != 0:
        errors["tie_kind"] = "A tie cannot go with a preference."
    if value == 0 and not kind and primary.scale.has_tie:
        return TieKind.EQUAL_GOOD.value
    return kind


def _offered(project: Project, primary: Criterion, kind: str) -> bool:
    if kind == TieKind.EQUAL_BAD:
        return project.allow_both_bad or primary.scale.has_both_bad
    return project.allow_cannot_tell


def _values(
    criteria: Sequence[Criterion], given: dict[str, int], tie_kind: str, errors: dict[str, str]
) -> list[tuple[Criterion, int]]:
    values = []
    for criterion in criteria:
        value = given.get(criterion.key)
        if value is None:
            if criterion.is_required and tie_kind not in _TIES and criterion.key not in errors:
                errors[criterion.key] = "This question needs an answer."
            continue
        escaped = criterion.is_primary and value == 0 and tie_kind in _TIES
        if not escaped and not criterion.scale.accepts(value):
            allowed = ", ".join(str(v) for v in criterion.scale.values)
            errors[criterion.key] = f"{value} is not on this scale ({allowed})."
        values.append((criterion, value))
    return values


def _check_text(project: Project, submission: Submission, errors: dict[str, str]) -> None:
    text = submission.rationale
    if len(text) > RATIONALE_LIMIT:
        errors["rationale"] = f"At most {RATIONALE_LIMIT:,} characters; this has {len(text):,}."
    elif unstorable(text):
        errors["rationale"] = (
            "The text holds a character that cannot be stored (NUL or half of a pair)."
        )
    elif project.rationale_required and not text.strip():
        errors["rationale"] = "Say in a sentence what decided it."


def unstorable(text: str) -> bool:
    """Whether PostgreSQL cannot store this text: a NUL or an unpaired surrogate."""
    return "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text)


def _flags(submission: Submission, errors: dict[str, str]) -> list[str]:
    unknown = [flag for flag in submission.flags if flag not in set(Flag)]
    if unknown:
        errors["flags"] = f"Unknown flag “{unknown[0]}”; known flags: {', '.join(Flag)}."
    return sorted(set(submission.flags))


def _principles(
    guideline_id: int | None, submission: Submission, errors: dict[str, str]
) -> list[int]:
    cited = sorted(set(submission.principles))
    if not cited:
        return []
    found = Principle.objects.filter(guideline=guideline_id)
    known = set(found.values_list("number", flat=True))
    missing = [number for number in cited if number not in known]
    if missing:
        errors["principles"] = f"This guideline version has no principle {missing[0]}."
    return cited
