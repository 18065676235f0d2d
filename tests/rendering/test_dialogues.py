"""Tool dialogues: calls, results and reasoning are blocks of their own; nothing names a model."""

from __future__ import annotations

import json
import time

import pytest

from labeling.rendering import (
    RENDERER_VERSION,
    render_conversation,
    render_markdown,
    render_response,
    written_conversation,
)
from labeling.rendering.codeblock import laid_out_json
from tests.rendering.html import Outline


def call(name: str, arguments: str, call_id: str = "toolu_7") -> dict[str, object]:
    """A call as it is stored."""
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


CALLING: dict[str, object] = {
    "role": "assistant",
    "content": "Let me look.",
    "name": "gpt-4",
    "reasoning_content": "A **table** may help.",
    "tool_calls": [call("lookup", '{"q":"pool","n":1}'), call("clock", "", "toolu_8")],
}
RESULTS: list[dict[str, object]] = [
    {"role": "tool", "content": "12:00", "tool_call_id": "toolu_8", "name": "clock"},
    {"role": "tool", "content": '{"open":"7-21"}', "tool_call_id": "toolu_7", "name": "lookup"},
]
SAID: dict[str, object] = {"role": "assistant", "content": "It is open."}
DIALOGUE: list[dict[str, object]] = [CALLING, *RESULTS, SAID]


def test_a_call_shows_its_function_and_its_arguments_laid_out():
    outline = Outline(render_response("It is open.", DIALOGUE))
    assert "Call 1: lookup" in outline.text
    assert '{\n  "q": "pool",\n  "n": 1\n}' in outline.text
    assert "Call 2: clock" in outline.text


def test_a_result_names_its_tool_and_the_call_that_it_answers():
    text = Outline(render_response("It is open.", DIALOGUE)).text
    assert "Result of call 2: clock" in text
    assert "Result of call 1: lookup" in text
    assert '{\n  "open": "7-21"\n}' in text


def test_one_call_needs_no_number():
    turns = [{**CALLING, "tool_calls": [call("lookup", "{}")]}, RESULTS[1], SAID]
    text = Outline(render_response("It is open.", turns)).text
    assert "Call: lookup" in text
    assert "Result: lookup" in text


def test_reasoning_is_a_block_that_folds_and_is_open_while_it_is_short():
    thought = {"role": "assistant", "content": "4", "reasoning_content": "2+2"}
    short = render_response("4", [thought])
    assert '<details class="reasoning" open><summary>Reasoning, 1 word</summary>' in short
    long = render_response("4", [{**thought, "reasoning_content": "two and " * 200}])
    assert '<details class="reasoning"><summary>Reasoning, 400 words</summary>' in long


def test_a_long_result_folds_in_a_prompt_and_never_in_a_response():
    long = [CALLING, {**RESULTS[0], "content": "12:00 " * 400}, SAID]
    assert '<details class="turn turn-other" open>' in render_response("It is open.", long)
    assert '<details class="turn turn-other">' in render_conversation(long)
    assert '<details class="turn turn-other">' not in render_conversation(DIALOGUE)


def test_a_plain_response_is_its_text():
    assert render_response("**yes**") == render_markdown("**yes**")


def test_an_answer_without_words_among_turns_says_so():
    silent = {"role": "assistant", "content": " "}
    html = render_response("", [SAID, {"role": "user", "content": "And?"}, silent])
    assert "The model answered nothing." in html


@pytest.mark.parametrize("render", [render_conversation, lambda turns: render_response("", turns)])
def test_neither_ids_of_calls_nor_an_assistants_name_are_shown(render):
    html = render(DIALOGUE)
    assert "gpt-4" not in html
    assert "toolu" not in html


def test_a_users_name_is_shown():
    turns: list[dict[str, object]] = [{"role": "user", "content": "Hi", "name": "Ana"}, SAID]
    assert "User: Ana" in Outline(render_conversation(turns)).text


EVIL = '<img src=x onerror="alert(1)">\u202e'


def test_names_arguments_results_and_reasoning_are_escaped():
    calls = [call(EVIL, EVIL), call(EVIL, f'["{EVIL}')]
    turns: list[dict[str, object]] = [
        {**CALLING, "reasoning_content": EVIL, "tool_calls": calls},
        {"role": "tool", "content": EVIL, "name": EVIL},
        {"role": "user", "content": EVIL, "name": EVIL},
        SAID,
    ]
    for html in (render_conversation(turns), render_response("", turns)):
        outline = Outline(html)
        assert "img" not in outline.tags()
        assert "\u202e" not in html


@pytest.mark.parametrize(
    ("text", "laid_out"),
    [
        (
            '{"a":1.0,"a":[1,[]],"b":{}}',
            '{\n  "a": 1.0,\n  "a": [\n    1,\n    []\n  ],\n  "b": {}\n}',
        ),
        ('[{"x":"a, b: {c}"}]', '[\n  {\n    "x": "a, b: {c}"\n  }\n]'),
        ('{"big": 12345678901234567890.10}', '{\n  "big": 12345678901234567890.10\n}'),
        ('{"q": "pool"', None),
        ('"text"', None),
        ("[" * 30 + "]" * 30, None),
        ("[" * 9_000 + "]" * 9_000, None),
        ("[1" + ",1" * 20_000 + "]", None),
    ],
)
def test_json_is_laid_out_without_a_change_or_shown_as_it_is(text, laid_out):
    assert laid_out_json(text) == laid_out
    if laid_out:
        assert json.loads(laid_out) == json.loads(text)


def test_as_written_it_is_all_there():
    assert written_conversation(DIALOGUE[:3]) == (
        "[Assistant]\n[Reasoning]\nA **table** may help.\n\n[Answer]\nLet me look.\n"
        '[Call 1: lookup]\n{"q":"pool","n":1}\n[Call 2: clock]\n\n'
        "[Result of call 2: clock]\n12:00\n\n"
        '[Result of call 1: lookup]\n{"open":"7-21"}'
    )
    assert written_conversation([SAID]) == "It is open."


MANY = [call("f", "{}", f"c{n}") for n in range(1_000)]


@pytest.mark.parametrize(
    "turns",
    [
        [{"role": "assistant", "content": "", "tool_calls": MANY}] * 10,
        [{"role": "assistant", "content": "", "tool_calls": [call("f", "[" * 500_000)] * 10}],
        [{"role": "assistant", "content": "", "tool_calls": [call("f", '{"a": ["b"]}' * 80_000)]}],
        [{"role": "tool", "content": "[" + "1," * 400_000 + "1]"}] * 5,
        [{"role": "assistant", "content": "a *b* `c`\n\n" * 500}] * 500,
    ],
)
def test_the_cost_of_a_dialogue_has_a_bound(turns):
    begin = time.process_time()
    html = render_response("", turns)
    assert time.process_time() - begin < 1.5
    assert len(html) < 64 * 1024**2


def test_html_of_before_is_rendered_again():
    assert RENDERER_VERSION == 3
