"""What became of an import's rows, counted a batch at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from labeling.datasets.rows import ImportRow, Refusal
from labeling.imports.targets import Target

#: Fields of which values were left out that the report names; all values are counted.
_FIELDS_LEFT_OUT = 50


@dataclass(slots=True)
class Counts:
    """What became of the rows: `rows` is the sum of the five kinds below it.

    `labels` counts the judgments that were added, on created and on updated rows, `model_votes`
    the votes of models, which are none, `left_out` values of rows that are no part of their task
    and cannot be stored. Of the responses of rows that are in, `empty_responses` counts those whose
    model answered nothing, `names_model` those that say which model wrote them. `right_answers`
    are the versions of what is right on a task that rows made.
    """

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    refused: int = 0
    labels: int = 0
    model_votes: int = 0
    left_out: int = 0
    empty_responses: int = 0
    names_model: int = 0
    right_answers: int = 0

    def add(self, other: Counts) -> None:
        """Adds another batch's counts."""
        for item in fields(self):
            setattr(self, item.name, getattr(self, item.name) + getattr(other, item.name))

    def hear(self, labels: int, model_votes: int) -> None:
        """Counts what a row adds of people's labels and of models' votes."""
        self.labels += labels
        self.model_votes += model_votes

    def look_at(self, row: ImportRow, wished: Target) -> None:
        """Counts what stands out in the responses of a row."""
        self.empty_responses += sum(not (r.content or r.messages) for r in row.responses)
        self.names_model += sum(wished.names_model)

    def as_dict(self) -> dict[str, int]:
        """For the report."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


@dataclass(slots=True)
class BatchResult:
    """Counts and refusals of one batch, the kinds of its tasks, and what rows had to leave out."""

    counts: Counts = field(default_factory=Counts)
    refusals: list[Refusal] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    left_out: list[Refusal] = field(default_factory=list)


def left_out_by_field(
    known: Mapping[str, Mapping[str, Any]], left_out: Iterable[Refusal]
) -> dict[str, dict[str, Any]]:
    """field -> in how many rows it could not be stored, with the line and the reason of the first;
    `known` are those of earlier batches."""
    fields = {field: dict(first) for field, first in known.items()}
    for value in left_out:
        if value.field in fields:
            fields[value.field]["rows"] += 1
        elif len(fields) < _FIELDS_LEFT_OUT:
            fields[value.field] = {"rows": 1, "line": value.line, "reason": value.reason}
    return fields
