"""Messages of a conversation with their roles, and what a model did beside talking.

A message is a mapping with `role` and `content`, and where it has them `tool_calls`,
`tool_call_id`, `name` and `reasoning_content`. Ids of calls and the name of an assistant may tell
whose model it is: calls are numbered instead, and an assistant is called by its role.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labeling.rendering.codeblock import laid_out_json, render_code
from labeling.rendering.invisible import clean_source, escape_visibly
from labeling.rendering.markdown import (
    MAX_HTML_CHARS,
    MAX_RICH_BYTES,
    formatted_text,
    render_unformatted,
)

#: Of a longer conversation, so many last messages stay open; the earlier ones fold away.
OPEN_MESSAGES = 3
#: Reasoning, and in a prompt a tool's result, of more characters folds away: the answer stays near.
OPEN_CHARS = 1_000
#: What is shown for an answer without a visible character.
ANSWERED_NOTHING = "The model answered nothing."

_ROLES = {
    "user": "User",
    "assistant": "Assistant",
    "system": "System",
    "developer": "System",
    "tool": "Tool",
    "function": "Tool",
}
_TOOLS = frozenset({"tool", "function"})
# Folded away at first: a rater seldom needs them, and they are often long.
_FOLDED = frozenset({"system", "developer", *_TOOLS})
_MAX_NAME = 200
# Hidden characters in a name make it longer when they are marked.
_MAX_LABEL = 1_000
# A turn is not begun with less room for its HTML.
_LEAST_ROOM = 150_000

_Turn = Mapping[str, Any]


def role_label(role: str) -> str:
    """Return the word shown for a role; a role nobody knows is shown as it is, shortened."""
    return _ROLES.get(role.strip().lower(), role.strip()[:30] or "Message")


def _key(turn: _Turn) -> str:
    return str(turn.get("role", "")).strip().lower()


def _text(turn: _Turn, name: str) -> str:
    return str(turn.get(name) or "")


def _functions(turn: _Turn) -> list[tuple[str, str]]:
    """The name and the arguments of each call of a turn."""
    functions = [call["function"] for call in turn.get("tool_calls") or ()]
    return [(str(f["name"])[:_MAX_NAME], str(f["arguments"])) for f in functions]


class _Numbers:
    """The calls of a conversation, numbered where there are several."""

    def __init__(self, turns: Iterable[_Turn]) -> None:
        self._places: dict[str, int] = {}
        self._before, n = [], 0
        for turn in turns:
            self._before.append(n)
            for call in turn.get("tool_calls") or ():
                n += 1
                self._places.setdefault(str(call.get("id") or ""), n)
        self._places.pop("", None)
        self._several = n > 1
        self._count = 0

    def begin(self, place: int) -> None:
        """Goes to the turn at this place: the next call is its first."""
        self._count = self._before[place]

    def call(self) -> str:
        """What the next call is called."""
        self._count += 1
        return f"Call {self._count}" if self._several else "Call"

    def result(self, turn: _Turn) -> str:
        """What a tool's turn is called: which call it answers, and the tool."""
        place = self._places.get(_text(turn, "tool_call_id"))
        name = _text(turn, "name")[:_MAX_NAME]
        if place is None and not name:
            return "Tool message"
        of = f" of call {place}" if place and self._several else ""
        return f"Result{of}{f': {name}' if name else ''}"


def _speaker(turn: _Turn, numbers: _Numbers) -> str:
    """Who speaks, in words; a name is told of everybody but a model."""
    if _key(turn) in _TOOLS:
        return numbers.result(turn)
    name = _text(turn, "name")[:_MAX_NAME] if _key(turn) == "user" else ""
    return role_label(_text(turn, "role")) + (f": {name}" if name else "")


