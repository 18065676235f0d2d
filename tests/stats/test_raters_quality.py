"""Raters one by one: gold, self-consistency, pace, runs of answers, drift, anomalous votes."""

from __future__ import annotations

from itertools import groupby, pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.sandbox.stats.runs import runstest_1samp

from labeling.stats import RatingsError
from labeling.stats.multiplicity import fisher_combination
from labeling.stats.raters import (
    anchor_drift,
    anomalous_voters,
    beta_moments,
    concentration,
    confidence_thresholds,
    cusum,
    ewma,
    expected_runs,
    gold_accuracy,
    hit_drift,
    longest_run,
    pace,
    reading_floor,
    robust_z,
    self_consistency,
    straight_lining,
    time_against_task,
)

QUICK = settings(max_examples=25, deadline=None)
finite = st.floats(-1e3, 1e3)


# Gold


def test_a_rater_without_gold_is_listed_with_a_reason() -> None:
    report = gold_accuracy(["rui"], [True], raters=["sam", "rui"])
    assert [gold.rater for gold in report.raters] == ["sam", "rui"]
    sam = report.of("sam")
    assert sam.observed.value is None
    assert sam.posterior.value is None
    assert sam.posterior.reason == "No gold task was answered yet."
    assert sam.decision == "extend"


def test_a_rater_not_to_be_reported_is_refused_by_name() -> None:
    with pytest.raises(RatingsError, match="rater tao is not among"):
        gold_accuracy(["tao"], [True], raters=["sam"])


def test_the_posterior_is_the_beta_of_prior_and_counts() -> None:
    gold = gold_accuracy(["a"] * 10, [1] * 7 + [0] * 3, prior=(2, 3)).of("a")
    posterior = stats.beta(9, 6)
    assert gold.posterior.value == pytest.approx(posterior.mean())
    assert [gold.posterior.low, gold.posterior.high] == pytest.approx(posterior.interval(0.95))
    assert gold.above == pytest.approx(posterior.sf(0.75))
    assert "Beta(2, 3) prior as given" in gold.posterior.convention


def test_a_prior_from_all_raters_draws_those_with_little_gold_to_the_others() -> None:
    rng = np.random.default_rng(0)
    accuracy = rng.beta(16, 4, 60)
    rater = np.repeat(np.arange(60), 50)
    correct = rng.random(len(rater)) < accuracy[rater]
    rater, correct = np.append(rater, [99, 99]), np.append(correct, [False, False])
    report = gold_accuracy(rater, correct, prior="raters")
    assert report.prior[0] / sum(report.prior) == pytest.approx(0.8, abs=0.03)
    assert 8 < sum(report.prior) < 50
    newcomer = report.of(99)
    assert newcomer.observed.value == 0.0
    assert newcomer.posterior.value is not None
    assert newcomer.posterior.value > 0.6
    assert "empirical Bayes" in report.convention


def test_raters_who_differ_by_chance_only_make_a_prior_worth_all_the_gold() -> None:
    assert beta_moments([5, 5, 5], [10, 10, 10]) == (15.0, 15.0)


@pytest.mark.parametrize(("right", "n"), [([], []), ([3], [4]), ([4, 5], [4, 5]), ([0, 0], [4, 5])])
def test_too_little_to_make_a_prior_of(right: list[int], n: list[int]) -> None:
    assert beta_moments(right, n) is None


def test_raters_who_are_always_or_never_right_make_the_flattest_prior() -> None:
    found = beta_moments([10, 0, 10, 0], [10, 10, 10, 10])
    assert found == (0.5, 0.5)


def test_without_other_raters_the_prior_is_uniform_and_says_so() -> None:
    report = gold_accuracy(["a"] * 4, [1] * 4, prior="raters")
    assert report.prior == (1.0, 1.0)
    assert "do not suffice" in report.convention


@pytest.mark.parametrize(
    "options",
    [
        {"threshold": 1.0},
        {"passing": 0.1, "failing": 0.2},
        {"prior": (0, 1)},
        {"prior": (1, np.inf)},
    ],
)
def test_rules_out_of_range_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        gold_accuracy(["a"], [1], **options)


