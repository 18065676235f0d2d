"""In the child: a picture decoded, turned upright, brought to sRGB and written again.

Only a child imports this: it is the one place that needs Pillow.
"""

from __future__ import annotations

import io
import re
from typing import Any

import msgspec
from PIL import Image, ImageChops, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from labeling.media import limits
from labeling.media.files import is_lossless_webp, plain_png, plain_webp
from labeling.media.preparing import ChildAnswer, PictureError, PreparedPicture

Image.MAX_IMAGE_PIXELS = None  # it is our own limit that counts
ImageFile.LOAD_TRUNCATED_IMAGES = False
# Memory of one picture is used for the next: to get it anew takes a twelfth of the time.
_core: Any = vars(Image)["core"]
_core.set_blocks_max(4)
#: What is read, told by its content; everything else has readers with a longer list of holes.
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
_READ = "Pictures are PNG, JPEG, WebP, AVIF, GIF, BMP or TIFF."
#: Kinds that hold each pixel as it was, and of TIFF the ways of packing that do not.
_LOSSLESS, _LOSSY_TIFF = {"PNG", "GIF", "BMP", "TIFF"}, {"jpeg", "tiff_jpeg", "webp"}
_QUALITY = 90
#: How hard the packer of WebP tries: it costs most of an import, and more saves next to no bytes.
_EFFORT = 0
#: The qualities that a smaller picture is tried with until it is small enough.
_QUALITIES, _SMALLEST = (76, 60, 40), 32
_TEXT = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")
_SVG = re.compile(rb"<\s*svg[\s>]", re.IGNORECASE)
_HEAD = 4096
_ORIENTATION = 0x0112
_OPAQUE = 255
_PLAIN = ("RGB", "RGBA", "L")
#: Modes that every browser's picture can be made of without a word about colours.
_CONVERTED = {
    **dict.fromkeys(("1",), "L"),
    **dict.fromkeys(("CMYK", "YCbCr", "LAB", "HSV", "RGBX"), "RGB"),
    **dict.fromkeys(("LA", "La", "PA", "RGBa"), "RGBA"),
}
#: Colours by which two spaces are told apart, and how far they may be from each other.
_RAMP = [(r, g, b) for r in (0, 70, 150, 255) for g in (0, 90, 255) for b in (0, 60, 180, 255)]
_UNSEEN = 3
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def prepare_in_child(payload: bytes) -> bytes:
    """What becomes of the bytes, as a `ChildAnswer`."""
    try:
        answer = ChildAnswer(picture=_prepared(payload))
    except PictureError as error:
        answer = ChildAnswer(objection=str(error))
    return msgspec.msgpack.encode(answer)


def thumbnail_in_child(payload: bytes) -> bytes:
    """The bytes as a small picture, as a `ChildAnswer`."""
    side = limits.THUMBNAIL_SIDE
    try:
        image = _opened(payload)
        # A JPEG is decoded no larger than it has to be.
        image.draft(None, (2 * side, 2 * side))
        _turned, pixels = _pixels(image)
        small = _smaller(pixels, side)
        answer = ChildAnswer(thumbnail=_within(small, limits.MAX_THUMBNAIL_BYTES))
    except PictureError as error:
        answer = ChildAnswer(objection=str(error))
    return msgspec.msgpack.encode(answer)


def _pixels(image: Image.Image) -> tuple[bool, Image.Image]:
    """The picture decoded, upright and in sRGB, and whether it was turned."""
    try:
        image.load()
        turned = ImageOps.exif_transpose(image) if _is_turned(image) else image
        return turned is not image, _in_srgb(turned)
    except PictureError:
        raise
    except MemoryError:
        raise
    except Exception as error:
        # Decoders raise what they like for bytes that are not what they say.
        raise PictureError(
            "Is damaged or cut off: it could not be decoded to its end. Save it again."
        ) from error


def _prepared(data: bytes) -> PreparedPicture:
    image = _opened(data)
    kind = image.format or ""
    packed = image.info.get("compression")
    is_turned, pixels = _pixels(image)
    is_changed = is_turned or pixels.info.get("was_converted", False)
    lossless = kind in _LOSSLESS and packed not in _LOSSY_TIFF
    lossless |= kind == "WEBP" and is_lossless_webp(data)
    stored = None
    if not is_changed:
        stored = {"PNG": plain_png, "WEBP": plain_webp}.get(kind, lambda _: None)(data)
    form = kind.lower() if stored else "png" if lossless else "webp"
    stored = stored or _written(pixels, form)
    if len(stored) > limits.MAX_BYTES:
        raise PictureError(
            f"Takes {len(stored) / 2**20:,.1f} MiB as {form}; a picture may have "
            f"{limits.MAX_BYTES // 2**20}. Save it smaller."
        )
    previews = _smaller_ones(pixels, len(stored))
    return PreparedPicture(form, pixels.width, pixels.height, stored, *previews)


