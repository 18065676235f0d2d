"""Things on a table or a wall; beside its canvas a scene takes faults that a model may make."""

from __future__ import annotations

import math

from labeling.demo.drawing.canvas import Canvas, box, curve, ellipse, mixed


def tea(canvas: Canvas, *, handles: int = 1) -> None:
    """A cup of tea on a window sill, rain on the other side of the glass."""
    _rain(canvas)
    canvas.ground("#b98658", "#8a5a38", top=598)
    for y in (628, 668, 716):
        canvas.line(
            curve((0, y), (340, y + 12), (700, y - 10), (1024, y + 6)), "#7a4d2e", 2.5, share=0.6
        )
    x = canvas.look.second * -230 + 660
    _cup(canvas, x, handles)
    for place in range(3):
        at = x - 52 + place * 52
        for step in range(26):
            y = 418 - step * 11
            drift = 20 * math.sin(step / 4.5 + place * 1.4)
            canvas.shape(
                ellipse(at + drift, y, 10 + step * 0.5, 12),
                "#ffffff",
                blur=7,
                share=0.25 * (1 - step / 28),
            )


def _rain(canvas: Canvas) -> None:
    canvas.ground("#5f7588", "#8ea2ab", "#b3bfbc", bottom=560)
    for place, colour in enumerate(("#5a6f76", "#4c6468")):
        for crown in range(-20, 1050, 96):
            top = 470 + place * 50 + canvas.random.uniform(-40, 30)
            canvas.shape(ellipse(crown, top, 92, 130), colour, blur=10, ink=False)
    for _ in range(150):
        x, y, _ = canvas.somewhere(540)
        canvas.line([(x, y), (x - 7, y + canvas.random.uniform(18, 46))], "#e6eef2", 1.6, share=0.5)
    for _ in range(60):
        x, y, size = canvas.somewhere(550, 3, 9)
        canvas.shape(ellipse(x, y, size, size * 1.25), "#f4f9fb", "#93a8b4", share=0.75, ink=False)
    frame = canvas.either("#f4ead9", "#e8e4dc")
    for points in (
        box(-10, -10, 54, 580),
        box(970, -10, 1034, 580),
        box(490, -10, 534, 580),
        box(-10, -10, 1034, 40),
        box(-10, 300, 1034, 326),
    ):
        canvas.shape(points, frame, mixed(frame, "#8a6f5a", 0.3))
    canvas.shape(box(-10, 560, 1034, 600), mixed(frame, "#ffffff", 0.5), frame)


def _cup(canvas: Canvas, x: float, handles: int) -> None:
    canvas.glow(x, 662, 290, "#2c1810", 0.7, 0.16)
    canvas.shape(ellipse(x, 652, 215, 40), "#fbf6ee", "#c8b9a6")
    canvas.shape(ellipse(x, 646, 128, 21), "#e3d7c6", "#f3ebdf", ink=False)
    cup = canvas.either("#d9564a", "#3f7f8c")
    sides = (1, -1) if handles > 1 else (1,)
    for side in sides:
        ring = ellipse(
            x + side * 128,
            520,
            58,
            62,
            begin=-100 if side > 0 else 80,
            end=100 if side > 0 else 280,
        )
        canvas.line(ring, mixed(cup, "#2a1418", 0.45), 25)
        canvas.line(ring, cup, 18)
    canvas.shape(
        [
            (x - 138, 440),
            (x + 138, 440),
            *curve((x + 138, 440), (x + 132, 600), (x + 66, 646)),
            *ellipse(x, 646, 66, 12, end=180),
            *curve((x - 66, 646), (x - 132, 600), (x - 138, 440)),
        ],
        mixed(cup, "#ffffff", 0.25),
        mixed(cup, "#2a1418", 0.35),
        across=True,
    )
    canvas.shape(ellipse(x, 440, 138, 30), "#fdf8f0", "#e0d3c2")
    canvas.shape(ellipse(x, 445, 122, 23), "#b8652a", "#7a3a18", ink=False)
    canvas.shape(ellipse(x - 40, 440, 42, 7), "#f0b070", blur=2, share=0.6)
    canvas.shape(ellipse(x - 84, 520, 13, 60, turn=6), "#ffffff", blur=6, share=0.45)


