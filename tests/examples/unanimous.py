"""A recipe in one file: only what nobody contradicts. An example of docs/contributing.md."""

from __future__ import annotations

from labeling.datasets.recipes.outcome import Pair
from labeling.datasets.recipes.per_task import PerTask
from labeling.datasets.recipes.votes import Votes
from labeling.datasets.records import TaskRecord
from projects.words import gettext_noop


class Unanimous(PerTask):
    """One row per task on which all votes are for one side."""

    key = "unanimous"
    title = gettext_noop("Unanimous raters")
    policy = {
        "Rows": gettext_noop("One row per task whose votes are all for the same response."),
        "Ties": gettext_noop("A tie contradicts: the task is counted as a split and left out."),
        "Both bad": gettext_noop("A tie like the others."),
        "Aggregation": gettext_noop("None is needed: nobody disagrees."),
        "Strength": gettext_noop("The mean magnitude of the votes."),
    }

    def decide(self, task: TaskRecord, votes: Votes) -> Pair | str:
        """The side that all votes are for."""
        if votes.ties or (votes.first and votes.second):
            return "split"
        return votes.pair(0 if votes.first else 1, self.criterion)
