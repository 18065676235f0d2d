"""Scenes with an animal; beside its canvas a scene takes faults that a model may make."""

from __future__ import annotations

import math

from labeling.demo.drawing.canvas import Canvas, curve, ellipse, mixed


def owl(canvas: Canvas, *, moon: str = "full", perched: bool = True) -> None:
    """An owl on a branch before the moon."""
    canvas.is_turned = canvas.look.second
    canvas.ground("#0f1533", "#26305e", "#4a4a7c")
    canvas.specks(70, 700)
    canvas.glow(560, 330, 420, "#fff3c9", 0.55)
    canvas.shape(ellipse(560, 330, 235, 235), "#fffbe6", "#ecd9a0", ink=False)
    for x, y, r in ((480, 250, 34), (640, 400, 48), (600, 230, 20), (470, 430, 26)):
        canvas.shape(ellipse(x, y, r, r), "#e3cd92", blur=3, share=0.5)
    if moon == "crescent":
        canvas.shape(ellipse(640, 300, 226, 226), "#232c58", "#333764", ink=False)
    canvas.shape(
        [
            (-10, 600),
            *curve((-10, 600), (300, 560), (620, 610), (1040, 540)),
            (1040, 572),
            *curve((1040, 572), (620, 652), (300, 606), (-10, 648)),
        ],
        "#5b4030",
        "#2b1c1c",
    )
    for at, tip in ((250, -40), (760, -52), (880, 46)):
        canvas.line(curve((at, 590), (at + 40, 590 + tip), (at + 110, 570 + tip)), "#4a3328", 9)
    _bird(canvas, 520, 0 if perched else -66)


def _bird(canvas: Canvas, x: float, up: float) -> None:
    canvas.shape(
        [(x - 54, 600 + up), (x - 30, 690 + up), (x + 30, 690 + up), (x + 54, 600 + up)],
        "#6b4a36",
        "#3f2a28",
    )
    canvas.shape(ellipse(x, 450 + up, 118, 160), "#9a6f4a", "#4e3230")
    canvas.shape(ellipse(x, 490 + up, 78, 108), "#e9cfa0", "#b58a5c", ink=False)
    for row in range(5):
        for place in range(-2, 3):
            if abs(place) + abs(row - 2) > 3:
                continue
            at = (x + place * 28 + (row % 2) * 14 - 7, 420 + row * 34 + up)
            canvas.line(ellipse(*at, 10, 9, begin=20, end=160), "#8a5f3e", 3)
    for side in (-1, 1):
        canvas.shape(
            ellipse(x + side * 104, 462 + up, 36, 122, turn=side * -9), "#7a5239", "#3c2626"
        )
        canvas.shape(
            [(x + side * 40, 330 + up), (x + side * 98, 268 + up), (x + side * 96, 352 + up)],
            "#8a6142",
            "#5a3b30",
        )
    _face(canvas, x, up)
    for side in (-1, 1):
        for toe in (-1, 0, 1):
            canvas.line(
                [(x + side * 42 + toe * 13, 594 + up), (x + side * 42 + toe * 16, 618 + up)],
                "#e9a948",
                9,
            )


def _face(canvas: Canvas, x: float, up: float) -> None:
    canvas.shape(ellipse(x, 352 + up, 104, 82), "#a67a52", "#6d4936")
    for side in (-1, 1):
        canvas.shape(ellipse(x + side * 44, 350 + up, 47, 47), "#f6e6c4", "#d3b184")
        canvas.shape(ellipse(x + side * 42, 350 + up, 29, 29), "#ffbe3d", "#e58a1f")
        canvas.shape(ellipse(x + side * 40, 350 + up, 15, 15), "#151019")
        canvas.shape(ellipse(x + side * 40 - 5, 344 + up, 5, 5), "#ffffff", ink=False)
    canvas.shape([(x - 13, 374 + up), (x + 13, 374 + up), (x, 408 + up)], "#f0b04a", "#b56f22")


def goldfish(canvas: Canvas, *, inside: bool = True, fish: int = 2) -> None:
    """Goldfish in a round bowl on a table."""
    canvas.is_turned = canvas.look.second
    back = canvas.either("#8fc1c9", "#f3d7b6")
    canvas.ground(mixed(back, "#ffffff", 0.35), back, mixed(back, "#4a5a6a", 0.2), bottom=600)
    canvas.ground("#c99a6b", "#8f6238", top=600)
    canvas.glow(512, 664, 330, "#2a1a10", 0.6, 0.15)
    canvas.shape(ellipse(512, 390, 282, 262), "#eefaff", "#bfe0ea", share=0.55, ink=False)
    water = [*ellipse(512, 390, 274, 254, begin=-18, end=198)]
    canvas.shape(water, "#7fcbe0", "#2f86ad", share=0.82, ink=False)
    canvas.shape([*ellipse(512, 390, 262, 244, begin=42, end=138)], "#d9c08a", "#a98a52", ink=False)
    for _ in range(46):
        x, y = canvas.random.uniform(340, 690), canvas.random.uniform(572, 624)
        if ((x - 512) / 258) ** 2 + ((y - 390) / 240) ** 2 < 1:
            canvas.shape(
                ellipse(x, y, 11, 8),
                canvas.random.choice(("#f0dcae", "#8fa6b0", "#c97a5a")),
                ink=False,
            )
    for place, x in enumerate((390, 426, 628)):
        tip = 330 + place * 34
        canvas.line(curve((x, 590), (x + 46, 500), (x - 40, 420), (x + 14, tip)), "#2f7a55", 11)
        canvas.line(
            curve((x + 10, 590), (x - 36, 520), (x + 36, 450), (x - 10, tip + 40)), "#4fa36b", 8
        )
    spots = [(440, 360, 1.0, 1), (600, 470, 0.78, -1), (640, 338, 0.55, 1)]
    if not inside:
        spots[1] = (770, 430, 0.9, 1)
    canvas.shape(ellipse(512, 312, 262, 24), "#d6f1f8", "#9fd6e6", share=0.7, ink=False)
    for x, y, size, way in spots[:fish]:
        _fish(canvas, x, y, size, way)
    for place in range(6):
        canvas.line(
            ellipse(474 + 8 * (place % 3), 330 - place * 22 + 60, 5 + place, 5 + place),
            "#ffffff",
            2.4,
        )
    canvas.line(ellipse(512, 390, 282, 262, begin=-62, end=242), "#f4fcff", 7, share=0.8)
    canvas.line(ellipse(512, 158, 134, 20), "#f4fcff", 7, share=0.85)
    canvas.shape(ellipse(352, 300, 26, 96, turn=24), "#ffffff", blur=7, share=0.6)
    canvas.shape(ellipse(690, 470, 12, 58, turn=24), "#ffffff", blur=6, share=0.4)


