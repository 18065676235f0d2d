"""The table of tasks and the page of one task."""

from __future__ import annotations

import pytest
from django.utils.http import urlencode

from labeling.models import Prompt, Task
from labeling.rating.judgments import skip_assignment, undo_last
from projects.models import Project, User
from tests.conftest import judge, lease

pytestmark = pytest.mark.django_db

EVIL = "<script>alert(1)</script>\"'>"


def ids(client, project: Project, **query: str) -> list[str]:
    reply = client.get(f"/p/{project.slug}/tasks/?{urlencode(query)}")
    assert reply.status_code == 200
    return [row.task.external_id for row in reply.context["rows"]]


@pytest.fixture
def lead(lena: User, client_for):
    return client_for(lena)


def judge_canonically(user: User, project: Project, value: int, **fields) -> Task:
    """Judges the next task from the point of view of its canonical order."""
    assignment = lease(user, project)
    judge(user, assignment, value if assignment.shown_order[0] == 0 else -value, **fields)
    return assignment.task


def test_tasks_are_found_by_state(project: Project, rui: User, sam: User, lead, make_tasks):
    make_tasks(project, 5)
    split = judge_canonically(rui, project, -1)
    assert judge_canonically(sam, project, 1) == split
    flagged = judge_canonically(rui, project, -2, flags=["unsafe"])
    skipped = lease(sam, project)
    skip_assignment(rater=sam, assignment_id=skipped.pk, reason="broken")
    assert ids(lead, project, state="complete") == [split.external_id]
    assert ids(lead, project, state="split") == [split.external_id]
    assert ids(lead, project, state="flagged") == [flagged.external_id]
    assert ids(lead, project, state="under_way") == [flagged.external_id]
    page = lead.get(f"/p/{project.slug}/tasks/{flagged.pk}/").content.decode()
    assert 'class="tag bad" href="#votes">flagged</a>' in page
    lead.post(f"/p/{project.slug}/tasks/{flagged.pk}/votes/")
    page = lead.get(f"/p/{project.slug}/tasks/{flagged.pk}/").content.decode()
    assert "flagged: Dangerous or illegal content" in page
    assert "<dt>Which is better?</dt>" in page
    assert ids(lead, project, state="skipped") == [skipped.task.external_id]
    assert ids(lead, project, state="broken") == [skipped.task.external_id]
    assert len(ids(lead, project, state="untouched")) == 3
    assert len(ids(lead, project)) == 5


def test_only_comparisons_tell_which_response_is_preferred(project: Project, lead, make_tasks):
    make_tasks(project, 1, kind="rate", prefix="rated")
    column = "Prefer 1 · tie · prefer 2"
    assert column not in lead.get(f"/p/{project.slug}/tasks/").content.decode()
    make_tasks(project, 1)
    assert column in lead.get(f"/p/{project.slug}/tasks/").content.decode()


def test_tasks_are_found_by_category_purpose_and_words(project: Project, lead, make_tasks):
    make_tasks(project, 2, prefix="add")
    make_tasks(project, 1, prefix="cook", prompt="How long do I cook rice?")
    make_tasks(project, 1, prefix="gold", purpose="gold", overlap=1)
    Prompt.objects.filter(external_id="cook1").update(category="kitchen")
    assert ids(lead, project, category="kitchen") == ["cook1"]
    assert ids(lead, project, purpose="gold") == ["gold1"]
    assert ids(lead, project, q="RICE") == ["cook1"]
    assert ids(lead, project, q="add2") == ["add2"]


def test_a_search_without_a_match_leads_back(project: Project, lead, make_tasks):
    make_tasks(project, 1)
    page = lead.get(f"/p/{project.slug}/tasks/?q=zzz").content.decode()
    assert "No task matches" in page
    assert "show all tasks" in page


