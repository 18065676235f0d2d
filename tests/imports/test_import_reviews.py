"""What people wrote, and the reviews of it: released, and brought into another project by id."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from labeling.figures.acceptance import acceptance_of
from labeling.imports.services import create_import, run_import
from labeling.imports.undoing import request_undo, undo_import
from labeling.models import (
    Answer,
    Import,
    ImportRefusal,
    Judgment,
    Release,
    Response,
    Task,
    Writing,
)
from projects.exceptions import Conflict
from projects.guidelines.services import acknowledge
from projects.models import Project, Role, User
from projects.project_templates import CriterionSpec, GuidelineSpec
from projects.services.members import set_member
from projects.services.projects import create_project
from tests.api.client import CallAs
from tests.conftest import MakeTasks
from tests.imports.conftest import counts
from tests.releases import conftest as releases
from tests.releases.test_release_written import act, decided, rows

built = releases.built
Built = Callable[..., Release]
CRITERIA = [
    CriterionSpec("overall", "Which is better?", "llama_eval7", is_primary=True),
    CriterionSpec("decision", "Decision", "decision", is_primary=True),
    CriterionSpec("score", "How good is it now?", "score7"),
]


def make(lena: User, *raters: User, name: str = "Ideal answers") -> Project:
    """A project that writes, improves winners and reviews both."""
    project = create_project(
        name=name,
        created_by=lena,
        criteria=CRITERIA,
        guideline=GuidelineSpec(text="As you would like it.", principles=()),
        settings={"overlap": 1, "edit_winner": True},
    )
    for user in raters:
        set_member(project=project, user=user, role=Role.RATER)
        acknowledge(user=user, guideline=project.guidelines.get())
    return project


@pytest.fixture
def school(lena: User, rui: User, sam: User, make_tasks: MakeTasks, api: CallAs) -> Project:
    """Rui has written three answers and improved one winner; sam has reviewed them all."""
    project = make(lena, rui, sam)
    make_tasks(project, 2, kind="write", contents=(), prompt="Number {i}?")
    make_tasks(project, 1, kind="write", contents=("Draft.",), prompt="Improve {i}.", prefix="d")
    make_tasks(project, 1, prefix="pair")
    for _ in range(4):
        leased = api(rui).post(f"projects/{project.slug}/next/").json()
        answer(api, rui, leased, by_rui(project, leased["task"]))
    for _ in range(4):
        leased = api(sam).post(f"projects/{project.slug}/next/").json()
        text = leased["task"]["responses"][0]["content"]
        edit = {"slot": "A", "text": "As sam has it."}
        more = {"edit": edit} if "draft" in text else {}
        decision = 1 if more else 0 if "Number 2" in text else 2
        answer(api, sam, leased, decided(decision, rationale="So.", **more))
    return project


def by_rui(project: Project, task: dict[str, Any]) -> dict[str, Any]:
    """What rui says to a task."""
    if task["kind"] == "compare":
        best = project.criteria.get(key="overall").scale.values[0]
        edit = {"slot": "A", "text": "A better winner."}
        return {"answers": {"overall": best}, "edit": edit, "rationale": "Shorter."}
    if task["responses"]:
        return {"text": "A better draft.", "declared_assist": True}
    return {"text": f"My answer to: {task['messages'][0]['content']}", "typed": 90, "pasted": 10}


def answer(api: CallAs, user: User, leased: dict[str, Any], fields: dict[str, Any]) -> None:
    sent = api(user).post(f"assignments/{leased['id']}/judgment/", fields)
    assert sent.status_code == 201, sent.content


def said(project: Project) -> set[tuple[object, ...]]:
    """Every answer that counts, by ids of the data; of a comparison whom it prefers."""
    answers = Answer.objects.filter(judgment__project=project).counting()
    names = dict(Response.objects.filter(prompt__project=project).values_list("pk", "external_id"))
    return {
        (
            answer.judgment.task.external_id,
            answer.criterion.key,
            answer.value if answer.response_id else abs(answer.value or 0),
            names[answer.response_id or answer.judgment.task.response_ids[(answer.value or 0) > 0]],
            answer.judgment.rationale,
        )
        for answer in answers.select_related("judgment__task", "criterion")
    }


def wrote(project: Project) -> set[tuple[object, ...]]:
    """Every text with its judgment, original, how it was written and who must not review it."""
    texts = Response.objects.filter(judgment__project=project)
    assert all(text.judgment and text.author_id == text.judgment.rater_id for text in texts)
    own = {
        text.external_id: (
            text.judgment and text.judgment.task.external_id,
            text.content,
            text.is_human,
            text.edited_from and text.edited_from.external_id,
            [task.external_id for task in text.review_tasks.all()],
        )
        for text in texts
    }
    how = Writing.objects.filter(judgment__project=project).values_list(
        *("judgment__task__external_id", "distance", "typed", "pasted", "declared_assist"),
        "original__external_id",
    )
    return {*map(str, own.items()), *how}


def bring(project: Project, content: list[dict[str, Any]], lena: User) -> Import:
    import_ = create_import(
        project=project,
        created_by=lena,
        filename="judgments.jsonl",
        content="\n".join(map(json.dumps, content)).encode(),
    )
    run_import(import_.pk)
    import_.refresh_from_db()
    return import_


def judgments(built: Built, project: Project, recipe: str, **more: Any) -> list[dict[str, Any]]:
    return rows(built(project, recipe=recipe, file_type="jsonl", **more), "judgments")


def test_texts_and_their_reviews_come_back_whole_wherever_their_rows_stand(
    school: Project, lena: User, built: Built
):
    released = judgments(built, school, "demonstrations")
    released.sort(key=lambda row: row["kind"] != "review")  # before the texts that they are of
    again = make(lena, name="Again")
    import_ = bring(again, released, lena)
    assert counts(import_) == {"rows": 8, "created": 8, "labels": 8}
    assert import_.options["kinds"] == {"write": 3, "compare": 1, "review": 4}
    assert said(again) == said(school)
    assert wrote(again) == wrote(school)
    figures = [
        acceptance_of(Judgment.objects.filter(project=p, task__reviews__isnull=False).counting())
        for p in (school, again)
    ]
    assert figures[0].accepted == figures[1].accepted
    assert figures[0].distance == figures[1].distance
    # What is released of it is the same too, but for pseudonyms and what nobody imports.
    sft = [
        sorted(
            (row["messages"][-1]["content"], row["edited"], row["decision"], row["paste_ratio"])
            for row in rows(built(p, recipe="demonstrations", file_type="jsonl"), "sft")
        )
        for p in (school, again)
    ]
    assert sft[0] == sft[1]
    assert counts(bring(again, released, lena)) == {"rows": 8, "unchanged": 8}


def test_edits_of_winners_come_back_with_their_reviews_by_the_recipe_that_makes_pairs_of_them(
    school: Project, lena: User, built: Built
):
    released = judgments(built, school, "llama3")
    assert sorted(row["kind"] for row in released) == ["compare", *["review"] * 4, *["write"] * 3]
    again = make(lena, name="Again")
    assert counts(bring(again, released, lena))["labels"] == 8
    pairs = [
        sorted((r["chosen_id"], r["rejected_id"], r["edited"]) for r in preference)
        for p in (school, again)
        for preference in [rows(built(p, recipe="llama3", file_type="jsonl"), "preference")]
    ]
    assert pairs[0] == pairs[1]
    assert len(pairs[0]) == 3, "edited over chosen, edited over rejected, chosen over rejected"


def test_a_text_that_comes_without_a_review_is_reviewed_here_by_anybody(
    school: Project, lena: User, sam: User, rui: User, built: Built, api: CallAs
):
    released = judgments(built, school, "demonstrations")
    texts = [row for row in released if row["kind"] == "write"]
    again = make(lena, rui, sam, name="Again")
    import_ = bring(again, texts, lena)
    assert counts(import_) == {"rows": 3, "created": 3, "labels": 3}
    reviews = Task.objects.filter(project=again, reviews__isnull=False)
    assert reviews.filter(open_slots=1, import_job=import_).count() == 3
    act(api, sam, again, **decided(2))
    # The reviews of the file join those that were asked for, under whatever id.
    later = bring(again, [row for row in released if row["kind"] == "review"], lena)
    assert counts(later)["refused"] == 1, "that of the edited winner, which is not in the project"
    assert "The text that it reviews" in ImportRefusal.objects.get(import_job=later).reason
    assert reviews.count() == 3
    assert Judgment.objects.filter(task__in=reviews).count() == 4
    undo_import(request_undo(import_=later, actor=lena).pk)
    assert Judgment.objects.filter(task__in=reviews).count() == 1
    with pytest.raises(Conflict, match="People have judged its tasks"):
        request_undo(import_=import_, actor=lena)
    alone = make(lena, name="Alone")
    undo_import(request_undo(import_=bring(alone, released, lena), actor=lena).pk)
    assert not Task.objects.filter(project=alone).exists()
    assert not Response.objects.filter(prompt__project=alone).exists()


def row_of(name: str, **more: Any) -> dict[str, Any]:
    """A row of a release's judgments that wrote a text."""
    return {
        "task_id": name,
        "judgment_id": f"judgment-{name}",
        "rater": "kim",
        "kind": "write",
        "prompt": [{"role": "user", "content": f"Write {name}."}],
        "responses": [],
        "response_ids": [],
        "answers": [],
        "text": "So.",
        "text_id": f"text-{name}",
        "edit_of": 0,
        **more,
    }


