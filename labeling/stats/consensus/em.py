"""Expectation-maximisation without tricks: iterate until nothing moves, or say that it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

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
        restart: number of the drawn start it began from; 0 for the pinned one.
    """

    state: Floats
    objective: float
    iterations: int
    restart: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """When an iteration stops, and what its messages call it.

    Attributes:
        name: of the model.
        tolerance: stop when no entry of the state moves by as much.
        max_iterations: give up after as many.
    """

    name: str
    tolerance: float
    max_iterations: int

    def __post_init__(self) -> None:
        """Raise ValueError where an iteration would have no meaning."""
        if not self.tolerance > 0:
            raise ValueError(f"The tolerance must be above 0, not {self.tolerance}.")
        if self.max_iterations < 1:
            raise ValueError(f"At least 1 iteration must be allowed, not {self.max_iterations}.")


def climb(step: Step, start: Floats, limits: Limits) -> Climb:
    """Repeat `step`, which returns the next state and the objective, until no entry moves.

    No acceleration: it is two to four times faster, and leads to other, lower optima.

    Raises:
        ConvergenceError: an entry still moves by the tolerance or more at the last iteration.
    """
    state, moved = start, float("inf")
    for iteration in range(1, limits.max_iterations + 1):
        following, objective = step(state)
        moved = float(np.abs(following - state).max(initial=0.0))
        state = following
        if moved < limits.tolerance:
            return Climb(state, objective, iteration)
    raise ConvergenceError(
        f"{limits.name} did not settle within {limits.max_iterations} iterations: something still "
        f"moves by {moved:.2g} a step, and the tolerance is {limits.tolerance:g}."
    )


def settle(
    step: Step,
    start: Floats,
    draw: Callable[[np.random.Generator], Floats],
    limits: Limits,
    restarts: int,
    seed: int,
) -> tuple[Climb, str]:
    """Return the highest climb from the pinned start and from drawn ones, and how it was found.

    Drawn starts that do not settle are passed over and counted. What is higher by rounding only
    is not taken for higher.

    Raises:
        ValueError: a negative number of restarts.
        ConvergenceError: the climb from the pinned start does not settle.
    """
    require_from_zero(restarts=restarts)
    best, unsettled = climb(step, start, limits), 0
    rng = np.random.default_rng(seed)
    for number in range(1, restarts + 1):
        try:
            candidate = climb(step, draw(rng), limits)
        except ConvergenceError:
            unsettled += 1
            continue
        if candidate.objective > best.objective + 1e-9 * abs(best.objective):
            best = replace(candidate, restart=number)
    settled = f"; settled at iteration {best.iterations}"
    if not restarts:
        return best, settled
    which = f"random start {best.restart}" if best.restart else "the pinned one"
    missed = f"; {unsettled} of them did not settle" if unsettled else ""
    return best, f"; the highest of {restarts + 1} starts, {which}{missed} (seed {seed}){settled}"


def require_from_zero(**settings: float) -> None:
    """Refuse settings that are negative or no numbers.

    Raises:
        ValueError: naming the setting.
    """
    for name, value in settings.items():
        if not 0 <= value < float("inf"):
            raise ValueError(f"The {name} must be a number from 0 on, not {value}.")


def normalise(logs: Floats) -> tuple[Floats, float]:
    """Turn log weights (U, K) into posteriors in place; return them and the log normalisers' sum.

    Stable for logs of any size; a weight of minus infinity becomes exactly 0. Columns are taken
    one by one: reductions along short rows are several times slower.
    """
    if not logs.size:
        return logs, 0.0
    size = logs.shape[1]
    # exp(x - max x) / sum: the largest term is 1, so that nothing overflows and not all vanish.
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
