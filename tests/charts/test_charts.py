"""Charts say everything in words too, escape what strangers wrote, and carry no style."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from labeling.charts import (
    Bar,
    Cell,
    Column,
    ForestRow,
    bar_histogram,
    column_chart,
    forest_plot,
    narrow_forest_plot,
    number,
    pair_matrix,
)

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert("x")</script>&'

ROWS = [
    ForestRow("Alpha, ordinal", 0.43, 0.31, 0.54, 1200),
    ForestRow("Cohen's kappa", None, None, None, 0, "They share no task."),
    ForestRow(HOSTILE, -0.3, -0.9, 0.2, 7),
]


def matrix(count: int, name: str = "rater") -> str:
    """A matrix of so many raters; the first pair is undefined."""
    names = [f"{name} {place}" for place in range(count)]
    cells = {
        pair: Cell(0.9, 40, 0.8, 0.95) if place else Cell(None, 1, reason="Too few.")
        for place, pair in enumerate(combinations(range(count), 2))
    }
    return pair_matrix(names, cells, ident="m", title="Pairs")


CHARTS = {
    "forest": forest_plot(ROWS, ident="f", title=HOSTILE),
    "narrow forest": narrow_forest_plot(ROWS, ident="w", title=HOSTILE),
    "matrix": matrix(3, HOSTILE),
    "bars": bar_histogram([Bar(HOSTILE, 3), Bar("+1", 0)], ident="b", title="Answers"),
    "no rows": forest_plot([], ident="e", title="Nothing"),
    "no raters": matrix(0),
    "no answers": bar_histogram([Bar("0", 0)], ident="n", title="Nothing"),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_well_formed_and_named(name: str) -> None:
    root = ET.fromstring(CHARTS[name])
    assert root.tag == f"{SVG}svg"
    named = {element.get("id") for element in root}
    assert {root.get("aria-labelledby"), root.get("aria-describedby")} <= named
    assert root.find(f"{SVG}title") is not None


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_has_classes_only(name: str) -> None:
    for forbidden in (" style=", " fill=", " stroke=", "<style", "<script"):
        assert forbidden not in CHARTS[name]


def test_an_undefined_row_is_shown_and_told_in_words() -> None:
    assert CHARTS["forest"].count("They share no task.") == 2
    assert "nan" not in CHARTS["forest"].lower()


def test_the_axis_reaches_below_zero_only_where_needed() -> None:
    assert "−0.50" in CHARTS["forest"]
    assert "−" not in forest_plot(ROWS[:1], ident="f", title="t")


@pytest.mark.parametrize("draw", [forest_plot, narrow_forest_plot])
def test_points_stay_inside_the_chart(draw: Callable[..., str]) -> None:
    drawn = draw([ForestRow("x", 1.0, -3.0, 1.4, 3)], ident="f", title="t")
    width = float(ET.fromstring(drawn).get("width") or 0)
    places = [float(x) for x in re.findall(r' (?:cx|x1|x2)="([-\d.]+)"', drawn)]
    assert min(places) > 0
    assert max(places) < width
    assert draw is forest_plot or width <= 320 - 2 * 34, "it fits a phone beside paddings"


def test_the_matrix_shows_each_pair_on_both_sides_with_its_n() -> None:
    root = ET.fromstring(matrix(4))
    numbers = [element.text for element in root.iter(f"{SVG}text")]
    assert numbers.count("0.90") == 10
    assert numbers.count("n 40") == 10
    assert numbers.count("–") == 2
    assert "rater 0 and rater 1: Too few." in (root.findtext(f"{SVG}desc") or "")


def test_long_names_number_the_columns_and_short_ones_head_them() -> None:
    name = "Maximiliane Theodora von Hohenstein-Wildenfels-Starkenberg"
    drawn = pair_matrix([name, "b"], {(0, 1): Cell(0.1, 5)}, ident="m", title="t")
    assert f"<title>{name}</title>" in drawn
    assert ">2 · b<" in drawn
    assert "…" in drawn
    short = pair_matrix(["rui", "sam"], {(0, 1): Cell(0.1, 5)}, ident="m", title="t")
    assert short.count(">sam</text>") == 2


def test_numbers_have_a_true_minus_and_no_minus_zero() -> None:
    assert [number(-0.123), number(-0.001), number(0.5)] == ["−0.12", "0.00", "0.50"]


def test_the_histogram_tells_count_and_share() -> None:
    drawn = bar_histogram([Bar("−1", 1500), Bar("+1", 500)], ident="b", title="t")
    assert "1,500 (75.0%)" in drawn


def test_columns_are_named_say_their_counts_and_stand_out_at_the_end() -> None:
    days = [Column(0, HOSTILE), Column(4, "2 May: 4 judgments"), Column(2, "3 May: 2 judgments")]
    chart = column_chart(days, title=HOSTILE)
    root = ET.fromstring(chart)
    assert root.get("aria-label") == HOSTILE
    columns = root.findall(f"{SVG}rect")
    assert [column.findtext(f"{SVG}title") for column in columns] == [day.words for day in days]
    assert [column.get("class") for column in columns] == ["none", None, "last"]
    assert [float(column.get("height") or 0) for column in columns] == [1, 96, 48]
    for forbidden in (" style=", " fill=", " stroke=", "<style", "<script"):
        assert forbidden not in chart


def test_no_columns_are_a_line() -> None:
    root = ET.fromstring(column_chart([], title="Nothing"))
    assert [element.tag for element in root] == [f"{SVG}line"]
