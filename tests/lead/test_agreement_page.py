"""The agreement page, its download and the command: one report, three doors."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from itertools import product

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from labeling.models import Answer, Assignment, Judgment, Prompt, Task
from projects.models import Project, Role, User
from projects.services.members import create_user, set_member
from projects.templatetags.concord import decimal

pytestmark = pytest.mark.django_db

ClientFor = Callable[[User], Client]
MakeTasks = Callable[..., list[Task]]


def answer(project: Project, task: Task, rater: User, value: int) -> None:
    """Stores a judgment as an import would, without a lease."""
    assignment = Assignment.objects.create(
        task=task,
        project=project,
        rater=rater,
        state="submitted",
        lease_expires_at=timezone.now(),
        shown_order=[0, 1],
    )
    judgment = Judgment.objects.create(
        assignment=assignment, task=task, project=project, rater=rater
    )
    criterion = project.criteria.get(key="overall")
    Answer.objects.create(judgment=judgment, criterion=criterion, value=value)


def answer_many(project: Project, rater: User, values: list[int]) -> None:
    """Stores a judgment of a task of its own for each value, the first response shown first."""
    prompts = Prompt.objects.bulk_create(
        Prompt(project=project, external_id=f"p{n}", messages=[], group_key=f"{n}")
        for n in range(len(values))
    )
    tasks = Task.objects.bulk_create(
        Task(
            project=project,
            prompt=prompt,
            external_id=prompt.external_id,
            response_ids=[],
            queue_key=0,
        )
        for prompt in prompts
    )
    held = Assignment.objects.bulk_create(
        Assignment(
            task=task,
            project=project,
            rater=rater,
            state="submitted",
            lease_expires_at=timezone.now(),
            shown_order=[0, 1],
        )
        for task in tasks
    )
    judgments = Judgment.objects.bulk_create(
        Judgment(assignment=row, task=row.task, project=project, rater=rater) for row in held
    )
    criterion = project.criteria.get(key="overall")
    Answer.objects.bulk_create(
        Answer(judgment=judgment, criterion=criterion, value=value)
        for judgment, value in zip(judgments, values, strict=True)
    )


def crowd(project: Project, count: int, name: str = "Rater {}") -> list[User]:
    """So many raters with names that are hard to fit."""
    users = []
    for place in range(count):
        user = create_user(
            email=f"r{place}@example.com",
            password="correct horse",
            name=name.format(place),
            check_password=False,
        )
        set_member(project=project, user=user, role=Role.RATER)
        users.append(user)
    return users


@pytest.fixture
def judged(project: Project, make_tasks: MakeTasks, rui: User, sam: User) -> Project:
    """Rui and Sam judge six tasks alike but for one."""
    for place, task in enumerate(make_tasks(project, 6, overlap=40)):
        answer(project, task, rui, (place % 3) - 1)
        answer(project, task, sam, 3 if place == 5 else (place % 3) - 1)
    return project


def page(client: Client, project: Project) -> str:
    """The agreement page's text."""
    response = client.get(f"/p/{project.slug}/agreement/")
    assert response.status_code == 200
    return response.content.decode()


def test_a_project_without_judgments_says_what_is_needed(
    client_for: ClientFor, lena: User, project: Project
) -> None:
    text = page(client_for(lena), project)
    assert "Nobody has judged yet" in text
    assert "<svg" not in text


def test_one_rater_alone_gets_a_sentence_and_a_histogram(
    client_for: ClientFor, lena: User, rui: User, project: Project, make_tasks: MakeTasks
) -> None:
    answer(project, make_tasks(project, 1, overlap=40)[0], rui, 2)
    text = page(client_for(lena), project)
    assert "Agreement needs two raters on the same task. So far 1 task has one judgment" in text
    assert "Answers along the scale" in text
    assert "nan" not in text.lower().replace("financ", "")


def test_figures_are_shown_with_n_interval_and_convention(
    client_for: ClientFor, lena: User, judged: Project
) -> None:
    text = page(client_for(lena), judged)
    assert "Same side, ties exact" in text
    assert "n = 6 pairs of judgments" in text
    assert "interval over 6 tasks" in text.lower()
    assert "Rui" in text
    assert "Nobody has answered this question yet." in text


def test_limits_and_bias_are_shown_or_say_what_is_missing(
    client_for: ClientFor, lena: User, judged: Project
) -> None:
    text = page(client_for(lena), judged)
    assert "Brennan-Prediger" in text
    assert "Noise ceiling" in text
    assert "No task has been judged twice by the same rater." in text
    assert "n = 8 preferences" in text


def test_no_adjective_grades_a_kappa(client_for: ClientFor, lena: User, judged: Project) -> None:
    text = page(client_for(lena), judged).lower()
    for word in ("slight", "fair", "moderate", "substantial", "almost perfect", "excellent"):
        assert f"{word} agreement" not in text


def test_an_engineer_sees_numbers_for_raters_and_a_rater_nothing(
    client_for: ClientFor, mia: User, rui: User, otto: User, judged: Project
) -> None:
    text = page(client_for(mia), judged)
    assert "Rater 1" in text
    assert "Rui" not in text
    url = f"/p/{judged.slug}/agreement/"
    assert client_for(rui).get(url).status_code == 403
    assert client_for(otto).get(url).status_code == 404


