"""Standings as a chart: what is said of them, brackets, links, names that are only text."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from labeling.charts import Standings, StandingsPlace, alone, joined_places, standings_chart

PLACES = [
    StandingsPlace("a<b>&", 0.7, 0.6, 0.8, "a"),
    StandingsPlace("b", 0.5, 0.4, 0.6, "a b"),
    StandingsPlace("c", None, None, None, "", "c won every time."),
    StandingsPlace("d", 0.3, 0.2, 0.4, "b"),
]
TURNED = [PLACES[1], PLACES[0], *PLACES[2:]]


def drawn(*columns: Standings, is_narrow: bool = False) -> ET.Element:
    svg = standings_chart(columns, ident="x", title="Wins", is_narrow=is_narrow)
    return ET.fromstring(alone(svg))


def test_every_place_is_said_in_words_and_what_has_no_value_says_why():
    root = drawn(Standings("As judged", PLACES))
    (description,) = (part.text for part in root.iter() if part.get("id") == "x-desc")
    words = "As judged: a<b>& 70% [60, 80]; b 50% [40, 60]; c: c won every time; d 30% [20, 40]."
    assert description == words


def test_brackets_join_neighbours_alone_and_links_mark_who_moved():
    assert joined_places(PLACES) == [(0, 1)], "b and d share a letter that c, between them, has not"
    root = drawn(Standings("Raw", PLACES), Standings("Equal", TURNED))
    kinds = [part.get("class") for part in root.iter() if part.tag.endswith("path")]
    assert kinds.count("link moved") == 2
    assert kinds.count("link") == 2
    assert kinds.count("bracket") == 2


def test_on_a_phone_the_second_stands_below_the_first():
    wide = drawn(Standings("Raw", PLACES), Standings("Equal", TURNED))
    narrow = drawn(Standings("Raw", PLACES), Standings("Equal", TURNED), is_narrow=True)
    assert float(narrow.get("width", "")) < 400 < float(wide.get("width", ""))
    assert float(narrow.get("height", "")) == 2 * float(wide.get("height", ""))