def test_an_answer_that_is_neither_right_nor_wrong_is_refused_by_position() -> None:
    with pytest.raises(RatingsError, match=r"correct at position 1 is 0\.5"):
        gold_accuracy(["a", "a"], [1, 0.5])


@QUICK
@given(st.integers(0, 30), st.integers(0, 30))
def test_one_more_right_answer_never_lowers_the_posterior(right: int, wrong: int) -> None:
    def above(k: int, n: int) -> float:
        return gold_accuracy(["a"] * n, [1] * k + [0] * (n - k), raters=["a"]).of("a").above

    assert above(right + 1, right + wrong + 1) > above(right, right + wrong)
    assert above(right, right + wrong + 1) < above(right, right + wrong)


# Self-consistency


def test_equal_values_and_equal_sides_are_two_figures() -> None:
    report = self_consistency(["a"] * 4, [-2, -1, 0, 1], [-2, -2, 0, -1])
    assert report.raters[0].equal.value == 0.5
    assert report.raters[0].same_side.value == 0.75
    assert report.raters[0].swap is None
    assert report.equal.n == 4


def test_the_same_choice_on_a_swapped_screen_is_consistent() -> None:
    report = self_consistency(
        ["a"], [-1], [-1], first_shown_first=[True], repeat_shown_first=[False]
    )
    found = report.raters[0]
    assert found.equal.value == 1.0
    assert found.swap is not None
    assert (found.swap.stayed_left, found.swap.stayed_right, found.swap.p) == (0, 0, None)
    assert found.swap.status == "too few"


def test_ties_and_unswapped_repeats_say_nothing_of_sides() -> None:
    report = self_consistency(
        ["a"] * 4,
        [-1, -1, 0, 1],
        [1, 1, 1, -1],
        first_shown_first=[True, True, True, None],
        repeat_shown_first=[True, False, False, False],
    )
    swap = report.raters[0].swap
    assert swap is not None
    assert (swap.stayed_left, swap.stayed_right) == (1, 0)


def test_sides_are_given_for_both_times_or_for_neither() -> None:
    with pytest.raises(ValueError, match="both"):
        self_consistency(["a"], [1], [1], first_shown_first=[True])


def test_nothing_came_back() -> None:
    report = self_consistency([], [], [])
    assert report.raters == ()
    assert report.equal.reason == "No task came back to anybody."


# Pace


def test_who_cannot_have_read_the_text_stands_out_and_is_not_ranked() -> None:
    rng = np.random.default_rng(0)
    task = np.tile(np.arange(60), 3)
    rater = np.repeat(["amy", "bob", "cat"], 60)
    words = np.full(180, 300)
    seconds = rng.lognormal(4.4, 0.3, 180)
    seconds[rater == "cat"] = rng.uniform(2, 8, 60)
    found = pace(rater, task, seconds, words)
    assert [item.rater for item in found] == ["amy", "bob", "cat"]
    assert [item.status for item in found] == ["as expected", "as expected", "stands out"]
    assert found[2].below_floor.value == 1.0
    assert found[2].fast.value is not None
    assert found[2].fast.value > 0.9
    assert found[0].slow.value == 0.0
    assert found[2].median.low is not None


def test_the_median_has_an_interval_between_order_statistics() -> None:
    times = np.arange(1.0, 18.0)
    figure = pace(["a"] * 17, range(17), times, [1] * 17)[0].median
    # Ranks 5 and 13 of 17: the textbook pair, covering 95.1 %.
    assert (figure.value, figure.low, figure.high) == (9.0, 5.0, 13.0)


def test_five_times_are_too_few_for_an_interval() -> None:
    figure = pace(["a"] * 5, range(5), [3, 1, 2, 5, 4], [1] * 5)[0].median
    assert (figure.value, figure.low) == (3.0, None)
    assert figure.reason == "No interval: 5 times are too few for one between order statistics."


def test_tasks_judged_once_have_no_time_to_be_compared_with() -> None:
    found = pace(["a"] * 3, range(3), [3, 1, 2], [1] * 3)[0]
    assert found.fast.value is None
    assert found.fast.reason == "No task was judged twice."
    assert found.below_floor.value == 0.0


