"""Times of ranking a million comparisons, beside evalica and choix on the same data.

50 models, 15 % ties. Ours starts from two columns of integers and a column of values and ends
with strengths, sandwich intervals, ranks and win rates; the libraries give scores alone.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import choix
import evalica
import numpy as np

from bench.timing import Row, best, once
from labeling.stats.ranking import Comparisons, Rankings, bradley_terry, plackett_luce

COMPARISONS = 1_000_000
MODELS = 50
TIES = 0.15
RANKINGS = 100_000


def columns() -> tuple[Any, Any, Any]:
    """Draw first, second and value."""
    rng = np.random.default_rng(1)
    strength = rng.normal(0, 0.6, MODELS)
    first = rng.integers(0, MODELS, COMPARISONS)
    second = (first + rng.integers(1, MODELS, COMPARISONS)) % MODELS
    wins = rng.random(COMPARISONS) < 1 / (1 + np.exp(strength[second] - strength[first]))
    value = np.where(wins, -1, 1)
    value[rng.random(COMPARISONS) < TIES] = 0
    return first, second, value


def rows() -> list[Row]:
    """Return the table."""
    first, second, value = columns()
    names = np.array([f"model-{number}" for number in range(MODELS)])
    xs, ys = names[first].tolist(), names[second].tolist()
    kinds = {-1: evalica.Winner.X, 0: evalica.Winner.Draw, 1: evalica.Winner.Y}
    winners = [kinds[who] for who in value.tolist()]

    def ours(**options: Any) -> Any:
        return bradley_terry(Comparisons(first, second, value), **options)

    table = []
    theirs = {
        "half": partial(evalica.bradley_terry, xs, ys, winners),
        "davidson": partial(evalica.newman, xs, ys, winners),
    }
    for ties, call in theirs.items():
        name = getattr(call.func, "__name__", "")
        task = f"Bradley-Terry, ties {ties}, sandwich intervals"
        table.append(Row(task, best(partial(ours, ties=ties)), once(call), f"evalica {name}", 0.03))
    table.append(
        Row("Rao-Kupper, sandwich intervals", best(partial(ours, ties="rao_kupper")), None, "")
    )
    table.append(
        Row("bootstrap, 1000 resamples", once(partial(ours, interval="bootstrap")), None, "", 0.25)
    )
    decided = value != 0
    better = np.where(value < 0, first, second)[decided].tolist()
    worse = np.where(value < 0, second, first)[decided].tolist()
    pairs = list(zip(better, worse, strict=True))
    choix_time = once(partial(choix.ilsr_pairwise, MODELS, pairs))
    table.append(
        Row("Bradley-Terry, ties left out", best(partial(ours, ties="drop")), choix_time, "choix")
    )
    return [*table, *_more(first, second, value)]


def _more(first: Any, second: Any, value: Any) -> list[Row]:
    """Return the rows of prompts, styles and rankings."""
    rng = np.random.default_rng(2)
    cluster = np.arange(COMPARISONS) // 4
    features = rng.normal(size=(COMPARISONS, 4))
    clustered = partial(Comparisons, first, second, value, cluster=cluster)
    styled = partial(Comparisons, first, second, value, features=features)
    shown = rng.random((RANKINGS, MODELS)).argsort(axis=1)[:, :4]
    orders = [tuple(row) for row in shown.tolist()]
    ranking = np.repeat(np.arange(RANKINGS), 4)
    place = np.tile(np.arange(4), RANKINGS)
    return [
        Row(
            "intervals over 250,000 prompts", best(lambda: bradley_terry(clustered()), 2), None, ""
        ),
        Row("4 style features", best(lambda: bradley_terry(styled(), style=True), 2), None, ""),
        Row(
            f"Plackett-Luce, {RANKINGS:,} rankings of 4",
            best(lambda: plackett_luce(Rankings(ranking, shown.ravel(), place)), 2),
            once(partial(choix.ilsr_rankings, MODELS, orders)),
            "choix",
        ),
    ]
