"""Statistics of preference data; pure numpy and scipy, usable from a notebook.

    ratings = Ratings(unit=[1, 1, 2, 2], rater=["a", "b", "a", "b"], value=[-1, -1, 0, 1])
    krippendorff_alpha(ratings, level="ordinal", categories=(-1, 0, 1))

Conventions that hold everywhere: the categories are those of the declared scale in its declared
order; intervals are 95 % over prompts (`cluster`) or, without those, over units; a figure that is
undefined has value None and a reason in words.
"""

from labeling.stats import consensus, ranking, raters
from labeling.stats.agreement.by_category import (
    agreement_by_category,
    fleiss_test,
)
from labeling.stats.agreement.ceiling import (
    MajorityCeiling,
    agreement_ceiling,
    flip_rate,
    majority_accuracy,
    majority_ceiling,
    noise_ceiling,
)
from labeling.stats.agreement.coefficients import (
    Alpha,
    Gwet,
    Percent,
)
from labeling.stats.agreement.cohen import (
    RaterPairs,
    cohen_kappa,
    cohen_kappa_pairs,
)
from labeling.stats.agreement.concordance import (
    friedman_test,
    kendall_w,
    kendall_w_within,
    mean_spearman,
)
from labeling.stats.agreement.conger import (
    conger_kappa,
)
from labeling.stats.agreement.figures import (
    brennan_prediger,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
    scott_pi,
)
from labeling.stats.agreement.icc import (
    IccForms,
    icc,
    icc_forms,
)
from labeling.stats.agreement.repeats import (
    RaterRepeats,
    SelfAgreement,
    self_agreement,
)
from labeling.stats.agreement.report import (
    criterion_report,
    steadiness_report,
)
from labeling.stats.agreement.tau import (
    TauPairs,
    kendall_tau,
    kendall_tau_pairs,
)
from labeling.stats.consensus import *  # noqa: F403
from labeling.stats.histogram import (
    Histogram,
)
from labeling.stats.intervals.clustered import (
    clustered_share,
)
from labeling.stats.intervals.jackknife import (
    bootstrap_interval,
)
from labeling.stats.intervals.multiplicity import (
    benjamini_hochberg,
    fisher_combination,
    holm,
)
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
from labeling.stats.planning.budget import (
    Cost,
    OverlapPlan,
    comparison_information,
    cost_per_retained_label,
    labeling_cost,
    overlap_plan,
)
from labeling.stats.planning.sample_size import (
    SampleSize,
    WidthCurve,
    judgments_for_half_width,
    judgments_to_compare,
    judgments_to_detect,
    width_curve,
)
from labeling.stats.ranking import *  # noqa: F403
from labeling.stats.raters import *  # noqa: F403
from labeling.stats.ratings import (
    ConvergenceError,
    Figure,
    Interval,
    Ratings,
    RatingsError,
)
from labeling.stats.table import Table, table_from_patterns, table_from_units, table_of

__all__ = [
    "Alpha",
    "ConvergenceError",
    "Cost",
    "Figure",
    "Gwet",
    "Histogram",
    "IccForms",
    "Interval",
    "MajorityCeiling",
    "OverlapPlan",
    "Percent",
    "RaterPairs",
    "RaterRepeats",
    "Ratings",
    "RatingsError",
    "SampleSize",
    "SelfAgreement",
    "Table",
    "TauPairs",
    "WidthCurve",
    "agreement_by_category",
    "agreement_ceiling",
    "benjamini_hochberg",
    "binomial_test",
    "bootstrap_interval",
    "brennan_prediger",
    "clopper_pearson_interval",
    "clustered_share",
    "cohen_kappa",
    "cohen_kappa_pairs",
    "comparison_information",
    "conger_kappa",
    "cost_per_retained_label",
    "criterion_report",
    "difference",
    "fisher_combination",
    "fleiss_kappa",
    "fleiss_test",
    "flip_rate",
    "friedman_test",
    "gwet_ac",
    "holm",
    "icc",
    "icc_forms",
    "jeffreys_interval",
    "judgments_for_half_width",
    "judgments_to_compare",
    "judgments_to_detect",
    "kendall_tau",
    "kendall_tau_pairs",
    "kendall_w",
    "kendall_w_within",
    "krippendorff_alpha",
    "labeling_cost",
    "majority_accuracy",
    "majority_ceiling",
    "mcnemar_exact",
    "mean_spearman",
    "newcombe_interval",
    "noise_ceiling",
    "overlap_plan",
    "percent_agreement",
    "scott_pi",
    "self_agreement",
    "share",
    "steadiness_report",
    "stratified_share",
    "table_from_patterns",
    "table_from_units",
    "table_of",
    "two_proportion_test",
    "width_curve",
    "wilson_interval",
]
__all__ += consensus.__all__
__all__ += ranking.__all__
__all__ += raters.__all__
