"""What the demo's scenes are drawn with: shapes in soft colours, light and shade, one look a model.

Places are in units of a picture 1024 wide; everything is drawn twice as large and made smaller at
the end, so that edges are smooth.
"""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter, ImageFont, ImageOps

#: How much larger a scene is drawn than it is in the end.
_LARGER = 2
_QUALITY = 88
#: The value of a radial gradient in the middle of an edge.
_EDGE = 180

Point = tuple[float, float]
Points = Sequence[Point]


@dataclass(frozen=True, slots=True)
class Look:
    """How an invented model paints.

    `depth` is how much of a shape's light and shade is seen, `ink` the colour of its outlines and
    `ink_width` how thick they are, `grain` the unrest of its surface, `dusk` how dark the corners
    are. `second` picks its own colours and places where a scene has two.
    """

    depth: float
    ink: str
    ink_width: float
    grain: float
    dusk: float
    wash: str
    second: bool


LOOKS = {
    "lumen-2": Look(1.0, "", 0, 0.035, 0.3, "#ffd9a8", second=False),
    "folio-1": Look(0.4, "#2b2a33", 3.2, 0.02, 0.0, "#f6ecd6", second=True),
}


def ellipse(
    x: float,
    y: float,
    across: float,
    down: float,
    *,
    begin: float = 0,
    end: float = 360,
    turn: float = 0,
) -> list[Point]:
    """Points of an ellipse, or of a part of it; angles in degrees from the right, clockwise."""
    steps = max(12, int(abs(end - begin) / 4))
    tilt = math.radians(turn)
    points = []
    for step in range(steps + 1):
        angle = math.radians(begin + (end - begin) * step / steps)
        along, beside = across * math.cos(angle), down * math.sin(angle)
        points.append(
            (
                x + along * math.cos(tilt) - beside * math.sin(tilt),
                y + along * math.sin(tilt) + beside * math.cos(tilt),
            )
        )
    return points


def box(left: float, top: float, right: float, bottom: float, corner: float = 0) -> list[Point]:
    """Points of a box, with round corners if wished."""
    if not corner:
        return [(left, top), (right, top), (right, bottom), (left, bottom)]
    corners = (
        (right - corner, top + corner, -90),
        (right - corner, bottom - corner, 0),
        (left + corner, bottom - corner, 90),
        (left + corner, top + corner, 180),
    )
    return [
        point
        for x, y, begin in corners
        for point in ellipse(x, y, corner, corner, begin=begin, end=begin + 90)
    ]


def curve(*through: Point) -> list[Point]:
    """A Bezier curve of any degree through its first and its last point."""
    points = []
    for step in range(33):
        at = step / 32
        level = list(through)
        while len(level) > 1:
            level = [
                (a[0] + (b[0] - a[0]) * at, a[1] + (b[1] - a[1]) * at)
                for a, b in itertools.pairwise(level)
            ]
        points.append(level[0])
    return points


def mixed(first: str, second: str, share: float) -> str:
    """A colour between two."""
    pairs = zip(ImageColor.getrgb(first)[:3], ImageColor.getrgb(second)[:3], strict=True)
    return "#{:02x}{:02x}{:02x}".format(*(round(a + (b - a) * share) for a, b in pairs))


