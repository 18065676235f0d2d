"""A difference of lines as two columns: what was beside what is, words that differ marked."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from labeling.rendering.difference import ChangeKind, word_changes
from labeling.rendering.invisible import escape_visibly

#: So long, in seconds, words are compared; what is left then is shown whole.
_SECONDS = 0.3
_CHANGES = {"removed", "added"}


@dataclass(frozen=True, slots=True)
class RowPiece:
    """Some words of a row as safe HTML, and what became of them: a `ChangeKind`."""

    kind: str
    html: str


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """Lines that belong together: `same`, `changed`, or a `gap` of lines that are left out.

    `pieces` has all words in order, those of both sides; each side shows its own.
    """

    kind: str
    pieces: list[RowPiece]


def side_by_side(lines: Iterable[tuple[str, str]]) -> list[DifferenceRow]:
    """The rows of a difference, of lines with their kinds: `same`, `removed`, `added`, `gap`."""
    rows: list[DifferenceRow] = []
    deadline = time.monotonic() + _SECONDS
    for is_change, group in groupby(lines, key=lambda line: line[0] in _CHANGES):
        if not is_change:
            rows += [
                DifferenceRow(kind, [RowPiece("same", escape_visibly(text))])
                for kind, text in group
            ]
            continue
        changed = list(group)
        old, new = ("\n".join(t for kind, t in changed if kind == k) for k in ("removed", "added"))
        rows.append(
            DifferenceRow("changed", _pieces(old, new, is_late=time.monotonic() > deadline))
        )
    return rows


def _unchanged(kind: str, text: str) -> DifferenceRow:
    return DifferenceRow(kind, [RowPiece(ChangeKind.SAME, escape_visibly(text))])


def _pieces(old: str, new: str, *, is_late: bool) -> list[RowPiece]:
    if old and new and not is_late:
        changes = word_changes(old, new)
        return [RowPiece(change.kind, escape_visibly(change.text)) for change in changes]
    whole = ((ChangeKind.REMOVED, old), (ChangeKind.ADDED, new))
    return [RowPiece(kind, escape_visibly(text)) for kind, text in whole if text]
