"""Planning: how many judgments are enough, how they are best spent, and what they cost."""

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
    round_up,
    width_curve,
)

__all__ = [
    "Cost",
    "OverlapPlan",
    "SampleSize",
    "WidthCurve",
    "comparison_information",
    "cost_per_retained_label",
    "judgments_for_half_width",
    "judgments_to_compare",
    "judgments_to_detect",
    "labeling_cost",
    "overlap_plan",
    "round_up",
    "width_curve",
]
