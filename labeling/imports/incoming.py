"""The file of a form on its way in: written where imports read it, and hashed, as it arrives."""

from __future__ import annotations

import io
from typing import Any, Self

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from labeling.imports import files
from projects.exceptions import InvalidInput

#: The field of a form with the pictures that come beside the file of rows.
PICTURES_FIELD = "pictures"


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


class KeepingUploadHandler(FileUploadHandler):
    """Writes the file of a form to where imports read it, hashed on its way: it is read once.

    Between `with` and its end the file is somebody's only if `keep` was called.
    """

    chunk_size = 1 << 20

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self._incoming: files.IncomingFile | None = None
        self._problem: InvalidInput | None = None
        self._stored: list[str] = []
        self._has_rows = False

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        """Takes the form's one file of rows, and any number of pictures beside it."""
        super().new_file(field_name, *args, **kwargs)
        is_rows = field_name == "file" and not self._has_rows
        if not (is_rows or field_name == PICTURES_FIELD):
            raise SkipFile
        self._has_rows |= is_rows
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
        return self

    def __exit__(self, *raised: object) -> None:
        if self._incoming is not None and self._stored:
            self._incoming.drop()
        for token in self._stored:
            files.discard(token)