def clock(canvas: Canvas, *, hour: float = 10, minute: float = 10, numerals: str = "whole") -> None:
    """A clock on a yellow wall that shows a time."""
    wall = canvas.either("#f5c84b", "#f0cf6a")
    canvas.ground(mixed(wall, "#ffffff", 0.3), wall, mixed(wall, "#b9772a", 0.3))
    for x in range(0, 1024, 64):
        canvas.shape(
            box(x, 0, x + 32, 768),
            mixed(wall, "#ffffff", 0.35),
            mixed(wall, "#ffffff", 0.1),
            share=0.3,
            ink=False,
        )
    x, y = 512, 384
    canvas.shape(ellipse(x + 22, y + 34, 292, 292), "#4a2a10", blur=16, share=0.45)
    rim = canvas.either("#7a3f2a", "#2f5f6f")
    canvas.shape(ellipse(x, y, 292, 292), mixed(rim, "#ffffff", 0.25), mixed(rim, "#1a0f14", 0.4))
    canvas.shape(ellipse(x, y, 252, 252), "#fffdf6", "#ece3d0")
    for tick in range(60):
        angle = math.radians(tick * 6)
        inner, width = (214, 6.0) if tick % 5 == 0 else (230, 2.5)
        canvas.line(
            [
                (x + inner * math.sin(angle), y - inner * math.cos(angle)),
                (x + 240 * math.sin(angle), y - 240 * math.cos(angle)),
            ],
            "#3a3038",
            width,
        )
    names = list(range(1, 13))
    if numerals == "mixed":
        names[3], names[4], names[7], names[8] = 5, 7, 9, 9
    for place, name in enumerate(names, start=1):
        angle = math.radians(place * 30)
        canvas.words(x + 184 * math.sin(angle), y - 184 * math.cos(angle), str(name), 46, "#2f2630")
    for turn, long, width in ((hour * 30 + minute / 2, 118, 17), (minute * 6, 172, 11)):
        angle = math.radians(turn)
        ends = [
            (x - 26 * math.sin(angle), y + 26 * math.cos(angle)),
            (x + long * math.sin(angle), y - long * math.cos(angle)),
        ]
        canvas.line([(ax + 5, ay + 9) for ax, ay in ends], "#6a5a50", width, share=0.3)
        canvas.line(ends, "#241c26", width)
    canvas.shape(ellipse(x, y, 15, 15), "#d8483f", "#8a2230")
    canvas.shape(ellipse(x - 96, y - 128, 96, 46, turn=-38), "#ffffff", blur=14, share=0.5)


def apples(canvas: Canvas, *, green: int = 1, count: int = 5) -> None:
    """Apples in a bowl, some of them green."""
    back = canvas.either("#3f4a5a", "#d7e3dc")
    canvas.ground(mixed(back, "#ffffff", 0.12), back, bottom=470)
    canvas.ground(canvas.either("#a9764b", "#e9d3b4"), canvas.either("#6f4527", "#c2a074"), top=470)
    canvas.glow(300, 160, 380, "#fff2d0", 0.35)
    canvas.glow(520, 640, 380, "#1f120c", 0.75, 0.14)
    places = [(400, 350), (520, 318), (640, 352), (462, 404), (586, 408), (338, 404), (706, 404)]
    for place, (x, y) in enumerate(places[:count]):
        is_green = place in ((1, 3, 2) if canvas.look.second else (2, 1, 4))[:green]
        light, dark = ("#b9d95a", "#5f8f2a") if is_green else ("#ef5b45", "#8f1527")
        _apple(canvas, x, y, light, dark)
    bowl = canvas.either("#f4efe6", "#4f7fa8")
    canvas.shape(
        [
            (264, 430),
            (776, 430),
            *curve((776, 430), (752, 610), (604, 640)),
            (436, 640),
            *curve((436, 640), (288, 610), (264, 430)),
        ],
        mixed(bowl, "#ffffff", 0.4),
        mixed(bowl, "#4a3a3a", 0.35),
        across=True,
    )
    canvas.shape(
        [*ellipse(520, 430, 256, 26, begin=0, end=180), *curve((264, 440), (520, 500), (776, 440))],
        mixed(bowl, "#ffffff", 0.6),
        bowl,
        ink=False,
    )
    canvas.shape(
        [(440, 638), (600, 638), (620, 660), (420, 660)],
        mixed(bowl, "#4a3a3a", 0.2),
        mixed(bowl, "#4a3a3a", 0.4),
    )
    for step in range(9):
        x = 320 + step * 50
        canvas.shape(
            ellipse(x, 520 + 26 * math.sin(step / 8 * math.pi), 13, 13),
            canvas.either("#c9a04a", "#f4efe6"),
            ink=False,
        )


