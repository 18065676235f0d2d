"""The kinds of rows, each a function from a record to the parts of a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from labeling.datasets.readers.columns import guess
from labeling.datasets.readers.shapes.finish import Parts
from labeling.datasets.readers.shapes.labels import FLAT_FIELDS
from labeling.datasets.readers.shapes.pairs import read_concord, read_pair
from labeling.datasets.readers.shapes.preference import read_preference
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.shapes.transcripts import looks_like_transcript, read_transcripts

_COMMON = ("id", "category", "language", "metadata", "judgments")


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of row: its name, the fields it knows, those it cannot do without."""

    key: str
    title: str
    fields: tuple[str, ...]
    needs: tuple[str, ...]
    read: Callable[[Record], Parts]


_SHAPES = (
    Shape(
        "concord",
        "Concord rows: a prompt and a list of responses",
        ("prompt", "messages", "responses", *_COMMON),
        ("responses",),
        read_concord,
    ),
    Shape(
        "hh",
        "hh-rlhf transcripts: chosen and rejected dialogues",
        ("chosen", "rejected", "chosen_model", "rejected_model", *_COMMON, *FLAT_FIELDS),
        ("chosen", "rejected"),
        read_transcripts,
    ),
    Shape(
        "trl",
        "TRL or UltraFeedback: prompt, chosen and rejected",
        (
            *("prompt", "messages", "chosen", "rejected", "chosen_model", "rejected_model"),
            *_COMMON,
            *FLAT_FIELDS,
        ),
        ("chosen", "rejected"),
        read_preference,
    ),
    Shape(
        "pairs",
        "Pairs: prompt, response_a and response_b",
        (
            *("prompt", "messages", "response_a", "response_b", "model_a", "model_b"),
            *_COMMON,
            *FLAT_FIELDS,
        ),
        ("response_a", "response_b"),
        read_pair,
    ),
)

#: Every kind of row by its name in `--format`.
SHAPES: Mapping[str, Shape] = {shape.key: shape for shape in _SHAPES}
#: What `--format` takes.
FORMATS = ("auto", *SHAPES)


def recognise(
    columns: Sequence[str], rows: Sequence[dict[str, object]], wished: Mapping[str, str]
) -> Shape | None:
    """The kind of row that the columns (and, for transcripts, the texts) tell; None if none."""
    every = dict.fromkeys(field for shape in _SHAPES for field in shape.fields)
    found = {**guess(columns, every), **wished}
    for shape in _SHAPES:
        if not all(found.get(field) for field in shape.needs):
            continue
        if shape.key == "hh" and (
            found.get("prompt")
            or not any(looks_like_transcript(row.get(found["chosen"])) for row in rows)
        ):
            continue
        return shape
    return None
