"""What may upset stands behind one plain line, at every desk and for everybody who reads it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labeling.models import LateAnswer, Task, Writing
from labeling.rating.desk import ShownResponse, TaskView
from labeling.rating.drafts import WritingDesk
from labeling.rating.page import shown_task
from labeling.teaching.examples.services import write_example
from projects.models import AuditEvent, Project, Role, User
from projects.project_templates import ExampleSpec
from projects.services.members import set_member
from projects.services.projects import create_project, update_project
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease
from tests.rating.test_kinds import QUESTIONS
from tests.rating.test_rate_page import rate_url
from tests.wellbeing.test_topics import touch

HERE = "projects/support-answers/"
MILD = [{"topic": "grief", "severity": ""}]


def bodies(html: str) -> list[str]:
    """What stands behind covers, and nowhere else of the page."""
    covers = re.findall(r"<details class=\"cover\".*?</details>", html, re.DOTALL)
    rest = html
    for cover in covers:
        rest = rest.replace(cover, "")
    assert "doubled" not in rest
    assert "What is" not in rest
    return covers


def test_prompt_and_responses_stand_behind_a_line_that_opens_by_itself_and_by_key(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: Callable[[User], Client]
):
    touch(make_tasks(project, 2))
    page = client_for(rui).get(rate_url(project)).content.decode()
    prompt, left, right = bodies(page)
    assert "Covered: violence (severe)" in prompt
    assert " open" not in prompt.partition(">")[0]
    assert 'data-key="["' in left
    assert 'data-key="]"' in right
    assert "data-severe" in page
    # The next task comes covered, whatever was opened before.
    assignment = lease(rui, project)
    url = f"{rate_url(project)}{assignment.pk}/prepare/"
    sent = client_for(rui).post(url, headers={"Accept": "application/json"}).json()
    assert len(bodies(sent["task"]["html"])) == 3


def test_a_project_says_which_texts_are_covered_and_a_person_whether_they_are_open(
    project: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    tasks = make_tasks(project, 1)
    touch(tasks, MILD)
    page = client_for(rui).get(rate_url(project)).content.decode()
    assert len(bodies(page)) == 3
    leased = api(rui).post(f"{HERE}next/").json()["task"]
    assert (leased["topics"], leased["covers_texts"]) == (MILD, True)
    assert api(rui).patch("account/", {"shows_covered": True}).json()["shows_covered"]
    page = client_for(rui).get(rate_url(project)).content.decode()
    assert all(
        cover.startswith('<details class="cover" data-cover open>') for cover in bodies(page)
    )
    for setting in ("severe", "none"):
        assert api(lena).patch(HERE, {"covered_texts": setting}).status_code == 200
        assert 'class="cover"' not in client_for(rui).get(rate_url(project)).content.decode()
    assert api(lena).get(HERE).json()["covered_texts"] == "none"
    assert api(lena).patch(HERE, {"covered_texts": "some"}).status_code == 400
    assert AuditEvent.objects.filter(project=project, verb="settings changed").count() == 2
    project.refresh_from_db()
    like = create_project(name="Like it", created_by=lena, like=project)
    assert like.covered_texts == "none"


def test_leads_and_reviewers_uncover_for_themselves_and_lists_say_what_is_touched(
    project: Project,
    lena: User,
    vera: User,
    make_tasks: MakeTasks,
    client_for: Callable[[User], Client],
):
    (task,) = make_tasks(project, 1)
    touch([task])
    for reader in (lena, vera):
        shown = client_for(reader).get(f"/p/support-answers/tasks/{task.pk}/").content.decode()
        assert len(bodies(shown)) == 3
    listed = client_for(lena).get("/p/support-answers/tasks/").content.decode()
    assert "Covered: violence (severe)" in listed
    assert "What is" not in listed
    address = "/p/support-answers/find/?q=what+is"
    matches = client_for(lena).get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Covered: violence (severe)" in matches
    assert "What is" not in matches


def test_my_work_and_differences_are_covered_too(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: Callable[[User], Client]
):
    touch(make_tasks(project, 1))
    assignment = lease(rui, project)
    url = f"{rate_url(project)}{assignment.pk}/differences/"
    assert len(bodies(client_for(rui).get(url).content.decode())) == 2
    judge(rui, assignment, -1)
    assert len(bodies(client_for(rui).get("/p/support-answers/my-work/").content.decode())) == 1


def test_covers_cost_no_statement(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: Callable[[User], Client]
):
    make_tasks(project, 1)
    client = client_for(rui)
    client.get(rate_url(project))
    with CaptureQueriesContext(connection) as plain:
        client.get(rate_url(project))
    touch(list(Task.objects.filter(project=project)))
    with CaptureQueriesContext(connection) as covered:
        assert len(bodies(client.get(rate_url(project)).content.decode())) == 3
    assert len(covered) == len(plain)


@pytest.mark.parametrize("kind", ["rank", "rate"])
def test_texts_are_covered_where_they_are_ranked_and_rated(
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    client_for: Callable[[User], Client],
    kind: str,
):
    project = create_project(name="Orders", created_by=lena, criteria=QUESTIONS)
    set_member(project=project, user=rui, role=Role.RATER)
    touch(make_tasks(project, 1, kind=kind, contents=["One, doubled.", "Two, doubled.", "Three."]))
    assert len(bodies(client_for(rui).get(rate_url(project)).content.decode())) == 4


def test_a_text_to_review_is_covered_with_the_editor_that_holds_it(project: Project):
    text = ShownResponse("A", "", "It is doubled.", "<p>It is doubled.</p>", [])
    view = TaskView(
        assignment_id=1,
        kind="write",
        language="",
        expires=timezone.now(),
        messages=[],
        prompt_html="<p>What is it?</p>",
        responses=[text],
        criteria=[],
        principles=[],
        guideline_number=None,
        rubric_number=None,
        asked_as="review",
        writing=WritingDesk(text.content, text.content, (), writing=Writing()),
        place=None,
        topics=MILD,
    )
    html = str(shown_task(view, project=project))
    assert html.count('<details class="cover"') == 3
    for word in ("What is", "doubled"):
        opened = re.sub(r"<details class=\"cover\".*?</details>", "", html, flags=re.DOTALL)
        assert word not in opened.partition("<template data-original-text")[0]


def copied_example(project: Project, author: User, task: Task) -> None:
    """A worked example with the texts of a task that upsets."""
    touch([task])
    write_example(
        project=project,
        author=author,
        spec=ExampleSpec(
            kind="clear",
            answer="",
            rationale="It says so.",
            prompt="What is it?",
            responses=["It is doubled.", "No."],
            criterion="overall",
            right=[-1],
        ),
        source=task.external_id,
    )


def test_an_example_copied_from_a_task_is_covered_in_the_quiz(
    project: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    client_for: Callable[[User], Client],
):
    (task,) = make_tasks(project, 1)
    update_project(project=project, actor=lena, changes={"asks_quiz": True})
    copied_example(project, lena, task)
    client = client_for(rui)
    page = client.get("/p/support-answers/quiz/").content.decode()
    assert len(bodies(page)) == 3
    answer = {"example": 1, "answer.overall": "-1"}
    after = client.post("/p/support-answers/quiz/", answer, follow=True).content.decode()
    assert after.count("data-cover") == 1
    assert "It is 1, doubled." not in after.partition('<details class="cover"')[0]


def test_an_example_copied_from_a_task_is_covered_wherever_the_guideline_is_read(
    project: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    client_for: Callable[[User], Client],
):
    task, _second = make_tasks(project, 2)
    copied_example(project, lena, task)
    assert len(bodies(client_for(lena).get("/p/support-answers/examples/").content.decode())) == 1
    assert len(bodies(client_for(rui).get("/p/support-answers/guideline/").content.decode())) == 1
    # Beside the desk it stands in the drawer.
    desk = client_for(rui).get(rate_url(project)).content.decode()
    drawer = desk[desk.index('id="drawer"') :].partition("</aside>")[0]
    assert len(bodies(drawer)) == 1


def test_what_was_written_to_a_task_is_covered_on_its_page_also_where_it_came_late(
    project: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    client_for: Callable[[User], Client],
):
    (task,) = make_tasks(project, 1)
    touch([task])
    LateAnswer.objects.create(
        assignment=lease(rui, project), answers={"overall": -1}, text="It is doubled, he wrote."
    )
    address = f"/p/support-answers/tasks/{task.pk}/votes/"
    shown = client_for(lena).post(address, follow=True).content.decode()
    assert "he wrote" in shown
    assert len(bodies(shown)) == 4