def _apple(canvas: Canvas, x: float, y: float, light: str, dark: str) -> None:
    outline = [
        *curve((x, y - 58), (x + 40, y - 92), (x + 96, y - 50), (x + 78, y + 18)),
        *curve((x + 78, y + 18), (x + 62, y + 84), (x + 24, y + 86), (x, y + 76)),
        *curve((x, y + 76), (x - 24, y + 86), (x - 62, y + 84), (x - 78, y + 18)),
        *curve((x - 78, y + 18), (x - 96, y - 50), (x - 40, y - 92), (x, y - 58)),
    ]
    canvas.shape(outline, light, dark)
    canvas.shape(ellipse(x - 36, y - 22, 16, 30, turn=22), "#ffffff", blur=6, share=0.6)
    canvas.shape(ellipse(x, y - 58, 26, 8), dark, blur=4, share=0.7)
    canvas.line(curve((x, y - 54), (x + 4, y - 82), (x + 16, y - 98)), "#5a3a22", 7)
    canvas.shape(
        [
            *curve((x + 8, y - 80), (x + 34, y - 108), (x + 66, y - 92)),
            *curve((x + 66, y - 92), (x + 40, y - 66), (x + 8, y - 80)),
        ],
        "#7db45a",
        "#3f7a3a",
    )


def cactus(canvas: Canvas, *, hat: str = "worn", arms: int = 2) -> None:
    """A cactus in a pot with a party hat on."""
    wall, floor = canvas.either("#f7d9c4", "#cfe6e1"), canvas.either("#d9a58a", "#f2c7a0")
    canvas.ground(mixed(wall, "#ffffff", 0.3), wall, bottom=560)
    canvas.ground(mixed(floor, "#ffffff", 0.15), floor, top=560)
    canvas.glow(250, 160, 330, "#ffffff", 0.5)
    for x, colour in ((120, "#e5634d"), (240, "#f2b134"), (800, "#3d8fa6"), (920, "#8b5fa8")):
        y = canvas.random.uniform(120, 220)
        canvas.line(curve((x, y + 60), (x + 26, y + 190), (x - 12, y + 330)), "#8a7a72", 2.5)
        canvas.shape(ellipse(x, y, 50, 62), mixed(colour, "#ffffff", 0.35), colour)
    canvas.glow(520, 660, 260, "#4a2a20", 0.55, 0.18)
    green, dark = canvas.either("#6fae6b", "#58a07a"), canvas.either("#2f6b45", "#2b6550")
    for side in (1, -1)[:arms]:
        at, high = 512 + side * 150, 330 if side > 0 else 380
        canvas.line(curve((512, 470), (at, 480), (at, high)), dark, 74)
        canvas.line(curve((512, 466), (at - 4, 474), (at - 4, high + 2)), green, 58)
    canvas.shape(
        [*ellipse(512, 300, 92, 96, begin=180, end=360), (604, 600), (420, 600)],
        green,
        dark,
        across=True,
    )
    for x in (462, 512, 562):
        canvas.line([(x, 252), (x, 584)], dark, 3, share=0.55)
        for y in range(262, 580, 40):
            for tilt in (-8, 8):
                canvas.line([(x, y), (x + tilt, y - 9)], "#f6f3d8", 2.4)
    canvas.shape([(404, 560), (620, 560), (588, 690), (436, 690)], "#d8754a", "#8f3f2c")
    canvas.shape(box(390, 540, 634, 580, 10), "#e58a5c", "#b05a3a")
    if hat:
        x, y = {"worn": (512, 216), "floating": (690, 210), "floor": (800, 676)}[hat]
        canvas.shape(
            [(x - 70, y), (x, y - 150), (x + 70, y), *ellipse(x, y, 70, 16, end=180)],
            "#4aa3d8",
            "#7a4fb0",
        )
        for dx, dy, colour in (
            (-26, -24, "#ffe08a"),
            (22, -40, "#ff8a8a"),
            (-6, -78, "#ffffff"),
            (30, -10, "#9be8b0"),
        ):
            canvas.shape(ellipse(x + dx, y + dy, 9, 9), colour, ink=False)
        canvas.shape(ellipse(x, y - 152, 20, 20), "#ffd35c", "#f09a2a")


