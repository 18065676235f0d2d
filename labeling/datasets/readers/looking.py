"""A look at a file that somebody sent, in a process of its own that cannot take more than it may.

The budgets of the readers bound what they know of; this bounds what nobody thought of yet. What is
small and plain is looked at here and now. `look_in_child` runs in the child.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, to_builtins

from labeling.bounded import Bounded, NotNow, TargetError, TooMuch
from labeling.datasets.readers.archives import UnusedFiles
from labeling.datasets.readers.brought import opened_pictures
from labeling.datasets.readers.detection import Detection, ReadOptions, accepted, detect
from labeling.datasets.readers.fields import is_storable
from labeling.datasets.readers.pictures import kept_by
from labeling.datasets.readers.reading import FilePreview, check, preview_file
from labeling.datasets.rows import (
    Duplicate,
    FileCode,
    ImportRow,
    MappingError,
    Refusal,
    UnreadableFile,
)

#: Processor seconds of a look at the first rows, and of one at all of them; megabytes of either.
_PREVIEW_SECONDS, _EXAMINATION_SECONDS, _MEGABYTES = 5.0, 1800.0, 256.0
#: A file of so many bytes that is not packed holds no more than it shows.
_SMALL = 32 * 1024
#: How packed files begin: gzip, zstd, Parquet, zip; and, after a byte, a frame of zstd to skip.
_PACKED, _SKIPPED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1", b"PK\x03\x04"), b"\x2a\x4d\x18"
#: Characters of a text of a preview, and of all texts of a message's or a response's field.
_TEXT, _TEXTS = 1_000, 20_000
#: Bytes of a picture that a look hands on.
_MOST_OF_PICTURE = 20 << 20
_ROWS: Mapping[str, type[Any]] = {kind.__name__: kind for kind in (ImportRow, Duplicate, Refusal)}


class _Wish(Struct):
    """What is asked of a file: one of `_LOOKS`."""

    look: str
    path: str
    format: str = "auto"
    mapping: dict[str, str] | None = None
    label_rater: str = ""
    limit: int = 0
    picture: str = ""

    @property
    def how(self) -> dict[str, Any]:
        """The arguments that all readers take."""
        options = ReadOptions(label_rater=self.label_rater)
        return {"format": self.format, "mapping": self.mapping, "options": options}


class _Objection(Struct):
    """Why a file or a mapping is refused as a whole."""

    kind: str
    message: str
    code: str
    line: int = 0


class _Answer(Struct):
    """What came of a look."""

    objection: _Objection | None = None
    detection: Detection | None = None
    rows: list[tuple[str, msgspec.Raw]] = []
    format: str = ""
    mapping: dict[str, str] = {}
    count: int = 0
    unused: UnusedFiles = UnusedFiles()
    picture: bytes = b""


def look_at_first(
    path: Path,
    *,
    format: str = "auto",
    mapping: Mapping[str, str] | None = None,
    label_rater: str = "",
    limit: int = 5,
) -> FilePreview:
    """The first rows as they would be imported, long texts cut: `preview_file`, bounded.

    Raises UnreadableFile, MappingError, FileNotFoundError, or NotNow where the machine is too busy.
    """
    wish = _Wish("preview", str(path), format, dict(mapping or {}), label_rater, limit)
    if _is_harmless(path):
        return preview_file(path, limit=limit, **wish.how)
    return _preview(_asked(_previews, wish))


def look_at_picture(path: Path, mark: str, *, limit: int, **how: Any) -> bytes:
    """The bytes of a picture of the first rows, by its name in the archive or the hash of what
    stands in its row; none where they have no such one, or it is too large to be handed on.

    Raises like `look_at_first`, of which `how` has the other arguments.
    """
    return _asked(_previews, _Wish("picture", str(path), picture=mark, limit=limit, **how)).picture


def preview_bytes(preview: FilePreview) -> bytes:
    """A preview as it can be kept, long texts cut."""
    return msgspec.json.encode(_answer(preview))


def preview_of(kept: bytes) -> FilePreview:
    """A preview that was kept. Raises msgspec.DecodeError."""
    return _preview(msgspec.json.decode(kept, type=_Answer))


def get_ready() -> None:
    """Starts what looks at files in the background: one is on its way."""
    _previews.get_ready()


def look_for_guesses(
    path: Path, *, format: str = "auto", mapping: Mapping[str, str], label_rater: str = ""
) -> tuple[str, dict[str, str]]:
    """The kind of rows and the mapping with every guess in it: `accepted`, bounded.

    Raises like `look_at_first`.
    """
    wish = _Wish("accept", str(path), format, dict(mapping), label_rater)
    if _is_harmless(path):
        return accepted(path, **wish.how)
    answer = _asked(_previews, wish)
    return answer.format, answer.mapping


def look_through(
    path: Path, *, format: str = "auto", mapping: Mapping[str, str] | None = None
) -> tuple[Detection, int]:
    """What a file is and how many rows it has, read to its end: `detect` and `check`, bounded.

    Raises like `look_at_first`.
    """
    wish = _Wish("examine", str(path), format, dict(mapping or {}))
    answer = _examined(wish) if _is_harmless(path) else _asked(_examinations, wish)
    return _detection(answer), answer.count


def _preview(answer: _Answer) -> FilePreview:
    rows = [msgspec.json.decode(raw, type=_ROWS[kind]) for kind, raw in answer.rows]
    return FilePreview(_detection(answer), tuple(rows), answer.unused)


def _answer(preview: FilePreview) -> _Answer:
    rows = [
        (type(row).__name__, msgspec.Raw(msgspec.json.encode(_shown(row)))) for row in preview.rows
    ]
    return _Answer(detection=preview.detection, rows=rows, unused=preview.unused)


def _detection(answer: _Answer) -> Detection:
    if answer.detection is None:
        raise TargetError("The child said nothing about the file.")
    return answer.detection


def _is_harmless(path: Path) -> bool:
    if path.stat().st_size > _SMALL:
        return False
    with path.open("rb") as file:
        head = file.read(4)
    return not head.startswith(_PACKED) and head[1:] != _SKIPPED


def _asked(bounded: Bounded, wish: _Wish) -> _Answer:
    if not Path(wish.path).exists():
        raise FileNotFoundError(wish.path)
    try:
        answer = msgspec.json.decode(bounded.call(msgspec.json.encode(wish)), type=_Answer)
    except NotNow:
        raise
    except TooMuch:
        raise UnreadableFile(
            "Reading this file takes more time or memory than one file may. Look for a row that "
            "never ends, a quote that is never closed or a text that is repeated endlessly, and "
            "split the file. Write Parquet with fewer rows in a row group, ten of large pictures."
        ) from None
    if (objection := answer.objection) is None:
        return answer
    if objection.kind == MappingError.__name__:
        raise MappingError(objection.message)
    if objection.kind == FileNotFoundError.__name__:
        raise FileNotFoundError(wish.path)
    raise UnreadableFile(objection.message, line=objection.line, code=objection.code)


def look_in_child(payload: bytes) -> bytes:
    """In the child: does what is asked and says what came of it."""
    wish = msgspec.json.decode(payload, type=_Wish)
    try:
        answer = _LOOKS[wish.look](wish)
    except UnreadableFile as error:
        kind = UnreadableFile.__name__
        answer = _Answer(_Objection(kind, error.message, error.code, error.line))
    except MappingError as error:
        answer = _Answer(_Objection(MappingError.__name__, str(error), error.code))
    except FileNotFoundError as error:
        kind = FileNotFoundError.__name__
        answer = _Answer(_Objection(kind, str(error), FileCode.UNREADABLE))
    return msgspec.json.encode(answer)


def _previewed(wish: _Wish) -> _Answer:
    return _answer(preview_file(Path(wish.path), limit=wish.limit, **wish.how))


def _pictured(wish: _Wish) -> _Answer:
    embedded: dict[str, bytes] = {}

    def keep(source: str, data: bytes) -> None:
        if source == wish.picture:
            embedded[source] = data

    path = Path(wish.path)
    with opened_pictures(path) as archive:
        data = archive.held(wish.picture, _MOST_OF_PICTURE) if archive else b""
    if not data:
        with kept_by(keep):
            preview_file(path, limit=wish.limit, **wish.how)
        data = embedded.get(wish.picture, b"")
    return _Answer(picture=data if len(data) <= _MOST_OF_PICTURE else b"")


def _accepted(wish: _Wish) -> _Answer:
    format, mapping = accepted(Path(wish.path), **wish.how)
    return _Answer(format=format, mapping=mapping)


def _examined(wish: _Wish) -> _Answer:
    path = Path(wish.path)
    detection = detect(path, format=wish.format, mapping=wish.mapping)
    facts = check(path, format=detection.format or "auto", mapping=wish.mapping)
    return _Answer(detection=detection, count=facts.rows)


def _shown(row: ImportRow | Duplicate | Refusal) -> Any:
    """The row with no more of its texts than a preview shows."""
    fields = to_builtins(row)
    for name, value in fields.items():
        # Each response for itself, or the first one would leave nothing for the others.
        each = name == "responses"
        fields[name] = [_Cut().of(part) for part in value] if each else _Cut().of(value)
    return fields


def _whole(text: str) -> str:
    """The text; half of a character, which no JSON can hold, as an escape."""
    return text if is_storable(text) else text.encode("utf-8", "backslashreplace").decode()


class _Cut:
    """Cuts all texts in a value, so that together they have a bound."""

    def __init__(self) -> None:
        self._left = _TEXTS

    def of(self, value: Any) -> Any:
        """The value with its texts cut."""
        if isinstance(value, str):
            text = value[: min(_TEXT, self._left)]
            self._left -= len(text)
            return _whole(text)
        if isinstance(value, dict):
            return {_whole(name): self.of(item) for name, item in value.items()}
        return [self.of(item) for item in value] if isinstance(value, list | tuple) else value


_LOOKS: Mapping[str, Callable[[_Wish], _Answer]] = {
    "preview": _previewed,
    "accept": _accepted,
    "picture": _pictured,
    "examine": _examined,
}
_CHILD = f"{__package__}.child:look_in_child"
_previews = Bounded(_CHILD, seconds=_PREVIEW_SECONDS, megabytes=_MEGABYTES)
_examinations = Bounded(_CHILD, seconds=_EXAMINATION_SECONDS, megabytes=_MEGABYTES)
