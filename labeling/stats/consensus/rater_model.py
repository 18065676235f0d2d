"""What is known of raters before their next judgment: a confusion matrix each, and a default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from labeling.stats.coding import Coded, code
from labeling.stats.consensus.confusion import DawidSkene
from labeling.stats.ratings import Floats, Ints, Ratings, RatingsError
from labeling.stats.table import require_mirror

_SURE = 1e-6  # No rater is trusted beyond this: one judgment never settles a task for good.


@dataclass(frozen=True, eq=False)
class RaterModel:
    """Confusion matrices to weigh judgments by, for the sequential stopping rule.

    Attributes:
        categories: the scale; K of them.
        class_shares: share of each true category beforehand, shape (K,).
        confusion: of each known rater, shape (K, K): true category by category said.
        default: of everybody else, shape (K, K).
        convention: how they were learned.
    """

    categories: tuple[Any, ...]
    class_shares: Floats
    confusion: Mapping[Any, Floats]
    default: Floats
    convention: str
    _places: dict[Any, int] = field(init=False, repr=False)
    _logs: dict[Any, Floats] = field(init=False, repr=False)
    _start: Floats = field(init=False, repr=False)
    _unknown: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check the shapes, and take logarithms once.

        Raises:
            ValueError: a matrix of another shape, or rows that are no probabilities.
        """
        size = len(self.categories)
        _require_shares("class_shares", self.class_shares, (size,))
        _require_shares("default", self.default, (size, size))
        for rater, matrix in self.confusion.items():
            _require_shares(f"confusion of {rater}", matrix, (size, size))
        places = {category: place for place, category in enumerate(self.categories)}
        logs = {rater: _logs(matrix) for rater, matrix in self.confusion.items()}
        object.__setattr__(self, "_places", places)
        object.__setattr__(self, "_logs", logs)
        object.__setattr__(self, "_start", _logs(self.class_shares))
        object.__setattr__(self, "_unknown", _logs(self.default))

    def posterior(self, votes: Sequence[tuple[Any, Any]]) -> Floats:
        """Return the posterior of a task's true category after (rater, value) votes, (K,).

        Raises:
            RatingsError: a value off the scale, named by position.
        """
        logs = self._start
        for position, (rater, value) in enumerate(votes):
            place = self._places.get(value)
            if place is None:
                listed = ", ".join(str(category) for category in self.categories)
                raise RatingsError(
                    f"value {value} at position {position} is not on the scale: {listed}."
                )
            # Bayes' rule, log p_j + sum of log pi_jl^(k) over the votes.
            logs = logs + self._logs.get(rater, self._unknown)[:, place]
        weights = np.exp(logs - logs.max())
        return np.asarray(weights / weights.sum(), dtype=np.float64)


def rater_model_from_gold(
    ratings: Ratings,
    truth: Mapping[Any, Any],
    *,
    categories: Sequence[Any],
    mirrored: bool = False,
    smoothing: float = 1.0,
    shrinkage: float = 10.0,
) -> RaterModel:
    """Learn raters from tasks whose right answer is known.

    With little gold a rater counts as an average one, with much as found: a row is the mean of
    the Dirichlet posterior around what all raters together say of a true category. Classes are
    taken to be as frequent as among the gold tasks.

    Args:
        truth: the right answer of each task.
        mirrored: count every judgment together with its mirror image (see `dawid_skene`).
        smoothing: judgments added to every cell of the matrix of all raters together.
        shrinkage: how many judgments the average of all raters counts for in a rater's row.

    Raises:
        RatingsError: a task without a right answer, a value or an answer off the scale.
        ValueError: smoothing or shrinkage not above 0, or no mirrored scale.
    """
    if not (smoothing > 0 and shrinkage > 0):
        raise ValueError("Smoothing and shrinkage must be above 0.")
    coded = code(ratings, categories)
    scale = coded.categories
    if mirrored:
        require_mirror(scale)
    true = _true(coded, truth)
    counts = _counted(coded, true)
    classes = np.bincount(true, minlength=len(scale)) + smoothing
    if mirrored:
        counts = counts + counts[:, ::-1, ::-1]
        classes = classes + classes[::-1]
    pooled, shrunk = _matrices(counts, smoothing, shrinkage)
    images = ", with their mirror images" if mirrored else ""
    source = f"confusion matrices from {len(ratings)} judgments on {len(true)} gold tasks{images}"
    return RaterModel(
        categories=scale,
        class_shares=classes / classes.sum(),
        confusion=dict(zip(coded.raters, shrunk, strict=True)),
        default=pooled,
        convention=f"{source}; the average of all raters counts for {shrinkage:g} judgments a row",
    )


