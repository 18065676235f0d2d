"""What is released of texts that people wrote, reviewed and improved."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from labeling.datasets.recipes.options import RecipeOptions
from labeling.imports.services import run_import
from labeling.models import Release, Response
from labeling.releases.requests import ReleaseOptions
from labeling.releases.services import folder_of
from projects.guidelines.services import acknowledge
from projects.models import Project, Role, User
from projects.project_templates import CriterionSpec, GuidelineSpec
from projects.services.members import set_member
from projects.services.projects import create_project
from tests.api.client import CallAs
from tests.conftest import MakeTasks

Built = Callable[..., Release]
OWN_WORDS = ReleaseOptions(choices=RecipeOptions(own_words=True))


@pytest.fixture
def school(lena: User, rui: User, sam: User) -> Project:
    """A project where rui writes and sam reviews."""
    project = create_project(
        name="Ideal answers",
        created_by=lena,
        criteria=[
            CriterionSpec("decision", "Decision", "decision", is_primary=True),
            CriterionSpec("score", "How good is it now?", "score7"),
        ],
        guideline=GuidelineSpec(text="As you would like it.", principles=()),
        settings={"overlap": 1},
    )
    for user in (rui, sam):
        set_member(project=project, user=user, role=Role.RATER)
        acknowledge(user=user, guideline=project.guidelines.get())
    return project


def act(api: CallAs, user: User, project: Project, **fields: Any) -> dict[str, Any]:
    """Takes the next task and answers it."""
    leased = api(user).post(f"projects/{project.slug}/next/").json()
    sent = api(user).post(f"assignments/{leased['id']}/judgment/", fields)
    assert sent.status_code == 201, sent.content
    return {**sent.json(), "leased": leased}


def decided(decision: int, **more: Any) -> dict[str, Any]:
    """What a reviewer sends."""
    return {"answers": {"decision": {"A": decision}, "score": {"A": 5}}, **more}


def rows(release: Release, table: str) -> list[dict[str, Any]]:
    """The rows of a table that was written as JSON Lines."""
    files = sorted((folder_of(release) / table).glob("*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text().splitlines()]


def test_of_five_texts_the_approved_are_released_and_the_edited_one_as_its_reviewer_has_it(
    built: Built,
    school: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    make_tasks(school, 5, kind="write", contents=(), prompt="Number {i}?")
    for number in range(5):
        act(api, rui, school, text=f"My answer, the {number}th that I wrote.")
    for _ in range(3):
        act(api, sam, school, **decided(2))
    act(api, sam, school, **decided(1, edit={"slot": "A", "text": "As sam has it."}))
    act(api, sam, school, **decided(0, rationale="Say more."))
    settings = {"recipe": "demonstrations", "file_type": "jsonl"}
    release = built(school, format="messages", **settings)
    assert (release.rows_in, release.rows_out) == (5, 4)
    assert release.counts["dropped"]["draft_rejected"]["rows"] == 1
    reviewed = json.loads((folder_of(release) / "manifest.json").read_bytes())["agreement"]
    figures = reviewed["criteria"]["decision"]
    assert (figures["first_pass"]["value"], figures["accepted"]["value"]) == (0.6, 0.8)
    assert (figures["score"]["value"], figures["score"]["n"]) == (5.0, 5)
    assert "agreement_unknown" not in json.dumps(release.counts["warnings"])
    page = client_for(lena).get(f"/p/{school.slug}/releases/{release.number}/").content.decode()
    assert "Approved at first, as it was" in page
    assert "95% interval 23% to 88%" in page
    data = rows(release, "data")
    (edited,) = [row for row in data if row["edited"]]
    assert edited["messages"][-1] == {"role": "assistant", "content": "As sam has it."}
    assert edited["decision"] == "approved_with_edits"
    assert all("My answer" in row["messages"][-1]["content"] for row in data if row != edited)
    judgments = rows(built(school, **settings), "judgments")
    kinds = Counter(row["kind"] for row in judgments)
    assert kinds == {"review": 5, "write": 5}, "each text stands beside its review"
    written = {row["text_id"]: row["text"] for row in judgments if row["kind"] == "write"}
    reviews = [row for row in judgments if row["kind"] == "review"]
    assert {row["response_ids"][0]: row["responses"][0] for row in reviews} == written
    assert {row["text"] for row in reviews} == {"", "As sam has it."}
    assert "sam" not in json.dumps([row["rater"] for row in judgments])

    act(api, rui, school, text="My answer, at last.")
    again = built(school, format="messages", **settings)
    assert (again.rows_in, again.rows_out) == (4, 4), "a draft that was written anew takes no part"


def test_an_edit_stands_over_what_it_was_while_the_judgment_it_came_with_counts(
    built: Built, project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    leased = api(rui).post(f"projects/{project.slug}/next/").json()
    sent = api(rui).post(f"assignments/{leased['id']}/judgment/", {"answers": {"overall": -3}})
    (winner,) = [r for r in leased["task"]["responses"] if r["slot"] == "A"]
    original = Response.objects.get(prompt__project=project, content=winner["content"])
    for name, text in (("better", "It is better now."), ("blank", winner["content"] + " ")):
        Response.objects.create(
            prompt=original.prompt,
            external_id=name,
            content=text,
            is_human=True,
            edited_from=original,
            judgment_id=sent.json()["id"],
            author=rui,
        )
    release = built(project, recipe="llama3", file_type="jsonl")
    pairs = [
        (row["chosen"][0]["content"], row["rejected"][0]["content"], row["edited"])
        for row in rows(release, "preference")
    ]
    (lost,) = {said for _, said, _ in pairs} - {winner["content"]}
    assert sorted(pairs) == sorted(
        [
            ("It is better now.", winner["content"], True),
            ("It is better now.", lost, True),
            (winner["content"], lost, False),
        ]
    )
    assert release.counts["dropped"]["edit_no_op"]["rows"] == 2
    api(rui).post(f"projects/{project.slug}/undo/")
    again = api(rui).post(f"projects/{project.slug}/next/").json()
    api(rui).post(f"assignments/{again['id']}/judgment/", {"answers": {"overall": -3}})
    plain = built(project, recipe="llama3", file_type="jsonl")
    assert (plain.rows_in, plain.rows_out) == (1, 1)


def edited_by_one_and_left_by_another(
    api: CallAs, project: Project, lead: User, raters: tuple[User, User]
) -> str:
    """One comparison, imported and judged by two who prefer the same; the text of the edit."""
    Project.objects.update(edit_winner=True, overlap=2)
    row = {"id": "q", "prompt": "What is one and one?"}
    said = [{"id": "x", "content": "Two."}, {"id": "y", "content": "Three."}]
    sent = api(lead).post(
        f"projects/{project.slug}/imports/",
        json.dumps({**row, "responses": said}).encode(),
        content_type="application/x-ndjson",
    )
    run_import(sent.json()["id"])
    for user, more in zip(raters, (" It is two.", " \n"), strict=True):
        leased = api(user).post(f"projects/{project.slug}/next/").json()
        slots = {shown["content"]: shown["slot"] for shown in leased["task"]["responses"]}
        body = {
            "answers": {"overall": -3 if slots["Two."] == "A" else 3},
            "edit": {"slot": slots["Two."], "text": f"Two.{more}"},
            **{"typed": 100, "pasted": 900, "declared_assist": user == raters[0]},
        }
        kept = api(user).post(f"assignments/{leased['id']}/judgment/", body)
        assert kept.status_code == 201, kept.content
    return "Two. It is two."


def test_an_edit_of_the_winner_is_two_pairs_and_a_demonstration_and_left_as_it_was_it_is_none(
    built: Built, project: Project, rui: User, sam: User, lena: User, api: CallAs
):
    better = edited_by_one_and_left_by_another(api, project, lena, (rui, sam))
    release = built(project, recipe="llama3", file_type="jsonl")
    pairs = [
        (
            row["chosen"][0]["content"],
            row["rejected"][0]["content"],
            row["edited"],
            row["paste_ratio"],
            row["declared_assist"],
        )
        for row in rows(release, "preference")
    ]
    assert sorted(pairs) == [
        ("Two.", "Three.", False, None, False),
        ("Two.", "Three.", False, None, False),
        (better, "Three.", True, 0.9, True),
        (better, "Two.", True, 0.9, True),
    ]
    judgments = {row["text"]: row for row in rows(release, "judgments")}
    assert set(judgments) == {better, ""}, "what was left as it was has no text"
    texts = judgments[better]["responses"]
    for judgment in judgments.values():
        assert texts[judgment["edit_of"] - 1] == "Two."
        assert judgment["paste_ratio"] == pytest.approx(0.9)
    (shown,) = rows(built(project, recipe="sft", format="messages", file_type="jsonl"), "data")
    assert shown["messages"][-1]["content"] == better
    assert (shown["paste_ratio"], shown["declared_assist"]) == (pytest.approx(0.9), True)
    own = built(project, recipe="llama3", file_type="jsonl", options=OWN_WORDS)
    assert own.counts["dropped"]["assist_declared"]["rows"] == 2
    assert {row["edited"] for row in rows(own, "preference")} == {False}
    plain = built(project, recipe="raw", file_type="jsonl")
    assert "paste_ratio" not in rows(plain, "preference")[0], "it makes nothing of edits"


def test_an_edit_is_reviewed_where_the_project_reviews_texts_and_released_as_that_comes_out(
    built: Built, lena: User, rui: User, sam: User, make_tasks: MakeTasks, api: CallAs
):
    project = create_project(
        name="Edits with review",
        created_by=lena,
        criteria=[
            CriterionSpec("overall", "Which is better?", "llama_eval7", is_primary=True),
            CriterionSpec("decision", "Decision", "decision", is_primary=True),
            CriterionSpec("score", "How good is it now?", "score7"),
        ],
        guideline=GuidelineSpec(text="As you would like it.", principles=()),
        settings={"overlap": 1, "edit_winner": True},
    )
    for user in (rui, sam):
        set_member(project=project, user=user, role=Role.RATER)
        acknowledge(user=user, guideline=project.guidelines.get())
    make_tasks(project, 2, overlap=1)
    best = project.criteria.get(key="overall").scale.values[0]
    for number in (1, 2):
        edit = {"slot": "A", "text": f"Better, the {number}. time."}
        act(api, rui, project, answers={"overall": best}, edit=edit)
    assert api(rui).post(f"projects/{project.slug}/next/").status_code == 204, "never their own"
    first = act(api, sam, project, **decided(0, rationale="It is not better."))
    assert "Rui" not in str(first["leased"])
    act(api, sam, project, **decided(1, edit={"slot": "A", "text": "As sam has it."}))
    assert api(rui).post(f"projects/{project.slug}/next/").status_code == 204, "nothing comes back"
    release = built(project, recipe="llama3", file_type="jsonl")
    assert release.counts["dropped"]["edit_rejected"]["rows"] == 2
    pairs = rows(release, "preference")
    assert {r["chosen"][0]["content"] for r in pairs if r["edited"]} == {"As sam has it."}
    assert len(pairs) == 4
