"""How far two raters mark the same regions of pictures."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from labeling.stats import MarkedRegions, region_report

#: Sides are whole numbers of so many cells, so that a picture can be counted cell by cell.
CELLS = 16
Box = tuple[int, int, int, int]


def cells(box: Box) -> set[tuple[int, int]]:
    """The cells of a picture that a box covers."""
    x, y, w, h = box
    return {(i, j) for i in range(x, x + w) for j in range(y, y + h)}


def overlap(first: Box, second: Box) -> float:
    """Intersection over union, cell by cell."""
    return len(cells(first) & cells(second)) / len(cells(first) | cells(second))


def best(first: list[Box], second: list[Box]) -> float:
    """The largest sum of any matching, all of them tried."""
    fewer, more = sorted((first, second), key=len)
    return max(
        sum(overlap(*pair) for pair in zip(fewer, chosen, strict=True))
        for chosen in permutations(more, len(fewer))
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_overlap_is_that_of_the_best_of_all_matchings_cell_by_cell(seed: int) -> None:
    chance = np.random.default_rng(seed)
    marked: dict[int, list[Box]] = {1: [], 2: []}
    for boxes in marked.values():
        for _box in range(chance.integers(1, 6)):
            x, y = (int(side) for side in chance.integers(0, CELLS - 1, 2))
            w, h = (int(chance.integers(1, CELLS - side + 1)) for side in (x, y))
            boxes.append((x, y, w, h))
    rows = [
        (7, 0, rater, *(side / CELLS for side in box), 3)
        for rater, boxes in marked.items()
        for box in boxes
    ]
    report = region_report(MarkedRegions(*zip(*rows, strict=True)), {7: [1, 2]})
    assert report is not None
    expected = 2 * best(marked[1], marked[2]) / (len(marked[1]) + len(marked[2]))
    assert report["iou"]["value"] == pytest.approx(expected)
    assert (report["iou"]["n"], report["regions"]) == (1, len(rows))


def test_who_marked_nothing_differs_and_the_interval_is_over_prompts() -> None:
    whole, half = (0.0, 0.0, 1.0, 1.0), (0.0, 0.0, 0.5, 1.0)
    # Rater 1 marks both pictures, 2 half of the first, 3 judged and marked nothing; again alike on
    # a task of another prompt.
    rows = [
        (task, *where, *box, prompt)
        for task, prompt in ((7, 3), (8, 4))
        for where, box in (((0, 1), whole), ((0, 2), half), ((1, 1), whole))
    ]
    judged = {7: [1, 2, 3], 8: [1, 2, 3]}
    report = region_report(MarkedRegions(*zip(*rows, strict=True)), judged)
    assert report is not None
    # On the first picture 1 and 2 share half, 3 nothing with either; on the second 1 is alone.
    assert (report["iou"]["value"], report["iou"]["n"]) == (pytest.approx(0.1), 10)
    assert report["marked_by_both"]["value"] == pytest.approx(0.2)
    assert report["iou"]["low"] <= 0.1 <= report["iou"]["high"]


def test_without_regions_there_is_nothing_and_alone_a_reason() -> None:
    assert region_report(MarkedRegions([], [], [], [], [], [], [], []), {}) is None
    alone = region_report(MarkedRegions([7], [0], [1], [0], [0], [1], [1], [3]), {7: [1]})
    assert alone is not None
    assert alone["iou"]["reason"].startswith("No two raters judged a picture")