def test_the_same_time_everywhere_has_no_spread() -> None:
    against = time_against_task([1, 1, 2, 2], [30.0] * 4)
    assert against.z is None
    assert against.reason
    assert "equal" in against.reason
    found = pace(["a", "b"] * 2, [1, 1, 2, 2], [30.0] * 4, [100] * 4)
    assert found[0].slow.value is None
    assert found[0].slow.reason == against.reason


def test_a_time_of_zero_counts_as_a_tenth_of_a_second() -> None:
    zero = time_against_task([1, 1, 1, 2, 2, 2], [0, 20, 30, 20, 25, 30])
    tenth = time_against_task([1, 1, 1, 2, 2, 2], [0.1, 20, 30, 20, 25, 30])
    assert zero.z == pytest.approx(tenth.z)


@pytest.mark.parametrize("bad", [-1.0, float("nan")])
def test_times_that_are_none_are_refused_by_position(bad: float) -> None:
    with pytest.raises(RatingsError, match="seconds at position 1 is"):
        pace(["a", "a"], [1, 2], [3.0, bad], [10, 10])


def test_options_of_pace_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="wpm"):
        reading_floor([100], wpm=0)
    with pytest.raises(ValueError, match="tolerated"):
        pace(["a"], [1], [3.0], [10], tolerated=1.0)
    with pytest.raises(ValueError, match="limit"):
        robust_z([1, 2], limit=0)


def test_robust_z_of_nothing() -> None:
    found = robust_z([])
    assert (found.z, found.median, found.reason) == (None, None, "There are no values.")


@QUICK
@given(st.lists(finite, min_size=3, max_size=30), st.floats(0.5, 3), finite)
def test_robust_z_does_not_depend_on_the_units(x: list[float], scale: float, by: float) -> None:
    plain, moved = robust_z(x), robust_z(np.array(x) * scale + by)
    if plain.z is not None and moved.z is not None and plain.scale and plain.scale > 1e-3:
        assert plain.z == pytest.approx(moved.z, abs=1e-5)


# Runs


@QUICK
@given(st.lists(st.integers(0, 2), max_size=30))
def test_the_longest_run_equals_its_definition(answers: list[int]) -> None:
    by_hand = max((len(list(group)) for _, group in groupby(answers)), default=0)
    assert longest_run(answers) == by_hand


@QUICK
@given(st.lists(st.integers(0, 1), min_size=5, max_size=40).filter(lambda x: len(set(x)) > 1))
def test_the_runs_test_of_two_answers_equals_statsmodels(answers: list[int]) -> None:
    found = straight_lining(["a"] * len(answers), answers)[0]
    z, p = runstest_1samp(answers, cutoff=0.5, correction=False)
    if found.runs_z is not None:
        assert found.runs_z == pytest.approx(z)
        assert found.runs_p == pytest.approx(p)


@pytest.mark.parametrize("counts", [(2, 3), (1, 2, 2), (3, 1, 1, 1)])
def test_the_number_of_runs_has_the_mean_and_variance_of_all_orders(counts: Any) -> None:
    rng = np.random.default_rng(0)
    answers = np.repeat(np.arange(len(counts)), counts)
    runs = [1 + sum(a != b for a, b in pairwise(rng.permutation(answers))) for _ in range(20_000)]
    mean, variance = expected_runs(counts)
    assert mean[0] == pytest.approx(np.mean(runs), abs=0.03)
    assert variance[0] == pytest.approx(np.var(runs), rel=0.06)


