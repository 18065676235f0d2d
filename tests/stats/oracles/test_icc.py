"""Intraclass correlations beside pingouin, on random data with and without holes."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from labeling.stats.agreement.icc import FORMS, icc_forms
from tests.stats.shapes import from_rows

pingouin = pytest.importorskip("pingouin", reason="pip install -r requirements-statistics.txt")
pandas = pytest.importorskip("pandas", reason="pip install -r requirements-statistics.txt")


def table(seed: int, tasks: int, raters: int) -> Any:
    """Scores with a common truth and raters of different strictness."""
    rng = np.random.default_rng(seed)
    strict = rng.normal(size=(1, raters))
    return rng.normal(size=(tasks, 1)) + 0.5 * strict + rng.normal(size=(tasks, raters))


def theirs(values: Any) -> dict[str, tuple[float, list[float]]]:
    """Pingouin's six forms, tasks with a hole left out."""
    tasks, raters = values.shape
    frame = pandas.DataFrame(
        {
            "task": np.repeat(np.arange(tasks), raters),
            "rater": np.tile(np.arange(raters), tasks),
            "score": values.ravel(),
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = pingouin.intraclass_corr(
            data=frame, targets="task", raters="rater", ratings="score", nan_policy="omit"
        )
    interval = next(name for name in table.columns if name.startswith("CI95"))
    return {
        form: (float(table["ICC"].iloc[place]), list(table[interval].iloc[place]))
        for place, form in enumerate(FORMS)
    }


@pytest.mark.parametrize(("tasks", "raters"), [(8, 2), (30, 4), (100, 3)])
def test_all_six_forms_and_their_intervals(tasks: int, raters: int) -> None:
    values = table(tasks, tasks, raters)
    ours = icc_forms(from_rows(values.tolist())).figures
    for form, (value, ends) in theirs(values).items():
        figure = ours[form]  # type: ignore[index]
        assert figure.value == pytest.approx(value, abs=1e-9)
        # Pingouin rounds the ends to two places.
        assert (figure.low, figure.high) == pytest.approx(tuple(ends), abs=0.0051)


def test_two_way_forms_leave_out_the_same_tasks() -> None:
    values = table(5, 20, 3)
    values[3, 1] = values[7, 0] = np.nan
    rows = [[None if np.isnan(item) else item for item in row] for row in values]
    ours = icc_forms(from_rows(rows)).figures
    oracle = theirs(values)
    for form in FORMS[1:3] + FORMS[4:]:
        assert ours[form].value == pytest.approx(oracle[form][0], abs=1e-9)
        assert ours[form].n == 18


def test_pingouin_leaves_out_of_the_one_way_form_what_that_form_can_use() -> None:
    # In the one-way model the raters of a task are any raters: two ratings of a task are enough.
    values = table(6, 20, 3)
    values[3, 1] = np.nan
    rows = [[None if np.isnan(item) else item for item in row] for row in values]
    ours = icc_forms(from_rows(rows)).figures["1,1"]
    assert ours.n == 20
    assert ours.value != pytest.approx(theirs(values)["1,1"][0], abs=1e-9)
    complete = icc_forms(from_rows(np.delete(values, 3, axis=0).tolist())).figures["1,1"]
    assert complete.value == pytest.approx(theirs(values)["1,1"][0], abs=1e-9)


def test_pingouin_has_no_word_for_data_without_variance() -> None:
    values = np.full((4, 3), 3.0)
    assert all(
        figure.value is None and figure.reason
        for figure in icc_forms(from_rows(values.tolist())).figures.values()
    )
    try:
        table = theirs(values)
    except (ValueError, ZeroDivisionError):
        return
    assert np.isnan(table["1,1"][0])
