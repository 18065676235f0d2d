"""Reasons of the project, picked beside or in place of the rater's own words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.test import Client

from labeling.models import Judgment
from projects.models import Project, Reason, User
from tests.api.client import CallAs, submit, take
from tests.conftest import MakeTasks

URL = "projects/support-answers/reasons/"
REASONS = [
    {"code": "facts", "label": "One is wrong", "needs_words": False},
    {"code": "other", "label": "Something else", "needs_words": True},
]


def write(api: CallAs, lena: User, *reasons: dict[str, object]) -> list[dict[str, object]]:
    """Writes the list as the lead; returns what is offered then."""
    reply = api(lena).put(URL, {"reasons": list(reasons)})
    assert reply.status_code == 200, reply.content
    offered: list[dict[str, object]] = reply.json()["reasons"]
    return offered


def test_reasons_are_picked_stored_and_read_in_the_project_s_order(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    assert write(api, lena, *REASONS) == REASONS
    make_tasks(project, 1)
    client = api(rui)
    stored = submit(client, take(client), reasons=["other", "facts"], rationale="Tone.")
    assert stored.json()["reasons"] == ["facts", "other"]
    assert Judgment.objects.get().reasons == ["facts", "other"]


def test_a_release_names_the_reasons_by_their_codes(
    project: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    settings: Any,
    tmp_path: Path,
):
    settings.RELEASES_DIR = tmp_path / "releases"
    write(api, lena, *REASONS)
    make_tasks(project, 1)
    client = api(rui)
    submit(client, take(client), reasons=["facts"])
    options = ["--recipe", "raw", "--format", "judgments", "--file-type", "jsonl"]
    call_command("create_release", project.slug, *options, "--out", str(tmp_path / "out"))
    (file,) = (tmp_path / "out").glob("data/*.jsonl")
    assert json.loads(file.read_text())["reasons"] == ["facts"]


def test_a_reason_stands_for_words_unless_it_needs_some(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    write(api, lena, *REASONS)
    Project.objects.update(rationale_required=True)
    make_tasks(project, 1)
    client = api(rui)
    leased = take(client)
    for reasons, words in (
        ([], "Say in a sentence what decided it."),
        (["other"], "what you mean by “Something else”"),
        (["colour"], "Unknown reason “colour”; this project has: facts, other."),
    ):
        refused = submit(client, leased, reasons=reasons)
        assert refused.status_code == 400
        assert words in " ".join(refused.json()["fields"].values())
    taken = submit(client, leased, reasons=["facts"])
    assert taken.status_code == 201


def test_a_retired_reason_is_offered_no_more_and_stays_where_it_was_picked(
    project: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    write(api, lena, *REASONS)
    (task,) = make_tasks(project, 1)
    page = client_for(rui).get(f"/p/{project.slug}/rate/").content.decode()
    assert 'name="reasons" value="facts"' in page
    assert write(api, lena, REASONS[1]) == [REASONS[1]]
    assignment = task.assignments.get()
    address = f"/p/{project.slug}/rate/{assignment.pk}/submit/"
    client_for(rui).post(address, {"answer.overall": "-1", "reasons": "facts"})
    client_for(rui).post(f"/p/{project.slug}/rate/undo/")
    again = client_for(rui).get(f"/p/{project.slug}/rate/").content.decode()
    assert 'name="reasons" value="facts" checked' in again
    client_for(rui).post(address, {"answer.overall": "-1", "reasons": "facts"})
    client_for(lena).post(f"/p/{project.slug}/tasks/{task.pk}/votes/")
    read = client_for(lena).get(f"/p/{project.slug}/tasks/{task.pk}/").content.decode()
    assert "One is wrong" in read
    assert Reason.objects.get(code="facts").retired_at


def test_the_page_writes_the_list_and_derives_codes(
    project: Project, lena: User, client_for: Callable[[User], Client]
):
    client, address = client_for(lena), f"/p/{project.slug}/questions/reasons/"
    rows = {
        "form-TOTAL_FORMS": "3",
        "form-INITIAL_FORMS": "0",
        "form-0-label": "Too long",
        "form-1-label": "Too long",
        "form-1-needs_words": "on",
        "form-2-label": "",
    }
    more = client.post(address, {**rows, "add": "1"}).content.decode()
    assert 'name="form-3-label"' in more
    assert not Reason.objects.exists()
    client.post(address, rows)
    offered = Reason.objects.filter(project=project)
    assert list(offered.values_list("code", "needs_words")) == [
        ("too_long", False),
        ("too_long_2", True),
    ]
    page = client.get(address).content.decode()
    assert 'value="too_long_2"' in page
    assert "reasons changed" in client.get(f"/p/{project.slug}/audit/").content.decode()


def test_what_does_not_fit_is_refused_by_its_place(project: Project, lena: User, api: CallAs):
    twice = {"reasons": [REASONS[0], REASONS[0]]}
    assert "reasons.1.code" in api(lena).put(URL, twice).json()["fields"]
    odd = {"reasons": [{"code": "Not A Code", "label": "x"}]}
    assert "reasons.0.code" in api(lena).put(URL, odd).json()["fields"]
    many = {"reasons": [{"code": f"r{i}", "label": "x"} for i in range(21)]}
    assert "At most 20" in api(lena).put(URL, many).json()["fields"]["reasons"]
    assert not Reason.objects.exists()
