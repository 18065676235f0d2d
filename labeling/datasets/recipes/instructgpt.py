"""`instructgpt`: all pairs of every ranking, ties left out, each ranking with a weight of one."""

from __future__ import annotations

from labeling.datasets.recipes.published import INSTRUCTGPT_PAPER, PublishedVotes
from projects.words import gettext_noop


class InstructGpt(PublishedVotes):
    """Each two responses that a rater put in order are a pair; a comparison is a ranking of two."""

    key = "instructgpt"
    title = gettext_noop("InstructGPT")
    policy = {
        "Rows": gettext_noop(
            "One row for each two responses that a rater put in order: nine in a strict order "
            "give 36, two give one."
        ),
        "Ties": gettext_noop(
            "Raters may tie responses as they like; tied responses are no pair, counted and "
            "left out. In listwise rows they share a rank."
        ),
        "Both bad": gettext_noop("A tie: left out."),
        "Aggregation": gettext_noop(
            "None: every rater's order stands for itself. The pairs of one order share a "
            "`weight` of one, 1 / their number, so that long orders do not count for more. "
            "They all have the task's id: keep them in one batch, for mixed up they overfit."
        ),
        "Strength": gettext_noop(
            "`strength` is the magnitude of a comparison, 1 in an order of several; `margin` "
            "is 0, for the loss has none."
        ),
        "Source": INSTRUCTGPT_PAPER,
    }
