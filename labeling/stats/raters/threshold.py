"""Confidence thresholds: from which stated confidence on a rater agrees with the lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.stats.coding import counted
from labeling.stats.intervals.proportions import CONFIDENCE
from labeling.stats.raters.columns import coded, flags, numbers
from labeling.stats.raters.habit import share_figures
from labeling.stats.ratings import NO_JUDGMENTS, Figure, Floats, plural, same_length


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which confidence on one rater's judgments agree often enough.

    Attributes:
        rater: whose it is.
        levels: the levels of confidence this rater used, ascending.
        agreement: for each of them, the share that agreed among judgments at or above it.
        threshold: the least level at which that share reaches the target, or None.
        reason: why there is no threshold, else None.
    """

    rater: Any
    levels: tuple[float, ...]
    agreement: tuple[Figure, ...]
    threshold: float | None
    reason: str | None


def confidence_thresholds(
    rater: npt.ArrayLike,
    confidence_given: npt.ArrayLike,
    agreed: npt.ArrayLike,
    *,
    target: float = 0.8,
    min_n: int = 1,
    confidence: float = CONFIDENCE,
) -> tuple[Threshold, ...]:
    """Return the least confidence at which each rater agrees with the lead often enough.

    Some raters are sure of little and others of everything: with a threshold of their own their
    confidence means the same. With few judgments look at the low ends of the intervals.

    Args:
        rater: who judged, shape (n,).
        confidence_given: the confidence stated with the judgment, higher is surer, shape (n,).
        agreed: whether the judgment agreed with the lead's, shape (n,).
        target: share that must agree at or above the threshold.
        min_n: judgments at or above a level below which it cannot be the threshold.

    Raises:
        RatingsError: columns that cannot be read, named by position.
        ValueError: a target outside 0 to 1.

    Source: the rule by which Stiennon et al. (2020, arXiv:2009.01325) kept labels at a
    confidence where labelers agree with researchers.
    """
    if not 0 < target <= 1:
        raise ValueError(f"The target must lie between 0 and 1, not be {target}.")
    code, raters = coded("rater", rater)
    stated = numbers("confidence_given", confidence_given)
    hits = flags("agreed", agreed)
    same_length(rater=code, confidence_given=stated, agreed=hits)
    levels, level = np.unique(stated, return_inverse=True)
    shape = (len(raters), len(levels))
    key = code * len(levels) + level
    n = counted(key, shape[0] * shape[1]).reshape(shape)
    k = counted(key, shape[0] * shape[1], hits).reshape(shape)
    n_above, k_above = (a[:, ::-1].cumsum(axis=1)[:, ::-1] for a in (n, k))
    return tuple(
        _threshold(name, levels, n_above[place], k_above[place], target, min_n, confidence)
        for place, name in enumerate(raters)
    )


def _threshold(
    rater: Any,
    levels: Floats,
    n: Floats,
    k: Floats,
    target: float,
    min_n: int,
    confidence: float,
) -> Threshold:
    """Read one rater's threshold off the judgments n and agreements k at or above each level."""
    convention = "share of judgments at or above this confidence that agree with the lead"
    # A level that this rater never used repeats the one above it.
    used = np.flatnonzero(n > np.append(n[1:], 0))
    steps = tuple(levels[used].tolist())
    figures = share_figures(k[used], n[used], convention, NO_JUDGMENTS, confidence)
    enough = used[(n[used] >= min_n) & (k[used] >= target * n[used] - 1e-9)]
    if len(enough):
        return Threshold(rater, steps, tuple(figures), float(levels[enough[0]]), None)
    reason = f"At no confidence do {100 * target:g}% of at least {plural(min_n, 'judgment')} agree."
    return Threshold(rater, steps, tuple(figures), None, reason)
