"""What the judgments of a release say about themselves: agreement, length, markup, side, strength.

Each figure is over all answers by people on live tasks, whatever a recipe keeps, unless its name
says otherwise; intervals are over prompts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.datasets.records import TIES, CriterionRecord
from labeling.datasets.tally import (
    FIRST_TIE,
    MARKUP,
    SIDE_ALONE,
    STYLED_TASKS,
    TIE_CODES,
    Patterns,
)
from labeling.stats import (
    Figure,
    Table,
    binomial_test,
    clustered_share,
    concentration_of_counts,
    gwet_ac,
    krippendorff_alpha,
    noise_ceiling,
    percent_agreement,
    relative_difference,
    share,
    style_only_accuracy,
    table_from_units,
)
from labeling.stats.agreement.wording import of_units

_DIGITS = 6


def rounded_figure(figure: Figure) -> dict[str, Any]:
    """The figure as plain data, rounded so that every machine writes the same digits."""
    rounded = figure.as_dict()
    for name in ("value", "low", "high"):
        if rounded[name] is not None:
            rounded[name] = round(rounded[name], _DIGITS)
    return rounded


class Agreement:
    """How people agree on which response is better."""

    def __init__(self, patterns: Patterns, criterion: CriterionRecord) -> None:
        codes = {abs(code) for pattern in patterns.seen for code in pattern[1:]}
        table = _table(patterns, criterion)
        sides = _table(patterns, criterion, with_sides=True) if SIDE_ALONE in codes else table
        self.sides = percent_agreement(sides, "drop", sides=True)
        self.exact = percent_agreement(table, "exact")
        self.alpha = krippendorff_alpha(table, "ordinal", symmetric=True)
        self.ceiling = noise_ceiling(self.sides)

    def plain(self) -> dict[str, Any]:
        """The three figures by name."""
        return {
            "same_side": rounded_figure(self.sides),
            "exact": rounded_figure(self.exact),
            "krippendorff_alpha": rounded_figure(self.alpha),
        }


#: What is judged by itself.
_RESPONSE = ("response", "responses")


class RatedAgreement:
    """How people agree on what they rated by itself."""

    def __init__(self, patterns: Patterns, criterion: CriterionRecord) -> None:
        reach = {*criterion.levels, *(code for pattern in patterns.seen for code in pattern[1:])}
        place = {value: at for at, value in enumerate(sorted(reach))}
        counts = np.zeros((len(patterns.seen), len(place)))
        for row, pattern in enumerate(patterns.seen):
            for value in pattern[1:]:
                counts[row, place[value]] += 1
        table = table_from_units(counts, *_columns(patterns), sorted(reach))
        self.exact = of_units(percent_agreement(table, "exact"), *_RESPONSE)
        self.alpha = of_units(krippendorff_alpha(table, "ordinal"), *_RESPONSE)
        self.coefficient = of_units(gwet_ac(table), *_RESPONSE)

    def plain(self) -> dict[str, Any]:
        """The three figures by name."""
        return {
            "exact": rounded_figure(self.exact),
            "krippendorff_alpha": rounded_figure(self.alpha),
            "gwet_ac1": rounded_figure(self.coefficient),
        }


def _table(patterns: Patterns, criterion: CriterionRecord, *, with_sides: bool = False) -> Table:
    """The answers as agreement reads them: all kinds of ties are one.

    A side without a strength is left out or, for figures of the side alone, as weak as can be.
    """
    strengths = criterion.strengths if criterion.answer == "compare" else (1,)
    alone = {SIDE_ALONE: 1, -SIDE_ALONE: -1}
    seen = [
        [alone.get(value, value) for value in values if with_sides or value not in alone]
        for values in ([_value(code) for code in pattern[1:]] for pattern in patterns.seen)
    ]
    reach = {*strengths, *(abs(value) for values in seen for value in values)}
    scale = sorted({value for level in reach for value in (-level, level)} | {0})
    place = {value: at for at, value in enumerate(scale)}
    counts = np.zeros((len(seen), len(scale)))
    for row, values in enumerate(seen):
        for value in values:
            counts[row, place[value]] += 1
    return table_from_units(counts, *_columns(patterns), scale)


def _columns(patterns: Patterns) -> tuple[Any, Any]:
    """The pattern of each unit and its prompt."""
    shown = np.array(patterns.shown, dtype=np.int64)
    return shown, np.array(patterns.clusters, dtype=np.uint64)


def _value(code: int) -> int:
    return 0 if code >= FIRST_TIE else code


def _shares(
    patterns: Patterns,
    per_pattern: list[tuple[int, int]],
    convention: str,
    *,
    nothing: str,
    counted: str,
) -> Figure:
    """A share of things counted by pattern, with its interval over prompts."""
    shown, prompt = _columns(patterns)
    counts = np.array(per_pattern, dtype=np.float64).reshape(-1, 2)[shown]
    hits, trials = counts[:, 0], counts[:, 1]
    return clustered_share(hits, trials, prompt, convention, nothing=nothing, counted=counted)


def longer_preferred(answers: Patterns) -> Figure:
    """How often people prefer the longer response: the baseline that agreement has to beat."""

    def hits(longer: int, *codes: int) -> tuple[int, int]:
        values = [value for code in codes if longer and (value := _value(code))]
        return sum((value > 0) == (longer > 0) for value in values), len(values)

    return _shares(
        answers,
        [hits(*pattern) for pattern in answers.seen],
        "share of all decided judgments by people that prefer the longer response; ties, and "
        "responses of equal length, are left out",
        nothing="No decided judgment is on responses of different length.",
        counted="judgments",
    )


def longer_chosen(rows: Patterns) -> Figure:
    """How often a row's chosen response is the longer one: what a trainer is shown."""
    return _shares(
        rows,
        [(pattern[0], pattern[1]) for pattern in rows.seen],
        "share of rows whose chosen response is the longer one; rows of equal length left out",
        nothing="No row has two responses of different length.",
        counted="rows",
    )


