"""A question about one response as a short row of buttons: what each posts, shows and is called,
and the key that presses it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.kinds.base import Question, unsaid_words
from projects.scales import NOT_APPLICABLE, YES_NO, Scale
from projects.words import gettext

_UNSAID_KEYS = {NOT_APPLICABLE: "d"}


@dataclass(frozen=True, slots=True)
class AnswerStep:
    """One button: `said` is what an answer by it reads, `words` what it means beside its label."""

    code: str
    label: str
    words: str
    said: str
    keys: str
    chosen: bool

    @property
    def name(self) -> str:
        """What a screen reader calls it."""
        return f"{self.label}: {self.words}" if self.words else self.label


@dataclass(frozen=True, slots=True)
class StepRow:
    """The buttons of one question about one response.

    `ends` caption a row of numbers; where every number has words of its own, `has_meanings`.
    """

    steps: Sequence[AnswerStep]
    ends: tuple[str, str] | None
    has_meanings: bool
    is_yes_no: bool

    @property
    def said(self) -> str:
        """What is chosen, in words; empty where nothing is."""
        return next((step.said for step in self.steps if step.chosen), "")


def step_row(question: Question, chosen: str) -> StepRow:
    """The buttons of a question; `chosen` is the code of the one that is filled in."""
    scale = question.scale
    is_yes_no = scale.answer == YES_NO
    steps = _yes_no(scale, chosen) if is_yes_no else _numbers(scale, chosen)
    has_meanings = not is_yes_no and all(step.words for step in steps)
    ends = (gettext(scale.ends[0]), gettext(scale.ends[1])) if scale.ends else None
    return StepRow(
        steps=[*steps, *(_unsaid(code, chosen) for code in scale.unsaid)],
        ends=None if has_meanings else ends,
        has_meanings=has_meanings,
        is_yes_no=is_yes_no,
    )


def _yes_no(scale: Scale, chosen: str) -> list[AnswerStep]:
    keys = {1: "y", 0: "n"}
    return [
        AnswerStep(
            code=option.code,
            label=gettext(option.label),
            words="",
            said=gettext(option.label),
            keys=keys[option.value],
            chosen=option.code == chosen,
        )
        for option in scale.options
    ]


def _numbers(scale: Scale, chosen: str) -> list[AnswerStep]:
    """The value is the key, where it is a digit; else its place from the left."""
    has_digits = all(0 <= value <= 9 for value in scale.values)
    steps = []
    for place, option in enumerate(scale.options, start=1):
        digit = str(option.value if has_digits else place)
        words = _words(scale, place - 1)
        steps.append(
            AnswerStep(
                code=option.code,
                label=digit,
                words=words,
                said=f"{digit} · {words}" if words else digit,
                keys=digit,
                chosen=option.code == chosen,
            )
        )
    return steps


def _words(scale: Scale, place: int) -> str:
    """What a number means: its label, and of bare numbers what the end of the row is called."""
    option = scale.options[place]
    if option.label != str(option.value):
        return gettext(option.label)
    ends = {0: 0, len(scale.options) - 1: 1}
    if scale.ends is None or place not in ends:
        return ""
    return gettext(scale.ends[ends[place]]).removeprefix(f"{option.value} ")


def _unsaid(code: str, chosen: str) -> AnswerStep:
    words = unsaid_words(code)
    label = gettext("n.a.") if code == NOT_APPLICABLE else words.capitalize()
    return AnswerStep(
        code=code,
        label=label,
        words=words if code == NOT_APPLICABLE else "",
        said=words.capitalize(),
        keys=_UNSAID_KEYS.get(code, "u"),
        chosen=code == chosen,
    )
