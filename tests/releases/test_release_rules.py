"""What is released of rules judged one by one, from the rater's answers to the files."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from labeling.models import Release
from labeling.releases.requests import ReleaseOptions, check_request
from labeling.releases.services import folder_of
from projects.exceptions import InvalidInput
from projects.guidelines.services import acknowledge
from projects.models import Project, Role, User
from projects.project_templates import CriterionSpec, GuidelineSpec, PrincipleSpec
from projects.services.members import set_member
from projects.services.projects import create_project
from tests.api.client import CallAs
from tests.conftest import MakeTasks

Built = Callable[..., Release]


@pytest.fixture
def checked(lena: User, rui: User, make_tasks: MakeTasks, api: CallAs) -> Project:
    """Three responses that rui checked against three principles."""
    project = create_project(
        name="Rules",
        created_by=lena,
        criteria=[
            CriterionSpec("rule", "Does it keep the rule?", "sparrow_rule5", is_primary=True),
            CriterionSpec("refusal", "Does it do what was asked?", "refusal3"),
        ],
        guideline=GuidelineSpec(
            text="Check.",
            principles=(
                PrincipleSpec("Say what you know", "No numbers that do not exist."),
                PrincipleSpec("Keep the limits"),
                PrincipleSpec("Be kind"),
            ),
        ),
        settings={"overlap": 1},
    )
    set_member(project=project, user=rui, role=Role.RATER)
    acknowledge(user=rui, guideline=project.guidelines.get())
    make_tasks(project, 3, kind="rule", contents=("All of {i}.",))
    for levels in ({"P1": -2, "P2": 2, "P3": 0}, {"P1": 1, "P2": -1, "P3": 1}) * 2:
        leased = api(rui).post(f"projects/{project.slug}/next/")
        if leased.status_code != 200:
            break
        answers = {"rule": {"A": levels}, "refusal": {"A": 1}}
        address = f"assignments/{leased.json()['id']}/judgment/"
        assert api(rui).post(address, {"answers": answers}).status_code == 201
    return project


def rows(release: Release, table: str) -> list[dict[str, Any]]:
    """The rows of a table that was written as JSON Lines."""
    files = sorted((folder_of(release) / table).glob("*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text().splitlines()]


def test_each_rule_that_a_response_keeps_or_breaks_is_a_row(built: Built, checked: Project):
    release = built(checked, recipe="rules", format="rules", file_type="jsonl")
    assert (release.rows_in, release.rows_out) == (9, 7)
    assert release.counts["dropped"]["raters_unsure"]["rows"] == 2
    labels: dict[str, list[bool]] = {}
    for row in rows(release, "data"):
        assert row["prompt"][0]["role"] == "user"
        labels.setdefault(row["rule"], []).append(row["label"])
    assert {rule: sorted(said) for rule, said in labels.items()} == {
        "No numbers that do not exist.": [False, False, True],
        "Keep the limits": [False, True, True],
        "Be kind": [True],
    }
    native = built(checked, recipe="rules", file_type="jsonl")
    judged = rows(native, "judgments")
    assert {len(row["rule_answers"]) for row in judged} == {3}
    assert [row["answers"][0]["criterion"] for row in judged] == ["refusal"] * 3


def test_what_is_asked_beside_the_rules_is_rated_and_the_rules_are_not(
    built: Built, checked: Project
):
    release = built(checked, recipe="ratings", file_type="jsonl")
    assert [row["refusal"] for row in rows(release, "ratings")] == [1.0] * 3
    with pytest.raises(InvalidInput) as caught:
        check_request(
            project=checked,
            recipe="ratings",
            format="native",
            options=ReleaseOptions(criteria=("rule",)),
        )
    assert "each principle" in caught.value.fields["criteria"]
