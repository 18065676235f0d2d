"""Ranking beside independent libraries and beside plain maximisation of the likelihood.

Where a library is wrong, the test says so:
- evalica's `bradley_terry` (0.4.2) stops after two iterations with one score for all where an
  item is undefeated, without a word.
- statsmodels has no Bradley-Terry; a binomial GLM on differences of indicators is one.
"""

from __future__ import annotations

from typing import Any

import choix
import evalica
import numpy as np
import pytest
from scipy import optimize, special
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM

from labeling.stats.ranking import Comparisons, Rankings, bradley_terry, plackett_luce
from labeling.stats.ratings import Floats
from tests.stats.ranking.data import Truth

ITEMS = 6
TRUTH = Truth(np.linspace(-0.8, 0.8, ITEMS), nu=0.6, side=0.3, style=0.4)
comparisons = TRUTH.draw(np.random.default_rng(3), 600)
WINNER = {-1: evalica.Winner.X, 0: evalica.Winner.Draw, 1: evalica.Winner.Y}


def design(comparisons: Comparisons, *extras: Any) -> Floats:
    """Differences of indicators, the first item being the reference, and other columns."""
    each = np.arange(ITEMS)
    rows = (comparisons.first[:, None] == each).astype(float)
    rows = rows - (comparisons.second[:, None] == each)
    return np.column_stack([rows[:, 1:], *extras])


def test_decided_comparisons_equal_choix() -> None:
    ranking = bradley_terry(comparisons, ties="drop")
    first, second, value = (getattr(comparisons, name) for name in ("first", "second", "value"))
    pairs = [
        (int(a), int(b)) if v < 0 else (int(b), int(a))
        for a, b, v in zip(first, second, value, strict=True)
        if v
    ]
    theirs = choix.opt_pairwise(ITEMS, pairs, tol=1e-12)
    assert ranking.strength == pytest.approx(theirs, abs=1e-5)
    assert ranking.log_likelihood == pytest.approx(
        choix.log_likelihood_pairwise(pairs, ranking.strength), abs=1e-9
    )


def test_ties_as_half_wins_equal_evalica() -> None:
    names = [str(item) for item in comparisons.first], [str(item) for item in comparisons.second]
    winners = [WINNER[int(value)] for value in comparisons.value]
    theirs = evalica.bradley_terry(*names, winners, tolerance=1e-12, limit=10_000).scores
    logs = np.log(np.array([theirs[str(item)] for item in range(ITEMS)]))
    ours = bradley_terry(comparisons).strength
    assert ours == pytest.approx(logs - logs.mean(), abs=1e-6)


def test_davidson_equals_newman_of_evalica_whose_v_is_half_of_nu() -> None:
    names = [str(item) for item in comparisons.first], [str(item) for item in comparisons.second]
    winners = [WINNER[int(value)] for value in comparisons.value]
    theirs = evalica.newman(*names, winners, tolerance=1e-14, limit=100_000)
    logs = np.log(np.array([theirs.scores[str(item)] for item in range(ITEMS)]))
    ranking = bradley_terry(comparisons, ties="davidson")
    assert ranking.strength == pytest.approx(logs - logs.mean(), abs=1e-5)
    assert ranking.tie is not None
    assert ranking.tie.value == pytest.approx(2 * theirs.v, abs=1e-5)


def test_evalica_scores_all_alike_where_an_item_never_lost() -> None:
    theirs = evalica.bradley_terry(["a", "a", "b"], ["b", "c", "c"], [evalica.Winner.X] * 3)
    assert len(set(theirs.scores)) == 1
    ours = bradley_terry(Comparisons(["a", "a", "b"], ["b", "c", "c"], [-1, -1, -1]))
    assert np.isnan(ours.strength).all()
    assert ours.reason


def rao_kupper(first: Floats, tie: float) -> Floats:
    """Log probabilities of first, tie, second, as the paper writes them."""
    a, b = special.expit(first - tie), special.expit(-first - tie)
    return np.log(np.stack([a, 1 - a - b, b]))


def davidson(first: Floats, tie: float) -> Floats:
    """Log probabilities of first, tie, second, as the paper writes them."""
    ahead, behind = np.exp(first), np.ones_like(first)
    tied = np.exp(tie) * np.sqrt(ahead * behind)
    return np.asarray(np.log(np.stack([ahead, tied, behind]) / (ahead + tied + behind)))


