"""`raw`: every judgment is a row."""

from __future__ import annotations

from labeling.datasets.recipes.base import SHARED_POLICY
from labeling.datasets.recipes.per_vote import PerVote


class Raw(PerVote):
    """One row per judgment, ties among them wherever the format can carry one."""

    key = "raw"
    title = "Every vote"
    keeps_ties = True

    @classmethod
    def explain(cls) -> dict[str, str]:
        """The policy in words."""
        return {
            "Rows": (
                "One row per judgment. Raters who disagree give contradicting rows; averaged over "
                "rows, the loss is that of soft labels."
            ),
            "Ties": (
                "Equally good, equally bad and cannot tell stay rows of their own kind. A format "
                "of pairs cannot carry them: there they are counted by kind and left out. In "
                "unpaired rows equally good gives two good responses, equally bad two bad ones, "
                "cannot tell none."
            ),
            "Strength": "The magnitude of the rater's own answer.",
            **SHARED_POLICY,
        }

    def margin(self, strength: int) -> float:
        """The margin that the scale gives this strength."""
        return self.criterion.margin(strength)
