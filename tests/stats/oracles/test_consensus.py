"""Consensus beside crowd-kit, and where crowd-kit is not to be followed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import optimize

from labeling.stats import Ratings
from labeling.stats.consensus import dawid_skene, mace, vote_shares
from tests.stats.consensus.worlds import one_coin
from tests.stats.shapes import from_rows, from_triples, golden

crowdkit = pytest.importorskip(
    "crowdkit.aggregation", reason="pip install -r requirements-statistics.txt"
)
pandas = pytest.importorskip("pandas", reason="pip install -r requirements-statistics.txt")

CASES = {case["name"]: case for case in golden("statistics")}


def frame(ratings: Ratings) -> Any:
    """Ratings as crowd-kit wants them."""
    return pandas.DataFrame({"task": ratings.unit, "worker": ratings.rater, "label": ratings.value})


def in_order(probabilities: Any) -> Any:
    """Their probabilities with tasks and labels sorted, as ours are."""
    return probabilities.sort_index().sort_index(axis=1).to_numpy()


def test_dawid_skene_on_the_anaesthetists() -> None:
    """Its default tolerance stops after 4 iterations, its loss not being monotone: not so here."""
    ratings = from_triples(CASES["dawid_skene_1979_anaesthetists"]["triples"])
    theirs = crowdkit.DawidSkene(n_iter=60, tol=-np.inf).fit(frame(ratings))
    ours = dawid_skene(ratings, categories=(1, 2, 3, 4), smoothing=0, repeats=True, tolerance=1e-12)
    assert ours.consensus.weight == pytest.approx(in_order(theirs.probas_), abs=1e-8)
    early = in_order(crowdkit.DawidSkene().fit(frame(ratings)).probas_)
    assert np.abs(ours.consensus.weight - early).max() > 0.01


def test_dawid_skene_on_simulated_raters() -> None:
    world = one_coin(np.array([0.9, 0.7, 0.6, 0.5, 0.8]), 120, seed=0, each=4, categories=3)
    theirs = crowdkit.DawidSkene(n_iter=150, tol=-np.inf).fit(frame(world.ratings))
    ours = dawid_skene(world.ratings, categories=range(3), smoothing=0, tolerance=1e-11)
    assert ours.consensus.weight == pytest.approx(in_order(theirs.probas_), abs=1e-6)


def test_majority_votes() -> None:
    world = one_coin(np.full(5, 0.7), 200, seed=1, categories=3)
    theirs = crowdkit.MajorityVote().fit(frame(world.ratings)).probas_
    ours = vote_shares(world.ratings, categories=range(3)).consensus.weight
    assert ours == pytest.approx(in_order(theirs.fillna(0)))


def test_mace_where_rows_let_labels_first_appear_in_order() -> None:
    """crowd-kit mixes sorted labels with labels in order of appearance: only here it is right."""
    rows = CASES["mace_anaesthetists_first_reading"]["data"]
    ratings = from_rows(rows)
    first = [int(np.argmax(ratings.value == label)) for label in (1, 2, 3, 4)]
    rest = [row for row in range(len(ratings)) if row not in first]
    sorted_first = frame(ratings).iloc[[*first, *rest]]
    theirs = crowdkit.MACE(n_restarts=1, n_iter=60).fit(sorted_first)
    ours = mace(ratings, categories=(1, 2, 3, 4))
    names = sorted_first["worker"].unique()
    spamming = dict(zip(names, theirs.spamming_[:, 1], strict=True))
    for rater, figure in zip(ours.raters, ours.competence, strict=True):
        assert figure.value == pytest.approx(spamming[rater], abs=1e-5)


def test_mace_of_crowd_kit_depends_on_the_order_of_rows() -> None:
    ratings = from_rows(CASES["mace_anaesthetists_first_reading"]["data"])
    as_is = crowdkit.MACE(n_restarts=1, n_iter=60).fit(frame(ratings))
    competence = [figure.value for figure in mace(ratings, categories=(1, 2, 3, 4)).competence]
    assert np.abs(as_is.spamming_[:, 1] - np.array(competence, dtype=float)).max() > 0.005


def test_the_noisy_bradley_terry_of_crowd_kit_is_no_oracle() -> None:
    """It is another model (an unreliable judgment follows a side bias), and its slope is wrong.

    The gradient of reliabilities and biases keeps the last judgment of each rater instead of
    adding them up, so that its optimum is none. Its objective also rewards strengths for lying
    far apart, since the penalty enters with the wrong sign.
    """
    rng = np.random.default_rng(0)
    data = rng.integers(1, 5, (40, 2))
    data = data[data[:, 0] != data[:, 1]]
    data = np.column_stack([data, data[:, 0]])
    workers = rng.integers(0, 3, len(data))
    args = (data, workers, 4, 3, 1e-5)
    x = rng.normal(size=1 + 4 + 6)
    model = crowdkit.NoisyBradleyTerry
    error = optimize.check_grad(model._compute_log_likelihood, model._compute_gradient, x, *args)
    assert error > 1
    apart = np.concatenate([[0.0], [5.0, -5.0, 5.0, -5.0], np.zeros(6)])
    none = (data[:0], workers[:0], 4, 3, 1.0)
    assert model._compute_log_likelihood(apart, *none) < model._compute_log_likelihood(
        np.zeros(11), *none
    )
