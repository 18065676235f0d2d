"""Standings: rows in an order of their own, once or twice side by side, lines showing who moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor

from labeling.charts.svg import drawing, label_width, lines, tag, text, wrap
from projects.words import gettext

_PLOT, _NARROW_PLOT, _LETTERS, _LINKS = 210, 150, 46, 84
_ROW, _HEAD, _FOOT = 42, 40, 34
_CHARACTERS = 22
_BRACKET, _MOST_BRACKETS = 8, 4
_EVERY_TENTH = 5


@dataclass(frozen=True, slots=True)
class StandingsPlace:
    """One row: a share with its interval; None as value is said in words. Rows that share a letter
    cannot be told apart."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    letters: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standings:
    """Places in their order, under a title."""

    title: str
    places: Sequence[StandingsPlace]


@dataclass(frozen=True, slots=True)
class _Plan:
    """How wide names and plots are, and the ends of the axis."""

    label: float
    plot: float
    start: float
    end: float

    @property
    def width(self) -> float:
        """Of one standing."""
        return self.label + self.plot + _LETTERS

    def x(self, plot: float, share: float) -> float:
        """Where a share lies in the plot that begins there."""
        return plot + (share - self.start) / (self.end - self.start) * self.plot


def standings_chart(
    columns: Sequence[Standings], *, ident: str, title: str, is_narrow: bool = False
) -> str:
    """Return one or two standings as an SVG string, side by side on the same axis.

    Lines lead from a place to where the same label stands on the other side; with `is_narrow` the
    second stands below the first, for a phone.
    """
    plan = _plan(columns, _NARROW_PLOT if is_narrow else _PLOT)
    high = max(len(column.places) for column in columns) * _ROW + _HEAD + _FOOT
    parts, width, height = [], plan.width, float(high)
    for number, column in enumerate(columns):
        mirrored = bool(number) and not is_narrow
        left = plan.width + _LINKS if mirrored else 0
        top = number * high if is_narrow else 0
        parts.append(_column(column, left, top, plan, mirrored=mirrored, is_narrow=is_narrow))
        width, height = max(width, left + plan.width), max(height, top + high)
    if len(columns) > 1 and not is_narrow:
        parts.append(_links(columns[0], columns[1], plan.width))
    description = " ".join(_sentence(column) for column in columns)
    return drawing(ident, title, description, width, height, parts)


def _plan(columns: Sequence[Standings], plot: float) -> _Plan:
    """Return room for the names, and an axis in tenths around all that is drawn and one half."""
    drawn, labels = [0.5], []
    for column in columns:
        for place in column.places:
            drawn += [end for end in (place.value, place.low, place.high) if end is not None]
            labels.append(wrap(place.label, _CHARACTERS, 2))
    start = floor(10 * min(drawn) + 1e-9) / 10 - 1e-9
    end = ceil(10 * max(drawn) - 1e-9) / 10 + 1e-9
    return _Plan(label_width(labels), plot, start, end)


def _column(
    column: Standings, left: float, top: float, plan: _Plan, *, mirrored: bool, is_narrow: bool
) -> str:
    """Return one standing: names outside, intervals, and brackets inside."""
    plot = left + (_LETTERS if mirrored else plan.label)
    bottom = top + _HEAD + len(column.places) * _ROW
    head = text(left if is_narrow else plot, top + 14, column.title, "chart-head")
    parts = [head, _axis(plot, top + _HEAD - 10, bottom, plan)]
    for number, place in enumerate(column.places):
        middle = top + _HEAD + (number + 0.5) * _ROW
        label = wrap(place.label, _CHARACTERS, 2)
        edge = left + plan.width if mirrored else left
        anchor = "end" if mirrored else "start"
        name = lines(edge, middle, label, "chart-label", text_anchor=anchor)
        parts.append(tag("g", tag("title", escape(place.label)) + name))
        if place.value is None:
            parts.append(text(plot + 4, middle + 4, gettext("not told"), "chart-words"))
        else:
            parts.append(_interval(place, plot, middle, plan))
    bracket = left + _LETTERS - _BRACKET if mirrored else plot + plan.plot + _BRACKET
    step = -_BRACKET if mirrored else _BRACKET
    for number, (first, last) in enumerate(joined_places(column.places)[:_MOST_BRACKETS]):
        parts.append(_bracket(bracket + number * step, top, first, last, mirrored=mirrored))
    return "".join(parts)


