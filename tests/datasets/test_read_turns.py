"""What messages say is kept: calls, results, reasoning, parts; what cannot be shown is refused."""

from __future__ import annotations

import json
import time

import pytest

from labeling.datasets.readers import read
from labeling.datasets.readers.identity import content_digest, group_key, response_digest
from labeling.datasets.records import ContentPart, FunctionCall, Message, ToolCall
from labeling.datasets.rows import Duplicate, ImportedResponse, ImportRow, Refusal

ASK = {"role": "user", "content": "When is the pool open?"}
CALL = {"id": "c1", "type": "function", "function": {"name": "lookup", "arguments": '{"q":"pool"}'}}
CALLING = {"role": "assistant", "content": None, "tool_calls": [CALL]}
TOLD = {"role": "tool", "tool_call_id": "c1", "name": "lookup", "content": '{"open":"7-21"}'}
SAID = {"role": "assistant", "content": "From 7 to 21."}
OTHER = {"role": "assistant", "content": "I do not know."}

READ_CALL = ToolCall(FunctionCall("lookup", '{"q":"pool"}'), "c1")
READ_CALLING = Message("assistant", "", tool_calls=(READ_CALL,))
READ_TOLD = Message("tool", '{"open":"7-21"}', tool_call_id="c1", name="lookup")


def pair(**change):
    """A row of chats."""
    return {"prompt": [ASK], "chosen": [SAID], "rejected": [OTHER], **change}


def test_a_tool_dialogue_is_a_prompt_with_all_it_says(rows):
    (row,) = rows(pair(prompt=[ASK, CALLING, TOLD]))
    assert row.messages == (Message("user", ASK["content"]), READ_CALLING, READ_TOLD)


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        ({"q": "Köln", "n": 1}, '{"q": "Köln", "n": 1}'),
        ('{"q":  broken', '{"q":  broken'),
        (None, ""),
        ([1, 2], "[1, 2]"),
    ],
)
def test_arguments_stay_as_written_and_an_object_becomes_json(rows, arguments, kept):
    call = {"function": {"name": "lookup", "arguments": arguments}}
    (row,) = rows(pair(chosen=[{**CALLING, "tool_calls": [call]}]))
    (turn,) = row.responses[0].messages
    assert turn.tool_calls == (ToolCall(FunctionCall("lookup", kept)),)


def test_turns_that_follow_the_prompt_are_one_response(rows):
    (row,) = rows(pair(chosen=[CALLING, TOLD, SAID]))
    chosen, rejected = row.responses
    assert chosen.content == "From 7 to 21."
    assert chosen.messages == (READ_CALLING, READ_TOLD, Message("assistant", "From 7 to 21."))
    assert (rejected.content, rejected.messages) == ("I do not know.", ())


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning", "thinking"])
def test_reasoning_is_kept_under_one_name(rows, name):
    (row,) = rows(pair(chosen=[{**SAID, name: "The tool says so."}]))
    (turn,) = row.responses[0].messages
    assert turn == Message("assistant", "From 7 to 21.", reasoning_content="The tool says so.")


def test_thoughts_among_parts_are_reasoning(rows):
    parts = [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "From 7 to 21."}]
    (row,) = rows(pair(chosen=[{"role": "assistant", "content": parts}]))
    assert row.responses[0].messages == (
        Message("assistant", "From 7 to 21.", reasoning_content="Hm."),
    )


def test_two_different_reasonings_contradict_each_other(rows):
    (refusal,) = rows(pair(chosen=[{**SAID, "thinking": "a", "reasoning": "b"}]))
    assert (refusal.field, refusal.code) == ("chosen[0]", "contradiction")


@pytest.mark.parametrize("kind", ["text", "input_text", "output_text"])
def test_several_parts_are_one_text_with_its_parts_beside_it(rows, kind):
    content = [{"type": kind, "text": "one"}, "two"]
    (row,) = rows(pair(prompt=[{"role": "user", "content": content}]))
    parts = (ContentPart("text", "one"), ContentPart("text", "two"))
    assert row.messages == (Message("user", "one\ntwo", parts),)


def test_roles_are_known_in_any_case_and_under_their_usual_names(rows):
    history = [
        {"from": "Human", "value": "20% off 200?"},
        {"from": "function_call", "value": '{"name": "discount", "arguments": {"p": 200}}'},
        {"from": "observation", "value": '{"price":160}'},
    ]
    (row,) = rows({"conversations": history, "chosen": "160", "rejected": "180"})
    asked, calling, result = row.messages
    assert (asked.role, calling.role, result.role) == ("user", "assistant", "tool")
    assert calling.tool_calls == (ToolCall(FunctionCall("discount", '{"p": 200}')),)


