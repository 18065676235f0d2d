"""Chat messages of a row as turns: all they say is kept, in whichever usual shape it stands.

A call's arguments that are text stay as written; an object becomes JSON text. Content in several
parts is one text, its parts beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import (
    Broken,
    excerpt_of,
    is_blank,
    label,
    sized,
    text_value,
    type_in_words,
)
from labeling.datasets.readers.pictures import (
    PICTURE_KEYS,
    PICTURE_PARTS,
    check_number,
    is_picture_part,
    part_pictures,
    pictures_of,
)
from labeling.datasets.readers.weights import cell_json
from labeling.datasets.records import ContentPart, FunctionCall, Message, ToolCall
from labeling.datasets.rows import RefusalCode, RowError

_ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "prompter": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "model": "assistant",
    "function_call": "assistant",
    "tool": "tool",
    "function": "tool",
    "observation": "tool",
}
#: The role under which some files write a call as the text of a turn.
_CALLING = "function_call"
_REASONING = ("reasoning_content", "reasoning", "thinking")
#: Names of a text part, and of one in which a model thinks.
_TEXT_PARTS = ("text", "input_text", "output_text")
_THOUGHT = "thinking"
#: What a turn of a given speaker says.
OF_TURN = frozenset(
    ("content", "value", "parts", "tool_calls", "function_call", *PICTURE_KEYS, *_REASONING)
)
_READ = OF_TURN | {"role", "from", "tool_call_id", "name"}
_READ_OF_RESPONSE = OF_TURN | {"id", "model", "messages"}
_PLAIN_RESPONSE = frozenset({"id", "model", "content"})
_READ_OF_PART = frozenset({"type", "text", "value", _THOUGHT, *PICTURE_PARTS})
_READ_OF_CALL = frozenset({"id", "type", "function", "name", "arguments"})
#: What people would have to see or hear: a turn that has it is not whole without.
_UNSHOWN = (
    *("image_url", "input_image", "audio", "audios", "input_audio"),
    *("video", "videos", "files", "file", "attachments", "refusal"),
)
_PLAIN = 2
_NESTED = (list, dict)
#: How deep in a field messages stand at most: `completions[0].completion[0]`.
_DEPTH = 5


def _unsupported(field: str, what: str, value: object) -> RowError:
    return RowError(
        field, f"Holds {what}; only text is taken.", value, code=RefusalCode.UNSUPPORTED
    )


def _check_shown(value: Mapping[str, object], field: str) -> None:
    for name in _UNSHOWN:
        if value.get(name):
            raise _unsupported(f"{field}.{name}", f"“{name}”", value[name])


def _part(part: object, field: str) -> tuple[str, str]:
    """What a part says and what it thinks."""
    if type(part) is str:
        return text_value(part, field), ""
    kind = part.get("type") or "text" if isinstance(part, dict) else None
    if not isinstance(part, dict) or kind not in (*_TEXT_PARTS, _THOUGHT):
        raise _unsupported(field, "a part that is not text", part)
    _check_shown(part, field)
    if kind == _THOUGHT:
        return "", text_value(part.get(_THOUGHT), f"{field}.{_THOUGHT}")
    said = part.get("text", part.get("value"))
    return text_value(said, field), ""


def _content(value: object, field: str) -> tuple[str, tuple[ContentPart, ...], str]:
    """A message's content as one text, its parts where they are several, and its thoughts."""
    if not isinstance(value, list):
        return text_value(value, field), (), ""
    value = [part for part in value if not is_picture_part(part)]
    _check_many(len(value), field, "parts")
    said: list[str] = []
    thoughts: list[str] = []
    for item in value:
        text, thought = _part(item, field)
        (thoughts if thought else said).append(thought or text)
    content = text_value("\n".join(said), field)
    several = len(said) > 1
    parts = tuple(ContentPart("text", text) for text in said) if several else ()
    return content, parts, text_value("\n".join(thoughts), field)


def _check_many(count: int, field: str, what: str) -> None:
    if count > limits.MAX_PARTS:
        raise RowError(
            field,
            f"Has {count:,} {what}; at most {limits.MAX_PARTS:,} are taken.",
            code=RefusalCode.TOO_LONG,
        )


def _arguments(value: object, field: str) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        sized(value, field)
        value = json.dumps(value, ensure_ascii=False)
    return text_value(value, field)


def _call(value: object, field: str) -> ToolCall:
    if not isinstance(value, dict):
        raise RowError(
            field,
            f"Must be a call, not {type_in_words(value)}.",
            value,
            code=RefusalCode.WRONG_TYPE,
        )
    kind = label(value.get("type"), f"{field}.type", most=limits.MAX_NAME)
    # Some files leave the function's own object out.
    function = value.get("function") or value
    if kind not in ("", "function") or not isinstance(function, dict):
        raise _unsupported(field, "a call that is not one of a function", value)
    name = label(function.get("name"), f"{field}.name", most=limits.MAX_NAME)
    if not name:
        raise RowError(
            f"{field}.name",
            "Missing. A call names its function.",
            value,
            code=RefusalCode.MISSING,
        )
    return ToolCall(
        FunctionCall(name, _arguments(function.get("arguments"), f"{field}.arguments")),
        label(value.get("id"), f"{field}.id", most=limits.MAX_ID),
    )


