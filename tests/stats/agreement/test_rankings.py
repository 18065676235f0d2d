"""The agreement of rankings: tau and W within tasks, implied pairs, circles, contradictions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy import stats

from labeling.stats import (
    Ratings,
    TaskLists,
    circles_of_lists,
    circles_within,
    kendall_tau_lists,
    kendall_w,
    kendall_w_within,
    krippendorff_alpha,
    ranking_report,
    task_lists,
    tau_rows,
)
from tests.stats.shapes import golden

VECTORS = {vector["id"]: vector for vector in golden("science_vectors")}


def lists_of(tasks: Sequence[Any], prompts: Sequence[int] | None = None) -> TaskLists:
    """One table a task: one row a response, one column a rater, None where nothing was ranked."""
    rows = [
        (task, response, rater, rank, task if prompts is None else prompts[task])
        for task, table in enumerate(tasks)
        for response, ranks in enumerate(table)
        for rater, rank in enumerate(ranks)
        if rank is not None
    ]
    return task_lists(*zip(*rows, strict=True)) if rows else task_lists([], [], [], [], [])


def drawn(seed: int, tasks: int = 12) -> list[Any]:
    """Tasks of three to six responses, ranked by three raters with ties."""
    chance = np.random.default_rng(seed)
    return [chance.integers(1, 5, (chance.integers(3, 7), 3)) for _ in range(tasks)]


def test_w_of_one_task_is_w_of_its_list() -> None:
    table = np.array([[1, 2, 3, 4, 5], [2, 1, 3, 5, 4], [1, 3, 2, 4, 5]]).T
    unit, rater = (axis.ravel() for axis in np.indices(table.shape))
    report, pairs = ranking_report(lists_of([table]))
    plain = kendall_w(Ratings(unit, rater, table.ravel()))
    assert report["kendall_w"]["value"] == pytest.approx(plain.value)
    assert pairs.tau == pytest.approx([0.6, 0.8, 0.4])
    assert report["kendall_tau"]["value"] == pytest.approx(0.6)
    assert "1 prompt" in report["kendall_tau"]["reason"]


@pytest.mark.parametrize("seed", range(3))
def test_tau_of_every_pair_of_raters_is_the_mean_of_scipys_over_tasks(seed: int) -> None:
    tasks = drawn(seed)
    tau, pairs = kendall_tau_lists(lists_of(tasks))
    every = {
        pair: [stats.kendalltau(table[:, pair[0]], table[:, pair[1]]).statistic for table in tasks]
        for pair in combinations(range(3), 2)
    }
    assert list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)) == list(every)
    assert pairs.tau == pytest.approx([np.nanmean(values) for values in every.values()])
    assert pairs.n.tolist() == [np.isfinite(values).sum() for values in every.values()]
    means = np.nanmean(np.array(list(every.values())), axis=0)
    assert tau.value == pytest.approx(np.nanmean(means))
    assert tau.low is not None
    assert tau.high is not None
    assert -1 <= tau.low < tau.high <= 1


def test_implied_pairs_are_preferences_and_their_alpha_is_the_symmetric_one() -> None:
    tasks = drawn(7)
    triples = [
        ((task, a, b), rater, int(np.sign(table[a, rater] - table[b, rater])), task)
        for task, table in enumerate(tasks)
        for a, b in combinations(range(len(table)), 2)
        for rater in range(3)
    ]
    unit, rater, value, prompt = zip(*triples, strict=True)
    ratings = Ratings([str(name) for name in unit], rater, value, prompt)
    plain = krippendorff_alpha(ratings, symmetric=True, categories=(-1, 0, 1))
    report, _ = ranking_report(lists_of(tasks))
    alpha = report["pair_alpha"]
    assert (alpha["value"], alpha["n"]) == (pytest.approx(plain.value), plain.n)
    assert (alpha["low"], alpha["high"]) == (pytest.approx(plain.low), pytest.approx(plain.high))
    assert "n counts pairs of responses judged at least twice" in alpha["convention"]
    assert report["ties"]["value"] == pytest.approx(np.mean(np.array(value) == 0))


def test_a_ranking_with_a_tie_gives_the_pairs_of_the_acceptance_list() -> None:
    ranks = VECTORS["G18"]["input"]["K4"]
    side = lists_of([[[rank] for rank in ranks.values()]]).sides([0])[0]
    names = list(combinations(ranks, 2))
    pairs = [[a, b] for (a, b), sign in zip(names, side, strict=True) if sign < 0]
    assert pairs == VECTORS["G18"]["expected"]["K4_pairs"]
    nine = lists_of([[[rank] for rank in range(9)]])
    assert np.count_nonzero(nine.sides([0])) == VECTORS["G18"]["expected"]["K9_pairs"]


#: Who is over whom with the win scores of the acceptance list, 4 2 2 1 1 and without the first.
OVER = ["ab", "ac", "ad", "ae", "bc", "db", "be", "cd", "ce", "ed"]


@pytest.mark.parametrize(("place", "names"), [(0, "abcde"), (1, "bcde")])
def test_circles_of_the_acceptance_list(place: int, names: str) -> None:
    pairs = [pair for pair in OVER if set(pair) <= set(names)]
    scores = [sum(pair[0] == name for pair in pairs) for name in names]
    assert scores == VECTORS["G20"]["input"]["win_scores"][place]
    first, second = zip(*pairs, strict=True)
    group = [0] * len(pairs)
    circles = circles_within(group, first, second, [-1] * len(pairs), group, groups_are="tasks")
    assert circles.circular == VECTORS["G20"]["expected"]["d"][place]
    assert circles.zeta.value == pytest.approx(VECTORS["G20"]["expected"]["zeta"][place])


def test_circles_of_many_groups_add_up_and_say_what_is_missing() -> None:
    circle = ([0, 1, 2], [1, 2, 0], [-1, -1, -1])
    order = ([0, 0, 1], [1, 2, 2], [-1, -1, -1])
    open_pair = ([0, 0, 1], [1, 2, 2], [-1, -1, 0])
    parts = [circle, order, open_pair]
    first, second, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    group = np.repeat([5, 6, 7], 3)
    circles = circles_within(group, first, second, value, group, groups_are="tasks")
    assert (circles.circular, circles.complete, circles.groups) == (1, 2, 2)
    assert (circles.share.value, circles.share.n) == (0.5, 2)
    assert (circles.zeta.value, circles.zeta.n) == (0.5, 2)
    nothing = circles_within([], [], [], [], [], groups_are="tasks")
    assert nothing.share.reason == "No three responses have all three pairs decided."
    assert nothing.zeta.reason == "No tasks have every pair of three responses decided."


@pytest.mark.parametrize("seed", range(6))
def test_circles_of_lists_are_those_of_their_pairs(seed: int) -> None:
    lists = lists_of(drawn(seed, tasks=seed * 5))
    lead, compared = lists.leads
    task, pair = np.nonzero(compared)
    first, second = (end[pair] for end in lists.ends)
    pairs = circles_within(
        task, first, second, lead[compared], lists.prompt[task], groups_are="tasks"
    )
    whole = circles_of_lists(lead, compared, lists.ends, lists.prompt, groups_are="tasks")
    assert vars(whole) == vars(pairs)


def test_contradictions_are_pairs_rated_the_other_way_than_ranked() -> None:
    # Ranked a > b = c > d; rated a 5, b 6, c 2, d nothing: a against b alone.
    columns = ([1] * 4, [1, 2, 3, 4], [1] * 4, [1, 2, 2, 3], [1] * 4)
    lists = task_lists(*columns, beside=[5, 6, 2, np.nan])
    report, _ = ranking_report(lists)
    assert (report["contradictions"]["value"], report["contradictions"]["n"]) == (0.5, 2)
    alone, _ = ranking_report(task_lists(*columns))
    assert alone["contradictions"]["value"] is None
    assert "both ranked and rated" in alone["contradictions"]["reason"]


def test_intervals_take_tasks_of_one_prompt_together() -> None:
    tasks = drawn(3)
    alone, together = lists_of(tasks), lists_of(tasks, [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
    for name in ("kendall_tau", "kendall_w"):
        apart, joined = (ranking_report(lists)[0][name] for lists in (alone, together))
        assert apart["value"] == pytest.approx(joined["value"])
        assert "over 4 prompts" in joined["convention"]
        assert apart["low"] != pytest.approx(joined["low"])


def test_w_over_prompts_of_one_task_each_is_w_over_tasks() -> None:
    unit, rater, value, task = np.array(
        [
            (10 * number + place, rater, table[place, rater], number)
            for number, table in enumerate(drawn(5))
            for place in range(len(table))
            for rater in range(3)
        ]
    ).T
    ratings = Ratings(unit, rater, value, task)
    plain, named = kendall_w_within(ratings), kendall_w_within(ratings, prompt=task * 7)
    assert (plain.value, plain.low, plain.high) == pytest.approx(
        (named.value, named.low, named.high)
    )


def test_an_incomplete_ranking_is_compared_on_what_both_ranked() -> None:
    table = [[1, 1], [2, 2], [3, None]]
    tau, pairs = kendall_tau_lists(lists_of([table]))
    assert (tau.value, pairs.n.tolist()) == (1.0, [1])


def test_nothing_to_compare_is_said_in_words() -> None:
    empty, pairs = ranking_report(lists_of([]))
    assert not len(pairs)
    assert {figure["value"] for figure in figures_of(empty)} == {None}
    assert all(figure["reason"] for figure in figures_of(empty))
    single, _ = ranking_report(lists_of([[[1], [2], [3]]]))
    assert single["kendall_tau"]["reason"].startswith("No two raters judged the same task.")
    level, pairs = ranking_report(lists_of([[[1, 1], [1, 2], [1, 3]]]))
    assert "puts all its responses level" in level["kendall_tau"]["reason"]
    (row,) = tau_rows(pairs, {0: "rui", 1: "sam"})
    assert (row["n"], row["kendall_tau"]["reason"]) == (
        0,
        "They share no task that both put in some order.",
    )
    assert json.loads(json.dumps(level, allow_nan=False)) == level


def figures_of(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Every figure of a report of rankings."""
    names = ("kendall_tau", "kendall_w", "pair_alpha", "ties", "contradictions")
    return [*(report[name] for name in names), *report["percent_agreement"].values()]
