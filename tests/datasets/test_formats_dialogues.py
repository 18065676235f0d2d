"""Tool calls, turns of a response, reasoning and silence: written where a format has a place."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from msgspec.structs import replace as changed

from labeling.datasets.fitting import row_kind_of
from labeling.datasets.formats import FORMATS
from labeling.datasets.formats.carrying import ChatPart
from labeling.datasets.judging import preview
from labeling.datasets.reasons import REASONS
from labeling.datasets.recipes import RECIPES, Kto, Majority, Raw, RowKind, Sft
from labeling.datasets.records import FunctionCall, Message, ResponseRecord, TaskRecord, ToolCall
from tests.datasets.dialogue_rows import ASKED, CALL, CALLING, TOLD, compared, spoken
from tests.datasets.format_rows import read_files
from tests.datasets.release_rows import (
    CRITERION,
    ORDER,
    OVERALL,
    project,
    ranked,
    rated_too,
    release,
    votes,
)

CALLS = ("native", "judgments", "rules", "trl", "trl-implicit", "trl-unpaired",
         "trl-prompt-completion", "messages", "openrlhf", "nemo-rl", "openai", "llamafactory",
         "llamafactory-kto", "llamafactory-sft", "pairs")  # fmt: skip
#: Those that have prompts as message lists, but responses as texts.
PROMPTS = ("listwise",)
TURNS = ("native", "judgments", "rules", "trl", "trl-implicit", "trl-unpaired",
         "trl-prompt-completion", "messages", "openrlhf", "lmarena", "ultrafeedback",
         "pairs")  # fmt: skip
THOUGHTS = ("native", "judgments", "rules", "trl", "trl-implicit", "trl-unpaired",
            "trl-prompt-completion", "messages", "openrlhf", "nemo-rl", "pairs")  # fmt: skip
SILENT = [key for key in FORMATS if key not in ("axolotl", "openai")]
ANSWER = Message("assistant", "It opens at 7.")
YES = ResponseRecord("a", "It opens at 7.", "m1")
NO = ResponseRecord("b", "I do not know.", "m2")


def recipe_for(shape: str) -> str:
    """A recipe whose rows the format holds."""
    return next(
        key
        for key in ("majority", "raw", "kto", "sft", "ratings", "rules")
        if row_kind_of(RECIPES[key], FORMATS[shape])
        and (RECIPES[key].per_vote or not FORMATS[shape].needs_votes)
    )


def dropped(shape: str, *tasks: TaskRecord) -> dict[str, int]:
    """What the books of this format say was left out of these tasks."""
    recipe = RECIPES[recipe_for(shape)]
    kind = row_kind_of(recipe, FORMATS[shape])
    made = recipe(CRITERION.get(kind or RowKind.PAIRS, OVERALL), kind=kind)
    ledger, _ = preview(lambda: map(rated_too, tasks), recipe=made, shape=FORMATS[shape])
    assert ledger.balanced()
    return dict(ledger.drops)


def pool(first: ResponseRecord = YES, second: ResponseRecord = NO, *prompt: Message) -> TaskRecord:
    """A task of which two raters prefer the first response."""
    return changed(compared(first, second, *prompt), judgments=tuple(votes(-2, -1)))


def written(tmp_path, shape, *tasks, file_type="jsonl", recipe="", **more):
    """The release of these tasks, and the rows of the format's first table."""
    kind = file_type if file_type in FORMATS[shape].file_types else "csv"
    settings = {"shape": shape, "file_type": kind, "recipe": recipe or recipe_for(shape), **more}
    result = release(tasks, tmp_path / "r", **settings)
    rows_are = row_kind_of(RECIPES[settings["recipe"]], FORMATS[shape])
    assert rows_are is not None
    table = FORMATS[shape].main[rows_are]
    (declared,) = [each for each in FORMATS[shape].tables if each.name == table]
    return result, read_files(result.path, declared)


@pytest.mark.parametrize("shape", FORMATS)
def test_a_prompt_with_tool_calls_is_written_or_refused_by_name(shape):
    reasons = set(dropped(shape, pool(YES, NO, ASKED, CALLING, TOLD)))
    assert reasons == (set() if shape in (*CALLS, *PROMPTS) else {"tool_calls_not_carried"})


