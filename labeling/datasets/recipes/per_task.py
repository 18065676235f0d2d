"""Recipes that put the raters of a task together: one row for each two responses, at most."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence

from labeling.datasets.recipes.base import Recipe, Sifted
from labeling.datasets.recipes.labels import tie_labels
from labeling.datasets.recipes.outcome import Pair, RecipeOutcome, ResponseLabel
from labeling.datasets.recipes.votes import Votes, count_orders, count_votes, nobody
from labeling.datasets.records import JudgmentRecord, TaskRecord


class PerTask(Recipe):
    """The shared part: who may vote, and what becomes of a task that nobody may vote on."""

    unit = "task"

    @abstractmethod
    def decide(self, task: TaskRecord, votes: Votes) -> Pair | str:
        """The pair that the votes on two responses make, or the reason why they make none.

        A tie is a pair with a kind of tie; whether it stays is not decided here.
        """

    def make(self, task: TaskRecord, sifted: Sifted) -> RecipeOutcome:
        """At most one pair for each two responses."""
        worth = self.worth(task)
        if reason := self.without_votes(task, sifted):
            return RecipeOutcome(worth, drops=(reason,) * worth)
        pairs: list[Pair] = []
        drops: list[str] = []
        said: list[Pair] = []
        for votes in self.counted(task, sifted.votes):
            made = self.decide(task, votes)
            if isinstance(made, str):
                drops.append(made)
            elif made.tie:
                said.append(made)
                if self.with_ties:
                    pairs.append(made)
                else:
                    drops.append(f"tie_{made.tie}")
            elif reason := self.weak(made.strength):
                drops.append(reason)
            else:
                said.append(made)
                pairs.append(made)
        labels = self._labels(task, said)
        if not self.compares:
            pairs = _weighted(pairs, len(task.responses))
        return RecipeOutcome(worth, tuple(pairs), labels, tuple(drops))

    def weak(self, strength: float | None) -> str | None:
        """Why a preference of this strength is left out, None if it is kept."""
        if not self.options.min_strength:
            return None
        if strength is None:
            return "no_strength"
        return "below_strength" if strength < self.options.min_strength else None

    def without_votes(self, task: TaskRecord, sifted: Sifted) -> str | None:
        """Why the task has nothing to decide, None if it has."""
        if sifted.refused or not sifted.votes:
            return sifted.refused or nobody(sifted.excluded)
        size = len(task.responses)
        if size == 2:
            return None
        return "not_a_pair" if self.compares else "single_response" if size < 2 else None

    def counted(self, task: TaskRecord, judgments: Sequence[JudgmentRecord]) -> Iterator[Votes]:
        """The votes on each two responses that the criterion puts in order."""
        if self.compares:
            return iter((count_votes(self, judgments),))
        return count_orders(self, task, judgments)

    def _labels(self, task: TaskRecord, said: list[Pair]) -> tuple[ResponseLabel, ...]:
        """Good is what wins more of its comparisons than it loses, bad the reverse."""
        if len(said) == 1 and not said[0].tie:
            chosen, rejected = said[0].chosen, said[0].rejected
            labels = (ResponseLabel(chosen, True), ResponseLabel(rejected, False))
            return labels if chosen < rejected else labels[::-1]
        ahead: Counter[int] = Counter()
        for pair in said:
            if not pair.tie:
                ahead[pair.chosen] += 1
                ahead[pair.rejected] -= 1
        if ahead:
            return tuple(
                ResponseLabel(place, ahead[place] > 0) for place in sorted(ahead) if ahead[place]
            )
        kinds = {pair.tie for pair in said}
        if len(kinds) != 1 or not self.with_tie_labels:
            return ()
        return tie_labels(kinds.pop(), len(task.responses))


def _weighted(pairs: list[Pair], size: int) -> list[Pair]:
    """The pairs of an order of several responses share a weight of one."""
    decided = sum(not pair.tie for pair in pairs) or 1
    return [pair._replace(weight=1 / decided, group_size=size) for pair in pairs]
