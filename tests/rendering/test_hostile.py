"""Nothing that a model or a stranger writes becomes anything but text."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.rendering import MAX_RICH_BYTES, render_conversation, render_markdown
from tests.rendering.html import Outline, assert_safe

GOLDEN = Path(__file__).parents[1] / "golden" / "render_payloads.json"
OURS = [
    '<a href="//evil.example/x">x</a>',
    "[x](//evil.example/x)",
    "[x](/p/demo/settings/)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](java\nscript:alert(1))",
    "[x](java%0ascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "![](https://evil.example/pixel.gif)",
    "![a][b]\n\n[b]: https://evil.example/pixel.gif",
    "[![x](https://evil.example/a.png)](https://evil.example/)",
    "<https://evil.example/?q=<script>>",
    '[x](https://a.example "title\\" onclick=alert(1)")',
    '| a |\n|:-" onclick=alert(1)|\n| b |',
    '\\(</span><img src=x onerror=alert(1)>"\\)',
    '$$\n</p><form action="https://evil.example"><input name=x>\n$$',
    '```html" class="x\n<script>alert(1)</script>\n```',
    "```python\n'</code></pre><script>alert(1)</script>'\n```",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "\ud800<script>alert(1)</script>\udfff",
    "<div hx-get=/x hx-trigger=load data-hx-post=/y>x</div>",
    '<p id=main class="bar" style="position:fixed;inset:0">x</p>',
    "<!-- comment --><?php echo 1 ?><!DOCTYPE html><![CDATA[x]]>",
    "1. <template><style>*{display:none}</style></template>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#x3C;script&#x3E;",
]
PAYLOADS = [*json.loads(GOLDEN.read_text()), *OURS]

PATHOLOGICAL = {
    "quotes": ">" * 60_000,
    "brackets": "[" * 60_000,
    "images": "![" * 30_000,
    "links": "[a](" * 15_000,
    "backticks": " ".join("`" * n for n in range(1, 340)),
    "emphasis": "*a_" * 20_000,
    "escaped dollars": "$\\" * 30_000,
    "dollars": "$a" * 30_000,
    "display brackets": "\\[ x\n" * 12_000 + "\\]",
    "table": "|a|b|\n|-|-|\n" + "|x|y|\n" * 9_000,
    "nested list": "".join("  " * n + "- a\n" for n in range(240)),
    "deep quotes": ("> " * 49 + "1\n\n") * 300,
    "entities": "&amp;" * 13_000,
    "hidden characters": "\u200b" * 21_000,
    "python": "```python\n" + "(" * 49_000 + "\n```",
    "perl": "```perl\n" + "$a{" * 900 + "\n```",
    "addresses": "http://" * 9_000,
}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_text_yields_only_allowed_elements(payload: str):
    assert_safe(render_markdown(payload))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_text_is_harmless_inside_other_markdown(payload: str):
    for text in (f"- {payload}", f"> {payload}", f"| {payload} |\n|---|\n| {payload} |"):
        assert_safe(render_markdown(text))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_role_or_message_stays_text(payload: str):
    html = render_conversation([{"role": payload, "content": payload}] * 5)
    tags = set(Outline(html).tags())
    assert not tags & {"script", "img", "svg", "iframe", "form", "input", "style", "base", "meta"}
    assert all("on" not in (n[:2] for n in attrs) for _t, attrs in Outline(html).elements)


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_a_pathological_text_is_rendered_in_bounded_time(name: str):
    started = time.process_time()
    html = render_markdown(PATHOLOGICAL[name])
    assert time.process_time() - started < 6
    assert html


WORDS = (
    "< > & \" ' ` ``` ~~~ [ ] ( ) ![ ]( $ $$ \\( \\) \\[ \\] | |- # - 1. > * _ ~~ javascript: "
    "data: https:// <script> <img onerror= </span> style= hx-get="
)
MARKUP = st.sampled_from([*WORDS.split(), " ", "\n", "\n\n", "\t", "\\", "\x00", "\u202e"])


@settings(max_examples=3 * settings().max_examples)
@given(st.lists(st.one_of(MARKUP, st.text(max_size=12)), max_size=30).map("".join))
def test_no_text_at_all_escapes_the_allow_list(text: str):
    assert_safe(render_markdown(text))


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=40))
def test_plain_words_survive_unchanged(text: str):
    assert Outline(render_markdown(text)).text.strip() == text


def test_a_text_over_the_limit_is_shown_as_it_is_with_a_note():
    text = "<b>**x**</b>\n" * (MAX_RICH_BYTES // 12)
    outline = Outline(render_markdown(text))
    assert outline.tags() == ["p", "pre", "code"]
    assert "without formatting" in outline.text
    assert text in outline.text


def test_a_text_at_the_limit_is_still_formatted():
    text = "**x**" + "y" * (MAX_RICH_BYTES - 5)
    assert "strong" in Outline(render_markdown(text)).tags()
