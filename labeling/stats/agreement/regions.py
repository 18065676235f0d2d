"""Regions of pictures that raters marked: how far two of them marked the same places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize

from labeling.stats.intervals.clustered import clustered_share
from labeling.stats.ratings import Array, column, same_length

#: Boxes, one a row: left, top, right and bottom sides; shape (n, 4).
Boxes = npt.NDArray[np.float64]

_NONE = "No two raters judged a picture on which one marked a region."


class MarkedRegions:
    """Regions in long form, one row each.

    Attributes:
        task, place: what was judged, and where on it (a picture, and what the mark means: fault or
            praise, by which principle), shape (n,). Regions of two places are never compared.
        rater: who marked it, shape (n,).
        x, y, w, h: its upper left corner and its size, in shares of the picture, shape (n,).
        prompt: what the task was drawn with, shape (n,).
    """

    __slots__ = ("h", "place", "prompt", "rater", "task", "w", "x", "y")

    def __init__(
        self,
        task: npt.ArrayLike,
        place: npt.ArrayLike,
        rater: npt.ArrayLike,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        w: npt.ArrayLike,
        h: npt.ArrayLike,
        prompt: npt.ArrayLike,
    ) -> None:
        """Take the columns as arrays or sequences and refuse what cannot be read.

        Raises:
            RatingsError: unequal lengths, or a hole; the column and position are named.
        """
        self.task, self.place = column("task", task), column("place", place)
        self.rater, self.prompt = column("rater", rater), column("prompt", prompt)
        self.x, self.y = column("x", x), column("y", y)
        self.w, self.h = column("w", w), column("h", h)
        columns: Mapping[str, Array] = {name: getattr(self, name) for name in self.__slots__}
        same_length(**columns)

    def __len__(self) -> int:
        """Return the number of regions."""
        return len(self.task)

    @property
    def boxes(self) -> Boxes:
        """Return the sides of each region."""
        x, y, w, h = (np.asarray(side, np.float64) for side in (self.x, self.y, self.w, self.h))
        return np.column_stack([x, y, x + w, y + h])


def region_report(
    regions: MarkedRegions, judged: Mapping[Any, Sequence[Any]]
) -> dict[str, Any] | None:
    """Return how far two raters mark the same regions, as JSON-ready data; None without regions.

    Two raters of a task are compared wherever at least one of them marked something. Their regions
    are matched one to one so that the sum of intersections over unions is as large as it can be.

    Args:
        judged: the raters of each task, whether they marked something or not.

    Returns:
        "iou", the mean over pairs of raters and places of twice that sum over the number of
        regions of both: a region without a match counts 0. "marked_by_both", how often both marked
        anything.

    Source: Jaccard (1912), New Phytologist 11; Kirillov et al. (2019), Panoptic Segmentation,
        equation 1 (panoptic quality), here with the best matching in place of a threshold.
    """
    if not len(regions):
        return None
    boxes = regions.boxes
    prompts = dict(zip(regions.task.tolist(), regions.prompt.tolist(), strict=True))
    overlap, both, cluster = [], [], []
    for (task, _place), by_rater in _by_place(regions).items():
        others = {*judged.get(task, ())} - by_rater.keys()
        pairs = [*combinations(by_rater.values(), 2)]
        alone = len(by_rater) * len(others)
        overlap += [_matched(boxes[first], boxes[second]) for first, second in pairs]
        overlap += [0.0] * alone
        both += [True] * len(pairs) + [False] * alone
        cluster += [prompts[task]] * (len(pairs) + alone)
    return {
        "iou": _mean(
            overlap,
            cluster,
            "mean intersection over union of the regions that two raters marked on one picture, "
            "matched one to one as well as can be, 0 for a region without a match, where at least "
            "one marked something",
        ),
        "marked_by_both": _mean(
            both,
            cluster,
            "share of pairs of raters who both marked something on one picture, where at least one "
            "did",
        ),
        "regions": len(regions),
    }


def _by_place(regions: MarkedRegions) -> dict[tuple[Any, Any], dict[Any, list[int]]]:
    """Return the rows of each rater in each place of a task."""
    places: dict[tuple[Any, Any], dict[Any, list[int]]] = {}
    columns = (regions.task, regions.place, regions.rater)
    rows = zip(*(values.tolist() for values in columns), strict=True)
    for row, (task, place, rater) in enumerate(rows):
        places.setdefault((task, place), {}).setdefault(rater, []).append(row)
    return places


def _mean(values: Sequence[float], cluster: Sequence[Any], convention: str) -> dict[str, Any]:
    shares = np.array(values, dtype=np.float64)
    return clustered_share(
        shares,
        np.ones(len(shares)),
        np.array(cluster, dtype=np.int64) if not cluster else np.array(cluster),
        convention,
        nothing=_NONE,
        counted="pairs of raters on one picture",
    ).as_dict()


def _matched(first: Boxes, second: Boxes) -> float:
    """Return twice the sum of the best matching over the number of regions."""
    shares = _shares(first, second)
    if min(shares.shape) == 1:
        best = float(shares.max())
    else:
        best = float(shares[optimize.linear_sum_assignment(shares, maximize=True)].sum())
    return 2 * best / (len(first) + len(second))


def _shares(first: Boxes, second: Boxes) -> npt.NDArray[np.float64]:
    """Return the intersection over union of each two boxes, shape (n, m)."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    areas = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (first, second)]
    union = areas[0][:, None] + areas[1][None, :] - shared
    shares: npt.NDArray[np.float64] = np.divide(
        shared, union, out=np.zeros_like(shared), where=union > 0
    )
    return shares
