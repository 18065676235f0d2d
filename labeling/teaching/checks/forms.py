"""The form that says what is right on a task: the answers of its questions, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from labeling.kinds import kind_for, kind_of, slot, unsaid_words
from labeling.kinds.known import AskedQuestions, KnownAnswer
from labeling.kinds.shapes import from_fields, principle_name, whole
from labeling.models import GoldAnswer, Task
from labeling.vocabulary import GoldKind, Purpose
from projects.models import Criterion
from projects.scales import GATE, PER_PRINCIPLE, PREFERENCES, RANKING

_PREFIX = "right."


@dataclass(frozen=True, slots=True)
class RightChoice:
    """One answer that can be ticked or picked."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One field: of a whole question where several answers may be ticked, or of one response."""

    name: str
    label: str
    choices: Sequence[RightChoice]


@dataclass(frozen=True, slots=True)
class RightQuestion:
    """One question of the task with its fields; `several`: each answer that is right is ticked."""

    label: str
    wording: str
    required: bool
    several: bool
    rows: Sequence[ChoiceRow]


@dataclass(frozen=True, slots=True)
class RightForm:
    """What the form shows; `answer` is the version that holds, None where there is none yet."""

    questions: Sequence[RightQuestion]
    kinds: Sequence[tuple[str, str]]
    answer: GoldAnswer | None = None


def right_form(task: Task, questions: AskedQuestions, answer: GoldAnswer | None) -> RightForm:
    """The form of a task, filled in with what is right by now."""
    kind = kind_of(task.asked_as)
    shown = [
        _question(criterion, task, questions, answer)
        for criterion in kind.asked(questions.criteria)
        if criterion.scale.family != GATE
    ]
    kinds = [
        (GoldKind.PLAIN.value, _("A plain task")),
        (GoldKind.PLEASANT_WRONG.value, _("One answer pleases and is wrong")),
    ]
    return RightForm(shown, kinds, answer)


def _question(
    criterion: Criterion,
    task: Task,
    questions: AskedQuestions,
    answer: GoldAnswer | None,
) -> RightQuestion:
    accepted = answer.answers.get(criterion.key, []) if answer else []
    several = criterion.scale.family == PREFERENCES
    rows = (
        [ChoiceRow(f"{_PREFIX}{criterion.key}", criterion.label, _steps(criterion, accepted))]
        if several
        else _rows(criterion, task, questions)
    )
    return RightQuestion(criterion.label, criterion.wording, criterion.is_primary, several, rows)


def _steps(criterion: Criterion, accepted: Sequence[object] = ()) -> list[RightChoice]:
    kind, scale = kind_for(criterion.scale), criterion.scale
    tie = "equal_good" if scale.has_tie else ""
    steps = [
        RightChoice(
            str(value), kind.words(criterion, value, "" if value else tie), value in accepted
        )
        for value in scale.values
    ]
    return [*steps, *(RightChoice(word, unsaid_words(word)) for word in scale.unsaid)]


def _places(count: int) -> list[RightChoice]:
    words = _("place %(place)d")
    return [RightChoice(str(place), words % {"place": place}) for place in range(1, count + 1)]


def _rows(criterion: Criterion, task: Task, questions: AskedQuestions) -> list[ChoiceRow]:
    count = len(task.response_ids)
    steps = _places(count) if criterion.scale.family == RANKING else _steps(criterion)
    rows = []
    for place in range(count):
        label = _("Response %(number)d") % {"number": place + 1}
        name = f"{_PREFIX}{criterion.key}.{slot(place)}"
        if criterion.scale.family != PER_PRINCIPLE:
            rows.append(ChoiceRow(name, label, steps))
            continue
        for key, number in questions.principles.items():
            if task.principle_key in {"", key}:
                rule = principle_name(number)
                rows.append(ChoiceRow(f"{name}.{rule}", f"{label}, {rule}", steps))
    return rows


def read_right(post: QueryDict, task: Task, questions: AskedQuestions) -> KnownAnswer:
    """What was sent; questions that were left alone are not said."""
    answers: dict[str, object] = {}
    for criterion in kind_of(task.asked_as).asked(questions.criteria):
        name = f"{_PREFIX}{criterion.key}"
        if criterion.scale.family == PREFERENCES:
            if ticked := post.getlist(name):
                answers[criterion.key] = [whole(code) for code in ticked]
            continue
        fields = _fields(post, f"{name}.")
        if fields:
            answers[criterion.key] = from_fields(criterion, fields)
    return KnownAnswer(
        answers=answers,
        reason=post.get("reason", ""),
        kind=post.get("kind", GoldKind.PLAIN),
        purpose=post.get("purpose", Purpose.GOLD),
    )


def _fields(post: QueryDict, prefix: str) -> Mapping[str, str]:
    named = {key: post.get(key, "") for key in post if key.startswith(prefix)}
    return {key.removeprefix(prefix): value for key, value in named.items() if value}
