"""What the name of a picture says of it, and whether that is true."""

from __future__ import annotations

from pathlib import PurePosixPath

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
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
)


def lie_of(name: str, data: bytes) -> str:
    """What is wrong with how a file is called; "" where its name is no lie."""
    said = _ENDINGS.get(PurePosixPath(name).suffix.lower())
    held = next((kind for magic, kind in _MAGIC if data.startswith(magic)), "")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        held = "WebP"
    if said and held and said != held:
        return f"Is called a {said} file and holds a {held} picture. Rename it to what it is."
    return ""
