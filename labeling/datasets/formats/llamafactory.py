"""LLaMA-Factory: sharegpt rows with its `dataset_info.json` beside them.

Source: LLaMA-Factory `data/README.md`, `src/llamafactory/data/converter.py` and `parser.py`. Turns
must alternate after an optional system turn, else a row is skipped with a mere warning; `chosen`
and `rejected` are one message each, because lists are silently read as rows for imitation; and a
media placeholder without its file stops a multimodal model.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, ClassVar

from msgspec.json import Encoder

from labeling.datasets.formats.base import FileRow, Format, TaskRows, Values
from labeling.datasets.formats.carrying import Carried, ChatPart, Needs, kept, reply
from labeling.datasets.formats.chatjson import arguments_of
from labeling.datasets.formats.columns import BOOL, PLAIN_MESSAGES, STRINGS, FileTable
from labeling.datasets.formats.nested import MESSAGE
from labeling.datasets.formats.parts import labelled
from labeling.datasets.formats.refusals import alternation_refusal, role_refusal
from labeling.datasets.recipes.outcome import RowKind
from labeling.datasets.records import Message, ResponseRecord, TaskRecord
from projects.words import gettext_noop

_encode = Encoder().encode
INFO_FILE = "dataset_info.json"
_ROLES = frozenset({"system", "user", "assistant", "tool"})
#: The column of pictures, each of which has the first of the marks in the texts.
_PICTURES = "images"
_PLACEHOLDERS = ("<image>", "<video>", "<audio>")
_TAGS = {
    "role_tag": "role",
    "content_tag": "content",
    "user_tag": "user",
    "assistant_tag": "assistant",
    "observation_tag": "tool",
    "system_tag": "system",
}
#: The role of a turn that calls tools, which such a program asks for only where one does.
_CALL_TAG = {"function_tag": "function_call"}
_INFO = gettext_noop(
    "`dataset_info.json` names every file of every split: set `dataset_dir` to this folder and "
    "`dataset` to names such as `concord_train`."
)
_REFUSED = gettext_noop(
    "After an optional system turn, user (or tool) and assistant must take turns and the prompt "
    "must end with a user or tool turn; other prompts, and texts with a placeholder such as "
    "`<image>`, are left out and counted."
)


class _LlamaFactory(Format):
    """The shared part: refusals, and the file that tells the program what the columns are."""

    family = gettext_noop("Other trainers")
    file_types = ("jsonl", "parquet")
    carries = Carried(
        frozenset({ChatPart.CALLS, ChatPart.IMAGES}),
        frozenset({ChatPart.CALLS, ChatPart.EMPTY}),
    )
    usage = "# llamafactory-cli train … --dataset_dir path/to/this/folder --dataset concord_train\n"
    columns: ClassVar[Mapping[str, str]]
    settings: ClassVar[Mapping[str, Any]] = {}

    def refusal(self, task: TaskRecord) -> str | None:
        """Only turns that alternate, and no placeholder for media."""
        reason = role_refusal(task.messages, _ROLES) or alternation_refusal(task.messages)
        if reason:
            return reason
        texts = [message.text for message in task.messages]
        texts += [response.text for response in task.candidates]
        if any(mark in text for text in texts for mark in _PLACEHOLDERS):
            return "media_placeholder"
        return _beside_call(task.messages)

    def response_refusal(self, response: ResponseRecord) -> str | None:
        """A turn is a text or a call, and a response is the assistant's."""
        if any(turn.role != "assistant" for turn in response.messages):
            return "not_alternating"
        return _beside_call(response.messages)

    def tables_for(self, needs: Needs) -> tuple[FileTable, ...]:
        """With the names of the prompt's pictures, where there are any."""
        (table,) = super().tables_for(needs)
        return (table.with_columns((_PICTURES, STRINGS)) if needs.images else table,)

    def pictures(self, item: TaskRows) -> Values:
        """The names of the prompt's pictures, where a release has any."""
        if not item.needs.images:
            return ()
        return (tuple(shown.file_name for turn in item.task.messages for shown in turn.images),)

    def prompt(self, task: TaskRecord) -> tuple[Message, ...]:
        """The prompt's turns."""
        return _with_calls(kept(task.messages, self.carries.prompts))

    def reply(self, response: ResponseRecord) -> tuple[Message, ...]:
        """A response's one turn."""
        return _with_calls(reply(response, self.carries.responses))

    def extra_files(self, tables: Sequence[FileTable], names: Sequence[str]) -> Mapping[str, str]:
        """`dataset_info.json`: an entry for every data file."""
        entries = {}
        for table in tables:
            for name in names:
                path = PurePosixPath(name)
                if path.parent.as_posix() == table.folder:
                    entries[_entry_name(table, path)] = {
                        "file_name": name,
                        "formatting": "sharegpt",
                        **self.settings,
                        "columns": {**self.columns, **_pictures_of(table)},
                        "tags": _TAGS | (_CALL_TAG if table.dialogues else {}),
                    }
        return {INFO_FILE: json.dumps(entries, indent=2) + "\n"}


