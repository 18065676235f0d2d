"""Looks at an upload before anything of it is imported: first rows, and the reader's guesses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _

from labeling.bounded import NotNow
from labeling.datasets.readers import FilePreview, looking
from labeling.datasets.rows import MappingError, UnreadableFile
from labeling.imports import files
from labeling.imports.carried import carried_preview, carried_wish, carry_preview
from labeling.imports.taskkinds import settled_mapping
from labeling.media import PictureError, thumbnail_of
from projects.exceptions import InvalidInput
from projects.models import Project


class FileRefused(InvalidInput):
    """The file as a whole is not taken: it cannot be read, or no kind of row fits it."""

    def __init__(self, message: str, *, field: str, code: str) -> None:
        super().__init__(message, fields={field: message})
        self.code = code


class ReaderBusy(InvalidInput):
    """The machine is too busy to look at a file now; nothing is wrong with the file."""

    code = "busy"
    status = 503

    def __init__(self) -> None:
        super().__init__(_("The server is too busy to read the file now. Try again in a minute."))


def preview_for_project(
    *,
    project: Project,
    token: str,
    format: str = "auto",
    mapping: Mapping[str, str] | None = None,
    label_rater: str = "",
    limit: int = 5,
) -> tuple[FilePreview, dict[str, str]]:
    """The first rows as the project would take them, and the mapping that makes them so.

    Raises InvalidInput like `preview_upload`.
    """
    wish: dict[str, Any] = {
        "token": token,
        "format": format,
        "label_rater": label_rater,
        "limit": limit,
    }
    shown, decided = preview_upload(mapping=mapping, **wish), dict(mapping or {})
    with _readable():
        settled = settled_mapping(
            project=project, token=token, mapping=decided, shown=shown.detection
        )
    return (shown if settled == decided else preview_upload(mapping=settled, **wish)), settled


def preview_upload(
    *,
    token: str,
    format: str = "auto",
    mapping: Mapping[str, str] | None = None,
    label_rater: str = "",
    limit: int = 5,
) -> FilePreview:
    """The first rows of a stored upload as they would be imported, long texts cut; imports nothing.

    What an earlier look found is not looked for again. Raises InvalidInput where the file cannot be
    read or the mapping does not fit it.
    """
    path, wish = files.path_of(token), (format, mapping or {}, label_rater.strip())
    if path.exists() and (carried := carried_preview(token, wish, limit)):
        return carried
    with _readable():
        preview = looking.look_at_first(
            path, format=format, mapping=mapping, label_rater=wish[-1], limit=limit
        )
    carry_preview(token, wish, limit, preview)
    return preview


def thumbnail_of_upload(*, token: str, mark: str) -> bytes | None:
    """A small picture of one that the first rows of an upload show, by its name there or the hash
    of what stands in its row; None where no look at the upload found it, or it is none."""
    path, known = files.path_of(token), carried_wish(token, mark)
    if known is None or not path.exists():
        return None
    (format, mapping, rater), limit = known
    try:
        data = looking.look_at_picture(
            path, mark, limit=limit, format=format, mapping=dict(mapping), label_rater=rater
        )
        return thumbnail_of(data) if data else None
    except NotNow:
        raise ReaderBusy from None
    except (UnreadableFile, MappingError, PictureError):
        return None


def accept_guesses(
    *, token: str, format: str = "auto", mapping: Mapping[str, str], label_rater: str = ""
) -> tuple[str, dict[str, str]]:
    """The kind of rows and the mapping of a stored upload with the reader's guesses in it.

    Raises InvalidInput where the file cannot be read or the mapping does not fit it.
    """
    path, rater = files.path_of(token), label_rater.strip()
    with _readable():
        return looking.look_for_guesses(path, format=format, mapping=mapping, label_rater=rater)


@contextmanager
def _readable() -> Iterator[None]:
    """Turns what a reader says of a file as a whole into a refusal of what was sent."""
    try:
        yield
    except MappingError as error:
        raise FileRefused(str(error), field="mapping", code=error.code) from None
    except UnreadableFile as error:
        raise FileRefused(error.message, field="file", code=error.code) from None
    except FileNotFoundError:
        message = _("This upload is gone. Upload the file again.")
        raise InvalidInput(message, fields={"file": message}) from None
    except NotNow:
        raise ReaderBusy from None