@pytest.mark.parametrize("shape", FORMATS)
def test_a_response_that_calls_a_tool_is_written_or_refused_by_name(shape):
    reasons = set(dropped(shape, pool(spoken(CALLING), NO)))
    assert reasons == (set() if shape in CALLS else {"tool_calls_not_carried"})


@pytest.mark.parametrize("shape", FORMATS)
def test_a_response_of_several_turns_is_written_or_refused_by_name(shape):
    turns = (ANSWER, Message("assistant", "Until 21."))
    reasons = set(dropped(shape, pool(spoken(*turns), NO)))
    assert reasons == (set() if shape in TURNS else {"several_turns_not_carried"})


@pytest.mark.parametrize("shape", FORMATS)
def test_two_that_differ_in_reasoning_alone_are_written_or_refused_by_name(shape):
    first, second = (
        spoken(changed(ANSWER, reasoning_content=thought), name=thought)
        for thought in ("right", "wrong")
    )
    drops = dropped(shape, pool(first, second))
    carried = shape in THOUGHTS or recipe_for(shape) in ("sft", "ratings")
    assert set(drops) == (set() if carried else {"reasoning_not_carried"})


def test_of_four_two_that_are_equal_in_all_are_not_called_good_and_bad():
    thoughts = ("One.", "Two.", "Two.", "Three.")
    said = [spoken(changed(ANSWER, reasoning_content=thought)) for thought in thoughts]
    named = tuple(changed(response, id=f"r{place}") for place, response in enumerate(said))
    task = changed(ranked("t", {"rui": (1, 2, 3, 4)}), responses=named)
    ledger, _ = preview(lambda: [task], recipe=Kto(ORDER), shape=FORMATS["trl-unpaired"])
    assert (ledger.rows_out, ledger.drops) == (2, {"identical_responses": 2})


@pytest.mark.parametrize("shape", FORMATS)
def test_a_rejected_response_may_be_empty_where_a_trainer_takes_it(shape):
    drops = dropped(shape, pool(YES, changed(NO, content=" ")))
    assert set(drops) == (set() if shape in SILENT else {"empty_response"})


def test_nobody_is_taught_to_say_nothing():
    silent = pool(changed(YES, content=""), NO)
    for recipe, shape in ((Kto, "trl-unpaired"), (Kto, "llamafactory-kto"), (Sft, "messages")):
        ledger, _ = preview(lambda: [silent], recipe=recipe(OVERALL), shape=FORMATS[shape])
        assert ledger.drops == {"empty_response": 1}
    assert dropped("trl", silent) == {}


def test_every_reason_has_words():
    assert {"tool_calls_not_carried", "several_turns_not_carried", "reasoning_not_carried",
            "names_not_carried", "text_beside_tool_call", "unmatched_tool_calls",
            "reasoning_left_out"} <= set(REASONS)  # fmt: skip


@pytest.mark.parametrize("file_type", ["jsonl", "parquet"])
def test_chat_templates_are_given_calls_with_objects_and_no_empty_keys(tmp_path, file_type):
    thinking = changed(ANSWER, reasoning_content="The tool says so.")
    task = pool(spoken(CALLING, TOLD, thinking), NO)
    _, rows = written(tmp_path, "trl", task, file_type=file_type)
    (chosen,) = [row["chosen"] for row in rows]
    (rejected,) = [row["rejected"] for row in rows]
    if file_type == "parquet":
        chosen, rejected = json.loads(chosen), json.loads(rejected)
    function = {"name": "lookup", "arguments": {"q": "pool"}}
    assert chosen == [
        {"role": "assistant", "content": "",
         "tool_calls": [{"id": "c1", "type": "function", "function": function}]},
        {"role": "tool", "content": '{"open": "7-21"}', "tool_call_id": "c1", "name": "lookup"},
        {"role": "assistant", "content": "It opens at 7.",
         "reasoning_content": "The tool says so."},
    ]  # fmt: skip
    assert rejected == [{"role": "assistant", "content": "I do not know."}]


