"""How steady the preferences of a project are, as plain data: what page, command and API show."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.stats.agreement.repeats import self_agreement
from labeling.stats.agreement.wording import of_units
from labeling.stats.intervals.clustered import clustered_share
from labeling.stats.intervals.proportions import binomial_test
from labeling.stats.raters.sides import clicked_sides
from labeling.stats.ratings import Figure, Ratings

Repeats = tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike, npt.ArrayLike]


def steadiness_report(
    ratings: Ratings,
    first_shown: npt.ArrayLike,
    repeats: Repeats,
) -> dict[str, Any]:
    """Return how steady preferences are against screen and time, as JSON-ready data.

    Args:
        ratings: one row per judgment, below 0 the first canonical response, 0 a tie; `cluster`
            being the prompt.
        first_shown: 0 or 1, the canonical response that was shown first, or -1 where there was no
            screen, shape (n,).
        repeats: rater, first answer, answer on the blind repeat, and prompt, each (repeats,).

    Returns:
        "side_bias", the share of preferences for the response shown first (one half is no bias),
        with the `p` of an exact test against one half, and "self_consistency", the share of repeats
        answered as before.
    """
    shown = np.asarray(first_shown)
    kept = (shown >= 0) & (ratings.value != 0)
    cluster = ratings.unit if ratings.cluster is None else ratings.cluster
    side = clustered_share(
        clicked_sides(ratings.value[kept], shown[kept] == 0) < 0,
        np.ones(int(kept.sum())),
        cluster[kept],
        "share of preferences that are for the response shown first; one half is no side bias; "
        "ties, and judgments made elsewhere, are left out",
        nothing="Nobody has preferred one of two responses on this screen yet.",
        counted="preferences",
    )
    p = None if side.value is None else binomial_test(round(side.value * side.n), side.n)
    steady = self_agreement(*repeats).percent
    return {
        "side_bias": {**side.as_dict(), "p": None if p is None else round(p, 6)},
        "self_consistency": steady.as_dict(),
    }


def response_consistency(
    rater: npt.ArrayLike, first: npt.ArrayLike, again: npt.ArrayLike, prompt: npt.ArrayLike
) -> Figure:
    """Return the share of answers about a response that are the same on the task's blind repeat.

    Args:
        rater, first, again, prompt: who, the earlier answer, the later one, and what they were
            drawn with, one entry a response, shape (answers,).
    """
    figure = self_agreement(rater, first, again, prompt).percent
    return of_units(figure, "response", "responses")


def order_consistency(
    rater: npt.ArrayLike,
    task: npt.ArrayLike,
    prompt: npt.ArrayLike,
    first: npt.ArrayLike,
    again: npt.ArrayLike,
) -> Figure:
    """Return the share of pairs of responses that a rater puts in the same order a second time.

    A pair that is level both times counts, one that is level once does not.

    Args:
        rater, task, prompt: who, on which task, with which prompt, one entry a response, shape
            (places,).
        first, again: its places, at first and on the blind repeat, 1 the best.
    """
    who, of_task, drawn_with = np.asarray(rater), np.asarray(task), np.asarray(prompt)
    before, after = np.asarray(first), np.asarray(again)
    rankings: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, key in enumerate(zip(who.tolist(), of_task.tolist(), strict=True)):
        rankings[key].append(place)
    rows = [
        (
            person,
            int(drawn_with[a]),
            int(np.sign(before[b] - before[a])),
            int(np.sign(after[b] - after[a])),
        )
        for (person, _task), own in sorted(rankings.items())
        for a, b in combinations(own, 2)
    ]
    table = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    figure = self_agreement(table[0], table[2], table[3], table[1]).percent
    return of_units(figure, "pair of responses", "pairs of responses")