def _axis(plot: float, top: float, bottom: float, plan: _Plan) -> str:
    steps = round(10 * (plan.end - plan.start))
    every = 1 if steps <= _EVERY_TENTH else 2
    parts = []
    for step in range(0, steps + 1, every):
        share = round(plan.start, 6) + step / 10
        x = plan.x(plot, share)
        kind = "chart-zero" if abs(share - 0.5) < 1e-6 else "chart-grid"
        parts.append(tag("line", x1=x, x2=x, y1=top, y2=bottom, class_=kind))
        words = f"{100 * share:.0f}%"
        parts.append(text(x, bottom + 18, words, "chart-tick", text_anchor="middle"))
    if every > 1 and (round(10 * (0.5 - plan.start)) % every):
        x = plan.x(plot, 0.5)
        parts.append(tag("line", x1=x, x2=x, y1=top, y2=bottom, class_="chart-zero"))
    return "".join(parts)


def _interval(place: StandingsPlace, plot: float, middle: float, plan: _Plan) -> str:
    value = place.value or 0.0
    parts = []
    if place.low is not None and place.high is not None:
        low, high = plan.x(plot, place.low), plan.x(plot, place.high)
        parts.append(tag("line", x1=low, x2=high, y1=middle, y2=middle, class_="chart-interval"))
    point = plan.x(plot, value)
    parts.append(tag("circle", cx=point, cy=middle, r=5, class_="chart-point"))
    percent = f"{100 * value:.0f}%"
    parts.append(text(point, middle - 9, percent, "chart-n", text_anchor="middle"))
    return "".join(parts)


def joined_places(places: Sequence[StandingsPlace]) -> list[tuple[int, int]]:
    """Return the first and last row of each letter that two rows or more share, without a gap.

    A letter that leaves out a row between is in the table alone: a bracket would take it in.
    """
    rows: dict[str, list[int]] = {}
    for number, place in enumerate(places):
        for letter in place.letters.split():
            rows.setdefault(letter, []).append(number)
    return [
        (shared[0], shared[-1])
        for shared in rows.values()
        if len(shared) > 1 and shared[-1] - shared[0] == len(shared) - 1
    ]


def _bracket(x: float, top: float, first: int, last: int, *, mirrored: bool) -> str:
    upper = top + _HEAD + (first + 0.5) * _ROW - 10
    lower = top + _HEAD + (last + 0.5) * _ROW + 10
    out = 4 if mirrored else -4
    path = f"M{x + out:g} {upper:g}H{x:g}V{lower:g}H{x + out:g}"
    return tag("path", d=path, class_="bracket")


def _links(first: Standings, second: Standings, left: float) -> str:
    """Return a line a label between its two places, marked where they differ."""
    at = {place.label: number for number, place in enumerate(second.places)}
    parts = []
    for number, place in enumerate(first.places):
        other = at.get(place.label)
        if other is None:
            continue
        start, end = (_HEAD + (row + 0.5) * _ROW for row in (number, other))
        middle = left + _LINKS / 2
        path = (
            f"M{left:g} {start:g}C{middle:g} {start:g} {middle:g} {end:g} {left + _LINKS:g} {end:g}"
        )
        parts.append(tag("path", d=path, class_="link" if number == other else "link moved"))
    return "".join(parts)


def _sentence(column: Standings) -> str:
    """Return a standing in words, for those who do not see the chart."""
    said = "; ".join(_said(place) for place in column.places)
    return f"{column.title}: {said}."


def _said(place: StandingsPlace) -> str:
    if place.value is None:
        return f"{place.label}: {place.reason or gettext('undefined')}".rstrip(".")
    figure = f"{place.label} {100 * place.value:.0f}%"
    if place.low is None or place.high is None:
        return gettext("%(figure)s (no interval)") % {"figure": figure}
    return f"{figure} [{100 * place.low:.0f}, {100 * place.high:.0f}]"


#: Colours of a chart by itself, as the pages have them, for light and for dark.
_ALONE = """
svg{--ink:#1e1c19;--soft:#57534b;--line:#e4e0d9;--accent:#2f5d50;--ground:#fff}
@media (prefers-color-scheme:dark){
svg{--ink:#ebe8e2;--soft:#b5afa4;--line:#45423c;--accent:#8ec5b2;--ground:#1c1b19}}
svg{background:var(--ground)}text{font:13px system-ui,sans-serif;fill:var(--ink)}
.chart-n,.chart-tick,.chart-words{fill:var(--soft);font-size:12px}
.chart-head{font-weight:600}.chart-grid,.link{stroke:var(--line);fill:none}.chart-zero{stroke:var(--soft)}
.chart-interval{stroke:var(--accent);stroke-width:2}.chart-point{fill:var(--accent)}
.bracket{stroke:var(--soft);fill:none;stroke-width:1.5}.moved{stroke:var(--accent)}
"""


def alone(svg: str) -> str:
    """Return a chart as a file of its own, which brings the colours that a page would give it."""
    head, rest = svg.split(">", 1)
    return f"{head}>{tag('style', _ALONE)}{rest}\n"
