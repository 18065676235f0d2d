"""Proportions: published intervals, statsmodels as the oracle, properties, odd data."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
    proportions_ztest,
)

from labeling.stats.intervals.proportions import (
    binomial_test,
    clopper_pearson_interval,
    coin_quantile,
    difference,
    jeffreys_interval,
    mcnemar_exact,
    newcombe_interval,
    normal_quantile,
    share,
    stratified_share,
    two_proportion_test,
    wilson_interval,
)
from tests.stats.shapes import golden

CASES = {case["name"]: case for case in golden("statistics")}
VECTORS = {vector["id"]: vector for vector in golden("science_vectors")}

INTERVALS: dict[str, Any] = {
    "wilson": wilson_interval,
    "jeffreys": jeffreys_interval,
    "clopper_pearson": clopper_pearson_interval,
}
THEIRS = {"wilson": "wilson", "jeffreys": "jeffreys", "clopper_pearson": "beta"}

counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def fraction(text: str) -> tuple[int, int]:
    """The two numbers of "18/30"."""
    successes, trials = text.split("/")
    return int(successes), int(trials)


@pytest.mark.parametrize("method", INTERVALS)
def test_the_intervals_of_newcombe_1998(method: str) -> None:
    case = CASES["newcombe1998_wilson"]
    for successes, trials in case["counts"]:
        expected = case["expected"][f"{method}95_{successes}_{trials}"]["value"]
        assert INTERVALS[method](successes, trials) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("method", INTERVALS)
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_each_interval_equals_statsmodels(method: str, confidence: float) -> None:
    for successes, trials in ((1, 7), (3, 7), (60, 100), (812, 1000)):
        theirs = proportion_confint(successes, trials, alpha=1 - confidence, method=THEIRS[method])
        ours = INTERVALS[method](successes, trials, confidence)
        assert ours == pytest.approx(theirs, abs=1e-9)


def test_jeffreys_reaches_0_without_successes_and_1_without_failures() -> None:
    # statsmodels keeps the Beta quantile there, so that the interval leaves out the share itself;
    # Brown, Cai and DasGupta (2001), section 4.1.2, set the end.
    assert jeffreys_interval(0, 20).low == 0.0
    assert jeffreys_interval(20, 20).high == 1.0
    assert jeffreys_interval(0, 20).high == pytest.approx(
        proportion_confint(0, 20, method="jeffreys")[1]
    )


def test_none_of_fifty_leaves_at_most_seven_percent() -> None:
    expected = VECTORS["G34"]["expected"]
    assert VECTORS["G34"]["input"]["zero_of"] == 50
    low, high = clopper_pearson_interval(0, 50)
    assert (low, high) == pytest.approx((0, expected["zero_of_50_upper_clopper"]), abs=1e-4)
    for name in ("VR", "FRR"):
        figure = share(*fraction(VECTORS["G34"]["input"][name]), "rate", nothing="None.")
        assert figure.value == pytest.approx(expected[name], abs=1e-4)


@given(counts, st.sampled_from(list(INTERVALS)), st.floats(0.5, 0.999))
def test_an_interval_holds_its_share_and_mirrors_with_it(
    count: tuple[int, int], method: str, confidence: float
) -> None:
    successes, trials = count
    low, high = INTERVALS[method](successes, trials, confidence)
    assert 0 <= low <= successes / trials <= high <= 1
    mirrored = INTERVALS[method](trials - successes, trials, confidence)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-9)


@given(st.integers(2, 200), st.sampled_from(list(INTERVALS)))
def test_ends_rise_with_the_successes(trials: int, method: str) -> None:
    ends = [INTERVALS[method](successes, trials) for successes in range(trials + 1)]
    for before, after in pairwise(ends):
        assert before.low <= after.low
        assert before.high <= after.high


@given(counts)
def test_more_of_the_same_and_less_confidence_narrow_every_interval(
    count: tuple[int, int],
) -> None:
    successes, trials = count
    for interval in INTERVALS.values():
        low, high = interval(successes, trials)
        more = interval(4 * successes, 4 * trials)
        less = interval(successes, trials, 0.8)
        assert more.high - more.low < high - low
        assert less.high - less.low < high - low


@given(counts)
def test_each_end_of_the_exact_interval_leaves_a_fortieth_beyond(count: tuple[int, int]) -> None:
    successes, trials = count
    low, high = clopper_pearson_interval(successes, trials)
    if successes:
        assert stats.binom.sf(successes - 1, trials, low) == pytest.approx(0.025, abs=1e-9)
    if successes < trials:
        assert stats.binom.cdf(successes, trials, high) == pytest.approx(0.025, abs=1e-9)


@pytest.mark.parametrize("method", INTERVALS)
def test_without_trials_every_interval_is_the_whole_range(method: str) -> None:
    assert INTERVALS[method](0, 0) == (0.0, 1.0)


def test_a_share_is_a_figure_that_names_its_interval() -> None:
    figure = share(33, 40, "gold tasks answered right", nothing="No gold task was answered.")
    assert figure.value == 0.825
    assert (figure.low, figure.high) == wilson_interval(33, 40)
    assert figure.convention == ("gold tasks answered right; n counts trials; 95% Wilson interval")
    narrow = share(1, 4, "x", nothing="y", confidence=0.9)
    assert (narrow.low, narrow.high) == wilson_interval(1, 4, 0.9)
    assert narrow.convention.endswith("90% Wilson interval")
    none = share(0, 0, "x", nothing="No gold task was answered.")
    assert (none.value, none.low, none.n) == (None, None, 0)
    assert none.reason == "No gold task was answered."


def test_help_that_is_not_shown_to_help() -> None:
    counts, expected = VECTORS["G40"]["input"], VECTORS["G40"]["expected"]
    first, second = fraction(counts["assisted"]), fraction(counts["unassisted"])
    figure = difference((first[0], second[0]), (first[1], second[1]), "uplift")
    assert figure.value == pytest.approx(expected["diff"], abs=1e-4)
    assert (figure.low, figure.high) == pytest.approx(expected["ci"], abs=1e-4)
    assert figure.n == 100


def test_a_gap_of_groups_lies_near_its_wald_interval() -> None:
    counts, expected = VECTORS["G32"]["input"], VECTORS["G32"]["expected"]
    first, second = fraction(counts["g1"]), fraction(counts["g2"])
    figure = difference((first[0], second[0]), (first[1], second[1]), "gap")
    assert figure.value == pytest.approx(expected["gap"], abs=1e-4)
    # The acceptance list has Wald's; Newcombe's keeps within -1 to 1 and is the one shown.
    assert (figure.low, figure.high) == pytest.approx(expected["wald95"], abs=0.01)


@given(counts, counts)
def test_newcombes_interval_equals_statsmodels_and_mirrors(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    ours = newcombe_interval((first[0], second[0]), (first[1], second[1]))
    theirs = confint_proportions_2indep(*first, *second, method="newcomb", compare="diff")
    assert ours == pytest.approx(theirs, abs=1e-9)
    turned = newcombe_interval((second[0], first[0]), (second[1], first[1]))
    assert turned == pytest.approx((-ours.high, -ours.low), abs=1e-12)
    gap = first[0] / first[1] - second[0] / second[1]
    assert -1 <= ours.low <= gap + 1e-12
    assert gap - 1e-12 <= ours.high <= 1


def test_a_difference_with_nothing_says_so() -> None:
    figure = difference((3, 0), (5, 0), "gap")
    assert (figure.value, figure.low, figure.n) == (None, None, 5)
    assert figure.reason == "One of the two has no trials to compare."
    low, high = newcombe_interval((3, 0), (5, 0))
    assert -1 <= low < high <= 1


def test_side_bias_by_the_exact_binomial_test() -> None:
    case = CASES["position_bias_binomial"]
    p = binomial_test(case["first"], case["n"])
    assert p == pytest.approx(case["expected"]["binom_two_sided_p"]["value"], abs=1e-10)
    expected = VECTORS["G23"]["expected"]
    assert p == pytest.approx(expected["binomial_p"], abs=1e-4)
    assert wilson_interval(540, 1000) == pytest.approx(expected["wilson"], abs=1e-4)
    assert binomial_test(0, 0) == 1.0


def test_paired_flips_by_mcnemars_exact_test() -> None:
    case = CASES["position_bias_binomial"]
    expected = case["expected"]["mcnemar_exact_p"]["value"]
    assert mcnemar_exact(*case["swap_discordant"]) == pytest.approx(expected, abs=1e-10)
    assert mcnemar_exact(18, 4) == pytest.approx(VECTORS["G33"]["expected"]["p"], abs=1e-4)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_equals_statsmodels_and_does_not_know_which_is_first(b: int, c: int) -> None:
    p = mcnemar_exact(b, c)
    assert p == pytest.approx(mcnemar_exact(c, b))
    if b + c:
        assert p == pytest.approx(mcnemar([[9, b], [c, 9]], exact=True).pvalue)
    else:
        assert p == 1.0


def test_anchors_that_drifted_between_batches() -> None:
    counts, expected = VECTORS["G24"]["input"], VECTORS["G24"]["expected"]
    first, second = fraction(counts["batch1"]), fraction(counts["batch2"])
    z, p = two_proportion_test((first[0], second[0]), (first[1], second[1]))
    assert (z, p) == pytest.approx((expected["z"], expected["p"]), abs=1e-4)
    theirs = proportions_ztest([first[0], second[0]], [first[1], second[1]])
    assert (z, p) == pytest.approx(theirs)


@pytest.mark.parametrize(("hits", "trials"), [((0, 0), (5, 9)), ((5, 9), (5, 9)), ((3, 0), (5, 0))])
def test_groups_that_do_not_vary_or_are_empty_are_not_told_apart(
    hits: tuple[int, int], trials: tuple[int, int]
) -> None:
    assert two_proportion_test(hits, trials) == (0.0, 1.0)


def test_the_bad_rate_of_traffic_from_a_sample_of_strata() -> None:
    inputs, expected = VECTORS["G43"]["input"], VECTORS["G43"]["expected"]
    bad = [fraction(item) for item in inputs["bad"]]
    figure = stratified_share(
        [hits for hits, _ in bad], [trials for _, trials in bad], inputs["share"], "bad dialogues"
    )
    assert figure.value == pytest.approx(expected["estimate"], abs=1e-4)
    assert (figure.low, figure.high) == pytest.approx(expected["ci"], abs=1e-4)
    assert figure.low is not None
    assert figure.high is not None
    error = (figure.high - figure.low) / 2 / normal_quantile(0.95)
    assert error == pytest.approx(expected["se"], abs=1e-4)
    assert figure.n == 160


def test_a_silent_stratum_is_not_left_out() -> None:
    figure = stratified_share([18, 0], [30, 0], [0.07, 0.93], "bad dialogues")
    assert (figure.value, figure.low) == (None, None)
    assert figure.reason == "Stratum 2, 93% of the whole, has no trials."
    nothing = stratified_share([18, 0], [30, 0], [1.0, 0.0], "bad dialogues")
    assert nothing.value == 0.6


def test_a_stratum_that_seems_not_to_vary_still_widens_the_interval() -> None:
    figure = stratified_share([18, 0], [30, 100], [0.07, 0.93], "bad dialogues")
    assert figure.value == pytest.approx(0.042)
    assert figure.high is not None
    assert figure.high > 0.07
    assert "Wilson limits of the strata" in figure.convention
    single = stratified_share([0], [20], [1.0], "x")
    assert (single.low, single.high) == pytest.approx(wilson_interval(0, 20))


@given(st.lists(counts, min_size=1, max_size=5))
def test_a_stratified_share_lies_within_its_interval(strata: list[tuple[int, int]]) -> None:
    hits, trials = [list(column) for column in zip(*strata, strict=True)]
    shares = [1 / len(strata)] * len(strata)
    figure = stratified_share(hits, trials, shares, "x")
    assert figure.value is not None
    assert figure.low is not None
    assert figure.high is not None
    assert 0 <= figure.low <= figure.value + 1e-12
    assert figure.value - 1e-12 <= figure.high <= 1
    assert figure.low < figure.high


def test_bad_input_is_refused_by_name() -> None:
    for interval in INTERVALS.values():
        for successes in (-1, 6):
            with pytest.raises(ValueError, match=f"between 0 and 5, not be {successes}"):
                interval(successes, 5)
        with pytest.raises(ValueError, match=r"confidence must lie between 0 and 1, not be 95"):
            interval(1, 5, 95)
    for attempt in (
        lambda: binomial_test(3, 2),
        lambda: two_proportion_test((1, 3), (2, 2)),
        lambda: newcombe_interval((1, 3), (2, 2)),
        lambda: stratified_share([3], [2], [1.0], "x"),
    ):
        with pytest.raises(ValueError, match="between 0 and 2, not be 3"):
            attempt()
    with pytest.raises(ValueError, match=r"add up to 1: 0\.5, 0\.4"):
        stratified_share([1, 1], [2, 2], [0.5, 0.4], "x")
    with pytest.raises(ValueError, match="successes has 1, trials has 2, shares has 2"):
        stratified_share([1], [2, 2], [0.5, 0.5], "x")


def test_rounding_carries_no_end_of_an_interval_past_its_share_or_its_scale() -> None:
    rng = np.random.default_rng(8)
    for share_of, trials in zip(
        rng.random(2000) ** 30, 10.0 ** rng.uniform(-12, 3, 2000), strict=True
    ):
        for part in (float(share_of), 1 - float(share_of)):
            low, high = wilson_interval(part * trials, trials)
            assert 0 <= low <= part * trials / trials <= high <= 1


def test_quantiles_of_coins_are_those_of_scipy_which_takes_half_a_second_to_load():
    trials = np.r_[1:400, 10**5]
    for tail in (0.005, 0.025, 0.1):
        heads = np.asarray(stats.binom.ppf(tail, trials, 0.5))
        assert coin_quantile(tail, trials).tolist() == heads.tolist()
    seen = [(3, 9), (0, 5), (5, 10), (40, 41)]
    expected = [stats.binomtest(*pair, 0.5).pvalue for pair in seen]
    assert [binomial_test(*pair) for pair in seen] == pytest.approx(expected)
