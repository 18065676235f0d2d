"""Side bias: does a rater choose the left response more often than a fair coin would?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from labeling.stats.coding import counted
from labeling.stats.intervals.proportions import CONFIDENCE
from labeling.stats.raters.columns import Sides, coded, numbers, sides
from labeling.stats.raters.habit import FALSE_DISCOVERY, MIN_N, Habits, coin_habits
from labeling.stats.ratings import Ints, same_length


def side_bias(
    rater: npt.ArrayLike,
    value: npt.ArrayLike,
    shown_first: Sides,
    *,
    min_n: int = MIN_N,
    rate: float = FALSE_DISCOVERY,
    confidence: float = CONFIDENCE,
) -> Habits:
    """Return how often each rater chose the response on the left, against one half.

    Valid only where the screen side was drawn at random for each judgment. Ties and judgments
    whose side is not known are left out. Where some pairs are lopsided and stood unevenly, the
    Bradley-Terry model with a side term is the sharper test.

    Args:
        rater: who judged, shape (n,).
        value: canonical values, shape (n,): below 0 the first response is better, 0 is a tie.
        shown_first: whether canonical response 1 stood on the left, shape (n,); None: not known.
        min_n: decisive judgments below which nothing is said of a rater.
        rate: false discovery rate over the raters.

    Raises:
        RatingsError: columns that cannot be read, named by position.
        ValueError: `min_n` below 1, or a rate or confidence outside 0 to 1.

    Source: exact binomial test; Wilson (1927); Benjamini and Hochberg (1995).
    """
    code, raters = coded("rater", rater)
    values = numbers("value", value)
    left, known = sides("shown_first", shown_first)
    same_length(rater=code, value=values, shown_first=left)
    used = known & (values != 0)
    chose_left = ((values < 0) == left)[used]
    size = len(raters)
    return coin_habits(
        raters,
        counted(code[used], size, chose_left),
        counted(code[used], size),
        "share of decisive judgments that chose the response on the left; ties and judgments "
        "whose side is not known left out",
        nothing="There is no decisive judgment whose screen side is known.",
        min_n=min_n,
        rate=rate,
        confidence=confidence,
    )


def clicked_sides(value: npt.ArrayLike, shown_first: Sides) -> Ints:
    """Return what was clicked on the screen: -1 left, 0 tie, 1 right, shape (n,).

    The string to give to `straight_lining` for a rater who clicks one side without reading:
    canonical values of such a rater look like coin tosses, clicks do not.

    Args:
        value: canonical values, shape (n,): below 0 the first response is better, 0 is a tie.
        shown_first: whether canonical response 1 stood on the left, shape (n,).

    Raises:
        RatingsError: columns that cannot be read, or a side that is not known, by position.
    """
    values = numbers("value", value)
    left, known = sides("shown_first", shown_first)
    same_length(value=values, shown_first=left)
    if not known.all():
        # Raises the error that names the position.
        numbers("shown_first", np.where(known, 0.0, np.nan))
    return (np.sign(values) * np.where(left, 1, -1)).astype(np.int64)
