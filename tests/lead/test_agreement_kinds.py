"""Agreement where responses are ranked, rated and checked: from judgments to every door."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from io import StringIO
from itertools import combinations
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from labeling.kinds import Submission
from labeling.lead.agreement.report import agreement_report
from labeling.lead.raters.selectors import rater_rows
from labeling.models import Answer, Assignment, Judgment, Response, Span, Task
from labeling.rating.judgments import submit_judgment
from projects.guidelines.services import acknowledge
from projects.models import Criterion, Project, Role, User
from projects.project_templates import CriterionSpec, GuidelineSpec, PrincipleSpec
from projects.services.members import set_member
from projects.services.projects import create_project
from tests.api.client import CallAs
from tests.conftest import MakeTasks, lease

pytestmark = pytest.mark.django_db

FOUR = ("One of {i}.", "Two of {i}.", "Three of {i}.", "Four of {i}.")
QUESTIONS = [
    CriterionSpec("best", "Which is better?", "webgpt5", is_primary=True),
    CriterionSpec("order", "Which are better?", "ranking", is_primary=True),
    CriterionSpec("helpful", "How helpful is it?", "helpsteer5_helpfulness", is_primary=True),
    CriterionSpec("safe", "Is it safe?", "yes_no", is_required=False),
]


@pytest.fixture
def mixed(lena: User, rui: User, sam: User) -> Project:
    """A project that compares, ranks and rates, with two raters."""
    project = create_project(
        name="Orders",
        created_by=lena,
        criteria=QUESTIONS,
        guideline=GuidelineSpec(
            text="Helpful first.",
            principles=(
                PrincipleSpec("Say no more than you know", ""),
                PrincipleSpec("Be kind", ""),
            ),
        ),
        settings={"overlap": 2},
    )
    for user in (rui, sam):
        set_member(project=project, user=user, role=Role.RATER)
        acknowledge(user=user, guideline=project.guidelines.get())
    return project


def say(user: User, project: Project, answers: Mapping[str, Any]) -> None:
    """Judges a rater's next task; slots of responses are in canonical order."""
    assignment = lease(user, project)
    order = assignment.shown_order
    slots = {"ABCD"[place]: "ABCD"[order.index(place)] for place in range(len(order))}
    sent: dict[str, object] = {
        key: [[slots[name] for name in band] for band in spoken]
        if isinstance(spoken, list)
        else {slots[name]: value for name, value in spoken.items()}
        for key, spoken in answers.items()
    }
    submit_judgment(rater=user, assignment_id=assignment.pk, submission=Submission(answers=sent))


def answer(task: Task, rater: User, criterion: Criterion, rows: list[dict[str, Any]]) -> None:
    """Stores a judgment as an import would."""
    assignment = Assignment.objects.create(
        task=task,
        project=task.project,
        rater=rater,
        state="submitted",
        lease_expires_at=timezone.now(),
        shown_order=list(range(len(task.response_ids))),
    )
    judgment = Judgment.objects.create(
        assignment=assignment, task=task, project=task.project, rater=rater
    )
    for row in rows:
        Answer.objects.create(judgment=judgment, criterion=criterion, **row)


@pytest.fixture
def judged(mixed: Project, make_tasks: MakeTasks, api: CallAs, rui: User, sam: User) -> Project:
    """Two rankings of two tasks, rated beside: alike but for one pair, once rated otherwise."""
    make_tasks(mixed, 2, kind="rank", contents=FOUR)
    helpful = {"A": 4, "B": 3, "C": 3, "D": 1}
    for _ in range(2):
        safe = {"A": 1, "B": 1, "C": "unsure", "D": 0}
        answers = {"order": [["A"], ["B", "C"], ["D"]], "helpful": helpful, "safe": safe}
        say(rui, mixed, answers)
    say(sam, mixed, {"order": [["A"], ["B", "C"], ["D"]], "helpful": {**helpful, "C": 2}})
    say(sam, mixed, {"order": [["B"], ["A"], ["C"], ["D"]], "helpful": helpful})
    return mixed


