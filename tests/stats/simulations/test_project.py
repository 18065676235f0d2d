"""A seeded project from end to end: seven raters of known accuracy, gold, repeats, two habits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from labeling.stats import Ratings
from labeling.stats.raters import (
    alpha_without_each,
    gold_accuracy,
    length_bias,
    majority_agreement,
    pace,
    peer_agreement,
    self_consistency,
    side_bias,
    straight_lining,
)

SEED = 2
ACCURACY = {
    "r90": 0.90,
    "r85": 0.85,
    "r80": 0.80,
    "r60": 0.60,
    "r55": 0.55,
    "r50": 0.50,
    "r30": 0.30,
}
LENGTH_LOVER, SPEEDER = "r55", "r50"
PAIRS, GOLD, REPEATS = 300, 15, 15
SIDES = (-1, 1)


@dataclass(frozen=True)
class Project:
    """Judgments of 300 pairs by seven raters, one row each; gold and repeats beside them."""

    rater: Any
    task: Any
    value: Any
    shown_first: Any
    first: Any
    second: Any
    seconds: Any
    gold: tuple[Any, Any]
    repeats: tuple[Any, Any, Any]


def judge(rng: np.random.Generator, name: str, truth: Any, longer: Any) -> Any:
    """Right with the rater's accuracy; the lover of length takes the longer one instead, mostly."""
    right = rng.random(len(truth)) < ACCURACY[name]
    value = np.where(right, truth, -truth)
    if name == LENGTH_LOVER:
        value = np.where(rng.random(len(truth)) < 0.6, longer, value)
    return value


@pytest.fixture(scope="module")
def project() -> Project:
    rng = np.random.default_rng(SEED)
    truth = rng.choice(SIDES, PAIRS)
    first, second = rng.integers(60, 400, (2, PAIRS))
    longer = np.where(first > second, -1, 1)
    columns: dict[str, list[Any]] = {name: [] for name in ("rater", "value", "shown", "seconds")}
    gold: tuple[list[Any], list[Any]] = ([], [])
    repeats: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
    for name in ACCURACY:
        value = judge(rng, name, truth, longer)
        columns["rater"].append(np.full(PAIRS, name))
        columns["value"].append(value)
        columns["shown"].append(rng.random(PAIRS) < 0.5)
        reading = (first + second) / rng.normal(240, 20) * 60
        seconds = reading * rng.lognormal(0, 0.25, PAIRS)
        columns["seconds"].append(rng.uniform(2, 9, PAIRS) if name == SPEEDER else seconds)
        # A gold task is one of the pairs; so is a repeat, judged anew.
        asked = rng.choice(PAIRS, GOLD, replace=False)
        gold[0].append(np.full(GOLD, name))
        gold[1].append(judge(rng, name, truth[asked], longer[asked]) == truth[asked])
        again = rng.choice(PAIRS, REPEATS, replace=False)
        repeats[0].append(np.full(REPEATS, name))
        repeats[1].append(value[again])
        repeats[2].append(judge(rng, name, truth[again], longer[again]))
    joined = {name: np.concatenate(parts) for name, parts in columns.items()}
    return Project(
        rater=joined["rater"],
        task=np.tile(np.arange(PAIRS), len(ACCURACY)),
        value=joined["value"],
        shown_first=joined["shown"],
        first=np.tile(first, len(ACCURACY)),
        second=np.tile(second, len(ACCURACY)),
        seconds=joined["seconds"],
        gold=(np.concatenate(gold[0]), np.concatenate(gold[1])),
        repeats=(
            np.concatenate(repeats[0]),
            np.concatenate(repeats[1]),
            np.concatenate(repeats[2]),
        ),
    )


@pytest.fixture(scope="module")
def ratings(project: Project) -> Ratings:
    return Ratings(project.task, project.rater, project.value)


def test_the_rater_of_30_percent_is_last_on_gold_with_a_posterior_below_one_half(
    project: Project,
) -> None:
    report = gold_accuracy(*project.gold)
    means = {gold.rater: gold.posterior.value or 0 for gold in report.raters}
    assert min(means, key=lambda name: means[name]) == "r30"
    assert means["r30"] < 0.5
    assert report.of("r30").decision == "not yet"
    assert report.of("r90").decision in ("pass", "extend")


def test_the_rater_of_30_percent_is_last_beside_the_others_too(ratings: Ratings) -> None:
    habits = peer_agreement(ratings, categories=SIDES)
    gaps = {habit.rater: habit.difference.value or 0 for habit in habits.raters if habit.difference}
    assert min(gaps, key=lambda name: gaps[name]) == "r30"
    assert habits.of("r30").status == "stands out"
    majority = majority_agreement(ratings, categories=SIDES)
    assert min(majority, key=lambda name: majority[name].value or 0) == "r30"
    alphas = alpha_without_each(ratings, categories=SIDES)
    assert max(alphas, key=lambda name: alphas[name].value or -9) == "r30"


def test_good_raters_lie_above_middling_ones_and_those_above_the_last(ratings: Ratings) -> None:
    habits = peer_agreement(ratings, categories=SIDES)
    gap = {habit.rater: habit.difference.value or 0 for habit in habits.raters if habit.difference}
    good = [gap[name] for name in ("r90", "r85", "r80")]
    assert min(good) > gap["r60"] > gap["r30"]


def test_the_lover_of_length_stands_out_with_a_share_surely_above_60_percent(
    project: Project,
) -> None:
    bias = length_bias(project.rater, project.value, project.first, project.second)
    low = bias.shares.of(LENGTH_LOVER).figure.low
    assert low is not None
    assert low > 0.60
    assert bias.shares.standing_out == (LENGTH_LOVER,)
    slopes = {slope.rater: slope.shrunk.value or 0 for slope in bias.slopes}
    assert max(slopes, key=lambda name: slopes[name]) == LENGTH_LOVER


def test_the_speeder_is_flagged_and_nobody_else(project: Project) -> None:
    words = project.first + project.second
    paces = pace(project.rater, project.task, project.seconds, words)
    assert [item.rater for item in paces if item.status == "stands out"] == [SPEEDER]


def test_nobody_leans_to_a_side_or_clicks_in_lines(project: Project) -> None:
    assert side_bias(project.rater, project.value, project.shown_first).standing_out == ()
    runs = straight_lining(project.rater, project.value)
    assert {item.status for item in runs} == {"as expected"}


def test_repeats_of_sure_raters_agree_more_than_those_of_coin_tossers(project: Project) -> None:
    report = self_consistency(*project.repeats)
    equal = {item.rater: item.equal for item in report.raters}
    assert all(figure.n == REPEATS for figure in equal.values())
    assert (equal["r90"].value or 0) > (equal["r50"].value or 0)
