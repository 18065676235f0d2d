"""What other tools and data sets say of two responses becomes labels, and what is none is named."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from labeling.datasets.readers import OpenQuestions
from labeling.datasets.readers.shapes.untaken import UNTAKEN
from labeling.datasets.rows import ImportRow, UnreadableFile
from tests.datasets.kinds import HH, TRL_IMPLICIT
from tests.datasets.tool_kinds import (
    ARGILLA,
    ARGILLA_FEEDBACK,
    ARGILLA_JSON,
    DOCCANO,
    FASTCHAT,
    MTURK,
    POTATO,
    PRODIGY,
    PRODIGY_CHOICE,
    SUMMARIES,
    WEBGPT,
    Row,
)


def labels(row: ImportRow) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(j.rater, j.values["overall"], tuple(j.tie_kinds.values())) for j in row.judgments]


@pytest.mark.parametrize(
    ("raw", "rater", "said"),
    [
        (ARGILLA, "", [("annotator-u1", -1, ()), ("annotator-u2", 1, ())]),
        (ARGILLA_JSON, "", [("annotator-u1", -1, ())]),
        (ARGILLA_FEEDBACK, "", [("annotator-u1", 1, ())]),
        (PRODIGY, "", [("fish-alex", -1, ())]),
        ({**PRODIGY, "answer": "ignore"}, "kim", []),
        (PRODIGY_CHOICE, "", [("fish-alex", -1, ())]),
        (FASTCHAT, "", []),
        (FASTCHAT, "arena", [("arena", -1, ())]),
        ({**FASTCHAT, "type": "bothbad_vote"}, "arena", [("arena", 0, ("equal_bad",))]),
        (WEBGPT, "", []),
        (WEBGPT, "openers", [("openers", -1, ())]),
        ({**WEBGPT, "score_0": 0.0, "score_1": 0.0}, "openers", [("openers", 0, ())]),
        (SUMMARIES, "", [("w1", -1, ())]),
        ({**SUMMARIES, "choice": 1}, "", [("w1", 1, ())]),
        (POTATO, "", [("u1", -1, ())]),
        (MTURK, "", [("A1B2", -1, ())]),
        (DOCCANO, "", []),
        ({**DOCCANO, "label": ["both bad"]}, "kim", [("kim", 0, ("equal_bad",))]),
    ],
)
def test_what_a_tool_says_is_a_label_by_whoever_said_it(rows, raw, rater, said):
    (row,) = rows(raw, rater=rater)
    assert labels(row) == said
    assert {*(r.content for r in row.responses)} == {"Cod.", "Cow."}


def test_a_scale_of_potato_counts_as_it_is(rows):
    (row,) = rows({**POTATO, "label_annotations": {"how_much": {"scale_value": "-2"}}})
    assert labels(row) == [("u1", -2, ())]
    assert row.judgments[0].side_only == ()


def test_times_and_models_of_tools_are_kept(rows):
    (turk,) = rows(MTURK)
    assert turk.judgments[0].at == dt.datetime(2024, 1, 31, 20, 1, tzinfo=dt.UTC)
    assert turk.metadata == {"HITId": "3A"}
    (arena,) = rows(FASTCHAT, rater="arena")
    assert [response.model for response in arena.responses] == ["m1", "m2"]
    assert arena.metadata == {"states": [{"conv_id": "c-m1"}, {"conv_id": "c-m2"}]}
    (summary,) = rows(SUMMARIES)
    assert [response.model for response in summary.responses] == ["sup2", "ref"]


def test_what_tools_say_beside_is_metadata_and_never_an_address(rows):
    (argilla,) = rows(ARGILLA)
    assert argilla.metadata["answers_not_taken"] == {"draft": 1}
    assert argilla.metadata["preference.suggestion"] == "response2"
    assert argilla.metadata["clarity.responses"] == [4]
    (arena,) = rows(FASTCHAT)
    assert arena.metadata["type"] == "leftvote"
    assert "1.2.3.4" not in repr(arena)
    (webgpt,) = rows(WEBGPT, rater="openers")
    assert webgpt.metadata["question"] == {"dataset": "eli5", "id": "17"}
    assert "tokens_0" not in webgpt.metadata


def test_the_rows_of_a_batch_of_workers_are_one_task(rows):
    first, second = rows(
        MTURK, {**MTURK, "AssignmentId": "3Y", "WorkerId": "Z", "Answer.choice": "B"}
    )
    assert first.external_id == second.external_id
    assert (labels(first), labels(second)) == ([("A1B2", -1, ())], [("Z", 1, ())])


@pytest.mark.parametrize(
    ("raw", "field", "reason"),
    [
        ({**MTURK, "AssignmentStatus": "Rejected"}, "AssignmentStatus", "work was rejected"),
        ({**MTURK, "Answer.choice": "maybe"}, "Answer.choice", "neither response"),
        ({**FASTCHAT, "type": "upvote"}, "type", "no vote on two conversations"),
        ({**PRODIGY, "answer": "maybe"}, "answer", "accept, reject or ignore"),
        ({**PRODIGY, "accept": {"image": "x"}}, "accept.image", "only text"),
        ({**PRODIGY_CHOICE, "accept": [7]}, "accept", "none of the options"),
        ({**WEBGPT, "score_1": 0.5}, "score_1", "same side"),
        ({**SUMMARIES, "choice": 2}, "choice", "0 or 1"),
        (
            {**POTATO, "label_annotations": {"a": {"selection": "A"}, "b": {"selection": "B"}}},
            "label_annotations",
            "2 schemes",
        ),
        ({**DOCCANO, "label": ["A", "B"]}, "label", "more than one"),
        (
            {
                **ARGILLA,
                **{name.replace("clarity", "best"): said for name, said in ARGILLA.items()},
                "best.responses": ["response1"],
            },
            "best.responses",
            "answers=preference.responses",
        ),
    ],
)
def test_what_a_tool_cannot_mean_is_refused_by_its_field(rows, raw, field, reason):
    *_, refusal = rows(FASTCHAT if "states" in raw else raw, raw, rater="kim")
    assert refusal.field == field
    assert reason in refusal.reason


TEXTS = {"text": "A text.", "id": 1}
ASKED = {"prompt": "Name a fish."}
REPLY = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]
#: What is no comparison, by the kind that it is named as.
NO_COMPARISONS: tuple[tuple[str, Row], ...] = (
    ("rules", {"response": "Cod.", "rule": "Be kind.", "rule_key": "kind", "label": "kept"}),
    ("best-of-n", {"chosen": ["Cod."], "rejected": ["Cow.", "Ox."], "num_correct": 1}),
    ("ranking", {**ASKED, "generations": ["a", "b", "c"], "ranking": [1, 3, 2]}),
    ("steps", {**ASKED, "completions": ["One.", "Two."], "labels": [True, False]}),
    ("ratings", {"response": "Cod.", "helpfulness": 3, "score": 4}),
    ("labels", {**TEXTS, "label": ["fish"], "Comments": []}),
    ("labels", {**TEXTS, "label": [[0, 3, "FISH"]]}),
    ("demonstrations", {"messages": REPLY}),
    ("demonstrations", {"instruction": "Name a fish.", "input": "", "output": "Cod."}),
    ("prompts", ASKED),
    ("texts", TEXTS),
)


@pytest.mark.parametrize(("kind", "raw"), NO_COMPARISONS)
def test_rows_that_are_no_comparison_are_named_with_what_to_do(seen, rows, kind, raw):
    (untaken,) = [known for known in UNTAKEN if known.key == kind]
    detection = seen(raw, raw)
    assert (detection.code, detection.problem) == ("unsupported", untaken.reason)
    with pytest.raises(UnreadableFile, match=r"^These are "):
        rows(raw, raw)


def test_every_kind_that_is_no_comparison_is_tried():
    assert {kind for kind, _ in NO_COMPARISONS} == {known.key for known in UNTAKEN}


def test_annotations_of_potato_without_their_texts_say_what_to_join(seen):
    raw = {
        "user_id": "u1",
        "instance_id": "7",
        "displayed_text": "A. Cod.<br>B. Cow.",
        "label_annotations": {"preference": {"selection": "A"}},
    }
    assert seen(raw).code == "unsupported"
    assert "instance_id" in seen(raw).problem


@pytest.mark.parametrize(
    "raw",
    [
        {"text": ["Cod.", "Cow."]},
        {"id": "0", "text_a": "Cod.", "text_b": "Cow.", "text": ["Cod.", "Cow."]},
        {key: said for key, said in PRODIGY.items() if key != "input"},
    ],
)
def test_two_texts_without_a_prompt_are_a_comparison(rows, raw):
    (row,) = rows(raw)
    assert row.messages == ()
    assert {response.content for response in row.responses} == {"Cod.", "Cow."}


@pytest.mark.parametrize(
    "raw",
    [
        {"response_a": "Cod.", "response_b": "Cow."},
        {"chosen": "Cod.", "rejected": "Cow."},
        {"chosen": {"role": "assistant", "content": "Cod."}, "rejected": "Cow."},
        {"responses": ["Cod.", "Cow."]},
        {"text1": "Cod.", "text2": "Cow."},
    ],
)
def test_there_is_no_prompt_where_the_user_says_so(rows, raw):
    def said(mapping: dict[str, str]) -> Any:
        return rows(raw, mapping=mapping)

    with pytest.raises(OpenQuestions, match="Which column is the prompt"):
        said({})
    (row,) = said({"prompt": ""})
    assert (row.messages, [r.content for r in row.responses]) == ((), ["Cod.", "Cow."])


@pytest.mark.parametrize("raw", [TRL_IMPLICIT, HH])
def test_a_prompt_within_chats_is_read_where_no_column_is_one(rows, raw):
    (row,) = rows(raw, mapping={"prompt": ""}) if raw is TRL_IMPLICIT else rows(raw)
    assert [turn.content for turn in row.messages] == ["Name a fish."]


def test_metadata_that_is_a_list_stays_metadata(rows):
    pair = {"prompt": "p", "response_a": "a", "response_b": "b"}
    (row,) = rows({**pair, "metadata": ["x", 1]})
    assert row.metadata == {"metadata": ["x", 1]}
