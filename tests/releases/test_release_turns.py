"""Conversations judged turn by turn, from the line that comes in to the rows that train."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from labeling.datasets.readers import read
from labeling.datasets.rows import ImportRow
from labeling.imports.services import create_import, run_import
from labeling.models import Release, Response, Task
from labeling.releases.services import folder_of
from projects.models import Project, User
from projects.project_templates import CriterionSpec, GuidelineSpec
from projects.services.projects import create_project
from tests.api.client import CallAs
from tests.imports import conftest as imports
from tests.imports.test_import_conversations import LINE

take = imports.take
Built = Callable[..., Release]


def judge_all(api: CallAs, user: User, project: Project, *chosen: str) -> list[dict[str, Any]]:
    """Judges every task that the rater gets, for the replies that are named; the tasks."""
    tasks = []
    while (leased := api(user).post(f"projects/{project.slug}/next/")).status_code == 200:
        task = leased.json()["task"]
        said = [response["content"] for response in task["responses"]]
        answers = {"overall": -2 if said[0] in {f"Reply {name}." for name in chosen} else 2}
        address = f"assignments/{leased.json()['id']}/judgment/"
        assert api(user).post(address, {"answers": answers}).status_code == 201
        tasks.append(task)
    return tasks


def rows(release: Release, table: str) -> list[dict[str, Any]]:
    """The rows of a table, by turn."""
    files = folder_of(release).glob(f"{table}/*.jsonl")
    made = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    return sorted(made, key=lambda row: (row["turn"], row["after"]))


@pytest.fixture
def jsonl(built: Built) -> Built:
    """Builds releases as JSON Lines."""

    def make(project: Project, recipe: str) -> Release:
        return built(project, recipe=recipe, file_type="jsonl")

    return make


def test_three_judged_turns_are_three_rows_each_after_the_reply_that_was_chosen(
    take, project: Project, rui: User, api: CallAs, jsonl: Built, tmp_path
):
    take(LINE)
    assert len(judge_all(api, rui, project, "a", "b2", "a3")) == 3
    release = jsonl(project, "raw")
    first, second, third = rows(release, "preference")
    assert [(r["conversation"], r["turn"], r["after"]) for r in (first, second, third)] == [
        ("c1", 1, ""),
        ("c1", 2, "a"),
        ("c1", 3, "b2"),
    ]
    assert first["chosen"] == [{"role": "assistant", "content": "Reply a."}]
    said = [message["content"] for message in second["prompt"]]
    assert said == ["First?", "Reply a.", "And then?"], "the chosen text, never the rejected"
    assert [message["content"] for message in third["prompt"]][-2:] == ["Reply b2.", "Sure?"]
    assert len({row["prompt_group"] for row in (first, second, third)}) == 1
    about = json.loads(first["metadata"])
    assert about == {"group": "g7", "permitted_use": "research", "source": "a forum"}
    # The judgments come back as the turns that they are.
    again = [
        row
        for file in folder_of(release).glob("judgments/*.jsonl")
        for row in read(file)
        if isinstance(row, ImportRow)
    ]
    known = {"conversation": "c1", "group": "g7", "permitted_use": "research", "source": "a forum"}
    turns = sorted((dict(row.about) for row in again), key=lambda about: str(about["turn"]))
    assert turns == [{**known, "turn": turn} for turn in (1, 2, 3)]
    card = (folder_of(release) / "README.md").read_text()
    assert "Tasks per permitted use" in card
    assert "research" in card


def test_a_turn_after_the_reply_that_most_did_not_choose_is_no_row_of_a_majority(
    take,
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    tao: User,
    api: CallAs,
    jsonl: Built,
):
    take(LINE, overlap=3)
    for user, chosen in ((rui, "a"), (sam, "a"), (tao, "b")):
        judge_all(api, user, project, chosen, "a2", "c2")
    release = jsonl(project, "majority")
    assert [row["after"] for row in rows(release, "preference")] == ["", "a"]
    drops = release.counts["dropped"]
    assert drops["follows_lost_reply"]["rows"] == 1
    raw = jsonl(project, "raw")
    assert {row["after"] for row in rows(raw, "preference")} == {"", "a", "b"}
    # They come back as turns that follow the replies they followed, in whatever order.
    judged = sorted(rows(raw, "judgments"), key=lambda row: -row["turn"])
    again = create_project(
        name="Again",
        created_by=lena,
        criteria=[CriterionSpec("overall", "Which is better?", "llama_eval7", is_primary=True)],
        guideline=GuidelineSpec(text="As you would like it.", principles=()),
        settings={"overlap": 1},
    )
    content = "\n".join(map(json.dumps, judged)).encode()
    import_ = create_import(project=again, created_by=lena, filename="j.jsonl", content=content)
    run_import(import_.pk)
    assert not import_.refusals.exists()
    assert links(again) == {
        link for link in links(project) if link[0] in {row["task_id"] for row in judged}
    }
    assert Task.objects.get(project=again, external_id="c1-1").continues
    alone = [row for row in judged if row["turn"] > 1][:1]
    content = "\n".join(map(json.dumps, [{**alone[0], "conversation": "c9"}])).encode()
    import_ = create_import(project=again, created_by=lena, filename="k.jsonl", content=content)
    run_import(import_.pk)
    import_.refresh_from_db()
    assert "is a turn by itself" in import_.options["left_out"]["after"]["reason"]


def links(project: Project) -> set[tuple[object, ...]]:
    """Which task follows which reply of which."""
    names = dict(Response.objects.filter(prompt__project=project).values_list("pk", "external_id"))
    return {
        (
            task.external_id,
            task.follows and task.follows.external_id,
            task.follows and names[task.follows.response_ids[task.reply or 0]],
        )
        for task in Task.objects.filter(project=project).select_related("follows")
    }
