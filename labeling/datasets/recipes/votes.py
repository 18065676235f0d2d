"""The votes of one task counted: for which side, how strong, and which ties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from labeling.datasets.recipes.base import Outcome, Pair, Recipe, tie_labels
from labeling.datasets.records import Criterion, JudgmentRecord


@dataclass(slots=True)
class Votes:
    """Magnitudes of the votes for either side, the ties by kind, and who answered at all."""

    first: list[int] = field(default_factory=list)
    second: list[int] = field(default_factory=list)
    ties: Counter[str] = field(default_factory=Counter)
    judgments: list[JudgmentRecord] = field(default_factory=list)

    def pair(self, chosen: int, criterion: Criterion, probability: float | None = None) -> Pair:
        """The pair that prefers a side, with the strength of the votes for that side."""
        won, lost = (self.first, self.second) if chosen == 0 else (self.second, self.first)
        strength = sum(won) / len(won) if won else 0.0
        return Pair(
            chosen=chosen,
            rejected=1 - chosen,
            strength=strength,
            margin=sum(map(criterion.margin, won)) / len(won) if won else 0.0,
            votes_chosen=len(won),
            votes_rejected=len(lost),
            votes_tie=self.ties.total(),
            value=strength if chosen else -strength,
            probability=probability,
            votes=tuple(self.judgments),
        )


def count_votes(recipe: Recipe, judgments: Iterable[JudgmentRecord]) -> Votes:
    """Counts the judgments that may become data; those that do not answer are no votes."""
    votes = Votes()
    for judgment in judgments:
        kind, value = recipe.tie(judgment), recipe.value(judgment)
        if kind:
            votes.ties[kind] += 1
        elif value:
            (votes.first if value < 0 else votes.second).append(abs(value))
        else:
            continue
        votes.judgments.append(judgment)
    return votes


def undecided(votes: Votes, *, with_ties: bool) -> Outcome:
    """A task without a winner: a tie where all votes are ties, else an even split."""
    if votes.first:
        return Outcome(1, drops=("split",))
    if not votes.ties:
        return Outcome(1, drops=("not_answered",))
    kind = next(iter(votes.ties)) if len(votes.ties) == 1 else "mixed"
    labels = tie_labels(kind)
    if not with_ties:
        return Outcome(1, labels=labels, drops=(f"tie_{kind}",))
    total, said = votes.ties.total(), tuple(votes.judgments)
    return Outcome(1, (Pair(0, 1, 0, 0.0, 0, 0, total, tie=kind, votes=said),), labels)


def nobody(excluded: list[str]) -> str:
    """Why a task has no vote at all: nobody judged it, or all who did were left out."""
    return min(excluded) if excluded else "no_judgment"
