"""How much better an imported label says a response is: what its source told, and no more."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from labeling.models import Answer, Task
from labeling.vocabulary import Grade
from projects.models import Criterion, Project
from projects.scales import SCALES
from projects.services.projects import create_project
from tests.datasets.kinds import annotation, labelstudio, pairwise
from tests.imports.conftest import Take

PAIR = {"id": "q1", "prompt": "Why?", "response_a": "Because.", "response_b": "No."}
CHOSEN = {"id": "q1", "prompt": "Why?", "chosen": "Because.", "rejected": "No."}


def on_scale(project: Project, scale: str) -> None:
    Criterion.objects.filter(project=project, is_primary=True).update(scale_key=scale)


def answers(project: Project, row: dict[str, Any] = PAIR) -> list[tuple[int, bool]]:
    """(value, side only) of each label, negative where the row's first response is better."""
    first = row.get("response_a") or row.get("chosen") or row.get("answer1")
    stored = []
    for answer in Answer.objects.filter(judgment__project=project).order_by("judgment_id"):
        task = Task.objects.get(pk=answer.judgment.task_id)
        responses = task.prompt.responses.in_bulk(task.response_ids)
        turned = responses[task.response_ids[0]].content != first
        assert answer.value is not None
        stored.append((-answer.value if turned else answer.value, answer.side_only))
    return stored


def choices(*words: str) -> list[dict[str, object]]:
    """Label Studio tasks, one annotation each, of one set of choices."""
    results = [{"type": "choices", "value": {"choices": [word]}} for word in words]
    rows = [labelstudio(annotation(1, result)) for result in results]
    return [{**row, "id": i} for i, row in enumerate(rows)]


def stored_words(take: Take, project: Project, scale: str, *words: str) -> list[tuple[int, bool]]:
    """What the words become on a scale."""
    rows = choices(*words)
    on_scale(project, scale)
    assert take(*rows).counts["labels"] == len(words)
    return answers(project, {"answer1": rows[0]["data"]["answer1"]})  # type: ignore[index]


@pytest.mark.parametrize(
    ("scale", "values"),
    [
        ("llama_eval7", [(-3, False), (1, False), (2, False), (-2, False), (1, True)]),
        ("llama2_4", [(-4, False), (2, False), (3, False), (-3, False), (1, False)]),
        ("helpsteer7", [(-3, False), (1, False), (2, False), (-2, False), (1, True)]),
        ("webgpt5", [(-2, False), (1, True), (1, False), (-1, False), (1, True)]),
        ("arena4", [(-1, True), (1, True), (1, True), (-1, True), (1, True)]),
        ("hh8", [(-1, True), (1, True), (1, True), (-1, True), (1, True)]),
    ],
)
def test_words_of_strength_become_the_number_of_the_projects_scale(take, project, scale, values):
    words = ("A is much better", "B is slightly better", "B is clearly better", "A is better")
    assert stored_words(take, project, scale, *words, "B is negligibly better") == values


def test_better_alone_is_a_strength_only_among_others(take, project):
    assert stored_words(take, project, "llama_eval7", "A is better", "B is better", "left") == [
        (-1, True),
        (1, True),
        (-1, True),
    ]


def test_a_sides_name_tells_no_strength_even_among_words_that_do(take, project):
    said = stored_words(take, project, "llama_eval7", "A", "B is much better")
    assert said == [(-1, True), (3, False)]


@pytest.mark.parametrize("scale", ["hh8", "llama_eval7", "arena4"])
def test_chosen_and_rejected_tell_the_side_alone(take, project, scale):
    on_scale(project, scale)
    take(CHOSEN, rater="crowd")
    assert answers(project, CHOSEN) == [(-1, True)]


@pytest.mark.parametrize(
    "row",
    [
        {**CHOSEN, "annotator": "kim"},
        {
            "input": {"messages": [{"role": "user", "content": "Why?"}]},
            "preferred_output": [{"role": "assistant", "content": "Because."}],
            "non_preferred_output": [{"role": "assistant", "content": "No."}],
        },
        {"prompt": "Why?", "responses": ["Because.", "No."], "ranks": [1, 2]},
        {**PAIR, "winner": "model_a"},
        {**PAIR, "winner_model_a": 1, "winner_model_b": 0, "winner_tie": 0},
        {
            **labelstudio(annotation(1, pairwise("left"))),
            "data": {"prompt": "Why?", "answer1": "Because.", "answer2": "No."},
        },
    ],
)
def test_every_source_that_tells_the_side_alone_says_so(take, project, row):
    assert take(row, rater="crowd").counts.get("labels") == 1
    assert answers(project) == [(-1, True)]