def rater_model_from_dawid_skene(fitted: DawidSkene) -> RaterModel:
    """Take the raters of a Dawid-Skene model as known; unknown ones are as the average of those.

    Needs no gold, but learns from agreement only: raters who share a habit confirm each other.

    Raises:
        ValueError: the model rests on no judgments, or on no task that two raters judged.
    """
    if fitted.reason is not None:
        raise ValueError(f"Nothing is known of the raters. {fitted.reason}")
    # The average of pi_jl^(k) over raters k, by the judgments it was learned from.
    weight = fitted.shared[:, None, None] * np.isfinite(fitted.confusion)
    total = weight.sum(axis=0)
    size = len(fitted.class_shares)
    pooled = np.where(
        total > 0,
        (np.nan_to_num(fitted.confusion) * weight).sum(axis=0) / np.maximum(total, 1),
        1.0 / size,
    )
    matrices = np.where(np.isfinite(fitted.confusion), fitted.confusion, pooled)
    return RaterModel(
        categories=fitted.consensus.categories,
        class_shares=fitted.class_shares,
        confusion=dict(zip(fitted.raters, matrices, strict=True)),
        default=pooled,
        convention=f"confusion matrices of {fitted.convention}",
    )


def _counted(coded: Coded, true: Ints) -> Floats:
    """Return how often each rater said what of tasks of each true category, (R, true, said)."""
    raters, size = len(coded.raters), len(coded.categories)
    cell = (coded.rater * size + true[coded.unit]) * size + coded.value
    counts = np.bincount(cell, minlength=raters * size * size).astype(np.float64)
    return counts.reshape(raters, size, size)


def _matrices(counts: Floats, smoothing: float, shrinkage: float) -> tuple[Floats, Floats]:
    """Return the confusion matrix of all raters together, and of each drawn towards it."""
    pooled = counts.sum(axis=0) + smoothing
    pooled /= pooled.sum(axis=1, keepdims=True)
    # Mean of Dirichlet(shrinkage pooled + counts), row by row: much gold outweighs the average.
    shrunk = counts + shrinkage * pooled
    return pooled, shrunk / shrunk.sum(axis=2, keepdims=True)


def _true(coded: Coded, truth: Mapping[Any, Any]) -> Ints:
    """Return the place on the scale of every task's right answer."""
    places = {category: place for place, category in enumerate(coded.categories)}
    true = np.zeros(coded.units, dtype=np.int64)
    for unit, task in enumerate(coded.unit_levels.tolist()):
        if task not in truth:
            raise RatingsError(f"Task {task} has judgments but no right answer.")
        if truth[task] not in places:
            raise RatingsError(
                f"The right answer {truth[task]} of task {task} is not on the scale."
            )
        true[unit] = places[truth[task]]
    return true


def _require_shares(name: str, shares: Floats, shape: tuple[int, ...]) -> None:
    if shares.shape != shape:
        raise ValueError(f"{name} must have the shape {shape}, not {shares.shape}.")
    if not (shares >= 0).all() or not np.allclose(shares.sum(axis=-1), 1):
        raise ValueError(f"{name} must hold probabilities that add up to 1 in every row.")


def _logs(matrix: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(matrix, _SURE)), dtype=np.float64)
