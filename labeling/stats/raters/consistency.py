"""Self-consistency: does a rater answer a task the same way when it comes back unannounced?

The agreement coefficients of repeats and the ceiling that follows from them are figures of the
project; here is the table of raters, and the test that swapped repeats allow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.stats.coding import counted
from labeling.stats.intervals.proportions import CONFIDENCE, share
from labeling.stats.raters.columns import Bools, Sides, coded, numbers, sides
from labeling.stats.raters.habit import (
    FALSE_DISCOVERY,
    MIN_N,
    Status,
    adjusted,
    coin_tests,
    decided,
    require_rule,
    share_figures,
)
from labeling.stats.ratings import Figure, Floats, same_length

_NONE = "No task came back to this rater."


@dataclass(frozen=True, slots=True)
class SwapTest:
    """What repeats with the sides exchanged say of side bias.

    Attributes:
        stayed_left: swapped repeats where the rater chose the left response both times, and so
            another response.
        stayed_right: those where the rater chose the right response both times.
        p: exact McNemar p-value of the two being equally likely, or None without any.
        adjusted_p: `p` after Benjamini-Hochberg over raters with enough, else None.
        status: "stands out", "as expected" or "too few" (of the two counts together).
    """

    stayed_left: int
    stayed_right: int
    p: float | None
    adjusted_p: float | None
    status: Status


@dataclass(frozen=True, slots=True)
class SelfConsistency:
    """One rater's blind repeats.

    Attributes:
        rater: whose they are.
        equal: share of repeats with the identical canonical value.
        same_side: share that prefer the same response (a tie twice counts), whatever strength.
        swap: the test of the repeats shown with sides exchanged, or None where sides were not
            given.
    """

    rater: Any
    equal: Figure
    same_side: Figure
    swap: SwapTest | None


@dataclass(frozen=True, slots=True)
class RepeatReport:
    """Self-consistency of every rater, in the order of their names.

    Attributes:
        raters: one `SelfConsistency` per rater with repeats.
        equal, same_side: over all repeats.
        convention: how the status of swap tests is decided.
    """

    raters: tuple[SelfConsistency, ...]
    equal: Figure
    same_side: Figure
    convention: str


def self_consistency(
    rater: npt.ArrayLike,
    first: npt.ArrayLike,
    repeat: npt.ArrayLike,
    *,
    first_shown_first: Sides | None = None,
    repeat_shown_first: Sides | None = None,
    min_n: int = MIN_N,
    rate: float = FALSE_DISCOVERY,
    confidence: float = CONFIDENCE,
) -> RepeatReport:
    """Return how often each rater gave the same answer to the same task twice.

    One row per repeat; repeats that come back soon measure memory: leave 50 tasks or a day.

    Args:
        rater: whose repeat it is, shape (n,).
        first, repeat: canonical values, blind to the side of the screen, shape (n,).
        first_shown_first, repeat_shown_first: whether canonical response 1 stood on the left
            then, shape (n,), None where not known; both or neither.
        min_n: discordant swapped repeats below which the swap test says nothing of a rater.
        rate: false discovery rate over the raters.

    Raises:
        RatingsError: columns that cannot be read, named by position.
        ValueError: one of the two side columns only.

    Source: Wilson (1927); McNemar (1947), Psychometrika 12.
    """
    require_rule(min_n, rate)
    code, raters = coded("rater", rater)
    before, after = numbers("first", first), numbers("repeat", repeat)
    same_length(rater=code, first=before, repeat=after)
    size = len(raters)
    n = counted(code, size)
    same, side = before == after, np.sign(before) == np.sign(after)
    swaps: list[SwapTest | None] = [None] * size
    if (first_shown_first is None) != (repeat_shown_first is None):
        raise ValueError("Give both first_shown_first and repeat_shown_first, or neither.")
    if first_shown_first is not None and repeat_shown_first is not None:
        left, right = _stayed(before, after, first_shown_first, repeat_shown_first)
        swaps = _swap_tests(counted(code, size, left), counted(code, size, right), min_n, rate)
    equal = share_figures(counted(code, size, same), n, _EQUAL, _NONE, confidence)
    sided = share_figures(counted(code, size, side), n, _SIDE, _NONE, confidence)
    return RepeatReport(
        raters=tuple(map(SelfConsistency, raters, equal, sided, swaps)),
        equal=_pooled(same, _EQUAL, confidence),
        same_side=_pooled(side, _SIDE, confidence),
        convention=decided(min_n, rate, "exact McNemar test of swapped repeats"),
    )


_EQUAL = "share of blind repeats with the identical canonical value"
_SIDE = "share of blind repeats that prefer the same response (a tie twice counts)"


def _pooled(hits: Bools, convention: str, confidence: float) -> Figure:
    nobody = "No task came back to anybody."
    return share(int(hits.sum()), len(hits), convention, nothing=nobody, confidence=confidence)


def _stayed(
    before: Floats, after: Floats, first_side: Sides, repeat_side: Sides
) -> tuple[Bools, Bools]:
    """Return where a swapped repeat went to the left both times, and to the right both times."""
    was_left, was_known = sides("first_shown_first", first_side)
    is_left, is_known = sides("repeat_shown_first", repeat_side)
    same_length(first=before, first_shown_first=was_left, repeat_shown_first=is_left)
    swapped = was_known & is_known & (was_left != is_left) & (before != 0) & (after != 0)
    left_before, left_after = (before < 0) == was_left, (after < 0) == is_left
    return swapped & left_before & left_after, swapped & ~left_before & ~left_after


def _swap_tests(left: Floats, right: Floats, min_n: int, rate: float) -> list[SwapTest | None]:
    n = left + right
    p_values = coin_tests(left, n)
    adjusted_p, status = adjusted(p_values, n, min_n, rate)
    return [
        SwapTest(
            stayed_left=int(left[place]),
            stayed_right=int(right[place]),
            p=float(p_values[place]) if n[place] else None,
            adjusted_p=adjusted_p[place],
            status=status[place],
        )
        for place in range(len(n))
    ]
