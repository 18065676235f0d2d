"""Label Studio exports: pairwise annotations as labels, and what is said to other projects."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.datasets.readers import detect, read
from labeling.datasets.readers.shapes.labelstudio import lifted
from labeling.datasets.readers.words import word_verdict
from labeling.datasets.records import Message
from labeling.datasets.rows import Duplicate, Refusal, UnreadableFile
from tests.datasets.kinds import LABEL_STUDIO_MIN, annotation, labelstudio, pairwise


def said(row):
    """(rater, overall value, kind of tie) of each label."""
    return [(j.rater, j.values["overall"], j.tie_kinds.get("overall", "")) for j in row.judgments]


def result(kind: str, value: object, **more: object) -> dict[str, object]:
    return {"type": kind, "from_name": "tag", "to_name": "answer1", "value": value, **more}


def choice(*words: str) -> dict[str, object]:
    return result("choices", {"choices": list(words)})


def stars(response: str, number: object) -> dict[str, object]:
    return result("rating", {"rating": number}, to_name=response)


def test_a_task_is_a_prompt_two_answers_and_a_label_an_annotation(rows):
    (row,) = rows(labelstudio(annotation(7, pairwise("left")), annotation(9, pairwise("right"))))
    assert row.external_id == "41"
    assert row.messages == (Message("user", "Name a fish."),)
    assert [response.content for response in row.responses] == ["Cod.", "Cow."]
    assert said(row) == [("annotator-7", -1, ""), ("annotator-9", 1, "")]
    assert row.judgments[0].at == dt.datetime(2026, 3, 9, 22, 16, 8, 728353, dt.UTC)


@pytest.mark.parametrize(
    ("who", "name"),
    [
        (7, "annotator-7"),
        ("ann@example.org", "annotator-ann@example.org"),
        ({"id": 7, "email": "ann@example.org"}, "annotator-7"),
        ({"email": "ann@example.org"}, "annotator-ann@example.org"),
        ('=HYPERLINK("x")', 'annotator-=HYPERLINK("x")'),
    ],
)
def test_annotators_become_placeholders_by_id_or_address(rows, who, name):
    (row,) = rows(labelstudio(annotation(who, pairwise("left"))))
    assert said(row) == [(name, -1, "")]


def test_what_is_no_label_is_counted_by_its_reason_in_the_metadata(rows):
    (row,) = rows(
        labelstudio(
            annotation(1, pairwise("left")),
            annotation(2, pairwise("left"), was_cancelled=True),
            annotation(3),
            annotation(None, pairwise("right")),
        )
    )
    assert said(row) == [("annotator-1", -1, "")]
    assert row.metadata["annotations_not_taken"] == {
        "cancelled": 1,
        "without a preference": 1,
        "without an annotator": 1,
    }


def test_predictions_are_never_judgments(rows):
    prediction = {"model_version": "judge-1", "result": [pairwise("left")]}
    (row,) = rows(labelstudio(predictions=[prediction]))
    assert row.judgments == ()
    assert row.metadata["predictions"] == [prediction]


def test_a_screen_that_shows_the_second_answer_on_the_left_is_undone(rows):
    (row,) = rows(labelstudio(annotation(7, pairwise("left", to_name="answer2,answer1"))))
    assert said(row) == [("annotator-7", 1, "")]


def test_what_the_annotator_wrote_is_the_rationale(rows):
    reason = result("textarea", {"text": ["A cow is no fish.", "See?"]})
    (row,) = rows(labelstudio(annotation(7, pairwise("left"), reason)))
    assert row.judgments[0].rationale == "A cow is no fish.\n\nSee?"


@pytest.mark.parametrize(
    ("results", "value", "tie"),
    [
        ([choice("left")], -1, ""),
        ([choice("Response 2 is better")], 1, ""),
        ([choice("Both bad")], 0, "equal_bad"),
        ([choice("Tie")], 0, ""),
        ([choice("science"), pairwise("right")], 1, ""),
        ([choice("science"), choice("A")], -1, ""),
        ([stars("answer1", 2), stars("answer2", 5)], 1, ""),
        ([stars("answer1", 4), stars("answer2", 4.0)], 0, ""),
    ],
)
def test_choices_and_ratings_count_where_they_say_which_is_better(rows, results, value, tie):
    (row,) = rows(labelstudio(annotation(7, *results)))
    assert said(row) == [("annotator-7", value, tie)]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("Left", -1), ("right", 1), ("A", -1), ("b", 1), ("1", -1), ("answer2", 1),
        ("Response A", -1), ("model_b", 1), ("The first response", -1), ("Output 2 wins", 1),
        ("Answer 1 is much better", -1), ("second is slightly better", 1), ("Neither", 0),
        ("can't tell", 0), ("about the same", 0),
    ],
)  # fmt: skip
def test_words_that_name_a_side_or_a_tie_are_understood(word, value):
    verdict = word_verdict(word)
    assert verdict is not None
    assert verdict.value == value


@pytest.mark.parametrize(
    "word", ["", "positive", "a lot", "Alabama", "3", "not left", "left or right"]
)
def test_other_words_are_not_guessed_at(word):
    assert word_verdict(word) is None


def test_data_keys_are_mapped_like_columns(rows):
    task = labelstudio(annotation(7, pairwise("left")))
    task["data"] = {"text": "Name a fish.", "one": "Cod.", "two": "Cow.", "id": "own"}
    mapping = {"prompt": "text", "response_a": "one", "response_b": "two"}
    (row,) = rows(task, mapping=mapping)
    assert (row.external_id, row.metadata["data.id"]) == ("41", "own")
    assert said(row) == [("annotator-7", -1, "")]


@given(
    st.dictionaries(st.sampled_from(["id", "project", "prompt", "data", "x"]), st.integers()),
    st.dictionaries(st.sampled_from(["id", "prompt", "answer1", "x", "data"]), st.text()),
)
def test_lifting_the_data_of_a_task_loses_nothing(task, data):
    flat = lifted({**task, "annotations": [], "data": data})
    assert len(flat) == len({**task, "data": 0}) + len(data)
    assert all(value in flat.values() for value in data.values())


def test_json_min_has_a_row_an_annotation_and_one_task_of_them(rows):
    other = {**LABEL_STUDIO_MIN, "annotator": "bo@example.org", "annotation_id": 1002}
    first, second, again = rows(LABEL_STUDIO_MIN, other, LABEL_STUDIO_MIN)
    assert (said(first), said(second)) == (
        [("annotator-7", 1, "")],
        [("annotator-bo@example.org", 1, "")],
    )
    assert first.external_id == second.external_id == "41"
    assert isinstance(again, Duplicate)
    # What differs from one annotation to the next is nothing that is known about the task.
    assert first.metadata == second.metadata == {}


def test_what_a_task_says_of_itself_is_metadata(rows):
    (row,) = rows(labelstudio(created_at="2026-03-01T00:00:00Z", meta={"batch": 3}))
    assert row.metadata["created_at"] == "2026-03-01T00:00:00Z"
    assert row.metadata["meta"] == {"batch": 3}


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("comparison", '[{"selected": "left"}]', -1),
        ("any_name", [{"selected": "left"}], -1),
        ("choice", "Response B", 1),
        ("pw", "tie", 0),
    ],
)
def test_json_min_says_its_choice_in_a_column_of_the_projects_name(rows, column, value, expected):
    row = {key: v for key, v in LABEL_STUDIO_MIN.items() if key != "comparison"}
    (made,) = rows({**row, column: value})
    assert made.judgments[0].values["overall"] == expected


NER = labelstudio(
    annotation(7, result("labels", {"start": 0, "end": 4, "text": "Name", "labels": ["VERB"]}))
)
NER["data"] = {"text": "Name a fish."}
BOXES = labelstudio(annotation(7, result("rectanglelabels", {"x": 1, "rectanglelabels": ["cat"]})))
BOXES["data"] = {"image": "https://example.org/1.jpg"}


@pytest.mark.parametrize(("task", "kind"), [(NER, "labels"), (BOXES, "rectanglelabels")])
def test_an_export_of_another_project_type_is_refused_by_the_results_it_holds(
    tmp_path: Path, task, kind
):
    path = tmp_path / "export.json"
    path.write_text(json.dumps([task, task]))
    detection = detect(path)
    assert detection.format == "labelstudio"
    assert detection.problem == (
        "This Label Studio export is of no pairwise project. Its results are of the kind "
        f"{kind}; only pairwise, choices and rating can say which of two responses is better."
    )
    with pytest.raises(UnreadableFile, match="no pairwise project"):
        list(read(path))


@pytest.mark.parametrize(
    ("results", "field", "reason"),
    [
        ([result("labels", {"labels": ["X"]})], "annotations[0].result", "of the kind labels"),
        ([choice("science")], "annotations[0].result", "“science” names neither side"),
        ([choice("left", "right")], "annotations[0].result", "more than one side"),
        ([pairwise("up")], "annotations[0].result[0].value.selected", "left or right"),
        ([result("pairwise", "left")], "annotations[0].result[0].value", "Must be an object."),
        ([stars("answer1", "many")], "annotations[0].result[0].value.rating", "a number"),
        ([stars("answer1", 4)], "annotations[0].result", "do not name both responses"),
        (["x"], "annotations[0].result", "Must be a list of results."),
    ],
)
def test_an_annotation_at_fault_refuses_its_task(rows, results, field, reason):
    good = labelstudio(annotation(7, pairwise("left")))
    _, refusal = rows(good, labelstudio(annotation(7, *results), id=42))
    assert isinstance(refusal, Refusal)
    assert refusal.field == field
    assert reason in refusal.reason


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"annotations": "none"}, "annotations", "list of annotations, not text"),
        ({"annotations": [7]}, "annotations[0]", "not a number"),
        ({"annotations": [annotation(7, pairwise("left"))] * 2}, "judgments", "twice"),
        ({"annotations": [annotation(7, pairwise("left"))] * 101}, "annotations", "more than 100"),
        (
            {"annotations": [annotation(["x"], pairwise("left"))]},
            "annotations[0].completed_by",
            "not a list",
        ),
        ({"data": {"prompt": "x", "answer1": "y"}}, "answer2", "Missing."),
        ({"data": {"prompt": 7, "answer1": "y", "answer2": "z"}}, "prompt", "not a number"),
        ({"data": "x"}, "prompt", "Missing."),
    ],
)
def test_a_task_at_fault_is_refused_by_field(rows, change, field, reason):
    good = labelstudio(annotation(7, pairwise("left")))
    _, refusal = rows(good, {**good, "id": 42, **change})
    assert isinstance(refusal, Refusal)
    assert refusal.field == field
    assert reason in refusal.reason


def test_an_unlabelled_export_gives_tasks_without_labels(rows):
    (row,) = rows(labelstudio())
    assert row.judgments == ()


@pytest.mark.parametrize(
    "results",
    [
        [pairwise("left"), pairwise("right")],
        [stars("answer1", 4), stars("answer2", 2), stars("answer1", 1), stars("answer2", 5)],
        [stars("answer1", 4), stars("answer2", 2), stars("answer2", 5)],
    ],
)
def test_questions_that_are_answered_for_both_sides_make_no_label(rows, results):
    (refused,) = rows(labelstudio(annotation(7, *results)))
    assert (refused.field, refused.code) == ("annotations[0].result", "contradiction")


def test_questions_that_agree_are_one_label(rows):
    (row,) = rows(labelstudio(annotation(7, pairwise("left"), pairwise("left"))))
    assert said(row) == [("annotator-7", -1, "")]


def test_what_else_an_annotator_said_is_metadata(rows):
    more = choice("clearer"), stars("answer1", 4)
    (row,) = rows(labelstudio(annotation(7, pairwise("left"), *more), annotation(8, *more[1:0])))
    assert row.metadata["other_results"] == {
        "annotator-7": [
            {"from_name": "tag", "type": "choices", "value": {"choices": ["clearer"]}},
            {"from_name": "tag", "type": "rating", "value": {"rating": 4}},
        ]
    }


def test_of_two_pairwise_columns_the_mapping_says_which_counts(rows):
    left, right = [{"selected": "left"}], [{"selected": "right"}]
    row = {**LABEL_STUDIO_MIN, "helpful": left, "harmless": right}
    row.pop("comparison")
    (refused,) = rows(row)
    assert (refused.field, refused.code) == ("harmless", "ambiguous")
    (taken,) = rows(row, mapping={"choice": "harmless"})
    assert [value for _, value, _ in said(taken)] == [1]
    assert taken.metadata["helpful"] == left


def test_a_column_of_words_is_offered_as_the_choice(tmp_path):
    flat = {"id": 1, "prompt": "Why?", "answer1": "So.", "answer2": "No.", "annotator": 3}
    file = tmp_path / "flat.json"
    file.write_text(json.dumps([{**flat, "annotation_id": 4, "pref": "left", "lead_time": 2.5}]))
    (notice,) = detect(file).notices
    assert notice.options[0].mapping == {"choice": "pref"}
    row: Any
    (row,) = read(file)
    assert (row.judgments, row.metadata["lead_time"]) == ((), 2.5)
    (row,) = read(file, mapping={"choice": "pref"})
    assert (said(row), row.metadata) == ([("annotator-3", -1, "")], {})
