"""Columns that no field claims and that hold text: what they may be, from their first rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median

from msgspec import Struct

from labeling.datasets.readers.columns import plain_name
from labeling.datasets.readers.shapes.base import Sample, decoded_cell

#: Characters above which a text is no name, number or short remark.
_LONG = 40
#: Characters of a row that are compared with what raters see, and values that are looked at.
_COMPARED = 100_000
_NEEDLE = 2_000
_VALUES = 1_000
#: Unclaimed columns that are looked at closely.
_COLUMNS = 60

#: Words in a column's name that say: this belongs to what is asked.
_BEFORE = frozenset(
    (
        *("context", "contexts", "passage", "passages", "document", "documents", "article"),
        *("background", "history", "dialogue", "dialog", "conversation", "conversations"),
        *("trajectory", "transcript", "premise", "story", "excerpt", "post"),
    )
)
_AFTER = frozenset(("input", "inputs", "question", "query", "instruction", "prompt"))
_SYSTEM = frozenset(("system", "persona"))
_REFERENCE = frozenset(("reference", "references"))
_TELLING = _BEFORE | _AFTER | _SYSTEM | _REFERENCE
#: Words that say: this is known about the row, and short.
_KNOWN = frozenset(
    (
        *("id", "ids", "idx", "index", "uid", "uuid", "hash", "sha", "sha1", "sha256", "md5"),
        *("url", "urls", "uri", "link", "path", "file", "filename", "time", "date", "timestamp"),
        *("source", "sources", "origin", "dataset", "corpus", "subset", "split", "category"),
        *("domain", "topic", "task", "type", "kind", "format", "lang", "language", "locale"),
        *("model", "models", "generator", "provider", "version", "score", "scores", "rating"),
        *("ratings", "rank", "ranks", "margin", "weight", "confidence", "level", "severity"),
        *("count", "num", "length", "len", "tokens", "words", "turns", "turn", "cost", "status"),
        *("state", "tag", "tags", "label", "labels", "flag", "flags", "safe", "is", "has", "name"),
        *(
            "user",
            "group",
            "worker",
            "annotator",
            "rater",
            "session",
            "batch",
            "order",
            "seed",
            "metadata",
        ),
    )
)
#: Words that say: somebody wrote this about the responses, or about the file.
_REMARKS = frozenset(
    (
        *("rationale", "rationales", "reason", "reasons", "reasoning", "critique", "critiques"),
        *("feedback", "explanation", "explanations", "comment", "comments", "note", "notes"),
        *("statement", "justification", "remark", "remarks", "analysis", "license", "licence"),
        *("citation", "copyright", "annotations", "predictions"),
    )
)


class Unclaimed(Struct, frozen=True):
    """A column with text that no field claims.

    `telling`: its name says that it belongs to what is asked, at `place` if that is known.
    `chat`: it holds messages, `structured`: those or other lists and objects.
    """

    column: str
    long: bool = False
    telling: bool = False
    place: str = ""
    chat: bool = False
    structured: bool = False
    asks: bool = True


def unclaimed_texts(sample: Sample) -> Iterator[Unclaimed]:
    """The columns of text that no field claims, that the user did not decide about, and that do
    not repeat what raters see."""
    claimed = set(sample.mapping.values())
    seen = [_visible_text(row, claimed) for row in sample.rows]
    looked_at = 0
    for column in sample.columns:
        if column in claimed or column in sample.wished:
            continue
        values = [(i, decoded_cell(row.get(column))) for i, row in enumerate(sample.rows)]
        texts = [(i, value) for i, value in values if _says_something(value)]
        if not texts or looked_at >= _COLUMNS:
            continue
        text = _look(column, [value for _, value in texts])
        if text.long or text.telling or text.chat:
            looked_at += 1
            if not all(_repeats(value, seen[i]) for i, value in texts):
                yield text


def _says_something(value: object) -> bool:
    if isinstance(value, str):
        return bool(value.strip()) and not value.strip().replace(".", "", 1).isdigit()
    return isinstance(value, list | dict) and bool(value)


def _is_message(value: object) -> bool:
    return isinstance(value, dict) and bool({"role", "from"} & value.keys())


def _is_prose(text: str) -> bool:
    """Not a hash, a link or an id, which are long without a space."""
    return not text.isascii() or any(sign.isspace() for sign in text.strip()[:_NEEDLE])


def _look(column: str, values: Sequence[object]) -> Unclaimed:
    words = set(plain_name(column).split("_"))
    prose = [value for value in values if isinstance(value, str) and _is_prose(value)]
    known, remark = bool(words & _KNOWN), bool(words & _REMARKS)
    long = len(prose) * 2 >= len(values) and median(map(len, prose)) > _LONG
    structured = not any(isinstance(value, str) for value in values)
    chat = structured and any(
        isinstance(value, list) and any(map(_is_message, value)) for value in values
    )
    telling = bool(words & _TELLING) and not known
    places = (("system", _SYSTEM), ("input", _AFTER), ("passage", _BEFORE))
    return Unclaimed(
        column=column,
        long=long and not remark,
        telling=telling and not remark,
        place=next((place for place, names in places if words & names), ""),
        chat=chat,
        structured=structured,
    )


def _strings(value: object) -> Iterator[str]:
    """The texts in a value, outer ones first, as many as are looked at."""
    waiting = [value]
    for _ in range(_VALUES):
        if not waiting:
            return
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            waiting += item[: _VALUES - len(waiting)]
        elif isinstance(item, dict):
            # A role or a type is no text of its own.
            waiting += (v for k, v in item.items() if k not in ("role", "from", "type"))


def _even(text: str) -> str:
    return " ".join(text[:_COMPARED].split())


def _visible_text(row: Mapping[str, object], claimed: Iterable[str]) -> str:
    """What the claimed columns of a row say, with single spaces."""
    parts, size = [], 0
    for column in claimed:
        for text in _strings(decoded_cell(row.get(column))):
            if size < _COMPARED:
                parts.append(_even(text))
                size += len(parts[-1])
    return "\n".join(parts)


def _repeats(value: object, seen: str) -> bool:
    return all(_even(text[:_NEEDLE]) in seen for text in _strings(value))
