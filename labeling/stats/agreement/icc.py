"""Intraclass correlations: how much of the variance of numeric ratings lies between tasks.

The six forms of Shrout and Fleiss. Every form is a function of sums over tasks, so that leaving
out a prompt is a subtraction; the forms for the mean of k ratings are the Spearman-Brown image of
those for one rating, values and ends alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
from scipy import special

from labeling.stats.coding import Coded, code, divide
from labeling.stats.intervals.jackknife import leave_one_out_interval
from labeling.stats.intervals.proportions import CONFIDENCE, normal_quantile
from labeling.stats.ratings import NO_JUDGMENTS, Array, Figure, Floats, Ratings, RatingsError
from labeling.stats.table import scores

Form = Literal["1,1", "2,1", "3,1", "1,k", "2,k", "3,k"]

FORMS: Final[tuple[Form, ...]] = get_args(Form)

_MODELS = {
    "1": "one-way, any raters",
    "2": "two-way random raters, absolute agreement",
    "3": "two-way fixed raters, consistency",
}
_STILL = 1e-12  # Sums of squares below this share of the total are rounding.
_ONE_PROMPT = (
    "No interval: all tasks share 1 prompt, and an interval over prompts needs at least 2."
)
_STEADY = (
    "No interval: between tasks or within them the ratings do not vary enough to say how far "
    "the figure could move."
)


@dataclass(frozen=True, eq=False, slots=True)
class IccForms:
    """All six intraclass correlations, and the mean squares they come from.

    Attributes:
        figures: the figure of each form; n counts tasks.
        tasks, raters: tasks that every rater judged, and raters.
        between, rater, residual: mean squares of tasks, of raters and of what is left (two-way).
        within: mean square within tasks (one-way); None where no task has two ratings.
    """

    figures: Mapping[Form, Figure]
    tasks: int
    raters: int
    between: float | None
    rater: float | None
    residual: float | None
    within: float | None


@dataclass(frozen=True, eq=False)
class _Design:
    """What one model sees: sums of each cluster of tasks, on values scaled to -1 to 1.

    Attributes:
        sums: one-way: tasks, ratings, their squares, x, x squared, (sum of x) squared / ratings.
            Two-way: tasks, x, x squared, (sum of x) squared / k, then x of each rater.
        tasks, left_out: tasks used, and tasks left out for want of ratings.
        raters: k of the two-way model; 0 marks the one-way model.
        clustered: whether some cluster holds several tasks.
        scale: what the values were divided by.
    """

    sums: Floats
    tasks: int
    left_out: int
    raters: int
    clustered: bool
    scale: float

    @property
    def total(self) -> Floats:
        """Sums over all clusters, shape (1, D)."""
        return np.asarray(self.sums.sum(axis=0, keepdims=True))


@dataclass(frozen=True, eq=False)
class _Squares:
    """Mean squares of many samples at once, and how many ratings a task has."""

    n: Floats
    k: Floats
    between: Floats
    rater: Floats
    error: Floats
    error_df: Floats


def icc(
    ratings: Ratings,
    form: Form = "2,1",
    *,
    categories: Sequence[Any] | None = None,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return one intraclass correlation of numeric ratings; n counts tasks.

    Use it for numbers whose differences mean something (a score from 0 to 100, a 7-point scale
    taken as one); for categories or bare order use alpha. 1 means that all variance lies between
    tasks; below 0 is possible and means less than none.

    Args:
        form: the model, then "1" for the reliability of a single rating or "k" for that of the
            mean of all ratings of a task. Model 1: each task has raters of its own (a crowd);
            tasks rated at least twice count, their numbers of ratings may differ. Model 2: the
            same raters rate every task and stand for others like them; one rater being stricter
            lowers it. Model 3: these raters and no others; being stricter does not matter.
            Models 2 and 3 use only tasks that every rater rated; the convention says how many
            were left out.
        categories: the declared scale, for checking; numbers.

    The interval is the F interval of Shrout and Fleiss (for "2,k" the Spearman-Brown image of
    that of "2,1", as McGraw and Wong and R's psych have it; R's irr differs). It takes tasks as
    drawn one by one: where prompts hold several tasks, a jackknife over prompts, on Fisher's z
    for intraclass correlations, takes its place.

    Raises:
        ValueError: an unknown form.
        RatingsError: values that are not numbers, or any that `code` refuses.

    Source: Shrout and Fleiss (1979), Psychological Bulletin 86; McGraw and Wong (1996),
    Psychological Methods 1; unequal numbers of ratings: Donner (1986), International Statistical
    Review 54.
    """
    if form not in FORMS:
        raise ValueError(f"The form must be one of {', '.join(FORMS)}, not {form}.")
    coded = code(ratings, categories)
    return _figure(_design(coded, form), coded, form, confidence)


