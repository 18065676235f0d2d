"""The prompt of a row: text or a chat, framed by what a file keeps apart from it.

What a rater does not see cannot be judged: a system text, a passage that comes before the prompt
and an input that follows it are part of the prompt wherever a row has them; so are its pictures.
"""

from __future__ import annotations

from msgspec import structs

from labeling.datasets.readers.fields import filled, is_blank, text_value
from labeling.datasets.readers.pictures import picture_references
from labeling.datasets.readers.shapes.chats import Chat
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.records import Message, PictureRef
from labeling.datasets.rows import RefusalCode, RowError

#: The fields that frame a prompt.
FRAME = ("passage", "input", "system")
#: Those, and the pictures of the whole row.
_AROUND = (*FRAME, "images")
#: Who says what of a pair of turns.
_OF_PAIR = ("user", "assistant")


def _text(record: Record, name: str) -> str:
    """The text of a field; "" where the row has none or a blank one."""
    value = text_value(record.get(name) or "", record.column(name))
    return "" if is_blank(value) else value


def _earlier(record: Record) -> Chat:
    """The turns of a passage, as messages or as LLaMA-Factory's pairs of a question and an answer;
    none where it is a text."""
    passage, field = record.get("passage"), record.column("passage")
    if not isinstance(passage, list) or not passage:
        return ()
    if not all(isinstance(turn, list) for turn in passage):
        return record.chat("passage")
    turns: list[Message] = []
    for i, pair in enumerate(passage):
        if len(pair) != len(_OF_PAIR):
            raise RowError(f"{field}[{i}]", "Must be a question and its answer.", pair)
        texts = [filled(said, f"{field}[{i}]") for said in pair]
        turns += map(Message, _OF_PAIR, texts)
    return tuple(turns)


def _with_system(chat: Chat, system: str) -> Chat:
    if not system:
        return chat
    if chat and chat[0].role == "system":
        own = chat[0].content
        if own.strip() == system.strip():
            return chat
        return (Message("system", f"{system}\n\n{own}".strip()), *chat[1:])
    return (Message("system", system), *chat)


def framed(record: Record, chat: Chat) -> Chat:
    """The prompt with its system text before all, the passage before the first thing asked and
    the input, on a line of its own as LLaMA-Factory joins them, after the last. A passage of turns
    is what was said earlier."""
    if record.values.keys().isdisjoint(_AROUND):
        return chat
    earlier = _earlier(record)
    passage, follows = "" if earlier else _text(record, "passage"), _text(record, "input")
    # The prompt itself, where the earlier turns end with it, is not asked twice.
    turns = [*(earlier[:-1] if earlier[-1:] == chat[:1] else earlier), *chat]
    asked = [i for i, turn in enumerate(turns) if turn.role == "user"]
    if (passage or follows) and not asked:
        asked = [len(turns)]
        turns.append(Message("user", ""))
    if passage:
        turns[asked[0]] = _joined(turns[asked[0]], passage, "\n\n", before=True)
    if follows:
        turns[asked[-1]] = _joined(turns[asked[-1]], follows, "\n", before=False)
    if images := _images(record):
        place = asked[-1] if asked else len(turns)
        turns[place:] = [_with_images(turns[place:], images), *turns[place + 1 :]]
    return _with_system(tuple(turns), _text(record, "system"))


def _images(record: Record) -> tuple[PictureRef, ...]:
    """The pictures that the whole row is about."""
    value = record.get("images")
    pictures = picture_references(value, record.column("images")) if value else ()
    if isinstance(value, dict):
        return tuple(structs.replace(picture, is_aside=True) for picture in pictures)
    return pictures


def _with_images(turns: list[Message], images: tuple[PictureRef, ...]) -> Message:
    """The first of the turns with the pictures too; a turn of the user where there is none."""
    turn = turns[0] if turns else Message("user", "")
    return structs.replace(turn, images=(*turn.images, *images))


def _joined(turn: Message, text: str, gap: str, *, before: bool) -> Message:
    parts = [text, turn.content] if before else [turn.content, text]
    content = gap.join(part for part in parts if part)
    return structs.replace(turn, content=content, parts=())


def user_turn(value: object, field: str) -> Chat:
    """A prompt of one turn of the user. Raises RowError where nothing is said in it."""
    return (Message("user", filled(value, field)),)


def prompt_of(record: Record) -> Chat:
    """The prompt as messages: `prompt` as text or chat, or `messages`, but not both; framed.

    None at all where the user said that two texts are compared by themselves.
    """
    prompt, chat = record.get("prompt"), record.get("messages")
    if prompt is not None and chat is not None:
        raise RowError(
            record.column("messages"),
            f"The row has both {record.column('prompt')} and {record.column('messages')}. "
            "Keep one.",
            code=RefusalCode.CONTRADICTION,
        )
    if prompt is None and chat is None:
        if record.view.promptless:
            return framed(record, ())
        raise RowError(
            record.column("prompt"),
            "Missing. Give the prompt as text or messages.",
            code=RefusalCode.MISSING,
        )
    if prompt is None or isinstance(prompt, list):
        return framed(record, record.chat("messages" if prompt is None else "prompt"))
    return framed(record, user_turn(prompt, record.column("prompt")))
