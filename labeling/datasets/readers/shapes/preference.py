"""`chosen` and `rejected`, as TRL, UltraFeedback binarized and the trainers' own files write them.

Plain text or chats; with an explicit prompt, or with the prompt as their common beginning. Also one
message object each (LLaMA-Factory, Axolotl), and an instruction with an input or a system text.
"""

from __future__ import annotations

from labeling.datasets.readers import limits
from labeling.datasets.readers.chat import message, messages
from labeling.datasets.readers.fields import filled, text_value, type_in_words
from labeling.datasets.readers.shapes.about import TURN_FIELDS, turn_about
from labeling.datasets.readers.shapes.base import COMMON, Shape
from labeling.datasets.readers.shapes.chats import Chat, Reply, common_prompt, reply_of
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.labels import FLAT_FIELDS, preferred_first
from labeling.datasets.readers.shapes.prompts import FRAME, framed
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.shapes.transcripts import (
    looks_like_dialogue,
    text_prompt,
    transcript_pair,
)
from labeling.datasets.readers.shapes.untaken import best_of_n_objection
from labeling.datasets.records import Message
from labeling.datasets.rows import RefusalCode, RowError

_SIDES = ("chosen", "rejected")


def _prompt(record: Record) -> Chat:
    """The explicit prompt, with what some files keep apart from it."""
    name = "prompt" if record.get("prompt") is not None else "messages"
    value, field = record.get(name), record.column(name)
    if isinstance(value, list):
        return framed(record, record.chat(name))
    if isinstance(value, dict):
        return framed(record, messages([value], field))
    return framed(record, text_prompt(filled(value, field), field))


def _after(chat: Chat, prompt: Chat, field: str) -> Reply:
    """The reply of a chat that may repeat its prompt. Raises RowError where it answers another."""
    if chat[: len(prompt)] == prompt:
        chat = chat[len(prompt) :]
    elif prompt and prompt[0].role == "system" and chat[: len(prompt) - 1] == prompt[1:]:
        chat = chat[len(prompt) - 1 :]
    reply = reply_of(chat, field)
    begins_anew = chat[0].role in ("system", "user")
    if begins_anew and not (prompt and prompt[-1].role == "assistant"):
        raise RowError(
            field,
            "Must begin with the prompt or with the reply to it.",
            chat[0].content,
            code=RefusalCode.DIFFERENT_PROMPTS,
        )
    return reply


def _reply(record: Record, side: str, prompt: Chat) -> Reply:
    value, field = record.get(side), record.column(side)
    if isinstance(value, list):
        return _after(record.chat(side), prompt, field)
    if isinstance(value, dict):
        return _after((message(value, field),), (), field)
    return Reply(text_value(value, field))


def _repeats_prompt(record: Record) -> bool:
    """Whether a prompt in text is only the first user turn of both chats, as UltraFeedback has it.

    The chats then say the whole prompt, with a system turn or earlier turns if there are any.
    """
    prompt = record.get("prompt")
    if not isinstance(prompt, str) or record.get("system") is not None:
        return False
    for side in _SIDES:
        chat = record.get(side)
        if not isinstance(chat, list) or len(chat) < 2:
            return False
        read = record.chat(side)
        first = next((said.content for said in read if said.role == "user"), None)
        if first is None or first.strip() != prompt.strip():
            return False
    return True


def _common_text(record: Record) -> tuple[Chat, list[Reply]]:
    """Splits two texts where they part, one space earlier if there is one, as TRL does."""
    chosen, rejected = (text_value(record.get(side), record.column(side)) for side in _SIDES)
    end = next(
        (i for i, (a, b) in enumerate(zip(chosen, rejected, strict=False)) if a != b),
        min(len(chosen), len(rejected)),
    )
    if end and chosen[end - 1] == " ":
        end -= 1
    if not chosen[:end].strip():
        raise RowError(
            record.column("chosen"),
            "There is no prompt: the row has none, and the two texts share no beginning.",
            chosen,
            code=RefusalCode.MISSING,
        )
    return (Message("user", chosen[:end]),), [Reply(chosen[end:]), Reply(rejected[end:])]


def _common_chat(record: Record) -> tuple[Chat, list[Reply]]:
    fields = record.column("chosen"), record.column("rejected")
    chosen, rejected = map(record.chat, _SIDES)
    return common_prompt((chosen, rejected), fields)


