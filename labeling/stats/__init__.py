"""Statistics of preference data; pure numpy and scipy, usable from a notebook.

    ratings = Ratings(unit=[1, 1, 2, 2], rater=["a", "b", "a", "b"], value=[-1, -1, 0, 1])
    krippendorff_alpha(ratings, level="ordinal", categories=(-1, 0, 1))

Conventions that hold everywhere: the categories are those of the declared scale in its declared
order; intervals are 95 % over prompts (`cluster`) or, without those, over units; a figure that is
undefined has value None and a reason in words.
"""

from labeling.stats.agreement import (
    brennan_prediger,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
    scott_pi,
)
from labeling.stats.clustered import clustered_share
from labeling.stats.coefficients import Alpha, Gwet, Percent
from labeling.stats.cohen import RaterPairs, cohen_kappa, cohen_kappa_pairs
from labeling.stats.histogram import Histogram
from labeling.stats.jackknife import bootstrap_interval
from labeling.stats.multiplicity import benjamini_hochberg, fisher_combination, holm
from labeling.stats.proportions import (
    binomial_test,
    clopper_pearson_interval,
    difference,
    jeffreys_interval,
    mcnemar_exact,
    newcombe_interval,
    share,
    two_proportion_test,
    wilson_interval,
)
from labeling.stats.ratings import ConvergenceError, Figure, Interval, Ratings, RatingsError
from labeling.stats.report import criterion_report
from labeling.stats.table import Table, table_from_patterns, table_of

__all__ = [
    "Alpha",
    "ConvergenceError",
    "Figure",
    "Gwet",
    "Histogram",
    "Interval",
    "Percent",
    "RaterPairs",
    "Ratings",
    "RatingsError",
    "Table",
    "benjamini_hochberg",
    "binomial_test",
    "bootstrap_interval",
    "brennan_prediger",
    "clopper_pearson_interval",
    "clustered_share",
    "cohen_kappa",
    "cohen_kappa_pairs",
    "criterion_report",
    "difference",
    "fisher_combination",
    "fleiss_kappa",
    "gwet_ac",
    "holm",
    "jeffreys_interval",
    "krippendorff_alpha",
    "mcnemar_exact",
    "newcombe_interval",
    "percent_agreement",
    "scott_pi",
    "share",
    "table_from_patterns",
    "table_of",
    "two_proportion_test",
    "wilson_interval",
]
