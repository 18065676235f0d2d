"""Figures by program: progress, agreement and raters, each with n and interval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from projects.models import Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease


def judge_all(project: Project, *raters: User) -> None:
    for rater in raters:
        for i in range(4):
            judge(rater, lease(rater, project), -1 if i % 2 else 2)


def figures(value: Any) -> Iterator[dict[str, Any]]:
    """Every figure anywhere in a reply."""
    if isinstance(value, dict):
        if "convention" in value:
            yield value
        for inner in value.values():
            yield from figures(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from figures(inner)


def assert_honest(figure: dict[str, Any]) -> None:
    assert {"value", "low", "high", "n", "convention"} <= set(figure)
    assert figure["value"] is not None or figure["reason"]
    if figure["value"] is not None and figure["low"] is not None:
        assert figure["low"] <= figure["value"] <= figure["high"]


def test_progress_counts_what_is_there_and_what_is_left(
    project: Project, mia: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 4)
    judge_all(project, rui)
    body = api(mia).get("projects/support-answers/progress/").json()
    assert (body["tasks"], body["wanted"], body["submitted"], body["left"]) == (4, 8, 4, 4)
    assert (body["judgments"], body["raters"], body["percent"]) == (4, 1, 50)
    assert body["per_day"][-1]["judgments"] == 4


def test_agreement_has_the_published_shape(
    project: Project, vera: User, rui: User, sam: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 4)
    judge_all(project, rui, sam)
    body = api(vera).get("projects/support-answers/agreement/").json()
    assert (body["project"], body["tasks"], body["judgments"]) == ("support-answers", 4, 8)
    overall = body["criteria"]["overall"]
    assert set(overall["percent_agreement"]) == {"exact", "half", "drop"}
    assert {"nominal", "ordinal", "interval", "symmetric"} <= set(overall["krippendorff_alpha"])
    assert {"fleiss_kappa", "gwet_ac1", "pairs"} <= set(overall)
    (pair,) = overall["pairs"]
    assert ({pair["a"], pair["b"]}, pair["n"]) == ({"Rui", "Sam"}, 4)
    all_figures = list(figures(body))
    assert len(all_figures) > 10
    for figure in all_figures:
        assert_honest(figure)


def test_who_may_not_see_raters_reads_numbers_for_names(
    project: Project, mia: User, rui: User, sam: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 4)
    judge_all(project, rui, sam)
    reply = api(mia).get("projects/support-answers/agreement/")
    assert "Rui" not in reply.content.decode()
    assert reply.json()["criteria"]["overall"]["pairs"][0]["a"] == "Rater 1"


def test_agreement_without_a_judgment_is_said_in_words(project: Project, mia: User, api: CallAs):
    body = api(mia).get("projects/support-answers/agreement/").json()
    assert body["judgments"] == 0
    for figure in figures(body):
        assert figure["value"] is None
        assert figure["reason"]


def test_each_rater_has_a_row(
    project: Project, lena: User, rui: User, sam: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 4)
    judge_all(project, rui, sam)
    rows = api(lena).get("projects/support-answers/raters/").json()["raters"]
    assert {row["rater"]: row["judgments"] for row in rows} == {"Rui": 4, "Sam": 4}
    for figure in figures(rows):
        assert_honest(figure)