def _opened(data: bytes) -> Image.Image:
    """The picture, not decoded yet. Raises PictureError for what is none, or too large."""
    head = data[:_HEAD]
    if _TEXT.match(head):
        if _SVG.search(head):
            raise PictureError(
                "Is an SVG drawing, which is a document that can run code. Export it as PNG."
            )
        raise PictureError(f"Is a web page or XML, not a picture. {_READ}")
    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
        frames = getattr(image, "n_frames", 1)
    except UnidentifiedImageError:
        raise PictureError(f"Is not a picture that can be read. {_READ}") from None
    except MemoryError:
        raise
    except Exception as error:
        raise PictureError("Is damaged: its beginning cannot be read. Save it again.") from error
    width, height = image.size
    if max(width, height) > limits.MAX_SIDE or width * height > limits.MAX_PIXELS:
        raise PictureError(
            f"Is {width:,} × {height:,} pixels; at most {limits.MAX_PIXELS // 10**6} million are "
            f"taken, {limits.MAX_SIDE:,} along a side. Save it smaller."
        )
    if frames > 1:
        raise PictureError(
            f"Is animated or has several pages ({frames:,}): which of them is judged nobody could "
            "tell. Save the one that counts as a picture of its own."
        )
    return image


def _is_turned(image: Image.Image) -> bool:
    try:
        return image.getexif().get(_ORIENTATION, 1) in range(2, 9)
    except Exception:  # noqa: BLE001 - what is no EXIF turns nothing
        return False


def _in_srgb(image: Image.Image) -> Image.Image:
    """The pixels as RGB, RGBA or L of eight bits in sRGB; `info` says whether they were others."""
    profile, mode = image.info.get("icc_profile"), image.mode
    if mode.startswith("I"):
        image = _eight_bits(image)
    elif mode == "F":
        raise PictureError(
            "Has numbers with a fraction for pixels, which have no colour of their own. Save it "
            "as PNG."
        )
    elif mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif mode in ("LA", "La", "PA", "RGBa", "1"):
        image = image.convert(_CONVERTED[mode])
    elif "transparency" in image.info:
        image = image.convert("RGBA")
    shown = _by_profile(image, profile) if profile else image
    if shown.mode not in _PLAIN:
        shown = shown.convert(_CONVERTED.get(shown.mode, "RGB"))
    # Whoever reads the file without its profile would see other colours.
    converted = mode.startswith("I") or (profile and shown is not image) or mode == "CMYK"
    if shown.mode == "RGBA" and shown.getchannel("A").getextrema()[0] == _OPAQUE:
        shown = shown.convert("RGB")
    shown.info = {"was_converted": bool(converted)}
    return shown


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of sixteen bits in eight: the upper ones, as every viewer shows it."""
    whole = image.convert("I")
    highest = whole.getextrema()[1]
    if isinstance(highest, tuple) or highest > 0xFFFF:
        raise PictureError("Has pixels of 32 bits, which no screen shows. Save it as PNG.")
    return whole.point(lambda value: value * (1 / 256)).convert("L")


def _by_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """The picture in sRGB by the profile that it carries; one that is broken says nothing."""
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        if _shows_srgb(own, image.mode):
            return image
        shown: Any = ImageCms.profileToProfile(image, own, _SRGB, outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return shown if isinstance(shown, Image.Image) else image


def _shows_srgb(profile: ImageCms.ImageCmsProfile, mode: str) -> bool:
    """Whether the profile changes next to nothing, whatever it is called."""
    if mode not in _PLAIN:
        return False
    ramp = Image.new("RGB", (len(_RAMP), 1))
    ramp.putdata(_RAMP)
    ramp = ramp.convert("L" if mode == "L" else "RGB")
    shown: Any = ImageCms.profileToProfile(ramp, profile, _SRGB, outputMode="RGB")
    difference = ImageChops.difference(ramp.convert("RGB"), shown)
    extrema: Any = difference.getextrema()
    return all(highest <= _UNSEEN for _, highest in extrema)


def _written(image: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    if form == "png":
        image.save(out, "PNG", compress_level=4)
    else:
        image.save(out, "WEBP", quality=_QUALITY, method=_EFFORT)
    return out.getvalue()


def _smaller_ones(image: Image.Image, size: int) -> tuple[bytes, bytes]:
    """The picture for the desk and the small one; nothing where the picture is no larger."""
    preview, source = b"", image
    if max(image.size) > limits.PREVIEW_SIDE or size > limits.MAX_PREVIEW_BYTES:
        source = _smaller(image, limits.PREVIEW_SIDE)
        preview = _within(source, limits.MAX_PREVIEW_BYTES)
    thumbnail = b""
    if max(image.size) > limits.THUMBNAIL_SIDE or size > limits.MAX_THUMBNAIL_BYTES:
        thumbnail = _within(_smaller(source, limits.THUMBNAIL_SIDE), limits.MAX_THUMBNAIL_BYTES)
    return preview, thumbnail


def _smaller(image: Image.Image, side: int) -> Image.Image:
    """As large along its longer side; Lanczos takes twice the time, and nobody sees by how much
    its half of a picture is sharper."""
    copy = image.copy()
    copy.thumbnail((side, side), Image.Resampling.HAMMING, reducing_gap=2.0)
    return copy


def _within(image: Image.Image, most: int) -> bytes:
    """So small that it fits, with fewer details first and, of noise, with fewer pixels then."""
    while True:
        for quality in _QUALITIES:
            out = io.BytesIO()
            image.save(out, "WEBP", quality=quality, method=_EFFORT)
            if out.tell() <= most or max(image.size) <= _SMALLEST:
                return out.getvalue()
        image = _smaller(image, max(image.size) * 2 // 3)
