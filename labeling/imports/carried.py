"""What a look at an upload found, kept beside the file: nobody opens it again for the same look."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Mapping

import msgspec
from django.conf import settings

from labeling.datasets.readers import FilePreview, looking
from labeling.imports import files

#: Looks at an upload that are kept: those of the last mappings that a page tried.
_KEPT = 6
#: What an upload is looked at for: the kind of rows, the mapping, the rater's name.
Wish = tuple[str, Mapping[str, str], str]


class _Look(msgspec.Struct):
    """One look: the wishes that it answers, the rows asked for, and what it found."""

    wishes: list[str]
    limit: int
    preview: str


def carried_preview(token: str, wish: Wish, limit: int) -> FilePreview | None:
    """The first rows as an earlier look found them; None where there was none, or of fewer rows."""
    spelled = _spelled(*wish)
    for look in _looks(token):
        if spelled in look.wishes and look.limit >= limit:
            preview = looking.preview_of(look.preview.encode())
            return FilePreview(preview.detection, preview.rows[:limit], preview.unused)
    return None


def carried_wish(token: str, mark: str) -> tuple[Wish, int] | None:
    """What was asked of an upload, and for how many rows, when a picture of this name or hash was
    among them."""
    spelled = json.dumps(mark, ensure_ascii=False)
    for look in _looks(token):
        if spelled in look.preview:
            _version, format, mapping, rater = json.loads(look.wishes[0])
            return (format, dict(mapping), rater), look.limit
    return None


def carry_preview(token: str, wish: Wish, limit: int, preview: FilePreview) -> None:
    """Keeps what a look found, for the next request; a disk that is full costs a look more."""
    _, mapping, rater = wish
    # What the reader took the rows for is what it would take them for by name.
    kinds = {wish[0], preview.detection.format or wish[0]}
    wishes = [_spelled(kind, mapping, rater) for kind in sorted(kinds)]
    look = _Look(wishes, limit, looking.preview_bytes(preview).decode())
    others = [other for other in _looks(token) if not {*wishes} & {*other.wishes}]
    path = files.looks_path(token)
    draft = path.with_name(f"{path.name}-{secrets.token_hex(4)}")
    with contextlib.suppress(OSError):
        draft.write_bytes(msgspec.json.encode([look, *others][:_KEPT]))
        draft.rename(path)


def _spelled(format: str, mapping: Mapping[str, str], rater: str) -> str:
    return json.dumps([settings.VERSION, format, list(mapping.items()), rater])


def _looks(token: str) -> list[_Look]:
    try:
        return msgspec.json.decode(files.looks_path(token).read_bytes(), type=list[_Look])
    except (OSError, msgspec.DecodeError):
        return []
