"""What the name of a picture says of it, and whether that is true."""

from __future__ import annotations

from pathlib import PurePosixPath
from unicodedata import normalize

#: What the name of a file may end with, by what is in it.
_ENDINGS = {
    ".png": "PNG",
    ".apng": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WebP",
    ".gif": "GIF",
    ".bmp": "BMP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".avif": "AVIF",
}
#: Endings of what somebody means for a picture, and no reader here takes.
_OTHERS = (".svg", ".heic", ".heif", ".jxl", ".jfif", ".ico")
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
)


def same_spelling(name: str) -> str:
    """A file's name as names are compared: a letter with its accent is one sign (NFC), as tables
    have it, also where macOS wrote it as two (NFD)."""
    return name if name.isascii() else normalize("NFC", name)


def is_called_picture(name: str) -> bool:
    """Whether a file's name says that it is a picture, of whatever kind."""
    ending = PurePosixPath(name).suffix.lower()
    return ending in _ENDINGS or ending in _OTHERS


def lie_of(name: str, data: bytes) -> str:
    """What is wrong with how a file is called; "" where its name is no lie."""
    said = _ENDINGS.get(PurePosixPath(name).suffix.lower())
    held = next((kind for magic, kind in _MAGIC if data.startswith(magic)), "")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        held = "WebP"
    if said and held and said != held:
        return f"Is called a {said} file and holds a {held} picture. Rename it to what it is."
    return ""
