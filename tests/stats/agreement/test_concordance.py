"""Concordance of rankings: scipy as the oracle, identities, ties, odd data."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from labeling.stats import Ratings, RatingsError
from labeling.stats.agreement.concordance import (
    friedman_test,
    kendall_w,
    kendall_w_within,
    mean_spearman,
)
from labeling.stats.agreement.tau import kendall_tau, kendall_tau_pairs
from labeling.stats.intervals.jackknife import leave_one_out_interval
from tests.stats.shapes import from_rows, golden

CASES = {case["name"]: case for case in golden("statistics")}

rankings = st.integers(2, 4).flatmap(
    lambda raters: st.integers(2, 8).flatmap(
        lambda objects: st.lists(
            st.permutations(range(objects)), min_size=raters, max_size=raters
        ).map(lambda columns: [list(row) for row in zip(*columns, strict=True)])
    )
)
tied = st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=3, max_size=12)


def scored(seed: int, objects: int, raters: int, steps: int) -> Any:
    """Scores that follow a common truth, with ties."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=(objects, 1))
    return np.round((truth + rng.normal(size=(objects, raters))) * steps / 4).astype(int)


def by_columns(name: str) -> Ratings:
    """A golden case whose rows are judges."""
    return from_rows(list(zip(*CASES[name]["rankings"], strict=True)))


def test_when_every_rank_is_tied_w_and_tau_are_undefined() -> None:
    ratings = by_columns("degenerate_kendall_w_all_tied")
    for figure in (kendall_w(ratings), kendall_w(ratings, correct_ties=False)):
        assert (figure.value, figure.n) == (None, 3)
        assert figure.reason == "All ranks are tied: every rater put all 3 objects level."
    tau = kendall_tau(ratings)
    assert tau.value is None
    assert tau.reason == (
        "One of the two put all 3 objects level, so that no order can be compared."
    )
    assert friedman_test(ratings) == (0.0, 2, 1.0)


def test_a_single_judge_agrees_with_nobody() -> None:
    figure = kendall_w(by_columns("degenerate_kendall_w_single_judge"))
    assert figure.value is None
    assert figure.reason == "Concordance needs at least 2 raters, and here is 1."


def test_the_test_of_w_is_friedmans_as_scipy_has_it() -> None:
    values = scored(3, 20, 4, 5)
    friedman = friedman_test(from_rows(values.tolist()))
    # scipy's groups are the things compared, here the objects; its blocks are the raters.
    theirs = stats.friedmanchisquare(*values)
    assert friedman == pytest.approx((theirs.statistic, 19, theirs.pvalue))
    assert friedman[0] == pytest.approx(
        4 * 19 * kendall_w(from_rows(values.tolist())).value  # type: ignore[operator]
    )


def test_mean_spearman_is_the_mean_of_scipys() -> None:
    values = scored(4, 25, 4, 4)
    theirs = [
        stats.spearmanr(values[:, a], values[:, b]).statistic for a, b in combinations(range(4), 2)
    ]
    assert mean_spearman(from_rows(values.tolist())).value == pytest.approx(np.mean(theirs))


@given(rankings)
def test_without_ties_w_is_a_function_of_mean_spearman(rows: list[Any]) -> None:
    raters = len(rows[0])
    w, rho = kendall_w(from_rows(rows)).value, mean_spearman(from_rows(rows)).value
    assert rho is not None
    assert w == pytest.approx((1 + (raters - 1) * rho) / raters)
    assert w == pytest.approx(kendall_w(from_rows(rows), correct_ties=False).value)


@given(tied)
def test_w_lies_between_0_and_1_and_ties_can_only_lower_it_uncorrected(rows: list[Any]) -> None:
    w = kendall_w(from_rows(rows)).value
    assume(w is not None)
    plain = kendall_w(from_rows(rows), correct_ties=False).value
    assert w is not None
    assert plain is not None
    assert -1e-12 <= plain <= w + 1e-12 <= 1 + 1e-9


