"""Pictures of every kind that somebody may send, made here."""

from __future__ import annotations

import io
import struct
from typing import Any
from zlib import compress, crc32

from PIL import Image, ImageCms


def picture(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """A picture whose corners differ: red, green, blue and white ones."""
    image = Image.new("RGB", size, "white")
    half = (size[0] // 2, size[1] // 2)
    image.paste("red", (0, 0, *half))
    image.paste("lime", (half[0], 0, size[0], half[1]))
    image.paste("blue", (0, half[1], half[0], size[1]))
    return image.convert(mode)


def written(image: Image.Image, form: str, **options: Any) -> bytes:
    """The bytes of a file of this picture."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def read(data: bytes) -> Image.Image:
    """The picture in a file, decoded."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def png_chunk(name: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc32(name + body))


def png_bomb(width: int, height: int) -> bytes:
    """A file of a few kilobytes that says it is this large, and is as far as it goes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [
        (b"IHDR", header),
        (b"IDAT", compress(bytes(min(width * height * 3, 1 << 24)), 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


def exif(orientation: int) -> bytes:
    """What a camera writes that was held otherwise."""
    said = Image.Exif()
    said[0x0112] = orientation
    said[0x010F] = "Camera of somebody"
    return said.tobytes()


def swapped_profile() -> bytes:
    """A profile that is called sRGB and takes red for green."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    tags = srgb[:512].replace(b"rXYZ", b"tmp ").replace(b"gXYZ", b"rXYZ").replace(b"tmp ", b"gXYZ")
    return tags + srgb[512:]


def animation(form: str) -> bytes:
    """Two frames."""
    frames = [picture(), picture().rotate(180)]
    return written(frames[0], form, save_all=True, append_images=frames[1:], duration=100)
