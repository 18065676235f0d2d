"""Histogram of answers: one horizontal bar a step of the scale, with count and share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.charts.svg import LINE, drawing, lines, number, tag, text, wrap

_LABEL, _PLOT, _TOLD, _ROW = 220, 360, 210, 28


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of the scale and how often it was answered."""

    label: str
    count: int


def bar_histogram(bars: Sequence[Bar], *, ident: str, title: str) -> str:
    """Return the bars as an SVG string; each tells its count and its share of all."""
    total = sum(bar.count for bar in bars)
    longest = max((bar.count for bar in bars), default=0) or 1
    parts, top = [], 4.0
    for bar in bars:
        label = wrap(bar.label, 32, 2)
        height = max(_ROW, LINE * len(label) + 10)
        middle = top + height / 2
        parts.append(lines(_LABEL - 12, middle, label, "chart-label", text_anchor="end"))
        width = _PLOT * bar.count / longest
        parts.append(_box(middle, _PLOT, "bar-room"))
        if bar.count:
            parts.append(_box(middle, max(width, 2), "bar"))
        parts.append(text(_LABEL + _PLOT + 14, middle + 4, _told(bar, total), "chart-number"))
        top += height
    description = " ".join(f"{bar.label}: {_told(bar, total)}." for bar in bars)
    return drawing(ident, title, description, _LABEL + _PLOT + _TOLD, top + 4, parts)


def _box(middle: float, width: float, class_: str) -> str:
    return tag("rect", x=_LABEL, y=middle - 9, width=width, height=18, rx=3, class_=class_)


def _told(bar: Bar, total: int) -> str:
    if not total:
        return "0"
    return f"{bar.count:,} ({number(100 * bar.count / total, 1)} %)"
