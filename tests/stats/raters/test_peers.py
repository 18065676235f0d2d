"""Agreement of raters with the others, and the permutation behind its test."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.stats import Ratings, RatingsError, krippendorff_alpha
from labeling.stats.raters import (
    Habits,
    agreement_residuals,
    alpha_without_each,
    majority_agreement,
    peer_agreement,
    severity,
    tie_rate,
)
from tests.stats.raters.panels import SCALE, gappy, panel, sound
from tests.stats.shapes import from_rows

# The permutation behind the tests


@pytest.mark.parametrize("rows", [[[0, 1, 1, 2]], [[0, 0, 1], [2, 1, 1], [2, 2, 2]]])
def test_the_variance_is_that_of_all_ways_to_deal_the_judgments(rows: list[list[int]]) -> None:
    """Deal each task's judgments in every order; the mean difference is 0, its variance as told."""
    by_hand = []
    for row in rows:
        far = [deal[0] - np.mean(deal[1:]) for deal in permutations(row)]
        assert np.mean(far) == pytest.approx(0)
        by_hand.append(np.var(far))
    habit = severity(from_rows(rows), categories=(0, 1, 2)).of(0)
    observed = sum(row[0] - np.mean(row[1:]) for row in rows)
    assert habit.z == pytest.approx(observed / np.sqrt(sum(by_hand)))


def test_agreement_with_the_others_has_the_variance_of_all_deals() -> None:
    rows = [[0, 1, 1, 2], [0, 0, 1], [2, 2, 2], [1, 0, 0, 0, 2]]

    def far(deal: Any) -> float:
        mine, rest = deal[0], deal[1:]
        pairs = [a == b for place, a in enumerate(rest) for b in rest[place + 1 :]]
        return float(np.mean([mine == other for other in rest]) - np.mean(pairs))

    variance = 0.0
    for row in rows:
        every = [far(deal) for deal in permutations(row)]
        assert np.mean(every) == pytest.approx(0)
        variance += float(np.var(every))
    habit = peer_agreement(from_rows(rows), categories=(0, 1, 2)).of(0)
    observed = sum(far(row) for row in rows)
    assert habit.z == pytest.approx(observed / np.sqrt(variance))
    assert habit.difference is not None
    assert habit.difference.value == pytest.approx(observed / len(rows))


