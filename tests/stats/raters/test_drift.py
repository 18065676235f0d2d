"""Drift, anomalous votes, confidence thresholds, concentration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.stats import RatingsError
from labeling.stats.intervals.multiplicity import fisher_combination
from labeling.stats.raters import (
    anchor_drift,
    anomalous_voters,
    concentration,
    confidence_thresholds,
    cusum,
    ewma,
    hit_drift,
)

finite = st.floats(-1e3, 1e3)


# Drift


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
    drifts = hit_drift(["keeps"] * 400 + ["falls"] * 400, np.append(steady, falling))
    falls, keeps = drifts
    assert keeps.signal is None
    assert falls.signal is not None
    assert 200 <= falls.signal < 260


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
    evidence = anomalous_voters(rater, pair, vote, seed=1)
    out = [item.rater for item in evidence if item.status == "stands out"]
    assert 5 in out
    assert len(out) <= 5
    assert len(evidence[0].looks) <= 5


def test_the_evidence_is_fishers_combination_at_the_looks() -> None:
    vote = [1, 1, 1, -1, -1, 1, 1, 1, -1, 1, 1, 1]
    rater = ["me"] * 6 + ["you"] * 6
    evidence = anomalous_voters(rater, [1, 2, 3] * 4, vote, looks=1, min_n=6)[0]
    assert evidence.looks == (6,)
    theirs: dict[int, list[int]] = {1: [1, 1], 2: [1, 1], 3: [-1, 1]}
    up, down = [], []
    for pair, mine in zip([1, 2, 3] * 2, vote[:6], strict=True):
        up.append((1 + sum(other >= mine for other in theirs[pair])) / 3)
        down.append((1 + sum(other <= mine for other in theirs[pair])) / 3)
    least = min(fisher_combination(up)[1], fisher_combination(down)[1])
    assert evidence.p == pytest.approx(min(1, 2 * least))


def test_voters_alone_on_their_pairs_are_not_looked_at() -> None:
    evidence = anomalous_voters(["a", "b"], [1, 2], [1, -1])
    assert [(item.n, item.p, item.status) for item in evidence] == [(0, None, "too few")] * 2
    assert anomalous_voters([], [], []) == ()
    with pytest.raises(ValueError, match="level"):
        anomalous_voters(["a"], [1], [1], level=0)


def test_a_rater_who_never_agrees_often_enough_has_no_threshold() -> None:
    thresholds = confidence_thresholds(["a", "a", "b"], [1, 2, 3], [False, False, True])
    assert thresholds[0].threshold is None
    assert thresholds[0].reason == "At no confidence do 80% of at least 1 judgment agree."
    assert thresholds[0].levels == (1.0, 2.0)
    assert thresholds[1].threshold == 3.0
    assert confidence_thresholds(["b"], [3], [True], min_n=5)[0].threshold is None


def test_one_rater_gave_everything() -> None:
    measured = concentration(["a"] * 7)
    assert measured.effective.value == 1.0
    assert measured.top.value == 1.0
    assert measured.over_cap == (("a", 1.0),)
    assert measured.top.reason
    assert concentration([]).effective.value is None
    with pytest.raises(ValueError, match="cap"):
        concentration(["a"], cap=0)


@given(st.lists(st.sampled_from("abcde"), min_size=1))
def test_the_effective_number_lies_between_one_and_the_number_of_raters(who: list[str]) -> None:
    value = concentration(who).effective.value
    assert value is not None
    assert 1 <= value <= len(set(who)) + 1e-9
