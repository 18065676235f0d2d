"""Agreement: how far raters, or one rater twice, give the same answers, chance taken off or not."""

from labeling.stats.agreement.axes import Verdicts, axis_report, verdicts
from labeling.stats.agreement.beside import RatedPairs, rated_verdicts, yes_bins
from labeling.stats.agreement.by_category import agreement_by_category, fleiss_test
from labeling.stats.agreement.ceiling import (
    MajorityCeiling,
    agreement_ceiling,
    flip_rate,
    majority_accuracy,
    majority_ceiling,
    noise_ceiling,
)
from labeling.stats.agreement.coefficients import Alpha, Gwet, Percent
from labeling.stats.agreement.cohen import RaterPairs, cohen_kappa, cohen_kappa_pairs
from labeling.stats.agreement.concordance import (
    friedman_test,
    kendall_w,
    kendall_w_within,
    mean_spearman,
)
from labeling.stats.agreement.conger import conger_kappa
from labeling.stats.agreement.figures import (
    brennan_prediger,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
    scott_pi,
)
from labeling.stats.agreement.gates import gate_report
from labeling.stats.agreement.icc import IccForms, icc, icc_forms
from labeling.stats.agreement.lists import (
    TaskLists,
    TaskTauPairs,
    kendall_tau_lists,
    task_lists,
)
from labeling.stats.agreement.passages import MarkedPassages, passage_report
from labeling.stats.agreement.rankings import ranking_report, tau_rows
from labeling.stats.agreement.regions import MarkedRegions, region_report
from labeling.stats.agreement.repeats import RaterRepeats, SelfAgreement, self_agreement
from labeling.stats.agreement.report import criterion_report, pair_rows
from labeling.stats.agreement.responses import (
    ResponseAnswers,
    rating_report,
    rule_report,
    violation_rate,
)
from labeling.stats.agreement.tau import TauPairs, kendall_tau, kendall_tau_pairs

__all__ = [
    "Alpha",
    "Gwet",
    "IccForms",
    "MajorityCeiling",
    "MarkedPassages",
    "MarkedRegions",
    "Percent",
    "RatedPairs",
    "RaterPairs",
    "RaterRepeats",
    "ResponseAnswers",
    "SelfAgreement",
    "TaskLists",
    "TaskTauPairs",
    "TauPairs",
    "Verdicts",
    "agreement_by_category",
    "agreement_ceiling",
    "axis_report",
    "brennan_prediger",
    "cohen_kappa",
    "cohen_kappa_pairs",
    "conger_kappa",
    "criterion_report",
    "fleiss_kappa",
    "fleiss_test",
    "flip_rate",
    "friedman_test",
    "gate_report",
    "gwet_ac",
    "icc",
    "icc_forms",
    "kendall_tau",
    "kendall_tau_lists",
    "kendall_tau_pairs",
    "kendall_w",
    "kendall_w_within",
    "krippendorff_alpha",
    "majority_accuracy",
    "majority_ceiling",
    "mean_spearman",
    "noise_ceiling",
    "pair_rows",
    "passage_report",
    "percent_agreement",
    "ranking_report",
    "rated_verdicts",
    "rating_report",
    "region_report",
    "rule_report",
    "scott_pi",
    "self_agreement",
    "task_lists",
    "tau_rows",
    "verdicts",
    "violation_rate",
    "yes_bins",
]
