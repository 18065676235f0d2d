"""Ours beside a library's: the best wall time of a few calls, and a row of the printed table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a benchmark's table: ours beside a peer, the library that does the same.

    Times are in seconds, `theirs` None where nothing compares.
    """

    task: str
    ours: float
    theirs: float | None
    peer: str
    reach: float | None = None

    def cells(self) -> list[str]:
        """Return task, our time, the aim, the peer, its time, and how many times ours."""
        return [
            self.task,
            milliseconds(self.ours),
            "" if self.reach is None else milliseconds(self.reach),
            self.peer,
            "" if self.theirs is None else milliseconds(self.theirs),
            "" if self.theirs is None else f"{self.theirs / self.ours:,.0f}x",
        ]


def milliseconds(seconds: float) -> str:
    """Return a time in milliseconds with two figures that matter."""
    value = seconds * 1000
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def best(call: Callable[[], Any], times: int = 5) -> float:
    """Return the best wall time of `times` calls, in seconds, after one call to warm up.

    The best, not the mean: what else the machine does only ever adds to a time.
    """
    call()
    taken = []
    for _ in range(times):
        began = perf_counter()
        call()
        taken.append(perf_counter() - began)
    return min(taken)


def once(call: Callable[[], Any]) -> float:
    """Return the wall time of a single call, for libraries that take seconds."""
    began = perf_counter()
    call()
    return perf_counter() - began
