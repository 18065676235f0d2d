"""Checks what a rater sent, field by field: the answers by the task's kind, the rest here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from labeling.kinds import Answered, Kind, Submission
from labeling.vocabulary import Flag
from projects.exceptions import InvalidInput
from projects.models import Criterion, Principle, Project

RATIONALE_LIMIT = 10_000
#: One task cannot take longer than a day; more is a broken clock.
LONGEST_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class CheckedSubmission:
    """What fits and can be stored; signs still refer to the order shown."""

    answers: Answered[Criterion]
    principles: list[int]
    flags: list[str]


def check_submission(
    project: Project,
    kind: Kind,
    criteria: Sequence[Criterion] | None,
    guideline_id: int | None,
    submission: Submission,
) -> CheckedSubmission:
    """The submission as it will be stored. Raises InvalidInput naming every field at fault."""
    if criteria is None:
        criteria = list(Criterion.objects.filter(project=project))
    errors: dict[str, str] = {}
    answers = kind.check(kind.asked(criteria), project, submission, errors)
    _check_text(project, submission, errors)
    if not 0 <= submission.active_ms <= LONGEST_MS or not 0 <= submission.idle_ms <= LONGEST_MS:
        errors["active_ms"] = _("Times are whole milliseconds between 0 and one day.")
    flags = _flags(submission, errors)
    principles = _principles(guideline_id, submission, errors)
    if errors:
        raise InvalidInput(_("Some answers are missing or do not fit."), fields=errors)
    return CheckedSubmission(answers, principles, flags)


def _check_text(project: Project, submission: Submission, errors: dict[str, str]) -> None:
    text = submission.rationale
    if len(text) > RATIONALE_LIMIT:
        errors["rationale"] = _("At most %(limit)s characters; this has %(length)s.") % {
            "limit": f"{RATIONALE_LIMIT:,}",
            "length": f"{len(text):,}",
        }
    elif unstorable(text):
        errors["rationale"] = _(
            "The text holds a character that cannot be stored (NUL or half of a pair)."
        )
    elif project.rationale_required and not text.strip():
        errors["rationale"] = _("Say in a sentence what decided it.")


def unstorable(text: str) -> bool:
    """Whether PostgreSQL cannot store this text: a NUL or an unpaired surrogate."""
    return "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text)


def _flags(submission: Submission, errors: dict[str, str]) -> list[str]:
    unknown = [flag for flag in submission.flags if flag not in set(Flag)]
    if unknown:
        errors["flags"] = _("Unknown flag “%(flag)s”; known flags: %(known)s.") % {
            "flag": unknown[0],
            "known": ", ".join(Flag),
        }
    return sorted(set(submission.flags))


def _principles(
    guideline_id: int | None, submission: Submission, errors: dict[str, str]
) -> list[int]:
    cited = sorted(set(submission.principles))
    if not cited:
        return []
    principles = Principle.objects.filter(guideline=guideline_id)
    known = set(principles.values_list("number", flat=True))
    missing = [number for number in cited if number not in known]
    if missing:
        errors["principles"] = _("This guideline version has no principle %(number)s.") % {
            "number": missing[0]
        }
    return cited
