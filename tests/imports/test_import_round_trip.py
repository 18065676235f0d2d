"""What a release says of each response comes back by an import with the same answers by id."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labeling.imports.services import create_import, run_import
from labeling.models import Answer, Span, Task
from labeling.releases.requests import ReleaseOptions
from labeling.releases.services import folder_of, request_release, run_release
from projects.models import Project, Reason, User
from projects.project_templates import CriterionSpec, GuidelineSpec, PrincipleSpec
from projects.services.projects import create_project

QUESTIONS = [
    CriterionSpec("overall", "Which is better?", "llama_eval7", is_primary=True),
    CriterionSpec("order", "Which are better?", "ranking", is_primary=True),
    CriterionSpec("good", "Is it good?", "thumb", is_primary=True),
    CriterionSpec("safe", "Is it safe?", "yes_no", is_required=False),
]
RESPONSES = [{"id": f"c{i}", "content": f"Answer {i}."} for i in (1, 2, 3, 4)]
SAFE = {"c1": 1, "c2": "unsure"}
MARKED = {"response": "c1", "start": 0, "end": 6, "quote": "Answer", "polarity": "fault"}
SPANS: list[dict[str, Any]] = [
    {**MARKED, "criterion": "safe", "note": "Says nothing."},
    {**MARKED, "polarity": "praise", "principle": "P1"},
    {**MARKED, "response": None, "end": 3, "quote": "Why", "flag": "unsafe"},
]


def row(id: str, count: int, **answers: Any) -> dict[str, Any]:
    """A row of so many responses, judged by two, who both marked the same."""
    beside = {"spans": SPANS, "reasons": ["truth"]}
    judgments = [{"rater": rater, "answers": answers, **beside} for rater in ("ann", "bo")]
    about = {"prompt": f"Why {id}?", "responses": RESPONSES[:count]}
    return {"id": id, **about, "judgments": judgments}


ROWS = {
    "compare": [row("p", 2, overall=-2, safe=SAFE)],
    "rank": [row("r", 4, order=[["c3"], ["c1", "c2"], ["c4"]], safe=SAFE)],
    "rate": [
        row("one", 1, good=1),
        {**row("two", 2, good={"c1": 0, "c2": 1}, safe=SAFE), "kind": "rate"},
    ],
}
#: The recipe of a release that holds the judgments of a kind, and its criterion.
RELEASED = {
    "compare": ("raw", "overall"),
    "rank": ("instructgpt", "order"),
    "rate": ("ratings", "good"),
}


def made(name: str, lena: User) -> Project:
    principles = [PrincipleSpec("Be true", "Do not invent.")]
    guideline = GuidelineSpec(text="Helpful first.", principles=principles)
    settings = {"overlap": 2}
    project = create_project(
        name=name, created_by=lena, criteria=QUESTIONS, guideline=guideline, settings=settings
    )
    Reason.objects.create(project=project, code="truth", label="Is it true?")
    return project


def taken(project: Project, lena: User, content: bytes, **how: Any) -> None:
    import_ = create_import(
        project=project, created_by=lena, filename="rows.jsonl", content=content, **how
    )
    run_import(import_.pk)
    import_.refresh_from_db()
    assert import_.counts["refused"] == 0, list(import_.refusals.values_list("field", "reason"))


def said(project: Project) -> set[tuple[Any, ...]]:
    """Every answer by the ids of task and response; of a comparison, which response is better."""
    answers = Answer.objects.filter(judgment__project=project, judgment__is_current=True)
    firsts = {
        task.pk: task.prompt.responses.get(pk=task.response_ids[0]).external_id
        for task in Task.objects.filter(project=project).exclude(response_ids=[])
    }
    return {
        (
            answer.judgment.task.external_id,
            answer.judgment.task.kind,
            answer.criterion.key,
            answer.response.external_id if answer.response else firsts[answer.judgment.task_id],
            answer.value,
            answer.unsaid,
        )
        for answer in answers.select_related("judgment__task", "criterion", "response")
    }


def marked(project: Project) -> list[str]:
    """Every passage by the ids of task and response, and its judgment's reasons."""
    spans = Span.objects.filter(judgment__project=project).order_by()
    columns = ("response__external_id", "message", "start", "end", "polarity")
    names = ("criterion__key", "flag", "principle__number", "note", "judgment__reasons")
    return sorted(map(str, spans.values_list("judgment__task__external_id", *columns, *names)))


