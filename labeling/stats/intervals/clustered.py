"""Shares of things that come several from one prompt, with intervals over prompts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from labeling.stats.coding import codes, counted
from labeling.stats.intervals.jackknife import carried_wilson, leave_one_out_interval
from labeling.stats.intervals.proportions import CONFIDENCE, normal_quantile
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
