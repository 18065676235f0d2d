"""TRL preference: plain or conversational, with the prompt in a column of its own or inside.

Read by RewardTrainer, DPOTrainer and the trainers built like them (TRL dataset formats,
"preference"). `prompt`, `chosen` and `rejected` are all strings or all message lists, the prompt is
never repeated inside `chosen`, and no other column has a name that a trainer gives a meaning to,
except `margin`, which RewardTrainer subtracts in its loss and which is never null.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labeling.datasets.formats.base import FILE_TYPES, FileRow, Format, TaskRows
from labeling.datasets.formats.carrying import CHATS, TEXTS, Needs, kept, reply
from labeling.datasets.formats.columns import (
    FLOAT,
    MESSAGES,
    PROMPT_MESSAGES,
    SHORT,
    STRING,
    ColumnType,
    FileTable,
)
from labeling.datasets.formats.parts import WRITTEN, how_written, pair_id
from labeling.datasets.formats.pictures import PAIR_PICTURES, picture_cells
from labeling.datasets.formats.refusals import CHAT_REFUSED
from labeling.datasets.records import Message, ResponseRecord, TaskRecord
from projects.words import gettext_noop

#: What stands between prompt and response where plain text holds both.
JOINT = "\n\n"
_STRENGTH = gettext_noop(
    "`strength` is the magnitude on the scale. RewardTrainer subtracts `margin` in its loss (0 to "
    "1 unless the recipe says otherwise); remove that column for the plain loss."
)
IN_CSV = gettext_noop(
    "In CSV a text that a spreadsheet would run as a formula has an apostrophe in front; take "
    "another file type to train on."
)
#: What plain text cannot carry, in whatever shape.
PLAIN_REFUSED = gettext_noop(
    "A prompt of several turns or with a system turn is left out and counted: plain text would "
    "need a chat template that no model was trained with. Take a conversational format for those."
)


def plain_refusal(task: TaskRecord) -> str | None:
    """Plain text has no turns: writing several would invent a chat template."""
    return "multi_turn" if len(task.messages) > 1 else None


def _table(kind: ColumnType, *, prompt: ColumnType | None = None) -> FileTable:
    columns = [("prompt", prompt)] if prompt else []
    columns += [("chosen", kind), ("rejected", kind)]
    columns += [("id", STRING), ("prompt_id", STRING), ("strength", FLOAT), ("margin", FLOAT)]
    return FileTable("default", "data", tuple(columns), default=True)


#: Which pairs belong together, of how many responses, and what each of them weighs.
GROUPED = (("group_id", STRING), ("group_size", SHORT), ("pair_weight", FLOAT))


def _prompt(task: TaskRecord) -> tuple[Message, ...]:
    return kept(task.messages, CHATS.prompts)


def _reply(response: ResponseRecord) -> tuple[Message, ...]:
    return reply(response, CHATS.responses)


class _Trl(Format):
    """The shared part: one table, ids and strength after the texts."""

    family = gettext_noop("TRL")
    carries = CHATS
    rated = {
        "Strength": gettext_noop(
            "`strength` is the difference of the mean ratings. RewardTrainer subtracts `margin` in "
            "its loss: the same as a share of the scale; remove that column for the plain loss. "
            "Pairs of one task share `group_id`, and each weighs `pair_weight`."
        )
    }
    usage = (
        "# trl.RewardTrainer and trl.DPOTrainer take it as it is:\n"
        '# DPOTrainer(model, train_dataset=rows["train"], processing_class=tokenizer)\n'
    )

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per pair."""
        task = item.task
        candidates = task.candidates
        for pair in item.pairs:
            texts = self._texts(task, candidates[pair.chosen], candidates[pair.rejected])
            names = (pair_id(item, pair), task.prompt_id)
            grouped = (task.id, pair.group_size, pair.weight) if item.needs.groups else ()
            sides = candidates[pair.chosen].messages, candidates[pair.rejected].messages
            shown = picture_cells(item, task.messages, *sides) if self.carries.has_keys else ()
            more = (*grouped, *shown, *how_written(item, candidates[pair.chosen]))
            yield FileRow("default", (*texts, *names, pair.strength, pair.margin, *more))

    def tables_for(self, needs: Needs) -> tuple[FileTable, ...]:
        """With the group of each pair, where several belong together, and how people wrote."""
        (table,) = super().tables_for(needs)
        table = table.with_columns(*GROUPED) if needs.groups else table
        if needs.images and self.carries.has_keys:
            table = table.with_columns(*PAIR_PICTURES)
        return (table.with_columns(*WRITTEN) if needs.written else table,)

    def _texts(
        self, task: TaskRecord, chosen: ResponseRecord, rejected: ResponseRecord
    ) -> tuple[Any, ...]:
        raise NotImplementedError


