"""What a posted page of columns decides: the kind of rows, and the mapping as readers take it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from labeling.datasets.readers import SHAPES, Detection
from labeling.datasets.readers.reshaping import LEAVE_OUT, SAME
from labeling.datasets.readers.taskkinds import KIND_WORD, ROW_KINDS
from labeling.datasets.readers.whose import EVERYBODY, WHOSE_WORDS
from labeling.vocabulary import TaskKind

#: What the names of a page's fields begin with: the column of a field, the answer to a question,
#: the text that stands in every row.
FIELD_PREFIX, REPLY_PREFIX, SAME_PREFIX = "field-", "answer-", "same-"
#: Kinds of rows that a page shows where the user did not say that they are to be written.
_OF_ONE = ("pairs", "kto", "ratings")
#: Says that a page showed which columns may be left out.
_LEAVABLE = "leavable"


def posted_format(data: Mapping[str, Any]) -> str:
    """The kind of rows that a form asks for; `auto` before it was asked."""
    wished = data.get("format", "auto")
    return wished if wished in SHAPES else "auto"


def posted_decisions(data: Mapping[str, Any]) -> dict[str, str]:
    """What had been decided about columns when the posted page was shown; none of it holds for
    another kind of rows."""
    if data.get("mapped_as") != posted_format(data):
        return {}
    return _texts(_decoded(data.get("decided")))


def posted_mapping(data: QueryDict, shown: Detection) -> tuple[str, dict[str, str]]:
    """The kind of rows and the mapping that a page asks for, which showed this of the file.

    Fields that were left as they were shown are no decision: a later row may have other columns,
    and a guess that nobody touched answers no question.
    """
    format = posted_format(data)
    if format in _OF_ONE and _kind(data).get(KIND_WORD) == TaskKind.WRITE:
        # Whether they are rows to write is told anew: the page had shown them as something else.
        return "auto", _with_left_out(_kind(data), data)
    if format == "auto" or data.get("mapped_as") != format:
        return format, _with_left_out(_kind(data), data)
    known = SHAPES[format].fields
    posted = {name: str(data[FIELD_PREFIX + name]) for name in known if FIELD_PREFIX + name in data}
    mapped = shown.mapping
    changed = {name: column for name, column in posted.items() if column != mapped.get(name, "")}
    before = posted_decisions(data)
    for name, text in _same_texts(data, known).items():
        if text != shown.reshaping.same.get(name, ""):
            if text:
                changed[name] = f"{SAME}{text}"
            elif name not in changed:
                before.pop(name, None)
    if KIND_WORD in data:
        before.pop(KIND_WORD, None)
    decided = {**before, **changed, **_whose(data), **_kind(data)}
    for name in data:
        if name.startswith(REPLY_PREFIX):
            answer = _decoded(data[name])
            decided |= _texts(answer.get("mapping"))
            format = answer["format"] if answer.get("format") in SHAPES else format
    if format != posted_format(data):
        decided = {name: column for name, column in decided.items() if name not in changed}
    return format, _with_left_out(decided, data)


def _same_texts(data: QueryDict, known: tuple[str, ...]) -> dict[str, str]:
    names = (name for name in known if SAME_PREFIX + name in data)
    return {name: str(data[SAME_PREFIX + name]).strip() for name in names}


def _with_left_out(decided: dict[str, str], data: QueryDict) -> dict[str, str]:
    """The decisions with the columns that the page leaves out; what is mapped now is not."""
    if _LEAVABLE not in data:
        return decided
    rest = {name: column for name, column in decided.items() if name != LEAVE_OUT}
    left_out = [name for name in data.getlist(LEAVE_OUT) if name not in rest.values()]
    return {**rest, LEAVE_OUT: "|".join(left_out)} if left_out else rest


def _whose(data: Mapping[str, Any]) -> dict[str, str]:
    """Whose all labels are, where the page says so."""
    whose = str(data.get("whose", ""))
    return {whose: EVERYBODY} if whose in WHOSE_WORDS else {}


def _kind(data: Mapping[str, Any]) -> dict[str, str]:
    """The kind of task that the page asks for, where it does."""
    kind = str(data.get(KIND_WORD, ""))
    return {KIND_WORD: kind} if kind in ROW_KINDS else {}


def _decoded(text: object) -> dict[str, Any]:
    try:
        value = json.loads(str(text or "{}"))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> dict[str, str]:
    pairs = value.items() if isinstance(value, dict) else ()
    return {name: text for name, text in pairs if isinstance(text, str)}
