"""Responses by themselves: labelled good or bad (TRL unpaired preference), or worth imitating.

TRL dataset formats "unpaired preference", "prompt-completion" and "language modelling". KTOTrainer
reads rows in file order and does not learn from runs of one label, so labelled rows are mixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labeling.datasets.formats.base import FILE_TYPES, FileRow, Format, TaskRows, Values
from labeling.datasets.formats.carrying import CHATS, TEXTS, Needs, kept, reply
from labeling.datasets.formats.columns import BOOL, MESSAGES, PROMPT_MESSAGES, STRING, FileTable
from labeling.datasets.formats.columns import ColumnType as Column
from labeling.datasets.formats.parts import WRITTEN, demonstration_id, how_written, labelled
from labeling.datasets.formats.pictures import (
    CHAT_PICTURES,
    COMPLETION_PICTURES,
    picture_cells,
)
from labeling.datasets.formats.refusals import CHAT_REFUSED
from labeling.datasets.formats.trl import IN_CSV, PLAIN_REFUSED, plain_refusal
from labeling.datasets.recipes.outcome import Demonstration, RowKind
from labeling.datasets.records import ResponseRecord, TaskRecord
from projects.words import gettext_noop

_LABELS = gettext_noop(
    "`label` is true for a good response and false for a bad one. Rows are mixed by a hash, "
    "because KTOTrainer reads them in file order and learns nothing from runs of one label."
)
_LOST = gettext_noop("Strength has no place in it, and a tie that cannot tell gives no row.")


def _unpaired(prompt: Column, completion: Column) -> FileTable:
    columns = (("prompt", prompt), ("completion", completion), ("label", BOOL))
    names = (("id", STRING), ("prompt_id", STRING))
    return FileTable("default", "data", (*columns, *names), default=True, shuffled=True)


def _shown(shape: Format, item: TaskRows, completion: ResponseRecord) -> Values:
    """The pictures of the prompt and of its completion, where the format has columns for them."""
    if not shape.carries.has_keys:
        return ()
    return picture_cells(item, item.task.messages, completion.messages)


class TrlUnpaired(Format):
    """Prompt and completion as message lists, and a true or false label."""

    key = "trl-unpaired"
    title = gettext_noop("TRL unpaired preference, conversational")
    family = gettext_noop("TRL")
    main = {RowKind.LABELS: "default"}
    carries = CHATS
    tables = (_unpaired(PROMPT_MESSAGES, MESSAGES),)
    about = {
        "Texts": gettext_noop(
            "`prompt` and `completion` are message lists; the completion is the reply alone."
        ),
        "Labels": _LABELS,
        "Cannot carry": (_LOST, CHAT_REFUSED),
    }
    usage = (
        "# trl.KTOTrainer takes it as it is:\n"
        '# KTOTrainer(model, train_dataset=rows["train"], processing_class=tokenizer)\n'
    )

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per label."""
        task = item.task
        for label, response, key in labelled(item):
            texts = self._texts(task, response)
            names = (label.good, key[:16], task.prompt_id)
            yield FileRow("default", (*texts, *names, *_shown(self, item, response)), key)

    def tables_for(self, needs: Needs) -> tuple[FileTable, ...]:
        """With the pictures, where there are any."""
        (table,) = super().tables_for(needs)
        shows = needs.images and self.carries.has_keys
        return (table.with_columns(*COMPLETION_PICTURES) if shows else table,)

    def _texts(self, task: TaskRecord, completion: ResponseRecord) -> tuple[Any, Any]:
        return (kept(task.messages, CHATS.prompts), reply(completion, CHATS.responses))


class TrlUnpairedPlain(TrlUnpaired):
    """Prompt and completion as strings, and a true or false label."""

    key = "trl-unpaired-plain"
    title = gettext_noop("TRL unpaired preference, plain text")
    file_types = FILE_TYPES
    carries = TEXTS
    tables = (_unpaired(STRING, STRING),)
    about = {
        "Texts": gettext_noop("Strings, exactly as the raters saw them; no template is applied."),
        "Labels": _LABELS,
        "Also for": gettext_noop("Axolotl reads it with `rl: kto` and the type `chatml.ultra`."),
        "In CSV": IN_CSV,
        "Cannot carry": (_LOST, PLAIN_REFUSED),
    }

    def refusal(self, task: TaskRecord) -> str | None:
        """No conversations."""
        return super().refusal(task) or plain_refusal(task)

    def _texts(self, task: TaskRecord, completion: ResponseRecord) -> tuple[Any, Any]:
        return (task.messages[0].content, completion.content)


