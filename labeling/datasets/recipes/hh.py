"""`hh`: decided votes, all alike, without the weakest, as in the helpful and harmless data."""

from __future__ import annotations

from labeling.datasets.recipes.edited import EditedVotes
from labeling.datasets.recipes.outcome import RowKind
from labeling.datasets.recipes.published import HH_PAPER
from labeling.datasets.records import CriterionRecord
from projects.words import gettext, gettext_noop


class HelpfulHarmless(EditedVotes):
    """Every decided vote but those of the weakest strength, and edits over their originals."""

    key = "hh"
    title = gettext_noop("Helpful and harmless")
    kinds = (RowKind.PAIRS,)
    needs_strength = True
    over_rejected = False
    answers = frozenset({"compare"})
    policy = {
        "Rows": gettext_noop(
            "One row per decided judgment; which response is better, and nothing else. An edited "
            "response adds one: edited over its original."
        ),
        "Ties": gettext_noop(
            "The published scale has none. Ties on other scales are counted and left out."
        ),
        "Both bad": gettext_noop("A tie: left out."),
        "Aggregation": gettext_noop("None: every vote has equal weight."),
        "Filter": gettext_noop(
            "Votes of the weakest strength of the scale are left out. So are edits that change "
            "nothing but white space, and edits of a response that the votes which are kept do "
            "not prefer."
        ),
        "Strength": gettext_noop(
            "`strength` stays beside each pair; `margin` is 0, for the loss has none."
        ),
        "Source": HH_PAPER,
    }

    @classmethod
    def needs(cls, criterion: CriterionRecord) -> str | None:
        """A scale that keeps something when its weakest strength is left out."""
        if reason := super().needs(criterion):
            return reason
        if len(criterion.strengths) < 2:
            return gettext(
                "The scale of “%(criterion)s” has one strength only, and the recipe “%(recipe)s” "
                "leaves out the weakest. Choose another recipe or criterion."
            ) % {"criterion": criterion.key, "recipe": gettext(cls.title)}
        return None

    def drop(self, strength: int | None) -> str | None:
        """The weakest strength of the scale is left out."""
        if strength is not None and strength <= self.criterion.strengths[0]:
            return "weakest"
        return super().drop(strength)
