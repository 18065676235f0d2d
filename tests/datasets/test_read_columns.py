"""Every column is part of what raters see, known about it, or asked about; nothing is guessed."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from labeling.datasets.readers import Detection, OpenQuestions, accepted, detect, read
from labeling.datasets.rows import ImportRow
from tests.datasets.kinds import SAMPLES

LONG = "A long text that people should have read before they judge anything at all."
PAIR = {"prompt": "Why?", "response_a": "Because.", "response_b": "No."}
ALPACA = {"instruction": "Correct it.", "input": "He go."}
SIDES: dict[str, dict[str, Any]] = {
    "pairs": {"output_1": "He goes.", "output_2": "He went."},
    "concord": {"responses": ["He goes.", "He went."]},
    "trl": {"chosen": "He goes.", "rejected": "He went."},
    "lmarena": {"response_a": "He goes.", "response_b": "He went.", "winner": "model_a"},
    "listwise": {"responses": ["He goes.", "He went."], "ranks": [1, 2]},
    "ultrafeedback": {"completions": [{"response": "He goes."}, {"response": "He went."}]},
    "helpsteer3": {"response1": "He goes.", "response2": "He went.", "overall_preference": 1},
}


def roles(detection: Detection) -> dict[str, str]:
    return {column: role.value for column, role in detection.roles.items()}


def asked(detection: Detection) -> dict[str, Any]:
    """code -> the mapping of the guess, None without one."""
    return {
        question.code: None if question.guess is None else question.options[question.guess].mapping
        for question in detection.questions
    }


@pytest.mark.parametrize(
    "row", [row for _, _, row in SAMPLES], ids=[name for name, _, _ in SAMPLES]
)
def test_a_kind_that_says_what_it_is_is_asked_nothing(seen, row):
    detection = seen(row)
    assert detection.questions == ()
    assert set(detection.roles) == set(detection.columns)


@pytest.mark.parametrize("kind", SIDES)
def test_instruction_and_input_are_one_prompt_in_every_kind(rows, seen, kind):
    row = {**ALPACA, **SIDES[kind]}
    assert seen(row).format == kind
    assert [m.content for m in rows(row)[0].messages] == ["Correct it.\nHe go."]


@pytest.mark.parametrize("kind", SIDES)
def test_a_system_text_comes_first_in_every_kind(rows, kind):
    row = {"instruction": "Correct it.", "system_prompt": "Be brief, please.", **SIDES[kind]}
    messages = rows(row)[0].messages
    assert [(m.role, m.content) for m in messages] == [
        ("system", "Be brief, please."),
        ("user", "Correct it."),
    ]


def test_a_system_column_that_names_systems_is_never_shown_unasked(seen, rows):
    row = {**PAIR, "system": "gpt-4-turbo"}
    assert asked(seen(row)) == {"unseen_text": {"system": ""}}
    (kept,) = rows(row, mapping={"system": ""})
    assert (len(kept.messages), kept.metadata) == (1, {"system": "gpt-4-turbo"})


def test_a_system_text_that_the_chats_repeat_is_not_said_twice(rows):
    chat = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
    chosen, rejected = ([*chat, {"role": "assistant", "content": c}] for c in ("Yo", "Ho"))
    (row,) = rows({"system": "Be brief.", "chosen": chosen, "rejected": rejected})
    assert [m.content for m in row.messages] == ["Be brief.", "Hi"]


@pytest.mark.parametrize(
    ("column", "value", "guess"),
    [
        ("background", "Short", {"passage": "background"}),
        ("Source document", LONG, {"passage": "Source document"}),
        ("notes_for_all", LONG, None),
        ("anything", LONG, {"anything": ""}),
        ("original_question", LONG, {"input": "original_question"}),
        ("reference_answer", LONG, {"reference_answer": ""}),
        ("history", [{"role": "user", "content": "Hi"}], {"passage": "history"}),
        ("history", [["Hi", "Hello"]], {"passage": "history"}),
        ("documents", [{"text": "Hi"}], {"documents": ""}),
        ("source", LONG, {"source": ""}),
        ("source", "wiki", None),
        ("document_id", "a b", None),
        ("sha256", "ab" * 32, None),
        ("context_url", "https://example.org/a-very-long-path/that-says-nothing", None),
        ("critique", LONG, None),
        ("input_tokens", 17, None),
        ("original_prompt", "Why?", None),
        ("長い", "これは評価する前に読むべき長い文章です。" * 3, {"長い": ""}),
    ],
)
def test_text_that_nobody_claims_is_asked_about_unless_its_name_or_length_says_enough(
    seen, column, value, guess
):
    detection = seen({**PAIR, column: value})
    assert asked(detection) == ({} if guess is None else {"unseen_text": guess})
    assert roles(detection)[column] == ("metadata" if guess is None else "question")


def test_the_words_of_a_remark_are_metadata(seen):
    assert roles(seen({**PAIR, "notes_for_all": LONG}))["notes_for_all"] == "metadata"


def test_a_first_input_that_comes_late_is_part_of_the_prompt(rows):
    row = {**PAIR, "input": ""}
    made = rows(*({**row, "id": i} for i in range(60)), {**row, "id": "late", "input": "x"})
    assert made[-1].messages[0].content == "Why?\nx"


def test_a_column_whose_first_rows_are_empty_is_asked_about_where_it_speaks(tmp_path):
    path = tmp_path / "rows.csv"
    first = "".join(f"{i},Why {i}?,a,b,\n" for i in range(60))
    path.write_text(f"id,prompt,response_a,response_b,background\n{first}late,Who?,a,b,{LONG}\n")
    assert roles(detect(path))["background"] == "metadata"

    def last(**mapping: str) -> Any:
        return list(read(path, mapping=mapping))[-1]

    refusal = last()
    assert (refusal.field, refusal.code) == ("background", "ambiguous")
    row = last(passage="background")
    assert row.messages[0].content == f"{LONG}\n\nWho?"
    assert last(background="").metadata == {"background": LONG}


def test_a_column_is_left_as_metadata_by_its_name_with_nothing_behind_it(rows):
    (row,) = rows({**PAIR, "anything": LONG}, mapping={"anything": ""})
    assert row.metadata == {"anything": LONG}


#: The answer that two texts are compared by themselves.
NONE = {"prompt": ""}


@pytest.mark.parametrize(
    ("row", "options", "guess"),
    [
        (
            {"history": "Is it?", "chosen": "I think", "rejected": "I do"},
            [{"prompt": "history"}, NONE, {"prompt": "chosen"}],
            {"prompt": "history"},
        ),
        (
            {"transcript": [{"from": "user", "value": "Go"}], "chosen": "a", "rejected": "b"},
            [{"messages": "transcript"}, NONE],
            {"messages": "transcript"},
        ),
        (
            {"one": LONG, "two": LONG, "output_1": "a", "output_2": "b"},
            [{"prompt": "one"}, {"prompt": "two"}, NONE],
            None,
        ),
        ({"chosen": "The sky", "rejected": "The sea"}, [NONE, {"prompt": "chosen"}], None),
        ({"chosen": "Blue.", "rejected": "Green."}, [NONE], None),
        ({"text1": "Blue.", "text2": "Green."}, [NONE], None),
        (
            {"post": "Where?", "human_ref_A": "a", "human_ref_B": "b"},
            [{"prompt": "post"}, NONE],
            {"prompt": "post"},
        ),
    ],
)
def test_a_prompt_under_an_unknown_name_is_asked_for(seen, row, options, guess):
    (question,) = seen(row).questions
    assert question.code == "prompt"
    assert [dict(option.mapping) for option in question.options] == options
    assert asked(seen(row)) == {"prompt": guess}


def test_what_two_answers_begin_with_is_no_prompt(rows):
    texts = {"chosen": "I think it is.", "rejected": "I do not."}
    with pytest.raises(OpenQuestions):
        rows(texts)
    made = rows({"prompt": "Is it?", **texts, "id": 1}, {**texts, "id": 2})
    assert [getattr(row, "code", "") for row in made] == ["", "missing"]


@pytest.mark.parametrize(
    ("names", "models"),
    [
        (("output_0", "output_1"), ("model_0", "model_1")),
        (("response_0", "response_1"), ("response_0_model", "response_1_model")),
        (("Answer 1", "Answer 2"), ("Model 1", "Model 2")),
        (("completion_a", "completion_b"), ("model_a", "model_b")),
    ],
)
def test_two_responses_are_marked_alike_and_their_models_with_them(rows, names, models):
    row = {name: name for name in (*reversed(names), *reversed(models))}
    (made,) = rows({"prompt": "p", **row})
    assert tuple(r.content for r in made.responses) == names
    assert tuple(r.model for r in made.responses) == models


def test_models_counted_from_one_are_not_given_to_responses_counted_from_zero(rows):
    row = {"prompt": "p", "output_0": "a", "output_1": "b", "model_1": "m1", "model_2": "m2"}
    (made,) = rows(row)
    assert [r.model for r in made.responses] == ["", ""]


@pytest.mark.parametrize("names", [("0", "1", "2"), ("1", "2", "3"), ("a", "b", "c")])
def test_of_three_candidates_none_is_dropped_unasked(seen, rows, names):
    row = {"prompt": "p"} | {f"output_{name}": f"text {name}" for name in names}
    (question,) = seen(row).questions
    assert question.columns == tuple(f"output_{name}" for name in names)
    (whole,) = rows(row, mapping={"responses": "output_*"})
    assert (whole.kind, len(whole.responses)) == ("rank", 3)
    made = rows(row, mapping={"responses": "output_*", "task_kind": "compare"})
    pairs = [tuple(r.content[-1] for r in each.responses) for each in made]
    assert pairs == [(names[0], names[1]), (names[0], names[2]), (names[1], names[2])]


PAIRED = {"responses": "output_*", "task_kind": "compare"}


def test_candidates_that_a_row_does_not_have_are_left_out_of_its_pairs(rows):
    full = {"id": 1, "prompt": "p", "output_1": "a", "output_2": "b", "output_3": "c"}
    made = rows(full, {**full, "id": 2, "output_3": None}, mapping=PAIRED)
    assert [row.external_id for row in made] == ["1-1-2", "1-1-3", "1-2-3", "2"]


@pytest.mark.parametrize(
    "cell",
    [
        "[{'role': 'user', 'content': \"What's up?\"}]",
        "[{'content': \"What's up?\", 'role': 'user'}\n {'content': 'Fine', 'role': 'assistant'}]",
        "array([{'from': 'human', 'value': 'Hi'}], dtype=object)",
        "{'role': 'assistant', 'content': None}",
    ],
)
@pytest.mark.parametrize("column", ["prompt", "chosen", "rejected"])
def test_what_python_prints_for_messages_is_refused_with_how_to_write_it(rows, column, cell):
    (refusal,) = rows({"prompt": "p", "chosen": "a", "rejected": "b", column: cell})
    assert (refusal.field, refusal.code) == (column, "malformed")
    assert "json.dumps" in refusal.reason


def test_an_answer_that_is_python_stays_an_answer(rows):
    (row,) = rows({**PAIR, "response_a": "{'role': 'admin'}", "response_b": "['a', 'b']"})
    assert [r.content for r in row.responses] == ["{'role': 'admin'}", "['a', 'b']"]


@pytest.mark.parametrize("write", [json.dumps, lambda chat: chat], ids=["as text", "as objects"])
def test_chats_are_read_from_json_text_and_from_objects_with_tools_beside_them(rows, write):
    chats = [
        {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": text}]}
        for text in ("Sure", "No")
    ]
    chosen, rejected = ({**chat, "tools": [{"name": "x"}]} for chat in chats)
    (row,) = rows({"chosen": write(chosen), "rejected": write(rejected)})
    assert [m.content for m in row.messages] == ["Hi"]
    assert [r.content for r in row.responses] == ["Sure", "No"]
    assert row.metadata == {"chosen.tools": [{"name": "x"}], "rejected.tools": [{"name": "x"}]}


def test_accepting_goes_on_until_nothing_is_open(tmp_path):
    path = tmp_path / "rows.jsonl"
    row = {
        "history": LONG,
        "document": LONG + "!",
        "output_0": "a",
        "output_1": "b",
        "output_2": "c",
    }
    path.write_text(json.dumps(row))
    kind, mapping = accepted(path)
    assert detect(path, format=kind, mapping=mapping).questions == ()
    (ranked,) = read(path, format=kind, mapping=mapping)
    assert isinstance(ranked, ImportRow)
    assert ranked.kind == "rank"


def test_looking_at_columns_costs_little_whatever_stands_in_them(tmp_path):
    row: dict[str, Any] = {"prompt": "ab" * 10_000, "response_a": " " * 20_000, "response_b": "b"}
    odd = {f"context {i}": ["ab" * 249 + "a "] * 20 for i in range(80)}
    seconds = []
    for columns in ({}, odd):
        path = tmp_path / "rows.jsonl"
        path.write_text("\n".join(json.dumps({**row, **columns}) for _ in range(50)))
        start = time.process_time()
        for line in path.read_text().splitlines():
            json.loads(line)
        parsed = time.process_time()
        detect(path)
        seconds.append(time.process_time() - 2 * parsed + start)
    assert seconds[1] < 0.5


def test_many_columns_of_text_are_few_questions_and_one_answer_is_enough(tmp_path):
    texts = {f"text_{i}": f"{LONG} {i}" for i in range(300)}
    path = tmp_path / "wide.jsonl"
    path.write_text(json.dumps({**PAIR, **texts, "context": f"{LONG} And more."}))
    questions = detect(path).questions
    assert [question.columns[0] for question in questions] == [
        *("context", "text_0", "text_1", "text_2", "text_3", "text_4"),
    ]
    assert len(questions[-1].columns) == 296
    assert questions[-1].text.startswith(
        "“text_4”, “text_5”, “text_6”, “text_7”, “text_8” and 291 "
    )
    _, mapping = accepted(path)
    assert mapping["passage"] == "context"
    assert detect(path, mapping=mapping).questions == ()


def test_of_two_columns_that_would_be_one_field_the_first_is_and_the_other_stays(tmp_path):
    path = tmp_path / "two.jsonl"
    path.write_text(json.dumps({**PAIR, "context": LONG, "passage_of_it": f"{LONG} More."}))
    _, mapping = accepted(path)
    assert mapping == {"passage": "context", "passage_of_it": ""}


@pytest.mark.parametrize("column", ["people", "model_rater", "prompt text", "a=b", "x|y", "q:1,2"])
def test_every_answer_ends_the_question_about_its_column_whatever_its_name(seen, column):
    row = {**PAIR, column: LONG}
    (question,) = seen(row).questions
    for option in question.options:
        assert seen(row, mapping=option.mapping).questions == ()