def test_whatever_else_a_message_says_stays_with_the_row(rows):
    weighed: dict[str, object] = {
        **SAID,
        "weight": 0,
        "id": "m7",
        "tool_calls": [],
        "refusal": None,
    }
    (row,) = rows(pair(chosen=[weighed], source="quiz"))
    assert row.metadata == {
        "source": "quiz",
        "other_fields": {"chosen[0]": {"weight": 0, "id": "m7"}},
    }
    listed = [{"content": "a", "score": 3}, {"content": "b"}]
    (row,) = rows({"prompt": "Hi", "responses": listed})
    assert row.metadata == {"other_fields": {"responses[0]": {"score": 3}}}


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ({**SAID, "audio": {"id": "a"}}, "chosen[0].audio"),
        ({"role": "assistant", "content": "", "refusal": "No."}, "chosen[0].refusal"),
        ({**SAID, "content": [{"type": "audio"}]}, "chosen[0].content"),
        ({**SAID, "content": [{"text": "x", "audio": "a.wav"}]}, "chosen[0].content.audio"),
        ({**CALLING, "tool_calls": [{"type": "custom", "custom": {}}]}, "chosen[0].tool_calls[0]"),
    ],
)
def test_what_cannot_be_shown_is_refused_by_name(rows, message, field):
    (refusal,) = rows(pair(chosen=[message]))
    assert (refusal.field, refusal.code) == (field, "unsupported")


@pytest.mark.parametrize(
    ("message", "field", "code"),
    [
        ({"role": "assistant", "content": None}, "chosen[0].content", "missing"),
        ({**CALLING, "tool_calls": [{"function": {}}]}, "chosen[0].tool_calls[0].name", "missing"),
        ({**CALLING, "tool_calls": "x"}, "chosen[0].tool_calls", "wrong_type"),
        ({**CALLING, "tool_calls": ["x"]}, "chosen[0].tool_calls[0]", "wrong_type"),
        ({**CALLING, "tool_calls": [CALL] * 1001}, "chosen[0].tool_calls", "too_long"),
        ({**SAID, "content": ["x"] * 1001}, "chosen[0].content", "too_long"),
        ({**SAID, "parts": ["Never."]}, "chosen[0].parts", "contradiction"),
        ({**SAID, "reasoning": "So.", "thinking": "No."}, "chosen[0]", "contradiction"),
        ({"role": "function_call", "content": "f(x)"}, "chosen[0].content", "malformed"),
    ],
)
def test_a_message_at_fault_is_refused_by_field(rows, message, field, code):
    (refusal,) = rows(pair(chosen=[message]))
    assert isinstance(refusal, Refusal)
    assert (refusal.field, refusal.code) == (field, code)


def test_a_chat_that_begins_with_another_question_answers_another_prompt(rows):
    (refusal,) = rows(pair(chosen=[{**ASK, "content": "Who?"}, SAID]))
    assert (refusal.field, refusal.code) == ("chosen", "different_prompts")


def test_chats_that_part_early_are_whole_conversations_after_the_last_common_question(rows):
    again = {"role": "user", "content": "Sure?"}
    first = [ASK, SAID, again, SAID]
    second = [ASK, SAID, {**again, "content": "Really?"}, OTHER]
    (row,) = rows({"chosen": first, "rejected": second})
    assert row.messages == (Message("user", ASK["content"]),)
    assert [len(response.messages) for response in row.responses] == [3, 3]
    (row,) = rows({"chosen": [ASK, SAID], "rejected": first})
    assert [len(response.messages) for response in row.responses] == [0, 3]


def test_responses_with_one_last_text_and_other_calls_are_two(rows):
    other = {**CALLING, "tool_calls": [{"function": {"name": "search", "arguments": "{}"}}]}
    (row,) = rows(pair(chosen=[CALLING, TOLD, SAID], rejected=[other, TOLD, SAID]))
    assert len({response.external_id for response in row.responses}) == 2
    (row,) = rows(pair(chosen=[{**SAID, "reasoning": "a"}], rejected=[{**SAID, "reasoning": "b"}]))
    assert isinstance(row, ImportRow)


