"""The agreement of rankings as plain data: what page, command and API show of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from labeling.stats.agreement.concordance import kendall_w_within
from labeling.stats.agreement.figures import krippendorff_alpha, percent_agreement
from labeling.stats.agreement.lists import (
    TaskLists,
    TaskTauPairs,
    kendall_tau_lists,
    rank_contradictions,
)
from labeling.stats.agreement.report import LIST_ALL, raters_apart
from labeling.stats.agreement.wording import of_units
from labeling.stats.intervals.clustered import clustered_share
from labeling.stats.ratings import Figure, Ratings
from labeling.stats.table import Table

_PAIR = ("pair of responses", "pairs of responses")


def ranking_report(lists: TaskLists, *, rated: bool = True) -> tuple[dict[str, Any], TaskTauPairs]:
    """Return every agreement figure of rankings as JSON-ready data, and its pairs of raters.

    Args:
        rated: whether raters are asked for a rating of each response as well.

    Returns:
        "kendall_tau" and "kendall_w", how far raters put a task's responses in one order;
        "percent_agreement" (exact, half, drop) and "pair_alpha", of the preferences that rankings
        imply, chance being of the mirrored pool; "ties", how many of those are none;
        "contradictions", how many pairs a rater rated the other way than ranked; "counts".
    """
    table = lists.implied
    tau, pairs = kendall_tau_lists(lists)
    pairs = _with_pairs_apart(pairs)
    alpha = krippendorff_alpha(table, "nominal", symmetric=True)
    content = {
        "kendall_tau": tau.as_dict(),
        "kendall_w": _concordance(lists).as_dict(),
        "percent_agreement": {
            ties: of_units(percent_agreement(table, ties), *_PAIR).as_dict()
            for ties in ("exact", "half", "drop")
        },
        "pair_alpha": of_units(alpha, *_PAIR).as_dict(),
        "ties": _ties(lists).as_dict(),
        "contradictions": _contradictions(lists, rated=rated).as_dict(),
        "counts": _counts(lists, table, pairs),
    }
    return content, pairs


def tau_rows(pairs: TaskTauPairs, rater_names: Mapping[Any, str]) -> list[dict[str, Any]]:
    """Return one row a pair of raters, most shared tasks first, then by name."""
    shown = [str(rater_names.get(rater, rater)) for rater in pairs.raters]
    rows = []
    for index in range(len(pairs)):
        a, b = sorted((shown[pairs.first[index]], shown[pairs.second[index]]))
        figure = pairs.figure(index)
        rows.append({"a": a, "b": b, "n": figure.n, "kendall_tau": figure.as_dict()})
    return sorted(rows, key=lambda row: (-row["n"], row["a"], row["b"]))


def _concordance(lists: TaskLists) -> Figure:
    """Return the mean of W over tasks, responses being the objects."""
    row, place = np.nonzero(np.isfinite(lists.rank))
    task = lists.task[row]
    most = max(lists.rank.shape[1], 1)
    ranks = Ratings(task * most + place, lists.rater[row], lists.rank[row, place], task)
    return kendall_w_within(ranks, prompt=lists.prompt[task])


def _ties(lists: TaskLists) -> Figure:
    prompt = np.repeat(lists.prompt, len(lists.ends[0]))
    return clustered_share(
        lists.votes[:, 1],
        lists.votes.sum(axis=1),
        prompt,
        "share of the pairs of a ranking that it puts level",
        nothing="There are no rankings yet.",
        counted="pairs of responses in rankings",
    )


def _contradictions(lists: TaskLists, *, rated: bool) -> Figure:
    against, decided = rank_contradictions(lists)
    return clustered_share(
        against,
        decided,
        lists.prompt[lists.task],
        "share of pairs that a rater ranked one way and rated the other, of those put in some "
        "order by the ranking and by the same rater's ratings",
        nothing="No rater has both ranked and rated the responses of a task, each in some order."
        if rated
        else "The project asks for no overall rating of each response beside the ranking.",
        counted="pairs of responses in rankings",
    )


def _counts(lists: TaskLists, table: Table, pairs: TaskTauPairs) -> dict[str, int]:
    """Return what the figures rest on."""
    votes = np.bincount(lists.task, minlength=lists.tasks)
    raters = len(lists.raters)
    return {
        "tasks": lists.tasks,
        "judgments": len(lists),
        "raters": raters,
        "tasks_judged_twice": int((votes >= 2).sum()),
        "pairs_of_judgments": int((votes * (votes - 1) // 2).sum()),
        "pairs_of_responses": table.units,
        "pairs_of_raters_apart": raters * (raters - 1) // 2 - int((pairs.n > 0).sum()),
    }


def _with_pairs_apart(pairs: TaskTauPairs) -> TaskTauPairs:
    """Return the pairs with those that share no task, among up to `LIST_ALL` raters."""
    if len(pairs.raters) > LIST_ALL:
        return pairs
    first, second = raters_apart(len(pairs.raters), pairs.first, pairs.second)
    nothing = np.full(len(first), np.nan)
    return replace(
        pairs,
        first=np.concatenate([pairs.first, first]),
        second=np.concatenate([pairs.second, second]),
        n=np.concatenate([pairs.n, np.zeros(len(first), dtype=np.int64)]),
        tau=np.concatenate([pairs.tau, nothing]),
        low=np.concatenate([pairs.low, nothing]),
        high=np.concatenate([pairs.high, nothing]),
    )
