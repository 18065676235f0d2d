"""Responses with their ratings: a row a response, a column a criterion.

`ratings` is a table of the native folder. `helpsteer2` has the columns of nvidia/HelpSteer2
(arXiv:2406.08673): prompt, response, and each attribute as a whole number; turns of a prompt stand
after `<extra_id_1>` and a name. Rows of one prompt follow one another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import floor

from labeling.datasets.formats.base import FileRow, Format, TaskRows, Values
from labeling.datasets.formats.carrying import CHATS, TEXTS, Needs, kept, reply
from labeling.datasets.formats.columns import (
    FLOAT,
    INT,
    MESSAGES,
    PROMPT_MESSAGES,
    SHORT,
    STRING,
    FileTable,
)
from labeling.datasets.formats.parts import response_id
from labeling.datasets.formats.pictures import RESPONSE_PICTURES, picture_cells
from labeling.datasets.formats.refusals import alternation_refusal, role_refusal
from labeling.datasets.recipes.outcome import ResponseRatings, RowKind
from labeling.datasets.records import Message, TaskRecord
from projects.words import gettext_noop

_MARK = "<extra_id_1>"
_SPEAKERS = {"user": "User", "assistant": "Assistant"}

RATING_TABLE = FileTable(
    "ratings",
    "ratings",
    (
        ("prompt", PROMPT_MESSAGES),
        ("response", MESSAGES),
        ("raters", SHORT),
        ("id", STRING),
        ("response_id", STRING),
        ("task_id", STRING),
        ("prompt_id", STRING),
        ("prompt_group", STRING),
        ("model", STRING),
        ("category", STRING),
        ("language", STRING),
    ),
)
#: How many columns stand before the attributes.
_TEXTS = 2


def rating_table(needs: Needs) -> FileTable:
    """The table with a column for each attribute after the texts."""
    attributes = tuple((key, FLOAT) for key in needs.attributes)
    columns = (*RATING_TABLE.columns[:_TEXTS], *attributes, *RATING_TABLE.columns[_TEXTS:])
    table = replace(RATING_TABLE, columns=columns)
    if needs.images:
        table = table.with_columns(*RESPONSE_PICTURES)
    return table.with_dialogues() if needs.keys else table


def rating_rows(item: TaskRows) -> Iterator[Values]:
    """The values of a row of `ratings` for each response that was rated."""
    task = item.task
    prompt = kept(task.messages, CHATS.prompts)
    for rated in item.ratings:
        response = task.candidates[rated.response]
        yield (
            prompt,
            reply(response, CHATS.responses),
            *rated.means,
            max(rated.raters),
            response_id(item, "rating", rated.response),
            response.id,
            task.id,
            task.prompt_id,
            item.group,
            response.model,
            task.category,
            task.language,
            *picture_cells(item, task.messages, response.messages),
        )


class HelpSteer2(Format):
    """Prompt and response as text, and every attribute as a whole number."""

    key = "helpsteer2"
    title = gettext_noop("HelpSteer2 attributes")
    family = gettext_noop("Published data sets")
    file_types = ("jsonl", "jsonl.gz", "jsonl.zst", "parquet")
    main = {RowKind.RATINGS: "default"}
    tables = (
        FileTable("default", "data", (("prompt", STRING), ("response", STRING)), default=True),
    )
    carries = TEXTS
    about = {
        "Texts": gettext_noop(
            "`prompt` and `response` are strings. In a prompt of several turns each turn after the "
            "first stands after a line `<extra_id_1>User` or `<extra_id_1>Assistant`."
        ),
        "Scores": gettext_noop(
            "Each criterion is a column of its own: the mean of the raters, rounded to a whole "
            "number, halves up. Rows of one task follow one another."
        ),
        "Cannot carry": gettext_noop(
            "Ids, raters and models have no place in it, nor has a response that was not rated on "
            "every criterion. System and tool turns, and texts that contain `<extra_id_1>` "
            "themselves, are left out and counted."
        ),
    }

    def tables_for(self, needs: Needs) -> tuple[FileTable, ...]:
        """With a column for each attribute."""
        (table,) = self.tables
        attributes = ((key, INT) for key in needs.attributes)
        return (replace(table, columns=(*table.columns, *attributes)),)

    def refusal(self, task: TaskRecord) -> str | None:
        """Turns that alternate, without the mark that divides them."""
        if reason := role_refusal(task.messages, _SPEAKERS):
            return reason
        if reason := alternation_refusal(task.messages):
            return reason
        texts = [message.content for message in task.messages]
        texts += [response.content for response in task.responses]
        return "speaker_tag" if any(_MARK in text for text in texts) else None

    def ratings_refusal(self, ratings: ResponseRatings) -> str | None:
        """A whole number in every column."""
        return "not_rated_on_all" if None in ratings.means else None

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per response."""
        task = item.task
        prompt = _dialogue(task.messages) if item.ratings else ""
        for rated in item.ratings:
            whole = tuple(_rounded(mean) for mean in rated.means)
            response = task.candidates[rated.response].content
            yield FileRow("default", (prompt, response, *whole))


def _dialogue(messages: tuple[Message, ...]) -> str:
    """The turns as HelpSteer2 writes them: the first stands bare."""
    first, *later = messages
    return first.content + "".join(
        f"\n{_MARK}{_SPEAKERS[turn.role]}\n{turn.content}" for turn in later
    )


def _rounded(mean: float | None) -> int:
    """A mean as a whole number, halves up."""
    return floor((mean or 0.0) + 1 / 2)
