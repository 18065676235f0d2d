"""Degenerate and hostile comparisons: a reason or an error that names the place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from labeling.stats.ranking import (
    Comparisons,
    Rankings,
    bradley_terry,
    circular_triads,
    consistence,
    elo,
    head_to_head,
    pairs_of,
    plackett_luce,
    style_control,
    win_rates,
)
from labeling.stats.ranking.outcomes import RankingTies
from labeling.stats.ratings import Figure, RatingsError
from tests.stats.ranking.data import Truth


def reason_of(figure: Figure) -> str:
    """Why a figure, or its interval, is undefined."""
    assert figure.low is None
    assert figure.reason is not None
    return figure.reason


def test_without_comparisons_there_are_no_items() -> None:
    nothing = Comparisons([], [], [])
    ranking = bradley_terry(nothing)
    assert (ranking.items, ranking.n, ranking.reason) == ((), 0, "There are no comparisons.")
    assert ranking.standings() == []
    assert win_rates(nothing) == {}
    assert len(head_to_head(nothing)) == 0
    assert elo(nothing).items == ()
    assert circular_triads(nothing).zeta.reason == "A circle takes at least 3 items."


@pytest.mark.parametrize("ties", ["davidson", "rao_kupper"])
def test_only_ties_say_that_items_are_equal_but_not_how_surely(ties: Any) -> None:
    level = Comparisons(["a", "b", "c"] * 4, ["b", "c", "a"] * 4, [0] * 12)
    ranking = bradley_terry(level)
    assert ranking.strength == pytest.approx([0, 0, 0])
    assert ranking.strength_of("a").low is None
    assert ranking.strength_of("a").reason == (
        "No interval: every comparison here was a tie, so that nothing varies."
    )
    assert set(ranking.separability().letters) == {"a"}
    assert bradley_terry(level, ties=ties).strength_of("a").value is None
    dropped = bradley_terry(level, ties="drop")
    assert "12 ties left out" in dropped.convention
    assert dropped.strength_of("a").reason == "a has no comparison with another item that counts."


@pytest.mark.parametrize("ties", ["half", "drop", "davidson", "rao_kupper"])
def test_one_sided_wins_have_no_estimate(ties: Any) -> None:
    ranking = bradley_terry(Comparisons(["a"] * 9, ["b"] * 9, [-1] * 9), ties=ties)
    assert "won every time" in reason_of(ranking.strength_of("a"))
    assert "lost every time" in reason_of(ranking.strength_of("b"))
    assert ranking.rank.tolist() == [0, 0]


@pytest.mark.parametrize("ties", ["davidson", "rao_kupper"])
def test_wins_down_one_ladder_and_ties_between_neighbours_run_away_together(ties: Any) -> None:
    ladder = Comparisons(["a", "a", "b", "b"], ["b", "b", "c", "c"], [-1, 0, -1, 0])
    ranking = bradley_terry(ladder, ties=ties)
    assert ranking.strength_of("a").value is None
    assert ranking.reason is not None
    assert "ties and distances can grow together" in ranking.reason
    assert np.isfinite(bradley_terry(ladder).strength).all()


@pytest.mark.parametrize("ties", ["davidson", "rao_kupper"])
def test_a_tie_across_two_rungs_holds_the_ladder(ties: Any) -> None:
    held = Comparisons(["a", "b", "a"], ["b", "c", "c"], [-1, -1, 0])
    assert np.isfinite(bradley_terry(held, ties=ties).strength).all()


def test_two_islands_are_ranked_apart_and_never_compared() -> None:
    islands = Comparisons(
        ["a", "a", "b", "x", "x", "y"], ["b", "b", "a", "y", "y", "x"], [-1, 0, -1, -1, -1, -1]
    )
    ranking = bradley_terry(islands)
    assert ranking.reason is not None
    assert "2 groups between which no strengths can be compared" in ranking.reason
    assert "a and b never met the others; x and y never met the others" in ranking.reason
    assert ranking.component.tolist() == [0, 0, 1, 1]
    apart = ranking.difference("a", "x")
    assert (apart.value, apart.low) == (None, None)
    assert apart.reason is not None
    assert apart.reason.startswith("a and x cannot be compared.")
    assert ranking.strength[:2].sum() == pytest.approx(0)
    tested = ranking.separability()
    assert np.isnan(tested.p_value[0, 2])
    shrunk = bradley_terry(islands, ridge=0.1)
    assert shrunk.difference("a", "x").value is None


def test_a_group_that_never_lost_to_the_rest_is_ranked_within_itself() -> None:
    rows = [("a", "b", -1), ("b", "a", -1), ("b", "a", -1), ("a", "c", -1), ("c", "d", -1)]
    first, second, value = zip(*rows, strict=True)
    ranking = bradley_terry(Comparisons(first, second, value))
    assert ranking.difference("b", "a").value == pytest.approx(np.log(2))
    assert "2 between groups tell no distance" in ranking.convention
    middle = ranking.strength_of("c").reason
    assert middle is not None
    assert "its strength lies between" in middle
    assert ranking.n == 3


def test_a_side_that_decides_everything_has_no_estimate() -> None:
    left_wins = Comparisons([1, 2, 3, 1, 2, 3], [2, 3, 1, 3, 1, 2], [-1] * 6, left=[1] * 6)
    ranking = bradley_terry(left_wins, side=True)
    assert ranking.side is not None
    assert ranking.side.value is None
    assert ranking.side.reason is not None
    assert "no finite estimate" in ranking.side.reason


def test_a_side_that_never_changes_cannot_be_told_from_strength() -> None:
    rows = Comparisons(["a"] * 5, ["b"] * 5, [-1, -1, 1, 1, 1], left=[1] * 5)
    ranking = bradley_terry(rows, side=True)
    assert ranking.side is not None
    assert ranking.side.value is None
    assert ranking.side.reason is not None
    assert "cannot be told apart from the strengths" in ranking.side.reason
    assert ranking.difference("b", "a").value == pytest.approx(np.log(1.5))


def test_an_unknown_side_throughout_has_no_effect_to_estimate() -> None:
    rows = Comparisons(["a", "a"], ["b", "b"], [-1, 1], left=[0, 0])
    side = bradley_terry(rows, side=True).side
    assert side is not None
    assert (side.n, side.value) == (0, None)
    assert side.reason is not None


def test_a_style_that_is_the_model_s_own_cannot_be_controlled() -> None:
    rng = np.random.default_rng(2)
    length = np.array([100.0, 150.0, 300.0])
    rows = Truth(np.array([0.0, 0.2, -0.2])).draw(rng, 200)
    gap = np.log(length[rows.first]) - np.log(length[rows.second])
    features = np.column_stack([gap, rng.normal(size=200), np.zeros(200)])
    control = style_control(
        Comparisons(rows.first, rows.second, rows.value, features=features),
        ["length", "bold", "lists"],
    )
    length_effect, bold, lists = control.effects.values()
    assert length_effect.reason is not None
    assert "cannot be told apart" in length_effect.reason
    assert bold.low is not None
    assert lists.reason is not None
    assert "0 in every comparison" in lists.reason


def test_features_of_any_unit_give_the_same_strengths() -> None:
    rows = Truth(np.array([0.0, 0.5, -0.5]), style=0.5).draw(np.random.default_rng(5), 300)
    assert rows.features is not None
    columns = rows.first, rows.second, rows.value
    plain = bradley_terry(Comparisons(*columns, features=rows.features), style=True)
    tiny = bradley_terry(Comparisons(*columns, features=rows.features * 1e-9), style=True)
    assert tiny.strength == pytest.approx(plain.strength, abs=1e-9)
    assert tiny.style[0].value == pytest.approx(1e9 * plain.style[0].value)  # type: ignore[operator]


def test_rows_of_weight_or_count_zero_do_not_count_but_their_items_are_named() -> None:
    rows = Comparisons(
        ["a", "a", "a"], ["b", "b", "z"], [-1, 1, 1], weight=[1, 1, 0], count=[2, 2, 1]
    )
    ranking = bradley_terry(rows)
    assert ranking.n == 4
    assert ranking.strength_of("z").reason == "z has no comparison with another item that counts."
    assert win_rates(rows)["z"].reason == "It was in no comparison that counts."


def test_a_billion_comparisons_a_pair() -> None:
    wins = np.array([[0, 6, 9], [4, 0, 7], [1, 3, 0]]) * 1e9
    ranking = bradley_terry(Comparisons.from_counts(["a", "b", "c"], wins))
    assert ranking.n == 30_000_000_000
    assert ranking.error.max() < 1e-4
    assert ranking.rank.tolist() == [1, 2, 3]
    uneven = Comparisons.from_counts(
        ["a", "b", "c"], np.array([[0, 1e9, 0], [1e9, 0, 2], [0, 1, 0]])
    )
    assert bradley_terry(uneven).difference("b", "c").value == pytest.approx(np.log(2))


def test_one_comparison_has_no_interval() -> None:
    ranking = bradley_terry(Comparisons(["a"], ["b"], [0]))
    assert ranking.strength_of("a").value == 0
    assert ranking.strength_of("a").reason == "No interval: it needs at least 2 comparisons."


def test_one_prompt_has_no_interval() -> None:
    rows = Comparisons(["a", "a", "b"], ["b", "b", "a"], [-1, -1, -1], cluster=[7, 7, 7])
    ranking = bradley_terry(rows)
    assert ranking.strength_of("a").low is None
    assert "over prompts and needs at least 2" in reason_of(ranking.strength_of("a"))
    with pytest.raises(ValueError, match="over prompts"):
        ranking.separability()


def test_a_bootstrap_of_too_few_comparisons_says_so() -> None:
    rows = Comparisons(["a", "a", "b"], ["b", "b", "a"], [-1, -1, -1])
    ranking = bradley_terry(rows, interval="bootstrap", resamples=100)
    assert "undefined and left out" in ranking.convention
    assert "there are too few comparisons" in reason_of(ranking.strength_of("a"))


@pytest.mark.walk
@pytest.mark.slow
def test_ten_thousand_items_are_ranked_without_a_full_matrix() -> None:
    truth = Truth(np.random.default_rng(1).normal(size=10_000))
    rows = truth.draw(np.random.default_rng(2), 60_000)
    ranking = bradley_terry(Comparisons(rows.first, rows.second, rows.value))
    known = np.isfinite(ranking.strength)
    assert known.mean() > 0.9
    assert np.corrcoef(ranking.strength[known], truth.strength[known])[0, 1] > 0.7
    assert ranking.covariance is None
    item = ranking.items[int(np.argmax(known))]
    assert ranking.strength_of(item).reason == (
        "No interval: above 2000 items the covariance of strengths is not computed."
    )


def test_few_items_in_full_and_sparse_form_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Truth(np.linspace(-1, 1, 6), nu=0.5, side=0.2).draw(np.random.default_rng(3), 300)
    models: tuple[RankingTies, ...] = ("half", "davidson")
    for ties in models:
        full = bradley_terry(rows, ties=ties, side=True)
        with monkeypatch.context() as patch:
            patch.setattr("labeling.stats.ranking.likelihood.DENSE", 3)
            lean = bradley_terry(rows, ties=ties, side=True)
        assert lean.covariance is None
        assert lean.strength == pytest.approx(full.strength, abs=1e-7)
        assert lean.side is not None
        assert full.side is not None
        assert lean.side.value == pytest.approx(full.side.value, abs=1e-7)


def test_a_pair_that_never_met_or_only_tied_has_no_head_to_head() -> None:
    rows = Comparisons(["a", "b", "b"], ["b", "c", "a"], [0, -1, 0])
    assert head_to_head(rows).figure("a", "c").reason == "a and c were never compared."
    dropped = head_to_head(rows, ties="drop").figure("b", "a")
    assert dropped.reason == "b and a only ever tied."
    assert head_to_head(rows).figure("c", "b").value == 0
    assert head_to_head(rows).figure("c", "b").low == 0


def test_triads_with_undecided_pairs_have_no_zeta_but_a_share() -> None:
    rows = Comparisons(["a", "b", "c", "d"], ["b", "c", "a", "a"], [-1, -1, -1, 0])
    triads = circular_triads(rows)
    assert triads.zeta.value is None
    assert triads.zeta.reason is not None
    assert triads.zeta.reason.startswith("3 pairs of items never met or came out level")
    assert triads.share.value == 1
    assert not triads.transitive


def test_impossible_win_scores_are_refused() -> None:
    with pytest.raises(RatingsError, match="have the win scores 0, 4, 4"):
        consistence([4, 4, 0])


def test_a_band_above_the_last_place_is_refused_by_ranking_and_items() -> None:
    rankings = Rankings(["r1", "r1", "r1"], ["a", "b", "c"], [1, 1, 2])
    with pytest.raises(RatingsError, match="ranking r1 has a and b level above its last place"):
        plackett_luce(rankings)
    assert pairs_of(rankings).value.tolist() == [0, -1, -1]


def test_an_item_twice_in_a_ranking_is_refused_by_position() -> None:
    with pytest.raises(
        RatingsError, match="item a stands in ranking 1 a second time at position 2"
    ):
        Rankings([1, 1, 1], ["a", "b", "a"], [1, 2, 3])


def test_a_ranking_in_two_clusters_is_refused_by_position() -> None:
    with pytest.raises(RatingsError, match="ranking 5 at position 0 is in two clusters"):
        Rankings([5, 5], ["a", "b"], [1, 2], cluster=["p", "q"])


def test_rankings_that_order_nothing_have_no_strengths() -> None:
    assert plackett_luce(Rankings([], [], [])).items == ()
    level = plackett_luce(Rankings([1, 1, 2], ["a", "b", "c"], [1, 1, 1]))
    assert level.strength_of("a").value is None
    assert level.strength_of("a").reason


def test_an_item_always_ranked_last_is_named() -> None:
    ranking = plackett_luce(Rankings.from_orders([["a", "b", "z"], ["b", "a", "z"]]))
    assert "z lost every time" in reason_of(ranking.strength_of("z"))
    assert ranking.strength[:2] == pytest.approx([0, 0])
    assert ranking.strength_of("a").n == 2
    assert "n counts rankings of the item" in ranking.strength_of("a").convention


def test_an_error_that_is_only_rounding_is_none_whatever_the_names() -> None:
    """By symmetry the one in the middle cannot move; rounding leaves some 1e-9."""
    for orders in ([[0, 1, 2], [2, 1, 0]], [[1, 0, 2], [1, 2, 0]], [[7, 3, 5], [5, 3, 7]]):
        ranking = plackett_luce(Rankings.from_orders(orders))
        middle = ranking.items.index(orders[0][1])
        assert np.isnan(ranking.error[middle]) or ranking.error[middle] > 0.1


@pytest.mark.walk
def test_a_resample_in_which_nothing_was_drawn_is_undefined() -> None:
    ranking = bradley_terry(
        Comparisons([1, 1, 1], [2, 2, 2], [-1, 1, -1]), interval="bootstrap", resamples=4000
    )
    undefined = int(ranking.convention.split("of which ")[1].split()[0])
    both_sides_win = (1 - np.exp(-2)) * (1 - np.exp(-1))
    assert undefined / 4000 == pytest.approx(1 - both_sides_win, abs=0.025)