@given(tied)
def test_ranks_and_scores_give_the_same_and_so_does_counting_backwards(rows: list[Any]) -> None:
    ranks = stats.rankdata(rows, axis=0).tolist()
    backwards = [[-5 * item for item in row] for row in rows]
    for statistic in (kendall_w, mean_spearman):
        before = statistic(from_rows(rows)).value
        for other in (ranks, backwards):
            again = statistic(from_rows(other)).value
            assert again == (None if before is None else pytest.approx(before))


def test_the_jackknife_of_w_ranks_the_rest_anew() -> None:
    values = scored(5, 12, 3, 4)
    for statistic, floor in ((kendall_w, 0.0), (mean_spearman, -1 / 2)):
        whole = statistic(from_rows(values.tolist()))
        rest = [
            statistic(from_rows(np.delete(values, skip, axis=0).tolist())).value
            for skip in range(12)
        ]
        assert whole.value is not None
        ends = leave_one_out_interval(whole.value, np.array(rest, float), np.ones(12), floor)
        assert ends is not None
        assert (whole.low, whole.high) == pytest.approx(tuple(ends))


def test_objects_of_one_prompt_are_left_out_together() -> None:
    plain = from_rows(scored(6, 24, 3, 4).tolist())
    together = Ratings(plain.unit, plain.rater, plain.value, plain.unit // 2)
    figure = kendall_w(together)
    assert figure.value == kendall_w(plain).value
    assert "over 12 prompts" in figure.convention
    rest = []
    for skip in range(12):
        kept = together.unit // 2 != skip
        rest.append(
            kendall_w(Ratings(plain.unit[kept], plain.rater[kept], plain.value[kept])).value
        )
    assert figure.value is not None
    ends = leave_one_out_interval(figure.value, np.array(rest, dtype=float), np.ones(12), 0.0)
    assert ends is not None
    assert (figure.low, figure.high) == pytest.approx(tuple(ends))


def test_a_short_list_has_no_interval_and_says_so() -> None:
    figure = kendall_w(from_rows([[1, 1], [2, 3], [3, 2]]))
    assert figure.low is None
    assert figure.reason == "No interval: the figure rests on fewer than 10 objects."
    same = kendall_w(from_rows([[item, item] for item in range(12)]))
    assert (same.value, same.low) == (1.0, None)
    assert same.reason == "No interval: leaving out one of the objects changes nothing."


def test_objects_that_some_rater_left_out_are_counted_in_the_convention() -> None:
    full = [[1, 1], [2, 3], [3, 2]]
    figure = kendall_w(from_rows([*full, [4, None]]))
    assert figure.value == kendall_w(from_rows(full)).value
    assert "1 left out" in figure.convention
    nothing = kendall_w(from_rows([[1, None], [None, 2]]))
    assert nothing.reason == (
        "No object was ranked by all 2 raters, and concordance needs at least 2."
    )


def test_rankings_of_responses_are_compared_within_each_task() -> None:
    cells = [
        # task 1: in one order; task 2: opposite orders; task 3: ranked in full by one rater only
        *[(f"1{name}", "rui", place, 1) for place, name in enumerate("abc")],
        *[(f"1{name}", "sam", place, 1) for place, name in enumerate("abc")],
        *[(f"2{name}", "rui", place, 2) for place, name in enumerate("abcd")],
        *[(f"2{name}", "tao", -place, 2) for place, name in enumerate("abcd")],
        *[(f"3{name}", "rui", place, 3) for place, name in enumerate("ab")],
        ("3a", "sam", 1, 3),
    ]
    ratings = Ratings(*([cell[i] for cell in cells] for i in range(4)))
    figure = kendall_w_within(ratings)
    assert (figure.value, figure.n) == (0.5, 2)
    assert "1 task left out" in figure.convention
    with pytest.raises(RatingsError, match="cluster must name the task"):
        kendall_w_within(from_rows([[1, 2]]))


def test_the_mean_w_of_many_tasks_is_the_mean_of_each() -> None:
    rng = np.random.default_rng(8)
    blocks = [rng.integers(0, 4, (4, 3)) for _ in range(30)]
    unit = np.repeat(np.arange(120), 3)
    ratings = Ratings(unit, np.tile([0, 1, 2], 120), np.concatenate(blocks).ravel(), unit // 4)
    alone = [kendall_w(from_rows(block.tolist())).value for block in blocks]
    figure = kendall_w_within(ratings)
    assert figure.value == pytest.approx(np.mean([item for item in alone if item is not None]))
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low < (figure.value or 0) < figure.high


@pytest.mark.parametrize("steps", [2, 5, 50])
def test_tau_of_every_pair_equals_scipys_with_ties_and_holes(steps: int) -> None:
    values = scored(steps, 30, 4, steps).astype(float)
    values[np.random.default_rng(steps).random(values.shape) < 0.25] = np.nan
    unit, rater = np.nonzero(~np.isnan(values))
    pairs = kendall_tau_pairs(Ratings(unit, rater, values[unit, rater]))
    assert len(pairs) == 6
    for index in range(len(pairs)):
        a, b = values[:, pairs.first[index]], values[:, pairs.second[index]]
        both = ~np.isnan(a) & ~np.isnan(b)
        theirs = stats.kendalltau(a[both], b[both]).statistic
        figure = pairs.figure(index)
        assert figure.value == pytest.approx(theirs, abs=1e-12)
        assert figure.n == both.sum()
        assert pairs.matrix()[pairs.second[index], pairs.first[index]] == figure.value


@pytest.mark.parametrize("per_prompt", [1, 3])
def test_the_jackknife_of_tau_leaves_out_whole_prompts(per_prompt: int) -> None:
    values = scored(9, 24, 3, 4)
    unit, rater = np.repeat(np.arange(24), 3), np.tile([0, 1, 2], 24)
    prompt = np.arange(24) // per_prompt
    pairs = kendall_tau_pairs(Ratings(unit, rater, values.ravel(), prompt[unit]))
    for index, (a, b) in enumerate(combinations(range(3), 2)):
        rest = [
            stats.kendalltau(values[prompt != skip, a], values[prompt != skip, b]).statistic
            for skip in np.unique(prompt)
        ]
        ends = leave_one_out_interval(
            float(pairs.tau[index]), np.array(rest), np.ones(len(rest)), -1.0
        )
        assert ends is not None
        assert (pairs.low[index], pairs.high[index]) == pytest.approx(tuple(ends))


def test_tau_says_what_is_missing() -> None:
    assert kendall_tau(from_rows([[1, None], [None, 2]])).reason == "They share no object."
    assert kendall_tau(from_rows([[1, 1], [None, 2]])).reason == (
        "They share only 1 object; an order needs at least 2."
    )
    same = kendall_tau(from_rows([[1, 1], [2, 2], [3, 3]]))
    assert (same.value, same.low) == (1.0, None)
    assert same.reason is not None
    assert same.reason.startswith("No interval:")
    with pytest.raises(ValueError, match="here are 3: name two"):
        kendall_tau(from_rows([[1, 1, 2], [1, 2, 2]]))
    assert kendall_tau(from_rows([[1, 1, 2], [2, 2, 1]]), 0, 2).value == -1.0
    assert len(kendall_tau_pairs(Ratings([], [], []))) == 0


def test_words_have_an_order_only_where_it_is_declared() -> None:
    words = from_rows([["low", "low"], ["mid", "high"], ["high", "mid"]])
    for statistic in (kendall_w, mean_spearman, friedman_test, kendall_tau_pairs):
        with pytest.raises(RatingsError, match="declared order"):
            statistic(words)
    codes = from_rows([[0, 0], [1, 2], [2, 1]])
    scale = ("low", "mid", "high")
    assert kendall_w(words, categories=scale).value == kendall_w(codes).value
    assert kendall_tau(words, categories=scale).value == pytest.approx(1 / 3)


def test_more_different_values_than_fit_are_refused_in_words() -> None:
    ratings = Ratings(np.tile(np.arange(2001), 2), np.repeat([0, 1], 2001), np.arange(4002.0))
    with pytest.raises(RatingsError, match="2,001 different values"):
        kendall_tau_pairs(ratings)
