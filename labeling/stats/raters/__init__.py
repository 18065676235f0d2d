"""What judgments say of raters: accuracy, consistency, habits, pace, drift; and of criteria.

    side_bias(rater, value, shown_first).of("rui").figure

One function computes all raters at once and returns each rater's figures with n, interval,
convention and, where something is undefined, a reason. Signs are canonical: a value below 0 says
that the first response is better. There is no score of a rater: figures say where to look, and
talking it over does more for agreement than leaving people out.
"""

from labeling.stats.raters.alpha_without import alpha_without_each
from labeling.stats.raters.anomalous import Voter, anomalous_voters
from labeling.stats.raters.answers import answer_entropy, extremity, severity, tie_rate
from labeling.stats.raters.concentration import (
    Concentration,
    concentration,
    concentration_of_counts,
)
from labeling.stats.raters.consistency import (
    RepeatReport,
    SelfConsistency,
    SwapTest,
    self_consistency,
)
from labeling.stats.raters.drift import (
    AnchorDrift,
    Cusum,
    Ewma,
    HitDrift,
    anchor_drift,
    cusum,
    ewma,
    hit_drift,
)
from labeling.stats.raters.features import FeatureBias, Slope, feature_bias, length_bias
from labeling.stats.raters.gold import Gold, GoldReport, beta_moments, gold_accuracy
from labeling.stats.raters.groups import (
    SMALLEST_GROUP,
    GroupGap,
    GroupRate,
    LabelShift,
    group_agreement_index,
    group_gap,
    group_rates,
    label_shift,
)
from labeling.stats.raters.habit import Habit, Habits
from labeling.stats.raters.logistic import Fit, ridge_logistic
from labeling.stats.raters.pace import (
    Pace,
    RobustZ,
    pace,
    reading_floor,
    robust_z,
    time_against_task,
)
from labeling.stats.raters.peers import (
    Residual,
    agreement_residuals,
    majority_agreement,
    peer_agreement,
)
from labeling.stats.raters.priorities import Mismatch, Priorities, revealed_priorities
from labeling.stats.raters.runs import Runs, expected_runs, straight_lining
from labeling.stats.raters.sides import clicked_sides, side_bias
from labeling.stats.raters.specification import Disagreement, disagreement_cause
from labeling.stats.raters.steadiness import (
    order_consistency,
    response_consistency,
    steadiness_report,
)
from labeling.stats.raters.style import (
    Style,
    length_explains,
    length_only_accuracy,
    relative_difference,
    style_columns,
    style_of,
    style_only_accuracy,
)
from labeling.stats.raters.threshold import Threshold, confidence_thresholds

__all__ = [
    "SMALLEST_GROUP",
    "AnchorDrift",
    "Concentration",
    "Cusum",
    "Disagreement",
    "Ewma",
    "FeatureBias",
    "Fit",
    "Gold",
    "GoldReport",
    "GroupGap",
    "GroupRate",
    "Habit",
    "Habits",
    "HitDrift",
    "LabelShift",
    "Mismatch",
    "Pace",
    "Priorities",
    "RepeatReport",
    "Residual",
    "RobustZ",
    "Runs",
    "SelfConsistency",
    "Slope",
    "Style",
    "SwapTest",
    "Threshold",
    "Voter",
    "agreement_residuals",
    "alpha_without_each",
    "anchor_drift",
    "anomalous_voters",
    "answer_entropy",
    "beta_moments",
    "clicked_sides",
    "concentration",
    "concentration_of_counts",
    "confidence_thresholds",
    "cusum",
    "disagreement_cause",
    "ewma",
    "expected_runs",
    "extremity",
    "feature_bias",
    "gold_accuracy",
    "group_agreement_index",
    "group_gap",
    "group_rates",
    "hit_drift",
    "label_shift",
    "length_bias",
    "length_explains",
    "length_only_accuracy",
    "majority_agreement",
    "order_consistency",
    "pace",
    "peer_agreement",
    "reading_floor",
    "relative_difference",
    "response_consistency",
    "revealed_priorities",
    "ridge_logistic",
    "robust_z",
    "self_consistency",
    "severity",
    "side_bias",
    "steadiness_report",
    "straight_lining",
    "style_columns",
    "style_of",
    "style_only_accuracy",
    "tie_rate",
    "time_against_task",
]