@pytest.mark.parametrize("query", ["state=nonsense", "page=999", "page=x", "q=%25_"])
def test_a_strange_filter_is_no_server_error(project: Project, lead, make_tasks, query: str):
    make_tasks(project, 1)
    assert lead.get(f"/p/{project.slug}/tasks/?{query}").status_code == 200


def test_pages_keep_the_filter(project: Project, lead, make_tasks):
    make_tasks(project, 51)
    page = lead.get(f"/p/{project.slug}/tasks/?q=What").content.decode()
    assert "1 to 50 of 51 tasks" in page
    assert "?q=What&amp;page=2" in page


def test_the_table_takes_the_same_queries_for_one_task_and_for_many(
    project: Project, rui: User, lead, make_tasks, django_assert_max_num_queries
):
    make_tasks(project, 30)
    for _ in range(3):
        judge_canonically(rui, project, -1)
    ids(lead, project)
    with django_assert_max_num_queries(12):
        ids(lead, project)


def test_a_task_page_shows_all_that_was_ever_said(
    project: Project, rui: User, sam: User, lead, make_tasks
):
    task = make_tasks(project, 1)[0]
    judge_canonically(rui, project, -1, rationale="First thought")
    undo_last(rater=rui, project=project)
    judge_canonically(rui, project, 2, rationale="Second thought")
    judge_canonically(sam, project, 0, tie_kind="equal_bad")
    reply = lead.get(f"/p/{project.slug}/tasks/{task.pk}/")
    page = reply.content.decode()
    assert [said.status for said in reply.context["votes"].history] == [
        "taken_back",
        "withdrawn",
        "counts",
        "counts",
    ]
    assert "First thought" in page
    assert "response 1 is better, strength 1 of 3" in page
    assert "response 2 is better, strength 2 of 3" in page
    assert "both are bad" in page


def test_models_are_named_to_leads_and_engineers_only(
    project: Project, vera: User, mia: User, lead, client_for, make_tasks
):
    url = f"/p/{project.slug}/tasks/{make_tasks(project, 1)[0].pk}/"
    assert "model-a" in lead.get(url).content.decode()
    assert "model-a" in client_for(mia).get(url).content.decode()
    assert "model-" not in client_for(vera).get(url).content.decode()


def test_raters_cannot_open_tasks(project: Project, rui: User, client_for, make_tasks):
    task = make_tasks(project, 1)[0]
    assert client_for(rui).get(f"/p/{project.slug}/tasks/").status_code == 403
    assert client_for(rui).get(f"/p/{project.slug}/tasks/{task.pk}/").status_code == 403


@pytest.mark.usefixtures("everyone_creates")
def test_a_task_of_another_project_is_not_there(
    project: Project, otto: User, lead, client_for, make_tasks
):
    client_for(otto).post("/projects/new/", {"name": "X", "overlap": "1", "template": "arena"})
    foreign = make_tasks(Project.objects.get(slug="x"), 1)[0]
    assert lead.get(f"/p/{project.slug}/tasks/{foreign.pk}/").status_code == 404


def test_markup_in_every_field_stays_text(project: Project, rui: User, lead, make_tasks):
    task = make_tasks(project, 1, prompt=EVIL, contents=(EVIL, "fine"))[0]
    Task.objects.filter(pk=task.pk).update(external_id=EVIL)
    Prompt.objects.filter(pk=task.prompt_id).update(
        external_id=EVIL, category=EVIL, author=EVIL, licence=EVIL, metadata={EVIL: EVIL}
    )
    judge_canonically(rui, project, -1, rationale=EVIL)
    for url in (f"/p/{project.slug}/tasks/", f"/p/{project.slug}/tasks/{task.pk}/"):
        page = lead.get(url).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_nothing_imported_yet_leads_to_the_import(project: Project, lead):
    page = lead.get(f"/p/{project.slug}/tasks/").content.decode()
    assert "No task yet" in page
    assert f"/p/{project.slug}/imports/" in page