def _pictures_of(table: FileTable) -> dict[str, str]:
    """The column of pictures, which such a program asks for only where there is one."""
    return {"images": _PICTURES} if _PICTURES in table.names else {}


def _beside_call(messages: Sequence[Message]) -> str | None:
    """The content of a turn that calls is the call itself."""
    both = any(turn.tool_calls and turn.content.strip() for turn in messages)
    return "text_beside_tool_call" if both else None


def _with_calls(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Turns of role and content: a call, or a list of several, stands in JSON as the content, and
    each picture has a mark before the text."""
    if all(turn.is_plain for turn in messages):
        return messages
    return tuple(
        Message(_CALL_TAG["function_tag"], _calls_json(turn))
        if turn.tool_calls
        else Message(turn.role, _PLACEHOLDERS[0] * len(turn.images) + turn.content)
        for turn in messages
    )


def _calls_json(turn: Message) -> str:
    functions = [call.function for call in turn.tool_calls]
    calls = [{"name": each.name, "arguments": arguments_of(each.arguments)} for each in functions]
    return _encode(calls if len(calls) > 1 else calls[0]).decode()


def _entry_name(table: FileTable, path: PurePosixPath) -> str:
    """`concord_train`; with the criterion where each has its files, the number where shards are."""
    split, number, total = path.stem.replace("-of-", "-").rsplit("-", 2)
    parts = ["concord", *table.folder.split("-")[1:], split]
    if int(total) > 1:
        parts.append(str(int(number) + 1))
    return "_".join(parts)


class LlamaFactory(_LlamaFactory):
    """Ranking rows, for reward models, DPO, ORPO and SimPO."""

    key = "llamafactory"
    title = gettext_noop("LLaMA-Factory preference")
    tables = (
        FileTable(
            "default",
            "data",
            (("conversations", PLAIN_MESSAGES), ("chosen", MESSAGE), ("rejected", MESSAGE)),
            default=True,
        ),
    )
    columns = {"messages": "conversations", "chosen": "chosen", "rejected": "rejected"}
    settings = {"ranking": True}
    about = {
        "Texts": gettext_noop(
            "`conversations` is the prompt as messages; `chosen` and `rejected` are one message "
            "each."
        ),
        "Beside the data": _INFO,
        "Cannot carry": (gettext_noop("Ties, ids and strength have no place in it."), _REFUSED),
    }

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per pair."""
        task = item.task
        candidates = task.candidates
        for pair in item.pairs:
            sides = (candidates[pair.chosen], candidates[pair.rejected])
            replies = (self.reply(side)[0] for side in sides)
            yield FileRow("default", (self.prompt(task), *replies, *self.pictures(item)))


class LlamaFactoryKto(_LlamaFactory):
    """Conversations that end with a response, and a true or false label."""

    key = "llamafactory-kto"
    title = gettext_noop("LLaMA-Factory KTO")
    main = {RowKind.LABELS: "default"}
    tables = (
        FileTable(
            "default",
            "data",
            (("messages", PLAIN_MESSAGES), ("label", BOOL)),
            default=True,
            shuffled=True,
        ),
    )
    columns = {"messages": "messages", "kto_tag": "label"}
    about = {
        "Texts": gettext_noop(
            "`messages` is the conversation up to and with the response; `label` is true for a "
            "good one, false for a bad one. Rows are mixed by a hash."
        ),
        "Beside the data": _INFO,
        "Cannot carry": (gettext_noop("Ids and strength have no place in it."), _REFUSED),
    }

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per label."""
        for label, response, key in labelled(item):
            chat = self.prompt(item.task) + self.reply(response)
            yield FileRow("default", (chat, label.good, *self.pictures(item)), key)


class LlamaFactorySft(_LlamaFactory):
    """Conversations that end with the response to imitate."""

    key = "llamafactory-sft"
    title = gettext_noop("LLaMA-Factory supervised fine-tuning")
    main = {RowKind.DEMONSTRATIONS: "default"}
    tables = (FileTable("default", "data", (("messages", PLAIN_MESSAGES),), default=True),)
    columns = {"messages": "messages"}
    about = {
        "Texts": gettext_noop("`messages` is the conversation up to and with the response."),
        "Beside the data": _INFO,
        "Cannot carry": (
            gettext_noop("The response that was not chosen and ids have no place in it."),
            _REFUSED,
        ),
    }

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per demonstration."""
        task = item.task
        for shown in item.demonstrations:
            chat = self.prompt(task) + self.reply(task.candidates[shown.response])
            yield FileRow("default", (chat, *self.pictures(item)))
