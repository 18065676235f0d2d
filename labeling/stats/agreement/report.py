"""The agreement of one criterion as plain data: what page, command and API show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.stats.agreement.ceiling import noise_ceiling
from labeling.stats.agreement.coefficients import Level, side_counts
from labeling.stats.agreement.cohen import RaterPairs, cohen_kappa_pairs
from labeling.stats.agreement.figures import (
    brennan_prediger,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    percent_agreement,
)
from labeling.stats.coding import Coded, code
from labeling.stats.ratings import NO_JUDGMENTS, Figure, Floats, Ints, Ratings, plural
from labeling.stats.table import Table, tabulate

LIST_ALL = 60  # Up to this many raters, pairs that share no task are listed too.
_LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval")
_PREFERENCE = "preference scales only"


def criterion_report(
    ratings: Ratings,
    categories: Sequence[Any],
    *,
    preference: bool,
    side_only: npt.ArrayLike | None = None,
    as_ordered: bool = False,
) -> tuple[dict[str, Any], RaterPairs]:
    """Return every agreement figure of one criterion as JSON-ready data, and its pairs of raters.

    The pairs are arrays: a thousand raters make half a million, and whoever shows some needs no
    list of all: `pair_rows` makes rows of them. Among up to `LIST_ALL` raters those that share no
    task are there, too.

    Args:
        ratings: one row per judgment, `cluster` being the prompt.
        categories: the declared scale in its declared order.
        preference: whether the scale compares two responses; chance is then of the mirrored pool.
        side_only: whether a judgment tells the side and no strength, shape (n,).
        as_ordered: take the plain coefficients of a preference instead, as published figures are.

    Returns:
        "percent_agreement" (exact, half, drop), "krippendorff_alpha" (nominal, ordinal,
        interval, symmetric), "fleiss_kappa", "gwet_ac1": figures with value, low, high, n,
        convention, and reason where undefined. Besides: "same_side" (percent agreement on the
        preferred side alone) and "side_alpha" (its nominal alpha), "counts" (what the figures
        rest on) and "values" (the histogram of the judgments, of a preference by strength).

    Raises:
        RatingsError: a value off the scale, a rater twice on a unit.
    """
    everyone = code(ratings, categories)
    coded, sided = _with_a_strength(ratings, everyone, side_only)
    whole = tabulate(everyone)
    table = tabulate(coded) if sided else whole
    pairs = cohen_kappa_pairs(coded, symmetric=(mirrored := preference and not as_ordered))
    content = {
        "percent_agreement": _three_conventions(table, sides=False),
        "same_side": _three_conventions(whole, sides=True) if preference else None,
        "side_alpha": _side_alpha(whole).as_dict() if preference else None,
        "krippendorff_alpha": _alphas(table, preference=preference, mirrored=mirrored),
        "fleiss_kappa": fleiss_kappa(table, symmetric=mirrored).as_dict(),
        "gwet_ac1": gwet_ac(table, symmetric=mirrored).as_dict(),
        "brennan_prediger": brennan_prediger(table).as_dict(),
        "noise_ceiling": _ceiling(whole, preference=preference).as_dict(),
        "counts": {**task_counts(whole, len(everyone.raters), pairs), "side_only": sided},
        "values": _histogram(table, folded=mirrored),
    }
    content = _without_a_strength(content, sided) if sided and not table.ratings else content
    return content, with_pairs_apart(pairs)


def _with_a_strength(
    ratings: Ratings, everyone: Coded, side_only: npt.ArrayLike | None
) -> tuple[Coded, int]:
    """Return the judgments that tell more than the side, and how many tell no more."""
    sided = 0 if side_only is None else int(np.count_nonzero(side_only))
    if not sided:
        return everyone, 0
    kept = ~np.asarray(side_only, dtype=bool)
    cluster = None if ratings.cluster is None else ratings.cluster[kept]
    graded = Ratings(ratings.unit[kept], ratings.rater[kept], ratings.value[kept], cluster)
    return code(graded, everyone.categories), sided


def _three_conventions(table: Table, *, sides: bool) -> dict[str, Any]:
    """Return percent agreement with ties exact, half and dropped."""
    return {
        "exact": percent_agreement(table, "exact", sides=sides).as_dict(),
        "half": percent_agreement(table, "half", sides=sides).as_dict(),
        "drop": percent_agreement(table, "drop", sides=sides).as_dict(),
    }


def _side_alpha(table: Table) -> Figure:
    """Return the mirrored nominal alpha of which response is preferred, ties being a category."""
    counts = side_counts(table.counts, table.scores)
    places = np.array([-1.0, 0.0, 1.0])
    sides = replace(table, categories=(-1, 0, 1), scores=places, counts=counts)
    figure = krippendorff_alpha(sides, "nominal", symmetric=True)
    return replace(figure, convention=f"the preferred side, however strongly: {figure.convention}")


def _alphas(table: Table, *, preference: bool, mirrored: bool) -> dict[str, Any]:
    """Return alpha at three levels, and the one that suits a preference.

    That one is mirrored, nominal on scales of at most three steps (better, tie, better) and
    ordinal on scales with strengths.
    """
    alphas = {
        level: krippendorff_alpha(table, level, symmetric=mirrored).as_dict() for level in _LEVELS
    }
    if not preference:
        reason = "Symmetric alpha is for preferences; this scale does not compare two responses."
        return alphas | {"symmetric": Figure(None, None, None, 0, _PREFERENCE, reason).as_dict()}
    level: Level = "ordinal" if len(table.categories) > 3 else "nominal"
    if mirrored:
        return alphas | {"symmetric": alphas[level]}
    return alphas | {"symmetric": krippendorff_alpha(table, level, symmetric=True).as_dict()}


def _ceiling(table: Table, *, preference: bool) -> Figure:
    """Return the noise ceiling of a preference; other scales have no two sides to choose from."""
    if preference:
        return noise_ceiling(table)
    reason = "The noise ceiling is for preferences; this scale does not compare two responses."
    return Figure(None, None, None, 0, _PREFERENCE, reason)


def _histogram(table: Table, *, folded: bool) -> list[dict[str, Any]]:
    """Return how often each category was given; `folded`, each strength of a preference."""
    counts = dict(zip(table.categories, table.marginals.tolist(), strict=True))
    if folded:
        strengths = sorted({abs(category) for category in counts})
        counts = {size: sum(counts.get(end, 0.0) for end in {-size, size}) for size in strengths}
    return [{"value": category, "count": round(count)} for category, count in counts.items()]


def _without_a_strength(content: Any, sided: int) -> Any:
    """Return the report where no judgment tells a strength: that is why its figures are empty."""
    if isinstance(content, list):
        return [_without_a_strength(item, sided) for item in content]
    if not isinstance(content, dict):
        return content
    content = {key: _without_a_strength(item, sided) for key, item in content.items()}
    if content.get("reason") == NO_JUDGMENTS:
        content["reason"] = (
            f"No judgment tells how much better a response is: {plural(sided, 'answer')} "
            f"{'tells' if sided == 1 else 'tell'} the side only."
        )
    return content


def pair_rows(pairs: RaterPairs, rater_names: Mapping[Any, str]) -> list[dict[str, Any]]:
    """Return one row a pair of raters, most shared tasks first, then by name.

    A rater without a name in `rater_names` is shown as it is.
    """
    shown = [str(rater_names.get(rater, rater)) for rater in pairs.raters]
    rows = []
    for index in range(len(pairs)):
        percent, kappa = pairs.figures(index)
        a, b = sorted((shown[pairs.first[index]], shown[pairs.second[index]]))
        rows.append(
            {
                "a": a,
                "b": b,
                "n": kappa.n,
                "percent": percent.as_dict(),
                "cohen_kappa": kappa.as_dict(),
            }
        )
    return sorted(rows, key=lambda row: (-row["n"], row["a"], row["b"]))


def with_pairs_apart(pairs: RaterPairs) -> RaterPairs:
    """Return the pairs with those that share no task, among up to `LIST_ALL` raters."""
    if len(pairs.raters) > LIST_ALL:
        return pairs
    first, second = raters_apart(len(pairs.raters), pairs.first, pairs.second)
    none, nothing = np.zeros(len(first), dtype=np.int64), np.full(len(first), np.nan)

    def longer(values: Floats) -> Floats:
        return np.concatenate([values, nothing])

    return replace(
        pairs,
        first=np.concatenate([pairs.first, first]),
        second=np.concatenate([pairs.second, second]),
        n=np.concatenate([pairs.n, none]),
        percent=longer(pairs.percent),
        percent_low=longer(pairs.percent_low),
        percent_high=longer(pairs.percent_high),
        kappa=longer(pairs.kappa),
        kappa_low=longer(pairs.kappa_low),
        kappa_high=longer(pairs.kappa_high),
    )


def raters_apart(raters: int, first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """Return the pairs of so many raters that are not among these."""
    known = set(zip(first.tolist(), second.tolist(), strict=True))
    apart = [pair for pair in combinations(range(raters), 2) if pair not in known]
    rows = np.array(apart, dtype=np.int64).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]


def task_counts(table: Table, raters: int, pairs: RaterPairs) -> dict[str, int]:
    """Return what figures rest on whose unit is a task."""
    return {
        "tasks": table.units,
        "judgments": table.ratings,
        "raters": raters,
        **counts_of_pairs(table, raters, pairs, units="tasks"),
    }


def counts_of_pairs(table: Table, raters: int, pairs: RaterPairs, *, units: str) -> dict[str, int]:
    """Return how often two judgments met on a unit, and how many pairs of raters never did."""
    votes = table.counts.sum(axis=1)
    frequency = table.pattern_frequency
    return {
        f"{units}_judged_twice": round(float(frequency[votes >= 2].sum())),
        "pairs_of_judgments": round(float(np.sum(frequency * votes * (votes - 1) / 2))),
        "pairs_of_raters_apart": raters * (raters - 1) // 2 - int((pairs.n > 0).sum()),
    }


def value_counts(table: Table) -> list[dict[str, Any]]:
    """Return how often each value of a scale was given."""
    counts = zip(table.categories, table.marginals.tolist(), strict=True)
    return [{"value": category, "count": round(count)} for category, count in counts]
