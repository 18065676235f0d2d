"""A raw row seen through a mapping of fields to columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Self

from msgspec import Struct, field

from labeling.datasets.readers.chat import read_messages
from labeling.datasets.readers.fields import Broken, label
from labeling.datasets.readers.pictures import SIDE_COLUMNS, fill_named, fill_places
from labeling.datasets.readers.taskkinds import kind_by_number, named_kind
from labeling.datasets.readers.weights import cell_json
from labeling.datasets.readers.whose import Whose
from labeling.datasets.readers.winners import Counting, winner_fields
from labeling.datasets.records import Message
from labeling.datasets.rows import RefusalCode, RowError

#: Fields that hold structure; a table writes them as JSON in a cell.
_STRUCTURED = frozenset(
    (
        *(
            "messages",
            "responses",
            "response_messages",
            "judgments",
            "metadata",
            "context",
            "conversation_a",
        ),
        *("conversation_b", "individual_preference", "completions", "models", "ranks"),
        *("accept", "reject", "options", "mapping", "states", "summaries", "label"),
        *("label_annotations",),
        *(
            "preferred_output",
            "non_preferred_output",
            "annotations",
            "response_ids",
            "answers",
            "tie_kinds",
            "side_only",
            "ranked",
            "summary",
            "unsaid",
            "rule_answers",
            "topics",
            "turns",
            "images",
        ),
    )
)
_JSON_STARTS = ("[", "{", "array([")
#: Fields that hold one response each.
_RESPONSES = ("response_a", "response_b", "chosen", "rejected")
_OF_MESSAGE = frozenset({"role", "from", "messages"})
#: Fields that hold text or structure, and the keys by which structure in a cell is told from text.
_EITHER = {
    "prompt": _OF_MESSAGE,
    "chosen": _OF_MESSAGE,
    "rejected": _OF_MESSAGE,
    "response_a": _OF_MESSAGE,
    "response_b": _OF_MESSAGE,
    "passage": _OF_MESSAGE,
    "asked": frozenset({"text", "full_text", "post", "article"}),
    "input": frozenset({"messages"}),
}
#: Fields whose text may stand for structure.
_DECODED = _STRUCTURED | _EITHER.keys()
#: What Python prints for messages, also in numpy's arrays, and for lists at all.
_MESSAGES_PRINTED = re.compile(r"(?:array\()?\[?\s*\{\s*'(?:role|content|from|value|messages)'\s*:")
#: Fields of numbers that name something; a table with a gap in such a column writes 17.0.
_NAMES = frozenset({"id", "rater", "judge"})
_WITH_FRACTION = re.compile(r"[0-9]{1,15}\.0")
_SPEAKER_PRINTED = re.compile(r"'(?:role|from)'\s*:\s*'(?:user|human|assistant|gpt|system|tool)'")
_LIST_PRINTED = re.compile(r"(?:array\()?\[?\s*[{'\[]?\s*'")
_NOT_JSON = (
    "Holds what Python prints for a list, not JSON. Write the column with json.dumps, or save the "
    "file as JSON Lines or Parquet."
)


class RecordView(Struct, frozen=True):
    """What is the same for all rows of a file: field -> column, column -> field, who gave the
    labels that name nobody, whether the words of its labels tell strengths, which names are
    people's, and how its numbers count. `kind` is the kind of task that every row makes, "" where
    the rows say it.

    `cells` are the fields of responses that a table cannot leave out of a row, only leave empty;
    `winners` those that may name the better response. A `promptless` file compares texts by
    themselves, because the user says so.
    """

    columns: Mapping[str, str]
    fields: Mapping[str, str]
    label_rater: str = ""
    graded: bool = False
    whose: Whose = Whose()
    cells: tuple[str, ...] = ()
    counting: Counting = Counting()
    is_table: bool = False
    winners: tuple[str, ...] = ()
    promptless: bool = False
    kind: str = ""

    @classmethod
    def of(
        cls,
        mapping: Mapping[str, str],
        label_rater: str = "",
        *,
        graded: bool = False,
        whose: Whose | None = None,
        header: Collection[str] = (),
        counting: Counting | None = None,
        promptless: bool = False,
        kind: str = "",
    ) -> Self:
        """The view through a mapping of fields to columns; the first field has the column.

        `header` are the columns of a table, of which every row has each. Of several winner columns
        each is a field of its own.
        """
        fields: dict[str, str] = {}
        counting = counting or Counting()
        mapping = {**mapping, **counting.fields()}
        for name, column in mapping.items():
            fields.setdefault(column, name)
        cells = tuple(name for name in _RESPONSES if mapping.get(name) in header)
        whose, winners = whose or Whose(), winner_fields(counting.winner)
        settled = label_rater, graded, whose, cells, counting, bool(header), winners, promptless
        return cls(mapping, fields, *settled, kind)


class Record(Struct):
    """One raw row: the mapped fields, and the columns that nobody claimed.

    `blank` are responses of a table whose cells are empty: an empty answer, or none. `nested` are
    the fields that hold lists or objects, without chats that are known to be role and text alone;
    `looked_at` those that somebody asked for: of a mapped field that nobody did, nothing is lost.
    """

    line: int
    values: dict[str, object]
    rest: dict[str, object]
    view: RecordView
    nested: list[str]
    blank: tuple[str, ...] = ()
    looked_at: set[str] = field(default_factory=set)

    @property
    def label_rater(self) -> str:
        """Who gave labels that name nobody; "" for nobody."""
        return self.view.label_rater

    def get(self, name: str) -> object:
        """The value of a field; None where the row has none."""
        value = self.values.get(name)
        if value is not None:
            self.looked_at.add(name)
        return value

    def kind_of(self, count: int) -> str:
        """The kind of task that the row makes of so many responses.

        Raises RowError where it names a kind that rows do not make, or another than the user.
        """
        wished = self.view.kind
        if "kind" in self.values:
            own = named_kind(self.get("kind"), self.column("kind"))
            if wished and own != wished:
                raise RowError(
                    self.column("kind"),
                    f"Says {own}, and the import is of {wished}. Keep one.",
                    own,
                    code=RefusalCode.CONTRADICTION,
                )
            return own
        return wished or kind_by_number(count)

    def column(self, name: str) -> str:
        """What the file calls a field, for messages."""
        return self.view.columns.get(name, name)

    def label(self, name: str, *, most: int) -> str:
        """The short text of a field; "" where the row has none."""
        value = self.values.get(name)
        if value is None:
            return ""
        self.looked_at.add(name)
        # Most are this plain: only the others need to be told apart.
        if type(value) is str and len(value) <= most and value.isascii() and "\x00" not in value:
            return value.strip()
        return label(value, self.column(name), most=most)

    def chat(self, name: str) -> tuple[Message, ...]:
        """The messages of a field. Raises RowError where it holds none."""
        turns, plain = read_messages(self.get(name), self.column(name))
        if plain and name in self.nested:
            self.nested.remove(name)
        return turns

    def keep(self, name: str) -> None:
        """A field that plays no part after all stays with the metadata."""
        value = self.values.pop(name, None)
        if value is not None:
            self.rest[self.column(name)] = value

    def leave(self, *names: str) -> None:
        """Fields that say nothing about the task, and are no metadata of it."""
        for name in names:
            self.values.pop(name, None)

    def keep_unread(self) -> None:
        """Fields that this row's kind had no use for stay with the metadata."""
        if not self.values.keys() <= self.looked_at:
            for name in self.values.keys() - self.looked_at:
                self.keep(name)