@pytest.mark.parametrize("kind", ROWS)
def test_a_release_is_imported_again_with_the_same_answers_by_id(
    lena: User, settings: Any, tmp_path: Path, kind: str
):
    settings.IMPORTS_DIR = tmp_path / "imports"
    first, again = made("First", lena), made("Again", lena)
    again.salt = first.salt
    again.save()
    taken(first, lena, "\n".join(map(json.dumps, ROWS[kind])).encode())
    recipe, key = RELEASED[kind]
    release = request_release(
        project=first,
        created_by=None,
        recipe=recipe,
        format="native",
        file_type="jsonl",
        options=ReleaseOptions(criteria=(key,)),
    )
    run_release(release.pk)
    folder = folder_of(release)
    files = sorted((folder / "judgments").glob("*.jsonl"))
    content = b"".join(path.read_bytes() for path in files)
    assert content
    taken(again, lena, content, mapping={"id": "task_id"})
    assert said(again) == said(first)
    assert marked(again) == marked(first)
    assert len(marked(first)) == 2 * len(SPANS) * len(ROWS[kind])
    # Once more changes nothing.
    taken(again, lena, content, mapping={"id": "task_id"})
    assert marked(again) == marked(first)
    assert {task[1] for task in said(again)} == {kind}


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"end": 99}, "judgments[0].spans[0].end", "Ends beyond its text of 9 characters"),
        ({"quote": "answer"}, "judgments[0].spans[0].quote", "Differs from what stands there"),
        ({"start": 6, "end": 6, "quote": ""}, "judgments[0].spans[0]", "Marks no words"),
        ({"start": -1}, "judgments[0].spans[0].start", "a whole number from 0"),
        ({"message": 1}, "judgments[0].spans[0].message", "no such message"),
        ({"response": "c9"}, "judgments[0].spans[0].response", "is no response of this row"),
        ({"polarity": "bad"}, "judgments[0].spans[0].polarity", "one of fault, praise"),
        ({"flag": "rude", "criterion": None}, "judgments[0].spans[0].flag", "Must be one of"),
        ({"flag": "unsafe"}, "judgments[0].spans[0]", "exactly one of"),
        ({"criterion": "colour"}, "judgments.colour", "has no criterion “colour”"),
        ({"criterion": None, "principle": "P9"}, "principle", "has no principle “P9”"),
        ({"note": "x" * 501}, "judgments[0].spans[0].note", "500"),
        ({"colour": 1}, "judgments[0].spans[0]", "“colour” is unknown"),
        ({"reasons": ["taste"]}, "judgments.reasons", "no reason “taste”; it has: truth"),
    ],
)
def test_a_passage_or_a_reason_that_does_not_fit_is_refused_by_field(
    lena: User, settings: Any, tmp_path: Path, change: dict[str, Any], field: str, reason: str
):
    settings.IMPORTS_DIR = tmp_path / "imports"
    project = made("First", lena)
    reasons = change.get("reasons", [])
    span = {**MARKED, "criterion": "safe", **{k: v for k, v in change.items() if k != "reasons"}}
    label = {"rater": "ann", "answers": {"overall": -2}, "spans": [span], "reasons": reasons}
    about = {"id": "p", "prompt": "Why?", "responses": RESPONSES[:2]}
    content = json.dumps({**about, "judgments": [label]}).encode()
    import_ = create_import(
        project=project, created_by=lena, filename="rows.jsonl", content=content
    )
    run_import(import_.pk)
    (refusal,) = import_.refusals.all()
    assert (refusal.line, refusal.field) == (1, field)
    assert reason in refusal.reason
    assert not Task.objects.exists()
