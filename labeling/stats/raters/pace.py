"""Time on task: who cannot have read the text, and which times stand apart from their task's.

Only active time is looked at, and only to find distress, confusion or not reading. There is no
leaderboard here: a rater's own median is for that rater.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.stats.coding import counted
from labeling.stats.intervals.proportions import CONFIDENCE, coin_quantile, share
from labeling.stats.raters.columns import Bools, coded, numbers
from labeling.stats.raters.habit import MIN_N, NO_PEERS, Status, share_figures
from labeling.stats.ratings import NO_JUDGMENTS, Figure, Floats, Ints, plural, same_length

NORMAL_MAD = 1.482602218505602  # 1 / the 75 % quantile of the standard normal.
LIMIT = 3.5  # Iglewicz and Hoaglin (1993).
SHORTEST = 0.1  # Seconds: logs of shorter times would say more than a clock knows.


@dataclass(frozen=True, slots=True, eq=False)
class RobustZ:
    """Robust z scores of some numbers.

    Attributes:
        z: (x - median) / (1.4826 MAD), shape (n,), or None where the MAD is 0.
        median, scale: the centre and 1.4826 times the MAD, or None without numbers.
        outlying: which |z| exceed the limit, shape (n,); nowhere where z is None.
        reason: why z is undefined, else None.
    """

    z: Floats | None
    median: float | None
    scale: float | None
    outlying: Bools
    reason: str | None


@dataclass(frozen=True, slots=True)
class Pace:
    """One rater's times.

    Attributes:
        rater: whose they are.
        median: median active seconds, with its distribution-free interval.
        below_floor: share of judgments faster than the text can be read.
        fast, slow: share of judgments far below or above the other times of the same task.
        status: "stands out" where even the low end of `below_floor` exceeds what is tolerated,
            "as expected" otherwise, "too few" below the least number of judgments.
    """

    rater: Any
    median: Figure
    below_floor: Figure
    fast: Figure
    slow: Figure
    status: Status


def reading_floor(words: npt.ArrayLike, wpm: float = 1000.0) -> Floats:
    """Return the seconds below which a text cannot have been read, shape (n,).

    A thousand words a minute is more than anybody reads with understanding (adults read about
    240), so that a time below the floor is no matter of style. For languages written without
    spaces give characters and a rate of characters.

    Args:
        words: words that had to be read (prompt and all responses), shape (n,).
        wpm: words per minute.

    Raises:
        RatingsError: words that are negative or missing, named by position.
        ValueError: a rate that is not above 0.

    Source for reading rates: Brysbaert (2019), Journal of Memory and Language 109.
    """
    if not 0 < wpm < np.inf:
        raise ValueError(f"wpm must be above 0, not {wpm}.")
    return numbers("words", words, least=0.0) / wpm * 60


def robust_z(values: npt.ArrayLike, *, limit: float = LIMIT) -> RobustZ:
    """Return distances from the median in robust standard deviations.

    A few wild values move neither the median nor the MAD. Where more than half of the values
    are equal, the MAD is 0 and z is undefined. For times give their logarithms.

    Raises:
        RatingsError: a value that is missing or infinite, named by position.
        ValueError: a limit that is not above 0.

    Source: Iglewicz and Hoaglin (1993), How to Detect and Handle Outliers.
    """
    return _robust(numbers("values", values), limit)


def time_against_task(
    task: npt.ArrayLike, seconds: npt.ArrayLike, *, limit: float = LIMIT
) -> RobustZ:
    """Return robust z scores of log times against the median of the same task.

    The spread is taken over all tasks at once, since few judgments of one task do not give one.
    A task with one time has no other to be compared with: its z is 0 and it has no part in the
    spread. Times below a tenth of a second count as that.

    Args:
        task: what was judged, shape (n,).
        seconds: active time, shape (n,).

    Raises:
        RatingsError: columns that cannot be read, or a negative time, named by position.
    """
    code, levels = coded("task", task)
    times = numbers("seconds", seconds, least=0.0)
    same_length(task=code, seconds=times)
    logs = np.log(np.maximum(times, SHORTEST))
    far = logs - _medians(code, logs, len(levels))[code]
    compared = counted(code, len(levels))[code] > 1
    scores = _robust(far[compared], limit)
    nowhere = np.zeros(len(far), dtype=np.bool_)
    if scores.z is None or scores.scale is None:
        reason = scores.reason if compared.any() else "No task was judged twice."
        return replace(scores, outlying=nowhere, reason=reason)
    z = np.where(compared, (far - (scores.median or 0.0)) / scores.scale, 0.0)
    return replace(scores, z=z, outlying=np.abs(z) > limit)


def pace(
    rater: npt.ArrayLike,
    task: npt.ArrayLike,
    seconds: npt.ArrayLike,
    words: npt.ArrayLike,
    *,
    wpm: float = 1000.0,
    tolerated: float = 0.10,
    min_n: int = MIN_N,
    confidence: float = CONFIDENCE,
) -> tuple[Pace, ...]:
    """Return each rater's times: median, share below the reading floor, share far from the task's.

    Flag, never block: whoever stands out may have seen the task before. Do not rank raters by
    speed; they come in the order of their names.

    Args:
        rater, task: who judged what, shape (n,).
        seconds: active time, idle time taken off, shape (n,).
        words: words of the task that had to be read, shape (n,).
        wpm: words per minute of the reading floor.
        tolerated: share of judgments below the floor that is still thought ordinary.
        min_n: judgments below which nothing is said of a rater.

    Raises:
        RatingsError: columns that cannot be read, or a negative time, named by position.
        ValueError: options out of range.
    """
    if not 0 <= tolerated < 1:
        raise ValueError(f"tolerated must lie between 0 and 1, not be {tolerated}.")
    code, raters = coded("rater", rater)
    times = numbers("seconds", seconds, least=0.0)
    floor = reading_floor(words, wpm)
    same_length(rater=code, seconds=times, words=floor)
    size = len(raters)
    n, early = counted(code, size), counted(code, size, times < floor)
    convention = f"share of judgments faster than {wpm:g} words a minute can be read"
    below = share_figures(early, n, convention, NO_JUDGMENTS, confidence)
    medians = _median_figures(code, times, size, confidence)
    fast, slow = _far_shares(code, size, task, times, confidence)
    status = [_status(figure, tolerated, min_n) for figure in below]
    return tuple(map(Pace, raters, medians, below, fast, slow, status))


def _far_shares(
    code: Ints, size: int, task: npt.ArrayLike, times: Floats, confidence: float
) -> list[list[Figure]]:
    """Return each rater's share of times far below, and far above, the task's median."""
    against = time_against_task(task, times)
    task_code, tasks = coded("task", task)
    compared = counted(code, size, counted(task_code, len(tasks))[task_code] > 1)
    z = against.z if against.z is not None else np.zeros(len(times))
    return [
        [
            _far(against, float(hit), float(count), word, confidence)
            for hit, count in zip(counted(code, size, side), compared, strict=True)
        ]
        for side, word in (
            (against.outlying & (z < 0), "below"),
            (against.outlying & (z > 0), "above"),
        )
    ]


def _far(against: RobustZ, hits: float, trials: float, word: str, confidence: float) -> Figure:
    convention = (
        f"share of judgments whose log time lies more than {LIMIT:g} robust standard deviations "
        f"{word} the task's median; tasks judged once left out"
    )
    figure = share(hits, trials, convention, nothing=NO_PEERS, confidence=confidence)
    if against.reason is None:
        return figure
    return Figure(None, None, None, figure.n, figure.convention, against.reason)


def _status(below: Figure, tolerated: float, min_n: int) -> Status:
    if below.n < min_n or below.low is None:
        return "too few"
    return "stands out" if below.low > tolerated else "as expected"


def _robust(values: Floats, limit: float) -> RobustZ:
    if not limit > 0:
        raise ValueError(f"The limit must be above 0, not {limit}.")
    nowhere = np.zeros(len(values), dtype=np.bool_)
    if not len(values):
        return RobustZ(None, None, None, nowhere, "There are no values.")
    middle = float(np.median(values))
    scale = NORMAL_MAD * float(np.median(np.abs(values - middle)))
    if scale <= 1e-12 * max(abs(middle), 1.0):
        reason = "At least half of the values are equal, so that there is no spread to measure by."
        return RobustZ(None, middle, 0.0, nowhere, reason)
    z = (values - middle) / scale
    return RobustZ(z, middle, scale, np.abs(z) > limit, None)


def _sorted_groups(code: Ints, values: Floats, size: int) -> tuple[Floats, Ints, Ints]:
    """Return values sorted within groups, where each group starts, and its length."""
    order = np.argsort(values)
    # Stable sorts of 16 bits at a time, which take linear time.
    for shift in range(0, max(size - 1, 1).bit_length(), 16):
        digit = (code[order] >> shift).astype(np.uint16)
        order = order[np.argsort(digit, kind="stable")]
    ordered = values[order]
    length = np.bincount(code, minlength=size)
    return ordered, np.cumsum(length) - length, length


def _medians(code: Ints, values: Floats, size: int) -> Floats:
    """Return the median of each group; every group has a member."""
    if not len(values):
        return np.zeros(size)
    return _middles(*_sorted_groups(code, values, size))


def _middles(ordered: Floats, start: Ints, length: Ints) -> Floats:
    return np.asarray((ordered[start + (length - 1) // 2] + ordered[start + length // 2]) / 2)


def _median_figures(code: Ints, times: Floats, size: int, confidence: float) -> list[Figure]:
    """Return medians with the interval between order statistics that covers at least as much."""
    convention = (
        "median active seconds; n counts judgments; at least "
        f"{100 * confidence:g}% interval between order statistics"
    )
    if not size:
        return []
    ordered, start, length = _sorted_groups(code, times, size)
    middle = _middles(ordered, start, length)
    # The r-th from either end, r the largest with 2 P(Binomial(n, 1/2) < r) <= 1 - confidence.
    rank = coin_quantile((1 - confidence) / 2, length)
    figures = []
    for begin, n, value, r in zip(start, length, middle, rank, strict=True):
        if r < 1:
            reason = (
                f"No interval between order statistics: {plural(int(n), 'time')} cannot make one."
            )
            figures.append(Figure(float(value), None, None, int(n), convention, reason))
            continue
        low, high = ordered[begin + r - 1], ordered[begin + n - r]
        figures.append(Figure(float(value), float(low), float(high), int(n), convention))
    return figures
