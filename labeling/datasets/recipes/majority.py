"""`majority`: one row per task, by the majority of its decided votes."""

from __future__ import annotations

from labeling.datasets.recipes.base import SHARED_POLICY, Label, Outcome, Recipe
from labeling.datasets.recipes.votes import Votes, count_votes, nobody, undecided
from labeling.datasets.records import JudgmentRecord, TaskRecord


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
        votes: list[JudgmentRecord] = []
        excluded: list[str] = []
        for judgment in task.judgments:
            reason = self.ineligible(judgment)
            if reason:
                excluded.append(reason)
            else:
                votes.append(judgment)
        if not votes:
            return Outcome(1, drops=(nobody(excluded),))
        if refused := self.refusal(task, votes):
            return Outcome(1, drops=(refused,))
        return self._decide(count_votes(self, votes))

    def _decide(self, votes: Votes) -> Outcome:
        """The outcome of counted votes."""
        first, second = len(votes.first), len(votes.second)
        if first == second:
            return undecided(votes, with_ties=self.with_ties)
        chosen = 0 if first > second else 1
        pair = votes.pair(chosen, self.criterion)
        if pair.strength < self.options.min_strength:
            return Outcome(1, drops=("below_strength",))
        return Outcome(1, (pair,), (Label(chosen, True), Label(1 - chosen, False)))
