"""Forest plot: one row a figure, its value as a point and its interval as a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.charts.svg import LINE, drawing, lines, number, tag, text, wrap

_LABEL, _PLOT, _TOLD = 220, 360, 210
_PAD, _ROW, _AXIS = 10, 30, 28


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One figure: None as value is shown as `reason`; `n` is told beside the numbers."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str = ""


def forest_plot(
    rows: Sequence[ForestRow],
    *,
    ident: str,
    title: str,
    floor: float = -1.0,
    percent: bool = False,
) -> str:
    """Return a forest plot from `floor` to 1 as an SVG string.

    The axis begins at 0 unless a row reaches below; ends beyond the axis are cut there. With
    `percent`, numbers are shown as percentages.
    """
    reach = [row.low if row.low is not None else row.value for row in rows]
    lowest = min((end for end in reach if end is not None), default=0.0)
    start = 0.0 if lowest >= 0 else max(floor, 0.25 * (lowest // 0.25))
    labels = [wrap(row.label, 32) for row in rows]
    words = [_told(row) for row in rows]
    heights = [
        max(_ROW, LINE * max(len(label), len(word)) + 12)
        for label, word in zip(labels, words, strict=True)
    ]
    bottom = _PAD + sum(heights)
    parts = [_axis(start, bottom, percent)]
    top = float(_PAD)
    for row, label, word, height in zip(rows, labels, words, heights, strict=True):
        middle = top + height / 2
        parts.append(lines(_LABEL - 12, middle, label, "chart-label", text_anchor="end"))
        if row.value is None:
            parts.append(lines(_LABEL + 8, middle, word, "chart-words"))
        else:
            parts.append(_mark(row, middle, start))
            parts.append(_numbers(row, middle, percent))
        top += height
    width, height = _LABEL + _PLOT + _TOLD, bottom + _AXIS
    return drawing(ident, title, _description(rows, percent), width, height, parts)


def _told(row: ForestRow) -> list[str]:
    """Return the words of an undefined row, in lines; one empty line where there is a value."""
    if row.value is not None:
        return [""]
    return wrap(row.reason or "Undefined for these data.", 88)


def _place(value: float, start: float) -> float:
    share = (min(max(value, start), 1.0) - start) / (1 - start)
    return _LABEL + share * _PLOT


def _axis(start: float, bottom: float, percent: bool) -> str:
    """Return vertical lines at every quarter, the one at zero stronger, and their numbers."""
    steps = round((1 - start) / 0.25)
    parts = []
    for step in range(steps + 1):
        value = start + 0.25 * step
        x = _place(value, start)
        kind = "chart-zero" if abs(value) < 1e-9 else "chart-grid"
        parts.append(tag("line", x1=x, x2=x, y1=_PAD, y2=bottom, class_=kind))
        told = f"{100 * value:.0f} %" if percent else number(value)
        parts.append(text(x, bottom + 18, told, "chart-tick", text_anchor="middle"))
    return "".join(parts)


def _mark(row: ForestRow, middle: float, start: float) -> str:
    """Return the interval as a line with ends, and the value as a point."""
    parts = []
    if row.low is not None and row.high is not None:
        low, high = _place(row.low, start), _place(row.high, start)
        parts.append(tag("line", x1=low, x2=high, y1=middle, y2=middle, class_="chart-interval"))
        for x in (low, high):
            parts.append(
                tag("line", x1=x, x2=x, y1=middle - 4, y2=middle + 4, class_="chart-interval")
            )
    point = _place(row.value or 0.0, start)
    parts.append(tag("circle", cx=point, cy=middle, r=4.5, class_="chart-point"))
    return "".join(parts)


def _numbers(row: ForestRow, middle: float, percent: bool) -> str:
    """Return value, interval and n, to the right of the plot."""
    x = _LABEL + _PLOT + 14
    return text(x, middle + 4, _value(row, percent), "chart-number") + text(
        _LABEL + _PLOT + _TOLD - 4, middle + 4, f"n {row.n:,}", "chart-n", text_anchor="end"
    )


def _value(row: ForestRow, percent: bool) -> str:
    def shown(value: float) -> str:
        return number(100 * value, 1) if percent else number(value)

    told = shown(row.value or 0.0) + (" %" if percent else "")
    if row.low is None or row.high is None:
        return f"{told} (no interval)"
    return f"{told} [{shown(row.low)}, {shown(row.high)}]"


def _description(rows: Sequence[ForestRow], percent: bool) -> str:
    """Return every row as a sentence, for those who do not see the chart."""
    told = [
        f"{row.label}: {row.reason or 'undefined.'}"
        if row.value is None
        else f"{row.label}: {_value(row, percent)}, n {row.n:,}."
        for row in rows
    ]
    return " ".join(told)
