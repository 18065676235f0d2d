"""What leads read of texts: acceptance, scores, changes, and how they came about."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
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


def test_winners_that_were_improved_are_a_share_of_the_comparisons_that_could_be(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs, capsys: Any
):
    def judge(overall: int = -3, more: str | None = None) -> None:
        leased = api(rui).post(f"projects/{project.slug}/next/").json()
        text = leased["task"]["responses"][0]["content"]
        edit = None if more is None else {"slot": "A", "text": text + more}
        body = {"answers": {"overall": overall}, "edit": edit, "typed": 100, "pasted": 900}
        sent = api(rui).post(f"assignments/{leased['id']}/judgment/", body)
        assert sent.status_code == 201, sent.content

    make_tasks(project, 6, contents=("It is {i}, doubled.", "Nobody knows about {i}."))
    address = f"projects/{project.slug}/"
    judge()
    assert api(lena).get(f"{address}writing/").json()["improved"]["value"] is None
    assert api(lena).patch(address, {"edit_winner": True}).status_code == 200
    judge(0)
    judge(-3, " Truly so.")
    judge(-3, "\n")
    judge()
    api(lena).patch(address, {"edit_winner": False})
    judge()
    figures = api(lena).get(f"{address}writing/").json()
    improved, left = figures["improved"], figures["no_ops"]
    assert (improved["value"], improved["n"]) == (pytest.approx(1 / 3), 3)
    assert (improved["low"], improved["high"]) == pytest.approx((0.061, 0.792), abs=0.001)
    assert (left["value"], left["n"]) == (0.5, 2)
    assert figures["winner_edit_size"]["value"] == pytest.approx(3 / 8, abs=0.05)
    assert (figures["much_pasted"]["value"], figures["detected"]) == (1, 1)
    call_command("writing", project.slug, "--json")
    assert json.loads(capsys.readouterr().out) == figures
    call_command("writing", project.slug)
    assert "0.333 [0.061, 0.792]  n=3" in capsys.readouterr().out
