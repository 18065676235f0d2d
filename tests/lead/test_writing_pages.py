"""Every page of a project where people write, with texts and reviews in it, and its deletion."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from labeling.models import Judgment, Response, Task, Writing
from labeling.models.removal import delete_tasks, erasing
from projects.models import Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks
from tests.rating.test_writing import Act, decided, desk, school

__all__ = ["desk", "school"]
PAGES = (
    *("", "tasks/", "agreement/", "raters/", "writing/", "releases/", "releases/new/"),
    *("questions/", "settings/", "members/", "imports/", "guideline/", "audit/"),
)
CALLS = ("progress/", "agreement/", "raters/", "writing/", "tasks/", "rubric/")


@pytest.mark.walk
def test_every_page_shows_texts_and_reviews_and_all_of_them_can_be_deleted(
    school: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    desk: Act,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    make_tasks(school, 3, kind="write", contents=(), overlap=1)
    for place in range(3):
        desk(rui, text=f"Answer {place} of three: <b>bold</b>.")
    desk(sam, **decided(1, edit={"slot": "A", "text": "Another answer."}))
    desk(sam, **decided(0, 1, rationale="Too short."))
    desk(sam, **decided(2))
    lead = client_for(lena)
    for page in PAGES:
        assert lead.get(f"/p/{school.slug}/{page}").status_code == 200, page
    for call in CALLS:
        assert api(lena).get(f"projects/{school.slug}/{call}").status_code == 200, call
    for task in Task.objects.filter(project=school):
        address = f"/p/{school.slug}/tasks/{task.pk}/"
        assert lead.post(f"{address}votes/", follow=True).status_code == 200
        shown = lead.get(address).content.decode()
        if task.kind == "write":
            assert "&lt;b&gt;bold" in shown
        votes = api(lena).get(f"projects/{school.slug}/tasks/{task.pk}/")
        assert votes.status_code == 200
    with erasing():
        delete_tasks(
            list(Task.objects.filter(project=school, kind="write").values_list("pk", flat=True))
        )
    for table in (Task, Judgment, Writing):
        assert not table.objects.exists(), table
    assert not Response.objects.exists()


def test_the_page_of_a_task_shows_what_an_edit_changed_and_all_of_it_can_be_deleted(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    Project.objects.update(edit_winner=True)
    (task,) = make_tasks(project, 1, overlap=2, contents=("Two, <b>I</b> say.", "Two, I think."))
    for user, change in ((rui, "shout"), (sam, "say")):
        leased = api(user).post(f"projects/{project.slug}/next/").json()
        (shown,) = (r for r in leased["task"]["responses"] if "<b>" in r["content"])
        sent = {
            "answers": {"overall": -3 if shown["slot"] == "A" else 3},
            "edit": {"slot": shown["slot"], "text": f"Two, <b>I</b> {change}."},
        }
        assert api(user).post(f"assignments/{leased['id']}/judgment/", sent).status_code == 201
    address = f"/p/{project.slug}/tasks/{task.pk}/"
    page = client_for(lena).get(address).content.decode().replace("\n  >", ">")
    assert "&gt; <del>say</del><ins>shout</ins>." in page
    assert "was opened to be edited and left as it was." in page
    opened = api(lena).post(f"projects/{project.slug}/tasks/{task.pk}/votes/")
    votes = opened.json()["judgments"]
    assert [vote["text"] for vote in votes] == ["Two, <b>I</b> shout.", ""]
    assert {votes[0]["edit_of"], votes[1]["edit_of"]} == {
        task_texts(task).index("Two, <b>I</b> say.") + 1
    }
    with erasing():
        delete_tasks([task.pk])
    assert not Response.objects.exists()
    assert not Writing.objects.exists()


def task_texts(task: Task) -> list[str]:
    """The texts of a task's responses, in canonical order."""
    contents = Response.objects.in_bulk(task.response_ids)
    return [contents[pk].content for pk in task.response_ids]
