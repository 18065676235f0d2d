"""Straight-lining: runs of identical answers longer, or fewer, than the answers would give.

Careless responding leaves traces, none of which proves it: use these figures to choose whose
examples to read, not to shut anybody out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from labeling.stats.coding import codes, counted, crossed, plain
from labeling.stats.consensus.answers import entropy_bits
from labeling.stats.intervals.proportions import normal_p
from labeling.stats.raters.columns import coded, numbers
from labeling.stats.raters.habit import (
    FALSE_DISCOVERY,
    MIN_N,
    Status,
    adjusted,
    ratio,
    require_rule,
)
from labeling.stats.ratings import Array, Floats, Ints, column, same_length

_HALF = float(np.log(2))


@dataclass(frozen=True, slots=True)
class Runs:
    """The order of one rater's answers.

    Attributes:
        rater: whose they are.
        n: answers.
        longest: length of the longest run of identical answers, and `answer` what it was.
        expected: median length of the longest run by chance, or None where undefined.
        longest_p: chance of a run this long or longer, or None.
        runs: number of runs, and `expected_runs` the number expected of these answers.
        runs_z, runs_p: distance and two-sided p-value; below 0 is too few runs, answers that
            stick; above 0 too many, answers that alternate. None where undefined.
        spread: standard deviation of the answers (over n - 1), None for words or one answer.
        entropy: of the answers, in bits.
        adjusted_p: `longest_p` after Benjamini-Hochberg over raters with enough, else None.
        status: "stands out" by the longest run, "as expected", or "too few".
        reason: why figures are undefined, else None.
    """

    rater: Any
    n: int
    longest: int
    answer: Any
    expected: float | None
    longest_p: float | None
    runs: int
    expected_runs: float
    runs_z: float | None
    runs_p: float | None
    spread: float | None
    entropy: float
    adjusted_p: float | None
    status: Status
    reason: str | None


def straight_lining(
    rater: npt.ArrayLike,
    answer: npt.ArrayLike,
    *,
    order: npt.ArrayLike | None = None,
    chance: Literal["all", "own"] = "all",
    min_n: int = MIN_N,
    rate: float = FALSE_DISCOVERY,
) -> tuple[Runs, ...]:
    """Return the runs of identical answers of each rater, with what chance would give.

    Give canonical values, or `clicked_sides(...)`: a rater who clicks one side without reading
    has scattered canonical values. Both tests need tasks that come in random order. The longest
    run's takes answers as independent with their shares among all raters' answers
    (`chance="all"`: a rater of one answer stands out) or the rater's own (`"own"`: only the
    order counts). The number of runs is tested given the rater's own answers.

    Args:
        rater: who answered, shape (n,).
        answer: what, numbers or words, shape (n,).
        order: times or positions that sort the answers of a rater, shape (n,); left out, rows
            are in order.
        min_n: answers below which nothing is said of a rater.
        rate: false discovery rate over the raters.

    Raises:
        RatingsError: columns that cannot be read, named by position.
        ValueError: options out of range.

    Source: Wald and Wolfowitz (1940); several kinds: Barton and David (1957); longest run:
    Poisson approximation, Arratia, Goldstein and Gordon (1990). Longstring as an index: Johnson
    (2005), Meade and Craig (2012).
    """
    require_rule(min_n, rate)
    if chance not in ("all", "own"):
        raise ValueError(f"chance must be 'all' or 'own', not {chance!r}.")
    code, raters = coded("rater", rater)
    said, levels = codes(column("answer", answer))
    when = np.arange(len(code)) if order is None else numbers("order", order)
    same_length(rater=code, answer=said, order=when)
    if not len(code):
        return ()
    sequence = np.lexsort((when, code))
    return _counted(code[sequence], said[sequence], raters, levels, chance).table(min_n, rate)


def _counted(
    code: Ints, said: Ints, raters: tuple[Any, ...], levels: Array, chance: str
) -> _Counts:
    """Count answers and runs; rows are sorted by rater and time."""
    size, kinds = len(raters), len(levels)
    counts = crossed(code, said, size, kinds).astype(np.float64)
    start, run_of, length = _runs(code, said)
    longest, which = _longest(run_of, length, size)
    pool = counts.sum(axis=0, keepdims=True) if chance == "all" else counts
    shares = pool / pool.sum(axis=1, keepdims=True) + np.zeros_like(counts)
    return _Counts(
        raters=raters,
        counts=counts,
        longest=longest,
        answers=plain(levels[said[start[which]]]),
        single=(shares >= 1).any(axis=1),
        shares=shares,
        runs=counted(run_of, size),
        scores=levels.astype(np.float64) if levels.dtype.kind in "biuf" else None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """Counts of all raters, from which their figures follow."""

    raters: tuple[Any, ...]
    counts: Floats
    longest: Ints
    answers: tuple[Any, ...]
    single: npt.NDArray[np.bool_]
    shares: Floats
    runs: Floats
    scores: Floats | None

    def table(self, min_n: int, rate: float) -> tuple[Runs, ...]:
        """Return the figures of every rater."""
        n = self.counts.sum(axis=1)
        long_p = -np.expm1(-_long_runs(self.longest.astype(np.float64), n, self.shares))
        long_p = np.where(self.single, np.nan, long_p)
        expected = _typical_longest(n, self.shares)
        hoped, variance = expected_runs(self.counts)
        z = ratio(self.runs - hoped, variance)
        p, entropy = normal_p(z), entropy_bits(self.counts)
        adjusted_p, status = adjusted(long_p, n, min_n, rate)
        return tuple(
            Runs(
                rater=name,
                n=int(n[place]),
                longest=int(self.longest[place]),
                answer=self.answers[place],
                expected=None if self.single[place] else float(expected[place]),
                longest_p=None if self.single[place] else float(long_p[place]),
                runs=int(self.runs[place]),
                expected_runs=float(hoped[place]),
                runs_z=None if np.isnan(z[place]) else float(z[place]),
                runs_p=None if np.isnan(z[place]) else float(p[place]),
                spread=self._spread(place),
                entropy=float(entropy[place]),
                adjusted_p=adjusted_p[place],
                status=status[place],
                reason=self._reason(place),
            )
            for place, name in enumerate(self.raters)
        )

    def _spread(self, place: int) -> float | None:
        n = float(self.counts[place].sum())
        if self.scores is None or n < 2:
            return None
        mean = float(self.counts[place] @ self.scores) / n
        squares = float(self.counts[place] @ (self.scores - mean) ** 2)
        return float(np.sqrt(squares / (n - 1)))

    def _reason(self, place: int) -> str | None:
        n = int(self.counts[place].sum())
        if self.single[place]:
            return "All answers to go by are the same, so that their order says nothing."
        if self.counts[place].max() == n:
            return f"No number of runs to expect: all {n} answers are the same."
        return None


def expected_runs(counts: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return mean and variance of the number of runs when answers come in random order.

    Args:
        counts: how often each answer was given, shape (raters, answers).

    Returns:
        Two arrays of shape (raters,); the variance is 0 where all answers are the same.

    Source: Wald and Wolfowitz (1940); several kinds of answer: Barton and David (1957).
    """
    table = np.atleast_2d(np.asarray(counts, dtype=np.float64))
    n = table.sum(axis=1)
    second, third = (table**2).sum(axis=1), (table**3).sum(axis=1)
    mean = 1 + n - second / np.maximum(n, 1)
    over = second * (second + n * (n + 1)) - 2 * n * third - n**3
    variance = over / np.maximum(n * n * (n - 1), 1)
    return np.where(n > 0, mean, 0.0), np.maximum(variance, 0.0)


