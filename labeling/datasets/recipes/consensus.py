"""`consensus`: a task's aggregated answer: a reviewer's word, else the raters by their skill."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar

from labeling.datasets.recipes.base import Learner, Sifted, newest
from labeling.datasets.recipes.outcome import Pair
from labeling.datasets.recipes.per_task import PerTask
from labeling.datasets.recipes.per_vote import NO_MAJORITY
from labeling.datasets.recipes.posterior import RaterLearner
from labeling.datasets.recipes.votes import Votes
from labeling.datasets.records import JudgmentRecord, TaskRecord
from projects.words import gettext_noop


class ConsensusRecipe(PerTask):
    """One row per task whose answer is more likely right than not."""

    key = "consensus"
    title = gettext_noop("Consensus")
    takes_final_words = True
    refuses: ClassVar[Mapping[str, str]] = {"wins_by": NO_MAJORITY}
    policy = {
        "Rows": gettext_noop(
            "One row per task: the response that a reviewer's final word prefers, the newest "
            "where there are several; without one, the response that a model of the raters "
            "believes to be better with a probability above 1/2. An order of more than two "
            "responses gives one for each two of them."
        ),
        "Ties": gettext_noop(
            "Equally good and equally bad are an answer to the model, that neither is better; "
            "cannot tell is none. A task that a reviewer calls a tie, or that is one with a "
            "probability above 1/2, is counted by the kind of its ties and left out."
        ),
        "Both bad": gettext_noop(
            "A tie like the others. In unpaired rows a task that is equally bad gives bad "
            "responses only, equally good gives good ones only, and cannot tell gives none."
        ),
        "Unsure": gettext_noop(
            "No answer has a probability above 1/2: no pair, counted as unsure."
        ),
        "Aggregation": gettext_noop(
            "Dawid-Skene: raters err in ways of their own, and are weighed by how often they "
            "are right on tasks that others judged too; the first response is treated like "
            "the second, and raters with few judgments like the average one (shrinkage 20). "
            "`chosen_prob` is the posterior, a tie counting half for each side, and 1 by a "
            "reviewer's word. Where no model can be fitted the shares of the votes stand in "
            "its place, and the notes say so."
        ),
        "Strength": gettext_noop(
            "The mean magnitude of the votes for the chosen response, or the reviewer's own."
        ),
        "Source": gettext_noop(
            "Dawid and Skene 1979, Maximum likelihood estimation of observer error-rates using "
            "the EM algorithm (Applied Statistics 28)."
        ),
    }

    @cached_property
    def _model(self) -> RaterLearner:
        return RaterLearner(self)

    @property
    def learner(self) -> Learner | None:
        """The model of the raters."""
        return self._model

    @property
    def notes(self) -> tuple[str, ...]:
        """What became of the model."""
        return self._model.notes

    def decide(self, task: TaskRecord, votes: Votes) -> Pair | str:
        """The reviewer's word, else what the model believes."""
        sides = {word.id: side for word, side in votes.words}
        words = [word for word, _side in votes.words]
        for judgment, side in zip(votes.judgments, votes.sides, strict=True):
            if judgment.adjudicates:
                words.append(judgment)
                sides[judgment.id] = side
        if words:
            word = newest(words)
            return self._by_word(votes, word, sides[word.id])
        if not votes.judgments:
            return "not_answered"
        belief = self._model.belief(task, votes)
        if belief.neither > 0.5:
            return votes.tie(votes.tie_kind)
        for side, alone in enumerate((belief.first, belief.second)):
            if alone > 0.5:
                return votes.pair(side, self.criterion, belief.probability(side))
        return "unsure"

    def without_votes(self, task: TaskRecord, sifted: Sifted) -> str | None:
        """Why there is nothing to decide: a final word may be that the task cannot be judged."""
        words = [word for word in (*sifted.votes, *sifted.stopped) if word.is_apart]
        if words and not sifted.refused and newest(words).stopped:
            return "stopped_at_gate"
        return super().without_votes(task, sifted)

    def _by_word(self, votes: Votes, word: JudgmentRecord, side: int) -> Pair:
        """The pair or the tie that a reviewer's word makes."""
        if not side:
            return votes.tie(self.tie(word) or "unspecified")
        pair = votes.pair(0 if side < 0 else 1, self.criterion, 1.0)
        if not self.compares:
            return pair
        strength = self.strength(word)
        margin = 0.0 if strength is None else self.criterion.margin(strength)
        return pair._replace(strength=strength, margin=margin, value=(strength or 1) * side)
