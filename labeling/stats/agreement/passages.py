"""Passages that raters marked: how far two of them marked the same characters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.stats.intervals.clustered import clustered_share
from labeling.stats.ratings import Array, column, same_length

Passage = tuple[int, int]

_NONE = "No two raters judged a response of which one marked a passage."


class MarkedPassages:
    """Passages in long form, one row each.

    Attributes:
        task, place: what was judged, and where on it (a response and its message, and what the mark
            means: fault or praise, by which principle), shape (n,). Passages of two places are
            never compared.
        rater, start, end: who marked from which character to which, the last one not counted.
        prompt: what the task was drawn with, shape (n,).
    """

    __slots__ = ("end", "place", "prompt", "rater", "start", "task")

    def __init__(
        self,
        task: npt.ArrayLike,
        place: npt.ArrayLike,
        rater: npt.ArrayLike,
        start: npt.ArrayLike,
        end: npt.ArrayLike,
        prompt: npt.ArrayLike,
    ) -> None:
        """Take the columns as arrays or sequences and refuse what cannot be read.

        Raises:
            RatingsError: unequal lengths, or a hole; the column and position are named.
        """
        self.task, self.place = column("task", task), column("place", place)
        self.rater, self.prompt = column("rater", rater), column("prompt", prompt)
        self.start, self.end = column("start", start), column("end", end)
        columns: Mapping[str, Array] = {name: getattr(self, name) for name in self.__slots__}
        same_length(**columns)

    def __len__(self) -> int:
        """Return the number of passages."""
        return len(self.task)


def passage_report(
    passages: MarkedPassages, judged: Mapping[Any, Sequence[Any]]
) -> dict[str, Any] | None:
    """Return how far two raters mark the same passage, as JSON-ready data; None without passages.

    Two raters of a task are compared wherever at least one of them marked something; who marked
    nothing there marked other characters than the one who did.

    Args:
        judged: the raters of each task, whether they marked something or not.

    Returns:
        "overlap", the mean of Dice's coefficient, twice the characters that both marked over the
        sum of those of each, and "marked_by_both", how often both marked anything.

    Source: Dice (1945), Ecology 26; as F1 of one rater against the other.
    """
    if not len(passages):
        return None
    places: dict[tuple[Any, Any], dict[Any, list[Passage]]] = {}
    prompts: dict[Any, Any] = {}
    columns = (passages.task, passages.place, passages.rater, passages.start, passages.end)
    rows = zip(*(values.tolist() for values in columns), passages.prompt.tolist(), strict=True)
    for task, place, rater, start, end, prompt in rows:
        places.setdefault((task, place), {}).setdefault(rater, []).append((start, end))
        prompts[task] = prompt
    overlap, both, cluster = [], [], []
    for (task, _place), by_rater in places.items():
        whole = {rater: _merged(marked) for rater, marked in by_rater.items()}
        others = {*judged.get(task, ())} - whole.keys()
        pairs = [*combinations(whole.values(), 2)]
        overlap += [_dice(*pair) for pair in pairs] + [0.0] * (len(whole) * len(others))
        both += [True] * len(pairs) + [False] * (len(whole) * len(others))
        cluster += [prompts[task]] * (len(pairs) + len(whole) * len(others))
    return {
        "overlap": _mean(
            overlap,
            cluster,
            "mean overlap of what two raters marked in one place, twice the characters of both "
            "over the sum of those of each, where at least one marked something",
        ),
        "marked_by_both": _mean(
            both,
            cluster,
            "share of pairs of raters who both marked something in one place, where at least one "
            "did",
        ),
        "passages": len(passages),
    }


def _mean(values: Sequence[float], cluster: Sequence[Any], convention: str) -> dict[str, Any]:
    shares = np.array(values, dtype=np.float64)
    return clustered_share(
        shares,
        np.ones(len(shares)),
        np.array(cluster, dtype=np.int64) if not cluster else np.array(cluster),
        convention,
        nothing=_NONE,
        counted="pairs of raters in one place",
    ).as_dict()


def _merged(passages: Iterable[Passage]) -> list[Passage]:
    """Return the passages in order, those that touch or overlap as one."""
    whole: list[Passage] = []
    for start, end in sorted(passages):
        if whole and start <= whole[-1][1]:
            whole[-1] = whole[-1][0], max(whole[-1][1], end)
        else:
            whole.append((start, end))
    return whole


def _dice(first: Sequence[Passage], second: Sequence[Passage]) -> float:
    """Return twice the shared characters over the sum of both."""
    shared, here, there = 0, 0, 0
    while here < len(first) and there < len(second):
        start = max(first[here][0], second[there][0])
        shared += max(0, min(first[here][1], second[there][1]) - start)
        if first[here][1] < second[there][1]:
            here += 1
        else:
            there += 1
    return 2 * shared / sum(end - start for start, end in (*first, *second))
