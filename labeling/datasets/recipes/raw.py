"""`raw`: every judgment is a row."""

from __future__ import annotations

from labeling.datasets.recipes.per_vote import PerVote
from projects.words import gettext_noop


class Raw(PerVote):
    """One row per judgment, ties among them wherever the format can carry one."""

    key = "raw"
    title = gettext_noop("Every vote")
    keeps_ties = True
    policy = {
        "Rows": gettext_noop(
            "One row per judgment; an order of more than two responses gives one for each two "
            "of them. Raters who disagree give contradicting rows; averaged over rows, the "
            "loss is that of soft labels."
        ),
        "Ties": gettext_noop(
            "Equally good, equally bad and cannot tell stay rows of their own kind. A format "
            "of pairs cannot carry them: there they are counted by kind and left out."
        ),
        "Both bad": gettext_noop(
            "A tie like the others. In unpaired rows equally bad gives bad responses only, "
            "equally good gives good ones only, and cannot tell gives none."
        ),
        "Aggregation": gettext_noop("None: nobody is outvoted."),
        "Strength": gettext_noop(
            "The magnitude of the rater's own answer; `margin` is the published margin of that "
            "strength where the scale has one, scaled to end at 1, else strength over the "
            "strongest. An order of responses says nothing of strength and counts as 1."
        ),
    }

    def margin(self, strength: int) -> float:
        """The margin that the scale gives this strength."""
        return self.criterion.margin(strength) if self.compares else 1.0
