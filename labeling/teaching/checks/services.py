"""Makes a task gold or an anchor: a copy of it whose right answers are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.kinds import CHECKED_KINDS, accepted_answers, kind_of
from labeling.kinds.shapes import principle_name, unstorable
from labeling.models import GoldAnswer, Task
from labeling.models.copies import copy_of
from labeling.rating.openings import open_votes
from labeling.vocabulary import GoldKind, Purpose, TaskKind
from projects.audit import record
from projects.exceptions import Conflict, InvalidInput
from projects.guidelines.selectors import asked_principles, current_guideline
from projects.models import Criterion, Project, User
from projects.scales import PER_PRINCIPLE
from projects.selectors.rubric import asked_criteria

#: Characters of what is said of why an answer is right.
MOST_REASON = 2000
#: For what a task may be copied with its right answers.
KNOWN_PURPOSES = (Purpose.GOLD, Purpose.ANCHOR)


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """What somebody says is right on a task; `answers` as `accepted_answers` takes them."""

    answers: Mapping[str, object]
    reason: str = ""
    kind: str = GoldKind.PLAIN.value
    purpose: str = Purpose.GOLD.value


@dataclass(frozen=True, slots=True)
class AskedQuestions:
    """What a project asks now, read once for many tasks; `principles` are the numbers by key."""

    criteria: Sequence[Criterion]
    principles: Mapping[str, int]


def questions_in_force(project: Project) -> AskedQuestions:
    """The questions in force, and the principles that tasks of rules ask about."""
    guideline = current_guideline(project)
    clauses = asked_principles(guideline.pk if guideline else None)
    return AskedQuestions(asked_criteria(project), dict(clauses.values_list("key", "number")))


def no_known_answer(task: Task) -> str:
    """Why nobody can say what is right on a task so that raters are checked by it, "" if they can.

    Raters would know a check of such a task by what does not follow it, or nothing is right.
    """
    if task.reviews_id is not None or task.kind not in CHECKED_KINDS:
        return (
            _("Of a text that is written or reviewed there is no one right answer.")
            if task.kind == TaskKind.WRITE or task.reviews_id
            else _("Tasks of this kind have no right answer.")
        )
    if task.part:
        return _("It is one of two passes: which rater gets it depends on the other one.")
    if task.follows_id is not None or task.continues:
        return _("Its conversation goes on from what each rater chose: a copy could not.")
    if task.withdrawn_at is not None:
        return _("It is withdrawn. Put it back first.")
    if task.purpose not in {Purpose.LIVE, *KNOWN_PURPOSES}:
        return _("It is a copy of another task. Use that one.")
    return ""


def checked_answers(
    task: Task,
    known: KnownAnswer,
    questions: AskedQuestions,
    *,
    shown_order: Sequence[int] | None = None,
) -> dict[str, list[object]]:
    """The accepted answers as they are kept. Raises InvalidInput naming every field at fault.

    Signs and slots of `known` are of `shown_order`, of the canonical order where none is given.
    """
    errors: dict[str, str] = {}
    count = len(task.response_ids)
    kind = kind_of(task.asked_as)
    accepted = accepted_answers(
        kind,
        questions.criteria,
        known.answers,
        errors,
        count=count,
        shown_order=range(count) if shown_order is None else shown_order,
    )
    numbers = _numbers(task, questions)
    for question in kind.asked(questions.criteria):
        if question.scale.family == PER_PRINCIPLE and question.key in accepted:
            _check_principles(question.key, accepted[question.key], numbers, errors)
    if len(known.reason) > MOST_REASON:
        errors["reason"] = _("At most %(most)d characters.") % {"most": MOST_REASON}
    elif unstorable(known.reason):
        errors["reason"] = _(
            "The text holds a character that cannot be stored (NUL or half of a pair)."
        )
    for name, value, allowed in (
        ("kind", known.kind, tuple(GoldKind)),
        ("purpose", known.purpose, KNOWN_PURPOSES),
    ):
        if value not in allowed:
            errors[name] = _("Choose one of: %(known)s.") % {"known": ", ".join(allowed)}
    if errors:
        raise InvalidInput(_("Some of the right answers do not fit."), fields=errors)
    return accepted


def _numbers(task: Task, questions: AskedQuestions) -> set[str]:
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
                errors[key] = _("This task asks about %(asked)s, not about %(named)s.") % {
                    "asked": ", ".join(sorted(numbers)) or _("no principle"),
                    "named": ", ".join(sorted(unknown)),
                }


@transaction.atomic
def set_known_answer(*, task: Task, actor: User, known: KnownAnswer) -> GoldAnswer:
    """Says what is right on a task: its copy is made where there is none, and its answer is a new
    version. The same again changes nothing.

    Whoever says it has seen the answer, and is given neither the task nor its copy. Raises Conflict
    where the task can have no known answer, InvalidInput naming every field at fault.
    """
    if refusal := no_known_answer(task):
        raise Conflict(refusal)
    if task.purpose in KNOWN_PURPOSES and known.purpose != task.purpose:
        raise Conflict(_("It is a copy of another task. Use that one."))
    answers = checked_answers(task, known, questions_in_force(task.project))
    open_votes(task=task, person=actor)
    copy = task if task.purpose in KNOWN_PURPOSES else copy_of(task, Purpose(known.purpose))
    answer, created = add_version(copy, actor, known, answers)
    if created:
        record(
            project=task.project,
            actor=actor,
            verb=gettext_noop("right answer set"),
            task=task.external_id,
            purpose=copy.purpose,
            version=answer.number,
        )
    return answer


def add_version(
    copy: Task, author: User | None, known: KnownAnswer, answers: Mapping[str, object]
) -> tuple[GoldAnswer, bool]:
    """The newest version of a copy's right answers, and whether it is new; to be called inside a
    transaction."""
    Task.objects.select_for_update(no_key=True).get(pk=copy.pk)
    newest = GoldAnswer.objects.filter(task=copy).order_by("-number").first()
    content = {"answers": dict(answers), "reason": known.reason.strip(), "kind": known.kind}
    if newest is not None and all(getattr(newest, name) == content[name] for name in content):
        return newest, False
    number = newest.number + 1 if newest else 1
    row = GoldAnswer.objects.create(task=copy, number=number, author=author, **content)
    return row, True
