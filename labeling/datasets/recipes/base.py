"""What every recipe shares: who may vote, what a pair is, and how the books are kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from labeling.datasets.reasons import HUMAN_ONLY, purpose_reason, sentence, source_reason
from labeling.datasets.records import Criterion, JudgmentRecord, TaskRecord
from labeling.vocabulary import Purpose

_LIVE = Purpose.LIVE.value


class Pair(NamedTuple):
    """A decided preference. `chosen` and `rejected` are positions among the task's responses.

    `strength` is the mean magnitude of the values behind it, `margin` the same on the scale from
    0 to 1. The votes count everyone who answered the criterion; `judgment` is set when the pair
    is one rater's.
    """

    chosen: int
    rejected: int
    strength: float
    margin: float
    votes_chosen: int
    votes_rejected: int
    votes_tie: int
    judgment: JudgmentRecord | None = None

    @property
    def voters(self) -> int:
        """How many raters answered the criterion."""
        return self.votes_chosen + self.votes_rejected + self.votes_tie


class Label(NamedTuple):
    """A response called good or bad by itself: what unpaired training (KTO) reads."""

    response: int
    good: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a recipe makes of one task; `rows_in` equals pairs plus drops."""

    rows_in: int
    pairs: tuple[Pair, ...] = ()
    labels: tuple[Label, ...] = ()
    drops: tuple[str, ...] = ()


@dataclass(slots=True)
class Ledger:
    """Rows in, rows out and the reason for each difference, in a recipe's own unit."""

    unit: str
    rows_in: int = 0
    rows_out: int = 0
    drops: Counter[str] = field(default_factory=Counter)

    def balanced(self) -> bool:
        """Whether rows in equal rows out and drops together."""
        return self.rows_in == self.rows_out + self.drops.total()

    def describe(self) -> dict[str, object]:
        """Plain data for the manifest, reasons sorted and in words."""
        return {
            "unit": self.unit,
            "rows_in": self.rows_in,
            "rows_out": self.rows_out,
            "dropped": {
                reason: {"rows": count, "because": sentence(reason)}
                for reason, count in sorted(self.drops.items())
            },
        }


class Recipe(ABC):
    """Turns the judgments of a task into pairs.

    `unit` is what a row in is: a judgment or a task. `sources` says whose judgments vote.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    unit: ClassVar[str]

    def __init__(
        self, criterion: Criterion, *, primary: str = "", sources: frozenset[str] = HUMAN_ONLY
    ) -> None:
        self.criterion = criterion
        self.primary = primary or (criterion.key if criterion.primary else "")
        self.sources = sources

    @abstractmethod
    def apply(self, task: TaskRecord) -> Outcome:
        """The pairs of one task, and why the rest of it is none."""

    @classmethod
    @abstractmethod
    def explain(cls) -> dict[str, str]:
        """The policy in words, one sentence or two under each heading."""

    def ineligible(self, judgment: JudgmentRecord) -> str | None:
        """Why a judgment may not become data at all, None if it may."""
        if judgment.purpose == _LIVE and judgment.source in self.sources:
            return None
        return purpose_reason(judgment.purpose) or source_reason(judgment.source, self.sources)

    def tie(self, judgment: JudgmentRecord) -> str | None:
        """The kind of tie on this recipe's criterion, None if there is none."""
        return judgment.tie_on(self.criterion.key, self.primary)

    def value(self, judgment: JudgmentRecord) -> int | None:
        """The signed value on this recipe's criterion, None if it was not answered."""
        return judgment.values.get(self.criterion.key)


#: Said by every recipe: it holds for all of them.
SHARED_POLICY = {
    "Whose judgments": (
        "Current judgments by people on live tasks. Gold, repeat, anchor and training judgments, "
        "and judgments by or after a model, are counted and left out."
    ),
    "Unusable texts": (
        "No pair is made of two responses with the same text, or from an empty prompt or response."
    ),
}


def tie_labels(kind: str | None) -> tuple[Label, ...]:
    """What a tie says about each response by itself: good ties two goods, bad ties two bads."""
    if kind not in ("equal_good", "equal_bad"):
        return ()
    good = kind == "equal_good"
    return (Label(0, good), Label(1, good))
