"""Training: what is right on a gold task and why, told after its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from labeling.kinds import is_accepted, kind_of, primary_of
from labeling.kinds.base import GivenAnswer, unsaid_words
from labeling.kinds.shapes import as_submitted, from_submitted
from labeling.models import Answer, GoldAnswer, Judgment, Task
from labeling.rating.openings import open_votes
from labeling.vocabulary import Purpose
from projects.models import Criterion, Project
from projects.scales import PREFERENCES, RANKING


@dataclass(frozen=True, slots=True)
class Explained:
    """What is right on a task, in signs and letters of the order shown, and its reason.

    `right` is whether the rater's answer was, None where it has no value.
    """

    right: bool | None
    answers: dict[str, list[object]]
    reason: str
    words: str

    def as_dict(self) -> dict[str, Any]:
        """As the API has it."""
        return {"right": self.right, "answers": self.answers, "reason": self.reason}


def explain(judgment: Judgment, project: Project) -> Explained | None:
    """What is said after a training task, and in training mode after gold; None after any other.

    From then on the rater knows the answer, and can neither change nor take back their own.
    """
    purposes = {Purpose.TRAINING, *([Purpose.GOLD] if project.explains_gold else [])}
    if judgment.purpose not in purposes or judgment.withdrawn:
        return None
    known = GoldAnswer.objects.filter(task=judgment.task_id).order_by("-number").first()
    if known is None:
        return None
    open_votes(task=judgment.task, person=judgment.rater, is_told=True)
    order, criteria = judgment.assignment.shown_order, {c.key: c for c in project.criteria.all()}
    shown = {
        key: [_shown(judgment, criteria[key], shape, order) for shape in shapes]
        for key, shapes in known.answers.items()
        if key in criteria
    }
    primary = primary_of((criteria[key] for key in shown), kind_of(judgment.task.asked_as).family)
    right = None
    if primary is not None:
        right = is_accepted(primary, known.answers[primary.key], _answers(judgment))
    sentences = [_verdict(right)]
    if primary is not None and right is not True:
        accepted = " · ".join(_words(primary, shape) for shape in shown[primary.key])
        sentences.append(_("Right is: %(answer)s.") % {"answer": accepted})
    return Explained(right, shown, known.reason, " ".join([*sentences, known.reason]).strip())


def accepted_as_shown(
    task: Task, criterion: Criterion, shapes: Sequence[object], order: Sequence[int]
) -> str:
    """The accepted answers to a question of a task, in words of the order in which it was shown."""
    kind = kind_of(task.asked_as)
    words = []
    for shape in shapes:
        answers = [kind.as_shown(answer, order) for answer in from_submitted(criterion, shape)]
        words.append(_words(criterion, as_submitted(answers)[criterion.key]))
    return " · ".join(words)


def explained_words(judgment: Judgment, project: Project) -> str:
    """The same for people, empty where there is nothing to say."""
    explained = explain(judgment, project)
    return explained.words if explained else ""


def _verdict(right: bool | None) -> str:
    if right is None:
        return _("That was a training task.")
    if right:
        return _("That was a training task, and you answered it rightly.")
    return _("That was a training task, and its right answer is another.")


def _answers(judgment: Judgment) -> list[GivenAnswer[Criterion]]:
    rows = Answer.objects.filter(judgment=judgment).select_related("criterion", "principle")
    ids = list(judgment.task.response_ids)
    return [
        GivenAnswer(
            row.criterion,
            row.value,
            None if row.response_id is None else ids.index(row.response_id),
            row.principle.number if row.principle else None,
            row.tie_kind,
            row.unsaid,
        )
        for row in rows
    ]


def _shown(judgment: Judgment, criterion: Criterion, shape: object, order: Sequence[int]) -> object:
    kind = kind_of(judgment.task.asked_as)
    answers = [kind.as_shown(answer, order) for answer in from_submitted(criterion, shape)]
    return as_submitted(answers)[criterion.key]


def _words(criterion: Criterion, shape: object) -> str:
    """An answer of the order shown as its scale says it."""
    if criterion.scale.family == PREFERENCES:
        option = next((o for o in criterion.scale.options if o.value == shape), None)
        return _(option.label) if option else str(shape)
    if criterion.scale.family == RANKING and isinstance(shape, list):
        return " > ".join(" = ".join(band) for band in shape)
    answers = from_submitted(criterion, shape)
    return ", ".join(
        f"{chr(ord('A') + (answer.response or 0))}"
        f"{f' P{answer.principle}' if answer.principle else ''}: "
        f"{unsaid_words(answer.unsaid) if answer.unsaid else answer.value}"
        for answer in answers
    )
