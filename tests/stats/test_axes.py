"""Axes beside overall, by hand: who is in which case, and what is in none."""

from __future__ import annotations

import numpy as np

from labeling.stats import (
    RatedPairs,
    Ratings,
    axis_report,
    rated_verdicts,
    verdicts,
    wilson_interval,
    yes_bins,
)


def pairs(*rows: tuple[int, int, int]) -> RatedPairs:
    """Rows of task, side and value; each task has a prompt of its own."""
    task, side, value = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return RatedPairs(task, task, side, value)


def test_a_verdict_is_the_side_with_more_votes_however_strong():
    ratings = Ratings(
        [1, 1, 1, 2, 2, 3], [1, 2, 3, 1, 2, 1], [-3, 1, 1, -2, 1, 0], [7, 7, 7, 8, 8, 9]
    )
    own = verdicts(ratings)
    assert own.unit.tolist() == [1, 2, 3]
    assert own.side.tolist() == [1, 0, 0]
    assert own.prompt.tolist() == [7, 8, 9]
    assert np.isnan(own.at(np.array([4, 1]))[0])
    assert len(verdicts(Ratings([], [], [])).unit) == 0


def test_a_conflict_needs_two_axes_that_decide_and_overall_is_none_of_them():
    helpful = verdicts(Ratings([1, 2, 3, 4], [1] * 4, [-1, -1, 0, -1]))
    safe = verdicts(Ratings([1, 2, 3], [1] * 3, [1, -1, 1]))
    overall = verdicts(Ratings([1, 2, 3, 5], [1] * 4, [1, -1, 1, 1]))
    report = axis_report({"helpful": helpful, "safe": safe}, overall)
    conflict = report["conflict"]
    assert (conflict["value"], conflict["n"]) == (1 / 3, 3)
    assert (conflict["low"], conflict["high"]) == wilson_interval(1, 3)
    first, second = report["with_overall"]
    assert {name: first[name] for name in ("same", "opposite", "axis_level")} == {
        "same": 1,
        "opposite": 1,
        "axis_level": 1,
    }
    assert (second["follows"]["value"], second["follows"]["n"]) == (1.0, 3)
    alone = axis_report({"helpful": helpful}, None)
    assert (alone["conflict"]["value"], alone["conflict"]["n"]) == (None, 0)
    assert (alone["pairs"], alone["with_overall"]) == ([], [])


def test_of_ratings_the_higher_mean_is_the_verdict_and_of_harm_the_lower():
    rated = pairs((1, -1, 4), (1, -1, 2), (1, 1, 2), (2, -1, 1), (2, 1, 3), (3, -1, 4))
    assert rated_verdicts(rated).unit.tolist() == [1, 2]  # nobody rated the second of task 3
    assert rated_verdicts(rated).side.tolist() == [-1, 1]
    assert rated_verdicts(rated, more_is_worse=True).side.tolist() == [1, -1]
    report = axis_report(
        {}, verdicts(Ratings([1, 2], [1, 1], [-1, -1])), {"r": rated_verdicts(rated)}
    )
    assert report["with_overall"][0]["follows"]["value"] == 0.5
    assert report["conflict"]["value"] is None


def test_a_pair_falls_into_a_bin_by_what_was_preferred():
    safe = pairs(
        *((1, -1, 1), (1, 1, 0)),
        *((2, -1, 1), (2, 1, 0)),
        *((3, -1, 1), (3, 1, 1)),
        *((4, -1, 0), (4, 1, 0)),
        *((5, -1, 1), (5, -1, 0), (5, 1, 1)),  # as many say yes as no of its first
        *((6, -1, 1), (6, 1, 0)),  # level overall
    )
    overall = verdicts(Ratings(range(1, 7), [1] * 6, [-1, 1, 1, -1, -1, 0]))
    bins = yes_bins(safe, overall)
    assert {name: (figure["value"], figure["n"]) for name, figure in bins.items()} == {
        "preferred_only": (0.25, 4),
        "other_only": (0.25, 4),
        "both": (0.25, 4),
        "neither": (0.25, 4),
    }
    empty = np.zeros(0, dtype=np.int64)
    nothing = yes_bins(RatedPairs(empty, empty, empty, empty), overall)
    assert nothing["both"]["value"] is None