def _calls(message: Mapping[str, object], field: str) -> tuple[ToolCall, ...]:
    calls: list[ToolCall] = []
    listed = message.get("tool_calls")
    if listed is not None and not isinstance(listed, list):
        raise RowError(
            f"{field}.tool_calls",
            f"Must be a list of calls, not {type_in_words(listed)}.",
            listed,
            code=RefusalCode.WRONG_TYPE,
        )
    if listed:
        _check_many(len(listed), f"{field}.tool_calls", "calls")
        calls += (_call(item, f"{field}.tool_calls[{i}]") for i, item in enumerate(listed))
    if message.get("function_call"):
        calls.append(_call(message["function_call"], f"{field}.function_call"))
    return tuple(calls)


def _written_calls(content: str, field: str) -> tuple[ToolCall, ...]:
    """The call that a turn of the role `function_call` has as its text, or the list of them."""
    try:
        written = cell_json(content)
    except (ValueError, RecursionError):
        raise RowError(
            field, "Must be a call as JSON.", content, code=RefusalCode.MALFORMED
        ) from None
    written = written if isinstance(written, list) else [written]
    _check_many(len(written), field, "calls")
    return tuple(_call(item, field) for item in written)


def _reasoning(message: Mapping[str, object], field: str, thoughts: str) -> str:
    """What the model thought, under whichever name; two names may say the same."""
    said = [text_value(message.get(name) or "", f"{field}.{name}") for name in _REASONING]
    different = list(dict.fromkeys(text for text in (*said, thoughts) if text))
    if len(different) > 1:
        raise RowError(
            field, "Has two different reasonings. Keep one.", code=RefusalCode.CONTRADICTION
        )
    return different[0] if different else ""


def _body(value: Mapping[str, object], field: str, silent: bool) -> object:
    """What is said, under whichever key; "" where a turn need not say anything."""
    body = next((value[name] for name in ("content", "value") if name in value), None)
    parts = value.get("parts")
    if parts and isinstance(parts, list):
        if body is not None and body != _content(parts, field)[0]:
            raise RowError(
                f"{field}.parts",
                "Say another text than the content. Keep one.",
                code=RefusalCode.CONTRADICTION,
            )
        return parts
    return "" if body is None and silent else body


def _whole(value: Mapping[str, object], role: str, calling: bool, field: str) -> Message:
    _check_shown(value, field)
    calls = _calls(value, field)
    images = pictures_of(value, field)
    body = _body(value, field, bool(calls) or bool(images) or role == "tool")
    images += part_pictures(body, f"{field}.content")
    check_number(len(images), f"{field}.images")
    content, parts, thoughts = _content(body, f"{field}.content")
    if calling:
        calls, content = (*calls, *_written_calls(content, f"{field}.content")), ""
    return Message(
        role,
        content,
        parts,
        calls,
        label(value.get("tool_call_id"), f"{field}.tool_call_id", most=limits.MAX_ID),
        label(value.get("name"), f"{field}.name", most=limits.MAX_NAME),
        _reasoning(value, field, thoughts),
        images,
    )


def _plain(value: object) -> Message | None:
    """The turn of a message of a role and a text alone, as nearly all are; None for any other."""
    if type(value) is not dict or len(value) != _PLAIN:
        return None
    name, content = value.get("role"), value.get("content")
    if type(name) is not str or type(content) is not str or len(content) > limits.MAX_TEXT:
        return None
    role = _ROLES.get(name)
    if role is None or name == _CALLING or not content.isascii() or "\x00" in content:
        return None
    return None if role == "user" and is_blank(content) else Message(role, content)


def message(value: object, field: str, number: int = 1) -> Message:
    """`{"role", "content"}`, or `{"from", "value"}` as some files write it, with all it says.

    Raises RowError for another role, which it names with the message's number, for images and the
    like, and for a user's turn in which nothing is said.
    """
    if not isinstance(value, dict):
        if isinstance(value, Broken):
            raise RowError(field, value.reason, code=value.code)
        # A list of texts is one of answers: each of them is a response of its own.
        texts = " Write a row for each of several answers." if isinstance(value, str) else ""
        raise RowError(
            field,
            f'Must be a message {{"role": …, "content": …}}.{texts}',
            value,
            code=RefusalCode.WRONG_TYPE,
        )
    name = value.get("role", value.get("from"))
    key = name.strip().lower() if isinstance(name, str) else ""
    role = _ROLES.get(key)
    if role is None:
        known = "Must be system, user, assistant or tool"
        said = "none" if name is None else f"“{excerpt_of(name)}”"
        raise RowError(f"{field}.role", f"{known}; message {number} has {said}.", name)
    content = value.get("content")
    if len(value) == _PLAIN and type(content) is str and key != _CALLING:
        turn = Message(role, text_value(content, f"{field}.content"))
    else:
        turn = _whole(value, role, key == _CALLING, field)
    # A model may answer nothing, a tool return nothing, and a chat template want an empty system
    # message; who asks says something.
    if role == "user" and is_blank(turn.content) and not turn.images:
        raise RowError(
            f"{field}.content",
            f"Message {number} is empty. Fill it or leave it out.",
            code=RefusalCode.EMPTY,
        )
    return turn