def _fish(canvas: Canvas, x: float, y: float, size: float, way: int) -> None:
    def at(dx: float, dy: float) -> tuple[float, float]:
        return (x + way * dx * size, y + dy * size)

    canvas.shape(
        [
            at(-58, 0),
            *curve(at(-58, 0), at(-120, -70), at(-150, -46)),
            *curve(at(-150, -46), at(-112, 0), at(-150, 50)),
            *curve(at(-150, 50), at(-116, 60), at(-58, 4)),
        ],
        "#ffb04a",
        "#e8622a",
    )
    canvas.shape([*curve(at(-30, -40), at(0, -92), at(44, -74), at(40, -36))], "#ff9a3c", "#d9561f")
    canvas.shape(
        [
            *curve(at(92, 4), at(60, -62), at(-30, -62), at(-72, 0)),
            *curve(at(-72, 0), at(-30, 62), at(60, 58), at(92, 4)),
        ],
        "#ffb347",
        "#e2521d",
    )
    canvas.shape([*curve(at(10, 16), at(-18, 60), at(-40, 56), at(-6, 14))], "#ffc46a", "#f08a34")
    for dx in (-34, -8, 18):
        canvas.line(
            ellipse(
                *at(dx, 0),
                20 * size,
                26 * size,
                begin=-60 if way < 0 else 120,
                end=60 if way < 0 else 240,
            ),
            "#d9561f",
            2.6 * size,
        )
    canvas.shape(ellipse(*at(58, -12), 13 * size, 13 * size), "#ffffff")
    canvas.shape(ellipse(*at(61, -12), 7 * size, 7 * size), "#1a1420", ink=False)


def spider(canvas: Canvas, *, legs: int = 8) -> None:
    """A large spider in its web with drops of dew."""
    canvas.is_turned = canvas.look.second
    canvas.ground("#2f4a3f", "#5f8a63", "#a8bf7a")
    for _ in range(34):
        x, y = canvas.random.uniform(0, 1024), canvas.random.uniform(0, 768)
        canvas.shape(
            ellipse(x, y, *(canvas.random.uniform(30, 90),) * 2),
            canvas.random.choice(("#d9e29a", "#7fa86f", "#3f6a50")),
            blur=12,
            share=0.35,
        )
    x, y = 512, 372
    _web(canvas, x, y)
    for leg in range(legs):
        side = 1 if leg % 2 else -1
        row = leg // 2
        out, up = (190, 230, 220, 170)[row % 4], (-190, -70, 90, 220)[row % 4]
        knee = (x + side * out * 0.62, y + up * 0.5 - 58)
        canvas.line(
            curve((x + side * 26, y - 6 + row * 8), knee, (x + side * out, y + up)), "#2a1c18", 15
        )
        canvas.line(
            curve((x + side * 26, y - 8 + row * 8), knee, (x + side * out, y + up)), "#6a4632", 7
        )
    canvas.shape(ellipse(x, y + 78, 82, 104), "#7a5238", "#2f1c18")
    for step in range(4):
        canvas.shape(
            ellipse(x, y + 26 + step * 36, 34 - step * 5, 13), "#e0c48a", "#a8824a", ink=False
        )
    canvas.shape(ellipse(x, y - 34, 52, 48), "#5f4030", "#291816")
    for side in (-1, 1):
        canvas.shape(ellipse(x + side * 15, y - 62, 9, 9), "#120c0e")
        canvas.shape(ellipse(x + side * 15 - 3, y - 65, 3, 3), "#ffffff", ink=False)
        canvas.line(
            curve((x + side * 12, y - 76), (x + side * 24, y - 100), (x + side * 8, y - 108)),
            "#3a2620",
            8,
        )


def _web(canvas: Canvas, x: float, y: float) -> None:
    angles = [math.radians(18 + step * 360 / 15) for step in range(15)]
    for angle in angles:
        canvas.line(
            [(x, y), (x + 700 * math.cos(angle), y + 700 * math.sin(angle))],
            "#eef5ee",
            1.8,
            share=0.8,
        )
    for ring in range(2, 14):
        points = []
        for angle in [*angles, angles[0]]:
            away = ring * 32 + canvas.random.uniform(-4, 4)
            points.append((x + away * math.cos(angle), y + away * math.sin(angle)))
        canvas.line(points, "#eef5ee", 1.5, share=0.7)
        for at in points[::2]:
            canvas.shape(ellipse(*at, 4.5, 4.5), "#ffffff", "#a8cfe0", ink=False)
