"""Every construct before every filler, every lexer with every opener: none costs too much."""

from __future__ import annotations

import json
import time

import pytest
from pygments.lexers import get_lexer_by_name

from labeling.rendering import render_markdown
from labeling.rendering.budget import (
    HIGHLIGHT_SECONDS,
    MAX_HARMLESS_CHARS,
    MEGABYTES,
    SECONDS,
    answered,
)
from labeling.rendering.highlight import LANGUAGES
from labeling.rendering.markdown import MAX_RICH_BYTES
from tests.budget import cost_of
from tests.rendering.attacks import FILLERS, OPENERS, code_texts, markdown_texts

#: One name of each lexer that is offered.
LEXERS = sorted({get_lexer_by_name(name).aliases[0] for name in LANGUAGES})


def formatted(text: str) -> float:
    """Processor seconds, without the bounds of a child."""
    began = time.process_time()
    answered(json.dumps(["text", [text]]).encode())
    return time.process_time() - began


def dearest(texts: list[str]) -> float:
    return max(map(formatted, texts))


@pytest.mark.parametrize("place", range(len(OPENERS)), ids=[repr(text) for text in OPENERS])
def test_no_short_text_without_code_needs_a_child(place: int):
    texts = [text for _name, text in markdown_texts(MAX_HARMLESS_CHARS)]
    own = texts[place * len(FILLERS) : (place + 1) * len(FILLERS)]
    assert cost_of(dearest, own, seconds=60).value < SECONDS


@pytest.mark.parametrize("place", range(4))
def test_no_long_text_takes_longer_than_a_child_may_and_the_text_as_it_is(place: int):
    texts = [text for _name, text in markdown_texts(MAX_RICH_BYTES)]
    for text in texts[place::40]:
        # The child's time is counted too.
        cost_of(render_markdown, text, seconds=2 * SECONDS, megabytes=2 * MEGABYTES)


@pytest.mark.parametrize("size", [62, 1_000])
@pytest.mark.parametrize("name", LEXERS)
def test_no_lexer_takes_longer_than_all_code_of_a_text_may(name: str, size: int):
    # Short code takes for ever or no time; of long code, each lexer gets some fillers.
    step = 1 if size < 100 else 6
    texts = list(code_texts(name, size))[LEXERS.index(name) % step :: step]
    spent = cost_of(dearest, texts, seconds=60).value
    # What is left is parsing the Markdown around it, and escaping.
    assert spent < HIGHLIGHT_SECONDS + SECONDS