def _split(record: Record) -> tuple[Chat, list[Reply]]:
    # UltraFeedback repeats the chosen chat as `messages`; elsewhere they are the prompt.
    chat = record.get("messages")
    explicit = record.get("prompt") is not None or (
        chat is not None and chat != record.get("chosen")
    )
    if explicit and not _repeats_prompt(record):
        prompt = _prompt(record)
        if whole := _transcripts_with(record, prompt):
            return whole
        return prompt, [_reply(record, side, prompt) for side in _SIDES]
    prompt, replies = _common(record)
    return framed(record, prompt), replies


def _transcripts_with(record: Record, prompt: Chat) -> tuple[Chat, list[Reply]] | None:
    """The prompt and the replies of two transcripts that both say the prompt again; None where they
    do not."""
    if not all(looks_like_dialogue(record.get(side)) for side in _SIDES):
        return None
    try:
        whole, replies = transcript_pair(record)
    except RowError:
        return None
    said = {turn.content.strip() for turn in whole}
    asked = [turn.content.strip().removeprefix("Human:").strip() for turn in prompt]
    return (whole, replies) if said.issuperset(asked) else None


def _has_speaker(turn: object) -> bool:
    return isinstance(turn, dict) and bool({"role", "from"} & turn.keys())


def _refuse_other_messages(record: Record, prompt: Chat, replies: list[Reply]) -> None:
    """Messages beside a prompt may repeat it and a reply. What else they say nobody would see."""
    chat, field = record.get("messages"), record.column("messages")
    if not isinstance(chat, list) or not all(map(_has_speaker, chat)):
        return
    seen = {turn.content.strip() for turn in prompt} | {said.content.strip() for said in replies}
    for turn in messages(chat, field):
        if turn.content.strip() not in seen:
            raise RowError(
                field,
                f"Says something else than {record.column('prompt')}. Keep one.",
                turn.content,
                code=RefusalCode.CONTRADICTION,
            )


def _are_turns(value: object) -> bool:
    """Whether a chat has turns before its reply."""
    return isinstance(value, list) and len(value) > 1


def _common(record: Record) -> tuple[Chat, list[Reply]]:
    """The prompt as both sides begin with it: as turns, or as text where the user says so."""
    chosen, rejected = (record.get(side) for side in _SIDES)
    if _are_turns(chosen) and _are_turns(rejected):
        return _common_chat(record)
    if looks_like_dialogue(chosen) and looks_like_dialogue(rejected):
        return transcript_pair(record)
    if record.view.promptless and chosen is not None and rejected is not None:
        return (), [_reply(record, side, ()) for side in _SIDES]
    if isinstance(chosen, list) and isinstance(rejected, list):
        return _common_chat(record)
    if isinstance(chosen, str) and isinstance(rejected, str):
        # What two texts begin with is as often no prompt at all ("I think", "The").
        if record.column("prompt") != record.column("chosen"):
            raise RowError(
                record.column("prompt"),
                "Missing. Say which column is the prompt.",
                chosen,
                code=RefusalCode.MISSING,
            )
        return _common_text(record)
    for side in _SIDES:
        if record.get(side) is None:
            raise RowError(
                record.column(side),
                "Missing. Give it as text or messages.",
                code=RefusalCode.MISSING,
            )
    raise RowError(
        record.column("rejected"),
        f"Both must be text or both messages; chosen is {type_in_words(chosen)} and rejected "
        f"{type_in_words(rejected)}.",
        code=RefusalCode.WRONG_TYPE,
    )


def _read_preference(record: Record) -> list[Parts]:
    """The pair; its scores and other columns become metadata."""
    prompt, replies = _split(record)
    said_twice = record.get("messages") == record.get("chosen")
    if record.get("prompt") is not None and not said_twice:
        _refuse_other_messages(record, prompt, replies)
        record.keep("messages")
    candidates = [
        Candidate(
            field=record.column(side),
            content=reply.content,
            model=record.label(f"{side}_model", most=limits.MAX_MODEL),
            messages=reply.messages,
        )
        for side, reply in zip(_SIDES, replies, strict=True)
    ]
    return [Parts(prompt, candidates, preferred_first(record), about=turn_about(record))]


PREFERENCE = Shape(
    key="trl",
    title="TRL, UltraFeedback binarized, LLaMA-Factory or Axolotl: prompt, chosen and rejected",
    explanation=(
        "A prompt with a chosen and a rejected reply, as text or messages; without a prompt it is "
        "what the two begin with. Chosen is a label only where a rater is named."
    ),
    fields=(
        *("prompt", "messages", "chosen", "rejected", "chosen_model", "rejected_model"),
        *FRAME,
        *COMMON,
        *FLAT_FIELDS,
        *TURN_FIELDS,
    ),
    needs=(("chosen", "rejected"),),
    read=_read_preference,
    objection=best_of_n_objection,
    promptless=True,
)
