"""A picture that somebody sent, as it is kept: what a child process made of it."""

from __future__ import annotations

import hashlib

import msgspec
from msgspec import Struct

from labeling.bounded import Bounded, NotNow, TooMuch
from labeling.media import limits

#: Processor seconds and megabytes of one picture of the largest kind.
_SECONDS, _MEGABYTES = 20.0, 640.0


class PictureError(ValueError):
    """Bytes that are no picture which can be shown; the message says why and what to do."""


class PreparedPicture(Struct, frozen=True):
    """A picture as it is kept: PNG or WebP, upright, in sRGB, of pixels alone.

    `preview` and `thumbnail` are smaller ones as WebP, empty where the picture itself is small.
    """

    form: str
    width: int
    height: int
    data: bytes
    preview: bytes = b""
    thumbnail: bytes = b""

    @property
    def sha256(self) -> str:
        """The hash by which it is known."""
        return hashlib.sha256(self.data).hexdigest()


class ChildAnswer(Struct):
    """What the child says: the picture or its thumbnail, or why it is none."""

    picture: PreparedPicture | None = None
    thumbnail: bytes = b""
    objection: str = ""


def prepared_picture(data: bytes) -> PreparedPicture:
    """The picture in these bytes. Raises PictureError, or NotNow where the machine is too busy."""
    if not data:
        raise PictureError("Is empty. Save the picture again.")
    if len(data) > limits.MAX_BYTES:
        raise PictureError(limits.PICTURE_TOO_LARGE)
    try:
        answer = msgspec.msgpack.decode(_pictures.call(data), type=ChildAnswer)
    except NotNow:
        raise
    except TooMuch:
        raise PictureError(
            "Takes more time or memory than a picture may. Save it again as PNG or JPEG."
        ) from None
    if answer.picture is None:
        raise PictureError(answer.objection)
    return answer.picture


def thumbnail_of(data: bytes) -> bytes:
    """The picture in these bytes as a small WebP alone, at a tenth of the cost. Raises
    PictureError, or NotNow where the machine is too busy."""
    try:
        answer = msgspec.msgpack.decode(_thumbnails.call(data), type=ChildAnswer)
    except NotNow:
        raise
    except TooMuch:
        raise PictureError("Takes more time or memory than a picture may.") from None
    if answer.objection:
        raise PictureError(answer.objection)
    return answer.thumbnail


_thumbnails = Bounded(
    f"{__package__}.decoding:thumbnail_in_child",
    seconds=_SECONDS,
    megabytes=_MEGABYTES,
    children=1,
)
_pictures = Bounded(
    f"{__package__}.decoding:prepare_in_child", seconds=_SECONDS, megabytes=_MEGABYTES
)