def _runs(code: Ints, said: Ints) -> tuple[Ints, Ints, Ints]:
    """Return where each run starts, whose it is, and how long."""
    new = np.ones(len(code), dtype=np.bool_)
    new[1:] = (code[1:] != code[:-1]) | (said[1:] != said[:-1])
    start = np.flatnonzero(new)
    return start, code[start], np.diff(np.append(start, len(code)))


def _longest(run_of: Ints, length: Ints, size: int) -> tuple[Ints, Ints]:
    """Return each rater's longest run and which run it is (the first of the longest)."""
    first = np.searchsorted(run_of, np.arange(size))
    longest = np.maximum.reduceat(length, first)
    at = np.flatnonzero(length == longest[run_of])
    _, where = np.unique(run_of[at], return_index=True)
    return longest, at[where]


def _long_runs(length: Floats, n: Floats, shares: Floats) -> Floats:
    """Return the expected number of runs of at least `length` among n independent answers."""
    free = np.maximum(n - length, 0)[:, None]
    expected = shares ** length[:, None] * (1 + free * (1 - shares))
    return np.asarray(np.where(length > n, 0.0, expected.sum(axis=1)))


def _typical_longest(n: Floats, shares: Floats) -> Floats:
    """Return the least length that the longest run reaches by chance in less than half of cases.

    Less one: the median of the longest run. Bisection, all raters at once.
    """
    low, high = np.zeros(len(n)), n + 1
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        above = _long_runs(middle, n, shares) >= _HALF
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.maximum(low, 1.0)
