"""Groups of raters, shifts of answers, and the cause of disagreement."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from labeling.stats import Figure, Ratings, RatingsError, percent_agreement
from labeling.stats.raters import (
    disagreement_cause,
    group_agreement_index,
    group_gap,
    group_rates,
    label_shift,
    self_consistency,
)
from tests.stats.shapes import from_rows


def people(sizes: dict[str, int], judgments: int = 10) -> tuple[list[str], list[str]]:
    """Raters of groups of these sizes, with so many judgments each."""
    pairs = [
        (f"{group}{number}", group)
        for group, size in sizes.items()
        for number in range(size)
        for _ in range(judgments)
    ]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def test_a_group_of_four_is_hidden() -> None:
    rater, group = people({"north": 6, "south": 7, "west": 4, "east": 3})
    rates = {item.group: item for item in group_rates(rater, group, [True] * len(rater))}
    assert rates["north"].people == 6
    assert rates["north"].rate.value == 1.0
    for name in ("west", "east"):
        assert rates[name].people is None
        assert rates[name].rate.value is None
        assert rates[name].rate.n == 0
        assert rates[name].rate.reason == (
            "Hidden: with fewer than 5 people in a group they could be recognised."
        )


def test_a_single_small_group_does_not_follow_by_subtraction() -> None:
    rater, group = people({"north": 6, "south": 9, "west": 4})
    shown = {item.group: item.people for item in group_rates(rater, group, [True] * len(rater))}
    assert shown == {"north": None, "south": 9, "west": None}


def test_judgments_of_one_rater_count_less_the_more_they_are_alike() -> None:
    rater, group = people({"north": 10})
    rng = np.random.default_rng(0)
    alike = np.repeat(rng.random(10) < 0.5, 10)
    mixed = rng.random(100) < alike.mean()
    narrow, wide = (group_rates(rater, group, yes)[0] for yes in (mixed, alike))
    assert wide.effective is not None
    assert wide.effective == pytest.approx(9, abs=0.1)
    assert narrow.effective is not None
    assert narrow.effective > 40
    assert wide.rate.n == narrow.rate.n == 100


def test_a_rater_is_in_one_group() -> None:
    with pytest.raises(RatingsError, match="rater a at position 0 is in two groups"):
        group_rates(["a", "a"], ["north", "south"], [1, 1])


def test_a_gap_without_judgments_is_none() -> None:
    gap = group_gap((0, 5), (0, 10))
    assert gap.gap.value is None
    assert gap.gap.reason
    assert (gap.wald, gap.p) == (None, 1.0)
    assert group_gap((5, 5), (5, 5)).p == 1.0


def test_agreement_within_groups_over_that_across_equals_its_definition() -> None:
    rng = np.random.default_rng(0)
    rows = [
        [*rng.choice([0, 0, 1], 3).tolist(), *rng.choice([0, 1, 1], 3).tolist()] for _ in range(40)
    ]
    ratings = from_rows(rows)
    group = np.where(ratings.rater < 3, "north", "south")
    pairs = {
        inside: [
            row[a] == row[b]
            for row in rows
            for a, b in combinations(range(6), 2)
            if ((a < 3) == (b < 3)) == inside
        ]
        for inside in (True, False)
    }
    figure = group_agreement_index(ratings, group)
    assert figure.value == pytest.approx(np.mean(pairs[True]) / np.mean(pairs[False]))
    assert figure.n == 40 * 15
    assert figure.low is not None
    assert figure.high is not None
    assert figure.value is not None
    assert 1 < figure.low < figure.value < figure.high


def test_intervals_of_the_index_go_over_prompts_where_there_are_any() -> None:
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 2, (30, 4)).tolist()
    plain = from_rows(rows)
    clustered = Ratings(plain.unit, plain.rater, plain.value, cluster=plain.unit // 3)
    group = plain.rater // 2
    by_task, by_prompt = (
        group_agreement_index(plain, group),
        group_agreement_index(clustered, group),
    )
    assert by_task.value == by_prompt.value
    assert "over tasks" in by_task.convention
    assert "over prompts" in by_prompt.convention


def test_an_index_needs_pairs_of_both_kinds_that_agree() -> None:
    apart = from_rows([[0, 1]])
    assert group_agreement_index(apart, ["x", "x"]).reason == (
        "No two raters across groups judged the same task."
    )
    assert group_agreement_index(apart, ["x", "y"]).reason == (
        "No two raters within a group judged the same task."
    )
    rows = from_rows([[0, 0, 1, 1]])
    within = group_agreement_index(rows, ["x", "x", "y", "y"])
    assert within.reason == "No pair across groups agrees, which leaves no ratio."
    single = group_agreement_index(from_rows([[0, 0, 0, 1]]), ["x", "x", "y", "y"])
    assert single.value is not None
    assert single.low is None


def test_shifts_of_nothing_and_of_one_answer() -> None:
    nothing = label_shift([0, 0], [1, 2])
    assert nothing.variation.reason == "One of the two has no judgments."
    same = label_shift([3, 0], [5, 0])
    assert (same.variation.value, same.chi2, same.p) == (0.0, None, None)
    with pytest.raises(RatingsError, match="after at position 1 is"):
        label_shift([1, 2], [1, -2])
    with pytest.raises(RatingsError, match="before has 2, after has 3"):
        label_shift([1, 2], [1, 2, 3])


def test_disagreement_from_the_judgments_themselves() -> None:
    rng = np.random.default_rng(0)
    camp = rng.integers(0, 2, 200)
    ratings = from_rows([[1, 1, 1, 1] if side else [1, 1, -1, -1] for side in camp])
    repeats = self_consistency(["a"] * 100, [1] * 100, [1] * 97 + [-1] * 3)
    disagreement = disagreement_cause(percent_agreement(ratings), repeats.equal)
    assert disagreement.cause == "specification"
    assert disagreement.certain
    assert "people read the task differently" in disagreement.sentence
    assert disagreement.between.low is not None
    assert disagreement.excess.low is not None
    assert disagreement.excess.low > 0.15


def test_few_repeats_do_not_settle_the_cause() -> None:
    agreement = Figure(0.60, 0.56, 0.64, 600, "")
    repeats = self_consistency(["a"] * 10, [1] * 10, [1] * 9 + [-1])
    disagreement = disagreement_cause(agreement, repeats.equal)
    assert not disagreement.certain
    assert disagreement.sentence.endswith("more repeats would settle it.")


def test_without_repeats_the_cause_cannot_be_told() -> None:
    agreement = Figure(0.60, 0.56, 0.64, 600, "")
    disagreement = disagreement_cause(agreement, self_consistency([], [], []).equal)
    assert disagreement.cause == "unknown"
    assert disagreement.excess.value is None
    assert disagreement.sentence == (
        "The cause of disagreement cannot be told. No task came back to anybody."
    )
    with pytest.raises(ValueError, match="high_within"):
        disagreement_cause(agreement, agreement, high_within=0)


def test_little_disagreement_needs_no_cause() -> None:
    figure = Figure(0.95, 0.93, 0.97, 400, "")
    disagreement = disagreement_cause(figure, figure)
    assert disagreement.cause == "agreement"
    bare = Figure(0.95, None, None, 1, "", "No interval: it rests on 1 task.")
    assert disagreement_cause(bare, figure).excess.low is None
    assert not disagreement_cause(bare, figure).certain