def test_the_chance_of_the_longest_run_is_close_to_the_exact_one() -> None:
    """All 2^12 sequences of a fair coin, beside the Poisson approximation."""
    lengths = [longest_run(sequence) for sequence in product((0, 1), repeat=12)]
    for length in (6, 8):
        answers = [0] * length + [1, 0] * ((12 - length) // 2)
        pool = [1, 0] * 5_000
        found = straight_lining(["a"] * 12 + ["pool"] * 10_000, answers + pool)[0]
        exact = np.mean([item >= length for item in lengths])
        assert found.longest == length
        assert found.longest_p == pytest.approx(exact, rel=0.12)


def test_the_expected_longest_run_is_its_median() -> None:
    rng = np.random.default_rng(0)
    longest = [longest_run(row) for row in rng.integers(0, 3, (2_000, 200))]
    found = straight_lining(["a"] * 200, np.tile([0, 1, 2], 67)[:200])[0]
    assert found.expected == pytest.approx(np.median(longest), abs=1)


def test_a_straight_liner_stands_out_and_one_who_likes_an_answer_need_not() -> None:
    rng = np.random.default_rng(0)
    mixed = [rng.integers(-1, 2, 100) for _ in range(3)]
    liner = np.concatenate([rng.integers(-1, 2, 60), np.ones(40, dtype=int)])
    liking = np.where(rng.random(100) < 0.9, 1, rng.integers(-1, 2, 100))
    rater = np.repeat(["a", "b", "c", "liner", "liking"], 100)
    answers = np.concatenate([*mixed, liner, liking])

    def status(chance: Any) -> dict[Any, str]:
        return {item.rater: item.status for item in straight_lining(rater, answers, chance=chance)}

    assert status("own") == dict.fromkeys(("a", "b", "c", "liking"), "as expected") | {
        "liner": "stands out"
    }
    assert status("all")["liner"] == status("all")["liking"] == "stands out"


def test_the_order_of_answers_may_be_given() -> None:
    rows = straight_lining(["a", "b", "a", "a"], [1, 2, 2, 1], order=[3, 1, 1, 2])
    assert [(item.longest, item.answer, item.runs) for item in rows] == [(2, 1, 2), (1, 2, 1)]


def test_one_answer_throughout_says_nothing_by_its_order() -> None:
    found = straight_lining(["a"] * 50, [1] * 50)[0]
    assert found.longest == 50
    assert (found.longest_p, found.expected, found.runs_z, found.status) == (
        None,
        None,
        None,
        "too few",
    )
    assert found.reason
    assert found.entropy == 0
    assert found.spread == 0


def test_words_have_runs_but_no_spread() -> None:
    found = straight_lining(["a"] * 3, ["left", "left", "right"])[0]
    assert (found.longest, found.answer, found.spread) == (2, "left", None)
    assert straight_lining([], []) == ()
    with pytest.raises(ValueError, match="chance"):
        straight_lining(["a"], [1], chance="none")  # type: ignore[arg-type]


# Drift


@QUICK
@given(st.lists(finite, max_size=40), finite, st.floats(0, 5))
def test_the_cusum_equals_its_recursion(x: list[float], target: float, slack: float) -> None:
    chart = cusum(x, target=target, slack=slack, limit=50)
    above = below = 0.0
    for place, value in enumerate(x):
        above = max(0.0, above + value - target - slack)
        below = max(0.0, below + target - value - slack)
        assert chart.above[place] == pytest.approx(above, abs=1e-6)
        assert chart.below[place] == pytest.approx(below, abs=1e-6)


def test_the_ewma_starts_at_the_target_and_signals_a_shift() -> None:
    rng = np.random.default_rng(0)
    steady = rng.normal(10, 0.8, 50)
    chart = ewma(np.append(steady, steady[:20] + 2), target=10, sd=1)
    assert chart.level[0] == pytest.approx(10 + 0.2 * (steady[0] - 10))
    assert chart.high[0] == pytest.approx(10 + 2.7 * 0.2)
    assert chart.high[-1] == pytest.approx(10 + 2.7 * np.sqrt(0.2 / 1.8), abs=1e-6)
    assert chart.signal is not None
    assert 50 <= chart.signal < 60


def test_a_rater_whose_hits_fall_signals_and_one_who_keeps_them_does_not() -> None:
    rng = np.random.default_rng(1)
    steady, falling = rng.random(400) < 0.85, rng.random(400) < np.repeat([0.85, 0.55], 200)
    found = hit_drift(["keeps"] * 400 + ["falls"] * 400, np.append(steady, falling))
    falls, keeps = found
    assert keeps.signal is None
    assert falls.signal is not None
    assert 200 <= falls.signal < 260


def test_false_alarms_are_rarer_than_promised() -> None:
    rng = np.random.default_rng(2)
    hits = rng.random(200 * 300) < 0.85
    found = hit_drift(np.repeat(np.arange(200), 300), hits, false_alarm_every=300)
    assert sum(item.signal is not None for item in found) < 200 * (1 - np.exp(-1))


def test_charts_refuse_options_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="slack"):
        cusum([1], target=0, slack=-1, limit=1)
    with pytest.raises(ValueError, match="weight"):
        ewma([1], target=0, sd=1, weight=0)
    with pytest.raises(ValueError, match="differ"):
        hit_drift(["a"], [1], good=0.8, poor=0.8)
    with pytest.raises(ValueError, match="false_alarm_every"):
        hit_drift(["a"], [1], false_alarm_every=1)
    with pytest.raises(RatingsError, match="values at position 1 is nan"):
        cusum([1, float("nan")], target=0, slack=0, limit=1)


