"""Agreement under each version of the guideline, and what the newest one changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from projects.guidelines.services import acknowledge, publish_guideline
from projects.models import Project, User
from projects.project_templates import GuidelineSpec
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease

pytestmark = pytest.mark.django_db


def judge_as_stored(rater: User, project: Project, value: int) -> None:
    """Judges the next task from the point of view of its canonical order."""
    held = lease(rater, project)
    judge(rater, held, value if held.shown_order[0] == 0 else -value)


def test_agreement_is_told_under_each_version_and_the_newest_against_the_one_before(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    make_tasks(project, 12)
    for number in (1, 2):
        if number == 2:
            spec = GuidelineSpec("Prefer what is true.", change_note="New.")
            read = publish_guideline(project=project, published_by=lena, spec=spec)
            for rater in (rui, sam):
                acknowledge(user=rater, guideline=read)
        # Of one mind under the second version, and of two under the first.
        for place in range(6):
            judge_as_stored(rui, project, 2 if place % 2 else -2)
            judge_as_stored(sam, project, 2 if number == 1 or place % 2 else -2)
    figures = api(lena).get(f"projects/{project.slug}/agreement/").json()["criteria"]["overall"]
    old, new = figures["guideline_versions"]["versions"]
    assert [old["version"], new["version"], new["judgments"]] == [1, 2, 12]
    assert new["percent_agreement"]["value"] == 1
    change = figures["guideline_versions"]["difference"]["percent_agreement"]
    assert change["value"] == pytest.approx(1 - old["percent_agreement"]["value"])
    assert change["low"] <= change["value"] <= change["high"]
    assert "bootstrap" in change["convention"]
    page = client_for(lena).get(f"/p/{project.slug}/agreement/").content.decode()
    assert "v2 less v1" in page


def test_under_one_version_there_is_nothing_to_compare(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    judge(rui, lease(rui, project))
    figures = api(lena).get(f"projects/{project.slug}/agreement/").json()["criteria"]["overall"]
    assert figures["guideline_versions"] is None
