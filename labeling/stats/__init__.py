"""Statistics of preference data; pure numpy and scipy, usable from a notebook.

    ratings = Ratings(unit=[1, 1, 2, 2], rater=["a", "b", "a", "b"], value=[-1, -1, 0, 1])
    krippendorff_alpha(ratings, level="ordinal", categories=(-1, 0, 1))

Conventions that hold everywhere: the categories are those of the declared scale in its declared
order; intervals are 95 % over prompts (`cluster`) or, without those, over units; a figure that is
undefined has value None and a reason in words.
"""

from labeling.stats import agreement, consensus, intervals, planning, ranking, raters
from labeling.stats.agreement import *  # noqa: F403
from labeling.stats.coding import codes, crossed
from labeling.stats.consensus import *  # noqa: F403
from labeling.stats.histogram import Histogram
from labeling.stats.intervals import *  # noqa: F403
from labeling.stats.intervals.proportions import CONFIDENCE, t_quantile
from labeling.stats.planning import *  # noqa: F403
from labeling.stats.ranking import *  # noqa: F403
from labeling.stats.raters import *  # noqa: F403
from labeling.stats.ratings import (
    ConvergenceError,
    Figure,
    Interval,
    Ratings,
    RatingsError,
    column,
    same_length,
)
from labeling.stats.table import Table, table_from_patterns, table_from_units, table_of

__all__ = [
    "CONFIDENCE",
    "ConvergenceError",
    "Figure",
    "Histogram",
    "Interval",
    "Ratings",
    "RatingsError",
    "Table",
    "codes",
    "column",
    "crossed",
    "same_length",
    "t_quantile",
    "table_from_patterns",
    "table_from_units",
    "table_of",
]
__all__ += agreement.__all__
__all__ += consensus.__all__
__all__ += intervals.__all__
__all__ += planning.__all__
__all__ += ranking.__all__
__all__ += raters.__all__
