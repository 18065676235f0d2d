"""`instructgpt`: all pairs of every ranking, ties left out, each ranking with a weight of one."""

from __future__ import annotations

from labeling.datasets.recipes.base import SHARED_POLICY
from labeling.datasets.recipes.published import INSTRUCTGPT_PAPER, PublishedVotes


class InstructGpt(PublishedVotes):
    """Each two responses that a rater put in order are a pair; a comparison is a ranking of two."""

    key = "instructgpt"
    title = "InstructGPT"

    @classmethod
    def explain(cls) -> dict[str, str]:
        """The policy in words."""
        return {
            "Rows": (
                "One row for each two responses that a rater put in order: nine in a strict order "
                "give 36, two give one."
            ),
            "Ties": (
                "Raters may tie responses as they like; tied responses are no pair, counted and "
                "left out. In listwise rows they share a rank."
            ),
            "Both bad": "A tie: left out.",
            "Aggregation": (
                "None: every rater's order stands for itself. The pairs of one order share a "
                "`weight` of one, 1 / their number, so that long orders do not count for more. "
                "They all have the task's id: keep them in one batch, for mixed up they overfit."
            ),
            "Strength": (
                "`strength` is the magnitude of a comparison, 1 in an order of several; `margin` "
                "is 0, for the loss has none."
            ),
            "Source": INSTRUCTGPT_PAPER,
            **SHARED_POLICY,
        }
