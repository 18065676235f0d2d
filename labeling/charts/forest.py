"""Forest plot: one row a figure, its value as a point and its interval as a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.charts.svg import LINE, drawing, label_width, lines, number, tag, text, wrap
from projects.words import gettext

_NUMBERS, _PLOT, _COUNT = 150, 420, 90
_PAD, _ROW, _AXIS = 10, 30, 28
_LABEL_CHARACTERS, _WORD_CHARACTERS = 32, 90
#: On a phone of 320 pixels: the width of all, the room left and right of the plot, its height.
_NARROW, _MARGIN, _BAND = 252, 18, 20
_NARROW_CHARACTERS, _MOST_TICKS = 34, 5


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
    `percent`, numbers are shown as percentages. `narrow_forest_plot` is the same for a phone.
    """
    labels = [wrap(row.label, _LABEL_CHARACTERS) for row in rows]
    words = [_reason_lines(row) for row in rows]
    room = label_width(labels, least=170)
    plan = _Plan(room, room + _NUMBERS, _PLOT, _start(rows, floor), percent)
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
            end = plan.plot + _PLOT + _COUNT - 2
            parts.append(_mark(row, middle, plan) + _numbers(row, middle, plan, end=end))
        top += height
    width = plan.plot + _PLOT + _COUNT
    return drawing(ident, title, _description(rows, percent), width, bottom + _AXIS, parts)


def narrow_forest_plot(
    rows: Sequence[ForestRow],
    *,
    ident: str,
    title: str,
    floor: float = -1.0,
    percent: bool = False,
) -> str:
    """Return the same plot for a phone: each figure's name and numbers stand above its interval."""
    plan = _Plan(0, _MARGIN, _NARROW - 2 * _MARGIN, _start(rows, floor), percent)
    parts, top = [], float(_PAD)
    for row in rows:
        label = wrap(row.label, _NARROW_CHARACTERS)
        parts.append(lines(0, top + LINE * len(label) / 2, label, "chart-label"))
        top += LINE * len(label)
        if row.value is None:
            words = _reason_lines(row, _NARROW_CHARACTERS)
            parts.append(lines(0, top + LINE * len(words) / 2, words, "chart-words"))
            top += LINE * len(words) + _PAD
            continue
        parts.append(_numbers(row, top + LINE / 2, plan, end=_NARROW))
        parts.append(_mark(row, top + LINE + _BAND / 2, plan))
        top += LINE + _BAND + _PAD
    description = _description(rows, percent)
    parts.insert(0, _axis(plan, top))
    return drawing(ident, title, description, _NARROW, top + _AXIS, parts)


def _start(rows: Sequence[ForestRow], floor: float) -> float:
    """Return where the axis begins: at 0, or a quarter below what reaches further."""
    ends = [row.value if row.low is None else row.low for row in rows]
    lowest = min((end for end in ends if end is not None), default=0.0)
    return 0.0 if lowest >= 0 else max(floor, 0.25 * (lowest // 0.25))


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where things go: names end at `label`, the plot is `width` wide from `plot` on.

    Wide, names and numbers stand left of the plot.
    """

    label: float
    plot: float
    width: float
    start: float
    percent: bool

    def place(self, value: float) -> float:
        """Return where a value lies on the axis; values beyond an end lie at the end."""
        share = (min(max(value, self.start), 1.0) - self.start) / (1 - self.start)
        return self.plot + share * self.width


def _reason_lines(row: ForestRow, characters: int = _WORD_CHARACTERS) -> list[str]:
    """Return the words of an undefined row, in lines; one empty line where there is a value."""
    if row.value is not None:
        return [""]
    return wrap(row.reason or gettext("Undefined for these data."), characters, most=6)


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
        if steps > _MOST_TICKS and step % 2 and plan.width < _PLOT:
            continue  # a number at each would touch the next
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


def _numbers(row: ForestRow, middle: float, plan: _Plan, *, end: float) -> str:
    """Return value and interval after the name, n at the other end."""
    return text(plan.label, middle + 4, _value(row, plan.percent), "chart-number") + text(
        end, middle + 4, f"n {row.n:,}", "chart-n", text_anchor="end"
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