_REVIEWED = (("edited", BOOL), ("decision", STRING))
_OF_REVIEWS = gettext_noop(
    "Of texts that people wrote, `edited` says that a reviewer changed them, and `decision` what "
    "the review came to."
)


def _with_reviews(table: FileTable, needs: Needs) -> FileTable:
    """With what reviewers made of the texts and how people wrote them, where there are any."""
    table = table.with_columns(*_REVIEWED) if needs.reviews else table
    return table.with_columns(*WRITTEN) if needs.written else table


def _reviewed(item: TaskRows, shown: Demonstration) -> Values:
    """What a reviewer made of a text, where somebody has read it, and how it was written."""
    reviewed = (shown.edited, shown.decision) if item.needs.reviews else ()
    return (*reviewed, *how_written(item, item.task.candidates[shown.response]))


class PromptCompletion(Format):
    """Prompt and completion as message lists: what SFTTrainer trains the completion of."""

    key = "trl-prompt-completion"
    title = gettext_noop("TRL prompt and completion")
    family = gettext_noop("TRL")
    main = {RowKind.DEMONSTRATIONS: "default"}
    carries = CHATS
    tables = (
        FileTable(
            "default",
            "data",
            (
                ("prompt", PROMPT_MESSAGES),
                ("completion", MESSAGES),
                ("id", STRING),
                ("prompt_id", STRING),
            ),
            default=True,
        ),
    )
    about = {
        "Texts": gettext_noop(
            "`prompt` and `completion` are message lists; SFTTrainer computes its loss on the "
            "completion."
        ),
        "Cannot carry": (
            gettext_noop("The response that was not chosen has no place in it."),
            CHAT_REFUSED,
        ),
    }
    usage = (
        "# trl.SFTTrainer takes it as it is:\n"
        '# SFTTrainer(model, train_dataset=rows["train"], processing_class=tokenizer)\n'
    )

    rated = {"Names": _OF_REVIEWS}

    def tables_for(self, needs: Needs) -> tuple[FileTable, ...]:
        """With what reviewers made of the texts and with pictures, where there are any."""
        (table,) = super().tables_for(needs)
        table = table.with_columns(*COMPLETION_PICTURES) if needs.images else table
        return (_with_reviews(table, needs),)

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per demonstration."""
        task = item.task
        for shown in item.demonstrations:
            response = task.candidates[shown.response]
            texts = (kept(task.messages, CHATS.prompts), reply(response, CHATS.responses))
            names = (demonstration_id(item, shown.response), task.prompt_id)
            pictures = picture_cells(item, task.messages, response.messages)
            yield FileRow("default", (*texts, *names, *pictures, *_reviewed(item, shown)))


class Messages(Format):
    """Whole conversations that end with the response to imitate."""

    key = "messages"
    title = gettext_noop("Messages (language modelling)")
    family = gettext_noop("TRL")
    main = {RowKind.DEMONSTRATIONS: "default"}
    carries = CHATS
    tables = (
        FileTable(
            "default",
            "data",
            (("messages", PROMPT_MESSAGES), ("id", STRING), ("prompt_id", STRING)),
            default=True,
        ),
    )
    about = {
        "Texts": gettext_noop(
            "`messages` is the whole conversation and ends with the response; set "
            "`assistant_only_loss` or take prompt and completion to train on the response alone."
        ),
        "Cannot carry": (
            gettext_noop("The response that was not chosen has no place in it."),
            CHAT_REFUSED,
        ),
    }
    usage = PromptCompletion.usage

    rated = {"Names": _OF_REVIEWS}

    def tables_for(self, needs: Needs) -> tuple[FileTable, ...]:
        """With what reviewers made of the texts and with pictures, where there are any."""
        (table,) = super().tables_for(needs)
        table = table.with_columns(*CHAT_PICTURES) if needs.images else table
        return (_with_reviews(table, needs),)

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per demonstration."""
        task = item.task
        for shown in item.demonstrations:
            response = task.candidates[shown.response]
            chat = kept(task.messages, CHATS.prompts) + reply(response, CHATS.responses)
            names = (demonstration_id(item, shown.response), task.prompt_id)
            pictures = picture_cells(item, (*task.messages, *response.messages))
            yield FileRow("default", (chat, *names, *pictures, *_reviewed(item, shown)))
