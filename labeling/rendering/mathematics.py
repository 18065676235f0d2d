r"""A markdown-it rule for mathematics as language models write it.

Four delimiters are known: `\( \)` and `$ $` inside a line, `\[ \]` and `$$ $$` as a display, both
inside a paragraph and as blocks over several lines. Money (`$5 and $10`, `US$20`) and shell
variables stay text. The rule yields `math` tokens whose content is the TeX source; the browser
typesets it, and without JavaScript the source is what one reads. A formula that holds what
`labeling.rendering.tex` refuses, and what comes after very many formulas, is source for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from labeling.rendering.invisible import has_hidden
from labeling.rendering.tex import is_showable

#: Of one text: formulas that are typeset, and their characters together.
MAX_FORMULAS = 300
MAX_FORMULA_CHARS = 8_000
_MAX_BLOCK_CHARS = 5000
_MAX_BLOCK_LINES = 200

# The single dollar follows pandoc: no blank inside the dollars, no digit after the closing one, all
# on one line; and it may not hold a backtick, so that inline code keeps its dollars.
_DOLLAR = re.compile(r"\$(?![\s$])((?:\\.|[^\\$`\n]){1,1000})(?<!\s)\$(?![\d$])")
_DOLLARS = re.compile(r"\$\$((?:\\.|[^\\$]){1,4000})\$\$", re.DOTALL)
_AMOUNT = re.compile(r"\d[\d.,]*\s*[A-Za-z–—-]*\s+[A-Za-z]{2,}")
_TEX_SIGN = re.compile(r"[\\^_={}<>]")
_BLOCK_PAIRS = (("$$", "$$"), ("\\[", "\\]"))


def _is_amount(body: str) -> bool:
    """Say whether `$body$` reads as money followed by words, as in `$5 million and US$`."""
    return _AMOUNT.match(body) is not None and _TEX_SIGN.search(body) is None


def _find_dollar(src: str, pos: int) -> tuple[str, int, bool] | None:
    if src.startswith("$$", pos):
        match, display = _DOLLARS.match(src, pos), True
    elif pos > 0 and (src[pos - 1].isalnum() or src[pos - 1] == "$"):
        return None
    else:
        match, display = _DOLLAR.match(src, pos), False
    if match is None or (not display and _is_amount(match.group(1))):
        return None
    return match.group(1), match.end(), display


def _find_bracket(src: str, pos: int) -> tuple[str, int, bool] | None:
    display = src.startswith("\\[", pos)
    if not display and not src.startswith("\\(", pos):
        return None
    end = src.find("\\]" if display else "\\)", pos + 2, pos + 4000)
    # `\[text\](address)` is an escaped link, not a display.
    if end < 0 or (display and src.startswith("(", end + 2)):
        return None
    return src[pos + 2 : end], end + 2, display


def _inline(state: StateInline, silent: bool) -> bool:
    sign = state.src[state.pos]
    if sign == "$":
        formula = _find_dollar(state.src, state.pos)
    elif sign == "\\":
        formula = _find_bracket(state.src, state.pos)
    else:
        return False
    if formula is None:
        return False
    body, end, display = formula
    if end > state.posMax or not body.strip() or has_hidden(body):
        return False
    if not silent:
        token = state.push("math", "", 0)
        token.content = body.strip()
        token.markup = state.src[state.pos : end]
        token.meta = {"display": display}
    state.pos = end
    return True


def _closing_line(state: StateBlock, start: int, end: int, closer: str) -> int | None:
    """Return the line that ends the block opened on line `start`, or None when it is no block."""
    opener_at = state.bMarks[start] + state.tShift[start]
    position = state.src.find(closer, opener_at + 2, opener_at + 2 + _MAX_BLOCK_CHARS)
    if position < 0:
        return None
    for line in range(start, min(end, start + _MAX_BLOCK_LINES)):
        if line > start and (state.isEmpty(line) or state.sCount[line] < state.blkIndent):
            return None
        if position < state.eMarks[line]:
            rest = state.src[position + 2 : state.eMarks[line]]
            return None if rest.strip() else line
    return None


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    opener_at = state.bMarks[start] + state.tShift[start]
    pair = next((p for p in _BLOCK_PAIRS if state.src.startswith(p[0], opener_at)), None)
    if pair is None:
        return False
    last = _closing_line(state, start, end, pair[1])
    if last is None:
        return False
    written = state.getLines(start, last + 1, state.blkIndent, False).strip()
    body = written[2:-2].strip()
    if not body or has_hidden(body):
        return False
    if silent:
        return True
    state.line = last + 1
    token = state.push("math", "", 0)
    token.block = True
    token.content = body
    token.markup = written
    token.meta = {"display": True, "block": True}
    token.map = [start, state.line]
    return True


def _render(tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    is_block = token.meta.get("block")
    if not _has_room(token.content, env) or not is_showable(token.content):
        source = f"<code>{escape(token.markup)}</code>"
        return f'<pre dir="ltr">{source}</pre>\n' if is_block else source
    display = "true" if token.meta["display"] else "false"
    span = f'<span class="math" data-display="{display}">{escape(token.content)}</span>'
    return f"<p>{span}</p>\n" if is_block else span


def _has_room(tex: str, env: Any) -> bool:
    """Say whether the text may hold one more formula of this size, and count it."""
    n, chars = env.get("formulas", (0, 0))
    n, chars = n + 1, chars + len(tex)
    env["formulas"] = n, chars
    return bool(n <= MAX_FORMULAS and chars <= MAX_FORMULA_CHARS)


def add_mathematics(parser: MarkdownIt) -> None:
    """Teach a parser the mathematics rules. Its renderer must be an HTML renderer."""
    parser.inline.ruler.before("escape", "mathematics", _inline)
    parser.block.ruler.before(
        "fence",
        "mathematics_block",
        _block,
        {"alt": ["paragraph", "reference", "blockquote", "list"]},
    )
    rules: dict[str, Any] = parser.renderer.rules  # type: ignore[attr-defined]
    rules["math"] = _render
