"""`llama3`: votes of the two strongest levels, and edited > chosen > rejected."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import chain

from labeling.datasets.recipes.base import Sifted
from labeling.datasets.recipes.edits import edits_of
from labeling.datasets.recipes.outcome import Pair, RecipeOutcome, ResponseLabel, RowKind
from labeling.datasets.recipes.published import LLAMA3_PAPER, PublishedVotes
from labeling.datasets.records import CriterionRecord, TaskRecord
from projects.words import gettext, gettext_noop

_KEPT_LEVELS = 2
#: An edited response is preferred to its original and to the response that lost against that.
_PAIRS_OF_EDIT = 2


class Llama3(PublishedVotes):
    """Strong votes, and two pairs more for each edit of a response that they prefer."""

    key = "llama3"
    title = gettext_noop("Llama 3")
    takes_texts = True
    unit = "comparison"
    kinds = (RowKind.PAIRS,)
    needs_strength = True
    answers = frozenset({"compare"})
    policy = {
        "Rows": gettext_noop(
            "One row per judgment of the two strongest levels of the scale. An edited response "
            "adds two: edited over chosen, and edited over rejected."
        ),
        "Ties": gettext_noop(
            "The published scale has none. Ties on other scales are counted and left out."
        ),
        "Both bad": gettext_noop("A tie: left out."),
        "Aggregation": gettext_noop(
            "None: every rater's answer stands for itself. An edit counts where more of the "
            "votes that are kept prefer its original than the other response."
        ),
        "Filter": gettext_noop(
            "Votes of weaker levels are left out. So are edits that change nothing but white "
            "space, and edits of a response that the votes do not prefer: two rows each."
        ),
        "Strength": gettext_noop(
            "`strength` stays beside each pair; `margin` is 0, for Llama 3 dropped it. Nobody "
            "rated an edit: edited over chosen has the weakest strength, edited over rejected "
            "that of chosen over rejected, which it has at least."
        ),
        "Source": LLAMA3_PAPER,
    }

    @classmethod
    def needs(cls, criterion: CriterionRecord) -> str | None:
        """A scale on which two levels are not all there is."""
        if reason := super().needs(criterion):
            return reason
        if len(criterion.strengths) <= _KEPT_LEVELS:
            return gettext(
                "The recipe “%(recipe)s” keeps the two strongest levels and needs a scale of at "
                "least three; that of “%(criterion)s” has %(strengths)s. Take the recipe “Every "
                "vote”, or another criterion."
            ) % {
                "recipe": gettext(cls.title),
                "criterion": criterion.key,
                "strengths": len(criterion.strengths),
            }
        return None

    def drop(self, strength: int | None) -> str | None:
        """Only the two strongest levels of the scale are kept."""
        if strength is not None and strength < self.criterion.strengths[-_KEPT_LEVELS]:
            return "weaker_level"
        return super().drop(strength)

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
                drops += [reason or "edit_not_preferred"] * _PAIRS_OF_EDIT
                continue
            made += self._of_edit(edit.position, won)
            labels.append(ResponseLabel(edit.position, True))
        return replace(
            outcome,
            rows_in=outcome.rows_in + _PAIRS_OF_EDIT * len(task.edits),
            pairs=outcome.pairs + tuple(made),
            labels=outcome.labels + tuple(labels),
            drops=outcome.drops + tuple(drops),
        )

    def _of_edit(self, edited: int, won: list[Pair]) -> tuple[Pair, Pair]:
        """Edited over chosen and edited over rejected, from the votes for the chosen one."""
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

        return pair(won[0].chosen, weakest), pair(won[0].rejected, strength)
