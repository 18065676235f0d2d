"""What every kind of task can be asked, and what it is asked with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, TypeAlias, TypeVar
from uuid import UUID

from labeling.datasets.records import CriterionRecord
from labeling.vocabulary import Source, Unsaid
from projects.scales import CONVERSATION, GATE, TIE_KINDS, Option, Scale
from projects.words import gettext, gettext_noop

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

#: Stored answers, one an element; shape (n,).
AnswerValues: TypeAlias = "npt.NDArray[np.int64]"

#: In rows and submissions the primary criterion may be named so, whatever its key.
PRIMARY_ALIAS = "overall"


class Question(Protocol):
    """A criterion as a kind sees it."""

    @property
    def key(self) -> str:
        """Its name in rows, submissions and files."""

    @property
    def wording(self) -> str:
        """What the rater is asked; empty where the scale's own question stands."""

    @property
    def is_primary(self) -> bool:
        """Whether it is the project's primary question."""

    @property
    def is_required(self) -> bool:
        """Whether a judgment needs an answer to it."""

    @property
    def scale(self) -> Scale:
        """What it is answered on."""


class Policy(Protocol):
    """What a project offers its raters beside the scales."""

    @property
    def allow_both_bad(self) -> bool:
        """Whether raters may say that all are bad."""

    @property
    def allow_cannot_tell(self) -> bool:
        """Whether raters may say that they cannot tell."""


Q = TypeVar("Q", bound=Question)
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class EditedText:
    """The text of the response at a slot, as a rater would have it."""

    slot: str
    text: str


@dataclass(frozen=True, slots=True)
class Submission:
    """What a rater sends. Signs and slots refer to the order shown.

    `answers` are in the shape of the API: a preference is a signed number (negative, the first
    shown is better), a ranking a list of bands of slots, best first, and a question about each
    response a value by slot. `tie_kinds` says which tie a 0 is, by criterion; `tie_kind` is another
    way to say it of the primary one. `reasons` are codes of the
    project's; `none_fits` says that none of the guideline's principles decided it; `key` is the
    client's idempotency key; `active_ms` and `idle_ms` are milliseconds, None where what was sent
    is no time;
    `ui_version` is the interface it was given in, the kind's own page where empty; `rubric` the
    version of the questions that were shown, that of the assignment where it is not said. `spans`
    are passages that were marked, as `labeling.kinds.spans` reads them, `regions` likewise
    (`labeling.kinds.regions`).
    `text` is what was written, `edit` a response as it was improved; `typed` and `pasted` are the
    characters that went into it, None where nobody counted.
    """

    answers: Mapping[str, object]
    tie_kind: str = ""
    tie_kinds: Mapping[str, str] = field(default_factory=dict)
    rationale: str = ""
    reasons: Sequence[str] = ()
    principles: Sequence[int] = ()
    none_fits: bool = False
    flags: Sequence[str] = ()
    spans: Sequence[object] = ()
    regions: Sequence[object] = ()
    active_ms: int | None = 0
    idle_ms: int | None = 0
    key: UUID | None = None
    ui_version: str = ""
    source: str = field(default=Source.HUMAN.value)
    rubric: int | None = None
    text: str | None = None
    edit: EditedText | None = None
    typed: int | None = None
    pasted: int | None = None
    declared_assist: bool = False


@dataclass(frozen=True, slots=True)
class GivenAnswer(Generic[A]):
    """One answer: to a question, about the whole task or about one response.

    `response` is the place of the response, counted from 0: in the order shown or in the canonical
    one, as whoever hands it over says; None where the answer is about the whole task. A place in a
    ranking is a value of its response, from 1, dense. `principle` is the number of the guideline's
    that it is about. `tie_kind` says which tie a preference of 0 is, `unsaid` why there is no
    value.
    """

    question: A
    value: int | None
    response: int | None = None
    principle: int | None = None
    tie_kind: str = ""
    unsaid: str = ""


@dataclass(frozen=True, slots=True)
class Escape:
    """An option offered beside a scale, for those who cannot answer on it, and its key."""

    option: Option
    letter: str


class LabelError(ValueError):
    """An imported label does not fit: on which criterion, why, and what it was."""

    def __init__(self, key: str, reason: str, value: object) -> None:
        super().__init__(reason)
        self.key, self.reason, self.value = key, reason, value


