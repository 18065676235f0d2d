"""One value from the most similar votes of a numeric scale, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labeling.stats.ratings import Floats, plural


@dataclass(frozen=True, slots=True)
class MostSimilar:
    """The value of a task under the rule of the most similar votes.

    Attributes:
        value: the rounded mean of the votes kept, or None where the task is dropped.
        mean: that mean before rounding, or None where no votes were kept.
        spread: largest less smallest of the votes kept, or None where none were kept.
        reason: why the task is dropped, or None.
    """

    value: int | None
    mean: float | None
    spread: float | None
    reason: str | None = None


def most_similar(
    votes: Sequence[float],
    *,
    keep: int = 3,
    spread: float = 2,
    invalid: Sequence[float] = (-100,),
    drop_ties: bool = True,
) -> MostSimilar:
    """Return the rounded mean of the `keep` votes that lie closest together.

    The published aggregation of HelpSteer2-Preference and HelpSteer3: of up to five votes the
    three most similar count, tasks whose three still lie more than 2 apart are dropped, and so
    are tasks that come out as 0. Use it to make data of that kind; as a consensus it is
    generous: outliers go before anybody asks why they differ.

    Where several sets of `keep` votes lie equally close, the one with the smaller variance
    counts, and sets alike in that too are averaged: mirrored votes give the mirrored value.
    A mean halfway between two values goes to the even one.

    Args:
        votes: the votes of one task, on a numeric scale that is symmetric about 0.
        invalid: codes for "no valid vote", left out before anything else.
        drop_ties: drop a task that comes out as 0; otherwise its value is 0.

    Raises:
        ValueError: a vote that is not a number, or `keep` below 1.

    Sources: Wang et al. (2024), arXiv:2410.01257; Wang et al. (2025), arXiv:2505.11475.
    """
    if keep < 1:
        raise ValueError(f"At least 1 vote must be kept, not {keep}.")
    values = np.asarray(votes, dtype=np.float64).reshape(-1)
    bad = ~np.isfinite(values)
    if bad.any():
        position = int(np.argmax(bad))
        raise ValueError(f"The vote at position {position} is {values[position]}, not a number.")
    valid = np.sort(values[~np.isin(values, invalid)])
    if len(valid) < keep:
        reason = f"The task has {plural(len(valid), 'valid vote')} and the rule needs {keep}."
        return MostSimilar(None, None, None, reason)
    mean, width = _closest(valid, keep)
    if width > spread:
        reason = f"The {keep} most similar votes lie {width:g} apart, more than {spread:g}."
        return MostSimilar(None, mean, width, reason)
    value = round(round(mean, 9))
    if not value and drop_ties:
        return MostSimilar(None, mean, width, "The votes come out as a tie.")
    return MostSimilar(value, mean, width)


def _closest(ordered: Floats, keep: int) -> tuple[float, float]:
    """Return the mean of the `keep` closest of ordered votes, and how far they lie apart."""
    # Of ordered votes the closest are neighbours: every window of `keep` is a candidate.
    windows = np.lib.stride_tricks.sliding_window_view(ordered, keep)
    reach = windows[:, -1] - windows[:, 0]
    closest = windows[reach == reach.min()]
    variance = closest.var(axis=1)
    return float(closest[variance <= variance.min() + 1e-12].mean()), float(reach.min())
