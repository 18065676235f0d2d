"""Habits of raters: sides, ties, end points, severity, agreement with the others."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from labeling.stats import Ratings, RatingsError, krippendorff_alpha
from labeling.stats.raters import (
    Habits,
    agreement_residuals,
    alpha_without_each,
    answer_entropy,
    clicked_sides,
    extremity,
    majority_agreement,
    peer_agreement,
    severity,
    side_bias,
    tie_rate,
)
from tests.stats.shapes import from_rows

SCALE = (-2, -1, 0, 1, 2)
QUICK = settings(max_examples=25, deadline=None)

cells = st.one_of(st.none(), st.sampled_from(SCALE))
gappy = st.lists(st.lists(cells, min_size=4, max_size=4), min_size=1, max_size=12).filter(
    lambda rows: any(cell is not None for row in rows for cell in row)
)


def panel(rng: np.random.Generator, tasks: int, habits: list[Any]) -> Ratings:
    """Every rater judges every task; `habits` turn a sound judgment into the rater's own."""
    sound = rng.integers(-1, 2, tasks)
    return from_rows([[habit(int(value)) for habit in habits] for value in sound])


def sound(value: int) -> int:
    return value


# Sides


def test_ties_and_unknown_sides_are_left_out_of_side_bias() -> None:
    habits = side_bias(["rui"] * 4, [-1, 0, 1, -1], [True, True, False, None])
    assert habits.of("rui").figure.n == 2
    assert habits.of("rui").figure.value == 1.0
    assert "not known left out" in habits.overall.convention


def test_a_rater_with_few_decisive_judgments_is_never_pointed_at() -> None:
    habit = side_bias(["rui"] * 20, [-1] * 20, [True] * 20).of("rui")
    assert habit.p == pytest.approx(2 * 0.5**20)
    assert habit.status == "too few"
    assert habit.adjusted_p is None


def test_the_false_discovery_rate_is_held_over_the_raters() -> None:
    rng = np.random.default_rng(3)
    rater = np.repeat(np.arange(200), 100)
    shown = rng.random(len(rater)) < 0.5
    value = np.where(rng.random(len(rater)) < 0.5, -1, 1)
    clicker = rater == 7
    value[clicker] = np.where(shown[clicker], -1, 1)
    habits = side_bias(rater, value, shown)
    assert habits.standing_out == (7,)
    assert sum(habit.p is not None and habit.p < 0.05 for habit in habits.raters) > 5


def test_only_ties_leave_no_side_to_be_biased_to() -> None:
    habits = side_bias(["rui"] * 3, [0, 0, 0], [True, False, True])
    assert habits.of("rui").figure.value is None
    assert habits.overall.reason == "There is no decisive judgment whose screen side is known."
    assert habits.of("rui").p is None


def test_clicks_are_what_the_screen_saw() -> None:
    assert clicked_sides([-2, -2, 1, 0], [True, False, True, False]).tolist() == [-1, 1, 1, 0]
    with pytest.raises(RatingsError, match="shown_first at position 1"):
        clicked_sides([-2, 1], [True, None])


@pytest.mark.parametrize("hole", [float("nan"), float("inf"), None])
def test_a_value_that_is_no_number_is_refused_by_position(hole: Any) -> None:
    with pytest.raises(RatingsError, match="value at position 1 is"):
        side_bias(["a", "b"], [1, hole], [True, True])


def test_columns_of_unequal_length_are_refused_with_the_lengths() -> None:
    with pytest.raises(RatingsError, match="rater has 2, value has 3, shown_first has 3"):
        side_bias(["a", "b"], [1, 1, 1], [True, True, True])


def test_a_side_that_is_neither_yes_nor_no_is_refused_by_position() -> None:
    with pytest.raises(RatingsError, match="shown_first at position 1 is 2"):
        side_bias(["a", "b"], [1, 1], [1, 2])
    with pytest.raises(RatingsError, match="shown_first at position 0 is left"):
        side_bias(["a"], [1], ["left"])


