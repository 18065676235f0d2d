"""Whole conversations, one a line: turns that are judged, each after a reply of an earlier one.

Every turn becomes a task of its own, whose prompt is all that was said on the way to it: the prompt
of the turn that it follows, the reply that carried it on, and what is asked next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import label, type_in_words, visible
from labeling.datasets.readers.shapes.about import OWN_FACTS
from labeling.datasets.readers.shapes.base import ABOUT, Sample, Shape
from labeling.datasets.readers.shapes.chats import Chat
from labeling.datasets.readers.shapes.finish import Parts
from labeling.datasets.readers.shapes.pairs import CONCORD, read_concord
from labeling.datasets.readers.shapes.prompts import FRAME
from labeling.datasets.readers.shapes.record import Record, RecordView, look
from labeling.datasets.records import Message
from labeling.datasets.rows import Follows, RefusalCode, RowError
from labeling.vocabulary import TaskKind

#: Turns of one line.
_MOST_TURNS = 100
#: What says of a turn where it stands, and is no field of its row.
_PLACE = ("after", "turn")
#: Kinds of tasks in which one response is chosen.
_CHOOSING = (TaskKind.COMPARE, TaskKind.RANK)


@dataclass(frozen=True, slots=True)
class _Turn:
    """A turn that was read: its row, its depth, and what came before its replies."""

    row_id: str
    depth: int
    prompt: Chat
    kind: str
    replies: Mapping[str, Chat]


def _read(record: Record) -> list[Parts]:
    """A row a turn. Raises RowError naming the turn at fault: then none of them is taken."""
    turns, field = record.get("turns"), record.column("turns")
    if not isinstance(turns, list):
        raise RowError(
            field,
            f"Must be a list of turns, not {type_in_words(turns)}.",
            turns,
            code=RefusalCode.WRONG_TYPE,
        )
    if not turns:
        raise RowError(field, "Has no turns.", code=RefusalCode.MISSING)
    if len(turns) > _MOST_TURNS:
        raise RowError(
            field,
            f"Has {len(turns):,} turns; at most {_MOST_TURNS} are taken.",
            code=RefusalCode.TOO_LONG,
        )
    for place, turn in enumerate(turns):
        if not isinstance(turn, dict):
            raise RowError(
                f"{field}[{place}]",
                f'Must be {{"prompt": …, "responses": …}}, not {type_in_words(turn)}.',
                turn,
                code=RefusalCode.WRONG_TYPE,
            )
    return _Reader(record, turns, field).parts()


class _Reader:
    """Reads the turns of one line, one after the other."""

    def __init__(self, record: Record, turns: Sequence[dict[str, object]], field: str) -> None:
        self._record, self._turns, self._field = record, turns, field
        self._name = self._conversation()
        self._shared = self._of_all_turns()
        columns = {name: name for name in CONCORD.fields}
        view = RecordView.of(columns, record.view.label_rater, whose=record.view.whose)
        self._view = replace(view, kind=record.view.kind)
        self._read: list[_Turn] = []
        self._places: dict[str, list[int]] = {}
        self._followed: dict[str, int] = {}

    def _conversation(self) -> str:
        record = self._record
        name = record.label("conversation", most=limits.MAX_ID) or record.label(
            "id", most=limits.MAX_ID
        )
        if not name:
            raise RowError(
                record.column("conversation"),
                "Missing. Name the conversation.",
                code=RefusalCode.MISSING,
            )
        return name

    def _of_all_turns(self) -> dict[str, object]:
        """What the line says of every turn, by the names of a Concord row."""
        record = self._record
        named = {name: said for name, said in record.values.items() if name not in ("turns", "id")}
        record.looked_at.update(record.values)
        return {**record.rest, **named, "conversation": self._name}

    def parts(self) -> list[Parts]:
        """The rows, in the order of the turns."""
        rows = []
        for place, turn in enumerate(self._turns):
            try:
                rows.append(self._row(place, turn))
            except RowError as error:
                field = f"{self._field}[{place}].{error.field}"
                raise RowError(field, error.reason, error.value, code=error.code) from None
        return rows

    def _row(self, place: int, turn: Mapping[str, object]) -> Parts:
        parent, after = self._parent(place, turn)
        depth = parent.depth + 1 if parent else 1
        self._check_turn(turn, depth)
        own_id = label(turn.get("id"), "id", most=limits.MAX_ID)
        row_id = own_id or f"{self._name}-{depth}" + (f"-{after}" if after else "")
        said = {name: value for name, value in turn.items() if name not in _PLACE}
        shared = self._shared if parent is None else self._without_frame()
        record = look(
            self._record.line, {**shared, **said, "id": row_id, "turn": depth}, self._view
        )
        (parts,) = read_concord(record)
        kind = record.kind_of(len(parts.candidates))
        history = (*parent.prompt, *parent.replies[after]) if parent else ()
        parts.messages = _bounded((*history, *parts.messages))
        parts.follows = Follows(parent.row_id, after) if parent else None
        parts.record, parts.kind = record, kind
        replies = {
            candidate.external_id: candidate.messages or (Message("assistant", candidate.content),)
            for candidate in parts.candidates
            if candidate.external_id
        }
        for name in replies:
            self._places.setdefault(name, []).append(place)
        self._read.append(_Turn(row_id, depth, parts.messages, kind, replies))
        return parts

    def _without_frame(self) -> dict[str, object]:
        """What frames the prompt stands before the first turn alone."""
        return {name: said for name, said in self._shared.items() if name not in FRAME}

    def _parent(self, place: int, turn: Mapping[str, object]) -> tuple[_Turn | None, str]:
        """The turn that this one follows, and the response that carried it on."""
        after = label(turn.get("after"), "after", most=limits.MAX_ID)
        if not place:
            if after:
                raise RowError("after", "The first turn follows no other. Leave it out.", after)
            return None, ""
        if not after:
            raise RowError(
                "after",
                "Missing. Give the id of the response that this turn follows.",
                code=RefusalCode.MISSING,
            )
        places = self._places.get(after, [])
        if not places:
            raise RowError("after", self._unknown(after, place), after)
        if len(places) > 1:
            raise RowError(
                "after",
                "Several earlier turns have a response of this id. Give each its own.",
                after,
                code=RefusalCode.AMBIGUOUS,
            )
        if after in self._followed:
            raise RowError(
                "after",
                f"{self._field}[{self._followed[after]}] follows this response already. Keep one.",
                after,
                code=RefusalCode.TWICE,
            )
        parent = self._read[places[0]]
        if parent.kind not in _CHOOSING:
            raise RowError(
                "after",
                "In the turn of this response none is chosen: only a comparison or a ranking is "
                "followed.",
                after,
                code=RefusalCode.UNSUPPORTED,
            )
        self._followed[after] = place
        return parent, after

    def _unknown(self, after: str, place: int) -> str:
        lists = [turn.get("responses") for turn in self._turns[place:]]
        later = [item for items in lists if isinstance(items, list) for item in items]
        if any(isinstance(item, dict) and str(item.get("id")).strip() == after for item in later):
            return "This response is of no earlier turn. A turn follows one that stands before it."
        known = visible(", ".join(self._places), limits.EXCERPT) or "none has an id"
        return f"No earlier turn has a response of this id. Ids: {known}."

    def _check_turn(self, turn: Mapping[str, object], depth: int) -> None:
        """Raises RowError where a turn says that it is another than it is."""
        stated = label(turn.get("turn"), "turn", most=limits.MAX_NAME)
        if stated and stated != str(depth):
            raise RowError(
                "turn",
                f"Must be {depth}: one more than that of the turn it follows. Or leave it out.",
                stated,
                code=RefusalCode.CONTRADICTION,
            )


def _bounded(messages: Chat) -> Chat:
    size = sum(len(message.text) + len(message.reasoning_content) for message in messages)
    if len(messages) > limits.MAX_MESSAGES or size > limits.MAX_CHAT:
        raise RowError(
            "prompt",
            f"With all that was said before it has {len(messages):,} messages of {size:,} "
            f"characters; at most {limits.MAX_MESSAGES:,} of {limits.MAX_CHAT:,} are taken.",
            code=RefusalCode.TOO_LONG,
        )
    return messages


def _fits(sample: Sample) -> bool:
    """Turns that hold responses: a list of messages is none."""
    return any("responses" in turn for turn in sample.items("turns"))


CONVERSATIONS = Shape(
    key="conversations",
    title="Conversations: turns that are judged, each after a reply of an earlier one",
    explanation=(
        "Each turn has a prompt and responses as a Concord row has, and but for the first names in "
        "“after” the response that carried the conversation on. Each becomes a task that goes to "
        "the raters who chose that response, with all that was said before as its prompt."
    ),
    fields=("turns", *FRAME, *ABOUT, *OWN_FACTS, "conversation"),
    needs=(("turns",),),
    read=_read,
    fits=_fits,
    spreads=True,
)
