"""A question that any kind of task may ask first: whether there is something to judge at all.

One of its answers opens the other questions; every other one ends the task, and is its whole
judgment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from labeling.datasets.records import CriterionRecord
from labeling.kinds.base import GivenAnswer, Kind, LabelError, Policy, Q, Question, Submission
from labeling.kinds.rate import Rate
from projects.scales import GATE, Option, Scale
from projects.words import gettext


class GateAnswers(Rate):
    """What answers to a gate mean: no kind of task, since every kind may ask it."""

    family = GATE

    def words(
        self, question: Question, value: int, tie_kind: str, *, side_only: bool = False
    ) -> str:
        """The option."""
        return self.mark(question.scale, value)

    def mark(self, scale: Scale, value: int) -> str:
        """The option."""
        option = next((option for option in scale.options if option.value == value), None)
        return gettext(option.label) if option else str(value)

    def record(self, question: Question) -> CriterionRecord:
        """No rating: nothing is made of it but the rows of judgments."""
        return replace(super().record(question), answer="gate")


def gate_of(questions: Iterable[Q]) -> Q | None:
    """The gate among these questions, or None where they have none."""
    return next((question for question in questions if question.scale.family == GATE), None)


def is_stopped(answers: Iterable[GivenAnswer[Q]]) -> bool:
    """Whether these answers say that the task was not judged."""
    return any(answer.question.scale.stops(answer.value) for answer in answers)


def stopping_answers(
    questions: Iterable[Q], answers: Mapping[str, object]
) -> Mapping[str, object] | None:
    """The answer to the gate alone where it ends the task, else None."""
    gate = gate_of(questions)
    option = _option(gate, answers.get(gate.key)) if gate else None
    if gate is None or option is None or not gate.scale.stops(option.value):
        return None
    return {gate.key: option.value}


def check_answers(
    kind: Kind,
    questions: Sequence[Q],
    policy: Policy,
    submission: Submission,
    errors: dict[str, str],
    count: int,
) -> list[GivenAnswer[Q]]:
    """What a kind's `check` says of the questions after a gate that lets through; without a gate,
    of all of them.

    A task that ends at its gate has no other answer: each that was sent goes into `errors`.
    """
    gate = gate_of(questions)
    if gate is None:
        return kind.check(questions, policy, submission, errors, count)
    sent = submission.answers.get(gate.key)
    others = {key: value for key, value in submission.answers.items() if key != gate.key}
    rest = replace(submission, answers=others)
    option = _option(gate, sent)
    if option is None:
        errors[gate.key] = _missing_words(gate, sent)
        return []
    answer = GivenAnswer(gate, option.value)
    if gate.scale.stops(option.value):
        _refuse_others(option, rest, errors)
        return [answer]
    after = [question for question in questions if question is not gate]
    return [answer, *kind.check(after, policy, rest, errors, count)]


def _missing_words(gate: Question, sent: object) -> str:
    if sent is None:
        return gettext("This question needs an answer, before all others.")
    words = {"value": str(sent)[:40], "allowed": _allowed(gate.scale)}
    return gettext("%(value)s is not on this scale (%(allowed)s).") % words


def _refuse_others(option: Option, rest: Submission, errors: dict[str, str]) -> None:
    named: list[tuple[str, object]] = [*rest.answers.items()]
    fields = ("tie_kind", "tie_kinds", "spans", "regions", "text", "edit")
    named += [(name, getattr(rest, name)) for name in fields]
    sentence = gettext("“%(answer)s” ends the task: leave out everything that it asks after that.")
    for name, value in named:
        if value not in (None, "", {}, (), []):
            errors[name] = sentence % {"answer": gettext(option.label)}


def gate_label(question: Q, said: object, others: Sequence[str]) -> GivenAnswer[Q]:
    """What an importer's label says of the gate; `others` are the questions that it answers too.

    Raises LabelError for what is not on the scale, and for an end after which more is answered.
    """
    option = _option(question, said)
    if option is None:
        reason = f"{said} is not on this question's scale ({_allowed(question.scale)})."
        raise LabelError(question.key, reason, said)
    if question.scale.stops(option.value) and others:
        reason = f"Says “{option.word}”, which ends the task, and answers {others[0]} too."
        raise LabelError(question.key, reason, said)
    return GivenAnswer(question, option.value)


def _option(question: Question, sent: object) -> Option | None:
    """The option that a submission or a row names, by its number or its word."""
    if isinstance(sent, bool) or not isinstance(sent, int | str):
        return None
    return next((o for o in question.scale.options if sent in (o.value, o.word)), None)


def _allowed(scale: Scale) -> str:
    return ", ".join(f"{option.value} {option.word}" for option in scale.options)


GATE_ANSWERS = GateAnswers()
