"""The release screens: choose with the books in view, watch, download."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from labeling.models import Release
from labeling.releases.services import request_release, run_release
from projects.models import Project, User

Clients = Callable[[User], Client]
CHOICES: dict[str, Any] = {
    "recipe": "majority",
    "format": "native",
    "file_type": "jsonl",
    "train": 80,
    "validation": 10,
    "test": 10,
    "licence": "cc-by-4.0",
}


def url(name: str, project: Project, *more: object) -> str:
    return reverse(f"labeling:{name}", args=[project.slug, *more])


def test_an_engineer_freezes_a_release_and_sees_it_ready(
    judged: Project, mia: User, client_for: Clients
) -> None:
    client = client_for(mia)
    asked = client.post(url("release-new", judged), CHOICES)
    release = Release.objects.get()
    assert asked.headers["Location"] == url("release", judged, 1)
    assert (release.created_by, release.file_type) == (mia, "jsonl")
    assert release.options["shares"] == [0.8, 0.1, 0.1]
    run_release(release.pk)
    page = client.get(url("release", judged, 1)).content.decode()
    assert "without a majority of all votes" in page
    assert "load_dataset(" in page
    assert release.options["licence"] in page
    assert url("release-file", judged, 1, "manifest.json") in page


def test_the_preview_follows_the_choices(judged: Project, mia: User, client_for: Clients) -> None:
    client = client_for(mia)
    page = client.get(url("release-preview", judged), {**CHOICES, "recipe": "raw"})
    text = page.content.decode()
    assert "Judgments in" in text
    assert "<td>12</td>" in text
    assert "<html" not in text


def test_the_new_page_counts_and_explains_without_a_script(
    judged: Project, mia: User, client_for: Clients
) -> None:
    text = client_for(mia).get(url("release-new", judged), CHOICES).content.decode()
    assert "Tasks in" in text
    assert "A tie is a vote for neither side" in text
    assert 'value="jsonl" selected' in text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"train": 90}, "must add up to 100%"),
        ({"recipe": "alchemy"}, "Select a valid choice"),
        ({"min_strength": 99}, "no answer is as strong"),
    ],
)
def test_a_wrong_choice_is_said_and_nothing_is_frozen(
    judged: Project, mia: User, client_for: Clients, wrong: dict[str, Any], said: str
) -> None:
    reply = client_for(mia).post(url("release-new", judged), {**CHOICES, **wrong})
    assert (reply.status_code, said in reply.content.decode()) == (422, True)
    assert not Release.objects.exists()


def test_a_release_under_way_asks_again_and_a_finished_one_does_not(
    judged: Project, mia: User, client_for: Clients
) -> None:
    client = client_for(mia)
    release = request_release(
        project=judged, created_by=mia, recipe="raw", format="trl", file_type=""
    )
    waiting = client.get(url("release", judged, 1), headers={"HX-Request": "true"})
    assert "every 1s" in waiting.content.decode()
    assert "<html" not in waiting.content.decode()
    run_release(release.pk)
    ready = client.get(url("release", judged, 1), headers={"HX-Request": "true"})
    assert "every 1s" not in ready.content.decode()


def test_a_failed_release_says_why_and_can_be_tried_again(
    project: Project, mia: User, client_for: Clients
) -> None:
    client = client_for(mia)
    release = request_release(
        project=project, created_by=mia, recipe="raw", format="native", file_type=""
    )
    run_release(release.pk)
    page = client.get(url("release", project, 1)).content.decode()
    assert "There is nothing to release yet" in page
    assert client.post(url("release-retry", project, 1)).status_code == 302
    release.refresh_from_db()
    assert release.state == "pending"


def test_names_of_strangers_are_escaped(judged: Project, mia: User, client_for: Clients) -> None:
    Project.objects.filter(pk=judged.pk).update(name="<script>alert(1)</script>")
    client = client_for(mia)
    client.post(url("release-new", judged), {**CHOICES, "licence": "<b>mine</b>"})
    run_release(Release.objects.get().pk)
    for page in ("releases", "release-new"):
        assert "<script>alert" not in client.get(url(page, judged)).content.decode()
    text = client.get(url("release", judged, 1)).content.decode()
    assert "<script>alert" not in text
    assert "<b>mine" not in text


@pytest.mark.parametrize("who", ["rui", "vera", "otto"])
def test_raters_reviewers_and_strangers_see_no_release(
    who: str, judged: Project, client_for: Clients, request: pytest.FixtureRequest, built: Any
) -> None:
    built(judged)
    client = client_for(request.getfixturevalue(who))
    refused = 404 if who == "otto" else 403
    for address in (
        url("releases", judged),
        url("release-new", judged),
        url("release-preview", judged),
        url("release", judged, 1),
        url("release-archive", judged, 1),
        url("release-file", judged, 1, "manifest.json"),
    ):
        assert client.get(address).status_code == refused
    assert client.post(url("release-new", judged), CHOICES).status_code == refused


def test_filters_reach_the_preview_and_the_request(
    judged: Project, mia: User, client_for: Clients
) -> None:
    client = client_for(mia)
    wished = {**CHOICES, "min_agreement": 90, "criteria": ["correct"]}
    text = client.get(url("release-preview", judged), wished).content.decode()
    assert "the criterion was not answered" in text or "no judgment" in text
    client.post(url("release-new", judged), wished)
    release = Release.objects.get()
    assert release.options["choices"]["min_agreement"] == 0.9
    assert release.options["criteria"] == ["correct"]


def test_choices_that_contradict_are_said_in_the_preview(
    judged: Project, mia: User, client_for: Clients
) -> None:
    wished = {**CHOICES, "format": "trl", "ties": "keep"}
    text = client_for(mia).get(url("release-preview", judged), wished).content.decode()
    assert "no place for ties" in text
    assert "A tie is a vote for neither side" in text


@pytest.mark.parametrize(
    "change",
    [
        {"format": "gone"},
        {"recipe": "gone"},
        {"options": {"criterion": "gone", "shares": [0.8, 0.1, 0.1], "licence": ""}},
        {"options": {}, "counts": {}},
    ],
)
def test_a_release_outlives_what_it_was_made_with(
    judged: Project, mia: User, client_for: Clients, built: Any, change: dict[str, Any]
) -> None:
    release = built(judged)
    Release.objects.filter(pk=release.pk).update(**change)
    for place in (
        url("release", judged, release.number),
        reverse("api:release", args=[judged.slug, release.number]),
    ):
        assert client_for(mia).get(place).status_code == 200
