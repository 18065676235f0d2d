"""What rankings refuse: an error names the column and the position."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from labeling.stats.ranking import (
    Comparisons,
    bradley_terry,
    elo,
    head_to_head,
    style_features,
)
from labeling.stats.ratings import RatingsError


@pytest.mark.parametrize("hole", [float("nan"), float("inf"), None])
def test_a_value_that_is_no_number_is_refused_by_position(hole: Any) -> None:
    with pytest.raises(RatingsError, match="value at position 1 is"):
        Comparisons(["a", "a"], ["b", "c"], [1, hole])


def test_a_missing_item_is_refused_by_position() -> None:
    with pytest.raises(RatingsError, match="second at position 1 is None"):
        Comparisons(["a", "a"], np.array(["b", None]), [1, 0])


def test_a_word_as_value_is_refused() -> None:
    with pytest.raises(RatingsError, match="value at position 0 is"):
        Comparisons(["a"], ["b"], ["better"])


def test_an_item_compared_with_itself_is_refused_by_position() -> None:
    with pytest.raises(RatingsError, match="first and second at position 1 are both m2"):
        Comparisons(["m1", "m2"], ["m2", "m2"], [1, 1])


def test_unequal_lengths_are_refused_with_the_lengths() -> None:
    with pytest.raises(RatingsError, match="first has 2, second has 2, value has 2, weight has 1"):
        Comparisons([1, 2], [2, 3], [0, 1], weight=[1])


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("left", [1, 2], "left at position 1 is 2, which is not -1, 0 or 1"),
        ("weight", [1, -0.5], "weight at position 1 is -0.5, which is below 0"),
        ("count", [0.5, 1], "count at position 0 is 0.5, which is not a whole number"),
        ("features", [[1.0], [float("nan")]], "features at position 1, column 0 is nan"),
    ],
)
def test_a_wrong_column_is_refused_by_position(column: str, values: Any, message: str) -> None:
    with pytest.raises(RatingsError, match=message):
        Comparisons([1, 2], [2, 3], [0, 1], **{column: values})


@pytest.mark.parametrize(
    ("wins", "ties", "message"),
    [
        ([[0, 1]], None, r"shape \(2, 2\)"),
        ([[1, 1], [0, 0]], None, "counts on its diagonal"),
        ([[0, 1.5], [0, 0]], None, "row 0, column 1 is 1.5"),
        ([[0, 1], [0, 0]], [[0, 1], [0, 0]], "symmetric"),
    ],
)
def test_a_wrong_table_of_counts_is_refused(wins: Any, ties: Any, message: str) -> None:
    with pytest.raises(RatingsError, match=message):
        Comparisons.from_counts(["a", "b"], wins, ties)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ties": "quarter"}, "ties must be one of"),
        ({"interval": "credible"}, "no interval called"),
        ({"interval": "cluster"}, "needs the cluster"),
        ({"side": True}, "stood on the left"),
        ({"style": True}, "differences in style"),
        ({"ridge": -1.0}, "ridge must be 0"),
        ({"resamples": 1}, "at least 2 resamples"),
        ({"confidence": 1.0}, "between 0 and 1"),
    ],
)
def test_a_wrong_option_is_refused(options: Any, message: str) -> None:
    rows = Comparisons(["a", "b"], ["b", "a"], [1, 1])
    with pytest.raises(ValueError, match=message):
        bradley_terry(rows, **options)


def test_an_unknown_item_is_refused_by_name() -> None:
    ranking = bradley_terry(Comparisons(["a", "b"], ["b", "a"], [1, 1]))
    with pytest.raises(KeyError, match="'z' is not among the items"):
        ranking.strength_of("z")
    with pytest.raises(KeyError, match="not two of the items"):
        head_to_head(Comparisons(["a"], ["b"], [1])).figure("a", "a")


def test_style_amounts_below_zero_are_refused_by_position() -> None:
    with pytest.raises(RatingsError, match="second at position 1, column 0 is -3"):
        style_features([1, 2], [1, -3])
    still = style_features([[5, 0], [5, 0]], [[5, 0], [5, 0]])
    assert not still.values.any()


def test_elo_takes_no_weights_because_they_have_no_order() -> None:
    with pytest.raises(ValueError, match="have no order"):
        elo(Comparisons(["a"], ["b"], [1], weight=[2]))
    with pytest.raises(ValueError, match="k must be above 0 and finite"):
        elo(Comparisons(["a"], ["b"], [1]), k=0)


def test_elo_depends_on_the_order_of_games_and_says_so() -> None:
    forward = elo(Comparisons(["a", "a", "b"], ["b", "b", "a"], [-1, -1, -1]), k=32)
    backward = elo(Comparisons(["b", "a", "a"], ["a", "b", "b"], [-1, -1, -1]), k=32)
    assert forward.rating[0] != pytest.approx(backward.rating[0], abs=1e-3)
    assert "another order gives other ratings" in forward.convention


def test_numbers_beside_names_are_refused() -> None:
    with pytest.raises(RatingsError, match="both be numbers or both be names"):
        Comparisons([1, 2], ["1", "2"], [1, 1])