@dataclass(slots=True)
class _Shown:
    """How a turn is shown: formatted where it is `rich`, in `room` characters of HTML."""

    rich: bool
    room: int

    def text(self, text: str) -> str:
        """Markdown, or the text as it is."""
        return self._taken(formatted_text(text) if self.rich else self._as_it_is(text))

    def code(self, text: str) -> str:
        """A block of code."""
        return self._taken(render_code(text) if self.rich else self._as_it_is(text))

    def _as_it_is(self, text: str) -> str:
        return render_unformatted(text, room=max(0, self.room))

    def _taken(self, html: str) -> str:
        self.room -= len(html)
        return html


def _label(words: str) -> str:
    label = escape_visibly(clean_source(words))
    return label if len(label) <= _MAX_LABEL else escape_visibly(clean_source(words[:20])) + "…"


def _blocks(turn: _Turn, numbers: _Numbers, shown: _Shown) -> Iterator[str]:
    """What a turn says, in the order in which it came: thoughts, text, calls."""
    text, thoughts = _text(turn, "content"), _text(turn, "reasoning_content")
    functions = _functions(turn)
    if thoughts:
        state = " open" if len(thoughts) <= OPEN_CHARS else ""
        yield (
            f'<details class="reasoning"{state}><summary>Reasoning, {_words(thoughts)}</summary>'
            f'<div class="content">{shown.text(thoughts)}</div></details>\n'
        )
    if text.strip():
        yield f'<div class="content">{_said(turn, text, shown)}</div>'
    elif turn.get("images"):
        return
    elif _key(turn) == "assistant" and not functions:
        yield f'<p class="nothing">{ANSWERED_NOTHING}</p>'
    elif not functions:
        yield '<div class="content"></div>'
    for name, arguments in functions:
        yield (
            f'<div class="call"><p class="what">{numbers.call()}: <code>{_label(name)}</code></p>'
            f'<div class="content">{shown.code(arguments) if arguments else ""}</div>'
            "</div>\n"
        )


def _words(text: str) -> str:
    n = len(text.split())
    return "1 word" if n == 1 else f"{n:,} words"


def _said(turn: _Turn, text: str, shown: _Shown) -> str:
    is_json = shown.rich and _key(turn) in _TOOLS and laid_out_json(text) is not None
    return shown.code(text) if is_json else shown.text(text)


def _render_turn(turn: _Turn, numbers: _Numbers, shown: _Shown, *, folding: bool = True) -> str:
    """Return one turn as safe HTML: its role as a label, what it says under it.

    System and tool messages are `<details>`, folded at first where `folding`, but for a short
    result of a tool. The role is shown in words, so that the speaker is clear without colour.
    """
    label, key = _label(_speaker(turn, numbers)), _key(turn)
    body = "".join(_blocks(turn, numbers, shown))
    kind = key if key in {"user", "assistant"} else "other"
    if key in _FOLDED:
        words = label if key in _TOOLS else f"{label} message"
        short = key in _TOOLS and len(_text(turn, "content")) <= OPEN_CHARS
        state = " open" if short or not folding else ""
        return (
            f'<details class="turn turn-{kind}"{state}><summary class="role">{words}</summary>'
            f"{body}</details>\n"
        )
    return f'<div class="turn turn-{kind}"><p class="role">{label}</p>{body}</div>\n'


def _size(turn: _Turn) -> int:
    texts = [_text(turn, "content"), _text(turn, "reasoning_content")]
    texts += [part for function in _functions(turn) for part in function]
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)


def _rich(turns: Sequence[_Turn]) -> list[bool]:
    """Which turns are formatted: the last ones, up to a size that bounds the cost of all."""
    left = MAX_RICH_BYTES
    rich = []
    for turn in reversed(turns):
        left -= _size(turn)
        rich.append(left >= 0)
    return rich[::-1]


def _rendered(turns: Sequence[_Turn], *, folding: bool, why: str, room: int) -> list[str]:
    """Each turn as HTML; where there is no room for all, the last ones are whole."""
    numbers = _Numbers(turns)
    html: list[str] = []
    ways = [False] * len(turns) if why else _rich(turns)
    for place in range(len(turns) - 1, -1, -1):
        if room < _LEAST_ROOM:
            n = place + 1
            html.append(f'<p class="nothing">{n:,} more before: all would make it too long.</p>\n')
            break
        numbers.begin(place)
        shown = _Shown(ways[place], room)
        html.append(_render_turn(turns[place], numbers, shown, folding=folding))
        room -= len(html[-1])
    return html[::-1]


