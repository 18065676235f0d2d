"""Checks what a rater sent, field by field: the answers by the task's kind, the rest here."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from labeling.kinds import GivenAnswer, Kind, Submission, check_answers, slot
from labeling.kinds.shapes import principle_name, unstorable
from labeling.vocabulary import Flag
from projects.exceptions import InvalidInput
from projects.guidelines.selectors import asked_principles
from projects.models import Criterion, Guideline, Principle, Project, Reason
from projects.selectors.rubric import asked_criteria, asked_in

RATIONALE_LIMIT = 10_000
#: Nobody works at one task for longer than a day; more is a broken clock.
LONGEST_ACTIVE_MS = 24 * 3600 * 1000
#: What its column holds, some 24 days: a tab may well stay open over a weekend.
LONGEST_IDLE_MS = 2**31 - 1
#: How much longer than the server a browser may have counted, on the way there and back.
CLOCK_SLACK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class CheckedSubmission:
    """What fits and can be stored; signs and places still refer to the order shown.

    `clauses` are the ids of the principles that answers are about, by number.
    """

    answers: list[GivenAnswer[Criterion]]
    reasons: list[str]
    clauses: Mapping[int, int]
    principles: list[int]
    flags: list[str]


@dataclass(frozen=True, slots=True)
class Times:
    """How long a rater was at a task; where `cut`, what was sent cannot be: no measurement."""

    active_ms: int
    idle_ms: int
    cut: bool


def milliseconds(value: object) -> int | None:
    """A number as whole milliseconds; None where it is no number, or not a finite one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return round(value) if isinstance(value, int) or math.isfinite(value) else None


