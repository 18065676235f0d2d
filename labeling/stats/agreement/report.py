"""The agreement of one criterion as plain data: what page, command and API show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from labeling.stats.agreement.ceiling import noise_ceiling
from labeling.stats.agreement.cohen import RaterPairs, cohen_kappa_pairs, no_shared_task
from labeling.stats.agreement.figures import (
    brennan_prediger,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
)
from labeling.stats.coding import code
from labeling.stats.ratings import Figure, Ratings
from labeling.stats.table import Table, tabulate

LIST_ALL = 60  # Up to this many raters, pairs that share no task are listed too.
_PREFERENCE = "preference scales only"


def criterion_report(
    ratings: Ratings,
    categories: Sequence[Any],
    *,
    preference: bool,
    rater_names: Mapping[Any, str],
) -> dict[str, Any]:
    """Return every agreement figure of one criterion, as JSON-ready data.

    Args:
        ratings: one row per judgment, `cluster` being the prompt.
        categories: the declared scale in its declared order.
        preference: whether the scale compares two responses, so that it mirrors itself around 0.
        rater_names: the name to show for each rater; a rater without one is shown as it is.

    Returns:
        "percent_agreement" (exact, half, drop), "krippendorff_alpha" (nominal, ordinal,
        interval, symmetric), "fleiss_kappa", "gwet_ac1" and "pairs", every figure an object with
        value, low, high, n, convention, and reason where something is undefined. Besides:
        "same_side" (percent agreement on the preferred side alone, whatever its strength),
        "counts" (what the figures rest on) and "values" (the histogram of the judgments).

    Raises:
        RatingsError: a value off the scale, a rater twice on a unit; the position is named.
    """
    coded = code(ratings, categories)
    table = tabulate(coded)
    pairs = cohen_kappa_pairs(coded)
    return {
        "percent_agreement": _three_conventions(table, sides=False),
        "same_side": _three_conventions(table, sides=True) if preference else None,
        "krippendorff_alpha": _alphas(table, preference=preference),
        "fleiss_kappa": fleiss_kappa(table).as_dict(),
        "gwet_ac1": gwet_ac(table).as_dict(),
        "brennan_prediger": brennan_prediger(table).as_dict(),
        "noise_ceiling": _ceiling(table, preference=preference).as_dict(),
        "pairs": _pair_rows(pairs, rater_names),
        "counts": _counts(table, pairs),
        "values": [
            {"value": category, "count": round(float(count))}
            for category, count in zip(table.categories, table.marginals, strict=True)
        ],
    }


def _three_conventions(table: Table, *, sides: bool) -> dict[str, Any]:
    """Return percent agreement with ties exact, half and dropped."""
    return {
        "exact": percent_agreement(table, "exact", sides=sides).as_dict(),
        "half": percent_agreement(table, "half", sides=sides).as_dict(),
        "drop": percent_agreement(table, "drop", sides=sides).as_dict(),
    }


def _alphas(table: Table, *, preference: bool) -> dict[str, Any]:
    """Return alpha at three levels, and symmetrised for a preference.

    The symmetrised figure is nominal on scales of at most three steps (better, tie, better) and
    ordinal on scales with strengths.
    """
    alphas = {
        "nominal": krippendorff_alpha(table, "nominal").as_dict(),
        "ordinal": krippendorff_alpha(table, "ordinal").as_dict(),
        "interval": krippendorff_alpha(table, "interval").as_dict(),
    }
    if preference:
        strengths = len(table.categories) > 3
        symmetric = krippendorff_alpha(table, "ordinal" if strengths else "nominal", symmetric=True)
    else:
        reason = "Symmetric alpha is for preferences; this scale does not compare two responses."
        symmetric = Figure(None, None, None, 0, _PREFERENCE, reason)
    return alphas | {"symmetric": symmetric.as_dict()}


def _ceiling(table: Table, *, preference: bool) -> Figure:
    """Return the noise ceiling of a preference; other scales have no two sides to choose from."""
    if preference:
        return noise_ceiling(table)
    reason = "The noise ceiling is for preferences; this scale does not compare two responses."
    return Figure(None, None, None, 0, _PREFERENCE, reason)


def _pair_rows(pairs: RaterPairs, names: Mapping[Any, str]) -> list[dict[str, Any]]:
    """Return one row a pair of raters, most shared tasks first, then by name.

    Among up to `LIST_ALL` raters every pair is listed; among more, those that share a task.
    """
    shown = [str(names.get(rater, rater)) for rater in pairs.raters]
    rows = []
    for index in range(len(pairs)):
        percent, kappa = pairs.figures(index)
        rows.append(_row(shown, int(pairs.first[index]), int(pairs.second[index]), percent, kappa))
    if len(shown) <= LIST_ALL:
        known = set(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))
        apart = no_shared_task(pairs.percent_convention), no_shared_task(pairs.kappa_convention)
        rows += [
            _row(shown, first, second, *apart)
            for first, second in combinations(range(len(shown)), 2)
            if (first, second) not in known
        ]
    return sorted(rows, key=lambda row: (-row["n"], row["a"], row["b"]))


def _row(
    shown: list[str], first: int, second: int, percent: Figure, kappa: Figure
) -> dict[str, Any]:
    a, b = sorted((shown[first], shown[second]))
    return {
        "a": a,
        "b": b,
        "n": kappa.n,
        "percent": percent.as_dict(),
        "cohen_kappa": kappa.as_dict(),
    }


def _counts(table: Table, pairs: RaterPairs) -> dict[str, int]:
    """Return what the figures rest on."""
    votes = table.counts.sum(axis=1)
    frequency = table.pattern_frequency
    raters = len(pairs.raters)
    return {
        "tasks": table.units,
        "judgments": table.ratings,
        "raters": raters,
        "tasks_judged_twice": round(float(frequency[votes >= 2].sum())),
        "pairs_of_judgments": round(float(np.sum(frequency * votes * (votes - 1) / 2))),
        "pairs_of_raters_apart": raters * (raters - 1) // 2 - len(pairs),
    }