@pytest.mark.walk
def test_many_raters_are_a_table_and_few_a_matrix_with_it(
    client_for: ClientFor, lena: User, project: Project, make_tasks: MakeTasks
) -> None:
    tasks = make_tasks(project, 3, overlap=40)
    raters = crowd(project, 13)
    for task, rater in product(tasks, raters[:12]):
        answer(project, task, rater, (task.pk + rater.pk) % 3 - 1)
    few = page(client_for(lena), project)
    assert "Cohen&#x27;s kappa, rater by rater" in few
    answer(project, tasks[0], raters[12], 1)
    many = page(client_for(lena), project)
    assert "Cohen&#x27;s kappa, rater by rater" not in many
    assert many.count('<th scope="row" class="name">') == 13 * 12 // 2


def test_names_are_text_and_never_markup(
    client_for: ClientFor, lena: User, project: Project, make_tasks: MakeTasks
) -> None:
    raters = crowd(project, 2, "<img src=x onerror=alert({})>")
    for task in make_tasks(project, 2, overlap=40):
        for rater in raters:
            answer(project, task, rater, task.pk % 2)
    text = page(client_for(lena), project)
    assert "<img src=x" not in text
    assert "&lt;img src=x onerror=alert(0)&gt;" in text


def test_the_download_and_the_command_give_the_same_report(
    client_for: ClientFor, lena: User, judged: Project
) -> None:
    response = client_for(lena).get(f"/p/{judged.slug}/agreement.json")
    assert response["Content-Disposition"] == f'attachment; filename="{judged.slug}-agreement.json"'
    out = StringIO()
    call_command("agreement", judged.slug, "--json", stdout=out)
    assert json.loads(out.getvalue()) == response.json()
    assert response.json()["criteria"]["overall"]["pairs"][0]["n"] == 6


def test_the_command_prints_a_table_with_reasons_in_words(judged: Project) -> None:
    out = StringIO()
    call_command("agreement", judged.slug, stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == f"{judged.slug}: 12 judgments of 6 tasks by 2 raters"
    assert any(line.startswith("  alpha, ordinal") and "n 6" in line for line in lines)
    assert any("Rui · Sam" in line for line in lines)
    assert any("undefined. There are no judgments yet." in line for line in lines)


def test_the_command_says_that_nothing_is_judged_yet(
    project: Project, make_tasks: MakeTasks
) -> None:
    make_tasks(project, 2)
    out = StringIO()
    call_command("agreement", project.slug, stdout=out)
    assert out.getvalue().startswith(
        f"{project.slug}: no task has a judgment yet that counts here\n"
    )


def test_the_command_names_the_projects_when_it_knows_none_of_that_name(project: Project) -> None:
    with pytest.raises(CommandError, match=f"no project “nosuch”. Projects: {project.slug}"):
        call_command("agreement", "nosuch")


def test_a_forty_rater_page_stays_small(
    client_for: ClientFor, lena: User, project: Project, make_tasks: MakeTasks
) -> None:
    raters = crowd(project, 40, "Maximiliane von Hohenstein {:02}")
    for task in make_tasks(project, 2, overlap=40):
        for rater in raters:
            answer(project, task, rater, rater.pk % 2)
    text = page(client_for(lena), project)
    assert "680 more pairs" in text
    assert len(text) < 400_000


def test_page_and_command_say_how_many_labels_tell_the_side_only(
    client_for: ClientFor, lena: User, judged: Project
) -> None:
    primary = Answer.objects.filter(criterion__key="overall").exclude(value=0).first()
    assert primary is not None
    Answer.objects.create(
        judgment=primary.judgment,
        criterion=judged.criteria.get(key="correct"),
        value=1,
        side_only=True,
    )
    text = page(client_for(lena), judged)
    assert "1 answer tells the side only" in text
    assert "strength not told: 1 (100.0%)" in text, "the chart has every answer"
    out = StringIO()
    call_command("agreement", judged.slug, stdout=out)
    assert "1 answer tells the side only" in out.getvalue()


def test_a_figure_that_rounds_to_zero_has_no_minus():
    assert [decimal(value) for value in (-0.004, -0.006, 0.0, None)] == [
        "0.00",
        "−0.01",
        "0.00",
        "–",
    ]


@pytest.mark.walk
def test_a_first_place_that_is_preferred_too_often_is_said_with_its_p(
    project: Project, lena: User, rui: User, client_for: ClientFor
) -> None:
    """540 of 1,000 for the first shown: 54.0% [50.9, 57.1], p 0.0124, worth a look."""
    answer_many(project, rui, [-1] * 540 + [1] * 460)
    client = client_for(lena)
    figures = client.get(f"/api/v1/projects/{project.slug}/agreement/").json()
    side = figures["criteria"]["overall"]["side_bias"]
    assert [round(side[name], 3) for name in ("value", "low", "high")] == [0.54, 0.509, 0.571]
    assert side["p"] == pytest.approx(0.0124, abs=1e-4)
    page = client.get(f"/p/{project.slug}/agreement/").content.decode()
    assert "the screen matters: its first place is preferred, p = 0.012" in page
