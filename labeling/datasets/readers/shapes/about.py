"""What Concord rows know of a prompt and of its responses: kept beside them, never shown to raters.

What does not fit its place is no part of the task, and stays metadata.
"""

from __future__ import annotations

from collections.abc import Mapping

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import label, sized, whole_number
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.rows import RowError

#: Fields of a row, and characters of each.
_TEXTS = {
    "difficulty": 40,
    "licence": 80,
    "author": 120,
    "source": 200,
    "group": 200,
    "permitted_use": 200,
    "conversation": 200,
}
_CONVERSATION, _TOPICS, _TURN = "conversation", "topics", "turn"
#: Those that mean the same in rows of any kind; and those that elsewhere may be a text to read, any
#: set of rows or who judged, and are known in Concord's rows alone.
PLAIN_FACTS = ("difficulty", "licence", "author", "permitted_use", _TOPICS)
OWN_FACTS = ("source", "group")
_PLAIN_TEXTS, _ANY_FACTS = PLAIN_FACTS[:-1], frozenset(PLAIN_FACTS)
#: Keys of a response, and characters of each.
_OF_RESPONSE = {"model_version": 120, "batch": 80}
_DECODING = "decoding"
_MOST_TOPICS, _TOPIC = 50, 80
_MOST_TURN = 32_767


def with_facts(record: Record, about: Mapping[str, object]) -> Mapping[str, object]:
    """What is known of a prompt with what its row of any kind says; a field that does not fit
    stays metadata."""
    if _ANY_FACTS.isdisjoint(record.values):
        return about
    facts: dict[str, object] = {}
    for name in _PLAIN_TEXTS:
        _note_text(record, name, facts)
    if _TOPICS in record.values:
        if topics := _topics(record.get(_TOPICS)):
            facts[_TOPICS] = topics
        else:
            record.keep(_TOPICS)
    return {**about, **facts}


def _note_text(record: Record, name: str, about: dict[str, object]) -> None:
    if name in record.values:
        try:
            if text := record.label(name, most=_TEXTS[name]):
                about[name] = text
        except RowError:
            record.keep(name)


def own_about(record: Record) -> dict[str, object]:
    """What a row of Concord alone knows of a prompt: where it comes from, its group, and of which
    conversation it is, and which turn of it where it says so."""
    about: dict[str, object] = {}
    for name in (*OWN_FACTS, _CONVERSATION):
        _note_text(record, name, about)
    if _TURN in record.values:
        if about.get("conversation"):
            about[_TURN] = turn_number(record)
        else:
            # Of no conversation it may be anything, such as a number of turns.
            record.keep(_TURN)
    return about


#: Fields that say of which conversation a row is a turn, in files of whatever kind.
TURN_FIELDS = (_CONVERSATION, _TURN)


def turn_about(record: Record) -> dict[str, object]:
    """Of which conversation a row is which turn; where it does not say both, both stay metadata."""
    try:
        conversation = record.label(_CONVERSATION, most=_TEXTS[_CONVERSATION])
        if conversation and record.get(_TURN) is not None:
            return {"conversation": conversation, _TURN: turn_number(record)}
    except RowError:
        pass
    for name in TURN_FIELDS:
        record.keep(name)
    return {}


def turn_number(record: Record) -> int:
    """The place of a row's turn in its conversation. Raises RowError for anything else."""
    field, value = record.column(_TURN), record.get(_TURN)
    turn = whole_number(value, field)
    if turn < 1:
        raise RowError(field, "Must be the turn's place in its conversation, from 1.", value)
    return turn


def known_in(metadata: Mapping[str, object]) -> dict[str, object]:
    """What metadata says under the names that rows have for what is known of a prompt, where it
    fits: a release writes it there."""
    about: dict[str, object] = {}
    for name, most in _TEXTS.items():
        try:
            if text := label(metadata.get(name), name, most=most):
                about[name] = text
        except RowError:
            continue
    if topics := _topics(metadata.get(_TOPICS)):
        about[_TOPICS] = topics
    turn = metadata.get(_TURN)
    if "conversation" in about and isinstance(turn, int) and 1 <= turn <= _MOST_TURN:
        about[_TURN] = turn
    return about


def _topics(value: object) -> list[dict[str, object]]:
    """The topics of a list of `{"topic", "severity"}`; none where it is another list."""
    items = value if isinstance(value, list) else []
    topics: list[dict[str, object]] = []
    for item in items[: _MOST_TOPICS + 1]:
        if not isinstance(item, dict) or not item.keys() <= {"topic", "severity"}:
            return []
        try:
            topic = label(item.get("topic"), _TOPICS, most=_TOPIC)
            severity = label(item.get("severity"), _TOPICS, most=_TOPIC)
        except RowError:
            return []
        if not topic:
            return []
        topics.append({"topic": topic, "severity": severity})
    return topics if len(topics) <= _MOST_TOPICS else []


def response_about(value: Mapping[str, object]) -> dict[str, object]:
    """What an object of a response knows of it; what does not fit is left to the metadata."""
    about: dict[str, object] = {}
    for name, most in _OF_RESPONSE.items():
        try:
            if text := label(value.get(name), name, most=most):
                about[name] = text
        except RowError:
            continue
    decoding = value.get(_DECODING)
    if isinstance(decoding, dict) and decoding:
        try:
            fits = sized(decoding, _DECODING) <= limits.MAX_METADATA
        except RowError:
            fits = False
        if fits:
            about[_DECODING] = decoding
    return about


def without_about(beyond: dict[str, object], place: str, about: Mapping[str, object]) -> None:
    """Takes what is known of a response out of what is kept of its place as metadata."""
    rest = beyond.get(place)
    if isinstance(rest, dict):
        rest = {name: said for name, said in rest.items() if name not in about}
        if rest:
            beyond[place] = rest
        else:
            del beyond[place]
