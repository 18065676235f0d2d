"""Rater by rater matrix: one square a pair, its colour a step, its number and n written in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from labeling.charts.svg import drawing, label_width, lines, number, tag, text, wrap
from projects.words import gettext

STEPS = 6  # Classes heat-0 to heat-5; below zero is heat-low.
_CELL, _HEAD, _STEP = 64, 34, 44
_LEGEND = 48
_SHORT = 8  # Names up to so many characters stand above the columns; longer ones are numbered.


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known of a pair of raters: None as value is shown as a dash and said as `reason`."""

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    reason: str = ""


def pair_matrix(
    names: Sequence[str],
    cells: Mapping[tuple[int, int], Cell],
    *,
    ident: str,
    title: str,
) -> str:
    """Return the matrix of all pairs as an SVG string.

    Args:
        names: the raters, in the order of rows and columns.
        cells: a cell for each pair (row, column) with row below column, as places in `names`;
            the matrix shows it on both sides of the diagonal.
    """
    size = len(names)
    short = all(len(name) <= _SHORT for name in names)
    heads = list(names) if short else [str(place + 1) for place in range(size)]
    labels = [
        wrap(name if short else f"{place + 1} · {name}", 26, 2) for place, name in enumerate(names)
    ]
    left = label_width(labels)
    parts = [
        _row_name(left, name, place, label) + _column_name(left, name, place, head)
        for place, (name, label, head) in enumerate(zip(names, labels, heads, strict=True))
    ]
    for row in range(size):
        for column in range(size):
            cell = cells.get((min(row, column), max(row, column)))
            parts.append(_square(left, row, column, names, cell if row != column else None))
    bottom = _HEAD + size * _CELL
    parts.append(_legend(left, bottom + 16))
    width = left + max(size * _CELL, (STEPS + 1) * (_STEP + 4)) + 8
    description = _description(names, cells)
    return drawing(ident, title, description, width, bottom + _LEGEND + 16, parts)


def step_class(value: float) -> str:
    """Return the colour step of a figure: sixths of the way from 0 to 1, or below zero."""
    if value < 0:
        return "heat-low"
    return f"heat-{min(int(value * STEPS), STEPS - 1)}"


def _row_name(left: float, name: str, place: int, label: list[str]) -> str:
    middle = _HEAD + (place + 0.5) * _CELL
    name_lines = lines(left - 12, middle, label, "chart-label", text_anchor="end")
    return tag("g", tag("title", escape(name)) + name_lines)


def _column_name(left: float, name: str, place: int, head: str) -> str:
    x = left + (place + 0.5) * _CELL
    name_text = text(x, _HEAD - 12, head, "chart-label", text_anchor="middle")
    return tag("g", tag("title", escape(name)) + name_text)


def _square(left: float, row: int, column: int, names: Sequence[str], cell: Cell | None) -> str:
    """Return one square with its number and n; without a cell, an empty one on the diagonal."""
    x, y = left + column * _CELL, _HEAD + row * _CELL
    kind = "heat-none" if cell is None or cell.value is None else step_class(cell.value)
    box = tag("rect", x=x + 1, y=y + 1, width=_CELL - 2, height=_CELL - 2, rx=5, class_=kind)
    if cell is None:
        return box
    middle = x + _CELL / 2
    figure = "–" if cell.value is None else number(cell.value)
    tip = _pair_sentence(names[row], names[column], cell)
    return tag(
        "g",
        tag("title", escape(tip))
        + box
        + text(middle, y + 30, figure, f"heat-value on-{kind}", text_anchor="middle")
        + text(middle, y + 47, f"n {cell.n:,}", f"heat-n on-{kind}", text_anchor="middle"),
    )


def _legend(left: float, top: float) -> str:
    """Return the colour steps with the range that each stands for."""
    ranges = [("heat-low", "< 0")]
    ranges += [(f"heat-{step}", f"≥ {step / STEPS:.2f}") for step in range(STEPS)]
    parts = []
    for place, (kind, words) in enumerate(ranges):
        x = left + place * (_STEP + 4)
        parts.append(tag("rect", x=x, y=top, width=_STEP, height=12, rx=3, class_=kind))
        parts.append(text(x, top + 28, words, "chart-tick"))
    return "".join(parts)


def _pair_sentence(first: str, second: str, cell: Cell) -> str:
    """Return what is known of a pair in words; names may hold anything, braces included."""
    pair = gettext("%(first)s and %(second)s") % {"first": first, "second": second}
    return f"{pair}: {_sentence(cell)}"


def _sentence(cell: Cell) -> str:
    if cell.value is None:
        return cell.reason or gettext("undefined.")
    figure = number(cell.value)
    if cell.low is not None and cell.high is not None:
        figure += f" [{number(cell.low)}, {number(cell.high)}]"
    return f"{figure}, n {cell.n:,}."


def _description(names: Sequence[str], cells: Mapping[tuple[int, int], Cell]) -> str:
    return " ".join(
        _pair_sentence(names[row], names[column], cell)
        for (row, column), cell in sorted(cells.items())
    )
