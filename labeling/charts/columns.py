"""Columns: one a day or another even step, as wide as the box they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from labeling.charts.svg import scaled_drawing, tag

_WIDTH, _HEIGHT, _GAP = 560, 96, 4


@dataclass(frozen=True, slots=True)
class Column:
    """One step: how much it counts, and the words that say so."""

    count: int
    words: str


def column_chart(columns: Sequence[Column], *, title: str) -> str:
    """Return the columns from the left as an SVG string; the last, which is the newest, stands out.

    The tallest is as high as the chart; one that counts nothing is a thin line. `title` says in
    words what the chart shows as a whole.
    """
    most = max((column.count for column in columns), default=0) or 1
    step = _WIDTH / max(1, len(columns))
    parts = [tag("line", x1=0, x2=_WIDTH, y1=_HEIGHT, y2=_HEIGHT)]
    for place, column in enumerate(columns):
        height = max(1.0, round(_HEIGHT * column.count / most, 1))
        kind = "none" if not column.count else "last" if place == len(columns) - 1 else None
        parts.append(
            tag(
                "rect",
                tag("title", escape(column.words)),
                x=round(place * step, 1),
                y=_HEIGHT - height,
                width=round(step - _GAP, 1),
                height=height,
                rx=2,
                class_=kind,
            )
        )
    # Four units of room above, for the tallest; two below, for the line.
    return scaled_drawing(title, f"0 -4 {_WIDTH} {_HEIGHT + 6}", "chart-columns", parts)