class Canvas:
    """A picture that is being drawn."""

    def __init__(self, look: Look, seed: str, width: int = 1024, height: int = 768) -> None:
        self.look = look
        self.random = Random(seed)  # noqa: S311 - a drawing, not a secret
        self.width, self.height = width, height
        #: Whether left and right change their places in the end.
        self.is_turned = False
        self._image = Image.new("RGB", (width * _LARGER, height * _LARGER), "#ffffff")
        self._draw = ImageDraw.Draw(self._image)

    def either(self, first: str, second: str) -> str:
        """The colour that this look takes."""
        return second if self.look.second else first

    def somewhere(
        self, bottom: float, smallest: float = 2, largest: float = 4
    ) -> tuple[float, float, float]:
        """A place above a line, and how large it is."""
        uniform = self.random.uniform
        return uniform(0, self.width), uniform(0, bottom), uniform(smallest, largest)

    def specks(self, count: int, bottom: float, smallest: float = 2, largest: float = 4) -> None:
        """Stars above a line, or falling snow."""
        for _ in range(count):
            self.glow(*self.somewhere(bottom, smallest, largest), "#ffffff", 0.9)

    def ground(self, *colours: str, top: float = 0, bottom: float | None = None) -> None:
        """Bands of colour that run into each other from top to bottom, across the picture."""
        end = self.height if bottom is None else bottom
        height = (end - top) / (len(colours) - 1)
        for place, (above, below) in enumerate(itertools.pairwise(colours)):
            y = top + place * height
            self._fill(box(0, y, self.width, y + height + 1), above, below, 0, 1.0, full=True)

    def shape(
        self,
        points: Points,
        light: str,
        shade: str = "",
        *,
        blur: float = 0,
        share: float = 1.0,
        across: bool = False,
        ink: bool = True,
    ) -> None:
        """A shape, lit from above or, `across`, from the left; `share` is how dense it is."""
        self._fill(points, light, shade or light, blur, share, across=across)
        if ink and self.look.ink and not blur and share == 1:
            self.line([*points, points[0]], self.look.ink, self.look.ink_width)

    def _fill(
        self,
        points: Points,
        light: str,
        shade: str,
        blur: float,
        share: float,
        *,
        across: bool = False,
        full: bool = False,
    ) -> None:
        if not full:
            middle = mixed(light, shade, 0.5)
            light = mixed(middle, light, self.look.depth)
            shade = mixed(middle, shade, self.look.depth)
        around = blur * 2.5 * _LARGER + 2
        places = [(x * _LARGER, y * _LARGER) for x, y in points]
        left = math.floor(max(-around, min(x for x, _ in places) - around))
        top = math.floor(max(-around, min(y for _, y in places) - around))
        right = math.ceil(min(self._image.width + around, max(x for x, _ in places) + around))
        bottom = math.ceil(min(self._image.height + around, max(y for _, y in places) + around))
        if right <= left or bottom <= top:
            return
        mask = Image.new("L", (right - left, bottom - top))
        own = [(x - left, y - top) for x, y in places]
        ImageDraw.Draw(mask).polygon(own, fill=round(255 * share))
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur * _LARGER))
        slope = Image.linear_gradient("L")
        slope = slope.rotate(90) if across else slope
        paint = ImageOps.colorize(slope.resize(mask.size), light, shade)
        self._image.paste(paint, (left, top), mask)

    def line(self, points: Points, colour: str, width: float, *, share: float = 1.0) -> None:
        """A line with round ends and corners."""
        places = [(x * _LARGER, y * _LARGER) for x, y in points]
        thick = max(1, round(width * _LARGER))
        if share == 1:
            _stroke(self._draw, places, colour, thick)
            return
        left, top = (math.floor(min(at) - thick) for at in zip(*places, strict=True))
        right, bottom = (math.ceil(max(at) + thick) for at in zip(*places, strict=True))
        mask = Image.new("L", (right - left, bottom - top))
        own = [(x - left, y - top) for x, y in places]
        _stroke(ImageDraw.Draw(mask), own, round(255 * share), thick)
        self._image.paste(colour, (left, top), mask)

    def glow(
        self, x: float, y: float, radius: float, colour: str, share: float = 0.8, flat: float = 1.0
    ) -> None:
        """Light around a place, or a shadow: less and less outwards; `flat` squeezes it."""
        size = (round(2 * radius * _LARGER), round(2 * radius * flat * _LARGER))
        # The gradient of Pillow is at its end in the corners, and the light on the edges.
        mask = Image.radial_gradient("L").resize(size)
        mask = mask.point(lambda value: round(255 * share * max(0, 1 - value / _EDGE) ** 2))
        at = (round((x - radius) * _LARGER), round((y - radius * flat) * _LARGER))
        self._image.paste(colour, at, mask)

    def words(self, x: float, y: float, text: str, size: float, colour: str) -> None:
        """Letters around a place."""
        font = ImageFont.load_default(size * _LARGER)
        self._draw.text((x * _LARGER, y * _LARGER), text, colour, font, anchor="mm")

    def mirror(self, top: float, share: float = 0.75) -> None:
        """What stands above a line, upside down below it, a little blurred."""
        line = round(top * _LARGER)
        depth = min(self._image.height - line, line)
        above = self._image.crop((0, line - depth, self._image.width, line))
        below = ImageOps.flip(above).filter(ImageFilter.GaussianBlur(1.6 * _LARGER))
        mask = Image.new("L", below.size, round(255 * share))
        self._image.paste(below, (0, line), mask)

    def finished(self) -> bytes:
        """The picture as a file."""
        image = self._image.resize((self.width, self.height), Image.Resampling.LANCZOS)
        image = ImageOps.mirror(image) if self.is_turned else image
        wash = Image.new("RGB", image.size, self.look.wash)
        image = Image.blend(image, ImageChops.multiply(image, wash), 0.35)
        if self.look.dusk:
            dark = Image.radial_gradient("L").resize(image.size)
            mask = dark.point(lambda value: round(max(0, value - 90) * self.look.dusk))
            image.paste("#120d1c", (0, 0), mask)
        grain = (image.width // 2, image.height // 2)
        noise = Image.frombytes("L", grain, self.random.randbytes(grain[0] * grain[1]))
        rough = ImageOps.colorize(noise.resize(image.size), "#000000", "#ffffff")
        image = Image.blend(image, ImageChops.overlay(image, rough), self.look.grain * 2)
        out = io.BytesIO()
        image.save(out, "WEBP", quality=_QUALITY, method=2)
        return out.getvalue()


def _stroke(draw: ImageDraw.ImageDraw, places: Points, colour: str | int, width: int) -> None:
    draw.line(list(places), fill=colour, width=width, joint="curve")
    half = width / 2
    if half >= 2:
        for x, y in (places[0], places[-1]):
            draw.ellipse((x - half, y - half, x + half, y + half), fill=colour)
