"""How far two raters mark the same passage."""

from __future__ import annotations

import numpy as np
import pytest

from labeling.stats import MarkedPassages, passage_report


def characters(passages: list[tuple[int, int]]) -> set[int]:
    """The characters that passages hold."""
    return {place for start, end in passages for place in range(start, end)}


@pytest.mark.parametrize("seed", range(4))
def test_the_overlap_is_that_of_the_characters_one_by_one(seed: int) -> None:
    chance = np.random.default_rng(seed)
    marked = {
        rater: [(int(start), int(start) + int(size)) for start, size in rows]
        for rater in (1, 2)
        if len(rows := chance.integers(1, 30, (chance.integers(1, 6), 2)))
    }
    cells = [(7, 0, rater, start, end, 3) for rater in marked for start, end in marked[rater]]
    report = passage_report(MarkedPassages(*zip(*cells, strict=True)), {7: [1, 2]})
    assert report is not None
    first, second = characters(marked[1]), characters(marked[2])
    expected = 2 * len(first & second) / (len(first) + len(second))
    assert report["overlap"]["value"] == pytest.approx(expected)
    assert (report["overlap"]["n"], report["marked_by_both"]["value"]) == (1, 1)


def test_who_marked_nothing_differs_and_places_are_never_compared() -> None:
    # Rater 1 marks in both places, 2 the same in the first, 3 judged and marked nothing.
    rows = [(7, 0, 1, 0, 10, 3), (7, 0, 2, 5, 15, 3), (7, 1, 1, 0, 10, 3)]
    report = passage_report(MarkedPassages(*zip(*rows, strict=True)), {7: [1, 2, 3]})
    assert report is not None
    # First place: 1 and 2 overlap by half, 1 and 3, 2 and 3 not at all; second: 1 against 2 and 3.
    assert (report["overlap"]["value"], report["overlap"]["n"]) == (0.1, 5)
    assert report["marked_by_both"]["value"] == 0.2
    assert report["passages"] == 3


def test_without_passages_there_is_nothing_and_alone_a_reason() -> None:
    assert passage_report(MarkedPassages([], [], [], [], [], []), {}) is None
    alone = passage_report(MarkedPassages([7], [0], [1], [0], [4], [3]), {7: [1]})
    assert alone is not None
    assert alone["overlap"]["reason"].startswith("No two raters judged a response")
