"""The votes on two responses counted: for which side, how strong, and which ties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from labeling.datasets.recipes.base import Pair, Recipe
from labeling.datasets.recipes.orders import pairs_of_ranks, ranks_of
from labeling.datasets.records import CriterionRecord, JudgmentRecord, TaskRecord


@dataclass(slots=True)
class Votes:
    """Magnitudes of the votes for either of two responses, the ties by kind, and who answered.

    `sides` holds -1, 1 or 0 (a tie) for each of `judgments`; `places` are the positions of the two
    among the task's responses.
    """

    first: list[int] = field(default_factory=list)
    second: list[int] = field(default_factory=list)
    ties: dict[str, int] = field(default_factory=dict)
    judgments: list[JudgmentRecord] = field(default_factory=list)
    sides: list[int] = field(default_factory=list)
    places: tuple[int, int] = (0, 1)

    def add_tie(self, kind: str) -> None:
        """Counts a vote for neither."""
        self.ties[kind] = self.ties.get(kind, 0) + 1

    @property
    def tied(self) -> int:
        """How many votes prefer neither."""
        return sum(self.ties.values())

    @property
    def tie_kind(self) -> str:
        """The kind of the ties, "mixed" where there are several, "unspecified" without any."""
        if len(self.ties) > 1:
            return "mixed"
        return next(iter(self.ties), "unspecified")

    def pair(self, side: int, criterion: CriterionRecord, probability: float | None = None) -> Pair:
        """The pair that prefers the first (0) or the second, as strong as the votes for it.

        Where nobody voted for that side (a model may prefer it all the same) it is as weak as can
        be.
        """
        won, lost = (self.first, self.second) if side == 0 else (self.second, self.first)
        won = won or [criterion.strengths[0] if criterion.answer == "compare" else 1]
        strength = sum(won) / len(won)
        votes = (self.first, self.second)[side]
        return Pair(
            chosen=self.places[side],
            rejected=self.places[1 - side],
            strength=strength,
            margin=_margin(won, criterion),
            votes_chosen=len(votes),
            votes_rejected=len(lost),
            votes_tie=self.tied,
            value=strength if side else -strength,
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
        if value:
            (votes.first if value < 0 else votes.second).append(abs(value))
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
        for first, second, better in pairs_of_ranks(ranks or (1,) * size):
            votes = counted[first, second]
            votes.judgments.append(judgment)
            votes.sides.append(better)
            if better:
                (votes.first if better < 0 else votes.second).append(1)
            else:
                votes.add_tie(kind or "unspecified")
    return iter(counted.values())


def nobody(excluded: list[str]) -> str:
    """Why a task has no vote at all: nobody judged it, or all who did were left out."""
    return min(excluded) if excluded else "no_judgment"
