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