def plausible_times(submission: Submission, *, since: datetime, now: datetime) -> Times:
    """The times sent, cut to what fits between `since`, when the rater first had the task, and now.

    A broken clock must never cost an answer, and never pass for a measurement.
    """
    elapsed = max(0, (now - since + CLOCK_SLACK) // timedelta(milliseconds=1))
    active, idle = milliseconds(submission.active_ms), milliseconds(submission.idle_ms)
    active_ms = min(max(active or 0, 0), elapsed, LONGEST_ACTIVE_MS)
    idle_ms = min(max(idle or 0, 0), elapsed - active_ms, LONGEST_IDLE_MS)
    return Times(active_ms, idle_ms, cut=(active_ms, idle_ms) != (active, idle))


@dataclass(frozen=True, slots=True)
class Questions:
    """What a rater was asked; `changed` are keys whose answers would no longer mean the same."""

    criteria: Sequence[Criterion]
    changed: frozenset[str] = frozenset()


def asked_now(project: Project, criteria: Sequence[Criterion] | None = None) -> Questions:
    """The questions in force, for a door that has read them already or not."""
    if criteria is None:
        criteria = asked_criteria(project)
    return Questions(criteria)


def asked_then(project: Project, version: str) -> Questions:
    """The questions of a former version, `criteria` of its row as JSON.

    Until something is judged a question may get another scale, or be deleted: answers that were
    on their way then cannot be stored.
    """
    now = Criterion.objects.filter(project=project).in_bulk()
    criteria = asked_in(json.loads(version), project)
    changed = frozenset(
        criterion.key
        for criterion in criteria
        if criterion.pk not in now or now[criterion.pk].scale != criterion.scale
    )
    return Questions(criteria, changed)


@dataclass(frozen=True, slots=True)
class AskedTask:
    """What a task shows its rater: so many responses, under a version of the guideline; `principle`
    is the key of the one that it asks about, empty for all of them."""

    count: int
    guideline_id: int | None
    principle: str = ""


def check_submission(
    project: Project,
    kind: Kind,
    questions: Questions,
    task: AskedTask,
    submission: Submission,
) -> CheckedSubmission:
    """The submission as it will be stored.

    Raises InvalidInput naming every field at fault.
    """
    errors: dict[str, str] = {}
    asked = kind.asked(questions.criteria)
    answers = check_answers(kind, asked, project, submission, errors, task.count)
    clauses = _clauses(task, answers, errors)
    for answer in answers:
        if answer.question.key in questions.changed:
            errors[answer.question.key] = _(
                "A lead changed this question after it was shown. Load the page and answer anew."
            )
    reasons = _reasons(project, submission, errors)
    _check_text(project, submission, reasons, errors)
    flags = _flags(submission, errors)
    principles = _principles(task.guideline_id, submission, errors)
    if errors:
        raise InvalidInput(_("Some answers are missing or do not fit."), fields=errors)
    return CheckedSubmission(answers, [r.code for r in reasons], clauses, principles, flags)


def _clauses(
    task: AskedTask, answers: Sequence[GivenAnswer[Criterion]], errors: dict[str, str]
) -> dict[int, int]:
    """The ids by number of the principles that a rater was asked about, if any were.

    Each question about principles is answered for all of them; what is not goes into `errors`.
    """
    about = [answer for answer in answers if answer.principle is not None]
    if not about:
        return {}
    clauses = asked_principles(task.guideline_id, task.principle).order_by("number")
    ids = dict(clauses.values_list("number", "pk"))
    answered: dict[tuple[str, int | None], set[int]] = {}
    for answer in about:
        number = answer.principle or 0
        if number not in ids:
            errors.setdefault(answer.question.key, _not_asked(task, number, ids))
        answered.setdefault((answer.question.key, answer.response), set()).add(number)
    for (key, place), numbers in answered.items():
        missing = [principle_name(number) for number in ids if number not in numbers]
        if missing:
            sentence = _(
                "Answer for every principle: %(principles)s of response %(slot)s is missing."
            )
            words = {"principles": ", ".join(missing), "slot": slot(place or 0)}
            errors.setdefault(key, sentence % words)
    return ids


def _not_asked(task: AskedTask, number: int, ids: Mapping[int, int]) -> str:
    clauses = Principle.objects.filter(guideline=task.guideline_id, number=number)
    if task.principle and clauses.exists():
        asked = ", ".join(map(principle_name, ids))
        return _("This task asks about %(asked)s alone, not about P%(number)s.") % {
            "asked": asked,
            "number": number,
        }
    return no_such_principle(task.guideline_id, number)


def _reasons(project: Project, submission: Submission, errors: dict[str, str]) -> list[Reason]:
    """The reasons that were picked, in the project's order.

    One that was retired meanwhile is taken: its rater saw it.
    """
    if not submission.reasons:
        return []
    reasons = {reason.code: reason for reason in Reason.objects.filter(project=project)}
    unknown = [code for code in submission.reasons if code not in reasons]
    if unknown:
        known = [code for code, reason in reasons.items() if reason.retired_at is None]
        errors["reasons"] = _("Unknown reason “%(code)s”; this project has: %(known)s.") % {
            "code": unknown[0][:40],
            "known": ", ".join(known),
        }
    return [reason for code, reason in reasons.items() if code in submission.reasons]


def _check_text(
    project: Project, submission: Submission, reasons: Sequence[Reason], errors: dict[str, str]
) -> None:
    """The rater's own words; a reason that was picked stands for them unless it needs some."""
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
    elif not text.strip() and (needing := [r.label for r in reasons if r.needs_words]):
        errors["rationale"] = _("Say in a sentence what you mean by “%(reason)s”.") % {
            "reason": needing[0]
        }
    elif project.rationale_required and not text.strip() and not submission.reasons:
        errors["rationale"] = _("Say in a sentence what decided it.")


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
    if not cited and not submission.none_fits:
        return []
    principles = Principle.objects.filter(guideline=guideline_id)
    known = set(principles.values_list("number", flat=True))
    missing = [number for number in cited if number not in known]
    if missing:
        errors["principles"] = no_such_principle(guideline_id, missing[0])
    elif submission.none_fits and cited:
        errors["principles"] = _("Cite principles, or say that none fits; not both.")
    elif submission.none_fits and not known:
        errors["principles"] = _("The guideline of this task has no principles that could fit.")
    return cited


def no_such_principle(guideline_id: int | None, number: int) -> str:
    """Why nobody can cite this number under a version: it was retired, or there was never one."""
    guideline = Guideline.objects.filter(pk=guideline_id or 0).only("project", "number").first()
    if guideline is None:
        return _("No guideline applies to this task, so it has no principle P%(number)s.") % {
            "number": number
        }
    former = Principle.objects.filter(
        guideline__project=guideline.project_id,
        guideline__number__lt=guideline.number,
        number=number,
    )
    title = former.order_by("-guideline__number").values_list("title", flat=True).first()
    if title is None:
        return _("Version %(version)s of the guideline has no principle P%(number)s.") % {
            "version": guideline.number,
            "number": number,
        }
    return _(
        "P%(number)s “%(title)s” is retired: version %(version)s of the guideline does not have it."
    ) % {"number": number, "title": title, "version": guideline.number}
