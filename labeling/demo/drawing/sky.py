"""Scenes of sky and water; beside its canvas a scene takes faults that a model may make."""

from __future__ import annotations

import itertools
import math

from labeling.demo.drawing.canvas import Canvas, Point, box, curve, ellipse, mixed


def lighthouse(canvas: Canvas, *, beam: str = "left", boat: str = "whole") -> None:
    """A lighthouse at dusk with its beam over the sea, and a sailing boat."""
    canvas.ground("#1d2450", "#5b3f7d", "#d9776b", "#f6b873", bottom=470)
    canvas.glow(380, 470, 420, "#ffd89a", 0.7, 0.5)
    canvas.specks(40, 210, 2, 5)
    canvas.ground(canvas.either("#b8707a", "#c98b7a"), "#3f3a6b", "#171c3d", top=470)
    for step in range(30):
        y = 482 + step * step * 0.33
        x, width = canvas.random.uniform(60, 900), canvas.random.uniform(30, 150)
        canvas.line([(x, y), (x + width, y)], "#f7c79a", 2 + step / 14, share=0.28)
    x = 790 if beam == "left" else 250
    away = -1 if beam == "left" else 1
    if beam == "away":
        x, away = 790, 1
    canvas.shape(
        [(x, 196), (x + away * 820, 80), (x + away * 820, 330)], "#ffe9a8", blur=9, share=0.5
    )
    rock = [(x - 190, 560), (x - 130, 500), (x - 60, 512), (x, 470), (x + 80, 505)]
    canvas.shape([*rock, (x + 150, 498), (x + 220, 560)], "#4a4260", "#1f1b33")
    canvas.shape(
        [(x - 46, 490), (x - 30, 220), (x + 30, 220), (x + 46, 490)],
        "#fff5e8",
        "#a7a0bd",
        across=True,
    )
    for stripe in (250, 330, 410):
        at = [46 - 16 * (490 - y) / 270 for y in (stripe, stripe + 40)]
        canvas.shape(
            [
                (x - at[0], stripe),
                (x + at[0], stripe),
                (x + at[1], stripe + 40),
                (x - at[1], stripe + 40),
            ],
            "#d4413c",
            "#7c2038",
            across=True,
        )
    canvas.shape(box(x - 40, 212, x + 40, 226), "#2b2740")
    canvas.shape(box(x - 24, 170, x + 24, 212), "#fff3bd", "#f2c14e")
    canvas.glow(x, 192, 120, "#fff3bd", 0.9)
    canvas.shape([(x - 32, 172), (x, 132), (x + 32, 172)], "#a5303a", "#5d1a33")
    _boat(canvas, 1010 - x, 560, 1.0, sail="#fdf0dd", is_whole=boat == "whole")


def _boat(
    canvas: Canvas, x: float, y: float, size: float, *, sail: str, is_whole: bool = True
) -> None:
    def at(dx: float, dy: float) -> Point:
        return (x + dx * size, y + dy * size)

    aside, up = (0.0, 0.0) if is_whole else (58.0, -34.0)
    canvas.line([at(0, 0), at(0, -190)], "#5a3a2a", 6 * size)
    canvas.shape(
        [
            at(8 + aside, -186 + up),
            *curve(at(8 + aside, -186 + up), at(96 + aside, -90 + up), at(104 + aside, -24 + up)),
            at(8 + aside, -18 + up),
        ],
        sail,
        mixed(sail, "#8a6a6a", 0.35),
        across=True,
    )
    canvas.shape(
        [at(-8, -160), *curve(at(-8, -160), at(-50, -80), at(-74, -24)), at(-8, -20)],
        mixed(sail, "#ffffff", 0.3),
        mixed(sail, "#8a6a6a", 0.25),
        across=True,
    )
    hull = [at(-100, -8), at(120, -8), *curve(at(120, -8), at(96, 34), at(60, 40))]
    canvas.shape(
        [*hull, at(-60, 40), *curve(at(-60, 40), at(-90, 26), at(-100, -8))], "#8d4a32", "#4b2422"
    )


def balloons(canvas: Canvas, *, count: int = 3, baskets: bool = True) -> None:
    """Hot-air balloons over hills at sunrise, the largest striped in red and white."""
    canvas.ground(canvas.either("#7fb7e6", "#8ccbd8"), "#f3d9c0", "#ffd08a", bottom=560)
    canvas.glow(700, 520, 330, "#fff0b8", 0.95, 0.8)
    for x, y, size in ((160, 150, 1.0), (870, 250, 0.8), (540, 90, 0.6)):
        _cloud(canvas, x, y, size)
    hills = (("#9db894", 520, 46), ("#6d9a74", 575, 60), ("#457556", 650, 52))
    for place, (colour, top, swing) in enumerate(hills):
        ridge = [
            (x, top - swing * math.sin(x / 170 + place * 2.1) + 14 * math.sin(x / 41 + place))
            for x in range(-10, 1050, 20)
        ]
        canvas.shape([*ridge, (1044, 780), (-10, 780)], mixed(colour, "#ffe0a0", 0.25), colour)
    flying = [
        (390, 270, 1.5, ("#d8352f", "#fff7ee")),
        (770, 210, 0.8, ("#f2b134", "#e9862b")),
        (140, 380, 0.66, ("#3d7ea6", "#a8d5e2")),
        (905, 430, 0.5, ("#7b4b94", "#cfa6dd")),
    ]
    for x, y, size, colours in flying[:count]:
        _balloon(canvas, x, y, size, colours, has_basket=baskets or size < 1)


def _cloud(canvas: Canvas, x: float, y: float, size: float) -> None:
    for dx, dy, r in ((-70, 8, 36), (-25, -10, 52), (35, -4, 46), (82, 12, 30)):
        canvas.shape(
            ellipse(x + dx * size, y + dy * size, r * 1.3 * size, r * 0.7 * size),
            "#ffffff",
            "#f3e6dd",
            blur=5,
            share=0.8,
        )