def test_rankings_are_compared_within_tasks_and_with_ratings_of_the_same_rater(
    judged: Project,
) -> None:
    report = agreement_report(judged)
    assert (report["tasks"], report["judgments"], report["raters"]) == (2, 4, 2)
    order = report["criteria"]["order"]
    # tau-b of a > b = c > d and b > a > c > d: 4 of 5 pairs less 1, over the root of 5 and 6.
    assert order["kendall_tau"]["value"] == pytest.approx((1 + 3 / 30**0.5) / 2)
    assert order["kendall_tau"]["n"] == 2
    assert order["percent_agreement"]["exact"]["value"] == pytest.approx(10 / 12)
    assert order["pair_alpha"]["n"] == 12
    assert (order["ties"]["value"], order["ties"]["n"]) == (pytest.approx(3 / 24), 24)
    # Sam put b over a and rated a higher; of four rankings 5, 5, 5 and 5 pairs tell on both.
    assert (order["contradictions"]["value"], order["contradictions"]["n"]) == (
        pytest.approx(1 / 20),
        20,
    )
    assert order["contradicted"] == "helpful"
    (pair,) = order["pairs"]
    assert (pair["a"], pair["b"], pair["n"]) == ("Rui", "Sam", 2)
    assert pair["kendall_tau"]["value"] == pytest.approx(order["kendall_tau"]["value"])
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_ratings_are_of_responses_and_unsure_stands_apart(judged: Project) -> None:
    criteria = agreement_report(judged)["criteria"]
    helpful, safe = criteria["helpful"], criteria["safe"]
    assert helpful["percent_agreement"]["value"] == pytest.approx(7 / 8)
    assert helpful["counts"]["responses"] == 8
    assert helpful["krippendorff_alpha"]["ordinal"]["n"] == 8
    assert helpful["icc"]["1,1"]["value"] is not None
    assert (safe["unsure"]["value"], safe["unsure"]["n"]) == (0.25, 8)
    assert (safe["yes"]["value"], safe["yes"]["n"]) == (pytest.approx(4 / 6), 6)
    assert safe["gwet_ac1"]["reason"].startswith("No two raters judged the same response.")
    assert criteria["best"]["counts"]["judgments"] == 0
    assert criteria["best"]["answer"] == "preference"


def test_passages_that_two_raters_marked_are_compared_in_their_place(
    judged: Project, lena: User, client_for: Callable[[User], Client]
) -> None:
    helpful = judged.criteria.get(key="helpful")
    for judgment in Judgment.objects.filter(project=judged).select_related("task", "rater"):
        start = 0 if judgment.rater.name == "Rui" else 5
        for response in judgment.task.response_ids[: 2 if start else 1]:
            Span.objects.create(
                judgment=judgment,
                response_id=response,
                start=start,
                end=10,
                polarity="fault",
                criterion=helpful,
            )
    criteria = agreement_report(judged)["criteria"]
    marked = criteria["helpful"]["passages"]
    # Ten against five characters on the first response; on the second Rui marked nothing.
    assert (marked["overlap"]["value"], marked["overlap"]["n"]) == (pytest.approx(1 / 3), 4)
    assert (marked["marked_by_both"]["value"], marked["passages"]) == (0.5, 6)
    assert criteria["order"]["passages"] is None
    text = client_for(lena).get(f"/p/{judged.slug}/agreement/").content.decode()
    assert "Marked: the same characters" in text


def test_page_command_and_api_show_the_figures_of_every_kind(
    judged: Project, lena: User, client_for: Callable[[User], Client], api: CallAs
) -> None:
    client = client_for(lena)
    text = client.get(f"/p/{judged.slug}/agreement/").content.decode()
    for words in (
        "Of two responses, two people put the same one first in “Order”, or both level, 83%",
        "Two people give a response the same rating of “Helpful” 88% of the time",
        "Kendall&#x27;s W",
        "ICC(1,1)",
        "Nobody has answered this question yet.",
        "Responses both judged",
        "n = 12 pairs of answers",
    ):
        assert words in text, words
    assert "nan" not in text.lower().replace("financ", "")
    pairs = client.get(f"/p/{judged.slug}/agreement/order/").content.decode()
    assert "Kendall&#x27;s tau-b" in pairs
    figures = api(lena).get(f"projects/{judged.slug}/agreement/").json()["criteria"]
    assert {key: own["answer"] for key, own in figures.items()} == {
        "best": "preference",
        "order": "ranking",
        "helpful": "ordinal",
        "safe": "yes_no",
    }
    listed = api(lena).get(f"projects/{judged.slug}/agreement/pairs/?criterion=order").json()
    assert listed["results"] == figures["order"]["pairs"]
    out = StringIO()
    call_command("agreement", judged.slug, stdout=out)
    lines = out.getvalue()
    for words in ("Kendall's W", "alpha of implied pairs", "rated the other way", "ICC(2,k)"):
        assert f"  {words}" in lines, words
    assert lines.count("  self-consistency") == len(figures)


def test_the_overview_quotes_the_ranking_where_nothing_else_is_asked(
    judged: Project, lena: User, client_for: Callable[[User], Client]
) -> None:
    judged.criteria.filter(key="best").delete()
    text = client_for(lena).get(f"/p/{judged.slug}/").content.decode()
    assert "Same order of two" in text
    assert "n = 12 pairs of answers" in text
    assert "Alpha of pairs" in text


