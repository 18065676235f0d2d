"""hh-rlhf transcripts: whole dialogues as `\\n\\nHuman: …\\n\\nAssistant: …` (arXiv:2204.05862)."""

from __future__ import annotations

import re

from labeling.datasets.readers import limits
from labeling.datasets.readers.columns import guess
from labeling.datasets.readers.fields import label, text_value
from labeling.datasets.readers.shapes.base import COMMON, Sample, Shape
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.labels import FLAT_FIELDS, preferred_first
from labeling.datasets.readers.shapes.prompts import FRAME, framed
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.records import Message
from labeling.datasets.rows import RowError

_TAG = re.compile(r"\n\n(Human|Assistant):")
_START = re.compile(r"\s*(Human|Assistant):")
_ROLE = {"Human": "user", "Assistant": "assistant"}

Turn = tuple[str, str]


def looks_like_transcript(value: object) -> bool:
    """Whether a text is a dialogue with at least one turn of each speaker."""
    return isinstance(value, str) and _START.match(value) is not None and "\n\nAssistant:" in value


def turns(transcript: str, field: str) -> list[Turn]:
    """(speaker, text) of each tag, without the one space that follows it."""
    if _START.match(transcript) is None:
        raise RowError(field, 'Must begin with a speaker, as in "\\n\\nHuman: …".', transcript)
    pieces = _TAG.split("\n\n" + transcript.lstrip())
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


def _reply(record: Record, side: str, transcript: list[Turn]) -> Candidate:
    field = record.column(side)
    model = label(record.get(f"{side}_model"), f"{side}_model", most=limits.MAX_MODEL)
    speaker, said = transcript[-1]
    if speaker != "Assistant":
        raise RowError(
            field, "Ends with a Human turn; the last turn must be the Assistant's.", said
        )
    return Candidate(field, said, model)


def _read_transcripts(record: Record) -> list[Parts]:
    """`chosen` and `rejected` dialogues that are the same up to the last Assistant turn."""
    names = record.column("chosen"), record.column("rejected")
    chosen, rejected = (
        turns(text_value(record.get(field), name), name)
        for field, name in zip(("chosen", "rejected"), names, strict=True)
    )
    candidates = _reply(record, "chosen", chosen), _reply(record, "rejected", rejected)
    if chosen[:-1] != rejected[:-1]:
        raise RowError(
            names[1],
            "The two dialogues differ before the last Assistant turn, so they do not answer the "
            "same prompt.",
            _first_difference(chosen, rejected),
        )
    if len(chosen) == 1:
        raise RowError(names[0], "Has no turn before the Assistant's: there is no prompt.")
    messages, doubled = joined_turns(chosen[:-1])
    if doubled:
        record.rest["joined_turns"] = doubled
    return [Parts(framed(record, messages), candidates, preferred_first(record))]


def _first_difference(chosen: list[Turn], rejected: list[Turn]) -> str:
    for turn, other in zip(chosen, rejected, strict=False):
        if turn != other:
            return f"{other[0]}: {other[1]}"
    return ""


def _fits(sample: Sample) -> bool:
    """Dialogues with tags, and no prompt beside them."""
    alone = not guess(sample.columns, ("prompt",))
    return alone and any(looks_like_transcript(value) for value in sample.values("chosen"))


TRANSCRIPTS = Shape(
    key="hh",
    title="hh-rlhf transcripts: chosen and rejected dialogues",
    explanation=(
        "Whole dialogues with Human and Assistant tags; the prompt is everything before the last "
        "Assistant turn. Chosen is a label only where a rater is named."
    ),
    fields=("chosen", "rejected", "chosen_model", "rejected_model", *FRAME, *COMMON, *FLAT_FIELDS),
    needs=(("chosen", "rejected"),),
    read=_read_transcripts,
    fits=_fits,
)