def review_of(name: str, rater: str, **more: Any) -> dict[str, Any]:
    """The row of its review."""
    answers = [{"criterion": "decision", "response": 1, "value": 2}]
    texts = {"responses": ["So."], "response_ids": [f"text-{name}"], "text": ""}
    return {**row_of(name), **texts, "kind": "review", "answers": answers, "rater": rater} | {
        "task_id": f"{name}-review",
        **more,
    }


def test_what_does_not_fit_is_refused_by_name_and_nothing_of_it_is_stored(lena: User):
    project = make(lena)
    bad: dict[str, tuple[dict[str, Any], str]] = {
        "spaces": ({"text": " "}, "nothing in it but spaces"),
        "place": ({"edit_of": 3}, "from 0, for none, to 0"),
        "count": ({"typed": -1}, "number of characters"),
        "label": (
            {"text": "", "answers": [{"criterion": "overall", "response": 0, "value": 1}]},
            "takes no labels but texts",
        ),
        "rated": (
            {"kind": "rate", "responses": ["X."], "response_ids": ["x"], "edit_of": 1},
            "Nothing is written on a task of this kind",
        ),
        "twice": ({"responses": ["X."], "response_ids": ["text-twice"]}, "has this id"),
        "huge": ({"text": "x" * 1_000_001}, "1,000,000"),
    }
    rows_ = [row_of(name, **more) for name, (more, _) in bad.items()]
    fine = [row_of("good"), review_of("good", "kim"), review_of("gone", "vera")]
    import_ = bring(project, [*rows_, *fine], lena)
    reasons = dict(import_.refusals.values_list("row_id", "reason"))
    for name, (_, why) in bad.items():
        assert why in reasons[name], (name, reasons[name])
    assert "A second person reviews it" in reasons["good-review"]
    assert "is not in the project" in reasons["gone-review"]
    assert counts(import_) == {"rows": 10, "created": 1, "labels": 1, "refused": 9}
    (text,) = Response.objects.filter(judgment__project=project)
    assert (text.external_id, text.review_tasks.get().open_slots) == ("text-good", 1)


