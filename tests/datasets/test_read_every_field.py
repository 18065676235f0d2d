"""What a row says ends somewhere, and nothing that it does not say does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from msgspec.json import encode
from msgspec.structs import replace

from labeling.datasets.readers import read
from labeling.datasets.rows import ImportRow, Refusal
from tests.datasets.kinds import SAMPLES

PAIR = {"prompt": "Why is it so?", "response_a": "Because.", "response_b": "It is not."}
TWO = {"response_1": "Because.", "response_2": "It is not.", "response_3": "Nobody knows."}
MODELS = {"model_1": "m1", "model_2": "m2", "model_3": "m3"}


def chat(asked: str, answer: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}]


@pytest.mark.parametrize(("first", "second"), [("2", "3"), ("1", "3"), ("3", "1")])
def test_two_of_several_candidates_keep_their_own_models(rows, first, second):
    mapping = {"response_a": f"response_{first}", "response_b": f"response_{second}"}
    (row,) = rows({"prompt": "Why?", **TWO, **MODELS}, mapping=mapping)
    assert [r.content for r in row.responses] == [TWO[column] for column in mapping.values()]
    assert [r.model for r in row.responses] == [f"m{first}", f"m{second}"]


def test_a_chosen_candidate_has_no_other_candidates_model(rows):
    mapping = {"response_a": "response_2", "response_b": "response_3"}
    some = {"model_1": "m1", "model_2": "m2"}
    (row,) = rows({"prompt": "Why?", **TWO, **some}, mapping=mapping)
    assert [r.model for r in row.responses] == ["m2", ""]
    assert row.metadata["model_1"] == "m1"


@pytest.mark.parametrize("names", [("response_1", "answer_2"), ("response_a", "response_2")])
def test_two_responses_that_are_marked_in_two_ways_are_no_pair(seen, names):
    row = {"prompt": "Why?", names[0]: "Because.", names[1]: "It is not."}
    detection = seen(row)
    assert (detection.format, detection.code) == (None, "unrecognised")
    mapping = {"response_a": names[0], "response_b": names[1]}
    assert not seen(row, mapping=mapping).problem


def test_models_counted_from_zero_are_not_given_to_responses_counted_from_one(rows):
    models = {"model_0": "m0", "model_1": "m1"}
    (row,) = rows({"prompt": "Why?", "response_1": "a", "response_2": "b", **models})
    assert [r.model for r in row.responses] == ["", ""]
    assert row.metadata == models


@pytest.mark.parametrize(
    "row",
    [
        {
            "conversation_a": chat("Why?", "Because."),
            "conversation_b": chat("Why?", "It is not."),
            "winner": "model_a",
        },
        {
            "context": [{"role": "user", "content": "Why?"}],
            "response1": "Because.",
            "response2": "It is not.",
            "overall_preference": -2,
        },
    ],
    ids=["lmarena", "helpsteer3"],
)
def test_a_prompt_beside_chats_is_asked_about_unless_it_repeats_them(seen, rows, row):
    (question,) = seen({**row, "prompt": "What else was asked?"}).questions
    assert (question.code, question.columns) == ("unseen_text", ("prompt",))
    (made,) = rows({**row, "prompt": "Why?"})
    assert (made.messages[0].content, made.metadata["prompt"]) == ("Why?", "Why?")


def test_responses_beside_conversations_are_metadata(rows):
    row = {"conversation_a": chat("Why?", "A."), "conversation_b": chat("Why?", "B.")}
    beside = {"response_a": "Other A.", "response_b": "Other B.", "winner": "tie"}
    (made,) = rows({**row, **beside}, {**row, "winner": "tie", "judge": "kim"})[:1]
    assert made.metadata == beside


def test_messages_beside_a_prompt_that_say_something_else_are_refused(rows):
    row = {"prompt": "Why?", "chosen": "Because.", "rejected": "It is not."}
    repeated = {**row, "messages": chat("Why?", "Because.")}
    other = {**row, "messages": chat("What else?", "Because.")}
    taken, refused = rows(repeated, other)
    assert isinstance(taken, ImportRow)
    assert isinstance(refused, Refusal)
    assert (refused.field, refused.code) == ("messages", "contradiction")


@pytest.mark.parametrize(
    "history",
    [[["Hello?", "Hi."]], chat("Hello?", "Hi."), [*chat("Hello?", "Hi."), chat("Why?", "")[0]]],
)
@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "Why?", "response_a": "Because.", "response_b": "It is not."},
        {"instruction": "Why?", "chosen": "Because.", "rejected": "It is not."},
    ],
)
def test_earlier_turns_come_before_the_prompt(rows, history, row):
    (made,) = rows({**row, "history": history}, mapping={"passage": "history"})
    turns = [(turn.role, turn.content) for turn in made.messages]
    assert turns == [("user", "Hello?"), ("assistant", "Hi."), ("user", "Why?")]
    assert made.metadata == {}


def test_earlier_turns_that_are_none_are_refused(rows):
    (refused,) = rows({**PAIR, "history": [["Hello?"]]}, mapping={"passage": "history"})
    assert (refused.field, refused.code) == ("history[0]", "not_allowed")


@pytest.mark.parametrize("prompt", ["\n\nHuman: Why?\n\nAssistant:", "\n\nHuman: Why?", "Why?"])
def test_transcripts_that_say_the_prompt_again_are_cut_behind_it(rows, prompt):
    sides = [f"\n\nHuman: Why?\n\nAssistant: {said}" for said in ("Because.", "It is not.")]
    (row,) = rows({"prompt": prompt, "chosen": sides[0], "rejected": sides[1]})
    assert [m.content for m in row.messages] == ["Why?"]
    assert [r.content for r in row.responses] == ["Because.", "It is not."]


def test_transcripts_of_another_question_stay_whole_responses(rows):
    sides = [f"\n\nHuman: Why?\n\nAssistant: {said}" for said in ("Because.", "It is not.")]
    (row,) = rows({"prompt": "Go on.", "chosen": sides[0], "rejected": sides[1]})
    assert [r.content for r in row.responses] == sides


def test_a_vote_of_helpsteer_keeps_what_else_it_says(rows):
    row = {
        "context": [{"role": "user", "content": "Why?"}],
        "response1": "Because.",
        "response2": "It is not.",
        "overall_preference": -2,
        "individual_preference": [{"score": -2, "reasoning": "Clear.", "confidence": "high"}],
    }
    (made,) = rows(row, rater="crowd")
    assert made.metadata["feedback"] == [{"confidence": "high"}]


def test_a_response_of_messages_keeps_what_else_is_said_of_it(rows):
    turns = [{"role": "assistant", "content": "Because."}]
    (row,) = rows(
        {"prompt": "Why?", "responses": [{"messages": turns, "latency": 3}, "It is not."]}
    )
    assert row.metadata["other_fields"] == {"responses[0]": {"latency": 3}}


def test_a_completion_keeps_its_model_and_what_else_is_said_of_it(rows):
    said = [[{"role": "assistant", "content": text}] for text in ("Because.", "It is not.")]
    completions = [
        {"rank": 0, "completion": said[0], "model": "m-one", "reward": 0.5},
        {"rank": 1, "completion": said[1], "model": "m-two"},
    ]
    (row,) = rows({"context": chat("Why?", "")[:1], "completions": completions})
    assert [r.model for r in row.responses] == ["m-one", "m-two"]
    assert row.metadata == {"ranks": [0, 1], "responses": [{"reward": 0.5}, {}]}


@pytest.mark.parametrize("column", ["judge", "evaluator", "judge_id"])
def test_a_judge_that_is_a_model_is_nobody_elses_vote(rows, column):
    (row,) = rows({**PAIR, "winner": "B", column: "gpt-4"}, rater="kim")
    assert (row.judgments, [vote.rater for vote in row.model_votes]) == ((), ["gpt-4"])


def test_a_tie_beside_a_chosen_response_is_no_preference(rows):
    row = {"prompt": "Why?", "chosen": "Because.", "rejected": "It is not."}
    (refused,) = rows({**row, "rater": "kim", "tie_kind": "equal_bad"})
    assert (refused.field, refused.code) == ("tie_kind", "contradiction")


def test_numbers_that_a_table_wrote_with_a_point_name_the_same_row_and_rater(tmp_path):
    row = {**PAIR, "id": 17, "rater": 3, "overall": -1}
    lines, table = tmp_path / "rows.jsonl", tmp_path / "rows.csv"
    lines.write_text(json.dumps(row))
    values = [*PAIR.values(), "17.0", "3.0", "-1.0"]
    table.write_text(f"{','.join(row)}\n{','.join(values)}\n")
    (first,), (second,) = read(lines), read(table)
    assert replace(first, line=2) == second


def test_turns_without_a_vote_are_turns_and_no_text(tmp_path):
    file = tmp_path / "test.csv"
    cells = [json.dumps([text]) for text in ("Why?", "Because.", "It is not.")]
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
    file.write_text(f"id,prompt,response_a,response_b\n7,{','.join(quoted)}\n")
    (row,) = read(file)
    assert isinstance(row, ImportRow)
    assert row.messages[0].content == "Why?"
    assert [r.content for r in row.responses] == ["Because.", "It is not."]


def test_a_list_of_texts_in_a_cell_is_no_prompt(tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text('prompt,response_a,response_b\n"[""Why?"", ""How?""]",Because.,So.\n')
    (refused,) = read(file)
    assert isinstance(refused, Refusal)
    assert (refused.field, refused.code) == ("prompt[0]", "wrong_type")


@pytest.mark.parametrize(
    ("label", "value", "sides"),
    [
        ({"overall": -2}, -2, ()),
        ({"winner": "B"}, 1, ("overall",)),
        ({"winner": "m-one"}, -1, ("overall",)),
    ],
)
def test_a_label_beside_a_list_of_responses_is_one(rows, label, value, sides):
    responses = [{"content": "Because.", "model": "m-one"}, {"content": "So.", "model": "m-two"}]
    row = {"prompt": "Why?", "responses": responses, "rater": "kim", **label}
    mapping = {"winner": "winner"} if "winner" in label else {}
    (made,) = rows(row, mapping=mapping)
    (judgment,) = made.judgments
    assert (judgment.rater, judgment.values, judgment.side_only) == (
        "kim",
        {"overall": value},
        sides,
    )


def test_a_winner_that_sums_up_listed_judgments_is_no_label_of_its_own(rows):
    judgments = [{"rater": name, "overall": 1} for name in ("ann", "kim")]
    row = {"prompt": "Why?", "responses": ["Because.", "So."], "winner": "B"}
    (made,) = rows({**row, "judgments": judgments}, rater="crowd")
    assert [judgment.rater for judgment in made.judgments] == ["ann", "kim"]
    assert made.metadata == {"winner": "B"}


def test_an_arenas_vote_that_is_said_in_two_ways_must_agree(rows):
    flags = {"winner_model_a": 0, "winner_model_b": 1, "winner_tie": 0}
    sides = [{**PAIR, **flags, "winner": side, "judge": "kim"} for side in ("model_b", "model_a")]
    taken, refused = rows(*sides)
    assert [judgment.values for judgment in taken.judgments] == [{"overall": 1}]
    assert (refused.field, refused.code) == ("winner", "contradiction")


def test_a_strength_beside_an_arenas_winner_is_the_labels(rows):
    (row,) = rows({**PAIR, "winner": "model_a", "rater": "kim", "overall": -2})
    assert [judgment.values for judgment in row.judgments] == [{"overall": -2}]


def test_turns_of_the_arena_have_the_limit_of_messages(rows):
    row = {"prompt": ["Why?"] * 501, "response_a": ["A"] * 501, "response_b": ["B"] * 501}
    (refused,) = rows(row)
    assert (refused.field, refused.code) == ("prompt", "too_long")


#: Where a kind says how a label came about elsewhere, or repeats another column.
LEFT_OUT = {
    "lmarena": {"full_conversation"},
    "labelstudio": {"annotations", "comparison"},
    "judgments": {"answers", "unsaid", "rule_answers"},
    "webgpt": {"tokens_0", "tokens_1"},
}


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every object in a row, the row itself first."""
    if isinstance(value, dict):
        yield path
    inner = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else inner
    for key, item in items:
        yield from places(item, (*path, key))


@pytest.mark.parametrize("rater", ["kim", ""])
@pytest.mark.parametrize(("kind", "row"), [sample[1:] for sample in SAMPLES])
def test_whatever_stands_anywhere_in_a_row_is_kept_or_refused(rows, kind, row, rater):
    for path in places(row):
        if path[:1] and path[0] in LEFT_OUT.get(kind, ()):
            continue
        marked = deepcopy(row)
        inner: Any = marked
        for key in path:
            inner = inner[key]
        inner["aside"] = "a word aside"
        made = rows(marked, rater=rater)
        refused = any(isinstance(part, Refusal) for part in made)
        assert refused or "a word aside" in encode(made).decode(), path


def test_turns_of_another_shape_beside_a_prompt_are_metadata(rows):
    turns = [{"input": "Why?", "output": "Because."}]
    sides = {"chosen": chat("Why?", "Because."), "rejected": chat("Why?", "So.")}
    (row,) = rows({"prompt": "Why?", "conversation": turns, **sides})
    assert row.metadata == {"conversation": turns}
