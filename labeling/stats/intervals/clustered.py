"""Shares of things that come several from one prompt, with intervals over prompts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from labeling.stats.coding import codes, counted
from labeling.stats.intervals.jackknife import carried_wilson, leave_one_out_interval
from labeling.stats.intervals.proportions import (
    CONFIDENCE,
    normal_quantile,
    t_quantile,
    wilson_interval,
)
from labeling.stats.ratings import Figure, Floats, RatingsError, column, same_length


def clustered_share(
    successes: npt.ArrayLike,
    trials: npt.ArrayLike,
    cluster: npt.ArrayLike,
    convention: str,
    *,
    nothing: str,
    counted: str = "trials",
    clusters_are: str = "prompts",
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return all successes over all trials, with the interval over clusters; n counts trials.

    Use it where trials come in lumps: judgments of one prompt, pairs of judgments of one task.
    Wilson's interval would take them for independent and be too narrow. For independent trials
    `labeling.stats.share` is right.

    Args:
        successes, trials: shape (n,); how many of how many, a row anything from one trial to a
            whole cluster; successes between 0 and trials.
        cluster: what each row was drawn with, shape (n,).
        convention: what the share is of; the convention goes on with n and the interval.
        nothing: the sentence that is the reason where there are no trials.
        counted, clusters_are: what n counts and what a cluster is, in the convention.

    The interval is the delete-one-cluster jackknife-t on the logit scale, as for percent
    agreement; Wilson's over clusters where leaving one out changes nothing.

    Raises:
        RatingsError: unequal lengths, not a number, or successes outside 0 to trials; the
            position is named.
    """
    normal_quantile(confidence)
    hits, total = _per_cluster(successes, trials, cluster)
    n, clusters = round(float(total.sum())), len(total)
    convention = f"{convention}; n counts {counted}"
    if not n:
        return Figure(None, None, None, 0, convention, nothing)
    value = float(hits.sum() / total.sum())
    if clusters < 2:
        reason = f"No interval: only 1 of the {clusters_are} counts, and at least 2 are needed."
        return Figure(value, None, None, n, convention, reason)
    ends = f"{100 * confidence:g}% interval over {clusters:,} {clusters_are}"
    rest = (hits.sum() - hits) / (total.sum() - total)
    interval = leave_one_out_interval(value, rest, np.ones(clusters), 0.0, confidence)
    if interval is None:
        low, high = carried_wilson(value, 0.0, clusters, 0.0, confidence)
        return Figure(value, low, high, n, f"{convention}; {ends}, Wilson limits")
    return Figure(value, *interval, n, f"{convention}; {ends}, jackknife-t on the logit scale")


def clustered_wilson(
    successes: npt.ArrayLike,
    trials: npt.ArrayLike,
    cluster: npt.ArrayLike,
    convention: str,
    *,
    nothing: str,
    counted: str = "trials",
    clusters_are: str = "prompts",
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return all successes over all trials with Wilson's interval for trials that come in lumps.

    Use it for rare things (violations, flags), of which none may be seen: where each cluster has
    one trial it is Wilson's interval itself. Else the trials are counted as so many independent
    ones as their scatter between clusters says they are worth; without any scatter, clusters.

    Args and errors as for `clustered_share`.

    Source: Wilson (1927); Korn and Graubard (1998), Survey Methodology 24, for the effective
    number of trials; Dean and Pagano (2015), Journal of Survey Statistics and Methodology 3, for
    Wilson's interval on it.
    """
    normal_quantile(confidence)
    hits, total = _per_cluster(successes, trials, cluster)
    n, clusters = round(float(total.sum())), len(total)
    convention = f"{convention}; n counts {counted}"
    if not n:
        return Figure(None, None, None, 0, convention, nothing)
    value = float(hits.sum() / total.sum())
    if clusters < 2 and n > 1:
        reason = f"No interval: only 1 of the {clusters_are} counts, and at least 2 are needed."
        return Figure(value, None, None, n, convention, reason)
    worth = _effective(hits, total, value, confidence)
    low, high = wilson_interval(value * worth, worth, confidence)
    ends = f"{100 * confidence:g}% Wilson interval over {clusters:,} {clusters_are}"
    return Figure(value, min(low, value), max(high, value), n, f"{convention}; {ends}")


def _effective(hits: Floats, total: Floats, value: float, confidence: float) -> float:
    """Return how many independent trials these are worth, at most as many as there are."""
    n, clusters = float(total.sum()), len(total)
    if n == clusters:
        return n
    independent = n * value * (1 - value)
    scatter = float(((hits - value * total) ** 2).sum())
    if independent <= 0 or scatter <= 0:
        return float(clusters)
    spread = t_quantile(n - 1, confidence) / t_quantile(clusters - 1, confidence)
    return min(n, float(n * independent / scatter * spread**2))


def _per_cluster(
    successes: npt.ArrayLike, trials: npt.ArrayLike, cluster: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Return successes and trials of each cluster that has trials."""
    hits, total = column("successes", successes), column("trials", trials)
    of = column("cluster", cluster)
    same_length(successes=hits, trials=total, cluster=of)
    hits, total = hits.astype(np.float64), total.astype(np.float64)
    wrong = (hits < 0) | (hits > total)
    if wrong.any():
        at = int(np.argmax(wrong))
        raise RatingsError(f"successes at position {at} is {hits[at]:g} of {total[at]:g} trials.")
    coded, levels = codes(of)
    hits, total = counted(coded, len(levels), hits), counted(coded, len(levels), total)
    used = total > 0
    return hits[used], total[used]
