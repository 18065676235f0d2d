"""Columns that no field claims and that hold text: what they may be, from their first rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from statistics import median

from msgspec import Struct

from labeling.datasets.readers.columns import plain_name
from labeling.datasets.readers.fields import excerpt_of
from labeling.datasets.readers.shapes.base import Rows, Sample, decoded_cell
from labeling.datasets.rows import RefusalCode, RowError

#: Characters above which a text is no name, number or short remark.
_LONG = 40
#: How far a text is compared with what raters see: characters of what they see in a row and of
#: the text, texts of one value, rows, and columns. What is not compared is asked about.
_SEEN = 20_000
_NEEDLE = 500
_TEXTS = 20
_ROWS = 20
_COLUMNS = 40
#: Chats, and the fields that are not read beside them.
_IN_PLACE_OF = {"context": ("prompt",), "conversation_a": ("prompt", "response_a", "response_b")}
#: UltraInteract calls its prompt so, and others what an agent did.
_TRAJECTORY = "trajectory"
#: Characters that tell a text from an id or a number.
_BEGINNING = 200
#: Texts of a question and its answer.
_OF_PAIR = 2
#: Parts of a nested value that are looked at.
_PARTS = 1_000
#: Characters of a cell that is taken for JSON.
_DECODED = 100_000

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
    `chat`: it holds messages, `turns`: those or pairs of a question and an answer, `structured`:
    those or other lists and objects. `example` is the beginning of the first.
    """

    column: str
    long: bool = False
    telling: bool = False
    place: str = ""
    chat: bool = False
    turns: bool = False
    structured: bool = False
    example: str = ""


def unclaimed_texts(sample: Sample) -> Iterator[Unclaimed]:
    """The columns of text that no field claims, that the user did not decide about, and that do
    not repeat what raters see."""
    claimed = set(sample.mapping.values())
    seen = [_visible_text(row, claimed) for row in sample.rows]
    looked_at = 0
    for column in sample.columns:
        if column in claimed or column in sample.wished:
            continue
        values = [(i, _meant(row.get(column))) for i, row in enumerate(sample.rows)]
        texts = [(i, value) for i, value in values if _says_something(value)]
        if not texts:
            continue
        text = _look(column, [value for _, value in texts])
        if text.long or text.telling or text.chat:
            looked_at += 1
            compared = texts[:_ROWS] if looked_at <= _COLUMNS else []
            if not compared or not all(_repeats(value, seen[i]) for i, value in compared):
                yield text


def quiet_columns(columns: Iterable[str], rows: Rows) -> frozenset[str]:
    """The columns in which no sampled row says anything."""
    said = {
        column
        for row in rows
        for column, value in row.items()
        if value is not None and not (isinstance(value, str) and not value[:_BEGINNING].strip())
    }
    return frozenset(column for column in columns if column not in said)


def check_unseen(row: Mapping[str, object], quiet: Iterable[str], claimed: Iterable[str]) -> None:
    """Raises RowError where a column that was quiet says what raters would have to see."""
    for column in quiet:
        value = _meant(row.get(column))
        if not _says_something(value):
            continue
        text = _look(column, [value])
        asked = text.long or text.telling or text.chat
        if asked and not _repeats(value, _visible_text(row, claimed)):
            raise RowError(
                column,
                "Holds text that raters would not see; the first rows have none. Say by a mapping "
                "what it is, or leave it as metadata.",
                value,
                code=RefusalCode.AMBIGUOUS,
            )


def settled(mapping: Mapping[str, str], sample: Sample) -> dict[str, str]:
    """The mapping where the texts decide: a `system` column of bare words names systems, and is no
    text of the prompt; beside chats that a kind reads, it reads no other prompt or responses; and a
    `trajectory` is the prompt where it holds chats and nothing else is one."""
    column = mapping.get("system", "")
    names = [row[column] for row in sample.rows if _says_something(row.get(column))]
    bare = all(isinstance(name, str) and not _is_prose(name) for name in names)
    left = {"system"} if names and bare else set()
    if plain_name(mapping.get("messages", "")) == _TRAJECTORY and not _is_prompt(mapping, sample):
        left.add("messages")
    for chat, others in _IN_PLACE_OF.items():
        chats = [row.get(mapping[chat]) for row in sample.rows] if chat in mapping else [None]
        left |= {*others} if None not in chats else set()
    left -= sample.wished.keys()
    return {field: column for field, column in mapping.items() if field not in left}