class Kind(ABC):
    """A kind of task: which answers it takes, and what they mean to everybody else."""

    #: What is stored on the task: a value of `vocabulary.TaskKind`.
    key: ClassVar[str]
    #: The interface and its version, stored with each judgment given on the kind's own page.
    interface: ClassVar[str]
    #: How it is answered on the screen: the name of a template and a script at the rating desk.
    control: ClassVar[str]
    #: Which of its questions it asks, where its tasks are judged in parts.
    part: ClassVar[str] = ""
    #: What a rater is to do, as the title of the page, marked for translation.
    title: ClassVar[str]
    #: What the button says that sends an answer.
    sends: ClassVar[str] = gettext_noop("Submit")
    #: Whether an answer says which response is better, so that chance must not hang on the order.
    is_preference: ClassVar[bool]
    #: The family of its primary question (`Scale.family`); a task of this kind needs one.
    family: ClassVar[str]
    #: The families of questions that are asked beside it.
    beside: ClassVar[frozenset[str]] = frozenset()
    #: Whether its answers may prefer one of the responses, which can be improved then.
    has_winner: ClassVar[bool] = False
    #: Whether questions about single responses stand beside their texts, and not on the bar.
    asks_beside_texts: ClassVar[bool] = True
    #: Whether a gate may be asked before everything else.
    takes_gate: ClassVar[bool] = True
    #: The fewest and the most responses of a task.
    sizes: ClassVar[tuple[int, int]]

    def takes(self, scale: Scale) -> bool:
        """Whether questions on this scale are asked on a task of this kind."""
        return scale.family == self.family or scale.family in self.beside

    def asked(self, questions: Iterable[Q]) -> list[Q]:
        """The questions of a rubric that are asked on a task of this kind, a gate first."""
        asked: list[Q] = []
        for question in questions:
            if question.scale.family == GATE:
                if self.takes_gate:
                    asked.insert(0, question)
            elif self.takes(question.scale):
                asked.append(question)
        return asked

    # What a rater sends and sees.

    @abstractmethod
    def check(
        self,
        questions: Sequence[Q],
        policy: Policy,
        submission: Submission,
        errors: dict[str, str],
        count: int,
    ) -> list[GivenAnswer[Q]]:
        """The answers that will be stored, of the order shown; a sentence in `errors`, by field,
        for each other. `count` is the number of the task's responses."""

    def winner(self, answers: Sequence[GivenAnswer[Q]]) -> int | None:
        """The place of the response that the primary answer prefers, None where it prefers none."""
        return None

    def turned(self, value: int, shown_order: Sequence[int]) -> int:
        """An answer about the whole task, of the order shown, told of the canonical order; the way
        back is the same. `shown_order[i]` is the canonical index of the response shown at place i.
        """
        return value

    def canonical(self, answer: GivenAnswer[Q], shown_order: Sequence[int]) -> GivenAnswer[Q]:
        """An answer of the order shown, as it is stored."""
        if answer.response is not None:
            return replace(answer, response=shown_order[answer.response])
        return self._turned(answer, shown_order)

    def as_shown(self, answer: GivenAnswer[Q], shown_order: Sequence[int]) -> GivenAnswer[Q]:
        """A stored answer, as its rater saw the task."""
        if answer.response is not None:
            return replace(answer, response=list(shown_order).index(answer.response))
        return self._turned(answer, shown_order)

    def _turned(self, answer: GivenAnswer[Q], shown_order: Sequence[int]) -> GivenAnswer[Q]:
        if answer.value is None or answer.question.scale.family in {GATE, CONVERSATION}:
            return answer
        value = self.turned(answer.value, shown_order)
        return answer if value == answer.value else replace(answer, value=value)

    def place_names(self, questions: Sequence[Question], count: int) -> list[str]:
        """What the scale calls the places on the screen, first to last, for `count` responses."""
        return [slot(place) for place in range(count)]

    @abstractmethod
    def chosen(self, question: Question, value: int, tie_kind: str) -> Option | None:
        """What an answer was given by, on the scale or beside it; `tie_kind` is its own."""

    def escapes(self, question: Question, policy: Policy) -> tuple[Escape, ...]:
        """What is offered beside a question's scale, for those who cannot answer on it."""
        return ()

    # What leads read.

    @abstractmethod
    def words(
        self, question: Question, value: int, tie_kind: str, *, side_only: bool = False
    ) -> str:
        """A stored answer for people who do not see sides; `tie_kind` is the answer's own.

        Of an answer that is `side_only` nobody knows the strength.
        """

    @abstractmethod
    def mark(self, scale: Scale, value: int) -> str:
        """A stored value at the axis of a chart, in as few words as tell it from the others."""

    # What statistics and releases get.

    def categories(self, scale: Scale, values: AnswerValues) -> tuple[int, ...]:
        """The categories that answers on this scale fall in, ascending; shape of `values`: (n,)."""
        return scale.values

    @abstractmethod
    def record(self, question: Question) -> CriterionRecord:
        """The criterion as recipes and formats read it."""

    # What an importer's label must be.

    def graded(self, question: Question, value: int, grade: str) -> int | None:
        """The value that a word of strength (`Grade`) makes of a side on the question's scale.

        None where the scale has no such word: then only the side is known.
        """
        return None

    def check_label(
        self, questions: Sequence[Question], values: Mapping[str, int], ties: Mapping[str, str]
    ) -> dict[str, str]:
        """Which ties the plain numbers of a label are; all by key.

        Raises LabelError where a value misfits: here, always, for what is said of single responses
        is no plain number. Labels answer to the scale alone: what a project offers beside it binds
        its own raters.
        """
        for key, value in values.items():
            raise LabelError(key, f"{value} is a plain number, which says nothing here.", value)
        return {}


