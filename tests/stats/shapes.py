"""Turns the tables in which data are published into ratings in long form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from labeling.stats import Figure, Ratings

GOLDEN = Path(__file__).resolve().parent.parent / "golden"


def golden(name: str) -> list[dict[str, Any]]:
    """The cases of a golden file."""
    cases: list[dict[str, Any]] = json.loads((GOLDEN / f"{name}.json").read_text())
    return cases


def from_rows(rows: Sequence[Sequence[Any]]) -> Ratings:
    """One row a unit, one column a rater, None where nothing was rated."""
    cells = [
        (unit, rater, value)
        for unit, row in enumerate(rows)
        for rater, value in enumerate(row)
        if value is not None
    ]
    return from_triples(cells)


def from_counts(counts: Sequence[Sequence[int]]) -> Ratings:
    """One row a unit, one column a category, how many raters chose it."""
    rows = [
        [category for category, times in enumerate(row) for _ in range(times)] for row in counts
    ]
    return from_rows(rows)


def from_contingency(table: Sequence[Sequence[int]]) -> Ratings:
    """Two raters: the row is what the first said, the column what the second said."""
    rows = [
        [first, second]
        for first, row in enumerate(table)
        for second, times in enumerate(row)
        for _ in range(times)
    ]
    return from_rows(rows)


def from_triples(cells: Sequence[tuple[Any, Any, Any]]) -> Ratings:
    """(unit, rater, value) triples."""
    return Ratings(
        unit=[cell[0] for cell in cells],
        rater=[cell[1] for cell in cells],
        value=[cell[2] for cell in cells],
    )


def are_shares_or_say_why_not(figures: Iterable[Figure]) -> bool:
    """Whether every figure has its ends around it, within 0 to 1, or else a reason."""
    return all(
        bool(figure.reason)
        if figure.value is None or figure.low is None or figure.high is None
        else 0 <= figure.low <= figure.value <= figure.high <= 1
        for figure in figures
    )
