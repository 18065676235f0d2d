"""Principles as objects: versions, citations, health and history, on page, by program, as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from labeling.figures.health_table import health_csv
from labeling.lead.principles.selectors import unfitting_judgments
from labeling.models import Answer, Assignment, Judgment, Task
from projects.guidelines.services import acknowledge, publish_guideline
from projects.models import Guideline, Principle, Project, User
from projects.project_templates import GuidelineSpec, PrincipleSpec
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease

pytestmark = pytest.mark.django_db

CLAUSES = (PrincipleSpec("Be true", "No false claim."), PrincipleSpec("Be brief"))


@pytest.fixture
def guided(project: Project, lena: User, rui: User, sam: User) -> Project:
    """The project under a guideline with two principles, which its raters have read."""
    spec = GuidelineSpec("Judge.", change_note="New.", principles=CLAUSES)
    read = publish_guideline(project=project, published_by=lena, spec=spec)
    for rater in (rui, sam):
        acknowledge(user=rater, guideline=read)
    return project


def api_url(project: Project, rest: str = "") -> str:
    return f"projects/{project.slug}/principles/{rest}"


def judged_alike(first: Judgment, tasks: list[Task], **fields: Any) -> None:
    """More rows like one judgment, without a minute of judging."""
    leases = [
        Assignment(
            task=task,
            project_id=first.project_id,
            rater_id=first.rater_id,
            guideline_id=first.guideline_id,
            shown_order=[0, 1],
            state="submitted",
            lease_expires_at=first.created_at,
        )
        for task in tasks
    ]
    Assignment.objects.bulk_create(leases)
    Judgment.objects.bulk_create(
        Judgment(
            assignment=row,
            task_id=row.task_id,
            project_id=first.project_id,
            rater_id=first.rater_id,
            guideline_id=first.guideline_id,
            **fields,
        )
        for row in leases
    )


def test_coverage_of_citations_and_the_judgments_that_none_fits(
    guided: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    tasks = make_tasks(guided, 60)
    first = judge(rui, lease(rui, guided), principles=[1]).judgment
    tasks.remove(first.task)
    judged_alike(first, tasks[:50], principles=[1])
    judged_alike(first, tasks[50:], none_fits=True)
    library = api(lena).get(api_url(guided)).json()
    coverage = [round(100 * library["coverage"][name], 1) for name in ("value", "low", "high")]
    assert coverage == [85.0, 73.9, 91.9]
    assert (library["none_fits"]["value"], library["none_fits"]["n"]) == (0.15, 60)
    assert unfitting_judgments(guided).count() == 9


def test_a_principle_that_nobody_cites_is_unused_and_to_be_worded_anew(
    guided: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    tasks = make_tasks(guided, 200)
    first = judge(rui, lease(rui, guided), principles=[1]).judgment
    tasks.remove(first.task)
    judged_alike(first, tasks, principles=[1])
    library = api(lena).get(api_url(guided)).json()
    brief = library["principles"][1]["health"]
    assert library["never_cited"] == 1
    assert (brief["cited"]["value"], brief["cited"]["n"], brief["rewrite"]) == (0.0, 200, "unused")
    page = client_for(lena).get(f"/p/{guided.slug}/principles/").content.decode()
    assert "unused: word it anew" in page
    assert "1 of 2" in page
    assert "0, upper bound 1.9%" in page
    table = client_for(lena).get(f"/p/{guided.slug}/principles/health.csv").content.decode()
    row = list(csv.DictReader(io.StringIO(table)))[1]
    cells = [row[name] for name in ("title", "cited", "cited_n", "rewrite")]
    assert cells == ["Be brief", "0", "200", "unused"]


@pytest.mark.parametrize("title", ["=1+1", " =1+1", "\uff1d1+1"])
def test_no_title_of_a_principle_is_a_formula_in_a_spreadsheet(title: str):
    guideline = Guideline(published_at=timezone.now())
    clause = Principle(key="true", number=1, title=title, version=1, guideline=guideline)
    share = {"value": None, "low": None, "high": None, "n": 0}
    both = {"percent_agreement": share, "gwet_ac1": share}
    health = dict.fromkeys(("cited", "violated", "unsure", "conflicts"), share)
    figures = {"principles": {"true": {**health, "citing": both, "ruling": both, "rewrite": ""}}}
    (row,) = csv.DictReader(io.StringIO(health_csv([clause], figures)))
    assert row["title"] == f"'{title}"


def test_people_who_cite_against_each_other_are_conflicts_and_disagree(
    guided: Project, lena: User, rui: User, sam: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(guided, 4)
    for _ in range(4):
        judge(rui, lease(rui, guided), principles=[1])
        judge(sam, lease(sam, guided), principles=[2])
    by_task: dict[int, list[int]] = {}
    for task, value in Answer.objects.values_list("judgment__task", "value"):
        by_task.setdefault(task, []).append(value or 0)
    opposed = sum(min(values) < 0 < max(values) for values in by_task.values())
    true, brief = (p["health"] for p in api(lena).get(api_url(guided)).json()["principles"])
    for health in (true, brief):
        assert (health["conflicts"]["n"], health["conflicts"]["value"]) == (4, opposed / 4)
    assert true["citing"]["percent_agreement"]["value"] == 0
    assert true["rewrite"] == "disagreement"


def test_an_edit_is_a_version_and_old_judgments_keep_the_old_words(
    guided: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    (task,) = make_tasks(guided, 1)
    judgment = judge(rui, lease(rui, guided), principles=[1]).judgment
    change = {"text": "No claim that can be shown to be false.", "why": "Two readings."}
    fields = {"evidence": [task.pk], "source": "House rules", "scope": "Facts", "precedence": 1}
    words = api(lena).patch(api_url(guided, "v2p1/"), {**change, **fields}).json()
    assert (words["version"], words["source"], words["precedence"]) == (2, "House rules", 1)
    new, old = words["history"]
    assert (new["why"], new["evidence"], new["changed_by"]) == ("Two readings.", [task.pk], "Lena")
    assert (old["text"], old["version"]) == ("No false claim.", 1)
    cited = Principle.objects.get(guideline=judgment.guideline, number=judgment.principles[0])
    assert cited.text == "No false claim."
    # What does not say source and scope leaves them; what is worded as before keeps its version.
    spec = GuidelineSpec("Judge well.", change_note="New.", principles=CLAUSES)
    later = publish_guideline(project=guided, published_by=lena, spec=spec)
    assert [(p.key, p.version, p.source) for p in later.principles.all()] == [
        ("v2p1", 3, "House rules"),
        ("v2p2", 1, ""),
    ]


def test_the_library_adds_retires_and_brings_back(
    guided: Project, lena: User, api: CallAs, client_for: Callable[[User], Client]
):
    client, page = api(lena), client_for(lena)
    added = client.post(api_url(guided), {"title": "Be kind", "training_form": "Choose …"})
    assert (added.status_code, added.json()["key"]) == (201, "v3p3")
    page.post(f"/p/{guided.slug}/principles/v2p2/retire/")
    rows = {p["key"]: p["retired"] for p in client.get(api_url(guided)).json()["principles"]}
    assert rows == {"v2p1": False, "v3p3": False, "v2p2": True}
    form = {"title": "Be brief", "change_size": "minor", "based_on": 4, "text": "Short."}
    page.post(f"/p/{guided.slug}/principles/v2p2/edit/", form)
    back = client.get(api_url(guided, "v2p2/")).json()
    assert (back["retired"], back["version"], back["text"]) == (False, 2, "Short.")
    assert "<ins>" in page.get(f"/p/{guided.slug}/principles/v2p2/").content.decode()
    unknown = client.patch(api_url(guided, "v2p2/"), {"text": "x", "evidence": [10**9]})
    assert "no task" in unknown.json()["fields"]["evidence"]
    stale = client.patch(api_url(guided, "v2p2/"), {"text": "y", "based_on": 2})
    assert stale.status_code == 409


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"principles": [1], "none_fits": True}, "or say that none fits; not both"),
        ({"principles": [3]}, "has no principle P3"),
    ],
)
def test_a_citation_that_contradicts_itself_is_refused(
    guided: Project, rui: User, make_tasks: MakeTasks, api: CallAs, sent: Any, sentence: str
):
    make_tasks(guided, 1)
    client = api(rui)
    pk = client.post(f"projects/{guided.slug}/next/").json()["id"]
    reply = client.post(f"assignments/{pk}/judgment/", {"answers": {"overall": 1}, **sent})
    assert sentence in reply.json()["fields"]["principles"]


def test_none_fits_is_chosen_on_the_page_and_filled_in_again_after_an_undo(
    guided: Project, rui: User, make_tasks: MakeTasks, client_for: Callable[[User], Client]
):
    make_tasks(guided, 1)
    client = client_for(rui)
    page = client.get(f"/p/{guided.slug}/rate/")
    pk = Assignment.objects.get().pk
    assert "None of these fits" in page.content.decode()
    sent = {"answer.overall": "-1", "principles": "0"}
    client.post(f"/p/{guided.slug}/rate/{pk}/submit/", sent)
    judgment = Judgment.objects.get(assignment=pk)
    assert (judgment.none_fits, judgment.principles) == (True, [])
    client.post(f"/p/{guided.slug}/rate/undo/")
    again = client.get(f"/p/{guided.slug}/rate/?task={pk}").content.decode()
    assert 'name="principles" value="0" checked' in again