@pytest.mark.parametrize("options", [{"min_n": 0}, {"rate": 0.0}, {"confidence": 1.0}])
def test_options_that_decide_nothing_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        side_bias(["a"], [1], [True], **options)


def test_nobody_judged_anything() -> None:
    habits = side_bias([], [], [])
    assert habits.raters == ()
    assert habits.overall.value is None
    with pytest.raises(KeyError):
        habits.of("rui")


@QUICK
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from((-1, 1)), st.booleans())))
def test_the_other_side_has_the_rest(cells: list[tuple[str, int, bool]]) -> None:
    rater, value, shown = [c[0] for c in cells], [c[1] for c in cells], [c[2] for c in cells]
    left = side_bias(rater, value, shown)
    right = side_bias(rater, value, [not item for item in shown])
    for one, other in zip(left.raters, right.raters, strict=True):
        assert one.figure.value is not None
        assert other.figure.value is not None
        assert one.figure.value + other.figure.value == pytest.approx(1)
        assert one.p == pytest.approx(other.p)


@QUICK
@given(st.integers(1, 60), st.data())
def test_the_exact_test_equals_scipy(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    habit = side_bias(["a"] * n, [-1] * k + [1] * (n - k), [True] * n).of("a")
    assert habit.p == pytest.approx(stats.binomtest(k, n).pvalue)


# Ties, ends, severity


def test_a_rater_who_never_ties_stands_out_beside_the_others() -> None:
    rng = np.random.default_rng(0)
    ratings = panel(rng, 120, [sound, sound, lambda value: value or 1])
    habits = tie_rate(ratings, categories=(-1, 0, 1))
    assert habits.standing_out == (0, 1, 2)
    never = habits.of(2)
    assert never.figure.value == 0.0
    assert never.expected == pytest.approx(habits.of(0).figure.value)
    assert never.z is not None
    assert never.z < -5
    assert never.difference is not None
    assert never.difference.high is not None
    assert never.difference.high < 0


def test_a_tie_rate_as_high_as_the_tasks_ask_for_is_as_expected() -> None:
    easy = [[-1, -1, -1, None]] * 60
    hard = [[None, 0, 0, 0]] * 60
    habits = tie_rate(from_rows(easy + hard), categories=(-1, 0, 1))
    assert habits.of(3).figure.value == 1.0
    assert habits.of(3).expected == 1.0
    assert habits.of(3).difference == habits.of(3).difference
    assert habits.standing_out == ()


def test_a_difference_that_never_varies_has_no_interval_but_a_test() -> None:
    habits = tie_rate(from_rows([[0, 1, 1]] * 40), categories=(-1, 0, 1))
    gap = habits.of(0).difference
    assert gap is not None
    assert (gap.value, gap.low) == (1.0, None)
    assert gap.reason == "No interval: the difference is the same on all 40 tasks."
    assert habits.of(0).status == "stands out"


def test_tasks_nobody_else_judged_say_nothing_about_the_difference() -> None:
    habits = tie_rate(from_rows([[0], [1], [0]]), categories=(-1, 0, 1))
    habit = habits.of(0)
    assert habit.figure.value == pytest.approx(2 / 3)
    assert habit.difference is not None
    assert habit.difference.reason == "No task of this rater was judged by anybody else."
    assert (habit.expected, habit.z, habit.p, habit.status) == (None, None, None, "too few")


def test_the_ends_are_those_of_the_declared_scale() -> None:
    ratings = from_rows([[-1, 1], [1, 1], [0, -1]])
    assert extremity(ratings, categories=(-1, 0, 1)).overall.value == pytest.approx(5 / 6)
    assert extremity(ratings, categories=SCALE).overall.value == 0.0
    with pytest.raises(ValueError, match="two ends"):
        extremity(from_rows([[1]]), categories=(1,))


def test_a_stricter_rater_lies_below_the_others() -> None:
    rng = np.random.default_rng(1)
    quality = rng.integers(3, 8, 80)
    rows = [[int(q), int(q) + int(rng.integers(0, 2)), int(q) - 2] for q in quality]
    habits = severity(from_rows(rows), categories=range(11))
    strict = habits.of(2)
    assert strict.difference is not None
    assert strict.difference.value == pytest.approx(-2.25, abs=0.2)
    assert strict.difference.high is not None
    assert strict.difference.high < -2
    assert strict.figure.low is not None


def test_strength_counts_from_the_tie_whichever_side() -> None:
    ratings = from_rows([[-2, 1], [2, -1], [-2, 1], [2, 0]])
    habits = severity(ratings, categories=SCALE, of="strength")
    assert habits.of(0).figure.value == 2.0
    assert habits.of(1).figure.value == 0.75


def test_words_have_no_severity() -> None:
    with pytest.raises(ValueError, match="numbers"):
        severity(from_rows([["good", "bad"]]))


def test_the_entropy_of_even_and_of_single_answers() -> None:
    ratings = Ratings(range(12), ["even"] * 4 + ["one"] * 4 + ["odd"] * 4, [0, 0, 1, 1] * 1
                      + [1] * 4 + [0, 1, 1, 1])  # fmt: skip
    found = answer_entropy(ratings, categories=(0, 1))
    assert found["even"].value == 1.0
    assert found["one"].value == 0.0
    assert found["one"].reason
    assert found["odd"].value == pytest.approx(stats.entropy([1, 3], base=2))
    assert found["odd"].low is not None


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


def test_raters_alike_are_pointed_at_no_more_often_than_promised() -> None:
    rng = np.random.default_rng(5)
    found = 0
    for _ in range(100):
        hard = rng.random((60, 1)) * 0.5
        rows = (rng.random((60, 6)) < hard).astype(int)
        habits = peer_agreement(from_rows(rows.tolist()), categories=(0, 1))
        found += sum(habit.p is not None and habit.p < 0.05 for habit in habits.raters)
    assert 0.02 < found / 600 < 0.08


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


@QUICK
@given(gappy)
def test_majority_agreement_equals_its_definition(rows: list[list[Any]]) -> None:
    found = majority_agreement(from_rows(rows), categories=SCALE)
    for rater, figure in found.items():
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


@QUICK
@given(gappy, st.sampled_from(("nominal", "ordinal", "interval")), st.booleans())
def test_alpha_without_a_rater_equals_alpha_of_the_rest(
    rows: list[list[Any]], level: Any, symmetric: bool
) -> None:
    ratings = from_rows(rows)
    whole = krippendorff_alpha(ratings, level, categories=SCALE, symmetric=symmetric).value
    found = alpha_without_each(ratings, level=level, symmetric=symmetric, categories=SCALE)
    for rater, figure in found.items():
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


@QUICK
@given(gappy, st.permutations(range(4)))
def test_names_of_raters_do_not_matter(rows: list[list[Any]], order: list[int]) -> None:
    moved = [[row[place] for place in order] for row in rows]

    def told(habits: Habits) -> dict[Any, Any]:
        return {
            habit.rater: (habit.figure.value, habit.expected, habit.z) for habit in habits.raters
        }

    for compute in (tie_rate, peer_agreement):
        plain = told(compute(from_rows(rows), categories=SCALE))
        other = told(compute(from_rows(moved), categories=SCALE))
        for place, name in enumerate(order):
            assert (name in plain) == (place in other)
            if name in plain:
                assert plain[name] == pytest.approx(other[place])


def test_known_chances_leave_nothing_to_test_where_they_are_certain() -> None:
    found = agreement_residuals(["a", "a"], [1.0, 0.0], [True, True])[0]
    assert (found.z, found.p, found.excess.low) == (None, None, None)
    assert found.excess.value == 0.5
    with pytest.raises(RatingsError, match=r"chance at position 1 is 1\.2, above 1"):
        agreement_residuals(["a", "a"], [1.0, 1.2], [True, True])
