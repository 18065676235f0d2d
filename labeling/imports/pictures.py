"""The pictures of an import's rows: prepared by children, two at a time, before rows are written.

A row whose picture is missing, damaged or none is refused by that picture's field; the others are
in. Nothing is fetched from anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from threading import BoundedSemaphore
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from labeling.bounded import NotNow
from labeling.datasets.readers.archives import PictureArchive, is_archive
from labeling.datasets.readers.fields import refusal
from labeling.datasets.readers.pictures import kept_by
from labeling.datasets.records import Message, PictureRef
from labeling.datasets.rows import (
    Duplicate,
    ImportedResponse,
    ImportRow,
    Refusal,
    RefusalCode,
    RowError,
)
from labeling.media import PictureError, PreparedPicture, lie_of, limits, prepared_picture
from labeling.models import Picture
from labeling.pictures.selectors import known_pictures
from labeling.pictures.services import save_pictures, store_files

#: Pictures that are worked on at the same time, and embedded ones that wait in memory at most.
_WORKERS, _WAITING = 2, 4
#: Pictures of which it is remembered what became of them; any is found again.
_REMEMBERED = 20_000
_TRIES = 3
Row = ImportRow | Duplicate | Refusal


class _Kept(Struct, frozen=True):
    """What became of a picture: a row, written or to be written, or why there is none."""

    picture: Picture | None = None
    problem: str = ""


class PictureIntake:
    """Keeps the pictures of one import; to be used as a context manager around its reading."""

    def __init__(self, project_id: int, path: Path) -> None:
        self._project_id = project_id
        self._archive = PictureArchive(path) if is_archive(path) else None
        self._workers = ThreadPoolExecutor(_WORKERS, "pictures")
        self._room = BoundedSemaphore(_WAITING)
        self._work: dict[str, Future[_Kept]] = {}
        self._kept: dict[str, _Kept] = {}
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
        if source in self._work or source in self._kept or self._known([source]):
            return
        self._room.acquire()
        work = self._workers.submit(self._prepare, source, data)
        work.add_done_callback(lambda _work: self._room.release())
        self._work[source] = work

    def _known(self, hashes: Iterable[str]) -> bool:
        known = known_pictures(self._project_id, hashes)
        self._kept |= {mark: _Kept(picture) for mark, picture in known.items()}
        return bool(known)

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
        return _Kept(picture)

    def _prepare_named(self, name: str) -> _Kept:
        assert self._archive is not None  # noqa: S101 - only an archive has names
        try:
            data = self._archive.read(name, limits.MAX_BYTES)
        except ValueError as error:
            return _Kept(problem=str(error))
        if problem := lie_of(name, data):
            return _Kept(problem=problem)
        return self._prepare(sha256(data).hexdigest(), data)

    def resolved(self, outcomes: Sequence[Row]) -> list[Row]:
        """The rows with the pictures that are kept; a row is refused where one of them is not.

        What is new is saved by `keep`, in the transaction that writes the rows.
        """
        rows = [row for row in outcomes if isinstance(row, ImportRow) and _has_pictures(row)]
        if not rows:
            return list(outcomes)
        self.has_seen_any = True
        self._begin(rows)
        return [self._resolved(row) if _has_pictures(row) else row for row in outcomes]

    def keep(self) -> None:
        """Saves the pictures that were prepared since, also those of rows that were refused: what
        has a row is found when it is swept."""
        done = {mark: work.result() for mark, work in self._work.items() if work.done()}
        if not done:
            return
        new = [kept.picture for kept in done.values() if kept.picture is not None]
        save_pictures({picture.sha256: picture for picture in new}.values())
        if len(self._kept) > _REMEMBERED:
            self._kept.clear()
        self._kept |= done
        for mark in done:
            del self._work[mark]

    def _begin(self, rows: Sequence[ImportRow]) -> None:
        """Begins with all pictures that these rows name, so that none waits for another's row."""
        if self._archive is None:
            return
        for row in rows:
            for ref in _references(row):
                try:
                    name = self._archive.named(ref.name, "") if ref.name else ""
                except RowError:
                    continue  # said where the row is resolved
                if name and name not in self._work and name not in self._kept:
                    self._work[name] = self._workers.submit(self._prepare_named, name)

    def _resolved(self, row: Row) -> Row:
        if not isinstance(row, ImportRow):
            return row
        left_out: list[Refusal] = []
        try:
            messages = self._turns(self._without_aside(row, left_out), "prompt")
            responses = tuple(
                self._response(response, f"responses[{place}]")
                for place, response in enumerate(row.responses)
            )
        except RowError as error:
            refused = refusal(row.line, error)
            return replace(refused, number=row.number, row_id=row.external_id)
        left_out = [*row.left_out, *left_out]
        return replace(row, messages=messages, responses=responses, left_out=tuple(left_out))

    def _without_aside(self, row: ImportRow, left_out: list[Refusal]) -> tuple[Message, ...]:
        """The turns without pictures of a column beside the texts that did not come with the file.

        The row stands without them, so they are counted as left out, each with its reason. In an
        archive nothing is beside: there a picture is named, and missing if it is not in.
        """
        if self._archive is not None:
            return row.messages
        turns = []
        for turn in row.messages:
            kept = []
            for ref in turn.images:
                try:
                    kept.append(ref if not ref.is_aside else self._picture(ref, "images"))
                except RowError as error:
                    left_out.append(refusal(row.line, error))
            turns.append(replace(turn, images=tuple(kept)))
        return tuple(turns)

    def _response(self, response: ImportedResponse, field: str) -> ImportedResponse:
        if not any(turn.images for turn in response.messages):
            return response
        return replace(response, messages=self._turns(response.messages, field))

    def _turns(self, turns: tuple[Message, ...], field: str) -> tuple[Message, ...]:
        if not any(turn.images for turn in turns):
            return turns
        return tuple(
            replace(
                turn, images=tuple(self._picture(ref, f"{field}.images") for ref in turn.images)
            )
            for turn in turns
        )

    def _picture(self, ref: PictureRef, field: str) -> PictureRef:
        if ref.sha256:
            return ref
        mark = ref.source or self._named(ref.name, field)
        kept = self._kept[mark] if mark in self._kept else self._work[mark].result()
        if kept.picture is None:
            raise RowError(field, kept.problem, ref.name, code=RefusalCode.UNSUPPORTED)
        picture = kept.picture
        return PictureRef(picture.sha256, picture.width, picture.height, picture.form, picture.size)

    def _named(self, name: str, field: str) -> str:
        if self._archive is None:
            raise RowError(
                field,
                "Names a picture, and no pictures came with the rows. Import a zip archive of the "
                "rows and their pictures, or leave the column out.",
                name,
                code=RefusalCode.MISSING,
            )
        return self._archive.named(name, field)


def _has_pictures(row: Row) -> bool:
    return isinstance(row, ImportRow) and any(True for _ref in _references(row))


def _references(row: ImportRow) -> Iterator[PictureRef]:
    for messages in (row.messages, *(response.messages for response in row.responses)):
        for turn in messages:
            yield from turn.images
