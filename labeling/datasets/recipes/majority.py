"""`majority`: one row per task, by what more than half of its votes say."""

from __future__ import annotations

from functools import cached_property

from labeling.datasets.recipes.base import Learner
from labeling.datasets.recipes.outcome import Pair
from labeling.datasets.recipes.per_task import PerTask
from labeling.datasets.recipes.posterior import RaterLearner
from labeling.datasets.recipes.votes import Votes
from labeling.datasets.records import TaskRecord
from projects.words import gettext_noop


class Majority(PerTask):
    """One row per task; ties, and tasks without a majority, are kept apart and counted by kind."""

    key = "majority"
    title = gettext_noop("Majority of raters")
    policy = {
        "Rows": gettext_noop(
            "One row per task: the response preferred by more than half of all votes, ties among "
            "them. An order of more than two responses gives one for each two of them."
        ),
        "Ties": gettext_noop(
            "A tie is a vote for neither side. A task on which more than half of the votes are "
            "ties is a tie, counted by its kind: that of all its ties, or of more than half of "
            "the votes, else mixed."
        ),
        "Both bad": gettext_noop(
            "A tie like the others. In unpaired rows a task that is equally bad gives bad "
            "responses only, equally good gives good ones only, and cannot tell gives none."
        ),
        "Splits": gettext_noop(
            "Neither a response nor a tie has more than half of the votes: no pair, counted as "
            "no majority."
        ),
        "Aggregation": gettext_noop(
            "Each rater has one vote, whatever its strength; a reviewer's final word is a vote "
            "like the others. `agreement` is the winner's share of all votes, `chosen_prob` the "
            "same with a tie counting half for each side; as a posterior of a model of the raters "
            "it may be below 1/2 where the model sides with the minority."
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
        """The side, or the tie, that the votes make."""
        if not votes.judgments:
            return "not_answered"
        by_most = self.options.wins_by == "plurality"
        way = votes.most_preferred() if by_most else votes.winner()
        if way is None:
            return "split" if by_most else "no_majority"
        if not way:
            return votes.tie(votes.tie_kind)
        side = 0 if way < 0 else 1
        if self._model is None:
            return votes.pair(side, self.criterion)
        probability = self._model.belief(task, votes).probability(side)
        return votes.pair(side, self.criterion, probability)
