"""hh-rlhf transcripts: whole dialogues as `\\n\\nHuman: …\\n\\nAssistant: …` (arXiv:2204.05862).

Some files part the turns by single newlines. A text that has empty lines before the Assistant's
turns is cut at those alone: a name within a turn begins none.
"""

from __future__ import annotations

import re

from labeling.datasets.readers import limits
from labeling.datasets.readers.columns import guess
from labeling.datasets.readers.fields import label, text_value
from labeling.datasets.readers.shapes.base import COMMON, Sample, Shape
from labeling.datasets.readers.shapes.chats import Chat, Reply, common_prompt
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.labels import FLAT_FIELDS, preferred_first
from labeling.datasets.readers.shapes.prompts import FRAME, framed
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.records import Message
from labeling.datasets.rows import RefusalCode, RowError

_TAG = re.compile(r"\n\n(Human|Assistant):")
_CLOSE_TAG = re.compile(r"\n+(Human|Assistant):")
_APART = "\n\nAssistant:"
_START = re.compile(r"\s*(Human|Assistant):")
_ROLE = {"Human": "user", "Assistant": "assistant"}

Turn = tuple[str, str]


def looks_like_transcript(value: object) -> bool:
    """Whether a text is a dialogue with at least one turn of each speaker, apart by empty lines."""
    return isinstance(value, str) and _START.match(value) is not None and _APART in value


def looks_like_dialogue(value: object) -> bool:
    """Whether a text may be such a dialogue by its lines alone: a prompt may quote one, a whole
    answer is one."""
    return isinstance(value, str) and _START.match(value) is not None and "\nAssistant:" in value


def turns(transcript: str, field: str) -> list[Turn]:
    """(speaker, text) of each tag, without the one space that follows it."""
    if _START.match(transcript) is None:
        raise RowError(
            field,
            'Must begin with a speaker, as in "\\n\\nHuman: …".',
            transcript,
            code=RefusalCode.MALFORMED,
        )
    tag = _TAG if _APART in transcript else _CLOSE_TAG
    pieces = tag.split("\n\n" + transcript.lstrip())
    return [
        (speaker, said.removeprefix(" "))
        for speaker, said in zip(pieces[1::2], pieces[2::2], strict=True)
    ]


def joined_turns(history: list[Turn]) -> tuple[tuple[Message, ...], int]:
    """The turns as messages, and how many were joined to the one before.

    A speaker tag that follows the same speaker's tag does not start a turn: chat templates want
    speakers to alternate, and readers see one turn.
    """
    messages: list[Message] = []
    doubled = 0
    for speaker, said in history:
        role = _ROLE[speaker]
        if messages and messages[-1].role == role:
            doubled += 1
            parts = [part for part in (messages.pop().content, said) if part.strip()]
            said = "\n\n".join(parts)
        messages.append(Message(role, said))
    return tuple(messages), doubled


def _ends(dialogue: list[Turn], field: str) -> None:
    """Raises RowError unless the Assistant has the last turn."""
    speaker, said = dialogue[-1]
    if speaker != "Assistant":
        raise RowError(
            field, "Ends with a Human turn; the last turn must be the Assistant's.", said
        )


def text_prompt(content: str, field: str) -> Chat:
    """A prompt in text: a transcript as its turns, anything else as one turn of the user."""
    if looks_like_transcript(content):
        history = turns(content, field)
        if history[-1][0] == "Assistant" and not history[-1][1].strip():
            history.pop()
        return joined_turns(history)[0]
    return (Message("user", content),)


def transcript_pair(record: Record) -> tuple[Chat, list[Reply]]:
    """The prompt and the two replies of `chosen` and `rejected` dialogues.

    Raises RowError where they share no turn of the Human: they answer different prompts.
    """
    names = record.column("chosen"), record.column("rejected")
    dialogues = [
        turns(text_value(record.get(side), name), name)
        for side, name in zip(("chosen", "rejected"), names, strict=True)
    ]
    for dialogue, name in zip(dialogues, names, strict=True):
        _ends(dialogue, name)
    chosen, rejected = dialogues
    if chosen[:-1] == rejected[:-1]:
        # What follows a turn of the Assistant's own is a reply of its own, not joined to it.
        messages, doubled = joined_turns(chosen[:-1])
        replies = [Reply(dialogue[-1][1]) for dialogue in dialogues]
        if not messages:
            raise RowError(
                names[0],
                "Has no turn before the Assistant's: there is no prompt.",
                code=RefusalCode.MISSING,
            )
    else:
        (first, doubled), (second, more) = map(joined_turns, dialogues)
        doubled += more
        messages, replies = common_prompt((first, second), names)
    if doubled:
        record.rest["joined_turns"] = doubled
    return messages, replies


def _read_transcripts(record: Record) -> list[Parts]:
    """`chosen` and `rejected` dialogues, by what they share and what each says after it."""
    prompt, replies = transcript_pair(record)
    candidates = [
        Candidate(
            record.column(side),
            reply.content,
            label(record.get(f"{side}_model"), f"{side}_model", most=limits.MAX_MODEL),
            messages=reply.messages,
        )
        for side, reply in zip(("chosen", "rejected"), replies, strict=True)
    ]
    return [Parts(framed(record, prompt), candidates, preferred_first(record))]


def _fits(sample: Sample) -> bool:
    """Dialogues with tags, and no prompt beside them."""
    alone = not guess(sample.columns, ("prompt",))
    return alone and any(looks_like_dialogue(value) for value in sample.values("chosen"))


TRANSCRIPTS = Shape(
    key="hh",
    title="hh-rlhf transcripts: chosen and rejected dialogues",
    explanation=(
        "Whole dialogues with Human and Assistant tags; the prompt is what both share. Chosen is a "
        "label only where a rater is named."
    ),
    fields=("chosen", "rejected", "chosen_model", "rejected_model", *FRAME, *COMMON, *FLAT_FIELDS),
    needs=(("chosen", "rejected"),),
    read=_read_transcripts,
    fits=_fits,
)
