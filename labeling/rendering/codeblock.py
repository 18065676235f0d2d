"""Arguments of calls and results of tools: JSON laid out on lines, anything else as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from labeling.rendering.highlight import highlight
from labeling.rendering.invisible import clean_source, escape_visibly

#: JSON of more characters, or nested deeper, is shown as it was written.
MAX_LAID_OUT = 20_000
_MAX_DEPTH = 20
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_CLOSING = {"{": "}", "[": "]"}


def _is_structure(text: str) -> bool:
    if len(text) > MAX_LAID_OUT or text.lstrip()[:1] not in _CLOSING:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _deepest(pieces: list[str]) -> int:
    depth = deepest = 0
    for piece in pieces:
        depth += (piece in ("{", "[")) - (piece in ("}", "]"))
        deepest = max(deepest, depth)
    return deepest


def _laid_out(pieces: list[str]) -> Iterator[str]:
    depth = 0
    for piece, after in zip(pieces, [*pieces[1:], ""], strict=True):
        if piece in _CLOSING:
            depth += 1
            # What holds nothing stays on its line.
            yield piece if after == _CLOSING[piece] else f"{piece}\n{'  ' * depth}"
        elif piece == ",":
            yield f",\n{'  ' * depth}"
        else:
            yield ": " if piece == ":" else piece
        if after in ("}", "]"):
            depth -= 1
            if piece not in _CLOSING:
                yield f"\n{'  ' * depth}"


def laid_out_json(text: str) -> str | None:
    """JSON with a line for each value; None for a text that is no object or list, or too large.

    Only white space between the values changes: numbers, keys said twice and escapes stay as they
    were written.
    """
    if not _is_structure(text):
        return None
    pieces = _PIECE.findall(text)
    return "".join(_laid_out(pieces)) if _deepest(pieces) <= _MAX_DEPTH else None


def render_code(text: str) -> str:
    """A text as a block of code; JSON laid out and coloured."""
    source = clean_source(text)
    laid_out = laid_out_json(source)
    code = escape_visibly(source) if laid_out is None else highlight(laid_out, "json")
    return f'<pre class="plain" dir="ltr"><code>{code}</code></pre>\n'