def _balloon(
    canvas: Canvas, x: float, y: float, size: float, colours: tuple[str, str], *, has_basket: bool
) -> None:
    def outline(share: float) -> list[Point]:
        """A meridian: from the top to the mouth, so far to the side."""
        return [
            (
                x
                + share * 110 * size * math.sin(math.pi * min(1, t * 1.18)) ** 0.75
                + share * 26 * size * max(0, t - 0.8) * 5 * 0.8,
                y - 130 * size + 260 * size * t,
            )
            for t in (step / 40 for step in range(1, 37))
        ]

    shares = [-1, -0.72, -0.28, 0.28, 0.72, 1]
    canvas.shape([*outline(-1), *reversed(outline(1))], colours[0])
    for place, (left, right) in enumerate(itertools.pairwise(shares)):
        colour = colours[place % 2]
        light = mixed(colour, "#ffffff", 0.18 - 0.05 * place) if place < 3 else colour
        canvas.shape(
            [*outline(left), *reversed(outline(right))],
            light,
            mixed(colour, "#2a1538", 0.08 + 0.07 * place),
            ink=False,
        )
    canvas.shape(
        ellipse(x - 42 * size, y - 60 * size, 26 * size, 46 * size, turn=18),
        "#ffffff",
        blur=8 * size,
        share=0.4,
    )
    foot = y + 104 * size
    if has_basket:
        for side in (-1, 1):
            canvas.line(
                [(x + side * 24 * size, foot), (x + side * 17 * size, foot + 48 * size)],
                "#5a4632",
                2.4 * size,
            )
        canvas.shape(
            box(x - 21 * size, foot + 46 * size, x + 21 * size, foot + 78 * size, 5 * size),
            "#b98a52",
            "#6d4a2a",
        )


def lake(canvas: Canvas, *, mirrored: str = "#3f8f5a") -> None:
    """A boat with a green sail on a calm lake that mirrors it."""
    canvas.ground("#4f9ad0", "#a9d8ea", "#f0f3df", bottom=444)
    canvas.glow(canvas.look.second * 700 + 160, 110, 190, "#fffbe0", 1.0)
    for place, colour in enumerate(("#8fb0c4", "#5f8fa0", "#3d6f6c")):
        points = [(-10.0, 432.0)]
        for x in range(-10, 1060, 60):
            high = (150, 96, 44)[place] * (0.55 + 0.45 * math.sin(x / (118 - 19 * place) + place))
            points.append((x, 432 - high + canvas.random.uniform(-12, 12)))
        canvas.shape([*points, (1050, 432)], mixed(colour, "#ffffff", 0.22), colour, ink=False)
    x = canvas.look.second * -220 + 600
    _boat(canvas, x, 418, 1.35, sail="#3f8f5a")
    canvas.mirror(440)
    if mirrored != "#3f8f5a":
        sail = [(x + 11, 690), *curve((x + 11, 690), (x + 130, 570), (x + 140, 492))]
        canvas.shape(
            [*sail, (x + 11, 486)], mixed(mirrored, "#6f5a6a", 0.2), mirrored, blur=1.5, share=0.93
        )
    canvas.shape(box(0, 440, 1024, 768), "#7fb6c9", "#20566f", share=0.3, ink=False)
    for step in range(26):
        y = 452 + step * step * 0.46
        at, width = canvas.random.uniform(-40, 980), canvas.random.uniform(50, 220)
        canvas.line([(at, y), (at + width, y)], "#e9f7f5", 1.5 + step / 12, share=0.22)


def skyline(canvas: Canvas, *, lit: int = 1) -> None:
    """A city at night in which windows are lit, under a crescent moon."""
    canvas.ground("#0b1026", "#1b2450", "#41406f", "#7a5a78")
    canvas.specks(80, 420)
    x = canvas.look.second * 560 + 190
    canvas.glow(x, 150, 190, "#fff2c4", 0.45)
    outer = ellipse(x, 150, 64, 64, begin=-100, end=120)
    inner = ellipse(x - 24, 150, 50, 58, begin=-78, end=98)
    canvas.shape([*outer, *reversed(inner)], "#fff6d8", "#ecd28e", ink=False)
    for behind in range(-30, 1040, 74):
        high = 170 + canvas.random.uniform(0, 150)
        canvas.shape(
            box(behind, 768 - high - 120, behind + 80, 780), "#3a3f6e", "#2a2d55", ink=False
        )
    left, towers = -20.0, 0
    while left < 1024:
        width, high = canvas.random.uniform(84, 150), canvas.random.uniform(220, 470)
        canvas.shape(box(left, 768 - high, left + width, 780), "#1c2146", "#0d1130")
        if towers % 3 == 1:
            canvas.line(
                [(left + width / 2, 768 - high), (left + width / 2, 704 - high)], "#1c2146", 5
            )
        columns, rows = int(width // 30), int(high // 42)
        for row in range(rows):
            for column in range(columns):
                at = (left + 14 + column * 30, 790 - high + row * 42)
                is_lit = (
                    canvas.random.random() < lit / 40
                    if lit > 1
                    else (towers, row, column) == (3, 2, 1)
                )
                colours = ("#ffe08a", "#f6b24e") if is_lit else ("#2b315c", "#222750")
                canvas.shape(box(at[0], at[1], at[0] + 16, at[1] + 23), *colours, ink=False)
                if is_lit:
                    canvas.glow(at[0] + 8, at[1] + 11, 44, "#ffd479", 0.5)
        left, towers = left + width + canvas.random.uniform(-4, 12), towers + 1
