"""Identities and invariances that hold for any comparisons."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labeling.stats.ranking import (
    Comparisons,
    Rankings,
    bradley_terry,
    circular_triads,
    consistence,
    head_to_head,
    letters_of,
    plackett_luce,
    win_rates,
)
from labeling.stats.ranking.elo import ELO_PER_LOGIT
from tests.stats.ranking.data import Truth

TIES = ("half", "drop", "davidson", "rao_kupper")

rows = st.lists(
    st.tuples(st.integers(0, 4), st.integers(1, 4), st.sampled_from((-2, -1, 0, 1, 3))),
    min_size=1,
    max_size=60,
).map(lambda cells: [(a, (a + step) % 5, value) for a, step, value in cells])
ways = st.sampled_from(TIES)


def compared(cells: list[Any], **columns: Any) -> Comparisons:
    """(first, second, value) triples."""
    first, second, value = zip(*cells, strict=True)
    return Comparisons(first, second, value, **columns)


def same(first: Any, second: Any) -> None:
    """The same strengths, errors and ranks."""
    for name in ("strength", "error", "win_rate"):
        assert getattr(first, name) == pytest.approx(getattr(second, name), abs=1e-6, nan_ok=True)
    assert first.component.tolist() == second.component.tolist()


@given(rows, ways)
def test_every_item_has_a_strength_with_an_interval_or_says_why_not(
    cells: list[Any], ties: Any
) -> None:
    ranking = bradley_terry(compared(cells), ties=ties)
    for line in ranking.standings():
        for figure in (line.strength, line.elo, line.win_rate):
            if figure.value is None or figure.low is None:
                assert figure.reason
                assert figure.reason.endswith(".")
            if figure.value is not None and figure.low is not None:
                assert figure.high is not None
                assert figure.low < figure.value < figure.high
    if len(set(ranking.component.tolist())) > 1:
        assert ranking.reason


@given(rows, ways)
def test_which_item_is_called_first_does_not_matter(cells: list[Any], ties: Any) -> None:
    turned = [
        (b, a, -value) if number % 2 else (a, b, value)
        for number, (a, b, value) in enumerate(cells)
    ]
    same(bradley_terry(compared(cells), ties=ties), bradley_terry(compared(turned), ties=ties))


@given(rows, ways, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(cells: list[Any], ties: Any, rng: Any) -> None:
    shuffled = list(cells)
    rng.shuffle(shuffled)
    same(bradley_terry(compared(cells), ties=ties), bradley_terry(compared(shuffled), ties=ties))


@given(rows, ways)
def test_names_do_not_matter(cells: list[Any], ties: Any) -> None:
    named = [(f"model-{a}", f"model-{b}", value) for a, b, value in cells]
    shifted = [(a + 10**12, b + 10**12, value) for a, b, value in cells]
    ranking = bradley_terry(compared(cells), ties=ties)
    same(ranking, bradley_terry(compared(named), ties=ties))
    same(ranking, bradley_terry(compared(shifted), ties=ties))


@given(rows, ways)
def test_how_strong_a_preference_is_does_not_matter(cells: list[Any], ties: Any) -> None:
    signs = [(a, b, float(np.sign(value)) / 2) for a, b, value in cells]
    same(bradley_terry(compared(cells), ties=ties), bradley_terry(compared(signs), ties=ties))


@given(rows)
def test_a_count_is_as_many_rows_and_a_weight_of_one_is_none(cells: list[Any]) -> None:
    thrice = bradley_terry(compared(cells * 3))
    counted = bradley_terry(compared(cells, count=[3] * len(cells)))
    same(thrice, counted)
    assert counted.n == thrice.n
    same(bradley_terry(compared(cells)), bradley_terry(compared(cells, weight=[1] * len(cells))))


@given(rows)
def test_equal_weights_change_neither_strengths_nor_errors(cells: list[Any]) -> None:
    same(bradley_terry(compared(cells)), bradley_terry(compared(cells, weight=[7] * len(cells))))


@given(rows)
def test_every_comparison_its_own_prompt_is_the_plain_sandwich(cells: list[Any]) -> None:
    alone = bradley_terry(compared(cells, cluster=range(len(cells))))
    assert "over prompts" not in alone.convention
    same(bradley_terry(compared(cells)), alone)


@given(rows)
def test_without_ties_all_models_are_bradley_terry(cells: list[Any]) -> None:
    decided = [cell for cell in cells if cell[2]] or [(0, 1, 1)]
    plain = bradley_terry(compared(decided), ties="drop")
    for ties in ("half", "davidson", "rao_kupper"):
        same(plain, bradley_terry(compared(decided), ties=ties))


@given(rows)
def test_the_expected_wins_equal_the_observed_ones(cells: list[Any]) -> None:
    ranking = bradley_terry(compared(cells))
    if ranking.reason is not None:
        return
    place = {item: number for number, item in enumerate(ranking.items)}
    surplus = np.zeros(len(ranking.items))
    for a, b, value in cells:
        p = 1 / (1 + np.exp(ranking.strength[place[b]] - ranking.strength[place[a]]))
        surplus[place[a]] += (1 - np.sign(value)) / 2 - p
        surplus[place[b]] -= (1 - np.sign(value)) / 2 - p
    assert surplus == pytest.approx(np.zeros(len(surplus)), abs=1e-7)


@given(rows, st.integers(0, 3))
def test_two_items_have_the_log_odds_of_their_wins(cells: list[Any], ties: int) -> None:
    wins = [(0, 1, -1)] * (1 + len(cells)) + [(0, 1, 1)] * 3 + [(0, 1, 0)] * ties
    ranking = bradley_terry(compared(wins))
    odds = (1 + len(cells) + ties / 2) / (3 + ties / 2)
    gap = ranking.difference(0, 1)
    assert gap.value == pytest.approx(np.log(odds))
    elo = ranking.elo_of(0).value, ranking.elo_of(1).value
    assert elo[0] - elo[1] == pytest.approx(ELO_PER_LOGIT * np.log(odds))  # type: ignore[operator]
    rate = ranking.win_rate_of(0)
    raw = win_rates(compared(wins))[0]
    pair = head_to_head(compared(wins)).figure(0, 1)
    assert rate.value == pytest.approx(raw.value)
    assert pair.value == pytest.approx(raw.value)


@given(rows)
@example(
    [(0, 1, -1)] * 3
    + [(0, 1, 1), (0, 2, -1), (0, 2, -1), (0, 2, 1), (2, 3, -1), (3, 4, -1), (4, 0, -1)]
)
def test_rankings_of_two_are_comparisons(cells: list[Any]) -> None:
    decided = [cell for cell in cells if cell[2]] or [(0, 1, 1)]
    orders = [[a, b] if value < 0 else [b, a] for a, b, value in decided]
    same(bradley_terry(compared(decided)), plackett_luce(Rankings.from_orders(orders)))


@given(st.lists(st.permutations(range(4)), min_size=1, max_size=12), st.permutations(range(4)))
def test_plackett_luce_does_not_know_names(orders: list[Any], names: list[int]) -> None:
    ranking = plackett_luce(Rankings.from_orders(orders))
    renamed = plackett_luce(Rankings.from_orders([[names[i] for i in order] for order in orders]))
    back = [renamed.items.index(names[item]) for item in ranking.items]
    assert ranking.strength == pytest.approx(renamed.strength[back], abs=1e-6, nan_ok=True)
    assert ranking.error == pytest.approx(renamed.error[back], abs=1e-6, nan_ok=True)


@given(st.integers(3, 9), st.integers(0, 2**31))
def test_circular_triads_are_those_counted_one_by_one(size: int, seed: int) -> None:
    wins = np.triu(np.random.default_rng(seed).integers(0, 2, (size, size)), 1)
    wins = wins + np.tril(1 - wins.T, -1)
    triads = circular_triads(Comparisons.from_counts(range(size), wins))
    circles = sum(
        len({int(wins[i, [j, k]].sum()) for i, j, k in ((a, b, c), (b, a, c), (c, a, b))}) == 1
        for a, b, c in combinations(range(size), 3)
    )
    assert triads.circular == circles
    assert triads.zeta.value == pytest.approx(consistence(wins.sum(axis=1)).value)
    assert len(triads.cycles) == min(circles, 20)
    for a, b, c in triads.cycles:
        assert wins[a, b]
        assert wins[b, c]
        assert wins[c, a]


@given(st.integers(1, 9), st.integers(0, 2**31))
def test_letters_are_shared_exactly_by_those_alike(size: int, seed: int) -> None:
    alike = np.triu(np.random.default_rng(seed).integers(0, 2, (size, size)), 1)
    alike = (alike + alike.T).astype(bool)
    letters = [set(names.split()) for names in letters_of(alike)]
    assert all(letters)
    for first, second in combinations(range(size), 2):
        assert bool(letters[first] & letters[second]) == alike[first, second]


def test_the_sandwich_equals_the_spread_of_resamples() -> None:
    comparisons = Truth(np.linspace(-1, 1, 5), nu=0.8).draw(np.random.default_rng(4), 1500)
    for ties in TIES:
        exact = bradley_terry(comparisons, ties=ties)  # type: ignore[arg-type]
        drawn = bradley_terry(comparisons, ties=ties, interval="bootstrap", seed=5)  # type: ignore[arg-type]
        assert drawn.error == pytest.approx(exact.error, rel=0.1)
        assert drawn.low == pytest.approx(exact.low, abs=0.03)


def test_the_bootstrap_over_prompts_equals_the_sandwich_over_prompts() -> None:
    rng = np.random.default_rng(6)
    cluster = np.repeat(np.arange(300), 5)
    comparisons = Truth(np.linspace(-1, 1, 5), nu=0.5).draw(rng, 1500, cluster=cluster)
    exact = bradley_terry(comparisons)
    drawn = bradley_terry(comparisons, interval="bootstrap", seed=7)
    assert "over prompts, 1000 resamples, seed 7" in drawn.convention
    assert drawn.error == pytest.approx(exact.error, rel=0.1)


def test_the_same_seed_gives_the_same_interval() -> None:
    comparisons = Truth(np.linspace(-1, 1, 4)).draw(np.random.default_rng(1), 200)
    first, same_seed, second = (
        bradley_terry(comparisons, interval="bootstrap", seed=seed, resamples=200)
        for seed in (1, 1, 2)
    )
    assert first.low.tolist() == same_seed.low.tolist()
    assert first.low.tolist() != second.low.tolist()
