"""Rules one by one: how often each is broken, from judgments to every door."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from labeling.lead.agreement.report import agreement_report
from labeling.models import Answer, Assignment, Judgment, Prompt, Response, Task
from projects.models import Principle, Project, Role, User
from projects.project_templates import CriterionSpec, GuidelineSpec, PrincipleSpec
from projects.services.members import set_member
from projects.services.projects import create_project
from tests.api.client import CallAs

pytestmark = pytest.mark.django_db

TWO = (PrincipleSpec("Say no more than you know", ""), PrincipleSpec("Be kind", ""))


def tasks_of_rules(project: Project, count: int) -> list[Task]:
    """So many prompts, each with one response to check, in a few statements."""
    prompts = Prompt.objects.bulk_create(
        Prompt(project=project, external_id=f"p{place}", messages=[], group_key=f"{place}")
        for place in range(count)
    )
    responses = Response.objects.bulk_create(
        Response(prompt=prompt, external_id="r", content="A reply.") for prompt in prompts
    )
    return Task.objects.bulk_create(
        Task(
            project=project,
            prompt=response.prompt,
            external_id=response.prompt.external_id,
            kind="rule",
            overlap=2,
            open_slots=2,
            response_ids=[response.pk],
            queue_key=0,
        )
        for response in responses
    )


def check(tasks: Iterable[Task], rater: User, principle: Principle, values: Iterable[int]) -> None:
    """Stores one answer on a principle for each task, as an import would."""
    chosen = list(zip(tasks, values, strict=True))
    assignments = Assignment.objects.bulk_create(
        Assignment(
            task=task,
            project=task.project,
            rater=rater,
            state="submitted",
            lease_expires_at=timezone.now(),
            shown_order=[0],
        )
        for task, _ in chosen
    )
    judgments = Judgment.objects.bulk_create(
        Judgment(assignment=row, task=row.task, project=row.project, rater=rater)
        for row in assignments
    )
    rule = principle.guideline.project.criteria.get(key="rule")
    Answer.objects.bulk_create(
        Answer(
            judgment=judgment,
            criterion=rule,
            principle=principle,
            response_id=task.response_ids[0],
            value=value,
        )
        for judgment, (task, value) in zip(judgments, chosen, strict=True)
    )


@pytest.fixture
def checked(lena: User, rui: User, sam: User) -> Project:
    """200 responses checked against the first rule, 12 break it; 50 against the second, none does.

    One more answer on the first is unsure, and Sam has checked four of the responses.
    """
    rule = CriterionSpec("rule", "Does it keep the rule?", "sparrow_rule5", is_primary=True)
    project = create_project(
        name="Rules",
        created_by=lena,
        criteria=[rule],
        guideline=GuidelineSpec(text="Check.", principles=TWO),
        settings={},
    )
    for user in (rui, sam):
        set_member(project=project, user=user, role=Role.RATER)
    first, second = Principle.objects.filter(guideline__project=project).order_by("number")
    tasks = tasks_of_rules(project, 251)
    check(tasks[:201], rui, first, [-2] * 5 + [-1] * 7 + [1] * 100 + [2] * 88 + [0])
    check(tasks[201:], rui, second, [2] * 50)
    return project


def test_rules_have_wilson_intervals_and_unsure_stands_apart(checked: Project) -> None:
    figures = agreement_report(checked)["criteria"]["rule"]
    assert figures["answer"] == "rule"
    first, second = (rate["violation"] for rate in figures["principles"])
    assert (first["value"], first["n"]) == (0.06, 200)
    assert (first["low"], first["high"]) == pytest.approx((0.0347, 0.1019), abs=1e-4)
    assert (second["value"], second["n"]) == (0, 50)
    assert second["high"] == pytest.approx(0.0713, abs=1e-4)
    assert (figures["unsure"]["value"], figures["unsure"]["n"]) == (pytest.approx(1 / 251), 251)
    assert figures["gwet_ac1"]["reason"].startswith("No two raters judged the same response.")


def test_levels_agree_where_both_say_broken_or_both_followed(checked: Project, sam: User) -> None:
    first = Principle.objects.get(guideline__project=checked, number=1)
    check(Task.objects.filter(project=checked).order_by("pk")[3:7], sam, first, [-1, -2, 1, -2])
    figures = agreement_report(checked)["criteria"]["rule"]
    assert (figures["percent_agreement"]["value"], figures["percent_agreement"]["n"]) == (0.75, 4)
    assert figures["krippendorff_alpha"]["ordinal"]["n"] == 4
    assert figures["counts"]["responses_judged_twice"] == 4


def test_page_command_and_api_say_how_often_each_rule_is_broken(
    checked: Project, lena: User, client_for: Callable[[User], Client], api: CallAs
) -> None:
    text = client_for(lena).get(f"/p/{checked.slug}/agreement/").content.decode()
    for words in (
        "6.0%",
        "3.5% to 10.2%",
        "0, upper bound 7.1%",
        "Rules are broken in 4.8% of 250 answers (2.8% to 8.2%).",
        "P1 <bdi>Say no more than you know</bdi>",
        "1 of 201",
    ):
        assert words in text, words
    home = client_for(lena).get(f"/p/{checked.slug}/").content.decode()
    assert "Agreement needs two raters on the same response." in home
    figures = api(lena).get(f"projects/{checked.slug}/agreement/").json()["criteria"]["rule"]
    assert [rate["principle"] for rate in figures["principles"]] == ["v1p1", "v1p2"]
    out = StringIO()
    call_command("agreement", checked.slug, stdout=out)
    assert "P2 broken" in out.getvalue()
