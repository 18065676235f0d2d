"""The planner: published numbers, what is asked, what the data say, on page and by call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from labeling.models import Judgment
from projects.models import Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease
from tests.lead.compared import Compared, compare_models

pytestmark = pytest.mark.django_db

ClientFor = Callable[[User], Client]


def planned(api: CallAs, user: User, project: Project, **query: Any) -> dict[str, Any]:
    """The reply of the call."""
    reply = api(user).get(f"projects/{project.slug}/planner/?{urlencode(query)}")
    assert reply.status_code == 200, reply.content
    body: dict[str, Any] = reply.json()
    return body


def test_sample_sizes_are_the_published_ones(project: Project, lena: User, mia: User, api: CallAs):
    """Two-sided 5%, 80% power: 385 for five points, 783 for 55% and 4,904 for 52%."""
    plan = planned(api, lena, project, share=0.55, half_width=0.05, tie_rate=0)
    assert plan["half_width"]["judgments"] == 385
    assert (plan["detect"]["decided"], plan["detect"]["comparisons"]) == (783, 783)
    finer = planned(api, mia, project, share=0.52, tie_rate=0.2)
    assert (finer["detect"]["decided"], finer["detect"]["comparisons"]) == (4904, 6130)


def test_without_data_a_plan_says_what_is_assumed_and_what_the_project_has(
    project: Project, lena: User, api: CallAs
):
    Project.objects.filter(pk=project.pk).update(overlap=3, gold_rate=0.1, repeat_rate=0.05)
    plan = planned(api, lena, project, tasks=400)
    assert plan["assumptions"]["overlap"] == 3
    assert plan["origins"]["tasks"] == "asked"
    assert plan["origins"]["agreement"] == "assumed"
    assert plan["origins"]["overlap"] == "project"
    bought = plan["plan"]
    assert (bought["live"], bought["judgments"]) == (1200, 1413)
    assert bought["total"] is None, "no price was said"
    assert bought["hours"] is None
    assert plan["budget"] is plan["so_far"] is None
    by_overlap = {row["overlap"]: row for row in plan["by_overlap"]}
    assert list(by_overlap) == [1, 3, 5, 7, 9]
    assert by_overlap[1]["accuracy"] == pytest.approx((1 + 0.5**0.5) / 2)
    assert by_overlap[1]["tasks"] > by_overlap[3]["tasks"] > by_overlap[9]["tasks"]
    assert by_overlap[1]["live"] < by_overlap[3]["live"]


def test_money_hours_and_what_each_rater_does_follow_from_what_is_asked(
    project: Project, lena: User, api: CallAs
):
    asked = {"tasks": 1000, "overlap": 1, "price": 0.5, "seconds": 36, "people": 10, "budget": 300}
    plan = planned(api, lena, project, **asked)
    bought, n = plan["plan"], plan["plan"]["judgments"]
    assert bought["total"] == pytest.approx(n * 0.5)
    assert bought["hours"] == pytest.approx(n / 100)
    assert bought["judgments_each"] == -(-n // 10)
    rows = {row["overlap"]: row for row in plan["budget"]["rows"]}
    assert (rows[1]["tasks"], rows[3]["tasks"]) == (600, 200)
    assert plan["budget"]["best"]["information"] == 1
    right = bought["accuracy"]
    assert 0.5 < bought["least_share"] < 0.6
    assert right == pytest.approx((1 + 0.5**0.5) / 2)


@pytest.mark.parametrize("agreement", [0.5, 0.3])
def test_raters_who_agree_like_coins_buy_nothing_and_it_is_said(
    project: Project, lena: User, api: CallAs, client_for: ClientFor, agreement: float
):
    plan = planned(api, lena, project, agreement=agreement)
    assert plan["accuracy"] is None
    assert "No usable signal" in plan["reason"]
    assert plan["by_overlap"] == []
    address = f"/p/{project.slug}/planner/?agreement={100 * agreement:g}"
    assert "No usable signal" in client_for(lena).get(address).content.decode()


def test_the_data_so_far_say_ties_agreement_and_time(
    project: Project, lena: User, rui: User, sam: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 32)
    for number in range(32):
        judge(rui, lease(rui, project), -1, active_ms=20_000)
        judge(sam, lease(sam, project), -1 if number % 4 else 1, active_ms=20_000)
    Judgment.objects.update(active_ms=20_000, times_cut=False)
    plan = planned(api, lena, project)
    origins = {name: plan["origins"][name] for name in ("agreement", "tie_rate", "seconds")}
    assert set(origins.values()) == {"data"}
    assert plan["assumptions"]["seconds"] == 20
    assert plan["assumptions"]["tie_rate"] == 0
    assert plan["answers"] == 64
    assert plan["assumptions"]["tasks"] == 32
    known = plan["so_far"]
    assert known["agreement"]["n"] == 32
    widths = [row["high"] - row["low"] for row in known["expected"]]
    assert widths == sorted(widths, reverse=True)
    assert [row["n"] for row in known["expected"]] == [32, 64, 128]
    said = planned(api, lena, project, agreement=0.8)
    assert said["origins"]["agreement"] == "asked"


def test_what_no_plan_may_be_is_not_taken_from_the_data(
    project: Project, lena: User, rui: User, api: CallAs, client_for: ClientFor
):
    compare_models(project, rui, [Compared("a", "b", 0, 39), Compared("a", "b", -1, 1)])
    plan = planned(api, lena, project)
    assert (plan["assumptions"]["tie_rate"], plan["origins"]["tie_rate"]) == (0.1, "assumed")
    page = client_for(lena).get(f"/p/{project.slug}/planner/").content.decode()
    assert 'name="tie_rate" value="10"' in page


def test_the_page_answers_without_a_script_and_says_what_is_wrong(
    project: Project, lena: User, client_for: ClientFor
):
    client, address = client_for(lena), f"/p/{project.slug}/planner/"
    page = " ".join(client.get(f"{address}?share=52&tie_rate=0").content.decode().split())
    assert "To tell a win rate of 52.0% from 50% takes 4,904 decided comparisons" in page
    assert 'name="share" value="52"' in page
    wrong = client.get(f"{address}?share=50&tasks=x&price=-1").content.decode()
    assert "is marked" in wrong
    assert wrong.count('class="wrong"') == 3
    assert "783" in wrong, "the usual stands in for what was left out"


@pytest.mark.parametrize(
    "query", ["share=0.5", "share=nan", "agreement=2", "tasks=0", "overlap=1e9", "budget=inf"]
)
def test_what_no_plan_can_be_is_refused_by_name(
    project: Project, lena: User, api: CallAs, query: str
):
    reply = api(lena).get(f"projects/{project.slug}/planner/?{query}")
    assert reply.status_code == 400
    assert query.partition("=")[0] in reply.json()["fields"]


def test_the_ranking_leads_to_the_plan_of_its_two_best(
    project: Project, lena: User, rui: User, client_for: ClientFor
):
    compare_models(project, rui, [Compared("a", "b", value, n) for value, n in ((-1, 22), (1, 18))])
    page = client_for(lena).get(f"/p/{project.slug}/models/").content.decode()
    assert f'href="/p/{project.slug}/planner/?share=55"' in page
