"""A picture is kept upright, in sRGB, of pixels alone; what is none is refused with a reason."""

from __future__ import annotations

import struct
import zlib

import pytest
from PIL import Image, ImageCms

from labeling.media import PictureError, limits, prepared_picture
from tests.media.samples import (
    animation,
    exif,
    picture,
    png_bomb,
    png_chunk,
    read,
    swapped_profile,
    written,
)

_HTML = b"<script>alert(1)</script>"
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def _corner(data: bytes) -> tuple[int, ...]:
    colour = read(data).convert("RGB").getpixel((2, 2))
    assert isinstance(colour, tuple)
    return tuple(int(value) for value in colour)


def _is_near(colour: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(colour, other, strict=True))


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (written(picture(), "PNG"), "png"),
        (written(picture(), "GIF"), "png"),
        (written(picture(), "BMP"), "png"),
        (written(picture(), "TIFF"), "png"),
        (written(picture(), "JPEG", quality=95), "webp"),
        (written(picture(), "WEBP", quality=90), "webp"),
        (written(picture(), "WEBP", lossless=True), "webp"),
        (written(picture(), "AVIF"), "webp"),
        (written(picture(mode="CMYK"), "JPEG", quality=95), "webp"),
        (written(picture(mode="CMYK"), "TIFF"), "png"),
        (written(picture(mode="P"), "PNG"), "png"),
        (written(picture(mode="RGBA"), "PNG"), "png"),
    ],
    ids=str,
)
def test_every_kind_of_picture_is_kept_with_its_colours(data: bytes, form: str) -> None:
    kept = prepared_picture(data)
    assert (kept.form, kept.width, kept.height) == (form, 60, 40)
    assert _is_near(_corner(kept.data), (255, 0, 0))
    assert read(kept.data).mode in ("RGB", "RGBA", "P")


def test_sixteen_bits_of_grey_become_eight() -> None:
    grey = Image.new("I;16", (8, 8), 0x8000)
    kept = prepared_picture(written(grey, "PNG"))
    assert (kept.form, _corner(kept.data)) == ("png", (128, 128, 128))


def test_transparent_pixels_stay_transparent() -> None:
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 60))
    for data in (written(clear, "PNG"), written(clear, "WEBP", lossless=True)):
        assert read(prepared_picture(data).data).convert("RGBA").getpixel((1, 1)) == (255, 0, 0, 60)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_picture_that_says_how_it_was_held_is_turned_upright(form: str) -> None:
    quality = {} if form == "PNG" else {"quality": 95}
    kept = prepared_picture(written(picture(), form, exif=exif(6), **quality))
    assert (kept.width, kept.height) == (40, 60)
    # What was at the lower left is at the upper left.
    assert _is_near(_corner(kept.data), (0, 0, 255))


def test_colours_of_another_profile_are_brought_to_srgb() -> None:
    kept = prepared_picture(written(picture(), "PNG", icc_profile=swapped_profile()))
    assert b"iCCP" not in kept.data
    assert _is_near(_corner(kept.data), (0, 255, 0))
    broken = prepared_picture(written(picture(), "PNG", icc_profile=b"no profile"))
    assert _is_near(_corner(broken.data), (255, 0, 0))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_nothing_but_pixels_is_kept(form: str) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = written(picture(), form, exif=exif(1), icc_profile=srgb)
    if form == "PNG":
        comment = png_chunk(b"tEXt", b"Comment\0" + _HTML)
        data = data[:33] + comment + data[33:] + _HTML
    else:
        data += _HTML
    kept = prepared_picture(data)
    assert b"Camera" not in kept.data
    assert b"script" not in kept.data
    assert "icc_profile" not in read(kept.data).info


@pytest.mark.parametrize(
    "image", [picture(), picture(mode="RGBA"), picture(mode="P"), picture(mode="L")]
)
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_what_is_kept_comes_in_again_as_it_is(image: Image.Image, form: str) -> None:
    if form == "JPEG":
        image = image.convert("RGB")
    kept = prepared_picture(written(image, form))
    again = prepared_picture(kept.data)
    assert again.sha256 == kept.sha256


@pytest.mark.walk
def test_a_large_picture_has_two_smaller_ones_for_the_desk() -> None:
    kept = prepared_picture(written(picture((2048, 1024)), "JPEG"))
    assert read(kept.preview).size == (1200, 600)
    assert read(kept.thumbnail).size == (256, 128)
    noise = Image.effect_noise((2048, 2048), 90).convert("RGB")
    assert 2 * len(prepared_picture(written(noise, "JPEG")).preview) <= 400_000
    small = prepared_picture(written(picture(), "PNG"))
    assert small.preview == small.thumbnail == b""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (png_bomb(15_000, 15_000), "15,000 × 15,000 pixels"),
        (png_bomb(60_000, 1), "60,000 × 1 pixels"),
        (written(picture(), "PNG")[:-30], "damaged or cut off"),
        (written(picture((400, 400)), "JPEG")[:900], "damaged or cut off"),
        (written(picture((400, 400)), "WEBP")[:200], "damaged"),
        (_SVG, "SVG drawing"),
        (b"<?xml version='1.0'?>" + _SVG, "SVG drawing"),
        (b"<!doctype html>" + _HTML, "web page"),
        (b"%PDF-1.7", "not a picture"),
        (b"GIF89a/*" + _HTML, "not a picture"),
        (b"prompt,response\nhello,world\n", "not a picture"),
        (animation("GIF"), "animated"),
        (animation("WEBP"), "animated"),
        (animation("PNG"), "animated"),
        (animation("TIFF"), "several pages"),
        (written(Image.new("F", (4, 4)), "TIFF"), "fraction"),
        (b"\0" * (limits.MAX_BYTES + 1), "more than 24 MiB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_picture_to_judge_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(PictureError, match=reason):
        prepared_picture(data)


@pytest.mark.walk
def test_a_flood_of_pixels_behind_a_small_header_is_cut_off() -> None:
    """Its header is honest about 36 million pixels and its data goes on for gigabytes."""
    header = struct.pack(">IIBBBBB", 6000, 6000, 8, 2, 0, 0, 1)
    flood = zlib.compressobj(9)
    data = b"".join(flood.compress(bytes(1 << 20)) for _ in range(300)) + flood.flush()
    bomb = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")
    kept = prepared_picture(b"\x89PNG\r\n\x1a\n" + bomb)
    assert kept.width == 6000
