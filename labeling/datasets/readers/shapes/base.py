"""What a kind of row is: its name and fields, how it is recognised, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from labeling.datasets.readers.shapes.about import PLAIN_FACTS
from labeling.datasets.readers.shapes.finish import Parts
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.weights import cell_json
from labeling.vocabulary import TaskKind

#: The kinds of task that rows of several responses may be, where pairs of them are compared too.
RANKED_OR_PAIRED = (TaskKind.RANK, TaskKind.COMPARE)

#: By the columns of its fields, when a raw row is read: those of a lower number first.
Order = Callable[[Mapping[str, str], Mapping[str, object]], int]
#: The raw rows that detection looks at.
Rows = Sequence[Mapping[str, object]]

#: Fields that nearly every kind knows.
ABOUT = ("id", "kind", "category", "language", "metadata", "images", *PLAIN_FACTS)
COMMON = (*ABOUT, "judgments")


def decoded_cell(value: object) -> object:
    """A value of a sampled row; what a table wrote as JSON in a cell is taken for what it means."""
    if type(value) is str and value[:1] in ("[", "{"):
        try:
            return cell_json(value)
        except (ValueError, RecursionError):
            return value
    return value


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a file, and which of its columns would be which field of a kind.

    `wished` is the part of the mapping that the user decided; it answers questions.
    """

    columns: tuple[str, ...]
    rows: Rows
    mapping: Mapping[str, str]
    wished: Mapping[str, str] = field(default_factory=dict)

    def has(self, *fields: str) -> bool:
        """Whether there is a column for each of these fields."""
        return all(self.mapping.get(field) for field in fields)

    def values(self, field: str) -> Iterator[object]:
        """What stands under a field, where something does."""
        column = self.mapping.get(field, "")
        values = (row.get(column) for row in self.rows)
        return (decoded_cell(value) for value in values if value is not None)

    def items(self, field: str) -> Iterator[Mapping[str, object]]:
        """The objects in the lists under a field."""
        lists = (value for value in self.values(field) if isinstance(value, list))
        return (item for value in lists for item in value if isinstance(item, dict))


def always(sample: Sample) -> bool:
    """Nothing beside the columns is asked."""
    return True


def no_words(sample: Sample) -> Iterator[str]:
    """Nothing in rows of this kind is said in words."""
    return iter(())


def no_objection(rows: Rows) -> str:
    """No file of this kind is refused as a whole."""
    return ""


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of row.

    `needs` are the fields it cannot do without, in alternatives: one whole group must be there.
    `fits` says whether the sample is of this kind once a group is there; a kind that is `marked`
    by columns of its own is recognised without one, so that the message names what is missing; one
    that may be `promptless` compares two texts by themselves where the user says so. A kind that
    `joins` makes one row of those that answer the same prompt one after the other, where they are
    compared.
    `objection` says why a file of this kind cannot be taken at all; `words` are those in which the
    sampled rows say which response is better. A kind that `spreads` may make several rows of one
    line of the file, a comparison of each pair; `kinds` are then the kinds of task that its rows
    may be, the one they are by themselves first. Rows of a kind that says when each `comes` may
    speak of others, and are read after those, wherever they stand.
    """

    key: str
    title: str
    explanation: str
    fields: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...]
    read: Callable[[Record], Sequence[Parts]]
    fits: Callable[[Sample], bool] = always
    objection: Callable[[Rows], str] = no_objection
    words: Callable[[Sample], Iterator[str]] = no_words
    marked: bool = False
    spreads: bool = False
    joins: bool = False
    promptless: bool = False
    kinds: tuple[TaskKind, ...] = ()
    comes: Order | None = None

    def missing(self, mapping: Mapping[str, str]) -> tuple[str, ...]:
        """The needed fields that no column is found for; of several ways the nearest one."""
        gaps = (tuple(name for name in group if not mapping.get(name)) for group in self.needs)
        return min(gaps, key=len)
