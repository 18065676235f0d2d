"""A figure on its axis: the bar is placed here, its colours stand in figures.css."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()

_WIDTH, _EDGE = 112, 5


@register.inclusion_tag("_interval_bar.html")
def interval_bar(
    value: float,
    low: float | None,
    high: float | None,
    least: float,
    most: float,
    tick: float | str | None = None,
) -> dict[str, Any]:
    """A value and its interval on an axis from `least` to `most`.

    `tick` is where there is nothing to see: no preference, chance. What lies beyond the axis is
    drawn at its end.
    """

    def place(at: float | str | None) -> float | None:
        if not isinstance(at, float | int):
            return None  # unknown, or left out by the template
        share = (min(max(at, least), most) - least) / (most - least)
        return round(_EDGE + (_WIDTH - 2 * _EDGE) * share, 1)

    return {
        "first": _EDGE,
        "last": _WIDTH - _EDGE,
        "value": place(value),
        "low": place(low),
        "high": place(high),
        "tick": place(tick),
    }
