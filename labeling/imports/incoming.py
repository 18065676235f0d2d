"""The files of a form on their way in: written where imports read them, and hashed, as they arrive.

One of them is of rows; the others are the pictures that its rows name.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from labeling.datasets.readers.archives import is_archive, is_called_rows
from labeling.imports import files
from labeling.media import is_called_picture, same_spelling
from projects.exceptions import InvalidInput

#: The fields of a form: the file of rows, and pictures beside it, which may stand in either.
ROWS_FIELD, PICTURES_FIELD = "file", "pictures"


class KeptUpload(UploadedFile):  # type: ignore[type-arg] # it has none when it runs
    """A file of a form that is in the folder of imports already, or the reason why it is not."""

    def __init__(self, name: str, kept: files.StoredFile | InvalidInput) -> None:
        size = kept.size if isinstance(kept, files.StoredFile) else 0
        super().__init__(io.BytesIO(), name, size=size)
        self._kept = kept

    @property
    def stored(self) -> files.StoredFile:
        """The file. Raises InvalidInput where it could not be kept."""
        if isinstance(self._kept, InvalidInput):
            raise self._kept
        return self._kept


@dataclass(frozen=True, slots=True)
class SentFiles:
    """What came with a form: files of rows, of which there is to be one, and pictures."""

    rows: Sequence[KeptUpload]
    pictures: Sequence[KeptUpload]

    @classmethod
    def of(cls, uploads: Iterable[object], pictures: Iterable[object] = ()) -> Self:
        """The files of a form's two fields, told apart by what they are called."""
        kept = [upload for upload in uploads if isinstance(upload, KeptUpload)]
        named = [upload for upload in pictures if isinstance(upload, KeptUpload)]
        rows = [upload for upload in kept if not is_called_picture(upload.name or "")]
        return cls(rows, [*(upload for upload in kept if upload not in rows), *named])

    @property
    def filename(self) -> str:
        """What the file of rows is called."""
        return (self.rows[0].name if self.rows else "") or "rows"

    def stored(self) -> files.StoredFile:
        """The file of rows, packed with the pictures where there are any. Raises InvalidInput."""
        if not self.rows:
            raise _refused(
                _("Only pictures came. Send the file of rows that names them along with them.")
            )
        if len(self.rows) > 1:
            first, second, *_others = (upload.name for upload in self.rows)
            raise _refused(
                _("“%(first)s” and “%(second)s” are both files of rows. Send one at a time.")
                % {"first": first, "second": second}
            )
        rows = self.rows[0].stored
        pictures = self._named()
        if not pictures:
            return rows
        if is_archive(files.path_of(rows.token)):
            raise _refused(
                _(
                    "A zip archive brings its pictures itself. Put the others into it, or send its "
                    "file of rows beside the pictures."
                )
            )
        return files.pack_with_pictures(rows, pictures.items())

    def _named(self) -> dict[str, files.StoredFile]:
        """The pictures by their names; one that came twice alike counts once."""
        named: dict[str, files.StoredFile] = {}
        spelled: dict[str, str] = {}
        for upload in self.pictures:
            name, picture = same_spelling(upload.name or ""), upload.stored
            first = spelled.setdefault(name, upload.name or "")
            if is_called_rows(name):
                raise _refused(_("“%(name)s” is no picture by its name.") % {"name": name})
            if named.setdefault(name, picture) is picture:
                continue
            if named[name].sha256 != picture.sha256 and first != upload.name:
                raise _refused(
                    _(
                        "“%(name)s” came twice, spelled in two ways that look the same "
                        "(%(first)s and %(second)s), with different pictures. Rename one."
                    )
                    % {"name": name, "first": ascii(first), "second": ascii(upload.name)}
                )
            if named[name].sha256 != picture.sha256:
                raise _refused(
                    _(
                        "“%(name)s” came twice, with different pictures. Rename one, or pack them "
                        "with the rows into a zip archive, each in its folder."
                    )
                    % {"name": name}
                )
            files.discard(picture.token)
        return named


def too_many_files() -> str:
    """What is said of a form with more files than one may hold."""
    return _("A form may bring %(most)s files. Pack the rows and their pictures as zip.") % {
        "most": settings.DATA_UPLOAD_MAX_NUMBER_FILES
    }


def _refused(message: str) -> InvalidInput:
    return InvalidInput(message, fields={ROWS_FIELD: message})


class KeepingUploadHandler(FileUploadHandler):
    """Writes the files of a form to where imports read them, hashed on their way.

    Between `with` and its end they are somebody's only if `keep` was called.
    """

    chunk_size = 1 << 20

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self._incoming: files.IncomingFile | None = None
        self._problem: InvalidInput | None = None
        self._stored: list[str] = []

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        """Takes the form's file of rows, and any number of pictures beside it."""
        super().new_file(field_name, *args, **kwargs)
        if field_name not in (ROWS_FIELD, PICTURES_FIELD):
            raise SkipFile
        self._incoming, self._problem = None, None
        try:
            self._incoming = files.IncomingFile()
            self._stored.append(self._incoming.token)
        except InvalidInput as error:
            self._problem = error

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Adds a piece; of a file that cannot be kept the rest is let go by."""
        if self._incoming is None or self._problem:
            return
        try:
            self._incoming.write(raw_data)
        except InvalidInput as error:
            self._problem = error

    def file_complete(self, file_size: int) -> KeptUpload:
        """The file, or why there is none."""
        if self._incoming is not None and not self._problem:
            try:
                return KeptUpload(self.file_name or "", self._incoming.finish())
            except InvalidInput as error:
                self._problem = error
        return KeptUpload(self.file_name or "", self._problem or InvalidInput(""))

    def keep(self) -> None:
        """What was sent is in use: it stays."""
        self._stored.clear()

    def __enter__(self) -> Self:
        files.sweep_uploads()
        return self

    def __exit__(self, *raised: object) -> None:
        if self._incoming is not None and self._stored:
            self._incoming.drop()
        for token in self._stored:
            files.discard(token)
