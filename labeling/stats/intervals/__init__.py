"""Intervals and tests: of shares, of what comes in clusters, of many tests at once."""

from labeling.stats.intervals.centre import mean_of, median_of
from labeling.stats.intervals.clustered import clustered_share, clustered_wilson
from labeling.stats.intervals.jackknife import bootstrap_difference, bootstrap_interval
from labeling.stats.intervals.multiplicity import benjamini_hochberg, fisher_combination, holm
from labeling.stats.intervals.proportions import (
    binomial_test,
    clopper_pearson_interval,
    difference,
    jeffreys_interval,
    mcnemar_exact,
    newcombe_interval,
    share,
    stratified_share,
    two_proportion_test,
    wilson_interval,
)

__all__ = [
    "benjamini_hochberg",
    "binomial_test",
    "bootstrap_difference",
    "bootstrap_interval",
    "clopper_pearson_interval",
    "clustered_share",
    "clustered_wilson",
    "difference",
    "fisher_combination",
    "holm",
    "jeffreys_interval",
    "mcnemar_exact",
    "mean_of",
    "median_of",
    "newcombe_interval",
    "share",
    "stratified_share",
    "two_proportion_test",
    "wilson_interval",
]