def formatted_conversation(
    messages: Iterable[_Turn], *, why: str = "", room: int = MAX_HTML_CHARS
) -> str:
    """Return messages as safe HTML, in order; after a sentence `why`, each as it was written.

    A single message needs no role above it. Of a conversation with more than `OPEN_MESSAGES` + 1
    messages, only the last `OPEN_MESSAGES` stay open; the earlier ones are one click away.
    """
    turns = list(messages)
    if len(turns) == 1 and turns[0].keys() <= {"role", "content"} and _key(turns[0]) == "user":
        body = _one_text(_text(turns[0], "content"), why, room)
        return f'<div class="turn turn-only"><div class="content">{body}</div></div>\n'
    rendered = _rendered(turns, folding=True, why=why, room=room)
    note = _note(why)
    fold = len(rendered) - OPEN_MESSAGES
    if fold <= 1:
        return note + "".join(rendered)
    return (
        f'{note}<details class="earlier"><summary>{fold} earlier messages</summary>\n'
        f"{''.join(rendered[:fold])}</details>\n{''.join(rendered[fold:])}"
    )


def _one_text(text: str, why: str, room: int) -> str:
    return render_unformatted(text, why=why, room=room) if why else formatted_text(text)


def _note(why: str) -> str:
    return f"<p>{why}</p>\n" if why else ""


def formatted_response(
    content: str, messages: Iterable[_Turn] = (), *, why: str = "", room: int = MAX_HTML_CHARS
) -> str:
    """Return a response as safe HTML: its content, or all its turns where it has several.

    Nothing but long reasoning folds: what one response did must be as plain to see as what another
    said. One turn of the assistant needs no role above it.
    """
    turns = list(messages)
    if not turns:
        return _one_text(content, why, room)
    note = _note(why)
    if len(turns) == 1 and _key(turns[0]) == "assistant":
        shown = _Shown(not why and _rich(turns)[0], room)
        body = "".join(_blocks(turns[0], _Numbers(turns), shown))
        return f'{note}<div class="turn turn-only">{body}</div>\n'
    return note + "".join(_rendered(turns, folding=False, why=why, room=room))


def _written_turn(turn: _Turn, numbers: _Numbers, *, named: bool) -> Iterator[tuple[str, bool]]:
    """The lines of a turn, and of each whether it is what the turn says."""
    if named:
        yield f"[{_speaker(turn, numbers)}]", False
    if thoughts := _text(turn, "reasoning_content"):
        yield f"[Reasoning]\n{thoughts}\n", False
    text, functions = _text(turn, "content"), _functions(turn)
    if thoughts and (text or not functions):
        yield "[Answer]", False
    if text or not functions:
        yield text, True
    for name, arguments in functions:
        yield f"[{numbers.call()}: {name}]", False
        if arguments:
            yield arguments, False


def written_parts(messages: Iterable[_Turn]) -> Iterator[tuple[str, int | None]]:
    """All that messages say, as it was written, part by part: the number of the message whose
    content a part is, None for what stands around it. The speakers are in brackets."""
    turns = list(messages)
    numbers = _Numbers(turns)
    named = len(turns) > 1 or any(_key(turn) in _TOOLS for turn in turns)
    for place, turn in enumerate(turns):
        if place:
            yield "\n\n", None
        for number, (line, is_content) in enumerate(_written_turn(turn, numbers, named=named)):
            if number:
                yield "\n", None
            yield line, place if is_content else None


def written_conversation(messages: Iterable[_Turn]) -> str:
    """All that messages say as one plain text, as it was written, the speakers in brackets."""
    return "".join(part for part, _message in written_parts(messages))
