"""Passages that raters marked, with the words that they mark, as a release holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from labeling.datasets.records import Message, ResponseRecord, SpanRecord
from labeling.datasets.turns import turns_of
from labeling.models import Span

_COLUMNS = (
    *("judgment_id", "response_id", "message", "start", "end", "polarity"),
    *("criterion__key", "flag", "principle__number", "note"),
)


def marked_spans(
    judgments: Mapping[int, int],
    tasks: Sequence[tuple[Any, ...]],
    responses: Mapping[int, ResponseRecord],
) -> dict[int, list[SpanRecord]]:
    """The passages of some judgments, by judgment; `judgments` says which task each is of.

    `tasks` are rows that begin with the id, the name, the ids of the responses in canonical order,
    the prompt's name and its messages.
    """
    by_judgment: dict[int, list[SpanRecord]] = {}
    rows: Iterable[tuple[Any, ...]] = (
        Span.objects.filter(judgment_id__in=list(judgments)).order_by("pk").values_list(*_COLUMNS)
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


def _attached(key: str | None, flag: str, number: int | None) -> tuple[str, str]:
    """What a passage is attached to, and its name there."""
    if key is not None:
        return "criterion", key
    return ("flag", flag) if number is None else ("principle", str(number))


def _quote(turns: Sequence[Message], message: int, start: int, end: int) -> str:
    """The words; "" where the text has been erased since."""
    return turns[message].content[start:end] if message < len(turns) else ""
