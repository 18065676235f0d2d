"""A recipe in one file: only what nobody contradicts. An example of docs/contributing.md."""

from __future__ import annotations

from labeling.datasets.recipes.base import SHARED_POLICY, Pair
from labeling.datasets.recipes.per_task import PerTask
from labeling.datasets.recipes.votes import Votes
from labeling.datasets.records import TaskRecord


class Unanimous(PerTask):
    """One row per task on which all votes are for one side."""

    key = "unanimous"
    title = "Unanimous raters"

    @classmethod
    def explain(cls) -> dict[str, str]:
        """The policy in words."""
        return {
            "Rows": "One row per task whose votes are all for the same response.",
            "Ties": "A tie contradicts: the task is counted as a split and left out.",
            "Both bad": "A tie like the others.",
            "Aggregation": "None is needed: nobody disagrees.",
            "Strength": "The mean magnitude of the votes.",
            **SHARED_POLICY,
        }

    def decide(self, task: TaskRecord, votes: Votes) -> Pair | str:
        """The side that all votes are for."""
        if votes.ties or (votes.first and votes.second):
            return "split"
        return votes.pair(0 if votes.first else 1, self.criterion)