def look(line: int, raw: Mapping[str, object], view: RecordView) -> Record:
    """The raw row through the view. Raises RowError for a cell that is not the JSON it must be."""
    named = view.fields.get
    values: dict[str, object] = {}
    rest: dict[str, object] = {}
    nested: list[str] = []
    for column, value in raw.items():
        name = named(column)
        if name is None:
            rest[column] = value
        elif type(value) is str and name in _DECODED and value.startswith(_JSON_STARTS):
            meant = _structured(value, name, column)
            values[name] = _messages_of(meant, name, column, rest) if type(meant) is dict else meant
            if meant is not value:
                nested.append(name)
        elif type(value) is dict:
            values[name] = _messages_of(value, name, column, rest)
            nested.append(name)
        elif type(value) is list:
            values[name] = value
            nested.append(name)
        elif value is not None:
            values[name] = value
    if "images" in values:
        fill_places(values, rest)
    if not SIDE_COLUMNS.isdisjoint(rest):
        fill_named(values, rest)
    if not view.is_table:
        return Record(line, values, rest, view, nested)
    for name in _NAMES:
        value = values.get(name)
        if type(value) is str and _WITH_FRACTION.fullmatch(value):
            values[name] = value.removesuffix(".0")
    if type(values.get("prompt")) is str:
        values["prompt"] = _texts_or_text(str(values["prompt"]))
    blank: tuple[str, ...] = ()
    for name in view.cells:
        if name not in values:
            values[name], blank = "", (*blank, name)
    return Record(line, values, rest, view, nested, blank)


def _messages_of(
    chat: dict[str, object], name: str, column: str, rest: dict[str, object]
) -> object:
    """The messages of a chat that stands as `{"messages": […], "tools": […]}`; what else it says
    stays with the metadata. Any other object is itself."""
    if name not in _EITHER or name == "input" or type(chat.get("messages")) is not list:
        return chat
    rest |= {f"{column}.{k}": said for k, said in chat.items() if k != "messages" and said}
    return chat["messages"]


def _structured(value: str, name: str, column: str) -> object:
    if name in _STRUCTURED:
        return _cell(value, column)
    return _structure_or_text(value, column, _EITHER[name])


def _structure_or_text(value: str, column: str, keys: frozenset[str]) -> object:
    """The objects that a cell holds; the text itself where it holds anything else.

    Raises RowError for messages as Python prints them: they are never meant as that text.
    """
    try:
        decoded = cell_json(value)
    except (ValueError, RecursionError):
        if _MESSAGES_PRINTED.match(value) and _SPEAKER_PRINTED.search(value):
            raise RowError(column, _NOT_JSON, value, code=RefusalCode.MALFORMED) from None
        return value
    objects = decoded if isinstance(decoded, list) else [decoded]
    known = all(isinstance(item, dict) and keys & item.keys() for item in objects)
    return decoded if objects and known else value


def _texts_or_text(value: str) -> object:
    """The list of texts that a table wrote as a prompt: no prompt in a table either."""
    if not value.startswith("["):
        return value
    try:
        texts = cell_json(value)
    except (ValueError, RecursionError):
        return value
    return texts if texts and all(isinstance(text, str) for text in texts) else value


def _cell(value: str, column: str) -> object:
    """The structure that a table wrote as JSON in a cell. Raises RowError for what is no JSON."""
    try:
        return cell_json(value, parse_constant=lambda name: Broken(f"{name} is not JSON."))
    except (ValueError, RecursionError):
        reason = _NOT_JSON if _LIST_PRINTED.match(value) else "Must be JSON in this cell."
        raise RowError(column, reason, value, code=RefusalCode.MALFORMED) from None