def icc_forms(
    ratings: Ratings | Coded,
    *,
    categories: Sequence[Any] | None = None,
    confidence: float = CONFIDENCE,
) -> IccForms:
    """Return all six intraclass correlations (see `icc`) with their mean squares."""
    coded = code(ratings, categories)
    one_way, two_way = _design(coded, "1,1"), _design(coded, "2,1")
    squares = _squares(two_way) if two_way.tasks > 1 and two_way.raters > 1 else None
    nested = _squares(one_way) if one_way.tasks > 1 else None
    return IccForms(
        figures={
            form: _figure(one_way if form[0] == "1" else two_way, coded, form, confidence)
            for form in FORMS
        },
        tasks=two_way.tasks,
        raters=two_way.raters,
        between=None if squares is None else float(squares.between[0]) * two_way.scale**2,
        rater=None if squares is None else float(squares.rater[0]) * two_way.scale**2,
        residual=None if squares is None else float(squares.error[0]) * two_way.scale**2,
        within=None if nested is None else float(nested.error[0]) * one_way.scale**2,
    )


def _design(coded: Coded, form: Form) -> _Design:
    """Choose the tasks that the model can use and sum them by cluster."""
    number = scores(coded.categories)
    if number is None:
        raise RatingsError("An intraclass correlation needs ratings that are numbers.")
    raters = len(coded.raters)
    votes = np.bincount(coded.unit, minlength=coded.units)
    kept = votes >= 2 if form[0] == "1" else votes == max(raters, 1)
    used = kept[coded.unit]
    # Only the tasks that are used have cells: a crowd's raters times all tasks would be too many.
    unit, rater = (np.cumsum(kept) - 1)[coded.unit[used]], coded.rater[used]
    value, scale = _scaled(number[coded.value[used]])
    size = int(kept.sum())
    held = np.bincount(unit, minlength=size).astype(np.float64)
    plain = np.bincount(unit, value, minlength=size)
    square = np.bincount(unit, value * value, minlength=size)
    columns: list[Array] = [np.ones(size)]
    columns += [held, held**2] if form[0] == "1" else []
    columns += [plain, square, plain**2 / np.maximum(held, 1)]
    if form[0] != "1":
        cells = np.bincount(unit * raters + rater, value, minlength=size * raters)
        columns += list(cells.reshape(size, raters).T) if raters else []
    rows = np.column_stack(columns).astype(np.float64)
    if coded.cluster is not None and len(rows):
        cluster = coded.cluster[kept]
        starts = np.flatnonzero(np.diff(np.sort(cluster), prepend=-1))
        rows = np.add.reduceat(rows[np.argsort(cluster, kind="stable")], starts)
    return _Design(
        sums=rows,
        tasks=size,
        left_out=coded.units - size,
        raters=0 if form[0] == "1" else raters,
        clustered=len(rows) < size,
        scale=scale,
    )


def _scaled(value: Floats) -> tuple[Floats, float]:
    """Return the values about 0 and within -1 to 1, and their scale; the figures are the same."""
    if not len(value):
        return value, 1.0
    about = value - value[0]
    far = float(np.abs(about).max())
    if not far:
        return about, 1.0
    about = about / far
    return about - about.mean(), far


def _squares(design: _Design, sums: Floats | None = None) -> _Squares:
    """Return the mean squares for each row of sums (all tasks, unless rows are given)."""
    sums = design.total if sums is None else sums
    if not design.raters:
        n, votes, squared, plain, square, rows = sums.T
        tasks = np.maximum(rows - divide(plain**2, votes), 0.0)
        k = divide(votes - divide(squared, votes), n - 1)
        error, df = np.maximum(square - rows, 0.0), votes - n
        shift = np.zeros(len(n))
    else:
        n, plain, square, rows = sums[:, :4].T
        k = np.full(len(n), float(design.raters))
        mean = divide(plain**2, n * k)
        tasks = np.maximum(rows - mean, 0.0)
        shift = np.maximum(divide((sums[:, 4:] ** 2).sum(axis=1), n) - mean, 0.0)
        error, df = np.maximum(square - rows - shift, 0.0), (n - 1) * (k - 1)
    still = _STILL * square
    return _Squares(
        n=n,
        k=k,
        between=divide(np.where(tasks > still, tasks, 0.0), n - 1),
        rater=np.where(shift > still, shift, 0.0) / max(design.raters - 1, 1),
        error=divide(np.where(error > still, error, 0.0), df),
        error_df=df,
    )


def _single(squares: _Squares, form: Form) -> Floats:
    """Return the correlation of single ratings; NaN where it is undefined."""
    between, error, k = squares.between, squares.error, squares.k
    under = between + (k - 1) * error
    if form[0] == "2":
        under = under + k * (squares.rater - error) / squares.n
    return divide(between - error, np.where(under > _STILL * between, under, 0.0))


