"""What leads read of texts: acceptance, scores, changes, and how they came about."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from projects.models import Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks
from tests.rating.test_writing import Act, decided, desk, school

__all__ = ["desk", "school"]


def test_three_of_five_approved_and_one_with_edits_are_60_and_80_per_cent(
    school: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    desk: Act,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    address = f"projects/{school.slug}/writing/"
    nothing = api(lena).get(address).json()
    assert nothing["first_pass"]["value"] is None
    make_tasks(school, 5, kind="write", contents=(), overlap=1)
    for place in range(5):
        pasted = 900 if place == 0 else 0
        desk(rui, text=f"Answer {place} of five.", typed=1000 - pasted, pasted=pasted)
    reviews = [
        decided(2, 7),
        decided(2, 6),
        decided(2, 5),
        decided(1, 5, edit={"slot": "A", "text": "Another answer of five."}),
        decided(0, 2, rationale="Say more."),
    ]
    for review in reviews:
        desk(sam, **review)
    figures = api(lena).get(address).json()
    assert figures["demonstrations"] == 5
    first, final = figures["first_pass"], figures["accepted"]
    assert (first["value"], final["value"], final["n"]) == (0.6, 0.8, 5)
    assert (first["low"], first["high"]) == pytest.approx((0.231, 0.882), abs=0.001)
    assert (figures["score"]["value"], figures["score"]["n"]) == (5, 5)
    assert figures["distance"]["value"] == pytest.approx(2 / 5 / 4)
    assert figures["distance"]["low"] == 0.0, "no text changes by less than nothing"
    assert (figures["much_pasted"]["value"], figures["detected"], figures["both"]) == (0.2, 1, 0)
    page = client_for(lena).get(f"/p/{school.slug}/writing/").content.decode()
    assert "60%" in page
    assert "95% interval 23" in page
