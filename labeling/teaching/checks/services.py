"""Makes a task gold or an anchor: a copy of it whose right answers are known."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.kinds import kind_of
from labeling.kinds.known import (
    KNOWN_PURPOSES,
    AskedQuestions,
    KnownAnswer,
    known_answers,
    no_known_answer,
)
from labeling.models import GoldAnswer, Task
from labeling.models.copies import add_version, copy_of
from labeling.rating.openings import open_votes
from labeling.vocabulary import Purpose
from projects.audit import record
from projects.exceptions import Conflict, InvalidInput
from projects.guidelines.selectors import asked_principles, current_guideline
from projects.models import Project, User
from projects.selectors.rubric import asked_criteria


def questions_in_force(project: Project) -> AskedQuestions:
    """The questions in force, and the principles that tasks of rules ask about."""
    guideline = current_guideline(project)
    clauses = asked_principles(guideline.pk if guideline else None)
    return AskedQuestions(asked_criteria(project), dict(clauses.values_list("key", "number")))


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
    errors: dict[str, str] = {}
    order, questions = range(len(task.response_ids)), questions_in_force(task.project)
    answers = known_answers(task, kind_of(task.asked_as), known, questions, errors, order)
    if errors:
        raise InvalidInput(_("Some of the right answers do not fit."), fields=errors)
    open_votes(task=task, person=actor, is_told=True)
    copy = task if task.purpose in KNOWN_PURPOSES else copy_of(task, Purpose(known.purpose))
    content = {"answers": answers, "reason": known.reason.strip(), "kind": known.kind}
    answer, created = add_version(copy, actor, content)
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
