"""What raters marked, passages with the words that they mark and regions of pictures, as a release
holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from labeling.datasets.mark_records import RegionRecord, SpanRecord
from labeling.datasets.records import Message, ResponseRecord
from labeling.datasets.turns import turns_of
from labeling.models import Region, Span

_SPAN = ("message", "start", "end", "polarity")
_REGION = ("message", "image", "x", "y", "w", "h", "polarity")
_ATTACHED = ("criterion__key", "flag", "principle__number", "note")


def marks_of(
    judgments: Mapping[int, int],
    tasks: Sequence[tuple[Any, ...]],
    responses: Mapping[int, ResponseRecord],
) -> dict[int, dict[str, Any]]:
    """What is marked in some judgments, by judgment, as parts of its record; `judgments` says which
    task each is of.

    `tasks` are rows that begin with the id, the name, the ids of the responses in canonical order,
    the prompt's name and its messages.
    """
    parts: dict[int, dict[str, Any]] = {}
    for judgment, spans in _spans(judgments, tasks, responses).items():
        parts.setdefault(judgment, {})["spans"] = tuple(spans)
    for judgment, regions in _regions(judgments, tasks, responses).items():
        parts.setdefault(judgment, {})["regions"] = tuple(regions)
    return parts


def _spans(
    judgments: Mapping[int, int],
    tasks: Sequence[tuple[Any, ...]],
    responses: Mapping[int, ResponseRecord],
) -> dict[int, list[SpanRecord]]:
    by_judgment: dict[int, list[SpanRecord]] = {}
    columns = ("judgment_id", "response_id", *_SPAN, *_ATTACHED)
    rows: Iterable[tuple[Any, ...]] = (
        Span.objects.filter(judgment_id__in=list(judgments)).order_by("pk").values_list(*columns)
    )
    by_task = {task[0]: task for task in tasks}
    for judgment, response, message, start, end, polarity, key, flag, number, note in rows:
        _pk, _name, order, _prompt, messages, *_rest = by_task[judgments[judgment]]
        turns = turns_of(messages) if response is None else responses[response].turns
        about, name = _attached(key, flag, number)
        by_judgment.setdefault(judgment, []).append(
            SpanRecord(
                response=-1 if response is None else order.index(response),
                message=message,
                start=start,
                end=end,
                quote=_quote(turns, message, start, end),
                polarity=polarity,
                about=about,
                name=name,
                note=note,
            )
        )
    return by_judgment


def _regions(
    judgments: Mapping[int, int],
    tasks: Sequence[tuple[Any, ...]],
    responses: Mapping[int, ResponseRecord],
) -> dict[int, list[RegionRecord]]:
    """Regions of pictures; nothing is asked where no task shows any."""
    orders = {task[0]: task[2] for task in tasks if _shows_pictures(task, responses)}
    looked_at = [judgment for judgment, task in judgments.items() if task in orders]
    if not looked_at:
        return {}
    by_judgment: dict[int, list[RegionRecord]] = {}
    columns = ("judgment_id", "response_id", *_REGION, *_ATTACHED)
    rows: Iterable[tuple[Any, ...]] = (
        Region.objects.filter(judgment_id__in=looked_at).order_by("pk").values_list(*columns)
    )
    for judgment, response, message, image, *box, polarity, key, flag, number, note in rows:
        order = orders[judgments[judgment]]
        place = -1 if response is None else order.index(response)
        x, y, w, h = box
        said = (polarity, *_attached(key, flag, number), note)
        by_judgment.setdefault(judgment, []).append(
            RegionRecord(place, message, image, x, y, w, h, *said)
        )
    return by_judgment


def _shows_pictures(task: tuple[Any, ...], responses: Mapping[int, ResponseRecord]) -> bool:
    _pk, _name, order, _prompt, messages, *_rest = task
    if any("images" in turn for turn in messages):
        return True
    return any(turn.images for pk in order if pk in responses for turn in responses[pk].messages)


def _attached(key: str | None, flag: str, number: int | None) -> tuple[str, str]:
    """What a mark is attached to, and its name there."""
    if key is not None:
        return "criterion", key
    return ("flag", flag) if number is None else ("principle", str(number))


def _quote(turns: Sequence[Message], message: int, start: int, end: int) -> str:
    """The words; "" where the text has been erased since."""
    return turns[message].content[start:end] if message < len(turns) else ""