def test_a_concord_row_brings_texts_and_edits_of_named_raters(
    lena: User, project: Project, take: Any
):
    school = make(lena)
    rows_: list[dict[str, Any]] = [
        {
            "id": "w1",
            "kind": "write",
            "prompt": "Apologise.",
            "judgments": [{"rater": "kim", "text": "Sorry.", "typed": 6, "pasted": 0}],
        },
        {
            "id": "p1",
            "prompt": "Why?",
            "responses": [{"id": "a", "content": "So."}, {"id": "b", "content": "No."}],
            "judgments": [
                {"rater": "kim", "overall": -1, "edit": {"response": "a", "text": "Just so."}}
            ],
        },
        {
            "id": "p2",
            "prompt": "Why not?",
            "responses": [{"id": "a", "content": "So."}, {"id": "b", "content": "No."}],
            "judgments": [
                {"rater": "kim", "overall": -1, "edit": {"response": "x", "text": "Just so."}}
            ],
        },
    ]
    import_ = bring(school, rows_, lena)
    assert counts(import_) == {"rows": 3, "created": 2, "refused": 1, "labels": 2}
    assert "“x” is no response of this row" in ImportRefusal.objects.get().reason
    texts = Response.objects.filter(judgment__project=school)
    assert {(t.content, t.edited_from and t.edited_from.external_id) for t in texts} == {
        ("Sorry.", None),
        ("Just so.", "a"),
    }
    assert Task.objects.filter(reviews__in=texts, open_slots=1).count() == 2
    assert counts(bring(school, rows_[:2], lena)) == {"rows": 2, "unchanged": 2}
    rows_[0]["judgments"][0]["text"] = "Sorry, sorry."
    again = bring(school, rows_[:1], lena)
    assert counts(again) == {"rows": 1, "refused": 1}, again.error
    assert "on record with another answer" in again.refusals.get().reason
