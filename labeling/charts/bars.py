"""Histogram of answers: one horizontal bar a step of the scale, with count and share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.charts.svg import LINE, drawing, label_width, lines, number, tag, text, wrap

_PLOT, _NUMBERS, _ROW = 420, 150, 28


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of the scale and how often it was answered."""

    label: str
    count: int


def bar_histogram(bars: Sequence[Bar], *, ident: str, title: str) -> str:
    """Return the bars as an SVG string; each tells its count and its share of all."""
    total = sum(bar.count for bar in bars)
    longest = max((bar.count for bar in bars), default=0) or 1
    labels = [wrap(bar.label, 32, 2) for bar in bars]
    left = label_width(labels, least=170) + _NUMBERS
    parts, top = [], 4.0
    for bar, label in zip(bars, labels, strict=True):
        height = max(_ROW, LINE * len(label) + 10)
        middle = top + height / 2
        parts.append(lines(left - _NUMBERS - 12, middle, label, "chart-label", text_anchor="end"))
        width = _PLOT * bar.count / longest
        parts.append(_box(left, middle, _PLOT, "bar-room"))
        if bar.count:
            parts.append(_box(left, middle, max(width, 2), "bar"))
        parts.append(text(left - _NUMBERS, middle + 4, _count_words(bar, total), "chart-number"))
        top += height
    description = " ".join(f"{bar.label}: {_count_words(bar, total)}." for bar in bars)
    return drawing(ident, title, description, left + _PLOT + 4, top + 4, parts)


def _box(left: float, middle: float, width: float, class_: str) -> str:
    return tag("rect", x=left, y=middle - 9, width=width, height=18, rx=3, class_=class_)


def _count_words(bar: Bar, total: int) -> str:
    if not total:
        return "0"
    return f"{bar.count:,} ({number(100 * bar.count / total, 1)}%)"
