"""Markdown to safe HTML.

CommonMark with tables, strikethrough and bare http addresses; raw HTML is text; images are never
loaded; headings start at level 3, below those of the page. Every result passes the allow-list of
`labeling.rendering.sanitise`, so a mistake here cannot let anything dangerous through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from labeling.rendering.highlight import highlight
from labeling.rendering.invisible import clean_source, escape_visibly, escaped_part
from labeling.rendering.mathematics import add_mathematics
from labeling.rendering.sanitise import sanitise

#: Texts of more bytes (UTF-8) than this are shown as they are, without formatting.
MAX_RICH_BYTES = 64 * 1024
#: Formatting that makes more characters of HTML of a text is left out: a page has to carry it.
MAX_RICH_HTML_CHARS = 600_000
#: What one text may take of a page in any case; the rest of it is cut, with a sentence.
MAX_HTML_CHARS = 1_200_000
#: Why a text is shown without formatting that is not even long.
TOO_DEEP = "Quotes or lists nest too deep in this text, so it is shown as it was written."
TAKES_TOO_MUCH = "Formatting this text would take too much, so it is shown as it was written."

#: What the parser finds deeper than this inside of these it would leave out without a word.
_DEEPEST = 50
_HOLDERS = frozenset({"blockquote_open", "list_item_open"})
_LONE_NUMBER = re.compile(r"\A\s*([0-9]{1,9})([.)])\s*\Z")
_LEAVES = frozenset({"paragraph_open", "heading_open", "td_open", "th_open"})
_CONTAINERS = frozenset(
    {
        "bullet_list_open",
        "ordered_list_open",
        "list_item_open",
        "blockquote_open",
        "table_open",
    }
)
_ALIGNMENTS = {
    "text-align:left": "align-left",
    "text-align:center": "align-center",
    "text-align:right": "align-right",
}


class _Renderer(RendererHTML):
    """Renders text with marks for hidden characters, code with highlighting, images as text."""

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return escape_visibly(tokens[idx].content)

    def code_inline(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return f"<code>{escape_visibly(tokens[idx].content)}</code>"

    def code_block(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return f'<pre dir="ltr">{_code(tokens[idx].content, "")}</pre>\n'

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        words = tokens[idx].info.split(maxsplit=1)
        language = words[0] if words else ""
        return f'<pre dir="ltr">{_code(tokens[idx].content, language)}</pre>\n'

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        alt = self.renderInlineAsText(token.children or [], options, env).strip()
        address = str(token.attrs.get("src", ""))
        words = " · ".join(part for part in (alt, address) if part)
        return f'<span class="no-image">Image, not loaded: {escape_visibly(words)}</span>'

    def table_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return f'<div class="table-scroll">{self.renderToken(tokens, idx, options, env)}'

    def table_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "</table></div>\n"


def _code(code: str, language: str) -> str:
    return f"<code>{highlight(code.removesuffix(chr(10)), language)}</code>"


def _first_strong_is_rtl(text: str) -> bool | None:
    """Return whether the first strongly directed character is right-to-left, None without one."""
    for char in text:
        direction = unicodedata.bidirectional(char)
        if direction in {"R", "AL"}:
            return True
        if direction == "L":
            return False
    return None


def _container_direction(tokens: Sequence[Token], start: int) -> str:
    """Return the direction of a container: that of its first text.

    `dir="auto"` skips descendants that carry a `dir` of their own, so a list of right-to-left
    paragraphs would keep its markers on the left unless it says so.
    """
    level = tokens[start].level
    for token in tokens[start + 1 :]:
        if token.level <= level:
            break
        if token.type == "inline":
            rtl = _first_strong_is_rtl(token.content[:500])
            if rtl is not None:
                return "rtl" if rtl else "auto"
    return "auto"


def _prepare(state: StateCore) -> None:
    """Demote headings, set directions, turn the alignment of cells into classes."""
    tokens = state.tokens
    for index, token in enumerate(tokens):
        if token.type in _LEAVES:
            token.attrSet("dir", "auto")
        elif token.type in _CONTAINERS:
            token.attrSet("dir", _container_direction(tokens, index))
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
        style = str(token.attrs.pop("style", ""))
        if style in _ALIGNMENTS:
            token.attrSet("class", _ALIGNMENTS[style])


def _allowed_address(url: str) -> bool:
    """Say whether a link may be made of this address: http, https, mailto, or no scheme at all.

    Addresses without a scheme lose their `href` in the allow-list, but their text reads as text.
    """
    scheme, colon, _rest = url.strip().partition(":")
    if not colon or any(sign in scheme for sign in "/?#"):
        return True
    return scheme.lower() in {"http", "https", "mailto"}


def _make_parser() -> MarkdownIt:
    options: dict[str, Any] = {"html": False, "linkify": True, "breaks": True}
    options["maxNesting"] = _DEEPEST
    parser = MarkdownIt("commonmark", options, renderer_cls=_Renderer)
    parser.enable(["table", "strikethrough", "linkify"])
    # Names such as README.md are not addresses: only what says http(s):// or mailto: is.
    assert parser.linkify is not None  # noqa: S101 - the option above creates it
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    parser.linkify.add("ftp:", None)
    parser.linkify.add("//", None)
    parser.validateLink = _allowed_address  # type: ignore[method-assign]
    parser.core.ruler.push("concord_prepare", _prepare)
    add_mathematics(parser)
    return parser


_parser = _make_parser()


def render_unformatted(text: str, *, why: str = "", room: int = MAX_HTML_CHARS) -> str:
    """Return a text as safe HTML that shows it as it is, after a sentence that says `why`.

    What would take more than `room` characters of HTML is cut, and a sentence says so.
    """
    source = clean_source(text).replace("\r\n", "\n").replace("\r", "\n")
    body, n = escaped_part(source, room)
    sentences = [why] if why else []
    if n < len(source):
        sentences.append(
            f"Only the first {n:,} of its {len(source):,} characters are shown: "
            "all of them would make the page too long."
        )
    note = f"<p>{' '.join(sentences)}</p>\n" if sentences else ""
    # Escaped text and marks alone: the allow-list would find nothing, and takes long for entities.
    return f'{note}<pre class="plain" dir="auto"><code>{body}</code></pre>\n'


def formatted_text(text: str) -> str:
    """Return a text as safe HTML, whatever it costs: see `labeling.rendering.render_markdown`."""
    source = clean_source(text)
    size = len(source.encode())
    if size > MAX_RICH_BYTES:
        why = f"This text is {size // 1024:,} KB long, so it is shown without formatting."
        return render_unformatted(source, why=why)
    # “144.” is an answer, not the first place of a list.
    tokens = _parser.parse(_LONE_NUMBER.sub(r"\1\\\2", source))
    if any(token.type in _HOLDERS and token.level >= _DEEPEST - 1 for token in tokens):
        return render_unformatted(source, why=TOO_DEEP)
    html: str = _parser.renderer.render(tokens, _parser.options, {})
    if len(html) <= MAX_RICH_HTML_CHARS:
        html = sanitise(html)  # what it adds to links counts too
    if len(html) > MAX_RICH_HTML_CHARS:
        return render_unformatted(source, why=TAKES_TOO_MUCH)
    return html
