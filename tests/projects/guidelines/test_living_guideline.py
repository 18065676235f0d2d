"""The guideline as a living text: drafts, small changes, guidance, restored versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from labeling.datasets.context import GuidelineRecord
from labeling.models import Judgment
from projects.exceptions import Conflict, InvalidInput
from projects.guidelines.content import spec_like
from projects.guidelines.services import publish_guideline, restore_version
from projects.models import Acknowledgement, GuidelineDraft, Project, Role, User
from projects.project_templates import GuidanceSpec, GuidelineSpec, PrincipleSpec
from projects.services.members import remove_member, set_member
from tests.api.client import CallAs
from tests.conftest import MakeTasks

pytestmark = pytest.mark.django_db

#: A page without principles.
ROWS = {"form-TOTAL_FORMS": 0, "form-INITIAL_FORMS": 0}
GUIDANCE = GuidanceSpec(
    "correct",
    definition="What can be checked is **true**.",
    good="It names its source.",
    flips="A small slip matters less than harm.",
    rank=1,
)


def url(project: Project, rest: str = "") -> str:
    return f"/p/{project.slug}/guideline/{rest}"


def api_url(project: Project, rest: str = "") -> str:
    return f"projects/{project.slug}/{rest}"


def publish(project: Project, lead: User, text: str, **fields: Any):
    spec = GuidelineSpec(text=text, **{"change_note": "Said anew.", **fields})
    return publish_guideline(project=project, published_by=lead, spec=spec)


def test_who_has_not_read_the_new_version_gets_no_task_and_old_judgments_stay_under_the_old(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 12)
    rater, lead = api(rui), api(lena)
    for _ in range(10):
        task = rater.post(api_url(project, "next/")).json()
        answers = {"answers": {"overall": -1}}
        rater.post(f"assignments/{task['id']}/judgment/", answers)
    change = {"text": "Prefer what is true.", "change_note": "Truth first.", "based_on": 1}
    assert lead.post(api_url(project, "guidelines/"), change).status_code == 201
    refused = rater.post(api_url(project, "next/"))
    assert (refused.status_code, refused.json()["code"]) == (409, "not_acknowledged")
    read = {"number": 2, "seconds_open": 41}
    rater.post(api_url(project, "guideline/acknowledgement/"), read)
    assert rater.post(api_url(project, "next/")).status_code == 200
    assert Acknowledgement.objects.get(user=rui, guideline__number=2).seconds_open == 41
    assert set(Judgment.objects.values_list("guideline__number", flat=True)) == {1}
    options = {"guideline_versions": [2]}
    latest = {"recipe": "raw", "format": "native", "options": options}
    preview = lead.post(api_url(project, "releases/preview/"), latest).json()
    assert preview["rows_out"] == 0
    assert "a guideline version that was not asked for" in str(preview)


def test_a_minor_change_stops_nobody_and_the_next_major_one_does(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 3)
    rater = api(rui)
    publish(project, lena, "Prefer what helps!", change_size="minor")
    lease = rater.post(api_url(project, "next/"))
    assert lease.status_code == 200
    assert "small change" in page_of(rui, url(project))
    answers = {"answers": {"overall": 1}}
    rater.post(f"assignments/{lease.json()['id']}/judgment/", answers)
    assert Judgment.objects.filter(guideline__number=2).count() == 1
    publish(project, lena, "Prefer what is true.")
    publish(project, lena, "Prefer what is true!", change_size="minor")
    assert rater.post(api_url(project, "next/")).status_code == 409
    page = page_of(rui, f"/p/{project.slug}/rate/")
    assert "What changed since you read v1" in page


def page_of(user: User, address: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()


def test_a_version_that_changes_nothing_is_refused_with_a_sentence(
    project: Project, lena: User, client_for: Callable[[User], Client], api: CallAs
):
    client = client_for(lena)
    reply = client.post(url(project, "edit/"), {"text": "Prefer what helps.", **ROWS})
    assert reply.status_code == 422
    assert "Nothing changed since v1" in reply.content.decode()
    refused = api(lena).post(api_url(project, "guidelines/"), {"text": "Prefer what helps."})
    assert (refused.status_code, set(refused.json()["fields"])) == (400, {"text"})
    assert project.guidelines.count() == 1


def test_every_version_but_the_first_says_what_changed(
    project: Project, lena: User, client_for: Callable[[User], Client], api: CallAs
):
    sent = {"text": "Prefer what is true.", "change_note": " \n", **ROWS}
    page = client_for(lena).post(url(project, "edit/"), sent)
    assert (page.status_code, "Say what changed since v1" in page.content.decode()) == (422, True)
    refused = api(lena).post(api_url(project, "guidelines/"), {"text": "Prefer what is true."})
    assert (refused.status_code, set(refused.json()["fields"])) == (400, {"change_note"})
    assert project.guidelines.count() == 1
    made = api(lena).post("projects/", {"name": "New", "template": "arena"}).json()
    assert Project.objects.get(slug=made["slug"]).guidelines.get().change_note == ""


def test_two_leads_write_and_publish_at_once_and_nothing_is_lost(
    project: Project, lena: User, vera: User, client_for: Callable[[User], Client]
):
    set_member(project=project, user=vera, role=Role.LEAD)
    mine, theirs = client_for(lena), client_for(vera)
    part = {"HX-Request": "true"}
    mine.post(url(project, "draft/"), {"text": "Lena's", "based_on": 1}, headers=part)
    theirs.post(url(project, "draft/"), {"text": "Vera's", "based_on": 1}, headers=part)
    assert "Lena is writing too" in theirs.get(url(project, "edit/")).content.decode()
    publish = {"based_on": 1, "change_note": "Said <b>better</b>.", **ROWS}
    theirs.post(url(project, "edit/"), {"text": "Vera's", **publish})
    reply = mine.post(url(project, "edit/"), {"text": "Lena's words", **publish})
    page = reply.content.decode()
    assert reply.status_code == 409
    assert "v2 was published by Vera while you were writing." in page
    assert "?from=1&amp;to=2" in page
    assert "What v2 changed" in page
    assert page.count("Said &lt;b&gt;better&lt;/b&gt;.") >= 2
    assert "Vera&#x27;s" in page
    assert "Lena&#x27;s words" in page
    assert project.guidelines.count() == 2
    assert GuidelineDraft.objects.get().content["text"] == "Lena's words"
    mine.post(url(project, "edit/"), {"text": "Lena's words", **publish, "based_on": 2})
    assert project.guidelines.get(number=3).text == "Lena's words\n"
    assert not GuidelineDraft.objects.exists()


def test_a_draft_is_kept_shown_as_raters_read_it_and_gone_on_with(
    project: Project, lena: User, client_for: Callable[[User], Client]
):
    client = client_for(lena)
    sent = {"text": "**Bold** words", "based_on": 1, "revision": 0, "form-TOTAL_FORMS": 1}
    sent |= {"form-INITIAL_FORMS": 0, "form-0-title": "Be true", "guidance-TOTAL_FORMS": 1}
    sent |= {"guidance-INITIAL_FORMS": 0, "guidance-0-criterion": "correct"}
    sent |= {"guidance-0-ties": "When *both* are right.", "guidance-0-rank": "no number"}
    part = client.post(url(project, "draft/"), sent, headers={"HX-Request": "true"})
    shown = part.content.decode()
    assert "<strong>Bold</strong>" in shown
    assert "<em>both</em>" in shown
    assert "Draft saved" in shown
    page = client.get(url(project, "edit/")).content.decode()
    assert "**Bold** words" in page
    assert "When *both* are right." in page
    assert project.guidelines.count() == 1
    other_window = client.post(url(project, "draft/"), sent, headers={"HX-Request": "true"})
    assert "changed in another window" in other_window.content.decode()
    overwritten = client.post(url(project, "draft/"), {**sent, "overwrite": "1"})
    assert overwritten.status_code == 302
    client.post(url(project, "draft/discard/"))
    assert "**Bold** words" not in client.get(url(project, "edit/")).content.decode()


def test_a_draft_by_program_is_kept_and_refused_where_another_was_saved_since(
    project: Project, lena: User, api: CallAs
):
    client, address = api(lena), api_url(project, "guideline/draft/")
    assert client.get(address).status_code == 404
    saved = client.put(address, {"text": "Half", "revision": 0}).json()
    assert (saved["content"]["text"], saved["revision"], saved["based_on"]) == ("Half", 1, 1)
    assert client.put(address, {"text": "More", "revision": 0}).status_code == 409
    assert client.get(address).json()["content"]["text"] == "Half"
    assert client.delete(address).status_code == 204


def test_guidance_by_question_is_part_of_its_version_and_told_when_it_changes(
    project: Project, lena: User, rui: User, client_for: Callable[[User], Client], api: CallAs
):
    second = publish(project, lena, "Read.", guidance=[GUIDANCE, GuidanceSpec("overall")])
    third = publish(project, lena, "Read it.")
    assert [entry["criterion"] for entry in second.guidance] == ["correct"]
    assert third.guidance == second.guidance
    page = client_for(rui).get(url(project)).content.decode()
    assert "Signs of a good answer" in page
    assert "What can be checked is <strong>true</strong>." in page
    publish(project, lena, "Read it.", guidance=[replace(GUIDANCE, good="It cites a page.")])
    compared = client_for(rui).get(url(project, "compare/")).content.decode()
    assert "Question by question" in compared
    detail = api(rui).get(api_url(project)).json()["guideline"]
    assert detail["guidance"][0]["good"] == "It cites a page."


@pytest.mark.parametrize(
    ("guidance", "sentence"),
    [
        ([GuidanceSpec("nothing", good="x")], "no question with the key “nothing”"),
        ([GUIDANCE, GUIDANCE], "“correct” stands there twice"),
        ([GUIDANCE, GuidanceSpec("overall", rank=1)], "have the same rank"),
        ([replace(GUIDANCE, rank=0)], "a whole number from 1 to 99"),
        ([replace(GUIDANCE, bad="x" * 4001)], "longer than 4000 characters"),
    ],
)
def test_guidance_that_fits_no_question_is_refused(
    project: Project, lena: User, guidance: list[GuidanceSpec], sentence: str
):
    with pytest.raises(InvalidInput) as refusal:
        publish(project, lena, "Words.", guidance=guidance)
    assert sentence in refusal.value.fields["guidance"]


def test_an_old_version_is_restored_as_a_new_one_with_its_principles_under_their_keys(
    project: Project, lena: User, client_for: Callable[[User], Client], api: CallAs
):
    second = publish(project, lena, "Second.", principles=[PrincipleSpec("Be true")])
    publish(project, lena, "Third.")
    client_for(lena).post(url(project, "2/restore/"))
    restored = project.guidelines.get(number=4)
    assert (restored.number, restored.text, restored.change_note) == (
        4,
        "Second.\n",
        "Restores v2.",
    )
    assert [p.key for p in restored.principles.all()] == [p.key for p in second.principles.all()]
    with pytest.raises(InvalidInput):
        restore_version(version=second, restored_by=lena)
    assert api(lena).post(api_url(project, "guidelines/2/restore/")).status_code == 400
    assert api(lena).post(api_url(project, "guidelines/3/restore/")).json()["number"] == 5


def test_publishing_on_an_outdated_version_is_a_conflict_for_programs_too(
    project: Project, lena: User
):
    publish(project, lena, "Second.")
    stale = spec_like(project.guidelines.get(number=1))
    with pytest.raises(Conflict, match=r"They say: “Said anew\.”"):
        publish_guideline(project=project, published_by=lena, spec=stale, based_on=1)


def test_leads_see_who_has_read_which_version_for_how_long(
    project: Project,
    lena: User,
    rui: User,
    otto: User,
    client_for: Callable[[User], Client],
    api: CallAs,
):
    publish(project, lena, "Second.")
    rater = client_for(rui)
    rater.post(url(project, "2/acknowledge/"), {"seconds": "75"})
    lead = client_for(lena)
    page = lead.get(url(project, "readers/")).content.decode()
    assert "75 seconds" in page
    assert page.count("gets no task") >= 2
    with CaptureQueriesContext(connection) as queries:
        reply = api(lena).get(api_url(project, "guideline/readers/"))
    assert len([q for q in queries if "projects_acknowledgement" in q["sql"]]) == 1
    rows = {r["name"]: r for r in reply.json()["results"]}
    assert (rows["Rui"]["version"], rows["Rui"]["seconds_open"]) == (2, 75)
    assert (rows["Sam"]["version"], rows["Sam"]["is_current"]) == (1, False)
    # Who left is neither listed nor reminded; what they read stays on record.
    gone = set_member(project=project, user=otto, role=Role.RATER)
    Acknowledgement.objects.create(guideline=project.guidelines.get(number=1), user=otto)
    assert "Otto" in lead.get(url(project, "readers/")).content.decode()
    remove_member(membership=gone, actor=lena)
    assert "Otto" not in lead.get(url(project, "readers/")).content.decode()
    assert Acknowledgement.objects.filter(user=otto).exists()
    sent = lead.post(f"/p/{project.slug}/members/remind/", {"next": "readers"}, follow=True)
    assert "2 raters are sent a reminder." in sent.content.decode()
    again = lead.post(f"/p/{project.slug}/members/remind/", {"next": "readers"}, follow=True)
    assert "They were reminded already." in again.content.decode()


def test_a_release_says_in_the_file_of_each_version_what_it_said_question_by_question():
    entry = {"criterion": "correct", "rank": 1, "definition": "# True", "good": "It cites."}
    guidance = ({**entry, "bad": "", "flips": "", "ties": "", "unverifiable": "Say so."},)
    whole = GuidelineRecord(2, "Be true.\n", guidance=guidance).whole
    assert whole == (
        "Be true.\n\n## Question: correct (rank 1)\n\nWhat it means:\n\n> # True\n\n"
        "Signs of a good answer:\n\n> It cites.\n\n"
        "When a claim cannot be checked:\n\n> Say so.\n"
    )
