"""Seeded simulations: 95 % intervals cover the truth about 95 times in a hundred."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from labeling.stats import Figure, Ratings, gwet_ac, krippendorff_alpha, percent_agreement

RUNS = 300
SCALE = range(5)

FIGURES: dict[str, Callable[[Ratings], Figure]] = {
    "ordinal alpha": lambda r: krippendorff_alpha(r, "ordinal", categories=SCALE),
    "percent": lambda r: percent_agreement(r, categories=SCALE),
    "AC1": lambda r: gwet_ac(r, categories=SCALE),
}


def drawn(rng: np.random.Generator, prompts: int, tasks: int = 1) -> Ratings:
    """Three raters of a five-point scale; the tasks of a prompt share how hard they are."""
    clear = np.repeat(rng.random(prompts) < 0.6, tasks)
    units = prompts * tasks
    truth = rng.integers(0, 5, units)
    error = rng.integers(-1, 2, (units, 3))
    guess = rng.integers(0, 5, (units, 3))
    value = np.where(clear[:, None], np.clip(truth[:, None] + error, 0, 4), guess)
    unit = np.repeat(np.arange(units), 3)
    return Ratings(unit, np.tile([0, 1, 2], units), value.ravel(), unit // tasks)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize(("prompts", "tasks"), [(30, 1), (100, 1), (40, 3)])
def test_intervals_cover_the_truth(name: str, prompts: int, tasks: int) -> None:
    figure = FIGURES[name]
    truth = figure(drawn(np.random.default_rng(0), 100_000)).value
    assert truth is not None
    rng = np.random.default_rng(20240607)
    covered = 0
    for _ in range(RUNS):
        found = figure(drawn(rng, prompts, tasks))
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= truth <= found.high
    # Three standard errors of 300 runs around 95 %.
    assert 0.912 <= covered / RUNS <= 0.988
