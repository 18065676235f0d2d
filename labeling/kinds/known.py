"""What somebody says is right on a task: whether it can be said of it at all, and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from labeling.kinds.accepted import CHECKED_KINDS, accepted_answers
from labeling.kinds.base import Kind
from labeling.kinds.shapes import principle_name, unstorable
from labeling.vocabulary import STAGES, GoldKind, Purpose, TaskKind
from projects.scales import PER_PRINCIPLE
from projects.words import gettext

#: Characters of what is said of why an answer is right.
MOST_REASON = 2000
#: For what a task may be copied with its right answers.
KNOWN_PURPOSES = (Purpose.GOLD, Purpose.ANCHOR, *STAGES)


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """What somebody says is right on a task; `answers` as `accepted_answers` takes them."""

    answers: Mapping[str, object]
    reason: str = ""
    kind: str = GoldKind.PLAIN.value
    purpose: str = Purpose.GOLD.value


@dataclass(frozen=True, slots=True)
class AskedQuestions:
    """What a project asks now; `principles` are the numbers of those in force, by their keys."""

    criteria: Sequence[Any]
    principles: Mapping[str, int]


class AnswerableTask(Protocol):
    """What tells whether a task can have a right answer."""

    kind: str
    part: str
    purpose: str
    continues: bool
    withdrawn_at: datetime | None
    principle_key: str

    @property
    def reviews_id(self) -> int | None:
        """The text that it reviews, if it does."""

    @property
    def follows_id(self) -> int | None:
        """The turn before it that its rater chose, if it is such a turn."""


def no_known_answer(task: AnswerableTask) -> str:
    """Why nobody can say what is right on a task so that raters are checked by it, "" if they can.

    Raters would know a check of such a task by what does not follow it, or nothing is right.
    """
    if task.kind == TaskKind.WRITE or task.reviews_id is not None:
        return gettext("Of a text that is written or reviewed there is no one right answer.")
    if task.kind not in CHECKED_KINDS:
        return gettext("Tasks of this kind have no right answer.")
    if task.part:
        return gettext("It is one of two passes: which rater gets it depends on the other one.")
    if task.follows_id is not None or task.continues:
        return gettext("Its conversation goes on from what each rater chose: a copy could not.")
    if task.withdrawn_at is not None:
        return gettext("It is withdrawn. Put it back first.")
    if task.purpose not in {Purpose.LIVE, *KNOWN_PURPOSES}:
        return gettext("It is a copy of another task. Use that one.")
    return ""


def known_answers(
    task: AnswerableTask,
    kind: Kind,
    known: KnownAnswer,
    questions: AskedQuestions,
    errors: dict[str, str],
    shown_order: Sequence[int],
) -> dict[str, list[object]]:
    """The accepted answers as they are kept, of the canonical order.

    Signs and slots of `known` are of `shown_order`. A sentence in `errors`, by field, for each that
    does not fit.
    """
    accepted = accepted_answers(
        kind,
        questions.criteria,
        known.answers,
        errors,
        count=len(shown_order),
        shown_order=shown_order,
    )
    numbers = _numbers(task, questions)
    for question in kind.asked(questions.criteria):
        if question.scale.family == PER_PRINCIPLE and question.key in accepted:
            _check_principles(question.key, accepted[question.key], numbers, errors)
    if len(known.reason) > MOST_REASON:
        errors["reason"] = gettext("At most %(most)d characters.") % {"most": MOST_REASON}
    elif unstorable(known.reason):
        errors["reason"] = gettext(
            "The text holds a character that cannot be stored (NUL or half of a pair)."
        )
    for name, value, allowed in (
        ("kind", known.kind, tuple(GoldKind)),
        ("purpose", known.purpose, KNOWN_PURPOSES),
    ):
        if value not in allowed:
            errors[name] = gettext("Choose one of: %(known)s.") % {"known": ", ".join(allowed)}
    return accepted


def _numbers(task: AnswerableTask, questions: AskedQuestions) -> set[str]:
    """The principles that a task of rules asks about, as submissions call them."""
    keys = {task.principle_key} if task.principle_key else set(questions.principles)
    return {principle_name(questions.principles[key]) for key in keys & set(questions.principles)}


def _check_principles(
    key: str, accepted: Sequence[object], numbers: set[str], errors: dict[str, str]
) -> None:
    for shape in accepted:
        for of_slot in shape.values() if isinstance(shape, Mapping) else ():
            unknown = set(of_slot) - numbers if isinstance(of_slot, Mapping) else set()
            if unknown:
                errors[key] = gettext("This task asks about %(asked)s, not about %(named)s.") % {
                    "asked": ", ".join(sorted(numbers)) or gettext("no principle"),
                    "named": ", ".join(sorted(unknown)),
                }
