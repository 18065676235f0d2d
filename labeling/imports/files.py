"""Where uploaded files wait: one folder, random names, swept of what nobody needs any more."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.models import Import
from labeling.vocabulary import JobState
from projects.exceptions import InvalidInput

#: A file that was uploaded for a preview and never imported is deleted after this long.
KEEP_UPLOADS = timedelta(days=2)
_TOKEN_BYTES = 16
_FILENAME = 255


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


def store(content: Iterable[bytes]) -> StoredFile:
    """Writes the content to a new file.

    Raises InvalidInput where it is larger than the limit or the disk is full; nothing is left.
    """
    sweep_uploads()
    token = secrets.token_hex(_TOKEN_BYTES)
    path = path_of(token)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _write(path, token, content)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise InvalidInput(
            _("The file could not be kept (%(reason)s). Free some disk space and try again.")
            % {"reason": error.strerror}
        ) from error
    except InvalidInput:
        path.unlink(missing_ok=True)
        raise


def _write(path: Path, token: str, content: Iterable[bytes]) -> StoredFile:
    digest, size, limit = hashlib.sha256(), 0, settings.IMPORT_MAX_UPLOAD
    with path.open("wb") as out:
        for chunk in content:
            size += len(chunk)
            if size > limit:
                raise InvalidInput(
                    _("The file is larger than %(limit)s MB. Pack it with gzip or split it.")
                    % {"limit": limit // 1024**2}
                )
            digest.update(chunk)
            out.write(chunk)
    return StoredFile(token, size, digest.hexdigest())


def discard(kept: str) -> None:
    """Deletes the file of an import; one that is gone already is no error."""
    if kept:
        located(kept).unlink(missing_ok=True)


def sweep_uploads() -> None:
    """Deletes old files that no unfinished import reads."""
    folder = Path(settings.IMPORTS_DIR)
    if not folder.is_dir():
        return
    oldest = (timezone.now() - KEEP_UPLOADS).timestamp()
    old = {path.name for path in folder.iterdir() if path.stat().st_mtime < oldest}
    if not old:
        return
    open_states = [JobState.PENDING, JobState.RUNNING]
    unfinished = Import.objects.filter(state__in=open_states).exclude(path="")
    needed = {Path(kept).name for kept in unfinished.values_list("path", flat=True)}
    for name in old - needed:
        discard(name)


def shown_name(filename: str) -> str:
    """The last part of a file's name, printable, as the report shows it."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(c if c.isprintable() else "�" for c in name).strip()
    return printable[-_FILENAME:] or "pasted rows"