def _too_much(field: str, size: int) -> RowError:
    if size > limits.MAX_CHAT:
        reason = f"Its messages have more than {limits.MAX_CHAT:,} characters. Shorten them."
    else:
        reason = f"Has more than {limits.MAX_PIECES:,} parts and calls. Leave some out."
    return RowError(field, reason, code=RefusalCode.TOO_LONG)


def messages(value: object, field: str) -> tuple[Message, ...]:
    """A list of chat messages. Raises RowError for what is none, and for too much."""
    return read_messages(value, field)[0]


def read_messages(value: object, field: str) -> tuple[tuple[Message, ...], bool]:
    """A list of chat messages, and whether a role and a text are all that each of them says.

    Raises RowError for what is none, and for too much.
    """
    if not isinstance(value, list):
        if isinstance(value, Broken):
            raise RowError(field, value.reason, code=value.code)
        raise RowError(
            field,
            f"Must be a list of messages, not {type_in_words(value)}.",
            value,
            code=RefusalCode.WRONG_TYPE,
        )
    if len(value) > limits.MAX_MESSAGES:
        raise RowError(
            field,
            f"Has {len(value):,} messages; at most {limits.MAX_MESSAGES:,} are taken.",
            code=RefusalCode.TOO_LONG,
        )
    chat, size, pieces, plain = [], 0, 0, True
    for i, item in enumerate(value):
        turn = _plain(item)
        if turn is None:
            turn = message(item, f"{field}[{i}]", i + 1)
            plain = plain and _says_it_all(item)
            size += len(turn.reasoning_content)
            size += sum(len(call.function.arguments) for call in turn.tool_calls)
            pieces += len(turn.parts) + len(turn.tool_calls)
        size += len(turn.content)
        if size > limits.MAX_CHAT or pieces > limits.MAX_PIECES:
            raise _too_much(field, size)
        chat.append(turn)
    return tuple(chat), plain


def _beyond(item: object, names: frozenset[str]) -> dict[str, object]:
    """The values of an object under other names, without those that say nothing."""
    if not isinstance(item, dict) or item.keys() <= names:
        return {}
    return {
        name: value
        for name, value in item.items()
        if name not in names and value is not None and value not in ("", [], {})
    }


def _inner(message: Mapping[str, object]) -> Iterator[tuple[str, object, frozenset[str]]]:
    for name, names in (("content", _READ_OF_PART), ("parts", _READ_OF_PART)):
        items = message.get(name)
        if isinstance(items, list):
            yield from ((f".{name}[{i}]", item, names) for i, item in enumerate(items))
    calls = message.get("tool_calls")
    for i, call in enumerate(calls if isinstance(calls, list) else ()):
        yield f".tool_calls[{i}]", call, _READ_OF_CALL
        if isinstance(call, dict):
            yield f".tool_calls[{i}].function", call.get("function"), _READ_OF_CALL


def _says_it_all(item: object) -> bool:
    """Whether a message has nothing beyond a role and a text, or a response beyond its own."""
    if type(item) is not dict or type(item.get("content")) is not str:
        return False
    return len(item) == _PLAIN if "role" in item else item.keys() <= _PLAIN_RESPONSE


def note_unread(value: object, field: str, beyond: dict[str, object], depth: int = 1) -> None:
    """Notes under its place what the messages in a value say beyond what becomes of them."""
    if depth > _DEPTH:
        return
    if type(value) is list:
        for i, item in enumerate(value):
            if type(item) in _NESTED and not _says_it_all(item):
                note_unread(item, f"{field}[{i}]", beyond, depth + 1)
    elif type(value) is dict and ("role" in value or "from" in value):
        for place, item, names in (("", value, _READ), *_inner(value)):
            if rest := _beyond(item, names):
                beyond[f"{field}{place}"] = rest
    elif type(value) is dict:
        # Of a list's items those with messages are responses too.
        says = "content" in value or (depth > 1 and "messages" in value)
        if says and (rest := _beyond(value, _READ_OF_RESPONSE)):
            beyond[field] = rest
        for name, item in value.items():
            if type(item) in _NESTED:
                note_unread(item, f"{field}.{name[:40]}", beyond, depth + 1)