def test_openai_is_given_calls_as_its_service_says_them(tmp_path):
    _, (row,) = written(tmp_path, "openai", pool(YES, NO, ASKED, CALLING, TOLD))
    function = {"name": "lookup", "arguments": '{"q": "pool"}'}
    assert row["input"]["messages"] == [
        {"role": "user", "content": "When is the pool open?"},
        {"role": "assistant",
         "tool_calls": [{"id": "c1", "type": "function", "function": function}]},
        {"role": "tool", "content": '{"open": "7-21"}', "tool_call_id": "c1"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("turns", "reason"),
    [
        ((ASKED, changed(CALLING, tool_calls=(changed(CALL, id=""),)), TOLD), "unmatched"),
        ((ASKED, CALLING, changed(TOLD, tool_call_id="c2")), "unmatched"),
        ((ASKED, CALLING, Message("user", "Well?")), "unmatched"),
        ((ASKED, CALLING, changed(TOLD, tool_call_id="")), "tool_turn"),
    ],
)
def test_openai_takes_no_call_and_answer_that_do_not_name_each_other(turns, reason):
    (dropped_for,) = dropped("openai", pool(YES, NO, *turns))
    assert dropped_for == ("unmatched_tool_calls" if reason == "unmatched" else reason)


def test_llamafactory_is_given_calls_as_turns_of_their_own(tmp_path):
    task = pool(spoken(CALLING), NO, ASKED, CALLING, TOLD)
    result, (row,) = written(tmp_path, "llamafactory", task)
    call = '{"name":"lookup","arguments":{"q":"pool"}}'
    assert row["conversations"][1:] == [
        {"role": "function_call", "content": call},
        {"role": "tool", "content": '{"open": "7-21"}'},
    ]
    assert row["chosen"] == {"role": "function_call", "content": call}
    (entry,) = json.loads((result.path / "dataset_info.json").read_text()).values()
    assert entry["tags"]["function_tag"] == "function_call"


def test_llamafactory_has_no_place_for_a_text_beside_a_call():
    said = changed(CALLING, content="Let me look.")
    assert dropped("llamafactory", pool(YES, NO, ASKED, said, TOLD)) == {"text_beside_tool_call": 1}


def test_a_name_of_who_speaks_is_never_lost_in_silence(tmp_path):
    named = pool(YES, NO, changed(ASKED, name="ana"))
    assert dropped("axolotl", named) == {"names_not_carried": 1}
    _, (row,) = written(tmp_path, "trl", named)
    assert row["prompt"] == [{"role": "user", "content": "When is the pool open?", "name": "ana"}]


@pytest.mark.parametrize("shape", [key for key in FORMATS if key not in THOUGHTS])
def test_reasoning_that_has_no_place_is_left_out_and_counted(tmp_path, shape):
    thinking = spoken(changed(ANSWER, reasoning_content="A secret thought."))
    recipe = recipe_for(shape)
    result, rows = written(tmp_path, shape, pool(thinking, NO), *project(2))
    lost = 2 if recipe == "raw" else 1
    assert result.manifest["figures"]["reasoning_left_out"] == lost
    assert "secret" not in json.dumps(rows)
    card = (result.path / "README.md").read_text()
    assert f"has no place for: {lost} row" in card


def test_responses_that_are_empty_stand_on_the_card(tmp_path):
    result, rows = written(tmp_path, "trl", pool(YES, changed(NO, content="")), *project(2))
    (silent,) = [row for row in rows if row["rejected"][0]["content"] == ""]
    assert silent["chosen"][0]["content"] == "It opens at 7."
    assert "Of 6 responses, 1 is empty" in (result.path / "README.md").read_text()


@pytest.mark.parametrize(
    "shape", [key for key in FORMATS if key in CALLS and key not in ("openai", "pairs")]
)
def test_tables_have_room_for_calls_only_where_there_are_calls(tmp_path, shape):
    plain, _ = written(tmp_path / "plain", shape, *project(3))
    tools, _ = written(tmp_path / "tools", shape, pool(YES, NO, ASKED, CALLING, TOLD))
    types = [
        {
            feature["name"]: feature
            for info in yaml.safe_load((result.path / "README.md").read_text().split("---\n")[1])[
                "dataset_info"
            ]
            for feature in info["features"]
        }
        for result in (plain, tools)
    ]
    assert ("json" in str(types[1])) == (not shape.startswith("llamafactory"))
    assert "json" not in str(types[0])


def test_judgments_hold_the_turns_of_all_responses_where_one_has_any(tmp_path):
    task = pool(spoken(CALLING, TOLD, ANSWER), NO)
    _, rows = written(tmp_path, "judgments", task, *project(1))
    by_task = {row["task_id"]: row for row in rows}
    first, second = by_task["pool"]["response_messages"]
    assert [turn["role"] for turn in first] == ["assistant", "tool", "assistant"]
    assert second == [{"role": "assistant", "content": "I do not know."}]
    assert by_task["pool"]["responses"] == ["It opens at 7.", "I do not know."]
    assert all("response_messages" in row for row in rows)


@pytest.mark.parametrize(
    "arguments",
    ["", "no JSON", "[1]", '{"a": NaN}', "[" * 9_000, '{"a":\n 1e400}', '{"a": "\\ud800"}', "{}"],
)
def test_arguments_that_are_no_object_stay_the_text_they_are(tmp_path, arguments):
    call = ToolCall(FunctionCall("f", arguments))
    task = pool(spoken(changed(CALLING, tool_calls=(call,))), NO)
    _, (row,) = written(tmp_path, "trl", task)
    (made,) = row["chosen"][0]["tool_calls"]
    assert made["function"]["arguments"] == ({} if arguments == "{}" else arguments)


def test_numbers_and_repeated_keys_of_arguments_are_kept_to_the_digit(tmp_path):
    text = '{"n": 12345678901234567890.10,\n "n": 1}'
    call = ToolCall(FunctionCall("f", text))
    result, _ = written(tmp_path, "trl", pool(spoken(changed(CALLING, tool_calls=(call,))), NO))
    (path,) = result.path.glob("data/*.jsonl")
    assert '"arguments":{"n":12345678901234567890.10,"n":1}' in path.read_text()


def test_a_preview_says_what_rows_would_lose():
    thinking = spoken(changed(ANSWER, reasoning_content="Hm."))
    _, left = preview(
        lambda: [pool(thinking, NO)], recipe=Majority(OVERALL), shape=FORMATS["trl-plain"]
    )
    assert left == {"reasoning_left_out": 1}
    _, left = preview(lambda: [pool(thinking, NO)], recipe=Raw(OVERALL), shape=FORMATS["trl"])
    assert left == {}


def test_the_declared_types_are_those_of_the_files(tmp_path):
    result, _ = written(
        tmp_path, "native", pool(spoken(CALLING), NO), file_type="parquet", recipe="majority"
    )
    schema = pq.read_schema(next(result.path.glob("preference/*.parquet")))
    assert str(schema.field("prompt").type) == "extension<arrow.json>"
    schema = pq.read_schema(next(result.path.glob("judgments/*.parquet")))
    assert str(schema.field("response_messages").type).startswith("list<")


def test_the_documentation_says_what_each_format_carries():
    text = Path(__file__).parents[2].joinpath("docs/releases.md").read_text("utf-8")
    table = text.split("| format | calls in prompts |")[1].split("\n\n")[0]
    said: dict[str, list[bool]] = {}
    for line in table.splitlines()[2:]:
        names, *marks = [cell.strip() for cell in line.strip("|").split("|")]
        said |= {name.strip(" `"): [mark == "yes" for mark in marks] for name in names.split(",")}
    calls, turns = ChatPart.CALLS, ChatPart.TURNS
    thoughts, silence = ChatPart.REASONING, ChatPart.EMPTY
    assert said == {
        key: [
            calls in shape.carries.prompts,
            *(part in shape.carries.responses for part in (calls, turns, thoughts, silence)),
        ]
        for key, shape in FORMATS.items()
    }
