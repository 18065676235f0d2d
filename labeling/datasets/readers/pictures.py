"""Pictures of a row: the names of files that come with it, or bytes that stand in the row itself.

A row never holds bytes: of a picture that is embedded it has a reference, and the bytes go to
whoever keeps pictures while the file is read (`kept_by`).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import Broken, label, type_in_words
from labeling.datasets.records import PictureRef
from labeling.datasets.rows import RefusalCode, RowError

#: Keys under which a message, a response or a row has its pictures; the second holds one.
PICTURE_KEYS = ("images", "image")
#: Names of a part of a message that is a picture, and the keys under which the part has it.
PICTURE_PARTS = ("image", "image_url", "input_image")
#: Keys under which a part that is a picture has it; without any it is a place for one.
_NAMING = (*PICTURE_PARTS, "url", "path", "source")
#: Characters of a picture's name, and pictures of one message.
_MAX_NAME, MAX_PICTURES = 500, 8
_DATA = re.compile(r"data:(image/[a-z0-9.+-]{1,40})?(;[^,]{0,100})?,", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{1,20}://", re.IGNORECASE)

#: Columns in which a release has the pictures of responses, whose turns name their files.
SIDE_COLUMNS = frozenset(
    ("chosen_images", "rejected_images", "completion_images", "response_images")
)
#: Marks of places for pictures at the beginning of a text, as LLaMA-Factory and LLaVA write them.
_MARKS = re.compile(r"(?:<image>\n?)+")
_MARK = "<image>"

Keeper = Callable[[str, bytes], None]
_keeper: ContextVar[Keeper | None] = ContextVar("keeper", default=None)


class EmbeddedBytes(Broken):
    """Bytes of a Parquet file: no value of JSON, but a picture where one is asked for."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        super().__init__(
            "Holds bytes, which has no form in JSON. Leave it out.", RefusalCode.UNSUPPORTED
        )
        self.data = data


@contextmanager
def kept_by(keeper: Keeper) -> Iterator[None]:
    """Hands the bytes of embedded pictures, with their hash, to `keeper` while rows are read."""
    token = _keeper.set(keeper)
    try:
        yield
    finally:
        _keeper.reset(token)


def pictures_of(value: Mapping[str, object], field: str) -> tuple[PictureRef, ...]:
    """The pictures under `images` or `image`. Raises RowError for what is none."""
    several, single = value.get("images"), value.get("image")
    if several and single:
        raise RowError(
            f"{field}.image",
            "Has both “images” and “image”. Keep one.",
            code=RefusalCode.CONTRADICTION,
        )
    if single:
        return (picture_reference(single, f"{field}.image"),)
    return picture_references(several, f"{field}.images") if several else ()


def picture_references(value: object, field: str) -> tuple[PictureRef, ...]:
    """A list of pictures, or one. Raises RowError for what is none, and for too many."""
    if not isinstance(value, list):
        return (picture_reference(value, field),)
    check_number(len(value), field)
    return tuple(picture_reference(item, f"{field}[{i}]") for i, item in enumerate(value))


def check_number(count: int, field: str) -> None:
    """Raises RowError where one message has more pictures than a person looks at."""
    if count > MAX_PICTURES:
        raise RowError(
            field,
            f"Has {count:,} pictures; at most {MAX_PICTURES} are taken.",
            code=RefusalCode.TOO_LONG,
        )


def is_picture_part(part: object) -> bool:
    """Whether a part of a message is a picture: `{"type": "image", …}`, by any of its names."""
    return isinstance(part, dict) and part.get("type") in PICTURE_PARTS


def part_pictures(value: object, field: str) -> tuple[PictureRef, ...]:
    """The pictures among the parts of a message."""
    parts = value if isinstance(value, list) else []
    numbered = [(f"{field}[{i}]", part) for i, part in enumerate(parts) if is_picture_part(part)]
    pictures = [_part_picture(part, name) for name, part in numbered]
    return tuple(picture for picture in pictures if picture is not None)


def fill_places(values: dict[str, object], rest: dict[str, object]) -> None:
    """Puts a row's own pictures where its messages have as many places for them, as data sets for
    trainers do: `images` in a column, and in the turns `{"type": "image"}` for each in order.

    A whole conversation in a release has those of its reply after them, from a column of their own.
    """
    images = values.get("images")
    shared = images if isinstance(images, list) else []
    filled: dict[str, list[object]] = {}
    for name, value in values.items():
        own = rest.get(f"{name}_images")
        own = own if isinstance(own, list) and name != "response" else []
        if own and (chat := _filled(value, [*shared, *own])):
            filled[name] = chat
            del rest[f"{name}_images"]
        elif shared and name != "images" and (chat := _filled(value, shared)):
            filled[name] = chat
    values.update(filled)
    if filled:
        values.pop("images", None)


def _filled(value: object, images: list[object]) -> list[object]:
    """The messages with the pictures in their places; none where there are more or fewer."""
    waiting = list(images)
    chat: list[object] = []
    for turn in value if isinstance(value, list) else ():
        parts = turn.get("content") if isinstance(turn, dict) else None
        if isinstance(turn, dict) and not isinstance(parts, list):
            turn = _with_marked(turn, waiting)
        if isinstance(parts, list):
            content = []
            for part in parts:
                is_place = _is_place(part)
                if is_place and not waiting:
                    return []
                content.append({**part, "image": waiting.pop(0)} if is_place else part)
            turn = {**turn, "content": content}
        chat.append(turn)
    return [] if waiting else chat


