"""Where uploaded files wait: one folder, random names, swept of what nobody needs any more."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from math import inf
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.datasets.readers import looking
from labeling.models import Import
from labeling.vocabulary import JobState
from projects.exceptions import InvalidInput

#: A file that was uploaded for a preview and never imported is deleted after this long.
KEEP_UPLOADS = timedelta(days=2)
_TOKEN_BYTES = 16
_FILENAME = 255
#: From so many bytes on, and again after so many, a process is had ready that looks at the file.
_READY_FROM, _READY_BYTES = 1 << 20, 64 << 20


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the folder of imports: its token is its name there."""

    token: str
    size: int
    sha256: str


def path_of(token: str) -> Path:
    """The path of a stored file. Raises InvalidInput for anything that is not a token."""
    if len(token) != 2 * _TOKEN_BYTES or not all(c in "0123456789abcdef" for c in token):
        raise InvalidInput(_("This upload is not known. Upload the file again."))
    return Path(settings.IMPORTS_DIR) / token


def located(kept: str) -> Path:
    """Where the file of an import lies, by what its row keeps: the name in the folder.

    Older rows keep the whole path, which a restored backup may not have: the name is what counts
    then too.
    """
    path = Path(settings.IMPORTS_DIR) / kept
    return path if path.exists() else Path(settings.IMPORTS_DIR) / path.name


class IncomingFile:
    """A file on its way into the folder, hashed as it is written.

    Each call raises InvalidInput where the file is larger than the limit or the disk is full;
    nothing is left then.
    """

    def __init__(self) -> None:
        self.token = secrets.token_hex(_TOKEN_BYTES)
        self._digest, self._size, self._ready_until = hashlib.sha256(), 0, _READY_FROM
        self._path = path_of(self.token)
        with self._disk():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._out = self._path.open("wb")

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.drop()
            raise InvalidInput(
                _("The file could not be kept (%(reason)s). Free some disk space and try again.")
                % {"reason": error.strerror}
            ) from error

    def write(self, chunk: bytes) -> None:
        """Adds a piece."""
        self._size += len(chunk)
        limit = settings.IMPORT_MAX_UPLOAD
        if self._size > limit:
            self.drop()
            raise InvalidInput(
                _("The file is larger than %(limit)s MB. Pack it with gzip or split it.")
                % {"limit": limit // 1024**2}
            )
        self._digest.update(chunk)
        with self._disk():
            self._out.write(chunk)
        if self._size >= self._ready_until:
            # It will be looked at as soon as all of it is here.
            looking.get_ready()
            self._ready_until = self._size + _READY_BYTES

    def finish(self) -> StoredFile:
        """The file, all of which is written."""
        with self._disk():
            self._out.close()
        return StoredFile(self.token, self._size, self._digest.hexdigest())

    def drop(self) -> None:
        """Leaves nothing of it."""
        if out := getattr(self, "_out", None):
            with suppress(OSError):
                out.close()
        self._path.unlink(missing_ok=True)


def store(content: Iterable[bytes]) -> StoredFile:
    """Writes the content to a new file. Raises InvalidInput like `IncomingFile`."""
    sweep_uploads()
    incoming = IncomingFile()
    try:
        for chunk in content:
            incoming.write(chunk)
    except BaseException:
        incoming.drop()
        raise
    return incoming.finish()


class _Pipe:
    """An incoming file as one that cannot be rewound."""

    def __init__(self, incoming: IncomingFile) -> None:
        self._incoming = incoming

    def write(self, data: bytes) -> int:
        self._incoming.write(bytes(data))
        return len(data)

    def flush(self) -> None:
        return


def pack_with_pictures(rows: StoredFile, pictures: Iterable[tuple[str, StoredFile]]) -> StoredFile:
    """One archive of a file of rows and the pictures beside it; what it is made of is deleted.

    Raises InvalidInput like `IncomingFile`.
    """
    incoming = IncomingFile()
    parts = [("rows.jsonl", rows), *pictures]
    try:
        with zipfile.ZipFile(_Pipe(incoming), "w") as archive:  # type: ignore[call-overload]
            for name, part in parts:
                packed = archive.open(zipfile.ZipInfo(name), "w")
                with packed as out, path_of(part.token).open("rb") as file:
                    shutil.copyfileobj(file, out, 1 << 20)
    except BaseException:
        incoming.drop()
        raise
    for _name, part in parts:
        discard(part.token)
    return incoming.finish()


def looks_path(token: str) -> Path:
    """Where it is kept what looks at a stored file found."""
    return path_of(token).with_suffix(".looks")


def discard(kept: str) -> None:
    """Deletes the file of an import, and what looks at it found; one that is gone already is no
    error."""
    if kept:
        path = located(kept)
        path.unlink(missing_ok=True)
        path.with_suffix(".looks").unlink(missing_ok=True)


def sweep_uploads() -> None:
    """Deletes old files that no unfinished import reads."""
    folder = Path(settings.IMPORTS_DIR)
    if not folder.is_dir():
        return
    oldest = (timezone.now() - KEEP_UPLOADS).timestamp()
    old = {path.name for path in folder.iterdir() if _written_at(path) < oldest}
    if not old:
        return
    open_states = [JobState.PENDING, JobState.RUNNING]
    unfinished = Import.objects.filter(state__in=open_states).exclude(path="")
    needed = {Path(kept).name for kept in unfinished.values_list("path", flat=True)}
    for name in old - needed:
        discard(name)


def _written_at(path: Path) -> float:
    """When a file was written; one that is gone meanwhile needs no sweeping."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return inf


def shown_name(filename: str) -> str:
    """The last part of a file's name, printable, as the report shows it."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(c if c.isprintable() else "�" for c in name).strip()
    return printable[-_FILENAME:] or "pasted rows"