def test_charts_of_nothing() -> None:
    assert cusum([], target=0, slack=0, limit=1).signal is None
    assert len(ewma([], target=0, sd=1).level) == 0
    assert hit_drift([], []) == ()
    nothing = anchor_drift((0, 5), (0, 10))
    assert nothing.change.value is None
    assert nothing.p == 1.0


# Anomalous voters, confidence, concentration


def test_who_votes_against_everybody_is_found_and_honest_voters_rarely_are() -> None:
    rng = np.random.default_rng(0)
    voters, pairs = 60, 30
    strength = rng.uniform(0.75, 0.95, pairs)
    rater = np.tile(np.arange(voters), 100)
    pair = rng.integers(0, pairs, len(rater))
    vote = np.where(rng.random(len(rater)) < strength[pair], 1, -1)
    vote[rater == 5] *= -1
    found = anomalous_voters(rater, pair, vote, seed=1)
    out = [item.rater for item in found if item.status == "stands out"]
    assert 5 in out
    assert len(out) <= 5
    assert len(found[0].looks) <= 5


def test_the_evidence_is_fishers_combination_at_the_looks() -> None:
    vote = [1, 1, 1, -1, -1, 1, 1, 1, -1, 1, 1, 1]
    rater = ["me"] * 6 + ["you"] * 6
    found = anomalous_voters(rater, [1, 2, 3] * 4, vote, looks=1, min_n=6)[0]
    assert found.looks == (6,)
    theirs: dict[int, list[int]] = {1: [1, 1], 2: [1, 1], 3: [-1, 1]}
    up, down = [], []
    for pair, mine in zip([1, 2, 3] * 2, vote[:6], strict=True):
        up.append((1 + sum(other >= mine for other in theirs[pair])) / 3)
        down.append((1 + sum(other <= mine for other in theirs[pair])) / 3)
    least = min(fisher_combination(up)[1], fisher_combination(down)[1])
    assert found.p == pytest.approx(min(1, 2 * least))


def test_voters_alone_on_their_pairs_are_not_looked_at() -> None:
    found = anomalous_voters(["a", "b"], [1, 2], [1, -1])
    assert [(item.n, item.p, item.status) for item in found] == [(0, None, "too few")] * 2
    assert anomalous_voters([], [], []) == ()
    with pytest.raises(ValueError, match="level"):
        anomalous_voters(["a"], [1], [1], level=0)


def test_a_rater_who_never_agrees_often_enough_has_no_threshold() -> None:
    found = confidence_thresholds(["a", "a", "b"], [1, 2, 3], [False, False, True])
    assert found[0].threshold is None
    assert found[0].reason == "At no confidence do 80% of at least 1 judgments agree."
    assert found[0].levels == (1.0, 2.0)
    assert found[1].threshold == 3.0
    assert confidence_thresholds(["b"], [3], [True], min_n=5)[0].threshold is None


def test_one_rater_gave_everything() -> None:
    found = concentration(["a"] * 7)
    assert found.effective.value == 1.0
    assert found.top.value == 1.0
    assert found.over_cap == (("a", 1.0),)
    assert found.top.reason
    assert concentration([]).effective.value is None
    with pytest.raises(ValueError, match="cap"):
        concentration(["a"], cap=0)


@QUICK
@given(st.lists(st.sampled_from("abcde"), min_size=1))
def test_the_effective_number_lies_between_one_and_the_number_of_raters(who: list[str]) -> None:
    value = concentration(who).effective.value
    assert value is not None
    assert 1 <= value <= len(set(who)) + 1e-9
