"""`majority`: one row per task, by the majority of its decided votes."""

from __future__ import annotations

from collections import Counter

from labeling.datasets.recipes.base import (
    SHARED_POLICY,
    Label,
    Outcome,
    Pair,
    Recipe,
    tie_labels,
)
from labeling.datasets.records import TaskRecord


class Majority(Recipe):
    """One row per task; ties and even splits are kept apart and counted by kind."""

    key = "majority"
    title = "Majority of raters"
    unit = "task"

    @classmethod
    def explain(cls) -> dict[str, str]:
        """The policy in words."""
        return {
            "Rows": (
                "One row per task: the response preferred by more than half of the votes that "
                "prefer one. Each rater has one vote, whatever its strength."
            ),
            "Ties": (
                "A tie is no vote for either side, but stays in the row's counts. A task with ties "
                "only is no pair and is counted by the kind of tie, or as mixed; in the unpaired "
                "rows equally good gives two good responses, equally bad two bad ones."
            ),
            "Splits": "As many votes for one side as for the other: no pair, counted as a split.",
            "Strength": "The mean magnitude of the votes for the chosen response.",
            **SHARED_POLICY,
        }

    def apply(self, task: TaskRecord) -> Outcome:
        """At most one pair."""
        sides: tuple[list[int], list[int]] = ([], [])
        ties: Counter[str] = Counter()
        excluded: list[str] = []
        for judgment in task.judgments:
            reason = self.ineligible(judgment)
            if reason:
                excluded.append(reason)
                continue
            kind, value = self.tie(judgment), self.value(judgment)
            if kind:
                ties[kind] += 1
            elif value:
                sides[0 if value < 0 else 1].append(abs(value))
        return self._decide(task, sides, ties, excluded)

    def _decide(
        self,
        task: TaskRecord,
        sides: tuple[list[int], list[int]],
        ties: Counter[str],
        excluded: list[str],
    ) -> Outcome:
        """The outcome of counted votes."""
        first, second = len(sides[0]), len(sides[1])
        if first == second:
            kind = next(iter(ties)) if len(ties) == 1 else "mixed"
            if first:
                return Outcome(1, drops=("split",))
            if ties:
                return Outcome(1, labels=tie_labels(kind), drops=(f"tie_{kind}",))
            return Outcome(1, drops=(_nobody(task, excluded),))
        chosen = 0 if first > second else 1
        votes = sides[chosen]
        pair = Pair(
            chosen=chosen,
            rejected=1 - chosen,
            strength=sum(votes) / len(votes),
            margin=sum(self.criterion.margin(vote) for vote in votes) / len(votes),
            votes_chosen=len(votes),
            votes_rejected=len(sides[1 - chosen]),
            votes_tie=ties.total(),
        )
        return Outcome(1, (pair,), (Label(chosen, True), Label(1 - chosen, False)))


def _nobody(task: TaskRecord, excluded: list[str]) -> str:
    """Why a task has no vote at all: nobody judged it, all were excluded, or none answered."""
    if not task.judgments:
        return "no_judgment"
    return min(excluded) if len(excluded) == len(task.judgments) else "not_answered"
