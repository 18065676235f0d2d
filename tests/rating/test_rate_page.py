"""The rating page as forms: everything works without a script, and nothing gives a model away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from labeling.models import Answer, Assignment, Judgment, Prompt, Response
from labeling.rendering import RENDERER_VERSION
from labeling.vocabulary import AssignmentState
from projects.guidelines.services import publish_guideline
from projects.models import Criterion, Membership, Project, Role, User
from projects.project_templates import GuidelineSpec, PrincipleSpec
from projects.services.members import set_member
from projects.services.projects import create_project
from tests.conftest import MakeTasks, judge, lease

ClientFor = Callable[[User], Client]
JSON = {"accept": "application/json"}


def rate_url(project: Project, *parts: object) -> str:
    return "/".join(["/p", project.slug, "rate", *map(str, parts)]) + "/"


def form(overall: str = "-2", **extra: Any) -> dict[str, Any]:
    return {"answer.overall": overall, "key": str(uuid4()), "active_ms": "1500", **extra}


def page_of(client: Client, project: Project, query: str = "") -> str:
    response = client.get(rate_url(project) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_leases_a_task_and_shows_it(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    html = page_of(client_for(rui), project)
    assert "What is 1 + 1?" in html
    assert "It is 1, doubled." in html
    assert Assignment.objects.get().state == AssignmentState.LEASED


def test_the_page_comes_back_to_the_same_task(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 5)
    client = client_for(rui)
    page_of(client, project)
    page_of(client, project)
    assert Assignment.objects.count() == 1


def test_neither_page_nor_reply_names_a_model_or_an_id(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 2)
    Response.objects.update(model="SECRET-MODEL", model_version="SECRET-VERSION")
    client = client_for(rui)
    html = page_of(client, project)
    shown = Assignment.objects.get()
    reply = client.post(rate_url(project, shown.pk, "prepare"), headers=JSON)
    for text in (html, reply.content.decode()):
        assert "SECRET" not in text
        assert not any(f'"{r.external_id}"' in text for r in Response.objects.all())


def test_every_published_label_is_on_its_button(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    html = page_of(client_for(rui), project)
    for option in Criterion.objects.get(key="overall").scale.options:
        assert f"<span>{option.label}</span>" in html


def test_a_scale_may_name_its_sides_and_several_scales_call_them_alike(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    Criterion.objects.filter(key="overall").update(scale_key="helpsteer7")
    html = page_of(client_for(rui), project)
    assert "</span>A</h2>" in html
    assert "A is much better than B" in html
    assert "Response 1" not in html
    Criterion.objects.exclude(key="overall").delete()
    html = page_of(client_for(rui), project)
    assert "</span>Response 1</h2>" in html
    assert "Response 1 is much better than Response 2" in html


def test_a_form_is_stored_and_sent_on_to_the_next_task(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 2)
    client = client_for(rui)
    page_of(client, project)
    shown = Assignment.objects.get()
    posted = form("-2", rationale="A\r\nreason", flags=["unsafe"], idle_ms="70")
    response = client.post(rate_url(project, shown.pk, "submit"), posted)
    assert (response.status_code, response["location"]) == (302, rate_url(project))
    judgment = Judgment.objects.get()
    assert (judgment.rationale, judgment.flags) == ("A\nreason", ["unsafe"])
    assert (judgment.active_ms, judgment.idle_ms) == (1500, 70)
    assert Answer.objects.get().value == (-2 if shown.shown_order[0] == 0 else 2)


def test_an_incomplete_form_comes_back_with_what_was_filled_in(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    client = client_for(rui)
    page_of(client, project)
    shown = Assignment.objects.get()
    posted = {"answer.correct": "1", "rationale": "kept <b>", "flags": "broken"}
    response = client.post(rate_url(project, shown.pk, "submit"), posted)
    html = response.content.decode()
    assert response.status_code == 422
    assert "This question needs an answer." in html
    assert "kept &lt;b&gt;</textarea>" in html
    assert 'name="flags" value="broken" checked' in html
    assert not Judgment.objects.exists()


@pytest.mark.parametrize(
    ("posted", "tie_kind"),
    [
        ({"tie_kind": "equal_bad"}, "equal_bad"),
        ({"tie_kind": "cannot_tell"}, "cannot_tell"),
        ({"answer.overall": "0:equal_good"}, "equal_good"),
    ],
)
def test_the_three_ties_are_kept_apart(
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    client_for: ClientFor,
    posted: dict[str, str],
    tie_kind: str,
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    client_for(rui).post(rate_url(project, assignment.pk, "submit"), posted)
    answer = Judgment.objects.get().answers.get()
    assert (answer.value, answer.tie_kind) == (0, tie_kind)


def test_both_are_bad_on_the_arena_scale_is_its_own_button(
    lena: User, make_tasks: MakeTasks, client_for: ClientFor
):
    project = create_project(name="Arena", created_by=lena, template="arena")
    make_tasks(project, 1)
    client = client_for(lena)
    html = page_of(client, project)
    primary = Criterion.objects.get(project=project, is_primary=True).key
    assert html.count('value="equal_bad"') == 0
    assignment = Assignment.objects.get()
    client.post(rate_url(project, assignment.pk, "submit"), {f"answer.{primary}": "0:equal_bad"})
    assert Judgment.objects.get().answers.get().tie_kind == "equal_bad"


def test_a_tie_together_with_a_preference_is_refused_in_words(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    response = client_for(rui).post(
        rate_url(project, assignment.pk, "submit"), form("-2", tie_kind="equal_bad")
    )
    assert response.status_code == 422
    assert "A tie cannot go with a preference." in response.content.decode()


@pytest.mark.parametrize(
    "posted",
    [
        form("9"),
        form("x"),
        form("--1"),
        form("1" * 400),
        form("-1", principles="77"),
        form("-1", principles="x"),
        form("-1", flags="nonsense"),
        form("-1", tie_kind="nonsense"),
        form("-1", rationale="x" * 10_001),
        form("-1", rationale="a\x00b"),
        form("-1", **{"answer.nonsense": "1"}),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_stored(
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    client_for: ClientFor,
    posted: dict[str, Any],
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    url = rate_url(project, assignment.pk, "submit")
    assert client_for(rui).post(url, posted).status_code == 422
    reply = client_for(rui).post(url, posted, headers=JSON)
    assert reply.status_code == 422
    assert reply.json()["fields"]
    assert not Judgment.objects.exists()


def test_a_second_submit_changes_nothing(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 2)
    assignment = lease(rui, project)
    client, posted = client_for(rui), form("3")
    for _ in range(2):
        response = client.post(rate_url(project, assignment.pk, "submit"), posted)
        assert response.status_code == 302
    assert Judgment.objects.count() == 1


def test_a_skip_names_its_reason(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    client_for(rui).post(
        rate_url(project, assignment.pk, "skip"), {"reason": "other", "note": "it smells"}
    )
    assignment.refresh_from_db()
    assert (assignment.state, assignment.skip_reason) == (AssignmentState.SKIPPED, "other")
    assert assignment.skip_note == "it smells"


def test_an_undo_opens_the_task_again_filled_in_as_it_was(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 2)
    client = client_for(rui)
    first = lease(rui, project)
    client.post(rate_url(project, first.pk, "submit"), form("-3", rationale="because"))
    page_of(client, project)
    response = client.post(rate_url(project, "undo"))
    assert response["location"] == f"{rate_url(project)}?task={first.pk}"
    html = page_of(client, project, f"?task={first.pk}")
    assert f'data-assignment="{first.pk}"' in html
    assert "because</textarea>" in html
    checked = html.index("checked")
    assert 'value="-3"' in html[checked - 250 : checked]


def test_a_reload_after_an_undo_is_not_a_second_undo(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 3)
    client = client_for(rui)
    for _ in range(2):
        judge(rui, lease(rui, project))
    response = client.post(rate_url(project, "undo"))
    page_of(client, project, response["location"].partition("/rate/")[2])
    assert Judgment.objects.filter(is_current=True, withdrawn=False).count() == 1


def test_nothing_to_undo_is_said(project: Project, rui: User, client_for: ClientFor):
    response = client_for(rui).post(rate_url(project, "undo"), follow=True)
    assert "There is nothing of yours to take back here." in response.content.decode()


def test_the_raw_text_shows_what_was_hidden(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1, contents=("**bold** a\u202eb", "<script>alert(1)</script>"))
    html = page_of(client_for(rui), project)
    assert "<strong>bold</strong>" in html
    assert "**bold** a<span" in html
    assert "<script>alert" not in html


def test_texts_are_rendered_once_and_kept(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    page_of(client_for(rui), project)
    assert set(Response.objects.values_list("html_version", flat=True)) == {RENDERER_VERSION}
    Response.objects.update(html="<p>stored</p>")
    assert page_of(client_for(rui), project).count("<p>stored</p>") == 2


def test_a_long_conversation_folds_its_beginning(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    roles = ("user", "assistant")
    messages = [{"role": roles[i % 2], "content": f"turn {i}"} for i in range(9)]
    Prompt.objects.update(messages=messages, html_version=0)
    html = page_of(client_for(rui), project)
    assert "Prompt · 9 messages" in html
    assert "6 earlier messages" in html


# --- nothing left ------------------------------------------------------------------------------


def test_an_empty_project_says_so_and_tells_a_lead_what_to_do(
    project: Project, rui: User, lena: User, client_for: ClientFor
):
    assert "No tasks yet" in page_of(client_for(rui), project)
    assert "The lead has not imported any" in page_of(client_for(rui), project)
    assert "Import prompts" in page_of(client_for(lena), project)


def test_done_is_said(project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor):
    make_tasks(project, 1)
    judge(rui, lease(rui, project))
    html = page_of(client_for(rui), project)
    assert "All done here" in html
    assert "1 judgment by you" in html


def test_waiting_for_others_is_said(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1, overlap=1)
    lease(sam, project)
    assert "Nothing free just now" in page_of(client_for(rui), project)


def test_a_reached_limit_is_said(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 2)
    Membership.objects.filter(user=rui).update(rater_limit=1)
    judge(rui, lease(rui, project))
    assert "You have reached your limit" in page_of(client_for(rui), project)


def test_a_pause_is_said(project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor):
    make_tasks(project, 1)
    Project.objects.update(status=Project.Status.PAUSED)
    assert "This project is paused" in page_of(client_for(rui), project)


def test_a_new_guideline_is_read_and_accepted_right_there(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    spec = GuidelineSpec(
        "New **rules**", change_note="New.", principles=[PrincipleSpec("Be brief", "No more.")]
    )
    version = publish_guideline(project=project, published_by=lena, spec=spec)
    client = client_for(rui)
    html = page_of(client, project)
    assert "<strong>rules</strong>" in html
    assert "<h3>Be brief</h3>" in html
    response = client.post(
        rate_url(project, "guideline"), {"guideline": version.pk, "seconds": "12"}, follow=True
    )
    assert "What is 1 + 1?" in response.content.decode()
    assert version.acknowledgements.get(user=rui).seconds_open == 12


def test_an_older_version_cannot_be_accepted_in_place_of_the_newest(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    old = project.guidelines.get()
    publish_guideline(
        project=project, published_by=lena, spec=GuidelineSpec("New rules", change_note="New.")
    )
    client = client_for(rui)
    client.post(rate_url(project, "guideline"), {"guideline": old.pk})
    assert "Read the new guideline first" in page_of(client, project)


@pytest.mark.parametrize("where", ["rate", "guideline"])
def test_who_read_an_older_guideline_sees_first_what_changed_since_and_then_the_whole_text(
    project: Project, lena: User, rui: User, otto: User, client_for: ClientFor, where: str
):
    for text, note in (("Prefer truth.", "Truth first."), ("Prefer truth.\n\nBe brief.", "<b>!")):
        spec = GuidelineSpec(text=text, change_note=note)
        publish_guideline(project=project, published_by=lena, spec=spec)
    url = f"/p/{project.slug}/{where}/"
    page = client_for(rui).get(url).content.decode()
    order = (
        "since you read v1",
        "&lt;b&gt;!",
        "Truth first.",
        "<del>",
        "<ins>",
        "The whole guideline",
    )
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert page.index("Be brief.</p>") > places[-1]
    assert "since you read" not in client_for(lena).get(url).content.decode(), "she has read it"
    set_member(project=project, user=otto, role=Role.RATER)
    assert "since you read" not in client_for(otto).get(url).content.decode(), "all is new to him"
