"""Pairs of edited responses: each over its original, and over what lost against that."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import chain
from typing import ClassVar

from labeling.datasets.recipes.base import Sifted
from labeling.datasets.recipes.edits import edits_of
from labeling.datasets.recipes.outcome import Pair, RecipeOutcome, ResponseLabel
from labeling.datasets.recipes.published import PublishedVotes
from labeling.datasets.records import TaskRecord


class EditedVotes(PublishedVotes):
    """A published recipe of single votes that makes pairs of edits of a response they prefer.

    `over_rejected`: an edit is preferred to the response that lost too, and not to its original
    alone.
    """

    takes_texts = True
    over_rejected: ClassVar[bool] = True

    @property
    def _worth_of_edit(self) -> int:
        return 1 + self.over_rejected

    def make(self, task: TaskRecord, sifted: Sifted) -> RecipeOutcome:
        """The votes' pairs, and the edits'."""
        outcome = super().make(task, sifted)
        return self._with_edits(task, outcome, sifted.refused) if task.edits else outcome

    def _with_edits(
        self, task: TaskRecord, outcome: RecipeOutcome, refused: str | None
    ) -> RecipeOutcome:
        votes: dict[int, list[Pair]] = defaultdict(list)
        for pair in outcome.pairs:
            votes[pair.chosen].append(pair)
        made: list[Pair] = []
        drops: list[str] = []
        labels: list[ResponseLabel] = []
        for edit in edits_of(task, self.options):
            won, lost = votes[edit.original], votes[1 - edit.original]
            reason = refused or (None if self.options.edits else "edits_not_wanted") or edit.reason
            if reason or len(won) <= len(lost):
                drops += [reason or "edit_not_preferred"] * self._worth_of_edit
                continue
            made += self._of_edit(edit.position, won)
            labels.append(ResponseLabel(edit.position, True))
        return replace(
            outcome,
            rows_in=outcome.rows_in + self._worth_of_edit * len(task.edits),
            pairs=outcome.pairs + tuple(made),
            labels=outcome.labels + tuple(labels),
            drops=outcome.drops + tuple(drops),
        )

    def _of_edit(self, edited: int, won: list[Pair]) -> tuple[Pair, ...]:
        """Edited over chosen, and where that is wanted over rejected, by the votes for chosen."""
        behind = tuple(chain.from_iterable(pair.judgments for pair in won))
        strength = sum(pair.strength or 0.0 for pair in won) / len(won)
        weakest = self.criterion.strengths[0]

        def pair(other: int, strength: float) -> Pair:
            # An edit stands after its task's responses, so that the second of the two is better.
            return Pair(
                *(edited, other, strength, 0.0, 1, 0, 0),
                value=strength,
                edited=True,
                votes=behind,
            )

        over_chosen = pair(won[0].chosen, weakest)
        return (
            (over_chosen, pair(won[0].rejected, strength)) if self.over_rejected else (over_chosen,)
        )
