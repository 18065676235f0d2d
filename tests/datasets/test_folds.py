"""Rater folds: whole raters, even, the same in any order, none without need empty."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.datasets.folds import (
    FOLDS,
    fold_agreement,
    rater_folds,
    voter_folds,
)
from labeling.stats import Figure

counts = st.dictionaries(st.text(max_size=6), st.integers(0, 500), max_size=30)


@pytest.mark.walk
@given(counts, st.text(max_size=4))
def test_folds_differ_by_no_more_than_one_rater_gave(judgments, salt):
    fold_of = rater_folds(judgments, salt=salt)
    held = [sum(n for r, n in judgments.items() if fold_of[r] == f) for f in range(FOLDS)]
    assert max(held) - min(held) <= max(judgments.values(), default=0)
    assert len(set(fold_of.values())) == min(FOLDS, len(judgments))


@given(counts, st.randoms(use_true_random=False))
def test_the_order_of_raters_changes_nothing(judgments, random):
    names = list(judgments)
    random.shuffle(names)
    mixed = {name: judgments[name] for name in names}
    assert rater_folds(mixed, salt="s") == rater_folds(judgments, salt="s")


def test_another_salt_groups_equal_raters_anew():
    crew = {f"r{i}": 10 for i in range(20)}
    assert rater_folds(crew, salt="release 1") != rater_folds(crew, salt="release 2")


@pytest.mark.parametrize("folds", [0, -1])
def test_less_than_one_fold_is_refused(folds):
    with pytest.raises(ValueError, match="at least 1 fold"):
        rater_folds({}, salt="", folds=folds)


def test_a_count_below_zero_is_refused():
    with pytest.raises(ValueError, match="fewer than 0"):
        rater_folds({"r": -1}, salt="")


def test_a_row_has_the_folds_of_its_voters_each_once():
    fold_of = {"a": 3, "b": 0, "c": 3}
    assert voter_folds(["a", "b", "c"], fold_of) == [0, 3]
    assert voter_folds([], fold_of) == []
    with pytest.raises(KeyError):
        voter_folds(["stranger"], fold_of)


def pairs(rows, fold_of):
    """Agreeing and all pairs by counting one by one: {fold: ((equal, n), (equal, n))}."""
    tallies = {}
    for fold in set(fold_of.values()):
        tally = [[0, 0], [0, 0]]
        for i, (task, rater, value) in enumerate(rows):
            for other_task, other, other_value in rows[i + 1 :]:
                mine = (fold_of[rater] == fold) + (fold_of[other] == fold)
                if task == other_task and mine:
                    tally[2 - mine][0] += value == other_value
                    tally[2 - mine][1] += 1
        tallies[fold] = tally
    return tallies


def test_agreement_by_fold_is_that_of_all_pairs_counted_one_by_one():
    rng = random.Random(5)
    fold_of = {f"r{i}": i % 3 for i in range(7)}
    rows = [
        (task, rater, rng.randint(-2, 2))
        for task in range(30)
        for rater in rng.sample(sorted(fold_of), 4)
    ]
    rng.shuffle(rows)
    task, rater, value = zip(*rows, strict=True)
    wanted = pairs(rows, fold_of)
    for agreement in fold_agreement(np.array(task), np.array(rater), np.array(value), fold_of):
        (own, n), (across, m) = wanted[agreement.fold]
        assert agreement.raters == [3, 2, 2][agreement.fold]
        for figure, share, count in (
            (agreement.within, own / n, n),
            (agreement.others, across / m, m),
        ):
            low, point, high = shown(figure)
            assert figure.n == count
            assert point == pytest.approx(share)
            assert low <= point <= high


def shown(figure: Figure) -> tuple[float, float, float]:
    """Low, value and high of a figure that has all three."""
    values = (figure.low, figure.value, figure.high)
    low, value, high = (number for number in values if number is not None)
    return low, value, high


def test_a_habit_of_one_fold_shows():
    """Fold 0 always prefers the first response, the others what is better."""
    rng = np.random.default_rng(1)
    better = np.repeat(rng.integers(0, 2, 200) * 2 - 1, 4)
    rater = np.tile(["a", "b", "c", "d"], 200)
    value = np.where(np.isin(rater, ["a", "b"]), -1, better)
    habit, rest = fold_agreement(
        np.repeat(np.arange(200), 4), rater, value, {"a": 0, "b": 0, "c": 1, "d": 1}
    )
    assert habit.within.value == rest.within.value == 1
    assert shown(habit.others)[2] < 0.7


def test_a_fold_of_one_rater_has_no_agreement_of_its_own_but_a_reason():
    alone, _ = fold_agreement([1, 1], ["a", "b"], [1, 1], {"a": 0, "b": 1})
    assert alone.within.value is None
    assert alone.within.reason == "No task has answers of two raters of this fold."
    assert alone.others.n == 1


def test_no_answers_make_no_folds():
    assert fold_agreement([], [], [], {}) == []
