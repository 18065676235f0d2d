"""What recipes named after published practice share: no ties, for none of them trained on one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from labeling.datasets.recipes.per_vote import NO_MAJORITY, NO_POSTERIOR, PerVote
from projects.words import gettext_noop

NO_TIES = gettext_noop(
    "The practice that this recipe is named after has no ties in its training data. Drop them, or "
    "take the recipe “Every vote”."
)
#: The publications, as recipes cite them.
HH_PAPER = "Bai et al. 2022, Training a helpful and harmless assistant (arXiv:2204.05862)."
INSTRUCTGPT_PAPER = (
    "Ouyang et al. 2022, Training language models to follow instructions (arXiv:2203.02155)."
)
LLAMA2_PAPER = "Touvron et al. 2023, Llama 2 (arXiv:2307.09288), section 3.2.2."
LLAMA3_PAPER = (
    "Grattafiori et al. 2024, The Llama 3 herd of models (arXiv:2407.21783), section 4.2.1."
)
HELPSTEER_PAPERS = (
    "Wang et al. 2024, HelpSteer2-Preference (arXiv:2410.01257), and Wang et al. 2025, "
    "HelpSteer3-Preference (arXiv:2505.11475)."
)


class PublishedVotes(PerVote):
    """A published recipe of single votes: ties are no data in any form."""

    labels_ties = False
    refuses: ClassVar[Mapping[str, str]] = {
        "ties": NO_TIES,
        "soft": NO_POSTERIOR,
        "wins_by": NO_MAJORITY,
    }

    def margin(self, strength: int) -> float:
        """None, unless the publication trains with one."""
        return 0.0