class TrlConversational(_Trl):
    """Message lists, explicit prompt: what most trainers take unchanged."""

    key = "trl"
    title = gettext_noop("TRL preference, conversational")
    tables = (_table(MESSAGES, prompt=PROMPT_MESSAGES),)
    about = {
        "Texts": gettext_noop(
            "The prompt is a message list; `chosen` and `rejected` hold the reply alone."
        ),
        "Columns": gettext_noop("prompt, chosen, rejected, id, prompt_id, strength, margin."),
        "Strength": _STRENGTH,
        "Cannot carry": (gettext_noop("Ties have no place in it."), CHAT_REFUSED),
    }

    def _texts(
        self, task: TaskRecord, chosen: ResponseRecord, rejected: ResponseRecord
    ) -> tuple[Any, ...]:
        return (_prompt(task), _reply(chosen), _reply(rejected))


class TrlConversationalImplicit(_Trl):
    """Message lists that hold the whole conversation."""

    key = "trl-implicit"
    title = gettext_noop("TRL preference, conversational, implicit prompt")
    tables = (_table(PROMPT_MESSAGES),)
    about = {
        **TrlConversational.about,
        "Texts": gettext_noop(
            "`chosen` and `rejected` both hold the whole conversation; the shared beginning is the "
            "prompt."
        ),
        "Columns": gettext_noop("chosen, rejected, id, prompt_id, strength, margin."),
    }

    def _texts(
        self, task: TaskRecord, chosen: ResponseRecord, rejected: ResponseRecord
    ) -> tuple[Any, ...]:
        prompt = _prompt(task)
        return (prompt + _reply(chosen), prompt + _reply(rejected))


class TrlPlain(_Trl):
    """Strings, explicit prompt, for prompts of a single user turn."""

    key = "trl-plain"
    title = gettext_noop("TRL preference, plain text")
    file_types = FILE_TYPES
    carries = TEXTS
    tables = (_table(STRING, prompt=STRING),)
    about = {
        "Texts": gettext_noop("Strings, exactly as the raters saw them; no template is applied."),
        "Columns": TrlConversational.about["Columns"],
        "Strength": _STRENGTH,
        "In CSV": IN_CSV,
        "Cannot carry": (gettext_noop("Ties have no place in it."), PLAIN_REFUSED),
    }

    def refusal(self, task: TaskRecord) -> str | None:
        """No conversations."""
        return super().refusal(task) or plain_refusal(task)

    def _texts(
        self, task: TaskRecord, chosen: ResponseRecord, rejected: ResponseRecord
    ) -> tuple[Any, ...]:
        return (task.messages[0].content, chosen.content, rejected.content)


class TrlPlainImplicit(TrlPlain):
    """Strings that hold prompt and response."""

    key = "trl-plain-implicit"
    title = gettext_noop("TRL preference, plain text, implicit prompt")
    tables = (_table(STRING),)
    about = {
        **TrlPlain.about,
        "Texts": gettext_noop(
            "`chosen` and `rejected` are the prompt, an empty line, and the response."
        ),
        "Columns": TrlConversationalImplicit.about["Columns"],
    }

    def _texts(
        self, task: TaskRecord, chosen: ResponseRecord, rejected: ResponseRecord
    ) -> tuple[Any, ...]:
        prompt = task.messages[0].content + JOINT
        return (prompt + chosen.content, prompt + rejected.content)
