"""What a format is: tables, the rows a task gives each of them, and what it refuses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from labeling.datasets.formats.columns import Table
from labeling.datasets.recipes.base import Label, Pair
from labeling.datasets.records import Criterion, JudgmentRecord, Message, TaskRecord

ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})

#: A value for each column of a table.
Values = tuple[Any, ...]


class Row(NamedTuple):
    """A row on its way to a table; `key` is a hash that orders a shuffled one."""

    table: str
    values: Values
    key: str = ""


@dataclass(frozen=True, slots=True)
class TaskRows:
    """Everything a format needs to write one task.

    `judgments` are those that may become data, decided or not; `group` names the prompt's group of
    near-duplicates.
    """

    task: TaskRecord
    criterion: Criterion
    group: str
    pairs: Sequence[Pair]
    labels: Sequence[Label]
    judgments: Sequence[JudgmentRecord]


class Format(ABC):
    """One shape of files. `file_types` lists what it can be written as, the usual one first."""

    key: ClassVar[str]
    title: ClassVar[str]
    file_types: ClassVar[tuple[str, ...]] = ("parquet", "jsonl")
    tables: ClassVar[tuple[Table, ...]]

    @abstractmethod
    def rows(self, item: TaskRows) -> Iterator[Row]:
        """The rows of one task."""

    @abstractmethod
    def explain(self) -> dict[str, str]:
        """What the files look like and what they cannot carry, in words."""

    @abstractmethod
    def load_code(self, folder: str) -> str:
        """Lines of Python that load a release in this format."""

    def refusal(self, task: TaskRecord) -> str | None:
        """Why no pair of this task can be written in this format, None if all can."""
        return chat_refusal(task.messages)

    @property
    def pairs_table(self) -> Table:
        """The table that holds one row per pair."""
        return self.tables[0]


def text_refusal(task: TaskRecord) -> str | None:
    """Why no pair of this task is worth training on in any format.

    Equal texts give no gradient and no error; an empty text crashes some trainers.
    """
    if len(task.responses) != 2:
        return "not_a_pair"
    if not any(message.content.strip() for message in task.messages):
        return "empty_prompt"
    first, second = (response.content for response in task.responses)
    if not first.strip() or not second.strip():
        return "empty_response"
    return "identical_responses" if first.strip() == second.strip() else None


def chat_refusal(messages: Sequence[Message]) -> str | None:
    """Why a prompt cannot be put through a chat template, None if it can."""
    if any(message.role not in ROLES for message in messages):
        return "unknown_role"
    if messages[-1].role not in ("user", "tool"):
        return "prompt_not_ending_with_user"
    return None


def reply(content: str) -> tuple[Message, ...]:
    """A response as the message list that conversational trainers read."""
    return (Message("assistant", content),)