def piano(canvas: Canvas, *, groups: str = "right") -> None:
    """The keys of a piano seen from above, a rose lying on them."""
    canvas.ground("#2a1a16", "#5a3524", "#2a1712", bottom=230)
    for y in (60, 110, 170):
        canvas.line(
            curve((0, y), (340, y + 18), (720, y - 16), (1024, y + 8)), "#7a4b32", 3, share=0.5
        )
    canvas.ground("#7a1f2a", "#4a0f1a", top=222, bottom=244)
    canvas.ground("#1a1210", "#140d0c", top=244)
    for key in range(15):
        x = key * 68.4
        canvas.shape(box(x + 2, 244, x + 66, 716, 6), "#ffffff", "#e6ded2")
        canvas.shape(box(x + 2, 700, x + 66, 728, 6), "#d8cdbd", "#a99b88")
    blacks = [key for key in range(14) if groups != "right" or key % 7 not in (2, 6)]
    for key in blacks:
        x = (key + 1) * 68.4
        canvas.shape(box(x - 16, 248, x + 32, 548, 6), "#000000", blur=7, share=0.4)
        canvas.shape(box(x - 21, 240, x + 21, 536, 6), "#3a353b", "#0d0b0f")
        canvas.shape(box(x - 14, 244, x + 12, 508, 5), "#5a545c", "#211d23", ink=False)
    _rose(canvas)


def _rose(canvas: Canvas) -> None:
    canvas.glow(560, 560, 300, "#120a08", 0.45, 0.25)
    canvas.line(curve((930, 330), (760, 470), (640, 520), (430, 600)), "#2f5a34", 13)
    canvas.line(curve((928, 328), (758, 466), (640, 515), (432, 596)), "#5d9a55", 6)
    for x, y, turn in ((700, 470, 40), (600, 560, -150), (800, 450, 110)):
        across, down = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        tip = (x + 86 * across, y + 86 * down)
        upper = curve((x, y), (x + 50 * across - 20, y + 50 * down - 26), tip)
        lower = curve(tip, (x + 40 * across + 18, y + 40 * down + 26), (x, y))
        canvas.shape([*upper, *lower], "#5d9a55", "#2f6a3a")
    rose = canvas.either("#d12a3f", "#e0563f")
    for place in range(13):
        angle, away = place * 2.4, 66 - place * 4.6
        at = (390 + away * 0.8 * math.cos(angle), 606 + away * 0.7 * math.sin(angle))
        canvas.shape(
            ellipse(*at, 62 - place * 3.6, 52 - place * 3.1, turn=place * 40),
            mixed(rose, "#ffd0c8", 0.08 + place * 0.025),
            mixed(rose, "#3a0614", 0.45),
        )
