"""Ratings by panels of raters with habits of their own, and gappy tables of any kind."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from labeling.stats import Ratings
from tests.stats.shapes import from_rows

SCALE = (-2, -1, 0, 1, 2)

gappy = st.lists(
    st.lists(st.one_of(st.none(), st.sampled_from(SCALE)), min_size=4, max_size=4),
    min_size=1,
    max_size=12,
).filter(lambda rows: any(cell is not None for row in rows for cell in row))


def panel(rng: np.random.Generator, tasks: int, habits: list[Any]) -> Ratings:
    """Every rater judges every task; `habits` turn a sound judgment into the rater's own."""
    sound = rng.integers(-1, 2, tasks)
    return from_rows([[habit(int(value)) for habit in habits] for value in sound])


def sound(value: int) -> int:
    """The habit of a rater who judges as is."""
    return value
