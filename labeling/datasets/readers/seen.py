"""Which rows and labels of a file came before: a table of bounded size, then a file on disk."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import excerpt_of
from labeling.datasets.readers.identity import content_digest, identity_text, response_keys
from labeling.datasets.records import canonical_json
from labeling.datasets.rows import (
    Duplicate,
    ImportedLabel,
    ImportedResponse,
    ImportRow,
    Refusal,
    RefusalCode,
)
from labeling.datasets.turns import without_parts
from labeling.deferred import Deferred

if TYPE_CHECKING:
    import sqlite3
else:
    sqlite3 = Deferred("sqlite3")

_FIRST_SIZE = 1 << 12
#: Slots of the table at most: 24 MiB, two thirds of it filled.
_LAST_SIZE = 1 << 20
_GROWTH = 4
_WORD = (1 << 63) - 1
_CACHE_KIB = 16 * 1024
_ENCODE = msgspec.json.Encoder().encode


def keyed_hash(value: Hashable) -> int:
    """63 bits that tell values apart, never 0; keyed anew by every process, so never to be kept.

    Python's keyed hash reads a text as it lies in memory, several times faster than a digest of
    its bytes, and nobody who writes a file can aim at a collision.
    """
    return hash(value) & _WORD or 1


class SeenIds:
    """key -> (content, first line) of everything noted so far, in memory that has a bound.

    An open-addressing table in arrays, 24 bytes a slot instead of a dict's 150, up to 700,000
    keys; those beyond go to a temporary SQLite file, which the system removes by itself. Two
    different keys of one file meet in one fingerprint with a probability of 5e-8 at a million.
    Raises sqlite3.Error where the disk is full.
    """

    def __init__(self, most: int = _LAST_SIZE) -> None:
        self._most = most
        self._count = 0
        self._disk: sqlite3.Connection | None = None
        self._make(min(_FIRST_SIZE, most))

    def _make(self, size: int) -> None:
        self._mask = size - 1
        self._keys, self._contents, self._lines = (array("Q", bytes(8 * size)) for _ in range(3))

    def _grow(self) -> None:
        old = zip(self._keys, self._contents, self._lines, strict=True)
        self._make(min(_GROWTH * (self._mask + 1), self._most))
        keys, contents, lines, mask = self._keys, self._contents, self._lines, self._mask
        for key, content, line in old:
            if key:
                slot = key & mask
                while keys[slot]:
                    slot = (slot + 1) & mask
                keys[slot], contents[slot], lines[slot] = key, content, line

    def first(self, key: int, content: int, line: int) -> tuple[int, bool]:
        """Notes the key; (0, True) if it is new, else (line of the first, same content)."""
        keys, mask = self._keys, self._mask
        slot = key & mask
        while (held := keys[slot]) and held != key:
            slot = (slot + 1) & mask
        if held:
            return self._lines[slot], self._contents[slot] == content
        if self._disk is not None:
            return self._on_disk(self._disk, key, content, line)
        keys[slot], self._contents[slot], self._lines[slot] = key, content, line
        self._count += 1
        if 3 * self._count > 2 * mask:
            if mask + 1 < self._most:
                self._grow()
            else:
                self._disk = temporary_database(
                    "CREATE TABLE seen (key INTEGER PRIMARY KEY, content INTEGER, line INTEGER)"
                )
        return 0, True

    def _on_disk(
        self, disk: sqlite3.Connection, key: int, content: int, line: int
    ) -> tuple[int, bool]:
        noted = disk.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (key, content, line))
        if noted.rowcount:
            return 0, True
        row = disk.execute("SELECT line, content FROM seen WHERE key = ?", (key,)).fetchone()
        return row[0], row[1] == content


def temporary_database(table: str) -> sqlite3.Connection:
    """A database of no name with one table, in a cache of a bounded size and beyond it in a
    file."""
    disk = sqlite3.connect("", isolation_level=None)
    # Lost with the process anyway: neither a journal nor waiting for the disk is of use.
    for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KIB}"):
        disk.execute(f"PRAGMA {pragma}")
    disk.execute(table)
    disk.execute("BEGIN")
    return disk


def _content(row: ImportRow) -> int:
    """The prompt and its responses with their models, in whatever order the responses stand: a
    pair and the same pair swapped, as several raters of `chosen` write them, are one task."""
    responses = sorted(
        [hash((r.model, identity_text(r.content, r.messages))) for r in row.responses]
    )
    return keyed_hash((row.kind, without_parts(row.messages), *responses))


def _said(judgment: ImportedLabel, sign: int) -> int:
    """The label from the point of view that a pair and the same pair swapped share."""
    values = frozenset([(key, sign * value) for key, value in judgment.values.items()])
    beside = (judgment.tie_kinds, judgment.side_only, judgment.grades, judgment.answers)
    marks = (judgment.spans, judgment.regions, judgment.reasons, judgment.draft)
    if not any((*beside, *marks)):
        return keyed_hash((values, judgment.rationale))
    ties, grades = (frozenset(said.items()) for said in (judgment.tie_kinds, judgment.grades))
    answers = canonical_json(judgment.answers) if judgment.answers else ""
    said = (values, ties, frozenset(judgment.side_only), grades, answers, *marks)
    return keyed_hash((*said, judgment.rationale))


def _side(responses: Sequence[ImportedResponse]) -> int:
    """-1 where the responses stand the other way round than by their texts."""
    first, last = responses[0], responses[-1]
    if first.content != last.content:
        return -1 if first.content > last.content else 1
    keys = response_keys((first, last))
    return -1 if keys[0] > keys[1] else 1


def id_apart(row: ImportRow) -> str:
    """The id that a row shares, cut where it is too long, and a digest of its texts."""
    mark = content_digest(row.messages, row.responses)[:6].hex()
    return f"{row.shared_id[: limits.MAX_ID - len(mark) - 1]}-{mark}"


def _place_in_words(row: ImportRow, place: int) -> str:
    return f"row {place}" if row.number else f"line {place}"


def _refused(row: ImportRow, field: str, reason: str, code: RefusalCode) -> Refusal:
    return Refusal(row.line, field, reason, excerpt_of(row.external_id), code, row.number)


class SeenRows:
    """The rows of a file so far, and who judged which of them.

    Where the ids are `shared`, as those of questions are, rows of other texts under one id are
    rows of their own.
    """

    def __init__(self, *, shared: bool = False) -> None:
        self._rows, self._labels, self._about = SeenIds(), SeenIds(), SeenIds()
        self._shared = shared

    def sort(self, row: ImportRow) -> ImportRow | Duplicate | Refusal:
        """The row, unless its id was there before: with other text it is refused, alike it
        repeats, and with labels by others or something else about it it is a row again."""
        if self._shared:
            row = replace(row, shared_id=row.external_id)
        place = row.number or row.line
        first, same = self._rows.first(keyed_hash(row.external_id), _content(row), place)
        if first and not same and row.shared_id:
            row = replace(row, external_id=id_apart(row))
            first, same = self._rows.first(keyed_hash(row.external_id), _content(row), place)
        if first and not same:
            reason = (
                f"Its id stands on {_place_in_words(row, first)} already, with a different text or "
                "another kind of task. Give it its own, or leave the ids out by mapping id to "
                "nothing (id=)."
            )
            return _refused(row, "id", reason, RefusalCode.TWICE)
        new_label = False
        labels: tuple[ImportedLabel, ...] = (*row.judgments, *row.model_votes)
        sign = _side(row.responses) if labels and row.responses else 1
        for judgment in labels:
            by = keyed_hash((row.external_id, judgment.rater, judgment.is_final))
            before, same = self._labels.first(by, _said(judgment, sign), place)
            if before and not same:
                where = _place_in_words(row, before)
                reason = f"“{judgment.rater}” judges the same row differently on {where}."
                return _refused(row, "judgments", reason, RefusalCode.CONTRADICTION)
            new_label |= not before
        says_more = bool(row.metadata or row.category or row.language or row.about)
        new_about = says_more and self._notes_about(row, first)
        if not first:
            return row
        if new_label or new_about:
            return replace(row, earlier_line=first)
        return Duplicate(row.line, row.external_id, first, row.number)

    def _notes_about(self, row: ImportRow, first: int) -> bool:
        """Whether the row says about its task what no row of it before has said."""
        about = keyed_hash(_ENCODE((row.category, row.language, row.metadata, row.about)))
        before, same = self._about.first(keyed_hash((row.external_id, 0)), about, row.line)
        if not before or same:
            # Of a task whose first rows said nothing, this is the first that does.
            return not before and first > 0
        return not self._about.first(keyed_hash((row.external_id, about)), about, row.line)[0]