def with_conversation(
    mapping: dict[str, str], sample: Sample, fields: Sequence[str]
) -> dict[str, str]:
    """The mapping in which a `conversation` of names or numbers is what a row's turn is of, and no
    chat."""
    column = mapping.get("messages", "")
    if plain_name(column) != "conversation" or "messages" in sample.wished:
        return mapping
    names = [value for row in sample.rows if (value := _meant(row.get(column))) is not None]
    if not names or not all(isinstance(name, str | int) for name in names):
        return mapping
    others = {field: name for field, name in mapping.items() if field != "messages"}
    return {"conversation": column, **others} if "conversation" in fields else others


def _is_prompt(mapping: Mapping[str, str], sample: Sample) -> bool:
    """Whether a column of a name that agents' logs have too holds chats, with no prompt beside."""
    chats = [_meant(row.get(mapping["messages"])) for row in sample.rows]
    are_chats = [isinstance(chat, list) and any(map(_is_message, chat)) for chat in chats]
    texts = any(isinstance(chat, str) for chat in chats)
    return "prompt" not in mapping and any(are_chats) and not texts


def _meant(value: object) -> object:
    """What a cell means; one too long to look into is the text that it is."""
    if isinstance(value, str) and len(value) > _DECODED:
        return value
    return decoded_cell(value)


def _says_something(value: object) -> bool:
    if isinstance(value, str):
        beginning = value[:_BEGINNING].strip()
        return bool(beginning) and not beginning.replace(".", "", 1).isdigit()
    return isinstance(value, list | dict) and bool(value)


def _is_message(value: object) -> bool:
    return isinstance(value, dict) and bool({"role", "from"} & value.keys())


def _is_exchange(value: object) -> bool:
    """A question and its answer as a list."""
    texts = value if isinstance(value, list) else []
    return len(texts) == _OF_PAIR and all(isinstance(text, str) for text in texts)


def _is_prose(value: object) -> bool:
    """A text, and not a hash, a link or an id, which are long without a space."""
    if not isinstance(value, str):
        return False
    beginning = value[:_BEGINNING].strip()
    return not beginning.isascii() or len(beginning.split(maxsplit=1)) > 1


def _look(column: str, values: Sequence[object]) -> Unclaimed:
    words = set(plain_name(column).split("_"))
    prose = [value for value in values if isinstance(value, str) and _is_prose(value)]
    places = (("system", _SYSTEM if prose else ()), ("input", _AFTER), ("passage", _BEFORE))
    known, remark = bool(words & _KNOWN), bool(words & _REMARKS)
    long = len(prose) * 2 >= len(values) and median(map(len, prose)) > _LONG
    structured = not any(isinstance(value, str) for value in values)
    lists = [value for value in values if isinstance(value, list)] if structured else []
    turns = [item for value in lists for item in value[:_PARTS]]
    chat = any(map(_is_message, turns))
    telling = bool(words & _TELLING) and not known
    return Unclaimed(
        column=column,
        long=long and not remark,
        telling=telling and not remark,
        place=next((place for place, names in places if words.intersection(names)), ""),
        chat=chat,
        turns=chat or any(map(_is_exchange, turns)),
        structured=structured,
        example=excerpt_of(next(_strings(values[0]), "")),
    )


def _strings(value: object) -> Iterator[str]:
    """The texts in a value, as many as are looked at."""
    waiting = [value]
    for _ in range(_PARTS):
        if not waiting:
            return
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            waiting += item[:_PARTS]
        elif isinstance(item, dict):
            # A role or a type is no text of its own.
            inner = ((key, said) for key, said in islice(item.items(), _PARTS))
            waiting += (said for key, said in inner if key not in ("role", "from", "type"))


def _even(text: str) -> str:
    return " ".join(text.split())


def _visible_text(row: Mapping[str, object], claimed: Iterable[str]) -> str:
    """What the claimed columns of a row say, with single spaces."""
    parts, size = [], 0
    for column in claimed:
        for text in _strings(_meant(row.get(column))):
            if size < _SEEN:
                parts.append(_even(text[:_SEEN]))
                size += min(len(text), _SEEN) + 1
    return "\n".join(parts)


def _repeats(value: object, seen: str) -> bool:
    texts = list(islice(_strings(value), _TEXTS + 1))
    return len(texts) <= _TEXTS and all(_even(text[:_NEEDLE]) in seen for text in texts)
