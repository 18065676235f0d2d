"""What checks say of raters, read through the page and the API."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from labeling.kinds.known import KnownAnswer
from labeling.models import Answer, Assignment, Judgment, Task
from labeling.teaching.checks.services import set_known_answer
from labeling.vocabulary import Purpose
from projects.models import Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks, lease

HERE = "projects/support-answers/"
BEGUN = datetime(2026, 3, 1, tzinfo=UTC)


def answered(rater: User, copies: Iterable[Task], n_right: int, *, days: int = 0) -> None:
    """Judgments of copies in rows; so many preferred the first response, which is right."""
    copies = list(copies)
    project, at = copies[0].project, BEGUN + timedelta(days=days)
    shared: dict[str, Any] = {
        "project": project,
        "rater": rater,
        "guideline": project.guidelines.get(),
    }
    shared |= {"rubric": project.rubric_versions.get(), "purpose": copies[0].purpose}
    leases = Assignment.objects.bulk_create(
        Assignment(task=copy, shown_order=[0, 1], state="submitted", lease_expires_at=at, **shared)
        for copy in copies
    )
    judgments = Judgment.objects.bulk_create(
        Judgment(assignment=lease, task=lease.task, created_at=at, **shared) for lease in leases
    )
    overall = project.criteria.get(is_primary=True)
    Answer.objects.bulk_create(
        Answer(
            judgment=judgment,
            criterion=overall,
            value=-1 if place < n_right else 1,
        )
        for place, judgment in enumerate(judgments)
    )


def known(tasks: Iterable[Task], lena: User, **fields: str) -> list[Task]:
    """Their copies, of which the first response is right."""
    said = KnownAnswer({"overall": -1}, **fields)
    return [set_known_answer(task=task, actor=lena, known=said).task for task in tasks]


def test_9_of_40_pleasant_and_wrong_answers_preferred_are_22_5_percent_and_marked(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    gold = known(make_tasks(project, 40), lena, kind="pleasant_wrong")
    address = reverse("labeling:raters", args=[project.slug])
    mark = "often prefers the pleasant and wrong"
    answered(sam, gold, 40 - 8)  # 20% [10.5, 34.8]
    assert api(lena).get(f"{HERE}checks/").json()["susceptible"] is False
    assert mark not in client_for(lena).get(address).content.decode()
    answered(rui, gold, 40 - 9)
    rows = {row["rater"]: row for row in api(lena).get(f"{HERE}raters/").json()["raters"]}
    share = rows[rui.display_name]["susceptibility"]
    assert (share["value"], share["n"]) == (0.225, 40)
    assert (round(share["low"], 3), round(share["high"], 3)) == (0.123, 0.375)
    # 17 of 80 are above 20% as well.
    assert api(lena).get(f"{HERE}checks/").json()["susceptible"] is True
    page = client_for(lena).get(address).content.decode()
    assert page.count(mark) == 2
    assert "Pleasant and wrong answer preferred" in page


def test_62_of_100_anchors_and_then_48_are_a_drift_of_z_1_99_whatever_the_batches(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    people = [
        *(rui, sam),
        *(User.objects.create_user(f"a{n}@example.org", None, name=f"A{n}") for n in range(8)),
    ]
    anchors = known(make_tasks(project, 20), lena, purpose=Purpose.ANCHOR)
    for number, person in enumerate(people):
        n_right = (12, 12, 12, 13, 13, 9, 9, 10, 10, 10)[number]
        answered(person, anchors, n_right, days=number)
    for query in ("", f"?since={(BEGUN + timedelta(days=5)).strftime('%Y-%m-%dT%H:%M:%SZ')}"):
        drift = api(lena).get(f"{HERE}checks/{query}").json()["anchors"]
        shares = [(drift[batch]["value"], drift[batch]["n"]) for batch in ("earlier", "later")]
        assert shares == [(0.62, 100), (0.48, 100)]
        assert (round(drift["z"], 2), round(drift["p"], 3)) == (1.99, 0.047)
    drift = api(lena).get(f"{HERE}checks/?since=2026-03-03T00:00:00Z").json()["anchors"]
    assert (drift["earlier"]["n"], drift["later"]["n"]) == (40, 160)
    drift = api(lena).get(f"{HERE}checks/?since=2020-01-01T00:00:00Z").json()["anchors"]
    assert (drift["earlier"]["n"], drift["later"]["n"], drift["z"]) == (0, 200, None)
    assert api(lena).get(f"{HERE}checks/?since=soon").json()["fields"].keys() == {"since"}
    page = client_for(lena).get(reverse("labeling:raters", args=[project.slug])).content.decode()
    assert "z 1.99, p 0.047" in page


def test_a_project_that_mixes_in_gold_works_without_any_and_its_overview_says_so(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    Project.objects.filter(pk=project.pk).update(gold_rate=0.05, anchors_per_batch=5)

    def missing() -> set[str]:
        needs = api(lena).get(f"{HERE}needs/").json()["needs"]
        return {need["kind"] for need in needs} & {"no_gold", "no_anchor"}

    assert missing() == set()  # there is no task of which it could be made
    (task,) = make_tasks(project, 1)
    assert missing() == {"no_gold", "no_anchor"}
    assert lease(rui, project).purpose == Purpose.LIVE
    known([task], lena)
    assert missing() == {"no_anchor"}
