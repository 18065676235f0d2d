"""What a scale is that a rater answers on, and what answers on it are; pure, no Django.

A preference is a signed integer: negative means the first of two responses is better, positive the
second, 0 a tie; the magnitude is the strength. A ranking gives each response a place from 1, equal
places are ties. An ordinal or a yes/no question is answered for each response by itself. A gate
asks whether the task can be judged at all: one of its options opens the other questions, the rest
end the task. A question about the conversation has one number, whatever the responses are. Labels
are what the rater reads; the stored value never depends on them, so that they are translated where
they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

EQUAL_GOOD = "equal_good"
EQUAL_BAD = "equal_bad"
CANNOT_TELL = "cannot_tell"
TIE_KINDS = (EQUAL_GOOD, EQUAL_BAD, CANNOT_TELL)

#: What answers to a question are; a scale's `answer` is one of these.
PREFERENCES, RANKING, ORDINAL, YES_NO = "preference", "ranking", "ordinal", "yes_no"
#: What comes first and may end a task; the family of such a question too.
GATE = "gate"
#: A rating of the conversation that a comparison stands in; the family of such a question too.
CONVERSATION = "conversation"
ANSWER_KINDS = (PREFERENCES, RANKING, ORDINAL, YES_NO, GATE, CONVERSATION)
#: What is written is no criterion's: the answer of a leased task to write.
TEXT = "text"
LEASED_ANSWERS = (*ANSWER_KINDS, TEXT)
#: The family of questions about each response by itself, ordinal or yes/no.
RESPONSE = "response"
#: The family of what a second person says of a text that was written, and its two scales.
REVIEWS = "review"
DECISION, SCORE = "decision", "score7"
#: The family of questions about each response that are asked once for each principle.
PER_PRINCIPLE = "rule"
#: Why a question about a response may have no value.
UNSURE, NOT_APPLICABLE = "unsure", "not_applicable"


@dataclass(frozen=True, slots=True)
class Option:
    """One segment of a scale: the value it stores, the label it shows, and which tie it is.

    `lettered` is the label with A and B for the two responses, where the published one names them
    otherwise: a task whose questions differ in these names calls them by letters everywhere.
    `word` is the option's name in rows and submissions, where its number alone would say nothing.
    """

    value: int
    label: str
    tie_kind: str = ""
    lettered: str = ""
    word: str = ""

    @property
    def code(self) -> str:
        """What a form posts: the value, with the kind of tie where the value alone is ambiguous."""
        return f"{self.value}:{self.tie_kind}" if self.tie_kind else str(self.value)


@dataclass(frozen=True, slots=True)
class Scale:
    """A published scale.

    `answer` says what an answer on it is. `sides` are the names the published labels use for the
    two responses in the order shown; `unsaid` is what a rater may say in place of a value;
    `of_review`: a second person answers it, about a text that was written;
    `is_rule`: it is answered for each principle of the guideline, and more is better kept;
    `ends` caption the row where the published scale has captions instead of a label a button;
    `margins` maps a strength to the margin that the publication trains with, where it states one;
    `grades` maps a word of strength in its labels (`labeling.vocabulary.Grade`) to that strength;
    `more_is_worse`: it measures a fault, so that nothing is best put first by its values.
    `passes` is the answer to a gate that opens the other questions: every other one ends the task.
    `family`: the questions that one of is the primary one for a kind of task, by what is compared;
    `per` says whether one answer is about the whole `task`, or about each `response` by itself.
    """

    key: str
    title: str
    question: str
    options: tuple[Option, ...]
    source: str
    sides: tuple[str, str] = ("A", "B")
    ends: tuple[str, str] | None = None
    margins: Mapping[int, float] | None = None
    answer: str = PREFERENCES
    grades: Mapping[str, int] = field(default_factory=dict)
    unsaid: tuple[str, ...] = ()
    of_review: bool = False
    is_rule: bool = False
    more_is_worse: bool = False
    passes: int | None = None
    family: str = field(init=False)
    per: str = field(init=False)

    def __post_init__(self) -> None:
        # Kept, because every judgment asks for them some twenty times.
        object.__setattr__(self, "family", self._family())
        each = self.answer in {ORDINAL, YES_NO}
        object.__setattr__(self, "per", "response" if each else "task")

    def _family(self) -> str:
        if self.of_review:
            return REVIEWS
        if self.is_rule:
            return PER_PRINCIPLE
        return RESPONSE if self.answer in {ORDINAL, YES_NO} else self.answer

    @property
    def values(self) -> tuple[int, ...]:
        """The values in ascending order, each once: the declared categories of statistics."""
        return tuple(sorted({option.value for option in self.options}))

    @property
    def has_tie(self) -> bool:
        """Whether a rater may answer that the two are equally good."""
        return any(o.value == 0 and o.tie_kind != EQUAL_BAD for o in self.options)

    @property
    def has_both_bad(self) -> bool:
        """Whether the published scale itself offers that both are bad."""
        return any(option.tie_kind == EQUAL_BAD for option in self.options)

    @property
    def strongest(self) -> int:
        """The largest magnitude on the scale, 0 on one without values."""
        return max((abs(value) for value in self.values), default=0)

    def stops(self, value: int | None) -> bool:
        """Whether this answer ends the task: no other question is asked after it."""
        return self.passes is not None and value != self.passes

    def accepts(self, value: int) -> bool:
        """Whether the scale itself has this value."""
        return value in self.values