def slot(place: int) -> str:
    """What the response at a place on the screen is called in submissions: A, B, …"""
    return chr(ord("A") + place)


def primary_of(questions: Iterable[Q], family: str = "") -> Q | None:
    """The primary question, of a family where one is named, or None where there is none."""
    named = (q for q in questions if q.is_primary and family in {"", q.scale.family})
    return next(named, None)


def unsaid_words(unsaid: str) -> str:
    """Why a question has an answer and no value."""
    if unsaid == Unsaid.NOT_APPLICABLE:
        return gettext("not applicable")
    return gettext("unsure")


def _by_name(questions: Sequence[Question], family: str = "") -> dict[str, Question]:
    """The questions by key, and the primary one (of the family that is named) by its alias too."""
    by_name: dict[str, Question] = {question.key: question for question in questions}
    primary = primary_of(questions, family)
    if primary is not None:
        by_name.setdefault(PRIMARY_ALIAS, primary)
    return by_name


def _unknown(key: str, questions: Sequence[Question]) -> str:
    known = ", ".join(question.key for question in questions)
    return gettext("Unknown criterion “%(key)s”; this project asks: %(known)s.") % {
        "key": key,
        "known": known,
    }


def named_answers(
    questions: Sequence[Question],
    submission: Submission,
    errors: dict[str, str],
    family: str = "",
) -> dict[str, object]:
    """What a submission answers, by the criterion's own key; unknown keys go into `errors`.

    The alias names the primary question of the family of the task's kind.
    """
    by_name = _by_name(questions, family)
    answers: dict[str, object] = {}
    for key, value in submission.answers.items():
        question = by_name.get(key)
        if question is None:
            errors[key] = _unknown(key, questions)
        elif value is None:
            continue
        elif question.key in answers:
            errors[key] = gettext("“%(key)s” was answered twice.") % {"key": question.key}
        else:
            answers[question.key] = value
    return answers


def refuse_ties(submission: Submission, errors: dict[str, str]) -> None:
    """Says so where a submission names a tie on a kind of task that has none."""
    for name in ("tie_kind", "tie_kinds"):
        if getattr(submission, name):
            errors[name] = gettext("Only comparisons have kinds of ties.")


def whole_numbers(answers: Mapping[str, object], errors: dict[str, str]) -> dict[str, int]:
    """The answers that are whole numbers, by key; the others go into `errors`."""
    numbers: dict[str, int] = {}
    for key, value in answers.items():
        if isinstance(value, bool) or not isinstance(value, int):
            errors[key] = gettext("An answer is a whole number.")
        else:
            numbers[key] = value
    return numbers


def named_ties(
    questions: Sequence[Question], submission: Submission, errors: dict[str, str]
) -> dict[str, str]:
    """Which ties a submission names, by the criterion's own key; misfits into `errors`."""
    by_name = _by_name(questions)
    named = [("tie_kind", PRIMARY_ALIAS, submission.tie_kind)] if submission.tie_kind else []
    named += [("tie_kinds", key, kind) for key, kind in submission.tie_kinds.items() if kind]
    ties: dict[str, str] = {}
    for field_name, key, kind in named:
        question = by_name.get(key)
        if kind not in TIE_KINDS:
            known = ", ".join(TIE_KINDS)
            errors[field_name] = gettext("A tie is one of: %(known)s.") % {"known": known}
        elif question is None:
            errors[field_name] = _unknown(key, questions)
        elif ties.setdefault(question.key, kind) != kind:
            errors[field_name] = gettext("“%(key)s” is called two different ties.") % {
                "key": question.key
            }
    return ties
