"""Which column of a file is which field of a row: the names people use, and the user's own word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from labeling.datasets.rows import MappingError

_LETTERS = {"a": ("a", "1"), "b": ("b", "2")}
_OUTPUTS = ("response", "answer", "output", "completion", "reply")


def _sided(side: str, stems: tuple[str, ...]) -> tuple[str, ...]:
    """`response_a`, `response1`, `response_1`, … for every stem, in order of preference."""
    names = [f"{stem}_{mark}" for stem in stems for mark in _LETTERS[side]]
    names += [f"{stem}{mark}" for stem in stems for mark in _LETTERS[side]]
    return tuple(names)


#: Names under which fields are found, most telling first; compared by `plain`. A field that is
#: not listed goes by its own name alone.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "id": (
        *("id", "item_id", "question_id", "uid", "external_id", "example_id"),
        *("task_id", "prompt_id"),
    ),
    "prompt": ("prompt", "instruction", "question", "input", "query"),
    "messages": ("messages", "conversation", "conversations"),
    "response_a": _sided("a", _OUTPUTS),
    "response_b": _sided("b", _OUTPUTS),
    "model_a": (*_sided("a", ("model", "model_name", "generator")), "response_a_model"),
    "model_b": (*_sided("b", ("model", "model_name", "generator")), "response_b_model"),
    "chosen": ("chosen", "chosen_response"),
    "rejected": ("rejected", "rejected_response"),
    "chosen_model": ("chosen_model", "model_chosen"),
    "rejected_model": ("rejected_model", "model_rejected"),
    "category": ("category", "subset", "domain", "category_tag"),
    "language": ("language", "lang"),
    "rater": ("rater", "annotator", "labeler", "rater_id", "annotator_id", "worker_id"),
    "overall_preference": ("overall_preference", "preference_strength"),
    "judge": ("judge_hash", "judge"),
    "tstamp": ("tstamp", "timestamp"),
    "choice": ("choice", "preference", "comparison", "pairwise", "pw"),
}


def plain_name(column: str) -> str:
    """A column's name without case, and with one underscore for every run of other signs."""
    return re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_")


def guess(columns: Iterable[str], fields: Iterable[str]) -> dict[str, str]:
    """field -> column for those of `fields` that a column is named after; a column serves once."""
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(plain_name(column), column)
    mapping: dict[str, str] = {}
    for field in fields:
        for alias in ALIASES.get(field, (field,)):
            if alias in by_name:
                mapping[field] = by_name.pop(alias)
                break
    return mapping


def override(
    guessed: Mapping[str, str],
    wished: Mapping[str, str],
    columns: Iterable[str],
    fields: Iterable[str],
) -> dict[str, str]:
    """The guess with the user's word on top; an empty column unmaps its field.

    Raises MappingError for a field or a column that does not exist.
    """
    known, present = tuple(fields), tuple(columns)
    for field, column in wished.items():
        if field not in known:
            raise MappingError(f"There is no field “{field}”. Fields: {', '.join(known)}.")
        if column and column not in present:
            raise MappingError(
                f"There is no column “{column}” for {field}. Columns: {', '.join(present)}."
            )
    taken = {column for column in wished.values() if column}
    merged = {field: column for field, column in guessed.items() if column not in taken}
    merged.update(wished)
    return {field: column for field, column in merged.items() if column}
