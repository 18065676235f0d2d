"""Rows that follow one another and answer one prompt, each with a response of its own, as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from labeling.datasets.readers import limits
from labeling.datasets.readers.jsonrows import RawRow
from labeling.datasets.rows import Refusal

#: A row's number, and the row.
Numbered = tuple[int, RawRow | Refusal]


def joined_rows(rows: Iterable[Numbered], prompt: str, response: str) -> Iterator[Numbered]:
    """Each run of rows with the same prompt as one row, in which the column of the response is the
    list of those rows without their prompt. It has the number and the line of the first."""
    held: list[dict[str, object]] = []
    first = line = 0
    for number, raw in rows:
        asked = None if isinstance(raw, Refusal) else raw[1].get(prompt)
        goes_on = held and asked is not None and asked == held[0].get(prompt)
        if held and not (goes_on and len(held) < limits.MAX_RESPONSES):
            yield first, (line, _row_of(held, prompt, response))
            held = []
        if isinstance(raw, Refusal):
            yield number, raw
            continue
        if not held:
            first, line = number, raw[0]
        held.append(raw[1])
    if held:
        yield first, (line, _row_of(held, prompt, response))


def _row_of(rows: list[dict[str, object]], prompt: str, response: str) -> dict[str, object]:
    answers = [{name: said for name, said in row.items() if name != prompt} for row in rows]
    return {prompt: rows[0].get(prompt), response: answers}
