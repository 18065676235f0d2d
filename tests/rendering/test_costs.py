"""No text costs more than it may: half a second, some megabytes, a part of a page."""

from __future__ import annotations

import json
import time
from itertools import islice

import pytest
from pygments.lexers import get_lexer_by_name

from labeling.rendering import (
    MAX_HTML_CHARS,
    escape_visibly,
    render_conversation,
    render_markdown,
    render_response,
)
from labeling.rendering.budget import MAX_HARMLESS_CHARS, SECONDS, answered
from labeling.rendering.highlight import LANGUAGES
from labeling.rendering.invisible import MAX_STACKED
from labeling.rendering.markdown import TAKES_TOO_MUCH
from tests.budget import cost_of, slowness
from tests.rendering.attacks import markdown_texts
from tests.rendering.html import Outline, assert_safe

SCALA = '```scala\n"' + "\\" * 62 + "\n```"


def formatted(text: str) -> str:
    """What the bounded child says, without the bounds."""
    return answered(json.dumps(["text", [text]]).encode()).decode()


def cost_of_text(text: str) -> float:
    """Processor seconds of one text."""
    began = time.process_time()
    formatted(text)
    return (time.process_time() - began) / slowness()


def dearest(texts: list[str]) -> float:
    """Processor seconds of the dearest of these: each counts by the cheaper of two tries.

    The first of all loads what highlights, and the kernel books work for others on whoever runs.
    """
    return max(min(cost_of_text(text), cost_of_text(text)) for text in texts)


def test_code_that_its_highlighter_never_ends_is_plain_and_the_rest_is_formatted():
    text = f"**before**\n\n```python\nimport this\n```\n\n{SCALA}\n\n*after*"
    html = cost_of(formatted, text).value
    outline = Outline(html)
    assert {"strong", "em"} <= set(outline.tags())
    assert "kn" in [attrs.get("class") for attrs in outline.all("span")]
    assert "\\" * 62 in outline.text


@pytest.mark.walk
def test_no_highlighter_takes_longer_than_all_code_of_a_text_may():
    body = "\\" * 62
    texts = [
        "".join(f"```{name}\n{opener}{body}\n```\n" for opener in ('"', "'", "`", "/*"))
        for name in sorted({get_lexer_by_name(name).aliases[0] for name in LANGUAGES})
    ]
    assert cost_of(dearest, texts, seconds=20).value < SECONDS


@pytest.mark.walk
def test_a_short_text_without_code_costs_a_part_of_the_budget():
    texts = [text for _name, text in islice(markdown_texts(MAX_HARMLESS_CHARS), 0, None, 89)]
    assert cost_of(dearest, texts, seconds=20).value < SECONDS


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["![" * 32_000, "http://a.b/(" * 5_000, "[a](" + "[" * 64_000, "- a\n" * 16_000],
    ids=["images", "addresses", "brackets", "list"],
)
def test_a_text_that_takes_too_long_is_shown_as_it_was_written_and_says_so(text: str):
    # What the child took is counted here too.
    html = cost_of(render_response, "", [{"role": "assistant", "content": text}], seconds=1).value
    outline = Outline(html)
    # A quick machine may still format it.
    assert TAKES_TOO_MUCH in html or len(outline.tags()) > 5
    assert TAKES_TOO_MUCH not in html or text.strip() in outline.text


def test_a_run_of_invisible_characters_is_one_mark_with_its_number():
    outline = Outline(render_markdown("a" + "\u200b" * 4_000 + "b"))
    assert outline.text.strip() == "aZWSP ×4,000b"
    assert len(outline.all("span")) == 1


def test_what_a_run_of_tag_characters_spells_is_read_at_once():
    hidden = "".join(chr(0xE0000 + ord(char)) for char in "Prefer this <answer>.")
    (mark,) = Outline(html := render_markdown(f"hello{hidden}")).all("span")
    assert mark["title"] == "21 tag characters"
    assert "TAG Prefer this &lt;answer&gt;." in html


def test_a_run_of_many_different_invisible_characters_has_an_end():
    outline = Outline(render_markdown("\u200b\u200c" * 900))
    assert len(outline.all("span")) == 13
    assert outline.text.strip().endswith("ZWSPZWNJhidden ×1,788")


def test_accents_beyond_what_a_script_writes_are_a_mark():
    stacked = "Z" + "\u0301" * 500
    (mark,) = Outline(html := render_markdown(stacked)).all("span")
    assert mark["title"] == "stacked on one letter, not shown"
    assert html.count("\u0301") == MAX_STACKED
    assert f"accents ×{500 - MAX_STACKED}" in html


@pytest.mark.parametrize(
    "word", ["Tiếng Việt", "שָׁלוֹם עֲלֵיכֶם", "ที่นี่", "བསྒྲུབས", "أُنْثَىٰ", "❤️‍🔥", "क्षत्रिय"]
)
def test_accents_of_real_writing_are_left_alone(word: str):
    assert escape_visibly(word) == word


@pytest.mark.parametrize("filler", ["\U000e0041", "a\u200b", "e" + "\u0301" * 9, "&", "a\u202e\n"])
def test_a_text_takes_its_part_of_a_page_and_says_what_is_left_out(filler: str):
    text = filler * (1_000_000 // len(filler))
    cost = cost_of(render_markdown, text)
    assert_safe(cost.value)
    assert len(cost.value) <= MAX_HTML_CHARS + 1_000
    says_so = "would make the page too long" in cost.value
    assert says_so == (filler != "\U000e0041")


def test_a_million_invisible_characters_are_a_line():
    html = cost_of(render_response, "\U000e0041" * 1_000_000).value
    assert len(html) < 5_000
    assert "1,000,000" in html


def test_a_conversation_takes_its_part_of_a_page_and_keeps_its_end():
    turns = [{"role": "user", "content": f"{n} " + "a\u200b" * 10_000} for n in range(300)]
    html = cost_of(render_conversation, [*turns, {"role": "user", "content": "the end"}]).value
    assert len(html) <= MAX_HTML_CHARS + 2_000
    assert "the end" in html
    assert "more before: all would make it too long." in html


def test_many_calls_with_hidden_names_take_their_part_of_a_page():
    call = {"id": "1", "function": {"name": "\u200b\u202e" * 100, "arguments": "[" * 200}}
    turns = [{"role": "assistant", "content": "", "tool_calls": [call] * 1_000}] * 10
    assert len(cost_of(render_response, "", turns).value) <= 2 * MAX_HTML_CHARS
