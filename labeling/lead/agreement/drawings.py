"""Rows of figures with their words, and how they are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from labeling.charts import (
    Bar,
    Cell,
    ForestRow,
    bar_histogram,
    forest_plot,
    narrow_forest_plot,
    pair_matrix,
)

#: Up to so many raters the pairs are drawn as a matrix; more are a table only.
MATRIX_RATERS = 12

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure with its name, what it means in plain words, and what its n counts.

    `unit` is `percent`, `number`, or `rate`: a share of which 0 is told by what it may be at most.
    `verdict` says what its interval decides where that is worth a look, "" where it decides none.
    """

    label: str
    meaning: str
    figure: Json
    counted: str = ""
    unit: str = "percent"
    verdict: str = ""

    @property
    def n_words(self) -> str:
        """What the figure rests on, where a table has little room."""
        return f"n = {self.figure['n']:,} {self.counted}".rstrip()


def mark_rows(figures: Json) -> list[FigureRow]:
    """How far two raters marked the same passages and regions; nothing where nobody marked any."""
    passages, regions = figures["passages"], figures["regions"]
    rows = _passage_rows(passages) if passages else []
    return [*rows, *_region_rows(regions)] if regions else rows


def _region_rows(regions: Json) -> list[FigureRow]:
    pairs = _("pairs of raters")
    return [
        FigureRow(
            _("Pictures: the same regions"),
            _(
                "Where one of two raters marked a region of a picture: what their regions share of "
                "what they cover together, the best match of each, 0 without one."
            ),
            regions["iou"],
            pairs,
        ),
        FigureRow(
            _("Pictures: marked by both"),
            _("Where one of two raters marked a region of a picture, whether the other did, too."),
            regions["marked_by_both"],
            pairs,
        ),
    ]


def _passage_rows(passages: Json) -> list[FigureRow]:
    pairs = _("pairs of raters")
    return [
        FigureRow(
            _("Marked: the same characters"),
            _(
                "Where one of two raters marked a passage: twice the characters that both marked "
                "over the sum of those of each."
            ),
            passages["overlap"],
            pairs,
        ),
        FigureRow(
            _("Marked by both"),
            _("Where one of two raters marked a passage, whether the other did, too."),
            passages["marked_by_both"],
            pairs,
        ),
    ]


def forest(
    rows: Sequence[FigureRow], ident: str, title: str, *, percent: bool = False
) -> SafeString:
    """The figures of rows with their intervals on one axis; another drawing for a phone."""
    bars = [
        ForestRow(
            label=row.label,
            value=row.figure["value"],
            low=row.figure["low"],
            high=row.figure["high"],
            n=row.figure["n"],
            reason=row.figure.get("reason", ""),
        )
        for row in rows
    ]
    wide = forest_plot(bars, ident=ident, title=title, percent=percent)
    narrow = narrow_forest_plot(bars, ident=f"{ident}-narrow", title=title, percent=percent)
    return for_both_widths(wide, narrow)


def turns_chart(turns: Sequence[Json], key: str) -> SafeString | None:
    """Agreement at each turn of conversations; None where no task is one."""
    if not turns:
        return None
    rows = [
        FigureRow(_("Turn %(turn)d") % {"turn": turn["turn"]}, "", turn["agreement"])
        for turn in turns
    ]
    words = _("Same answer by turn, with 95% intervals")
    return forest(rows, f"{key}-turns", words, percent=True)


def rater_matrix(
    pairs: Sequence[Json], ident: str, title: str, measure: str = "cohen_kappa"
) -> SafeString | None:
    """A figure rater by rater, for three raters or more, but not too many."""
    names = sorted({pair[end] for pair in pairs for end in ("a", "b")}, key=str.casefold)
    if not 3 <= len(names) <= MATRIX_RATERS:
        return None
    place = {name: index for index, name in enumerate(names)}
    cells = {}
    for pair in pairs:
        first, second = sorted((place[pair["a"]], place[pair["b"]]))
        figure = pair[measure]
        cells[first, second] = Cell(
            figure["value"], pair["n"], figure["low"], figure["high"], figure.get("reason", "")
        )
    return drawn(pair_matrix(names, cells, ident=ident, title=title))


def histogram(bars: Sequence[Bar], ident: str, title: str) -> SafeString:
    """Answers along a scale."""
    return drawn(bar_histogram(bars, ident=ident, title=title))


def for_both_widths(wide: str, narrow: str) -> SafeString:
    """A chart as drawn for a desk and for a phone; a page shows the one that fits."""
    return drawn(f'<div class="chart-wide">{wide}</div><div class="chart-narrow">{narrow}</div>')


def drawn(svg: str) -> SafeString:
    """A chart as a part of a page."""
    return mark_safe(svg)  # noqa: S308 - made by labeling.charts, which escapes every text