def test_responses_that_a_rater_reads_alike_are_the_same_text(rows):
    renamed = {**CALLING, "tool_calls": [{**CALL, "id": "c9"}]}
    result = {**TOLD, "tool_call_id": "c9"}
    (refusal,) = rows(pair(chosen=[CALLING, TOLD, SAID], rejected=[renamed, result, SAID]))
    assert (refusal.field, refusal.code) == ("rejected", "same_text")


def test_the_same_row_twice_is_told_by_all_that_it_says(rows):
    row = pair(id="1", chosen=[CALLING, TOLD, SAID])
    _, again = rows(row, row)
    assert isinstance(again, Duplicate)
    _, other = rows(row, {**row, "chosen": [{**CALLING, "content": "Hm."}, TOLD, SAID]})
    assert isinstance(other, Refusal)
    parts = [{"role": "assistant", "content": ["From 7", "to 21."]}]
    _, again = rows(
        {**row, "chosen": [{**SAID, "content": "From 7\nto 21."}]}, {**row, "chosen": parts}
    )
    assert isinstance(again, Duplicate)


def test_ids_of_plain_rows_are_what_they_always_were():
    prompt = (Message("system", ""), Message("user", "Ein  Fisch?"))
    responses = [ImportedResponse("", "m1", "Cod."), ImportedResponse("", "", "Kuh \n")]
    assert content_digest(prompt, responses).hex() == "c81ed732689b175a16f20985ac4014c7"
    assert group_key(prompt) == "c03489777dc50c73d7c832493df86860"
    assert response_digest("Cod.").hex() == "b00f0ca9c11d497d9b3a0b0ee9750816"


def test_prompts_with_other_calls_are_in_other_groups():
    other = Message("assistant", "", tool_calls=(ToolCall(FunctionCall("search", "{}")),))
    assert group_key([READ_CALLING]) != group_key([other]) != group_key([Message("assistant", "")])


def test_a_listed_response_may_give_its_turns(rows):
    listed: list[dict[str, object]] = [
        {"id": "a", "messages": [CALLING, TOLD, SAID]},
        {"id": "b", "tool_calls": [CALL]},
    ]
    (row,) = rows({"prompt": "When?", "responses": listed})
    assert [len(response.messages) for response in row.responses] == [3, 1]
    (row,) = rows({"prompt": "When?", "response_a": [CALLING], "response_b": "No."})
    assert row.responses[0].messages == (READ_CALLING,)
    listed[0]["content"] = "Other."
    (refusal,) = rows({"prompt": "When?", "responses": listed})
    assert (refusal.field, refusal.code) == ("responses[0].content", "contradiction")


def deep(levels):
    """JSON text of lists in lists."""
    return "[" * levels + "]" * levels


@pytest.mark.parametrize(
    "message",
    [
        {**CALLING, "tool_calls": [CALL] * 10_000},
        {**CALLING, "tool_calls": [{"function": {"name": "f", "arguments": "x" * 5_000_000}}]},
        {
            **CALLING,
            "tool_calls": [{"function": {"name": "f", "arguments": json.loads(deep(100))}}],
        },
        {"role": "function_call", "content": deep(100_000)},
        {**CALLING, "tool_calls": [{"function": {"name": "x" * 201, "arguments": ""}}]},
    ],
)
def test_what_is_too_much_is_refused_soon(rows, message):
    begin = time.process_time()
    (refusal,) = rows(pair(chosen=[message]))
    assert isinstance(refusal, Refusal)
    assert time.process_time() - begin < 0.5


def test_parts_and_calls_of_a_whole_chat_have_a_limit(rows):
    large = {"function": {"name": "f", "arguments": "x" * 900_000}}
    calls = {**CALLING, "tool_calls": [large]}
    for turns in ([{**CALLING, "tool_calls": [CALL] * 1_000}] * 11, [calls] * 9):
        (refusal,) = rows(pair(chosen=turns))
        assert (refusal.field, refusal.code) == ("chosen", "too_long")


def test_deep_json_in_a_text_of_arguments_is_text(rows):
    call = {"function": {"name": "f", "arguments": deep(100_000)}}
    (row,) = rows(pair(chosen=[{**CALLING, "tool_calls": [call]}]))
    assert row.responses[0].messages[0].tool_calls[0].function.arguments == deep(100_000)


