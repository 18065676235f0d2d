"""What a format is: tables, the rows a task gives each of them, and what it refuses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from labeling.datasets.formats.carrying import NO_NEEDS, Carried, Needs, carried_in_words
from labeling.datasets.formats.columns import STRING, FileTable
from labeling.datasets.formats.nested import OPTIONAL_SHORT
from labeling.datasets.policies import PolicyText, in_words
from labeling.datasets.recipes.outcome import (
    Demonstration,
    Pair,
    RankedResponses,
    ResponseLabel,
    ResponseRatings,
    RowKind,
    RuleLabel,
)
from labeling.datasets.records import (
    CriterionRecord,
    JudgmentRecord,
    Message,
    ResponseRecord,
    TaskRecord,
)
from projects.words import ENGLISH, Translation, gettext

ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})
#: How a table can be written: Parquet in shards, JSON Lines plain or packed, CSV.
FILE_TYPES = ("parquet", "jsonl", "jsonl.gz", "jsonl.zst", "csv")

#: A value for each column of a table.
Values = tuple[Any, ...]


class FileRow(NamedTuple):
    """A row on its way to a table; `key` is a hash that orders a shuffled one."""

    table: str
    values: Values
    key: str = ""


class _NoFolds(dict[str, int]):
    """Every rater is in fold 0."""

    def __missing__(self, rater: str) -> int:
        return 0


NO_FOLDS: Mapping[str, int] = _NoFolds()


@dataclass(frozen=True, slots=True)
class TaskRows:
    """Everything a format needs to write one task on one criterion.

    `pairs` hold ties only where the format carries them; `judgments` are those that may become
    data, decided or not; `group` names the prompt's group of near-duplicates, `folds` the fold of
    every rater (0 where nobody made folds). `stopped` are judgments that a gate ended: no data, but
    what their raters said of the task. `first` is false when the same judgments are written
    for another criterion already. `written` are those beside the recipe's in which its texts
    were written or reviewed. `needs` are those of the whole release; under
    `pictures` are the files of what it shows.
    """

    task: TaskRecord
    criterion: CriterionRecord
    group: str
    pairs: Sequence[Pair]
    labels: Sequence[ResponseLabel]
    judgments: Sequence[JudgmentRecord]
    stopped: Sequence[JudgmentRecord] = ()
    written: Sequence[JudgmentRecord] = ()
    rankings: Sequence[RankedResponses] = ()
    demonstrations: Sequence[Demonstration] = ()
    ratings: Sequence[ResponseRatings] = ()
    rules: Sequence[RuleLabel] = ()
    first: bool = True
    folds: Mapping[str, int] = field(default_factory=lambda: NO_FOLDS)
    needs: Needs = NO_NEEDS
    pictures: Path | None = None

    @property
    def is_judged(self) -> bool:
        """Whether anything is written of it."""
        return bool(self.judgments or self.stopped or self.written)

    @property
    def decided(self) -> Sequence[Pair]:
        """The pairs that prefer a response: what a trainer may see."""
        return [pair for pair in self.pairs if not pair.tie]


class Format(ABC):
    """One shape of files.

    `family` groups formats on the screen, `main` names the table whose rows are counted for each
    kind of row, `file_types` lists what it can be written as, the usual one first. A format that
    `carries_ties` has a place for pairs that prefer neither, with `ties_of_raters` for those of one
    rater only; one that `needs_votes` writes a row a rater, which aggregated rows cannot give; one
    that `takes_no_prompt` has a place for texts that were compared by themselves, one that
    `carries_metadata` for what an import kept of a task.
    `carries` says what of dialogues it has a place for.
    `about` says what the files look like and what they cannot carry, `others` what of it is
    otherwise where the criterion compares no two, `rated` in a release of ratings; `usage` is what
    one does with the loaded `rows`.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    family: ClassVar[str]
    file_types: ClassVar[tuple[str, ...]] = FILE_TYPES[:-1]
    tables: ClassVar[tuple[FileTable, ...]]
    main: ClassVar[Mapping[RowKind, str]] = {RowKind.PAIRS: "default"}
    carries_ties: ClassVar[bool] = False
    ties_of_raters: ClassVar[bool] = False
    needs_votes: ClassVar[bool] = False
    takes_no_prompt: ClassVar[bool] = False
    carries_metadata: ClassVar[bool] = False
    carries: ClassVar[Carried] = Carried()
    about: ClassVar[PolicyText]
    others: ClassVar[PolicyText] = {}
    rated: ClassVar[PolicyText] = {}
    usage: ClassVar[str] = 'print(rows["train"][0])\n'

    @abstractmethod
    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """The rows of one task."""

    def explain(self, language: Translation = ENGLISH, answer: str = "compare") -> dict[str, str]:
        """What the files look like and what they cannot carry, in words."""
        about = self.about if answer == "compare" else {**self.about, **self.others}
        about = {**about, **self.rated} if answer == "rate" else about
        return in_words({**about, "Dialogues": carried_in_words(self.carries)}, language)

    def load_code(
        self, folder: str, file_type: str = "parquet", rows_are: RowKind | None = None
    ) -> str:
        """Lines of Python that load a release in this format; `rows_are` where it has no others."""
        return load_lines(f"rows = {load_call(folder, file_type)}\n{self.usage}", file_type)

    def tables_for(self, needs: Needs) -> tuple[FileTable, ...]:
        """The tables of a release whose tasks need this: `tables` where they are plain."""
        if needs.keys and self.carries.has_keys:
            return tuple(table.with_dialogues() for table in self.tables)
        return self.tables

    def refusal(self, task: TaskRecord) -> str | None:
        """Why nothing of this task can be written in this format, None if it can."""
        return chat_refusal(task.messages)

    def pair_refusal(self, task: TaskRecord, pair: Pair) -> str | None:
        """Why this pair cannot be written in this format though others of its task can."""
        return None

    def ratings_refusal(self, ratings: ResponseRatings) -> str | None:
        """Why these ratings of a response have no place in this format, None if they have."""
        return None

    def columns_refusal(self, criteria: Sequence[CriterionRecord]) -> tuple[str, str] | None:
        """The field at fault and a sentence, where criteria cannot be columns side by side."""
        for table in self.tables:
            for criterion in criteria:
                if table.name == self.main.get(RowKind.RATINGS) and criterion.key in table.names:
                    sentence = gettext(
                        "“%(format)s” has a column “%(criterion)s” of its own, so that no "
                        "criterion can be one. Take another format, or leave this criterion out."
                    )
                    names = {"format": gettext(self.title), "criterion": criterion.key}
                    return ("criteria", sentence % names)
        return None

    def response_refusal(self, response: ResponseRecord) -> str | None:
        """Why no row of this format can hold this response, beside what it `carries`."""
        return None

    def extra_files(self, tables: Sequence[FileTable], names: Sequence[str]) -> Mapping[str, str]:
        """Files that the program this format is for wants beside the data: name to text.

        `tables` are those written, `names` the paths of all data files.
        """
        return {}

    @property
    def carries_criterion(self) -> bool:
        """Whether a row says which criterion it is about."""
        return any("criterion" in table.names for table in self.tables)


