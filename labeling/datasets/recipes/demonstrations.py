"""`demonstrations`: texts that people wrote and reviewers approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from labeling.datasets.recipes.base import Recipe, Sifted, newest
from labeling.datasets.recipes.edits import NO_OP, UNKNOWN, edits_of, not_own_words
from labeling.datasets.recipes.outcome import Demonstration, RecipeOutcome, RowKind
from labeling.datasets.recipes.rated import values_of
from labeling.datasets.recipes.ratings import (
    NO_MAJORITY_OF_RATINGS,
    NO_POSTERIOR_OF_RATINGS,
    NO_TIE_OF_RATINGS,
    ONE_EACH,
)
from labeling.datasets.recipes.votes import nobody
from labeling.datasets.records import DECISION_SCALE, CriterionRecord, JudgmentRecord, TaskRecord
from labeling.vocabulary import ReviewDecision
from projects.words import gettext, gettext_noop


class Demonstrations(Recipe):
    """Each text that a reviewer approved, or what the reviewer made of it."""

    key = "demonstrations"
    title = gettext_noop("Approved demonstrations")
    takes_texts = True
    unit = "demonstration"
    kinds = (RowKind.DEMONSTRATIONS,)
    answers = frozenset({"rate"})
    tells_decisions = True
    refuses: ClassVar[Mapping[str, str]] = {
        "ties": NO_TIE_OF_RATINGS,
        "soft": NO_POSTERIOR_OF_RATINGS,
        "wins_by": NO_MAJORITY_OF_RATINGS,
    }
    policy = {
        "Rows": gettext_noop(
            "One row per text that a reviewer approved. Where it was approved with edits, the row "
            "holds the reviewer's text and `edited` is true."
        ),
        "Ties": ONE_EACH,
        "Both bad": ONE_EACH,
        "Aggregation": gettext_noop("The newest review of a text decides."),
        "Filter": gettext_noop(
            "Rejected drafts are counted and left out, unless they are asked for: `decision` then "
            "tells them apart. An edit that changes nothing but white space leaves the draft as it "
            "was."
        ),
        "Strength": gettext_noop("A row has none."),
        "Source": gettext_noop("Touvron et al. 2023, Llama 2 (arXiv:2307.09288), section 3.1."),
    }

    @classmethod
    def needs(cls, criterion: CriterionRecord) -> str | None:
        """A reviewer's decision."""
        if reason := super().needs(criterion):
            return reason
        if criterion.scale == DECISION_SCALE:
            return None
        return gettext(
            "The recipe “%(recipe)s” reads what reviewers decide about texts that people wrote, "
            "and “%(criterion)s” is another question. Take the recipe “Demonstrations (SFT)” for "
            "responses that were rated."
        ) % {"recipe": gettext(cls.title), "criterion": criterion.key}

    def make(self, task: TaskRecord, sifted: Sifted) -> RecipeOutcome:
        """The text, the reviewer's, or why neither is worth imitating."""
        reason = sifted.refused or (None if sifted.votes else nobody(sifted.excluded))
        decided = [
            (vote, said[0, ""])
            for vote in sifted.votes
            if (0, "") in (said := values_of(vote, self.criterion))
        ]
        if reason or not decided or len(task.responses) != 1:
            others = None if len(task.responses) == 1 else "not_one_text"
            return RecipeOutcome(1, drops=(reason or others or "not_answered",))
        review = newest([vote for vote, _ in decided])
        decision = next(value for vote, value in decided if vote is review)
        made = self._demonstration(task, review, decision)
        if isinstance(made, Demonstration):
            text = task.candidates[made.response]
            made = not_own_words(text, self.options) or made
        if isinstance(made, str):
            return RecipeOutcome(1, drops=(made,))
        return RecipeOutcome(1, demonstrations=(made,))

    def _demonstration(
        self, task: TaskRecord, review: JudgmentRecord, decision: int
    ) -> Demonstration | str:
        if decision == ReviewDecision.APPROVE:
            return Demonstration(0, decision="approved")
        if decision != ReviewDecision.WITH_EDITS:
            wanted = self.options.rejected_drafts
            return Demonstration(0, decision="rejected") if wanted else "draft_rejected"
        if not self.options.edits:
            return "edits_not_wanted"
        edits = [
            edit
            for edit in edits_of(task, self.options)
            if task.candidates[edit.position].judgment in ("", review.id)
        ]
        said = edits[-1] if edits else None
        if said is None or said.reason in {NO_OP, UNKNOWN}:
            return Demonstration(0, decision="approved")
        return Demonstration(said.position, edited=True, decision="approved_with_edits")