def test_a_missing_response_is_refused_and_an_empty_one_is_an_answer(rows):
    (row,) = rows({"prompt": "Hi", "response_a": "", "response_b": "Hello."})
    assert [response.content for response in row.responses] == ["", "Hello."]
    for absent in ({"response_a": None}, {}):
        _, refusal = rows(
            {"prompt": "Hi", "response_a": "x", "response_b": "y"},
            {"prompt": "Hi", "response_b": "Hello.", **absent},
        )
        assert (refusal.field, refusal.reason[:8]) == ("response_a", "Missing.")
    (refusal,) = rows({"prompt": "Hi", "response_a": " ", "response_b": ""})
    assert refusal.code == "same_text"


def test_an_empty_cell_of_a_table_is_an_answer_where_somebody_judged_it(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(
        "id,prompt,response_a,response_b,rater,overall\n0,p,a,b,,\n1,p,,b,rui,1\n2,p,,b,,\n"
    )
    _, judged, refusal = read(path)
    assert isinstance(judged, ImportRow)
    assert isinstance(refusal, Refusal)
    assert [response.content for response in judged.responses] == ["", "b"]
    assert (refusal.field, refusal.code) == ("response_a", "missing")


MT_BENCH = {
    "question_id": 81,
    "model_a": "m1",
    "model_b": "m2",
    "winner": "model_b",
    "judge": "expert_0",
    "conversation_a": [ASK, SAID, {"role": "user", "content": "Sure?"}, SAID],
    "conversation_b": [ASK, OTHER, {"role": "user", "content": "Sure?"}, OTHER],
}


def test_of_two_turns_the_judged_one_is_taken(rows):
    first, second, other = rows(
        {**MT_BENCH, "turn": 1},
        {**MT_BENCH, "turn": 2},
        {**MT_BENCH, "turn": 1, "judge": "author_2"},
    )
    assert first.messages == second.messages == (Message("user", ASK["content"]),)
    assert [(r.content, len(r.messages)) for r in first.responses] == [
        ("From 7 to 21.", 0),
        ("I do not know.", 0),
    ]
    assert [len(response.messages) for response in second.responses] == [3, 3]
    # The number of a question is shared by all votes on it: it is no row's id.
    assert first.external_id == other.external_id != second.external_id
    assert first.metadata == {"question_id": 81}
    assert [row.about for row in (first, second)] == [
        {"conversation": "81", "turn": 1},
        {"conversation": "81", "turn": 2},
    ]


@pytest.mark.parametrize("turn", [0, 3, -1])
def test_a_turn_that_the_conversation_does_not_have_is_refused(rows, turn):
    (refusal,) = rows({**MT_BENCH, "turn": turn})
    assert refusal.field == "turn"


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_transcripts_are_cut_at_turns_alone(rows, between):
    chosen = f"Human: Name a fish.{between}Assistant: Cod, of the Human: no."
    (row,) = rows({"chosen": chosen, "rejected": f"Human: Name a fish.{between}Assistant: Cow."})
    assert row.messages == (Message("user", "Name a fish."),)
    assert [response.content for response in row.responses] == ["Cod, of the Human: no.", "Cow."]


def test_a_speaker_on_a_line_of_its_own_is_no_turn_where_empty_lines_part_them(rows):
    chosen = "\n\nHuman: Write a scene.\n\nAssistant: Human: Hi!\nAssistant: Ho!"
    (row,) = rows({"chosen": chosen, "rejected": "\n\nHuman: Write a scene.\n\nAssistant: No."})
    assert row.responses[0].content == "Human: Hi!\nAssistant: Ho!"


def test_a_prompt_that_quotes_a_dialogue_is_one_turn_of_the_user(rows):
    quoted = "Human: Hi\nAssistant: Ho\nGo on with this."
    (row,) = rows({"prompt": quoted, "chosen": "a", "rejected": "b"})
    assert row.messages == (Message("user", quoted),)


def test_two_questions_in_transcripts_are_no_comparison_whatever_their_letters_share(rows):
    (refusal,) = rows(
        {
            "chosen": "Human: Suggest healthy foods.\nAssistant: Fruit.",
            "rejected": "Human: Suggest healthy food.\nAssistant: Junk.",
        }
    )
    assert refusal.code == "different_prompts"


def test_parts_that_say_what_the_content_says_are_kept_beside_it(rows):
    (row,) = rows(pair(chosen=[{"role": "assistant", "content": "4\n5", "parts": ["4", "5"]}]))
    assert row.responses[0].content == "4\n5"


def test_a_system_text_stands_before_that_of_the_chat(rows):
    (row,) = rows(pair(prompt=[{"role": "system", "content": "Be brief."}, ASK], system="Be kind."))
    assert [turn.content for turn in row.messages] == ["Be kind.\n\nBe brief.", ASK["content"]]
