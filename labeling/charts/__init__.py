"""Charts as SVG strings, drawn on the server; pure, no Django.

Every chart has a title and a description, says in words what is undefined, carries no style
attribute and no colour: classes only, coloured for light and dark by the page's stylesheet. Charts
have a fixed size and are meant to scroll in a box of their own where the screen is narrower.
"""

from labeling.charts.bars import Bar, bar_histogram
from labeling.charts.forest import ForestRow, forest_plot
from labeling.charts.matrix import Cell, pair_matrix
from labeling.charts.svg import number

__all__ = ["Bar", "Cell", "ForestRow", "bar_histogram", "forest_plot", "number", "pair_matrix"]
