"""Expectation-maximisation without tricks: iterate until nothing moves, or say that it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from labeling.stats.ratings import ConvergenceError, Floats

Step = Callable[[Floats], tuple[Floats, float]]


@dataclass(frozen=True, slots=True)
class Climb:
    """Where an iteration settled.

    Attributes:
        state: the fixed point.
        objective: what the last step returned as the height it started from.
        iterations: steps taken.
    """

    state: Floats
    objective: float
    iterations: int


def climb(step: Step, start: Floats, *, name: str, tolerance: float, max_iterations: int) -> Climb:
    """Repeat `step`, which returns the next state and the objective, until no entry moves.

    No acceleration: it is two to four times faster, and leads to other, lower optima.

    Raises:
        ConvergenceError: an entry still moves by `tolerance` or more after `max_iterations`.
    """
    state, moved = start, float("inf")
    for iteration in range(1, max_iterations + 1):
        following, objective = step(state)
        moved = float(np.abs(following - state).max(initial=0.0))
        state = following
        if moved < tolerance:
            return Climb(state, objective, iteration)
    raise ConvergenceError(
        f"{name} did not settle within {max_iterations} iterations: something still moves by "
        f"{moved:.2g} a step, and the tolerance is {tolerance:g}."
    )


def require_settings(
    *, tolerance: float, max_iterations: int, smoothing: float = 0.0, restarts: int = 0
) -> None:
    """Refuse settings under which an iteration has no meaning.

    Raises:
        ValueError: which setting, and what it must be.
    """
    if not tolerance > 0:
        raise ValueError(f"The tolerance must be above 0, not {tolerance}.")
    if max_iterations < 1:
        raise ValueError(f"At least 1 iteration must be allowed, not {max_iterations}.")
    if not 0 <= smoothing < float("inf"):
        raise ValueError(f"The smoothing must be a number from 0 on, not {smoothing}.")
    if restarts < 0:
        raise ValueError(f"The number of restarts must be 0 or more, not {restarts}.")


def normalise(logs: Floats) -> tuple[Floats, float]:
    """Turn log weights (U, K) into posteriors in place; return them and the log normalisers' sum.

    Stable for logs of any size; a weight of minus infinity becomes exactly 0. Columns are taken
    one by one: reductions along short rows are several times slower.
    """
    if not logs.size:
        return logs, 0.0
    size = logs.shape[1]
    top = logs[:, 0].copy()
    for column in range(1, size):
        np.maximum(top, logs[:, column], out=top)
    logs -= top[:, None]
    np.exp(logs, out=logs)
    total = logs[:, 0].copy()
    for column in range(1, size):
        total += logs[:, column]
    logs /= total[:, None]
    np.log(total, out=total)
    return logs, float(total.sum() + top.sum())


def safe_log(weights: Floats) -> Floats:
    """Return logarithms with minus infinity at 0, without a warning."""
    logs = np.full_like(weights, -np.inf)
    np.log(weights, out=logs, where=weights > 0)
    return logs
