"""Ranking: published and independently verified values, case by case."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from labeling.stats.ranking import (
    Comparisons,
    arena_rank,
    bradley_terry,
    circular_triads,
    consistence,
    elo,
    elo_from_strength,
    pairs_of,
    style_control,
    style_features,
    win_rate_at,
)
from labeling.stats.ranking.elo import ELO_PER_LOGIT
from labeling.stats.ranking.rankings import Rankings
from tests.stats.shapes import golden

CASES = {case["name"]: case for case in golden("statistics")}
VECTORS = {vector["id"]: vector for vector in golden("science_vectors")}

# Wins at home, then away, of the row's team against each; American League East, 1987
# (Agresti, Categorical Data Analysis, 1990, section 10.6).
TEAMS = ("Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore")
HOME_WINS_AND_LOSSES = [
    [(0, 0), (4, 3), (4, 2), (4, 3), (6, 1), (4, 2), (6, 0)],
    [(3, 3), (0, 0), (4, 2), (4, 3), (6, 0), (6, 1), (4, 3)],
    [(2, 5), (4, 3), (0, 0), (2, 4), (4, 3), (4, 2), (6, 0)],
    [(3, 3), (5, 1), (2, 5), (0, 0), (4, 3), (4, 2), (6, 1)],
    [(5, 1), (2, 5), (3, 3), (4, 2), (0, 0), (5, 2), (6, 0)],
    [(2, 5), (3, 3), (3, 4), (4, 3), (4, 2), (0, 0), (2, 4)],
    [(2, 5), (1, 5), (1, 6), (2, 4), (1, 6), (3, 4), (0, 0)],
]


def expected(name: str, metric: str) -> Any:
    """The verified value."""
    return CASES[name]["expected"][metric]["value"]


def test_the_citations_of_statistics_journals_with_their_errors_and_deviance() -> None:
    case = CASES["bt_stigler1994_citations"]
    comparisons = Comparisons.from_counts(case["items"], case["win_matrix"])
    ranking = bradley_terry(comparisons, interval="model")
    from_first = ranking.strength - ranking.strength[0]
    assert from_first == pytest.approx(
        expected("bt_stigler1994_citations", "bt_log_strength_ref_first"), abs=1e-9
    )
    assert ranking.covariance is not None
    own = np.diagonal(ranking.covariance)
    errors = np.sqrt(np.maximum(own + own[0] - 2 * ranking.covariance[0], 0))
    assert errors == pytest.approx(
        expected("bt_stigler1994_citations", "bt_se_ref_first"), abs=1e-7
    )
    assert ranking.deviance == pytest.approx(4.29338396989, abs=1e-8)


def test_the_readme_of_choix() -> None:
    winner, loser = np.array(CASES["bt_choix_readme"]["comparisons"]).T
    ranking = bradley_terry(Comparisons(winner, loser, np.full(6, -1)))
    strengths = expected("bt_choix_readme", "bt_log_strength_centered")
    assert ranking.strength == pytest.approx(strengths, abs=1e-8)
    assert ranking.log_likelihood == pytest.approx(-3.87708256169822, abs=1e-10)


def test_an_undefeated_item_has_no_strength_and_the_prior_must_be_asked_for() -> None:
    case = CASES["degenerate_bt_undefeated_item"]
    comparisons = Comparisons.from_counts(["m0", "m1", "m2"], case["win_matrix"])
    ranking = bradley_terry(comparisons)
    assert ranking.strength_of("m0").value is None
    reason = "m0 won every time: its strength has no finite estimate."
    assert ranking.strength_of("m0").reason == reason
    assert ranking.reason is not None
    assert "m0 never lost to the others" in ranking.reason
    shrunk = bradley_terry(comparisons, ridge=0.5)
    assert shrunk.strength == pytest.approx(
        expected("degenerate_bt_undefeated_item", "bt_map_l2_alpha_0.5"), abs=1e-7
    )
    assert "a ridge of 0.5 (a prior, not data)" in shrunk.convention


def triangle(ties: bool) -> Comparisons:
    """The three models of G13, and with the ties of G14."""
    wins = VECTORS["G13"]["input"]["wins"]
    table, tied = np.zeros((3, 3)), np.zeros((3, 3))
    for pair, times in wins.items():
        table["ABC".index(pair[0]), "ABC".index(pair[2])] = times
    for pair, times in VECTORS["G14"]["input"]["ties"].items():
        first, second = "ABC".index(pair[0]), "ABC".index(pair[1])
        tied[first, second] = tied[second, first] = times
    return Comparisons.from_counts(list("ABC"), table, tied if ties else None)


def test_three_models_and_their_elo() -> None:
    ranking = bradley_terry(triangle(ties=False))
    published = VECTORS["G13"]["expected"]
    for item, strength in published["theta"].items():
        assert ranking.strength_of(item).value == pytest.approx(strength, abs=1e-4)
        assert ranking.elo_of(item).value == pytest.approx(published["elo_1000"][item], abs=0.05)
    a_over_c = ranking.difference("A", "C").value
    assert a_over_c is not None
    assert 1 / (1 + np.exp(-a_over_c)) == pytest.approx(published["p_A_beats_C"], abs=1e-4)


def test_ties_as_half_wins() -> None:
    ranking = bradley_terry(triangle(ties=True))
    published = VECTORS["G14"]["expected"]["theta"]
    assert ranking.strength == pytest.approx(list(published.values()), abs=1e-4)


def test_the_elo_scale() -> None:
    published = VECTORS["G15"]["expected"]
    assert pytest.approx(published["points_per_logit"], abs=1e-4) == ELO_PER_LOGIT
    assert win_rate_at(100) == pytest.approx(published["win_rate_at_100_elo"], abs=1e-4)
    assert elo_from_strength(0.0) == 1000


def test_equal_models_one_of_which_writes_longer() -> None:
    inputs, published = VECTORS["G16"]["input"], VECTORS["G16"]["expected"]
    rows = [inputs["A_longer"], inputs["B_longer"]]
    control = style_control(
        Comparisons(
            ["A"] * 4,
            ["B"] * 4,
            [-1, 1, -1, 1],
            features=[row["x"] for row in rows for _ in range(2)],
            weight=[row[name] for row in rows for name in ("A_wins", "B_wins")],
        ),
        ["length"],
    )
    assert control.raw.win_rate_of("A").value == pytest.approx(
        published["raw_win_rate_A"], abs=1e-9
    )
    assert control.effects["length"].value == pytest.approx(published["beta_length"], abs=1e-3)
    controlled = control.controlled.win_rate_of("A").value
    assert controlled == pytest.approx(published["controlled_win_rate_A"], abs=1e-9)


def test_style_features_and_ranks_of_the_arena() -> None:
    case = CASES["arena_style_feature_and_rank"]
    plain = style_features(case["len_a"], case["len_b"], scaled=False).values[:, 0]
    scaled = style_features(case["len_a"], case["len_b"]).values[:, 0]
    name = "arena_style_feature_and_rank"
    assert plain == pytest.approx(expected(name, "relative_difference"), abs=1e-12)
    assert scaled == pytest.approx(expected(name, "z_score_ddof0"), abs=1e-9)
    low, high = np.array(case["intervals"], dtype=float).T
    assert arena_rank(low, high).tolist() == expected(name, "approximate_rank")


def test_elo_game_by_game_with_draws() -> None:
    case = CASES["elo_online_small_with_draws"]
    x, y, winner = zip(*case["games"], strict=True)
    games = Comparisons(x, y, [{"X": -1, "D": 0, "Y": 1}[who] for who in winner])
    for k in (4, 32):
        ratings = elo(games, k=k).rating
        published = expected("elo_online_small_with_draws", f"elo_ratings_A_B_C_k{k}")
        assert ratings == pytest.approx(published, abs=1e-9)


def test_circular_triads_from_win_scores() -> None:
    inputs, published = VECTORS["G20"]["input"], VECTORS["G20"]["expected"]
    for scores, zeta in zip(inputs["win_scores"], published["zeta"], strict=True):
        assert consistence(scores).value == pytest.approx(zeta, abs=1e-12)


def test_three_principles_of_which_each_prevails_over_the_next() -> None:
    table = [[0, 7, 3], [2, 0, 6], [6, 2, 0]]
    triads = circular_triads(Comparisons.from_counts(["P1", "P2", "P3"], table))
    assert (triads.circular, triads.complete) == (1, 1)
    assert triads.cycles == (("P1", "P2", "P3"),)
    assert triads.zeta.value == 0


def test_bands_become_pairs_of_one_weight_a_ranking() -> None:
    bands = VECTORS["G18"]["input"]["K4"]
    pairs = pairs_of(Rankings(["r"] * 4, list(bands), list(bands.values())))
    decided = pairs.value < 0
    kept = [list(pair) for pair in zip(pairs.first[decided], pairs.second[decided], strict=True)]
    assert kept == VECTORS["G18"]["expected"]["K4_pairs"]
    assert pairs.value.tolist().count(0) == 1
    nine = pairs_of(Rankings([0] * 9, range(9), range(9)))
    assert len(nine) == VECTORS["G18"]["expected"]["K9_pairs"]
    assert nine.weight == pytest.approx(np.full(36, 0.0278), abs=1e-4)


def baseball() -> Comparisons:
    """A row for each result; the home team is the first and stands on the left."""
    rows = [
        (TEAMS[home], TEAMS[away], value, times)
        for home, line in enumerate(HOME_WINS_AND_LOSSES)
        for away, result in enumerate(line)
        for value, times in zip((-1, 1), result, strict=True)
    ]
    first, second, value, times = zip(*rows, strict=True)
    played = np.array(times) > 0
    return Comparisons(
        np.array(first)[played],
        np.array(second)[played],
        np.array(value)[played],
        left=np.ones(int(played.sum())),
        count=np.array(times)[played],
    )


def test_the_home_advantage_of_baseball_is_the_side_effect() -> None:
    ranking = bradley_terry(baseball(), side=True, interval="model")
    assert ranking.side is not None
    assert ranking.side.value == pytest.approx(0.3023, abs=5e-5)
    assert ranking.n == 273
    ahead = ranking.difference("Milwaukee", "Baltimore").value
    assert ahead == pytest.approx(1.6196, abs=5e-5)
    anywhere = bradley_terry(baseball()).difference("Milwaukee", "Baltimore").value
    assert anywhere == pytest.approx(1.5814, abs=5e-5)
