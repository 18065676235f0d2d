"""The pictures of an import's rows: prepared by children, two at a time, before rows are written.

A row whose picture is missing, damaged or none is refused by that picture's field; the others are
in. Nothing is fetched from anywhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from threading import BoundedSemaphore
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from labeling.bounded import NotNow
from labeling.datasets.readers.archives import PictureArchive, UnusedFiles, is_archive
from labeling.datasets.readers.brought import (
    Row,
    has_pictures,
    name_at_hand,
    names_in,
    with_pictures,
)
from labeling.datasets.readers.pictures import kept_by
from labeling.datasets.records import PictureRef
from labeling.datasets.rows import ImportRow, RefusalCode, RowError
from labeling.media import PictureError, PreparedPicture, lie_of, limits, prepared_picture
from labeling.models import Picture
from labeling.pictures.selectors import known_pictures, latest_sources, reference_to
from labeling.pictures.services import save_pictures, store_files

#: Pictures that are worked on at the same time, and embedded ones that wait in memory at most.
_WORKERS, _WAITING = 2, 4
#: Pictures of which it is remembered what became of them, and as many that were asked for last.
_REMEMBERED = 20_000
_TRIES = 3


class _Kept(Struct, frozen=True):
    """What became of a picture: what rows say of it, or why there is none; `unsaved` is its row as
    long as that is to be written."""

    picture: PictureRef | None = None
    problem: str = ""
    unsaved: Picture | None = None


class PictureIntake:
    """Keeps the pictures of one import; to be used as a context manager around its reading."""

    def __init__(self, project_id: int, path: Path) -> None:
        self._project_id = project_id
        self._archive = PictureArchive(path) if is_archive(path) else None
        self._workers = ThreadPoolExecutor(_WORKERS, "pictures")
        self._room = BoundedSemaphore(_WAITING)
        self._work: dict[str, Future[_Kept]] = {}
        self._kept: dict[str, _Kept] = {}
        # A file that is corrected and sent again costs no picture twice.
        self._sources: dict[str, PictureRef] | None = None
        # Rows are read ahead of the batch that is written: what they ask for is not forgotten.
        self._asked: deque[str] = deque(maxlen=_REMEMBERED)
        self._named: set[str] = set()
        self._keeping = kept_by(self._take)
        self.has_seen_any = False

    def __enter__(self) -> Self:
        self._keeping.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._keeping.__exit__(None, None, None)
        self._workers.shutdown(cancel_futures=True)
        if self._archive is not None:
            self._archive.close()

    def _take(self, source: str, data: bytes) -> None:
        """Begins with an embedded picture as soon as its row is read; waits where too many do."""
        self._asked.append(source)
        if source in self._work or self._known(source) is not None:
            return
        self._room.acquire()
        work = self._workers.submit(self._prepare, source, data)
        work.add_done_callback(lambda _work: self._room.release())
        self._work[source] = work

    def _known(self, mark: str) -> _Kept | None:
        """What became of a picture, as it is remembered or stored."""
        if mark not in self._kept:
            for name, picture in known_pictures(self._project_id, [mark]).items():
                self._kept[name] = _Kept(reference_to(picture))
        return self._kept.get(mark)

    def _prepare(self, source: str, data: bytes) -> _Kept:
        """In a thread: no statement is sent from here."""
        for attempt in range(_TRIES):
            try:
                prepared = prepared_picture(data)
            except PictureError as error:
                return _Kept(problem=str(error))
            except NotNow:
                if attempt == _TRIES - 1:
                    raise
            else:
                return self._stored(source, prepared)
        raise AssertionError

    def _stored(self, source: str, prepared: PreparedPicture) -> _Kept:
        picture = store_files(project_id=self._project_id, picture=prepared)
        picture.source = source
        return _Kept(reference_to(picture), unsaved=picture)

    def _prepare_named(self, name: str) -> _Kept:
        assert self._archive is not None  # noqa: S101 - only an archive has names
        try:
            data = self._archive.read(name, limits.MAX_BYTES)
        except ValueError as error:
            return _Kept(problem=str(error))
        if problem := lie_of(name, data):
            return _Kept(problem=problem)
        source = sha256(data).hexdigest()
        if known := (self._sources or {}).get(source):
            return _Kept(known)
        return self._prepare(source, data)

    def resolved(self, outcomes: Sequence[Row]) -> list[Row]:
        """The rows with the pictures that are kept; a row is refused where one of them is not.

        What is new is saved by `keep`, in the transaction that writes the rows.
        """
        if not any(map(has_pictures, outcomes)):
            return list(outcomes)
        self.has_seen_any = True
        self.begin(outcomes)
        # In an archive nothing is beside: there a picture is named, and missing if it is not in.
        may_miss = self._archive is None
        return [
            with_pictures(row, self._picture, may_miss_aside=may_miss)
            if isinstance(row, ImportRow)
            else row
            for row in outcomes
        ]

    def keep(self) -> None:
        """Saves the pictures that were prepared since, also those of rows that were refused: what
        has a row is found when it is swept."""
        done = {mark: work.result() for mark, work in self._work.items() if work.done()}
        new = [kept.unsaved for kept in done.values() if kept.unsaved is not None]
        save_pictures({picture.sha256: picture for picture in new}.values())
        self._kept |= {mark: replace(kept, unsaved=None) for mark, kept in done.items()}
        for mark in done:
            del self._work[mark]
        if len(self._kept) > 2 * _REMEMBERED:
            asked = set(self._asked)
            self._kept = {mark: kept for mark, kept in self._kept.items() if mark in asked}

    def begin(self, outcomes: Sequence[Row]) -> None:
        """Begins with all pictures that these rows name, so that none waits for another's row."""
        if self._archive is None:
            return
        if self._sources is None:
            self._sources = latest_sources(self._project_id, _REMEMBERED)
        for row in outcomes:
            for name in names_in(self._archive, row):
                self._named.add(name)
                if name not in self._work and name not in self._kept:
                    self._work[name] = self._workers.submit(self._prepare_named, name)

    def passes(self, row: Row) -> None:
        """Takes note of what a row names that an earlier attempt dealt with."""
        if self._archive is not None:
            self._named.update(names_in(self._archive, row))

    def unused(self) -> UnusedFiles:
        """The files beside the rows that none of those seen so far names."""
        return self._archive.unused(self._named) if self._archive else UnusedFiles()

    def _picture(self, ref: PictureRef, field: str) -> PictureRef:
        if ref.sha256:
            return ref
        mark = ref.source or name_at_hand(self._archive, ref.name, field)
        work = self._work.get(mark)
        kept = self._known(mark) if work is None else work.result()
        if kept is None:
            raise RowError(field, "Is not at hand any more. Import the row again.", ref.name)
        if kept.picture is None:
            raise RowError(field, kept.problem, ref.name, code=RefusalCode.UNSUPPORTED)
        return kept.picture
