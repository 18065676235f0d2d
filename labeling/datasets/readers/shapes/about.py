"""What Concord rows know of a prompt and of its responses: kept beside them, never shown to raters.

What does not fit its place is no part of the task, and stays metadata.
"""

from __future__ import annotations

from collections.abc import Mapping

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import label, sized
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.rows import RowError

#: Fields of a row, and characters of each.
_TEXTS = {"difficulty": 40, "licence": 80, "author": 120}
_TOPICS = "topics"
PROMPT_ABOUT = (*_TEXTS, _TOPICS)
#: Keys of a response, and characters of each.
_OF_RESPONSE = {"model_version": 120, "batch": 80}
_DECODING = "decoding"
_MOST_TOPICS, _TOPIC = 50, 80


def prompt_about(record: Record) -> dict[str, object]:
    """What a row knows of its prompt; a field that does not fit stays metadata."""
    about: dict[str, object] = {}
    for name, most in _TEXTS.items():
        if name in record.values:
            try:
                if text := record.label(name, most=most):
                    about[name] = text
            except RowError:
                record.keep(name)
    if _TOPICS in record.values:
        if topics := _topics(record.get(_TOPICS)):
            about[_TOPICS] = topics
        else:
            record.keep(_TOPICS)
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
