"""A question about the conversation that a task shows: one number, however responses stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from labeling.datasets.records import CriterionRecord
from labeling.kinds.base import GivenAnswer, LabelError, Q, Question
from labeling.kinds.rate import Rate
from projects.scales import CONVERSATION
from projects.words import gettext


class ConversationAnswers(Rate):
    """What answers to such a question mean: no kind of task, it stands beside comparisons."""

    family = CONVERSATION

    def record(self, question: Question) -> CriterionRecord:
        """No rating of a response: nothing is made of it but the rows of judgments."""
        return replace(super().record(question), answer="conversation")


def conversation_answers(
    questions: Sequence[Q], named: Mapping[str, object], errors: dict[str, str], *, may_lack: bool
) -> list[GivenAnswer[Q]]:
    """The answers to questions about the conversation; `named` is what was sent, by key.

    What misfits or is missing goes into `errors`; `may_lack`: nothing has to be answered.
    """
    answers: list[GivenAnswer[Q]] = []
    for question in questions:
        sent = named.get(question.key)
        if sent is None:
            if question.is_required and not may_lack:
                errors.setdefault(question.key, gettext("This question needs an answer."))
        elif not _is_on(question, sent):
            words = gettext("%(value)s is not on this scale (%(allowed)s).")
            errors[question.key] = words % {"value": str(sent)[:40], "allowed": _allowed(question)}
        else:
            answers.append(GivenAnswer(question, int(str(sent))))
    return answers


def conversation_label(question: Q, said: object) -> GivenAnswer[Q]:
    """What an importer's label says of it. Raises LabelError for what is not on the scale."""
    if not _is_on(question, said):
        reason = f"{said} is not on this question's scale ({_allowed(question)})."
        raise LabelError(question.key, reason, said)
    return GivenAnswer(question, int(str(said)))


def _is_on(question: Question, value: object) -> bool:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return is_number and value in question.scale.values


def _allowed(question: Question) -> str:
    return ", ".join(map(str, question.scale.values))


CONVERSATION_ANSWERS = ConversationAnswers()
