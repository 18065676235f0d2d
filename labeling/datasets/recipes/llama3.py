"""`llama3`: votes of the two strongest levels, and edited > chosen > rejected."""

from __future__ import annotations

from labeling.datasets.recipes.edited import EditedVotes
from labeling.datasets.recipes.outcome import RowKind
from labeling.datasets.recipes.published import LLAMA3_PAPER
from labeling.datasets.records import CriterionRecord
from projects.words import gettext, gettext_noop

_KEPT_LEVELS = 2


class Llama3(EditedVotes):
    """Strong votes, and two pairs more for each edit of a response that they prefer."""

    key = "llama3"
    title = gettext_noop("Llama 3")
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
