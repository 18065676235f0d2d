"""What is released of rankings and ratings, from the task in a rater's hands to the files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from labeling.imports.services import create_import, run_import
from labeling.models import Release, Response, Task
from labeling.releases.previews import preview_release
from labeling.releases.requests import ReleaseOptions, check_request
from labeling.releases.services import folder_of
from projects.exceptions import InvalidInput
from projects.guidelines.services import acknowledge
from projects.models import Project, Role, User
from projects.project_templates import CriterionSpec, GuidelineSpec
from projects.services.members import set_member
from projects.services.projects import create_project
from tests.api.client import CallAs
from tests.conftest import MakeTasks

Built = Callable[..., Release]
QUESTIONS = [
    CriterionSpec("order", "Which are better?", "ranking", is_primary=True),
    CriterionSpec("helpful", "How helpful is it?", "helpsteer5_helpfulness", is_primary=True),
    CriterionSpec("verbose", "How wordy is it?", "helpsteer5"),
    CriterionSpec("good", "Is it good?", "thumb", is_required=False),
    CriterionSpec("safe", "Is it safe?", "yes_no", is_required=False),
]
FOUR = ("One of {i}.", "Two of {i}.", "Three of {i}.", "Four of {i}.")
#: The place of each of the four, as a > b = c > d.
PLACES = (1, 2, 2, 3)
VALUES = {"helpful": (4, 2, 2, 0), "verbose": (0, 1, 2, 4), "good": (1, 1, 0, 0)}


@pytest.fixture
def several(lena: User, rui: User, make_tasks: MakeTasks, api: CallAs) -> Project:
    """A ranking and a rating of four responses each, which rui ordered and rated."""
    project = create_project(
        name="Orders",
        created_by=lena,
        criteria=QUESTIONS,
        guideline=GuidelineSpec(text="Helpful first.", principles=()),
        settings={"overlap": 1},
    )
    set_member(project=project, user=rui, role=Role.RATER)
    acknowledge(user=rui, guideline=project.guidelines.get())
    for kind in ("rank", "rate"):
        (task,) = make_tasks(
            project, 1, prefix=kind, kind=kind, contents=FOUR, prompt=f"{kind}: {{i}}?"
        )
        submit(api, rui, task)
    return project


def submit(api: CallAs, rater: User, task: Task, *, marks: bool = False) -> None:
    """Takes the task, the only one there is, and judges it; marks a passage of what is shown."""
    leased = api(rater).post(f"projects/{task.project.slug}/next/").json()
    body: dict[str, Any] = {"answers": said_of(task)}
    if marks:
        said = leased["task"]["responses"][1]
        at = {"message": 0, "start": 1, "end": 2, "quote": said["content"][1]}
        asked = {"message": 0, "start": 0, "end": 4, "quote": "rate"}
        body["spans"] = [
            {"slot": said["slot"], **at, "polarity": "fault", "criterion": "helpful"},
            {"slot": "prompt", **asked, "polarity": "praise", "flag": "unsafe"},
        ]
    sent = api(rater).post(f"assignments/{leased['id']}/judgment/", body)
    assert sent.status_code == 201, sent.content


def said_of(task: Task) -> dict[str, Any]:
    """The answers in the slots that the rater sees."""
    texts = Response.objects.in_bulk(task.response_ids)
    names = [text.split()[0] for text in FOUR]
    shown = [
        names.index(texts[task.response_ids[place]].content.split()[0])
        for place in task.assignments.get().shown_order
    ]
    slots = dict(zip("ABCD", shown, strict=False))
    answers: dict[str, Any] = {
        key: {slot: values[at] for slot, at in slots.items()} for key, values in VALUES.items()
    }
    answers["safe"] = {slot: "unsure" if at == 3 else 1 for slot, at in slots.items()}
    if task.kind == "rank":
        answers["order"] = [
            [slot for slot, at in slots.items() if PLACES[at] == place] for place in (1, 2, 3)
        ]
    return answers


def rows(release: Release, table: str) -> list[dict[str, Any]]:
    """The rows of a table that was written as JSON Lines."""
    files = sorted((folder_of(release) / table).glob("*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text().splitlines()]


def texts_of(messages: list[dict[str, str]]) -> str:
    return messages[-1]["content"].split()[0]


def test_a_ranking_of_four_is_five_pairs_of_one_group(built: Built, several: Project):
    release = built(several, recipe="instructgpt", file_type="jsonl")
    pairs = rows(release, "preference")
    assert sorted((texts_of(p["chosen"]), texts_of(p["rejected"])) for p in pairs) == [
        ("One", "Four"),
        ("One", "Three"),
        ("One", "Two"),
        ("Three", "Four"),
        ("Two", "Four"),
    ]
    assert {(p["group_id"], p["group_size"], round(p["pair_weight"], 4)) for p in pairs} == {
        ("rank1", 4, 0.2)
    }
    assert (release.rows_in, release.rows_out) == (6, 5)
    assert release.counts["dropped"]["tie_unspecified"]["rows"] == 1
    judgments = rows(release, "judgments")
    assert [row["task_id"] for row in judgments] == ["rank1"]
    assert [said["unsaid"] for said in judgments[0]["unsaid"]] == ["unsure"]
    assert {a["criterion"] for a in judgments[0]["answers"]} >= {"order", "helpful", "verbose"}
    assert "group_id" in (folder_of(release) / "README.md").read_text()


def test_a_strict_ranking_of_nine_is_36_pairs_that_weigh_0_0278_each(built: Built, lena: User):
    project = create_project(
        name="Nine",
        created_by=lena,
        criteria=QUESTIONS[:1],
        guideline=GuidelineSpec(text="Helpful first.", principles=()),
        settings={"overlap": 1},
    )
    names = [f"r{number}" for number in range(9)]
    row = {
        "id": "nine",
        "prompt": "Which?",
        "responses": [{"id": name, "content": f"Reply {name}."} for name in names],
        "judgments": [{"rater": "kim", "answers": {"overall": [[name] for name in names]}}],
    }
    content = json.dumps(row).encode()
    import_ = create_import(project=project, created_by=lena, filename="n.jsonl", content=content)
    run_import(import_.pk)
    pairs = rows(built(project, recipe="instructgpt", file_type="jsonl"), "preference")
    assert len(pairs) == 36
    assert {(round(p["pair_weight"], 4), p["group_size"]) for p in pairs} == {(0.0278, 9)}
    assert all(p["chosen_id"] < p["rejected_id"] for p in pairs)


def test_ratings_are_a_table_with_a_column_a_criterion(
    built: Built, several: Project, lena: User, client_for: Callable[[User], Client]
):
    keys = ("helpful", "verbose")
    options = ReleaseOptions(criteria=keys)
    release = built(
        several, recipe="ratings", format="helpsteer2", file_type="jsonl", options=options
    )
    assert (release.rows_in, release.rows_out) == (8, 8)
    page = client_for(lena).get(f"/p/{several.slug}/releases/{release.number}/").content.decode()
    assert page.count("Nobody knows how noisy the labels are") == 1
    assert "<b>helpful, verbose</b>: No two raters judged the same response." in page
    assert "ICC(1,1)" in page
    assert "symmetrised" not in page
    table = {
        (row["prompt"].split(":")[0], row["response"].split()[0]): (row["helpful"], row["verbose"])
        for row in rows(release, "data")
    }
    assert table["rate", "One"] == table["rank", "One"] == (4, 0)
    assert table["rate", "Four"] == (0, 4)
    named = check_request(project=several, recipe="ratings", format="native").frozen()["criteria"]
    assert named == ["helpful", "verbose", "good", "safe"]


def test_ratings_make_pairs_by_margin_and_labels_by_thumb_or_threshold(
    built: Built, several: Project, api: CallAs, lena: User
):
    margin = built(several, recipe="margin", format="trl", file_type="jsonl")
    assert (margin.rows_in, margin.rows_out) == (12, 10)
    assert margin.counts["dropped"]["rated_alike"]["rows"] == 2
    assert margin.counts["figures"]["agreement"]["raw"]["exact"]["value"] is None
    url = f"projects/{several.slug}/releases/preview/"
    asked = {"recipe": "margin", "options": {"least_margin": 3}}
    body = api(lena).post(url, asked).json()
    assert (body["rows_in"], body["rows_out"]) == (12, 2)
    thumbs = preview_release(
        project=several,
        recipe="kto",
        format="trl-unpaired",
        options=ReleaseOptions(criteria=("good",)),
    )
    assert (thumbs.rows_in, thumbs.rows_out) == (8, 8)
    asked = {"recipe": "kto", "format": "trl-unpaired", "criterion": "helpful"}
    refused = api(lena).post(url, asked)
    assert refused.status_code == 400
    assert "threshold" in refused.content.decode()
    counted = api(lena).post(url, {**asked, "options": {"threshold": 2}}).json()
    assert (counted["rows_in"], counted["rows_out"]) == (8, 8)


def test_the_form_begins_with_what_reads_the_primary_question_and_says_what_each_makes(
    several: Project, lena: User, client_for: Callable[[User], Client]
):
    page = client_for(lena).get(f"/p/{several.slug}/releases/new/").content.decode()
    assert "Which are better? (primary) · makes pairs, rankings, labels" in page
    first, others = page.split("For questions that are not asked here")
    assert 'value="ratings"' in first
    assert 'value="hh"' in others
    assert 'value="rules"' in others
    assert "How helpful is it? (primary) · makes pairs, labels, demonstrations, a table" in page
    chosen: dict[str, Any] = {"recipe": "ratings", "format": "native", "criteria": ["helpful"]}
    shares = {"train": 80, "validation": 10, "test": 10}
    part = client_for(lena).get(f"/p/{several.slug}/releases/preview/", {**chosen, **shares})
    text = part.content.decode()
    assert "<td>8</td>" in text
    assert "Rated responses out" in text
    compared = client_for(lena).get(
        f"/p/{several.slug}/releases/preview/", {**chosen, **shares, "recipe": "hh"}
    )
    assert "rates each response by itself" in compared.content.decode()


def test_a_response_of_two_tasks_has_its_own_place_in_each_and_its_marked_passages(
    built: Built, several: Project, rui: User, api: CallAs
):
    four = Task.objects.get(project=several, kind="rate")
    pair = Task.objects.create(
        project=several,
        prompt=four.prompt,
        external_id="pair",
        kind="rate",
        response_ids=four.response_ids[2:],
        queue_key=1,
        **{"overlap": 1, "open_slots": 1},
    )
    submit(api, rui, pair, marks=True)
    release = built(several, recipe="ratings", file_type="jsonl")
    helpful = dict(zip(("One", "Two", "Three", "Four"), VALUES["helpful"], strict=True))
    table = rows(release, "ratings")
    assert len(table) == 10
    assert all(row["helpful"] == helpful[texts_of(row["response"])] for row in table)
    (judged,) = [row for row in rows(release, "judgments") if row["task_id"] == "pair"]
    prompted, said = sorted(judged["spans"], key=lambda span: span["response"])
    assert (prompted["response"], prompted["quote"], prompted["flag"]) == (0, "rate", "unsafe")
    assert said["quote"] == judged["responses"][said["response"] - 1][1]
    assert (said["criterion"], said["polarity"]) == ("helpful", "fault")


def test_a_question_of_another_kind_is_refused_by_name(several: Project):
    with pytest.raises(InvalidInput) as caught:
        check_request(
            project=several,
            recipe="ratings",
            format="native",
            options=ReleaseOptions(criteria=("order",)),
        )
    assert "rates each by itself" in caught.value.fields["criteria"]


def test_the_command_releases_ratings(several: Project, tmp_path: Path, settings: Any, capsys: Any):
    out = tmp_path / "out"
    call_command(
        *("create_release", several.slug, "--recipe", "margin", "--least-margin", "2"),
        *("--format", "ultrafeedback", "--file-type", "jsonl", "--out", str(out)),
    )
    printed = capsys.readouterr().out
    assert "ratings that differ by less than asked for" not in printed
    assert (out / "manifest.json").exists()
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["recipe"]["options"]["least_margin"] == 2.0
