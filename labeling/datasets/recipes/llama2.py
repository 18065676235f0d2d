"""`llama2`: every decided vote, with the published margin of its strength."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from labeling.datasets.recipes.outcome import RowKind
from labeling.datasets.recipes.published import LLAMA2_PAPER, PublishedVotes
from labeling.datasets.records import CriterionRecord
from projects.words import gettext, gettext_noop

#: The published scale: significantly better, better, slightly better, negligibly better or unsure.
_LEVELS = 4


class Llama2(PublishedVotes):
    """All strengths; `margin` in published units."""

    key = "llama2"
    title = gettext_noop("Llama 2")
    kinds = (RowKind.PAIRS,)
    needs_strength = True
    answers = frozenset({"compare"})
    policy = {
        "Rows": gettext_noop("One row per decided judgment, of any strength."),
        "Ties": gettext_noop(
            "The published scale has none. Ties on other scales are counted and left out."
        ),
        "Both bad": gettext_noop("A tie: left out."),
        "Aggregation": gettext_noop("None: every rater's answer stands for itself."),
        "Strength": gettext_noop(
            "`strength` stays beside each pair. `margin` is the published large one: 3 for "
            "significantly better, 2 for better, 1 for slightly better, 0 for negligibly "
            "better or unsure. A third of it is the published small one."
        ),
        "Source": LLAMA2_PAPER,
    }

    @cached_property
    def _margins(self) -> Mapping[int, float]:
        return published_margins(self.criterion)

    @classmethod
    def needs(cls, criterion: CriterionRecord) -> str | None:
        """A scale with published margins, or one of four strengths like the published one."""
        if reason := super().needs(criterion):
            return reason
        if not published_margins(criterion):
            return gettext(
                "The recipe “%(recipe)s” needs a scale of four strengths, whose margins are "
                "published; that of “%(criterion)s” has %(strengths)s. Take the recipe “Every "
                "vote”, or a criterion on a scale of four."
            ) % {
                "recipe": gettext(cls.title),
                "criterion": criterion.key,
                "strengths": len(criterion.strengths),
            }
        return None

    def margin(self, strength: int) -> float:
        """The published margin of this strength."""
        return self._margins.get(strength, 0.0)


def published_margins(criterion: CriterionRecord) -> Mapping[int, float]:
    """The margin of each strength: as the scale's publication says, else by the level of four.

    Empty where neither is there.
    """
    if criterion.margins:
        return criterion.margins
    if len(criterion.strengths) != _LEVELS:
        return {}
    return {strength: float(level) for level, strength in enumerate(criterion.strengths)}
