"""`majority`: one row per task, by the majority of its decided votes."""

from __future__ import annotations

from functools import cached_property

from labeling.datasets.recipes.base import Learner, Pair
from labeling.datasets.recipes.per_task import PerTask
from labeling.datasets.recipes.posterior import RaterLearner
from labeling.datasets.recipes.votes import Votes
from labeling.datasets.records import TaskRecord
from projects.words import gettext_noop


class Majority(PerTask):
    """One row per task; ties and even splits are kept apart and counted by kind."""

    key = "majority"
    title = gettext_noop("Majority of raters")
    policy = {
        "Rows": gettext_noop(
            "One row per task: the response preferred by more than half of the votes that "
            "prefer one. An order of more than two responses gives one for each two of them."
        ),
        "Ties": gettext_noop(
            "A tie is no vote for either side, but stays in the row's counts. A task with ties "
            "only is no pair and is counted by the kind of tie, or as mixed."
        ),
        "Both bad": gettext_noop(
            "A tie like the others. In unpaired rows a task that is equally bad gives bad "
            "responses only, equally good gives good ones only, and cannot tell gives none."
        ),
        "Splits": gettext_noop(
            "As many votes for one side as for the other: no pair, counted as a split."
        ),
        "Aggregation": gettext_noop(
            "Each rater has one vote, whatever its strength; a reviewer's final word is a vote "
            "like the others. `chosen_prob` is the share of the votes, a tie counting half for "
            "each side; as a posterior of a model of the raters it may be below 1/2 where "
            "the model sides with the minority."
        ),
        "Strength": gettext_noop("The mean magnitude of the votes for the chosen response."),
    }

    @cached_property
    def _model(self) -> RaterLearner | None:
        return RaterLearner(self) if self.options.soft == "posterior" else None

    @property
    def learner(self) -> Learner | None:
        """A model of the raters, where the probability beside a pair is to be its posterior."""
        return self._model

    @property
    def notes(self) -> tuple[str, ...]:
        """What became of the model."""
        return self._model.notes if self._model else ()

    def decide(self, task: TaskRecord, votes: Votes) -> Pair | str:
        """The side with more votes; a tie where nobody prefers either."""
        first, second = len(votes.first), len(votes.second)
        if first == second:
            if first:
                return "split"
            return votes.tie(votes.tie_kind) if votes.ties else "not_answered"
        side = 0 if first > second else 1
        if self._model is None:
            return votes.pair(side, self.criterion)
        probability = self._model.belief(task, votes).probability(side)
        return votes.pair(side, self.criterion, probability)
