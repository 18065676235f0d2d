"""Charts as SVG strings, drawn on the server; pure, no Django.

Every chart has a title and a description, says in words what is undefined, carries no style
attribute and no colour: classes only, coloured for light and dark by the page's stylesheet. Charts
have a fixed size and are meant to scroll in a box of their own where the screen is narrower; only
columns, which carry no text, are drawn as wide as their box, and named by a label. A forest plot
has a second drawing for a phone, since names and numbers alone would fill its screen.
"""

from labeling.charts.bars import Bar, bar_histogram
from labeling.charts.columns import Column, column_chart
from labeling.charts.forest import ForestRow, forest_plot, narrow_forest_plot
from labeling.charts.matrix import Cell, pair_matrix
from labeling.charts.standings import (
    Standings,
    StandingsPlace,
    alone,
    joined_places,
    standings_chart,
)
from labeling.charts.svg import number

__all__ = [
    "Bar",
    "Cell",
    "Column",
    "ForestRow",
    "Standings",
    "StandingsPlace",
    "alone",
    "bar_histogram",
    "column_chart",
    "forest_plot",
    "joined_places",
    "narrow_forest_plot",
    "number",
    "pair_matrix",
    "standings_chart",
]