def test_intervals_go_over_prompts_where_tasks_share_them() -> None:
    rng = np.random.default_rng(0)
    rows = np.repeat(rng.integers(0, 2, (30, 3)), 4, axis=0).tolist()
    plain = from_rows(rows)
    shared = Ratings(plain.unit, plain.rater, plain.value, cluster=plain.unit // 4)
    alone = Ratings(plain.unit, plain.rater, plain.value, cluster=plain.unit)
    wide, narrow, same = (
        peer_agreement(item, categories=(0, 1)).of(0).difference for item in (shared, plain, alone)
    )
    assert wide is not None
    assert narrow is not None
    assert same is not None
    assert (wide.value, wide.n) == (narrow.value, narrow.n)
    assert same.low == narrow.low
    assert wide.high is not None
    assert narrow.high is not None
    assert wide.value is not None
    assert narrow.value is not None
    assert wide.high - wide.value == pytest.approx(2 * (narrow.high - narrow.value), rel=0.05)
    assert wide.convention.endswith("95% Student t interval over prompts")


# Agreement with the others


def test_a_rater_given_hard_tasks_is_not_blamed_for_them() -> None:
    rng = np.random.default_rng(2)
    easy = [[1, 1, 1, 1, None] for _ in range(100)]
    hard = [[*rng.integers(0, 2, 3).tolist(), None, int(rng.integers(0, 2))] for _ in range(100)]
    habits = peer_agreement(from_rows(easy + hard), categories=(0, 1))
    assert habits.of(4).figure.value == pytest.approx(0.5, abs=0.1)
    assert habits.of(4).status == "as expected"


def test_a_rater_who_tosses_coins_lies_below_the_others() -> None:
    rng = np.random.default_rng(2)
    ratings = panel(rng, 150, [sound, sound, sound, lambda _: int(rng.integers(-1, 2))])
    habits = peer_agreement(ratings, categories=(-1, 0, 1))
    tosser = habits.of(3)
    assert tosser.status == "stands out"
    assert tosser.difference is not None
    assert tosser.difference.value == pytest.approx(-2 / 3, abs=0.1)
    alphas = alpha_without_each(ratings, categories=(-1, 0, 1))
    assert max(alphas, key=lambda name: alphas[name].value or -9) == 3


def test_pairs_of_judgments_cannot_say_how_hard_a_task_is() -> None:
    habit = peer_agreement(from_rows([[1, 1], [0, 1]]), categories=(0, 1)).of(0)
    assert habit.figure.value == 0.5
    assert habit.difference is not None
    assert habit.difference.reason
    assert "at least two others" in habit.difference.reason


def test_same_side_ignores_strength() -> None:
    rows = from_rows([[-2, -1, -2], [1, 2, 2], [0, 0, 0]])
    assert peer_agreement(rows, categories=SCALE, same_side=True).overall.value == 1.0
    assert majority_agreement(rows, categories=SCALE, same_side=True)[0].value == 1.0
    assert majority_agreement(rows, categories=SCALE)[1].value == 0.5
    with pytest.raises(ValueError, match="numbers"):
        peer_agreement(from_rows([["a", "b"]]), same_side=True)


@given(gappy)
def test_majority_agreement_equals_its_definition(rows: list[list[Any]]) -> None:
    figures = majority_agreement(from_rows(rows), categories=SCALE)
    for rater, figure in figures.items():
        points = []
        for row in rows:
            rest = [cell for place, cell in enumerate(row) if place != rater and cell is not None]
            if row[rater] is None or not rest:
                continue
            most = max(rest.count(value) for value in rest)
            front = {value for value in rest if rest.count(value) == most}
            points.append((row[rater] in front) / len(front))
        if points:
            assert figure.value == pytest.approx(np.mean(points))
        assert figure.n == len(points)


@given(gappy, st.sampled_from(("nominal", "ordinal", "interval")), st.booleans())
def test_alpha_without_a_rater_equals_alpha_of_the_rest(
    rows: list[list[Any]], level: Any, symmetric: bool
) -> None:
    ratings = from_rows(rows)
    whole = krippendorff_alpha(ratings, level, categories=SCALE, symmetric=symmetric).value
    changes = alpha_without_each(ratings, level=level, symmetric=symmetric, categories=SCALE)
    for rater, figure in changes.items():
        kept = ratings.rater != rater
        rest = Ratings(ratings.unit[kept], ratings.rater[kept], ratings.value[kept])
        alpha = krippendorff_alpha(rest, level, categories=SCALE, symmetric=symmetric).value
        if whole is None or alpha is None:
            assert figure.value is None
            assert figure.reason
        else:
            assert figure.value == pytest.approx(alpha - whole, abs=1e-9)


def test_a_symmetric_alpha_needs_a_scale_that_mirrors_itself() -> None:
    with pytest.raises(ValueError, match="mirrors itself"):
        alpha_without_each(from_rows([[0, 1]]), symmetric=True, categories=(0, 1, 2))


@given(gappy, st.permutations(range(4)))
def test_names_of_raters_do_not_matter(rows: list[list[Any]], order: list[int]) -> None:
    moved = [[row[place] for place in order] for row in rows]

    def summary(habits: Habits) -> dict[Any, Any]:
        return {
            habit.rater: (habit.figure.value, habit.expected, habit.z) for habit in habits.raters
        }

    for compute in (tie_rate, peer_agreement):
        plain = summary(compute(from_rows(rows), categories=SCALE))
        other = summary(compute(from_rows(moved), categories=SCALE))
        for place, name in enumerate(order):
            assert (name in plain) == (place in other)
            if name in plain:
                assert plain[name] == pytest.approx(other[place])


def test_known_chances_leave_nothing_to_test_where_they_are_certain() -> None:
    residual = agreement_residuals(["a", "a"], [1.0, 0.0], [True, True])[0]
    assert (residual.z, residual.p, residual.excess.low) == (None, None, None)
    assert residual.excess.value == 0.5
    with pytest.raises(RatingsError, match=r"chance at position 1 is 1\.2, above 1"):
        agreement_residuals(["a", "a"], [1.0, 1.2], [True, True])
