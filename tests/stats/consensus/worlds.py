"""Seeded worlds with a known truth, to see whether a consensus finds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from labeling.stats import Ratings
from labeling.stats.consensus import JudgedPairs, Mace, RaterModel
from labeling.stats.ratings import Floats, Ints

RELIABILITY = np.concatenate([[0.5, 0.15], np.linspace(0.6, 0.97, 18)])


@dataclass(frozen=True, eq=False)
class World:
    """Ratings of tasks numbered from 0 by raters numbered from 0, and the truth of each task."""

    ratings: Ratings
    truth: Ints


def one_coin(
    accuracies: Floats, tasks: int, seed: int, *, each: int | None = None, categories: int = 2
) -> World:
    """Raters who are right with a probability of their own, and otherwise wrong evenly.

    Every task is judged by `each` of them, drawn anew for it, or by all.
    """
    rng = np.random.default_rng(seed)
    raters = len(accuracies)
    each = each or raters
    truth = rng.integers(0, categories, tasks)
    rater = np.argsort(rng.random((tasks, raters)), axis=1)[:, :each].ravel()
    task = np.repeat(np.arange(tasks), each)
    right = rng.random(len(task)) < accuracies[rater]
    other = (truth[task] + rng.integers(1, max(categories, 2), len(task))) % categories
    return World(Ratings(task, rater, np.where(right, truth[task], other)), truth)


@dataclass(frozen=True, eq=False)
class PairWorld:
    """Comparisons with the strengths, reliabilities and truths they were drawn from."""

    pairs: JudgedPairs
    strength: Floats
    reliability: Floats
    first_better: Ints


def pair_world(
    seed: int,
    *,
    reliability: Floats,
    responses: int = 12,
    tasks: int = 600,
    each: int = 3,
    ties: float = 0.0,
) -> PairWorld:
    """Pairs of responses with one truth a task, reported by raters of several reliabilities."""
    rng = np.random.default_rng(seed)
    strength = rng.normal(0, 1, responses)
    strength -= strength.mean()
    first = rng.integers(0, responses, tasks)
    second = (first + rng.integers(1, responses, tasks)) % responses
    chance = 1 / (1 + np.exp(strength[second] - strength[first]))
    truth = (rng.random(tasks) < chance).astype(np.int64)
    rater = np.argsort(rng.random((tasks, len(reliability))), axis=1)[:, :each].ravel()
    task = np.repeat(np.arange(tasks), each)
    right = rng.random(len(task)) < reliability[rater]
    value = np.where(right == (truth[task] > 0), -1, 1)
    value[rng.random(len(task)) < ties] = 0
    pairs = JudgedPairs(first[task], second[task], rater, value, task)
    return PairWorld(pairs, strength, reliability, truth)


def close(estimates: list[float | None], expected: Floats, within: float) -> bool:
    """Whether all figures are there and lie within a distance of what is expected."""
    return all(
        value is not None and abs(value - float(true)) <= within
        for value, true in zip(estimates, expected, strict=True)
    )


def thin(seed: int) -> tuple[Ratings, Any]:
    """Twenty raters of one skill with 30 judgments each: too few for a matrix of their own."""
    world = one_coin(np.full(20, 0.75), 200, seed, each=3)
    ratings = world.ratings
    return Ratings(ratings.unit, ratings.rater, 2 * ratings.value - 1), 2 * world.truth - 1


def guessers(seed: int, tasks: int = 400) -> tuple[Ratings, Any, Any]:
    """Ten raters who know, or else follow a habit; the first two never know."""
    rng = np.random.default_rng(seed)
    know = np.concatenate([[0.0, 0.0], rng.uniform(0.4, 0.9, 8)])
    habit = rng.dirichlet([2, 2, 2], 10)
    habit[1] = [0.02, 0.96, 0.02]
    truth = rng.integers(0, 3, tasks)
    rater = np.argsort(rng.random((tasks, 10)), axis=1)[:, :4].ravel()
    task = np.repeat(np.arange(tasks), 4)
    guess = (rng.random((len(task), 1)) > habit[rater].cumsum(axis=1)[:, :2]).sum(axis=1)
    value = np.where(rng.random(len(task)) < know[rater], truth[task], guess)
    return Ratings(task, rater, value), truth, know


def coin(accuracy: float) -> Any:
    """The confusion matrix of a rater who is right that often, on two categories."""
    return np.array([[accuracy, 1 - accuracy], [1 - accuracy, accuracy]])


def model(**accuracies: float) -> RaterModel:
    """Raters of known accuracy on (-1, 1); everybody else is right 8 times of 10."""
    return RaterModel(
        categories=(-1, 1),
        class_shares=np.array([0.5, 0.5]),
        confusion={rater: coin(accuracy) for rater, accuracy in accuracies.items()},
        default=coin(0.8),
        convention="given",
    )


def competence(fitted: Mace) -> list[Any]:
    """The competence of every rater, in their order."""
    return [figure.value for figure in fitted.competence]


def values(figures: Any) -> list[Any]:
    """The values of figures."""
    return [figure.value for figure in figures]