def _with_marked(turn: dict[str, object], waiting: list[object]) -> dict[str, object]:
    """The turn with a picture for each mark at the beginning of its text, and without the marks."""
    name = "content" if "content" in turn else "value"
    text = turn.get(name)
    marks = _MARKS.match(text) if isinstance(text, str) else None
    if marks is None or (count := marks[0].count(_MARK)) > len(waiting):
        return turn
    shown, waiting[:count] = waiting[:count], []
    return {**turn, name: marks.string[marks.end() :], "images": shown}


def fill_named(values: dict[str, object], rest: dict[str, object]) -> None:
    """Puts pictures that a release has in columns of their own to the turns that name their files,
    or, of a list of responses, each list of them to its response."""
    held: dict[str, object] = {}
    for column in SIDE_COLUMNS & rest.keys():
        held |= {_file_name(picture): picture for picture in _flat(rest[column])}
    used: set[str] = set()
    for name, value in values.items():
        if isinstance(value, list) and name != "images":
            values[name] = [_with_named(turn, held, used) for turn in value]
    texts, lists = values.get("responses"), rest.get("response_images")
    if isinstance(texts, list) and isinstance(lists, list) and len(texts) == len(lists):
        values["responses"] = [
            {"content": text, "images": shown} if isinstance(text, str) and shown else text
            for text, shown in zip(texts, lists, strict=True)
        ]
        used |= {_file_name(picture) for picture in _flat(lists)}
    for column in SIDE_COLUMNS & rest.keys():
        if used.issuperset(map(_file_name, _flat(rest[column]))):
            del rest[column]


def _flat(value: object) -> Iterator[object]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, list):
            yield from item
        else:
            yield item


def _file_name(picture: object) -> str:
    said = picture.get("path") if isinstance(picture, dict) else picture
    return said if isinstance(said, str) else ""


def _with_named(turn: object, held: Mapping[str, object], used: set[str]) -> object:
    """A turn with the pictures that it names, as far as they are at hand."""
    names = turn.get("images") if isinstance(turn, dict) else None
    if not isinstance(turn, dict) or not isinstance(names, list):
        return turn
    own = {name for name in names if isinstance(name, str) and name in held}
    used |= own
    shown = [held[name] if isinstance(name, str) and name in own else name for name in names]
    return {**turn, "images": shown}


def _is_place(part: object) -> bool:
    """Whether a part of a message is a mere place for a picture."""
    if not isinstance(part, dict) or part.get("type") != "image":
        return False
    return not any(map(part.get, _NAMING))


def _part_picture(part: Mapping[str, object], field: str) -> PictureRef | None:
    """The picture of a part; None where it is a mere place for one of the row's own `images`."""
    kind = str(part.get("type"))
    for name in _NAMING:
        if part.get(name):
            return picture_reference(part[name], f"{field}.{name}")
    if kind != "image":
        raise RowError(field, "Names no picture.", part, code=RefusalCode.MISSING)
    return None


def picture_reference(value: object, field: str) -> PictureRef:
    """The picture that a value names or holds: a name, a data URI, `{"bytes", "path"}`, or
    `{"url"}`. Raises RowError for anything else."""
    if isinstance(value, EmbeddedBytes):
        return _embedded(value.data, field)
    if isinstance(value, Broken):
        raise RowError(field, value.reason, code=value.code)
    if isinstance(value, dict):
        return _of_object(value, field)
    if not isinstance(value, str):
        raise RowError(
            field,
            "Must be the name of a picture, a data URI or "
            f'{{"bytes": …, "path": …}}, not {type_in_words(value)}.',
            value,
            code=RefusalCode.WRONG_TYPE,
        )
    if value[:5].lower() == "data:":
        return _of_data_uri(value, field)
    if _ADDRESS.match(value):
        raise RowError(
            field,
            "Is an address. Pictures are not fetched from anywhere: put the file into the zip "
            "archive with the rows, and name it here.",
            value,
            code=RefusalCode.UNSUPPORTED,
        )
    name = label(value, field, most=_MAX_NAME)
    if not name:
        raise RowError(field, "Is empty. Name a picture or leave it out.", code=RefusalCode.EMPTY)
    return PictureRef(name=name)


def _of_object(value: Mapping[str, object], field: str) -> PictureRef:
    held = value.get("bytes")
    if isinstance(held, EmbeddedBytes):
        return _embedded(held.data, f"{field}.bytes")
    if isinstance(held, str) and held:
        return _embedded(_decoded(held, f"{field}.bytes"), f"{field}.bytes")
    for name in ("path", "url", "image", "data"):
        if isinstance(value.get(name), str) and value[name]:
            return picture_reference(value[name], f"{field}.{name}")
    raise RowError(
        field,
        'Holds no picture: neither “bytes” nor a “path” in {"bytes": …, "path": …}.',
        value,
        code=RefusalCode.MISSING,
    )


def _of_data_uri(value: str, field: str) -> PictureRef:
    said = _DATA.match(value)
    if said is None or "base64" not in (said[2] or "").lower():
        raise RowError(
            field,
            "Is not a picture as a data URI: data:image/png;base64,… is.",
            value[:80],
            code=RefusalCode.MALFORMED,
        )
    return _embedded(_decoded(value[said.end() :], field), field)


def _decoded(text: str, field: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RowError(
            field,
            "Is not base64 to its end: it was cut off or changed.",
            text[:80],
            code=RefusalCode.MALFORMED,
        ) from None


def _embedded(data: bytes, field: str) -> PictureRef:
    if len(data) > limits.MAX_ROW_BYTES:
        mib = limits.MAX_ROW_BYTES // 2**20
        raise RowError(
            field, f"Has more than {mib} MiB. Save the picture smaller.", code=RefusalCode.TOO_LONG
        )
    digest = sha256(data).hexdigest()
    if keep := _keeper.get():
        keep(digest, data)
    return PictureRef(source=digest)
