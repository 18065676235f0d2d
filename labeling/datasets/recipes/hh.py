"""`hh`: decided votes, all alike, without the weakest, as in the helpful and harmless data."""

from __future__ import annotations

from labeling.datasets.recipes.base import SHARED_POLICY, RowKind
from labeling.datasets.recipes.published import HH_PAPER, PublishedVotes
from labeling.datasets.records import Criterion


class HelpfulHarmless(PublishedVotes):
    """Every decided vote but those of the weakest strength."""

    key = "hh"
    title = "Helpful and harmless"
    kinds = (RowKind.PAIRS,)
    answers = frozenset({"compare"})

    @classmethod
    def explain(cls) -> dict[str, str]:
        """The policy in words."""
        return {
            "Rows": "One row per decided judgment; which response is better, and nothing else.",
            "Ties": "The published scale has none. Ties on other scales are counted and left out.",
            "Both bad": "A tie: left out.",
            "Aggregation": "None: every vote has equal weight.",
            "Filter": "Votes of the weakest strength of the scale are left out.",
            "Strength": "`strength` stays beside each pair; `margin` is 0, for the loss has none.",
            "Source": HH_PAPER,
            **SHARED_POLICY,
        }

    @classmethod
    def needs(cls, criterion: Criterion) -> str | None:
        """A scale that keeps something when its weakest strength is left out."""
        if reason := super().needs(criterion):
            return reason
        if len(criterion.strengths) < 2:
            return (
                f"The scale of “{criterion.key}” has one strength only, and the recipe "
                f"“{cls.title}” leaves out the weakest. Choose another recipe or criterion."
            )
        return None

    def drop(self, strength: int) -> str | None:
        """The weakest strength of the scale is left out."""
        return "weakest" if strength <= self.criterion.strengths[0] else super().drop(strength)
