"""Rendering that costs no more than it may, whatever the text holds.

What is short and holds no code is formatted here: the worst of it costs a quarter of the budget
(tests/faults/test_rendering_costs.py). Everything else is formatted in a bounded child process; a
text that takes more than it may is shown as it was written, with a sentence that says so.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from labeling.bounded import Bounded, NotNow, TargetError, TooMuch
from labeling.rendering.conversation import formatted_conversation, formatted_response
from labeling.rendering.highlight import highlighting_seconds
from labeling.rendering.markdown import (
    MAX_HTML_CHARS,
    MAX_RICH_BYTES,
    TAKES_TOO_MUCH,
    formatted_text,
    render_unformatted,
)

#: What formatting one text may take, and of it what colouring all its code may: with a new child
#: and the text as it is where that was too much, half a second in all.
SECONDS, HIGHLIGHT_SECONDS, MEGABYTES = 0.35, 0.15, 256
#: A text of more characters is formatted in a child, and every text with a fence of code.
MAX_HARMLESS_CHARS = 4_000

_log = logging.getLogger(__name__)
_WORDS = ("content", "reasoning_content")
_FENCES = ("```", "~~~")
_child = Bounded(
    "labeling.rendering.budget:answered",
    seconds=SECONDS,
    megabytes=MEGABYTES,
    # Jobs wait for a busy machine; a page says how long it can.
    patience=30,
)
_FORMATS: dict[str, Callable[..., str]] = {
    "text": formatted_text,
    "conversation": formatted_conversation,
    "response": formatted_response,
}
_Turns = Iterable[Mapping[str, Any]]


def render_markdown(text: str, *, wall_seconds: float | None = None) -> str:
    """Return a text as safe HTML.

    The result holds only the elements and attributes of `labeling.rendering.sanitise`; it loads
    nothing, runs nothing and names nothing. Mathematics is `<span class="math" data-display=…>`
    with the TeX source inside. A text of more than `MAX_RICH_BYTES` bytes, or one that takes more
    time, memory or room than it may, is one `<pre>` after a note that says so. The same text
    always gives the same HTML, but for code that takes about as long as it may.

    Raises NotNow where the machine is to blame, or no answer came in `wall_seconds`.
    """
    html = _formatted("text", [text], _is_harmless(text), wall_seconds)
    return render_unformatted(text, why=TAKES_TOO_MUCH) if html is None else html


def render_conversation(messages: _Turns, *, wall_seconds: float | None = None) -> str:
    """Return messages as safe HTML, in order. Raises NotNow as `render_markdown` does."""
    turns = _shortened(messages)
    html = _formatted("conversation", [turns], _are_harmless(turns), wall_seconds)
    return formatted_conversation(turns, why=TAKES_TOO_MUCH) if html is None else html


def render_response(
    content: str, messages: _Turns = (), *, wall_seconds: float | None = None
) -> str:
    """Return a response as safe HTML: its content, or all its turns where it has several.

    Raises NotNow as `render_markdown` does.
    """
    turns = _shortened(messages)
    harmless = _are_harmless(turns) if turns else _is_harmless(content)
    html = _formatted("response", [content, turns], harmless, wall_seconds)
    return formatted_response(content, turns, why=TAKES_TOO_MUCH) if html is None else html


def answered(payload: bytes) -> bytes:
    """What the child does: HTML of what was asked for."""
    name, arguments = json.loads(payload)
    with highlighting_seconds(HIGHLIGHT_SECONDS):
        return _FORMATS[name](*arguments).encode()


def _formatted(
    name: str, arguments: list[Any], harmless: bool, wall_seconds: float | None
) -> str | None:
    """The HTML, or None where it takes too much."""
    if harmless:
        return _FORMATS[name](*arguments)
    try:
        return _child.call(json.dumps([name, arguments]).encode(), wall_seconds).decode()
    except NotNow:
        raise
    except TooMuch:
        return None
    except TargetError:
        _log.exception("A text could not be formatted.")
        return None


def _shortened(messages: _Turns) -> list[Mapping[str, Any]]:
    """The turns without the words of those for which there is no room in any case."""
    turns, n = list(messages), 0
    for place in range(len(turns) - 1, -1, -1):
        if n > MAX_HTML_CHARS:
            turns[place] = {**turns[place], "content": "", "reasoning_content": ""}
        n += sum(len(str(turns[place].get(name) or "")) for name in _WORDS)
    return turns


def _is_harmless(text: str) -> bool:
    """Whether its formatting is cheap; or it is so long that it gets none."""
    if len(text) > MAX_RICH_BYTES:
        return True
    return len(text) <= MAX_HARMLESS_CHARS and not any(fence in text for fence in _FENCES)


def _are_harmless(turns: list[Mapping[str, Any]]) -> bool:
    """Whether turns are few words and nothing else: no calls, no thoughts, no results of tools."""
    if not all(turn.keys() <= {"role", "content"} and turn.get("role") != "tool" for turn in turns):
        return False
    said = "".join(str(turn.get("content")) for turn in turns[:100])
    return len(turns) <= 100 and len(said) <= MAX_HARMLESS_CHARS and _is_harmless(said)