#: The columns of a release with turns of conversations, before the metadata.
TURN_COLUMNS = (("conversation", STRING), ("turn", OPTIONAL_SHORT), ("after", STRING))


def last_values(item: TaskRows) -> Values:
    """The values of the last columns: of turns and of imported metadata, where a release has any
    of them."""
    task, needs = item.task, item.needs
    turn = (task.conversation, task.turn, task.after) if needs.conversations else ()
    return (*turn, task.metadata or "{}") if needs.metadata else turn


def with_last_columns(table: FileTable, needs: Needs) -> FileTable:
    """The table with the columns of `last_values`."""
    table = table.with_columns(*TURN_COLUMNS) if needs.conversations else table
    return table.with_metadata() if needs.metadata else table


def task_refusal(task: TaskRecord, shape: Format) -> str | None:
    """Why nothing of this task is worth training on in any format, or in this one without a
    prompt."""
    if not task.messages:
        return None if shape.takes_no_prompt else "no_prompt"
    if any(message.images or message.text.strip() for message in task.messages):
        return None
    return "empty_prompt"


def chat_refusal(messages: Sequence[Message]) -> str | None:
    """Why a prompt cannot be put through a chat template, None if it can."""
    if any(message.role not in ROLES for message in messages):
        return "unknown_role"
    if messages[-1].role not in ("user", "tool"):
        return "prompt_not_ending_with_user"
    return None


def load_call(folder: str, file_type: str, table: str = "") -> str:
    """The call that loads a release, or one table of it."""
    arguments = [f'"{folder}"', *([f'"{table}"'] if table else [])]
    if file_type == "csv":
        # Without it, the words null, None and NA in a text are read as a missing value.
        arguments.append("keep_default_na=False")
    return f"load_dataset({', '.join(arguments)})"


def load_lines(code: str, file_type: str) -> str:
    """The code with the import it needs, and what must be installed for this kind of file."""
    needed = "datasets zstandard" if file_type == "jsonl.zst" else "datasets"
    return f"from datasets import load_dataset  # pip install {needed}\n\n{code}"
