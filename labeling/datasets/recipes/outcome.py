"""What a recipe makes of a task: rows of each kind, and why the rest of it is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from labeling.datasets.records import JudgmentRecord


class RowKind(StrEnum):
    """What a row of the main table of a format is; the books count these."""

    PAIRS = "pairs"
    RANKINGS = "rankings"
    LABELS = "labels"
    DEMONSTRATIONS = "demonstrations"
    RATINGS = "ratings"
    RULES = "rules"


class Pair(NamedTuple):
    """Two responses compared. `chosen` and `rejected` are positions among the task's candidates.

    `strength` is the mean magnitude of the values behind it, None where they tell the side only;
    `margin` the same on the scale from 0 to 1 (0 where the recipe trains without one or nobody
    told a strength, published units where it says so), `value` the signed value from the point of
    view of the first response. The votes count
    everyone who answered the criterion; `judgment` is set when the pair is one rater's, else
    `votes` are the judgments behind it. With `tie` ("" for none) nothing was chosen, and `chosen`
    is simply the first. `probability` is that of the chosen one, None for the share of the votes.
    `weight` is 1 / the number of pairs that one judgment gave, `group_size` the number of
    responses it ordered. `edited` marks a pair whose chosen side a person improved. `scores` are
    the mean ratings of the chosen and of the rejected one, where those make the pair.
    """

    chosen: int
    rejected: int
    strength: float | None
    margin: float
    votes_chosen: int
    votes_rejected: int
    votes_tie: int
    judgment: JudgmentRecord | None = None
    value: float = 0.0
    tie: str = ""
    probability: float | None = None
    weight: float = 1.0
    group_size: int = 2
    edited: bool = False
    votes: tuple[JudgmentRecord, ...] = ()
    scores: tuple[float, float] | None = None

    @property
    def voters(self) -> int:
        """How many raters answered the criterion."""
        return self.votes_chosen + self.votes_rejected + self.votes_tie

    @property
    def chosen_prob(self) -> float:
        """The probability that the chosen one is better: as modelled, or votes with ties halved."""
        if self.probability is not None:
            return self.probability
        return (self.votes_chosen + self.votes_tie / 2) / self.voters

    @property
    def agreement(self) -> float:
        """The winner's share of all votes; a tie is a vote like the others. 0 where nobody voted
        and a final word alone decides."""
        return (self.votes_tie if self.tie else self.votes_chosen) / (self.voters or 1)

    @property
    def judgments(self) -> tuple[JudgmentRecord, ...]:
        """The judgments behind the pair."""
        return (self.judgment,) if self.judgment else self.votes


class RankedResponses(NamedTuple):
    """One rater's order of the task's responses: a rank for each, 1 is best, equal ranks tie."""

    ranks: tuple[int, ...]
    judgment: JudgmentRecord


class ResponseLabel(NamedTuple):
    """A response called good or bad by itself: what unpaired training (KTO) reads."""

    response: int
    good: bool


class Demonstration(NamedTuple):
    """A response worth imitating; `edited` where a person improved it.

    `decision` is that of a reviewer, "" where none read it: a rejected one is not worth imitating.
    """

    response: int
    edited: bool = False
    decision: str = ""


class ResponseRatings(NamedTuple):
    """What raters make of one response: a mean for each of the recipe's criteria, in order.

    A mean is None where nobody rated it; `raters` counts who did, by criterion.
    """

    response: int
    means: tuple[float | None, ...]
    raters: tuple[int, ...]


class RuleLabel(NamedTuple):
    """Whether a response keeps a rule, by its name, as most raters see it, and their mean level."""

    response: int
    principle: str
    followed: bool
    level: float
    votes_followed: int
    votes_broken: int
    votes_unsure: int


@dataclass(frozen=True, slots=True)
class RecipeOutcome:
    """What a recipe makes of one task.

    `rows_in` equals the rows of the recipe's kind plus `drops`: ties that the recipe keeps are
    among the pairs.
    """

    rows_in: int
    pairs: tuple[Pair, ...] = ()
    labels: tuple[ResponseLabel, ...] = ()
    drops: tuple[str, ...] = ()
    rankings: tuple[RankedResponses, ...] = ()
    demonstrations: tuple[Demonstration, ...] = ()
    ratings: tuple[ResponseRatings, ...] = ()
    rules: tuple[RuleLabel, ...] = ()
