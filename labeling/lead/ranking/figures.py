"""What judgments say of models: strengths, win rates, who is separable, and what style does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from labeling import stats
from labeling.lead.ranking.selectors import ModelPairs
from labeling.lead.ranking.texts import STYLES, PairStyles, pair_styles

if TYPE_CHECKING:
    from labeling.stats.ratings import Array

#: How ties may be read, and which of them win rates know: there a tie is half a win or nothing.
TIE_READINGS = ("half", "drop", "davidson")
#: With fewer comparisons a model has no place: its strength would be a guess with a number on it.
FEWEST = 10
#: More models are not ranked together; those with most comparisons are.
MOST_MODELS = 200
#: The win rate of every two models is there up to so many; of more, that of neighbours.
MOST_CROSSED = 50
#: Categories that have figures of their own, those with most pairs first; more are named.
SHOWN_CATEGORIES, NAMED_CATEGORIES = 8, 200
#: How much longer the one of two texts is that “twice as long” means: (a - b) / (a + b).
TWICE = 1 / 3

Plain = dict[str, Any]


def model_figures(pairs: ModelPairs, category: str = "") -> Plain:
    """Everything that is kept of the ranking by one question, of all categories or of one."""
    categories = _categories(pairs)
    if category:
        place = pairs.categories.index(category) if category in pairs.categories else -2
        pairs = pairs.keep(pairs.category == place)
    n = len(pairs)
    rows, few = _ranked_rows(pairs)
    ranked = pairs.keep(rows)
    styles = pair_styles(ranked) if len(ranked) else None
    data: Plain = {
        "n": n,
        "ties": int((pairs.value == 0).sum()),
        "unnamed": pairs.unnamed if not category else 0,
        "own": pairs.own if not category else 0,
        "models": sorted({pairs.models[code] for code in _codes(pairs)}),
        "few": few,
        "prompts": len(np.unique(pairs.prompt)),
        "categories": categories,
        "rankings": {},
        "matrix": {},
        "length": None,
        "by_category": [],
    }
    if styles is None:
        return data
    data |= {"ranked": len(ranked), "styled": int(styles.is_read.sum())}
    for ties in TIE_READINGS:
        data["rankings"][ties] = _rankings(ranked, styles, ties)
    shown = data["rankings"]["half"]["raw"]["standings"]
    order = [ranked.models.index(line["model"]) for line in shown]
    data["matrix"] = {ties: _matrix(ranked, order, ties) for ties in ("half", "drop")}
    data["length"] = _length(ranked, styles)
    if not category:
        data["by_category"] = _by_category(ranked, styles)
    return data


def _codes(pairs: ModelPairs) -> list[int]:
    return [int(code) for code in np.union1d(pairs.first, pairs.second)]


def _categories(pairs: ModelPairs) -> list[Plain]:
    """The categories by how many pairs they have."""
    counts = np.bincount(pairs.category[pairs.category >= 0], minlength=len(pairs.categories))
    order = np.argsort(-counts, kind="stable")[:NAMED_CATEGORIES].tolist()
    return [{"name": pairs.categories[at], "n": int(counts[at])} for at in order if counts[at]]


def _ranked_rows(pairs: ModelPairs) -> tuple[Array, list[Plain]]:
    """Which pairs are of models that have enough of them with each other, and the models that have
    not."""
    size = len(pairs.models)
    met = _met(pairs, np.ones(len(pairs), dtype=bool))
    is_in = np.zeros(size, dtype=bool)
    is_in[np.argsort(-met, kind="stable")[:MOST_MODELS]] = True
    while True:
        rows = is_in[pairs.first] & is_in[pairs.second]
        n = _met(pairs, rows)
        if not (is_in & (n < FEWEST)).any():
            break
        is_in &= n >= FEWEST
    few = np.flatnonzero(~is_in & (met > 0)).tolist()
    return rows, [{"model": pairs.models[at], "n": int(met[at])} for at in few]


def _met(pairs: ModelPairs, rows: Array) -> Array:
    ends = np.concatenate([pairs.first[rows], pairs.second[rows]])
    return np.bincount(ends, minlength=len(pairs.models))


def _comparisons(pairs: ModelPairs, features: Array | None = None) -> stats.Comparisons:
    return stats.Comparisons(
        pairs.first,
        pairs.second,
        pairs.value,
        cluster=pairs.prompt,
        features=features,
        weight=pairs.weight,
    )


def _differences(styles: PairStyles) -> stats.StyleFeatures:
    return stats.style_features(styles.upper, styles.lower, scaled=False)


def _rankings(pairs: ModelPairs, styles: PairStyles, ties: Any) -> Plain:
    """The ranking as judged and at equal style."""
    if styles.is_read.all():
        rows = _comparisons(pairs, _differences(styles).values)
        both = stats.style_control(rows, STYLES, ties=ties)
        raw, controlled, effects = both.raw, both.controlled, both.effects
    else:
        raw = stats.bradley_terry(_comparisons(pairs), ties=ties)
        some = pairs.keep(styles.is_read)
        values = _differences(styles).values[styles.is_read]
        controlled = stats.bradley_terry(_comparisons(some, values), ties=ties, style=True)
        effects = dict(zip(STYLES, controlled.style, strict=False))
    equal = _plain_ranking(controlled, pairs, ties)
    equal["effects"] = {name: figure.as_dict() for name, figure in effects.items()}
    return {"raw": _plain_ranking(raw, pairs, ties), "controlled": equal}


def _plain_ranking(ranking: stats.Ranking, pairs: ModelPairs, ties: Any) -> Plain:
    """A ranking as it is kept: names in place of codes, and what its figures share said once."""
    names = pairs.models
    worded = _worded(pairs, ties) if ranking.reason or ranking.reasons else ranking
    reason = worded.reason or ranking.reason
    lines = ranking.standings()
    standings = [
        {
            "model": names[line.item],
            "rank": line.rank,
            "strength": _kept(line.strength, worded.reasons.get(names[line.item], reason)),
            "win_rate": _kept(line.win_rate, worded.reasons.get(names[line.item], reason)),
            "group": line.letters,
            "island": line.group,
            "n": line.n,
        }
        for line in lines
    ]
    first = lines[0] if lines else None
    return {
        "standings": standings,
        "reason": reason,
        "strength_is": first.strength.convention if first else ranking.convention,
        "win_rate_is": first.win_rate.convention if first else ranking.convention,
        "method": ranking.convention,
        "n": ranking.n,
        "top": _top(ranking, lines, names),
    }


def _worded(pairs: ModelPairs, ties: Any) -> stats.Ranking:
    """The same pairs counted, under the models' names: its reasons name whom they are about."""
    size = len(pairs.models)
    swapped = pairs.first > pairs.second
    meeting = np.where(
        swapped, pairs.second * size + pairs.first, pairs.first * size + pairs.second
    )
    sign = np.sign(np.where(swapped, -pairs.value, pairs.value))
    code = meeting * 3 + sign + 1
    cells, count = np.unique(code, return_counts=True)
    names = np.array(pairs.models)
    meeting = cells // 3
    rows = stats.Comparisons(
        names[meeting // size], names[meeting % size], cells % 3 - 1, count=count
    )
    return stats.bradley_terry(rows, ties=ties, interval="model")


def _top(
    ranking: stats.Ranking, lines: Sequence[stats.Standing], names: Sequence[str]
) -> Plain | None:
    """How far the two best are apart; None where no order is theirs."""
    if len(lines) < 2 or ranking.reason or lines[1].strength.value is None:
        return None
    first, second = lines[:2]
    gap = ranking.difference(first.item, second.item)
    shared = set(first.letters.split()) & set(second.letters.split())
    return {
        "first": names[first.item],
        "second": names[second.item],
        "gap": gap.as_dict()
        | {"convention": f"difference in strength; {gap.convention.partition('; ')[2]}"},
        "is_decided": bool(first.letters) and not shared,
    }


def _kept(figure: stats.Figure, reason: str | None = None) -> list[Any]:
    """Value, ends, n and the reason of a figure; the convention is said once for all."""
    why = figure.reason
    if figure.value is None and reason:
        why = reason
    return [figure.value, figure.low, figure.high, figure.n, why]


def shown_figure(kept: Sequence[Any], convention: str) -> Plain:
    """A figure as it is shown, of what was kept of it."""
    value, low, high, n, reason = kept
    ends = {"value": value, "low": low, "high": high, "n": n, "convention": convention}
    return ends if reason is None else ends | {"reason": reason}


def _matrix(pairs: ModelPairs, order: Sequence[int], ties: Any) -> Plain:
    """How often the one of two models that met won, the one that stands higher first.

    The interval is over prompts: each two models are ranked by themselves.
    """
    position = np.full(len(pairs.models), -1)
    position[list(order)] = np.arange(len(order))
    swapped = position[pairs.first] > position[pairs.second]
    high = np.where(swapped, position[pairs.second], position[pairs.first])
    low = np.where(swapped, position[pairs.first], position[pairs.second])
    is_whole = len(order) <= MOST_CROSSED
    rows = np.ones(len(pairs), dtype=bool) if is_whole else low == high + 1
    meeting, place = np.unique((high * len(order) + low)[rows], return_inverse=True)
    value = np.where(swapped, -pairs.value, pairs.value)[rows]
    own = stats.Comparisons(
        2 * place,
        2 * place + 1,
        value,
        cluster=pairs.prompt[rows],
        weight=None if pairs.weight is None else pairs.weight[rows],
    )
    rates = stats.win_rates(own, ties=ties) if len(own) else {}
    figures = [rates[2 * at] for at in range(len(meeting))]
    counts = stats.head_to_head(own, ties=ties) if len(own) else None
    cells = []
    for at, (cell, figure) in enumerate(zip(meeting.tolist(), figures, strict=True)):
        above, below = divmod(cell, len(order))
        wins = [] if counts is None else [counts.wins[at], counts.ties[at], counts.losses[at]]
        cells.append(
            {
                "a": pairs.models[order[above]],
                "b": pairs.models[order[below]],
                "are_next": below == above + 1,
                "rate": _kept(figure),
                "counts": [round(float(number), 4) for number in wins],
            }
        )
    convention = figures[0].convention if figures else ""
    return {"cells": cells, "rate_is": convention, "is_whole": is_whole}


def _length(pairs: ModelPairs, styles: PairStyles) -> Plain:
    """How often the longer of two responses is preferred."""
    rows = styles.is_read
    figure = stats.length_only_accuracy(
        pairs.value[rows], styles.upper[rows, 0], styles.lower[rows, 0]
    )
    return figure.as_dict()


def _by_category(pairs: ModelPairs, styles: PairStyles) -> list[Plain]:
    """Win rates in the categories with most pairs, at equal style where that can be told."""
    figures = []
    for category in _categories(pairs)[:SHOWN_CATEGORIES]:
        rows = styles.is_read & (pairs.category == pairs.categories.index(category["name"]))
        inside, few = _ranked_rows(pairs.keep(rows))
        own, styled = pairs.keep(rows).keep(inside), styles.keep(rows).keep(inside)
        if not len(own):
            figures.append(category | {"standings": [], "reason": None, "few": few, "style": "raw"})
            continue
        values = _differences(styled).values
        ranking = stats.bradley_terry(_comparisons(own, values), style=True)
        is_equal = bool(np.isfinite(ranking.strength).any())
        if not is_equal:  # few comparisons are often told by style without fail
            ranking = stats.bradley_terry(_comparisons(own))
        plain = _plain_ranking(ranking, own, "half")
        kept = {name: plain[name] for name in ("standings", "reason", "win_rate_is")}
        style = "controlled" if is_equal else "raw"
        figures.append(category | kept | {"few": few, "style": style})
    return figures
