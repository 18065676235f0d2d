"""Forest plot: one row a figure, its value as a point and its interval as a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.charts.svg import LINE, drawing, label_width, lines, number, tag, text, wrap
from projects.words import gettext

_NUMBERS, _PLOT, _COUNT = 150, 420, 90
_PAD, _ROW, _AXIS = 10, 30, 28
_LABEL_CHARACTERS, _WORD_CHARACTERS = 32, 90


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One figure: None as value is shown as `reason`; `n` stands beside the numbers."""

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
    labels = [wrap(row.label, _LABEL_CHARACTERS) for row in rows]
    words = [_reason_lines(row) for row in rows]
    plan = _Plan.of(rows, labels, floor=floor, percent=percent)
    heights = [
        max(_ROW, LINE * max(len(label), len(word)) + 12)
        for label, word in zip(labels, words, strict=True)
    ]
    bottom = _PAD + sum(heights)
    parts = [_axis(plan, bottom)]
    top = float(_PAD)
    for row, label, word, height in zip(rows, labels, words, heights, strict=True):
        middle = top + height / 2
        parts.append(lines(plan.label - 12, middle, label, "chart-label", text_anchor="end"))
        if row.value is None:
            parts.append(lines(plan.label, middle, word, "chart-words"))
        else:
            parts.append(_mark(row, middle, plan) + _numbers(row, middle, plan))
        top += height
    width = plan.plot + _PLOT + _COUNT
    return drawing(ident, title, _description(rows, percent), width, bottom + _AXIS, parts)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where things go: labels end at `label`, numbers follow, the plot begins at `plot`.

    Names and numbers stand left of the plot, so that a narrow screen shows them first.
    """

    label: float
    start: float
    percent: bool

    @property
    def plot(self) -> float:
        return self.label + _NUMBERS

    def place(self, value: float) -> float:
        """Return where a value lies on the axis; values beyond an end lie at the end."""
        share = (min(max(value, self.start), 1.0) - self.start) / (1 - self.start)
        return self.plot + share * _PLOT

    @classmethod
    def of(
        cls, rows: Sequence[ForestRow], labels: Sequence[list[str]], *, floor: float, percent: bool
    ) -> _Plan:
        ends = [row.value if row.low is None else row.low for row in rows]
        lowest = min((end for end in ends if end is not None), default=0.0)
        start = 0.0 if lowest >= 0 else max(floor, 0.25 * (lowest // 0.25))
        return cls(label_width(labels, least=170), start, percent)


def _reason_lines(row: ForestRow) -> list[str]:
    """Return the words of an undefined row, in lines; one empty line where there is a value."""
    if row.value is not None:
        return [""]
    return wrap(row.reason or gettext("Undefined for these data."), _WORD_CHARACTERS)


def _axis(plan: _Plan, bottom: float) -> str:
    """Return vertical lines at every quarter, the one at zero stronger, and their numbers."""
    steps = round((1 - plan.start) / 0.25)
    parts = []
    for step in range(steps + 1):
        value = plan.start + 0.25 * step
        x = plan.place(value)
        kind = "chart-zero" if abs(value) < 1e-9 else "chart-grid"
        parts.append(tag("line", x1=x, x2=x, y1=_PAD, y2=bottom, class_=kind))
        figure = f"{100 * value:.0f}%" if plan.percent else number(value)
        parts.append(text(x, bottom + 18, figure, "chart-tick", text_anchor="middle"))
    return "".join(parts)


def _mark(row: ForestRow, middle: float, plan: _Plan) -> str:
    """Return the interval as a line with ends, and the value as a point."""
    parts = []
    if row.low is not None and row.high is not None:
        low, high = plan.place(row.low), plan.place(row.high)
        parts.append(tag("line", x1=low, x2=high, y1=middle, y2=middle, class_="chart-interval"))
        for x in (low, high):
            parts.append(
                tag("line", x1=x, x2=x, y1=middle - 4, y2=middle + 4, class_="chart-interval")
            )
    point = plan.place(row.value or 0.0)
    parts.append(tag("circle", cx=point, cy=middle, r=4.5, class_="chart-point"))
    return "".join(parts)


def _numbers(row: ForestRow, middle: float, plan: _Plan) -> str:
    """Return value and interval left of the plot, n right of it."""
    count = plan.plot + _PLOT + _COUNT - 2
    return text(plan.label, middle + 4, _value(row, plan.percent), "chart-number") + text(
        count, middle + 4, f"n {row.n:,}", "chart-n", text_anchor="end"
    )


def _value(row: ForestRow, percent: bool) -> str:
    def shown(value: float) -> str:
        return number(100 * value, 1) if percent else number(value)

    figure = shown(row.value or 0.0) + ("%" if percent else "")
    if row.low is None or row.high is None:
        return gettext("%(figure)s (no interval)") % {"figure": figure}
    return f"{figure} [{shown(row.low)}, {shown(row.high)}]"


def _description(rows: Sequence[ForestRow], percent: bool) -> str:
    """Return every row as a sentence, for those who do not see the chart."""
    sentences = [
        f"{row.label}: {row.reason or gettext('undefined.')}"
        if row.value is None
        else f"{row.label}: {_value(row, percent)}, n {row.n:,}."
        for row in rows
    ]
    return " ".join(sentences)
