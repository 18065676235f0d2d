"""Whether a rater's answers on gold tasks went down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from labeling import stats

#: From these shares of gold on a rater's late hits speak for the second rather than the first.
GOOD, POOR = 0.85, 0.65


@dataclass(frozen=True, slots=True)
class GoldDrift:
    """The earlier half of a rater's gold tasks against the later, and whether it sank.

    `signal` is the number of the gold task, from 1, at which a running test of 85% against 65%
    gave notice; None where it did not.
    """

    earlier: stats.Figure
    later: stats.Figure
    change: stats.Figure | None
    signal: int | None

    def as_dict(self) -> dict[str, Any]:
        """As the API has it."""
        return {
            "earlier": self.earlier.as_dict(),
            "later": self.later.as_dict(),
            "change": self.change.as_dict() if self.change else None,
            "signal": self.signal,
        }


def gold_drift(right: Sequence[bool]) -> GoldDrift:
    """By whether each gold task was answered right, in the order in which they were answered."""
    half = (len(right) + 1) // 2
    halves = (right[:half], right[half:])
    earlier, later = (
        stats.share(
            sum(hits),
            len(hits),
            _("gold tasks answered right"),
            nothing=_("No gold task was answered yet."),
        )
        for hits in halves
    )
    if not all(halves):
        return GoldDrift(earlier, later, None, None)
    hits, n = (sum(halves[0]), sum(halves[1])), (len(halves[0]), len(halves[1]))
    signal = stats.hit_drift([0] * len(right), right, good=GOOD, poor=POOR)[0].signal
    change = stats.anchor_drift(hits, n).change
    return GoldDrift(earlier, later, change, None if signal is None else signal + 1)
