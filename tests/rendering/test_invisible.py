"""What cannot be seen is shown, and ordinary writing is left alone."""

from __future__ import annotations

import pytest

from labeling.rendering import render_markdown
from tests.rendering.html import Outline


def marks(text: str) -> list[str]:
    html = render_markdown(text)
    return [a["title"] for a in Outline(html).all("span") if a.get("class") == "mark-char"]


@pytest.mark.parametrize(
    ("char", "label"),
    [
        ("\u200b", "ZWSP"),
        ("\u200c", "ZWNJ"),
        ("\u200d", "ZWJ"),
        ("\u200e", "LRM"),
        ("\u200f", "RLM"),
        ("\u202e", "RLO"),
        ("\u2066", "LRI"),
        ("\u2069", "PDI"),
        ("\ufeff", "BOM"),
        ("\u2060", "WJ"),
        ("\u00ad", "SHY"),
        ("\x1b", "ESC"),
        ("\x07", "BEL"),
        ("\x7f", "DEL"),
        ("\x85", "U+0085"),
        ("\U000e0041", "TAG A"),
    ],
)
def test_a_hidden_character_is_marked_with_its_name(char: str, label: str):
    outline = Outline(render_markdown(f"a{char}b"))
    assert outline.text.strip() == f"a{label}b"
    (mark,) = outline.all("span")
    assert mark["class"] == "mark-char"
    assert f"U+{ord(char):04X}" in mark["title"]


def test_hidden_characters_are_marked_in_code_and_image_descriptions_too():
    text = "`a\u202eb`\n\n```python\nx = '\u2066'\n```\n\n    c\u200bd\n\n![e\u200bf](https://a.example)"
    assert len(marks(text)) == 4


def test_a_hidden_character_in_mathematics_is_not_typeset_away():
    assert marks("$x\u202ey$") == ["right-to-left override (U+202E)"]


@pytest.mark.parametrize(
    "text",
    [
        "👩‍👩‍👧‍👦 ❤️‍🔥",
        "می‌خواهم",
        "क्‍ष",
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "tab\there",
        "葛\U000e0100飾",
    ],
)
def test_ordinary_writing_is_left_alone(text: str):
    assert marks(text) == []
    assert Outline(render_markdown(text)).text.strip() == text


def test_hidden_instructions_in_tag_characters_become_readable():
    hidden = "".join(chr(0xE0000 + ord(char)) for char in "OK")
    assert Outline(render_markdown(f"hello{hidden}")).text.strip() == "helloTAG OK"


def test_nul_and_lone_surrogates_become_visible_replacements():
    assert Outline(render_markdown("a\x00b\ud800c")).text.strip() == "a\u2400b\ufffdc"


def test_a_long_unformatted_text_is_marked_too():
    assert marks("x" * 70_000 + "\u202e") == ["right-to-left override (U+202E)"]