def strength_curve(answers: Patterns, criterion: CriterionRecord) -> dict[int, Figure]:
    """How often another rater takes the same side, by the strength of an answer, weak to strong."""
    if criterion.answer != "compare" or len(criterion.strengths) < 2:
        return {}
    counted = [Counter(map(_value, pattern[1:])) for pattern in answers.seen]

    def hits(counts: Counter[int], level: int) -> tuple[int, int]:
        sides = [sum(n for v, n in counts.items() if v * sign > 0) for sign in (-1, 1)]
        own = counts[-level], counts[level]
        agree = own[0] * (sides[0] - 1) + own[1] * (sides[1] - 1)
        return agree, sum(own) * (sum(sides) - 1)

    return {
        level: _shares(
            answers,
            [hits(counts, level) for counts in counted],
            f"share of other raters' decided answers on the task that take the side of an answer "
            f"of strength {level}",
            nothing=f"No answer of strength {level} has another decided answer beside it.",
            counted="answers beside another",
        )
        for level in criterion.strengths
    }


def tie_shares(answers: Patterns) -> dict[str, Figure]:
    """Ties by kind among everything that people answered."""
    by_kind = {}
    for kind in TIES:
        code = TIE_CODES[kind]
        by_kind[kind] = _shares(
            answers,
            [(pattern[1:].count(code), len(pattern) - 1) for pattern in answers.seen],
            f"share of all answers by people that are a tie ({kind.replace('_', ' ')})",
            nothing="There are no answers.",
            counted="answers",
        )
    return by_kind


def markup_only(styles: Sequence[tuple[int, ...]]) -> Figure:
    """How well headers, lists, bold and code blocks alone predict what people prefer."""
    marks = np.array([row[2:] for row in styles], dtype=np.int64).reshape(-1, 2, len(MARKUP))
    differences: dict[str, npt.ArrayLike] = {
        name: relative_difference(marks[:, 0, at], marks[:, 1, at])
        for at, name in enumerate(MARKUP)
    }
    verdicts = np.array([row[0] for row in styles], dtype=np.int64)
    prompts = np.array([row[1] for row in styles], dtype=np.uint64)
    figure = style_only_accuracy(verdicts, differences, cluster=prompts)
    convention = f"{figure.convention}; of at most {STYLED_TASKS} tasks taken at random"
    return Figure(figure.value, figure.low, figure.high, figure.n, convention, figure.reason)


def first_shown(sides: Sequence[int]) -> Figure:
    """Side bias: how often people prefer what they were shown first."""
    n, first = sides
    return share(
        first,
        n,
        "share of decided judgments for the response shown first; one half is no side bias",
        nothing="No decided judgment has a known screen order.",
    )


def side_p(side: Figure) -> float | None:
    """The p-value of an exact test of the share against one half, None without judgments."""
    if side.value is None:
        return None
    return round(binomial_test(round(side.value * side.n), side.n), _DIGITS)


def busiest(raters: Counter[str]) -> Figure:
    """How much of the judgments the most active rater gave."""
    top = concentration_of_counts(sorted(raters.values()), top_k=1).top
    convention = "share of judgments by the most active rater; n counts judgments"
    return Figure(top.value, top.low, top.high, top.n, convention, top.reason)


def five_busiest(raters: Counter[str]) -> Figure:
    """How much of the judgments the five most active raters gave."""
    return concentration_of_counts(sorted(raters.values())).top


def effective_raters(raters: Counter[str]) -> Figure:
    """How many equally active raters would be as concentrated."""
    return concentration_of_counts(sorted(raters.values())).effective


def repeated_prompts(splits: Mapping[str, Any]) -> Figure:
    """How many prompts say again what an older one says."""
    prompts, groups = splits["prompts"], splits["groups"]
    convention = (
        "share of prompts that repeat an older one or nearly do; n counts the project's prompts"
    )
    if not prompts:
        return Figure(None, None, None, 0, convention, "There are no prompts.")
    reason = "No interval: these are all the prompts there are, not a sample of them."
    return Figure((prompts - groups) / prompts, None, None, prompts, convention, reason)