def test_raters_count_judgments_of_every_kind_and_take_shares_of_comparisons(
    judged: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    client_for: Callable[[User], Client],
) -> None:
    page = client_for(lena).get(f"/p/{judged.slug}/raters/").content.decode()
    assert "Median active time" in page
    assert "First shown preferred" not in page
    rows = {row.rater.name: row for row in rater_rows(judged)}
    assert (rows["Rui"].judgments, rows["Rui"].ties.reason) == (2, "No comparison yet.")
    (task,) = make_tasks(judged, 1, prefix="c", prompt="Compare {i}")
    answer(task, rui, judged.criteria.get(key="best"), [{"value": 0}])
    rows = {row.rater.name: row for row in rater_rows(judged)}
    assert (rows["Rui"].judgments, rows["Sam"].judgments) == (3, 2)
    assert (rows["Rui"].ties.value, rows["Rui"].ties.n) == (1.0, 1)


def test_comparisons_of_a_prompt_in_tasks_of_their_own_may_go_in_circles(
    mixed: Project, rui: User, make_tasks: MakeTasks
) -> None:
    """Win scores 4, 2, 2, 1, 1 of five responses: two circles, zeta 0.6."""
    (task,) = make_tasks(mixed, 1, contents=("a", "b"))
    ids = [
        Response.objects.create(prompt=task.prompt, external_id=name, content=name).pk
        for name in "abcde"
    ]
    best = mixed.criteria.get(key="best")
    over = {("b", "d"): 1, ("d", "e"): 1}
    for first, second in combinations("abcde", 2):
        pair = Task.objects.create(
            project=mixed,
            prompt=task.prompt,
            external_id=first + second,
            response_ids=[ids["abcde".index(first)], ids["abcde".index(second)]],
            queue_key=0,
        )
        answer(pair, rui, best, [{"value": over.get((first, second), -2)}])
    figures = agreement_report(mixed)["criteria"]["best"]
    assert figures["circular_triads"]["circular"] == 2
    assert (figures["circular_triads"]["value"], figures["circular_triads"]["n"]) == (0.2, 10)
    assert figures["consistence"]["value"] == pytest.approx(0.6)


def repeat(task: Task, rater: User, said: Mapping[str, list[dict[str, Any]]]) -> None:
    """Gives a task to a rater once more, as a task of its own, and stores what is said then."""
    twin = Task.objects.create(
        project=task.project,
        prompt=task.prompt,
        external_id=f"{task.external_id}-again",
        kind=task.kind,
        purpose="repeat",
        response_ids=list(reversed(task.response_ids)),
        queue_key=task.queue_key,
        repeat_of=task,
    )
    assignment = Assignment.objects.create(
        task=twin,
        project=task.project,
        rater=rater,
        state="submitted",
        purpose="repeat",
        lease_expires_at=timezone.now(),
        shown_order=list(range(len(task.response_ids))),
    )
    judgment = Judgment.objects.create(
        assignment=assignment, task=twin, project=task.project, rater=rater, purpose="repeat"
    )
    for key, rows in said.items():
        criterion = task.project.criteria.get(key=key)
        for row in rows:
            Answer.objects.create(judgment=judgment, criterion=criterion, **row)


def test_repeats_of_rankings_and_ratings_tell_how_steady_raters_are(
    judged: Project, rui: User
) -> None:
    before = agreement_report(judged)["criteria"]
    for key in ("order", "helpful"):
        assert "judged twice by the same rater" in before[key]["self_consistency"]["reason"]
    task = judged.tasks.order_by("pk")[0]
    a, b, c, d = task.response_ids
    # a > b = c > d at first and b > a > c > d now: a-b and b-c are put otherwise, of six pairs.
    places = ((b, 1), (a, 2), (c, 3), (d, 4))
    values = ((a, 4), (b, 3), (c, 2), (d, 1))
    said = {"order": places, "helpful": values}
    repeat(
        task,
        rui,
        {
            key: [{"response_id": pk, "value": value} for pk, value in rows]
            for key, rows in said.items()
        },
    )
    after = agreement_report(judged)["criteria"]
    steady = after["order"]["self_consistency"]
    assert (steady["value"], steady["n"]) == (pytest.approx(4 / 6), 6)
    steady = after["helpful"]["self_consistency"]
    assert (steady["value"], steady["n"]) == (0.75, 4)
    assert after["order"]["kendall_tau"] == before["order"]["kendall_tau"], "repeats are no data"