def _figure(design: _Design, coded: Coded, form: Form, confidence: float) -> Figure:
    """Return the figure of one form, or the sentence that says what is missing."""
    normal_quantile(confidence)
    convention = _convention(design, form)
    reason = _missing(design, coded)
    if reason is not None:
        return Figure(None, None, None, design.tasks, convention, reason)
    squares = _squares(design)
    single = float(_single(squares, form)[0])
    power = float(squares.k[0]) if form.endswith("k") else 1.0
    value = _mean_of(single, power)
    if value is None:
        return Figure(None, None, None, design.tasks, convention, _undefined(squares))
    if design.clustered:
        if len(design.sums) < 2:
            return Figure(value, None, None, design.tasks, convention, _ONE_PROMPT)
        ends = _jackknife(design, form, single, confidence)
        method = f"interval over {len(design.sums):,} prompts, jackknife-t on Fisher's z"
    else:
        ends = _f_interval(squares, form, single, confidence)
        method = f"F interval over {design.tasks:,} tasks"
    low, high = (_mean_of(end, power) for end in ends)
    if low is None or high is None:
        return Figure(value, None, None, design.tasks, convention, _STEADY)
    convention += f"; {100 * confidence:g}% {method}"
    return Figure(value, low, high, design.tasks, convention)


def _mean_of(single: float, k: float) -> float | None:
    """Return the reliability of the mean of k ratings (Spearman-Brown); None where undefined."""
    under = 1 + (k - 1) * single
    return float(k * single / under) if np.isfinite(single) and under > _STILL else None


def _f_interval(
    squares: _Squares, form: Form, single: float, confidence: float
) -> tuple[float, float]:
    """Return the F interval of a single rating's correlation; NaN where nothing varies."""
    edge = (1 + confidence) / 2
    n, k, between, rater, error, df = (
        float(item[0])
        for item in (
            squares.n, squares.k, squares.between, squares.rater, squares.error, squares.error_df
        )
    )  # fmt: skip
    if between <= 0 or (error <= 0 and (form[0] != "2" or rater <= 0)):
        return np.nan, np.nan
    if form[0] == "2":
        # Satterthwaite's degrees of freedom, in Shrout and Fleiss multiplied by the error.
        of_raters = k * single * rater
        of_error = (n * (1 + (k - 1) * single) - k * single) * error
        df = (
            (k - 1) * (n - 1) * (of_raters + of_error) ** 2 / ((n - 1) * of_raters**2 + of_error**2)
        )
        under = k * rater + (k * n - k - n) * error
        up, down = special.fdtri(n - 1, df, edge), special.fdtri(df, n - 1, edge)
        if not (up >= 1 and down >= 1):
            return np.nan, np.nan  # Far too few degrees of freedom: the ends miss the value.
        return (
            float(n * (between / up - error) / (under + n * between / up)),
            float(n * (between - error / down) / (under / down + n * between)),
        )
    ratio = between / error
    low = ratio / float(special.fdtri(n - 1, df, edge))
    high = ratio * float(special.fdtri(df, n - 1, edge))
    return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _jackknife(
    design: _Design, form: Form, single: float, confidence: float
) -> tuple[float, float]:
    """Return the ends over clusters of a single rating's correlation; NaN where nothing varies.

    Fisher's z of an intraclass correlation is that of the scale from -1 / (k - 1) to 1.
    """
    rest = _single(_squares(design, design.total - design.sums), form)
    k = float(_squares(design).k[0])
    floor = min(-1 / (k - 1), single)
    ends = leave_one_out_interval(single, rest, np.ones(len(rest)), floor, confidence)
    return (np.nan, np.nan) if ends is None else (ends.low, ends.high)


def _convention(design: _Design, form: Form) -> str:
    """Return what was computed, and on which tasks."""
    of = "the mean of all ratings of a task" if form.endswith("k") else "a single rating"
    convention = f"ICC({form}), {_MODELS[form[0]]}, reliability of {of}"
    enough = (
        "judged at least twice" if form[0] == "1" else f"that all {design.raters} raters judged"
    )
    convention += f"; n counts tasks {enough}"
    if design.left_out:
        convention += f", {design.left_out} of {design.tasks + design.left_out} tasks are left out"
    return convention


def _missing(design: _Design, coded: Coded) -> str | None:
    """Return the sentence for data on which the model cannot be fitted, or None."""
    if not coded.units:
        return NO_JUDGMENTS
    if len(coded.raters) < 2:
        return "An intraclass correlation needs at least 2 raters, and here is 1."
    if design.tasks > 1:
        return None
    tasks = "1 task was" if design.tasks else "No task was"
    if not design.raters:
        return f"{tasks} judged at least twice, and an intraclass correlation needs 2 such tasks."
    return (
        f"{tasks} judged by all {design.raters} raters, and this form needs 2 such tasks; the "
        "one-way forms ICC(1,1) and ICC(1,k) need only tasks judged at least twice."
    )


def _undefined(squares: _Squares) -> str:
    """Return the sentence for a correlation that is 0/0 or has no bound."""
    if not squares.between[0] and not squares.error[0] and not squares.rater[0]:
        return (
            "All ratings on these tasks are equal. Without variation, differences between tasks "
            "cannot be told from differences between raters."
        )
    return (
        "The tasks' mean ratings hardly differ, so that there is no variation between tasks for "
        "raters to agree on."
    )
