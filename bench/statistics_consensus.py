"""Consensus beside crowd-kit on the same data: one iteration, and whole fits."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.timing import Row, best, once
from labeling.stats import Ratings
from labeling.stats.coding import code
from labeling.stats.consensus import dawid_skene, mace, vote_shares
from labeling.stats.consensus.confusion import Model
from labeling.stats.consensus.incidence import Incidence

try:
    import pandas
    from crowdkit import aggregation
except ImportError:
    aggregation = None

CATEGORIES = range(5)


def ratings_of(tasks: int, raters: int = 100, each: int = 5) -> Ratings:
    """Judgments on five categories by raters who know 30 to 90 % of the answers."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 5, tasks)
    rater = np.argsort(rng.random((tasks, raters), dtype=np.float32), axis=1)[:, :each].ravel()
    task = np.repeat(np.arange(tasks), each)
    knows = rng.random(len(task)) < np.linspace(0.3, 0.9, raters)[rater]
    return Ratings(task, rater, np.where(knows, truth[task], rng.integers(0, 5, len(task))))


def rows() -> list[Row]:
    """Return the lines of the table: a million judgments, and ten thousand for whole fits."""
    million, small = ratings_of(200_000), ratings_of(2_000)
    incidence = Incidence.of(code(million, CATEGORIES))
    model = Model(incidence, smoothing=0.1, shrinkage=0.0, mirrored=False)
    start = incidence.shares
    return [
        Row(
            "Dawid-Skene, one iteration, 1,000,000 judgments, 100 raters",
            best(lambda: model.step(start)),
            _theirs("DawidSkene", million, n_iter=1),
            "crowd-kit (an iteration with its preparation)",
            0.080,
        ),
        Row(
            "Dawid-Skene, whole, 1,000,000 judgments",
            best(lambda: dawid_skene(million, categories=CATEGORIES), times=1),
            None,
            "",
        ),
        Row(
            "Dawid-Skene, whole, 10,000 judgments",
            best(lambda: dawid_skene(small, categories=CATEGORIES)),
            _theirs("DawidSkene", small),
            "crowd-kit",
        ),
        Row(
            "MACE, whole, 10,000 judgments",
            best(lambda: mace(small, categories=CATEGORIES)),
            _theirs("MACE", small),
            "crowd-kit (10 restarts of 50 iterations)",
        ),
        Row(
            "Shares and majority, 1,000,000 judgments",
            best(lambda: vote_shares(million, categories=CATEGORIES)),
            _theirs("MajorityVote", million),
            "crowd-kit",
        ),
    ]


def _theirs(name: str, ratings: Ratings, **settings: Any) -> float | None:
    """Return the time of a crowd-kit aggregator, or None where it is not installed."""
    if aggregation is None:
        return None
    frame = pandas.DataFrame(
        {"task": ratings.unit, "worker": ratings.rater, "label": ratings.value}
    )
    return once(lambda: getattr(aggregation, name)(**settings).fit(frame))


if __name__ == "__main__":
    for row in rows():
        print(" | ".join(row.cells()))