def test_a_tie_has_no_side_and_a_signed_value_keeps_its_strength(take, project):
    helpsteer = {
        "context": [{"role": "user", "content": "Why?"}],
        "response1": "Because.",
        "response2": "No.",
        "overall_preference": -1,
    }
    take({**PAIR, "id": "t", "winner": "tie"}, rater="crowd")
    take(helpsteer, rater="crowd")
    take({**PAIR, "id": "s", "rater": "kim", "overall": -1})
    assert Answer.objects.filter(side_only=True).count() == 0
    assert sorted(abs(value) for value, _ in answers(project)) == [0, 1, 1]


def test_a_concord_row_says_which_of_its_values_are_sides(take, project):
    said = [
        {"rater": "r1", "overall": -1, "correct": 2, "side_only": ["overall"]},
        {"rater": "r2", "overall": -1, "correct": 0, "side_only": True},
        {"rater": "r3", "overall": -1, "side_only": False},
    ]
    row = {**PAIR, "judgments": said}
    assert take(row).counts["labels"] == 3
    assert answers(project) == [(-1, True), (2, False), (-1, True), (0, False), (-1, False)]
    assert take(row).counts["unchanged"] == 1


@pytest.mark.parametrize("side_only", [["overall"], ["correct"], True, "yes"])
def test_a_strength_that_is_called_a_side_is_refused(take, project, side_only):
    row = {**PAIR, "judgments": [{"rater": "r1", "overall": -2, "side_only": side_only}]}
    import_ = take(row)
    assert import_.refusals.get().field == "judgments[0].side_only"


def test_the_same_label_again_is_unchanged_and_another_is_refused(take, project):
    words = ["A is much better", "B is slightly better", "right"]
    stored_words(take, project, "llama_eval7", *words)
    assert take(*choices(*words)).counts["unchanged"] == 3
    # The record says more than a side, and a side says less than a strength.
    again = take(*choices("A", "B is much better", "B is slightly better"))
    assert (again.counts["unchanged"], again.counts["refused"]) == (1, 2)
    assert take(*choices("B", "A", "A")).counts["refused"] == 3


def test_the_lead_reads_the_side_and_no_strength(take, project, lena, client: Client):
    on_scale(project, "hh8")
    take(CHOSEN, rater="crowd")
    task = Task.objects.get()
    side = 1 if Answer.objects.filter(value__lt=0).exists() else 2
    client.force_login(lena)
    client.post(reverse("labeling:task-votes", args=[project.slug, task.pk]))
    page = client.get(reverse("labeling:task", args=[project.slug, task.pk])).content.decode()
    assert f"response {side} is better, strength not told" in page
    said, _ = page.split('id="votes"')[1].split("</section>", 1)
    assert "strength 1 of 4" not in said


def test_every_word_of_strength_of_a_scale_is_one_that_sources_use():
    grades = {grade.value for grade in Grade}
    for scale in SCALES.values():
        assert scale.grades.keys() <= grades
        assert set(scale.grades.values()) <= {abs(value) for value in scale.values}


@pytest.mark.parametrize("file_type", ["jsonl", "csv", "parquet"])
def test_a_side_alone_survives_a_release_and_its_import(take, project, tmp_path, file_type):
    on_scale(project, "hh8")
    take(CHOSEN, rater="crowd")
    take({**PAIR, "id": "q2", "rater": "kim", "overall": -3})
    out = tmp_path / "out"
    how = f"--recipe raw --format judgments --file-type {file_type} --split 100,0,0"
    call_command("create_release", project.slug, *how.split(), "--out", str(out), verbosity=0)
    (file,) = [path for path in sorted(out.rglob(f"*.{file_type}*")) if path.stat().st_size]
    copy = create_project(name="Copy", created_by=project.created_by, template="helpful-harmless")
    call_command("import_tasks", copy.slug, str(file), verbosity=0)
    sides = Answer.objects.filter(judgment__project=copy).values_list("side_only", flat=True)
    assert sorted(sides) == [False, True]
