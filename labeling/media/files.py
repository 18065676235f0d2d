"""PNG and WebP files with nothing in them but pixels.

A file that is in the form in which pictures are kept stays what it is, to the byte: so a picture
that goes out in a release and comes in again is the same, and nothing is compressed twice.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from zlib import crc32

_PNG = b"\x89PNG\r\n\x1a\n"
#: Chunks of a PNG without which its pixels are others.
_PNG_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_PNG_DEPTH_AT = 8
#: Bits of a colour that are kept; a browser may show no more.
_DEPTH = 8
_WEBP_PIXELS = (b"VP8 ", b"VP8L")
#: Of what an extended WebP says about itself, that it has transparent pixels.
_WEBP_ALPHA = 0x10
_LONG = struct.Struct(">I")
_SHORT = struct.Struct("<I")


def plain_png(data: bytes) -> bytes | None:
    """The PNG file with its pixels alone; None where they would have to be others."""
    kept, names = [_PNG], []
    for name, body in _png_chunks(data):
        if name not in _PNG_KEPT:
            continue
        if name == b"IHDR" and body[_PNG_DEPTH_AT : _PNG_DEPTH_AT + 1] > bytes([_DEPTH]):
            return None
        names.append(name)
        kept += [_LONG.pack(len(body)), name, body, _LONG.pack(crc32(name + body))]
    whole = names[:1] == [b"IHDR"] and names[-1:] == [b"IEND"] and b"IDAT" in names
    return b"".join(kept) if whole else None


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks up to the last one; what follows it is none."""
    at = len(_PNG)
    while at + 12 <= len(data):
        (length,) = _LONG.unpack_from(data, at)
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        if len(body) < length:
            return
        yield name, body
        if name == b"IEND":
            return
        at += 12 + length


def plain_webp(data: bytes) -> bytes | None:
    """The WebP file with its pixels alone; None for one of another make, such as an animation."""
    chunks = dict(_webp_chunks(data))
    pixels = [name for name in _WEBP_PIXELS if name in chunks]
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(pixels) != 1 or b"ANMF" in chunks:
        return None
    parts = [pixels[0]]
    if pixels == [b"VP8 "] and b"ALPH" in chunks and b"VP8X" in chunks:
        # Only the extended form has transparent pixels beside compressed ones.
        canvas = chunks[b"VP8X"]
        chunks[b"VP8X"] = bytes([canvas[0] & _WEBP_ALPHA]) + canvas[1:]
        parts = [b"VP8X", b"ALPH", b"VP8 "]
    body = b"WEBP"
    for name in parts:
        chunk = chunks[name]
        body += name + _SHORT.pack(len(chunk)) + chunk + b"\0" * (len(chunk) % 2)
    return b"RIFF" + _SHORT.pack(len(body)) + body


def is_lossless_webp(data: bytes) -> bool:
    """Whether a WebP file holds its pixels as they were."""
    return b"VP8L" in dict(_webp_chunks(data))


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, end = 12, len(data)
    while at + 8 <= end:
        name, (length,) = data[at : at + 4], _SHORT.unpack_from(data, at + 4)
        yield name, data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