@pytest.mark.parametrize(("ties", "logs"), [("rao_kupper", rao_kupper), ("davidson", davidson)])
def test_models_with_ties_equal_a_plain_maximisation(ties: Any, logs: Any) -> None:
    assert comparisons.left is not None
    assert comparisons.features is not None
    columns = design(comparisons, comparisons.left, comparisons.features)
    outcome = comparisons.value.astype(int) + 1

    def loss(parameters: Floats) -> float:
        shares = logs(columns @ parameters[:-1], parameters[-1])
        return -float(np.take_along_axis(shares, outcome[None], axis=0).sum())

    best = optimize.minimize(loss, np.full(columns.shape[1] + 1, 0.1), options={"gtol": 1e-7})
    ranking = bradley_terry(comparisons, ties=ties, side=True, style=True, interval="model")
    assert ranking.strength - ranking.strength[0] == pytest.approx([0, *best.x[:5]], abs=1e-4)
    assert ranking.side is not None
    assert ranking.side.value == pytest.approx(best.x[5], abs=1e-4)
    assert ranking.style[0].value == pytest.approx(best.x[6], abs=1e-4)
    assert ranking.tie is not None
    assert ranking.tie.value == pytest.approx(np.exp(best.x[7]), abs=1e-4)
    assert ranking.log_likelihood == pytest.approx(-best.fun, abs=1e-6)
    around = np.eye(8) * 1e-4
    slopes = [
        optimize.approx_fprime(best.x + step, loss, 1e-5)
        - optimize.approx_fprime(best.x - step, loss, 1e-5)
        for step in around
    ]
    curve = np.array(slopes) / 2e-4
    side_error = np.sqrt(np.linalg.inv(curve)[5, 5])
    assert ranking.side.low == pytest.approx(ranking.side.value - 1.96 * side_error, abs=2e-3)


@pytest.mark.parametrize("kind", ["model", "sandwich", "cluster"])
def test_errors_equal_those_of_a_generalised_linear_model(kind: Any) -> None:
    assert comparisons.left is not None
    assert comparisons.features is not None
    cluster = np.repeat(np.arange(120), 5)
    rows = Comparisons(
        comparisons.first,
        comparisons.second,
        comparisons.value,
        left=comparisons.left,
        features=comparisons.features,
        cluster=cluster,
    )
    ranking = bradley_terry(rows, side=True, style=True, interval=kind)
    columns = design(comparisons, comparisons.left, comparisons.features)
    options: Any = {
        "model": {},
        "sandwich": {"cov_type": "HC0"},
        "cluster": {
            "cov_type": "cluster",
            "cov_kwds": {"groups": cluster, "use_correction": False},
        },
    }[kind]
    theirs = GLM((1 - comparisons.value) / 2, columns, family=Binomial()).fit(tol=1e-14, **options)
    enlarged = {"model": 1.0, "sandwich": 600 / 599, "cluster": 120 / 119}[kind]
    assert ranking.strength - ranking.strength[0] == pytest.approx(
        [0, *theirs.params[:5]], abs=1e-8
    )
    assert ranking.covariance is not None
    own = np.diagonal(ranking.covariance)
    from_first = own + own[0] - 2 * ranking.covariance[0]
    assert np.sqrt(from_first[1:]) == pytest.approx(theirs.bse[:5] * np.sqrt(enlarged), rel=1e-6)
    assert ranking.style[0].value == pytest.approx(theirs.params[6], abs=1e-8)


def test_rankings_equal_choix() -> None:
    rng = np.random.default_rng(8)
    strength = np.linspace(-1, 1, ITEMS)
    orders = [
        tuple(np.argsort(-(strength + rng.gumbel(size=ITEMS))).tolist())[: 2 + number % 5]
        for number in range(80)
    ]
    ranking = plackett_luce(Rankings.from_orders(orders))
    theirs = choix.ilsr_rankings(ITEMS, orders, tol=1e-12)
    assert ranking.strength == pytest.approx(theirs, abs=1e-6)
    assert ranking.log_likelihood == pytest.approx(
        choix.log_likelihood_rankings(orders, ranking.strength), abs=1e-9
    )


def test_a_last_band_equals_the_best_of_the_rest_of_choix() -> None:
    rng = np.random.default_rng(9)
    orders = [tuple(rng.permutation(ITEMS).tolist()) for _ in range(40)]
    with_band = Rankings.from_orders([[*order[:2], order[2:]] for order in orders])
    theirs = choix.opt_top1(
        ITEMS, [(order[at], order[at + 1 :]) for order in orders for at in (0, 1)], tol=1e-12
    )
    assert plackett_luce(with_band).strength == pytest.approx(theirs, abs=1e-5)
