"""The votes on two responses counted: for which side, how strong, and which ties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from labeling.datasets.recipes.base import Recipe
from labeling.datasets.recipes.orders import pairs_of_ranks, ranks_of
from labeling.datasets.recipes.outcome import Pair
from labeling.datasets.records import MIXED_TIE, CriterionRecord, JudgmentRecord, TaskRecord


@dataclass(slots=True)
class Votes:
    """Magnitudes of the votes for either of two responses, the ties by kind, and who answered.

    A magnitude is None where the vote tells the side only.
    `sides` holds -1, 1 or 0 (a tie) for each of `judgments`; `places` are the positions of the two
    among the task's responses. `words` are final words that are no votes, with the side of each:
    they are counted nowhere.
    """

    first: list[int | None] = field(default_factory=list)
    second: list[int | None] = field(default_factory=list)
    ties: dict[str, int] = field(default_factory=dict)
    judgments: list[JudgmentRecord] = field(default_factory=list)
    sides: list[int] = field(default_factory=list)
    places: tuple[int, int] = (0, 1)
    words: list[tuple[JudgmentRecord, int]] = field(default_factory=list)

    def add_tie(self, kind: str) -> None:
        """Counts a vote for neither."""
        self.ties[kind] = self.ties.get(kind, 0) + 1

    @property
    def tied(self) -> int:
        """How many votes prefer neither."""
        return sum(self.ties.values()) if self.ties else 0

    @property
    def tie_kind(self) -> str:
        """The kind of the ties, "unspecified" without any.

        Of several kinds it is the one that more than half of all votes are, else "mixed".
        """
        if len(self.ties) < 2:
            return next(iter(self.ties), "unspecified")
        most = max(self.ties, key=self.ties.__getitem__)
        return most if self._is_majority(self.ties[most]) else MIXED_TIE

    def winner(self) -> int | None:
        """What more than half of all votes say: -1 the first, 1 the second, 0 a tie; or None."""
        for way, votes in ((-1, len(self.first)), (1, len(self.second)), (0, self.tied)):
            if self._is_majority(votes):
                return way
        return None

    def most_preferred(self) -> int | None:
        """The side with more votes than the other; 0 where all are ties, None at a draw."""
        first, second = len(self.first), len(self.second)
        if first == second:
            return None if first else 0
        return -1 if first > second else 1

    def _is_majority(self, votes: int) -> bool:
        return 2 * votes > len(self.first) + len(self.second) + self.tied

    def pair(self, side: int, criterion: CriterionRecord, probability: float | None = None) -> Pair:
        """The pair that prefers the first (0) or the second, as strong as the votes for it.

        Where nobody voted for that side (a model may prefer it all the same) it is as weak as can
        be; where all who did tell the side only, nobody knows how strong it is.
        """
        won, lost = (self.first, self.second) if side == 0 else (self.second, self.first)
        if not won:
            won = [criterion.strengths[0] if criterion.answer == "compare" else 1]
        strengths = [magnitude for magnitude in won if magnitude is not None]
        strength = sum(strengths) / len(strengths) if strengths else None
        value = strength or 1
        votes = (self.first, self.second)[side]
        return Pair(
            chosen=self.places[side],
            rejected=self.places[1 - side],
            strength=strength,
            margin=_margin(strengths, criterion) if strengths else 0.0,
            votes_chosen=len(votes),
            votes_rejected=len(lost),
            votes_tie=self.tied,
            value=value if side else -value,
            probability=probability,
            votes=tuple(self.judgments),
        )

    def tie(self, kind: str) -> Pair:
        """The two as a tie of that kind."""
        first, second = len(self.first), len(self.second)
        ties, said = self.tied, tuple(self.judgments)
        return Pair(*self.places, 0, 0.0, first, second, ties, tie=kind, votes=said)


def _margin(magnitudes: list[int], criterion: CriterionRecord) -> float:
    """The mean margin; an order of several responses has no strength, and the largest margin."""
    if criterion.answer != "compare":
        return 1.0
    return sum(map(criterion.margin, magnitudes)) / len(magnitudes)


def count_votes(recipe: Recipe, judgments: Iterable[JudgmentRecord]) -> Votes:
    """Counts the votes of a comparison; judgments that do not answer are none."""
    votes = Votes()
    for judgment in judgments:
        value = recipe.value(judgment)
        if not recipe.is_vote(judgment):
            if value or recipe.tie(judgment):
                votes.words.append((judgment, _sign(value or 0)))
            continue
        if value:
            (votes.first if value < 0 else votes.second).append(recipe.strength(judgment))
            votes.sides.append(-1 if value < 0 else 1)
        elif kind := recipe.tie(judgment):
            votes.add_tie(kind)
            votes.sides.append(0)
        else:
            continue
        votes.judgments.append(judgment)
    return votes


def count_orders(
    recipe: Recipe, task: TaskRecord, judgments: Iterable[JudgmentRecord]
) -> Iterator[Votes]:
    """Counts the votes on each two of a task's responses that raters put in order."""
    size = len(task.responses)
    counted = {
        (first, second): Votes(places=(first, second))
        for first in range(size)
        for second in range(first + 1, size)
    }
    for judgment in judgments:
        ranks, kind = ranks_of(judgment, recipe.criterion, size), recipe.tie(judgment)
        if ranks is None and kind is None:
            continue
        is_vote = recipe.is_vote(judgment)
        for first, second, better in pairs_of_ranks(ranks or (1,) * size):
            votes = counted[first, second]
            if not is_vote:
                votes.words.append((judgment, better))
                continue
            votes.judgments.append(judgment)
            votes.sides.append(better)
            if better:
                (votes.first if better < 0 else votes.second).append(1)
            else:
                votes.add_tie(kind or "unspecified")
    return iter(counted.values())


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def nobody(excluded: list[str]) -> str:
    """Why a task has no vote at all: nobody judged it, or all who did were left out."""
    return min(excluded) if excluded else "no_judgment"
