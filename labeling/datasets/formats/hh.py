"""hh-rlhf: whole dialogues as text, as in Anthropic/hh-rlhf (arXiv:2204.05862).

A reader takes everything up to the last "\\n\\nAssistant:" as the prompt, so a text that contains a
speaker tag itself cannot be written without changing what is read back.
"""

from __future__ import annotations

from collections.abc import Iterator

from labeling.datasets.formats.base import FileRow, Format, TaskRows
from labeling.datasets.formats.carrying import TEXTS
from labeling.datasets.formats.columns import STRING, FileTable
from labeling.datasets.formats.refusals import role_refusal
from labeling.datasets.records import Message, TaskRecord
from projects.words import gettext_noop

_TAGS = {"user": "\n\nHuman: ", "assistant": "\n\nAssistant: "}
_MARKS = ("\n\nHuman:", "\n\nAssistant:")


def transcript(messages: tuple[Message, ...]) -> str:
    """The dialogue with a tag before each turn. Raises KeyError for other roles."""
    return "".join(_TAGS[message.role] + message.content for message in messages)


class HH(Format):
    """Two strings a row, `chosen` and `rejected`."""

    key = "hh"
    title = gettext_noop("hh-rlhf transcripts")
    family = gettext_noop("Published data sets")
    file_types = ("jsonl", "jsonl.gz", "jsonl.zst", "parquet")
    tables = (
        FileTable("default", "data", (("chosen", STRING), ("rejected", STRING)), default=True),
    )
    carries = TEXTS
    about = {
        "Texts": gettext_noop(
            "`chosen` and `rejected` are whole dialogues with an empty line and `Human: ` or "
            "`Assistant: ` before each turn; the prompt is everything up to the last `Assistant:`."
        ),
        "Cannot carry": gettext_noop(
            "Strength, ties and ids have no place in this format. System and tool turns, and texts "
            "that contain a speaker tag themselves, are left out and counted."
        ),
    }

    def refusal(self, task: TaskRecord) -> str | None:
        """No tag for system and tool turns; no text that holds a tag itself."""
        if reason := role_refusal(task.messages, _TAGS):
            return reason
        if all(message.role != "user" for message in task.messages):
            return "no_user_turn"
        texts = [message.content for message in task.messages]
        texts += [response.content for response in task.candidates]
        if any(mark in text for text in texts for mark in _MARKS):
            return "speaker_tag"
        return super().refusal(task)

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per pair."""
        prompt = transcript(item.task.messages) if item.pairs else ""
        for pair in item.pairs:
            chosen, rejected = (
                prompt + transcript((Message("assistant", item.task.candidates[i].content),))
                for i in (pair.chosen, pair.rejected)
            )
            yield FileRow("default", (chosen, rejected))
