"""Scenes on land; beside its canvas a scene takes faults that a model may make."""

from __future__ import annotations

import math

from labeling.demo.drawing.canvas import Canvas, box, curve, ellipse, mixed


def cabin(canvas: Canvas, *, smoke: str = "chimney", firs: int = 2) -> None:
    """A snowy cabin at night with light in its window and smoke over its chimney."""
    canvas.ground("#131c3c", "#2a3c6c", "#6b7fae", bottom=560)
    x = canvas.look.second * 720 + 160
    canvas.glow(x, 140, 190, "#f4f2dc", 0.6)
    canvas.shape(ellipse(x, 140, 44, 44), "#fffbe6", "#e6dfc0", ink=False)
    canvas.specks(60, 400, 3, 3)
    canvas.shape(
        [
            (-10, 560),
            *curve((-10, 560), (300, 480), (620, 540), (1040, 470)),
            (1040, 780),
            (-10, 780),
        ],
        "#eef3ff",
        "#9fb2d8",
        ink=False,
    )
    for place in range(firs):
        _fir(canvas, (170, 320, 70)[place], (600, 560, 660)[place], (1.25, 0.9, 0.8)[place])
    _log_house(canvas)
    x, y = (770, 236) if smoke == "chimney" else (505, 470)
    for step in range(9):
        away = step * step * (1.9 if smoke == "chimney" else -1.9)
        canvas.shape(
            ellipse(x + away, y - step * 24, 15 + step * 6, 13 + step * 4),
            "#dfe6f6",
            blur=6,
            share=0.6 - step * 0.05,
        )
    canvas.specks(150, 768, 3, 7)


def _log_house(canvas: Canvas) -> None:
    canvas.shape(box(745, 250, 795, 350), "#6f4b43", "#3d2a30")
    canvas.shape(box(738, 240, 802, 258), "#f7faff", "#c9d6ef")
    canvas.shape(box(500, 400, 850, 620), "#8a5a3d", "#553225")
    for y in range(424, 612, 27):
        canvas.line([(502, y), (848, y)], "#43271f", 3)
    canvas.shape([(455, 412), (675, 262), (895, 412)], "#fbfdff", "#b7c6e6")
    canvas.shape(box(560, 460, 650, 545, 4), "#ffe7a0", "#f7b24d")
    canvas.line([(605, 462), (605, 543)], "#5a3527", 5)
    canvas.line([(562, 502), (648, 502)], "#5a3527", 5)
    canvas.glow(605, 505, 170, "#ffcf70", 0.45)
    canvas.shape(box(710, 480, 790, 620, 4), "#5c3426", "#371d18")
    canvas.shape(
        [(470, 612), *curve((470, 612), (660, 590), (900, 616)), (930, 660), (450, 660)],
        "#f3f7ff",
        "#c5d2ec",
        ink=False,
    )


def _fir(canvas: Canvas, x: float, y: float, size: float) -> None:
    canvas.shape(box(x - 12 * size, y - 10, x + 12 * size, y + 34 * size), "#5b4033", "#33231f")
    for place in range(4):
        top, width = y - (250 - place * 62) * size, (46 + place * 25) * size
        foot = top + 104 * size
        canvas.shape(
            [
                (x, top),
                (x + width, foot),
                *curve((x + width, foot), (x, foot - 22 * size), (x - width, foot)),
            ],
            "#3f7a63",
            "#173b3a",
        )
        canvas.shape(
            [
                (x, top),
                (x + width * 0.5, top + 50 * size),
                (x, top + 36 * size),
                (x - width * 0.5, top + 50 * size),
            ],
            "#ffffff",
            "#dfe8fa",
            ink=False,
        )


def desert(canvas: Canvas, *, moons: int = 2, wheels: str = "whole") -> None:
    """A rover on a red plain under two moons."""
    canvas.is_turned = canvas.look.second
    canvas.ground("#2b1733", "#7c3a45", "#e08a5a", "#f6c08a", bottom=545)
    canvas.shape(ellipse(770, 160, 84, 84), "#f5e3cf", "#b98d84", ink=False)
    for dent in (ellipse(796, 140, 16, 16), ellipse(745, 190, 24, 20)):
        canvas.shape(dent, "#c9a594", blur=2, share=0.6)
    if moons > 1:
        canvas.shape(ellipse(560, 92, 34, 34), "#f0d7c2", "#a3787a", ink=False)
    for place, colour in enumerate(("#b5614a", "#9c4a3b", "#7d382f")):
        top = 500 + place * 56
        points = [
            (x, top - 20 * math.sin(x / 140 + place * 1.7) - 8 * math.sin(x / 37))
            for x in range(-10, 1050, 16)
        ]
        canvas.shape(
            [*points, (1044, 780), (-10, 780)], mixed(colour, "#ffc890", 0.3), colour, ink=False
        )
    canvas.shape([(60, 500), (110, 360), (180, 338), (250, 352), (300, 500)], "#a4553f", "#6a2f2c")
    x, y = canvas.look.second * 120 + 400, 560
    canvas.line([(x - 60, y - 80), (x - 60, y - 190)], "#c9c6cc", 9)
    canvas.shape(box(x - 92, y - 222, x - 28, y - 184, 6), "#f2f0ee", "#a8a4ad")
    for eye in (x - 76, x - 45):
        canvas.shape(ellipse(eye, y - 203, 9, 9), "#20304a")
    canvas.shape(
        [(x + 20, y - 120), (x + 190, y - 150), (x + 210, y - 100), (x + 40, y - 74)],
        "#3d5f95",
        "#1d2f57",
    )
    for step in (0.25, 0.5, 0.75):
        canvas.line(
            [(x + 20 + 170 * step, y - 120 - 30 * step), (x + 40 + 170 * step, y - 74 - 26 * step)],
            "#9cb6de",
            2,
        )
    canvas.shape(box(x - 130, y - 82, x + 150, y + 12, 14), "#f4efe8", "#a39ba0")
    canvas.shape(box(x - 112, y - 62, x - 30, y - 18, 6), "#e0a13a", "#a86c22")
    canvas.line(
        [(x - 150, y + 60), (x - 60, y + 10), (x + 80, y + 10), (x + 170, y + 60)], "#77707a", 11
    )
    spots = [x - 150, x + 10, x + 170]
    for place, at in enumerate(spots):
        sunk = 46 if wheels == "melted" and place == 1 else 0
        stretch = 1.55 if wheels == "melted" and place == 1 else 1
        canvas.shape(
            ellipse(at, y + 72 + sunk / 4, 50 * stretch, 50 - sunk / 2), "#4a454c", "#1f1c22"
        )
        canvas.shape(
            ellipse(at, y + 72 + sunk / 4, 22 * stretch, 22 - sunk / 4), "#a9a4aa", "#5d5860"
        )


def bicycle(canvas: Canvas, *, lemons: int = 3, spokes: str = "clean") -> None:
    """A red bicycle before a blue door, lemons in its basket, the sun from the right."""
    wall = canvas.either("#ecd9bf", "#f0dfcb")
    canvas.ground(mixed(wall, "#ffffff", 0.25), mixed(wall, "#b98a6a", 0.25), bottom=660)
    canvas.ground("#cdbda6", "#94826f", top=660)
    left = canvas.look.second * -300 + 520
    canvas.shape(box(left - 26, 60, left + 366, 662), "#f7efe2", "#c9b79e")
    canvas.shape(box(left, 84, left + 340, 662), "#3f7fb8", "#234f86")
    for x, y, down in ((30, 40, 230), (186, 40, 230), (30, 310, 220), (186, 310, 220)):
        canvas.shape(box(left + x, 84 + y, left + x + 124, 84 + y + down, 4), "#2f6aa4", "#3f7fb8")
    canvas.shape(ellipse(left + 26, 396, 11, 11), "#f3d27a", "#b98a34")
    canvas.shape(
        [(1024, -10), (760, -10), (200, 780), (620, 780), (1024, 240)],
        "#fff1c4",
        blur=16,
        share=0.3,
    )
    canvas.glow(430, 690, 360, "#3a2a24", 0.55, 0.1)
    rear, front, low = (250, 560), (610, 560), (405, 572)
    seat, head = (345, 372), (548, 372)
    _wheel(canvas, *rear)
    _wheel(canvas, *front, is_tangled=spokes == "tangled")
    red = canvas.either("#d1322d", "#c93a3a")
    for begin, end in ((rear, low), (rear, seat), (seat, low), (head, low), (seat, head)):
        canvas.line([begin, end], mixed(red, "#4a0f18", 0.5), 17)
        canvas.line([(begin[0] - 2, begin[1] - 2), (end[0] - 2, end[1] - 2)], red, 11)
    canvas.line(curve((540, 330), (556, 400), (586, 500), front), mixed(red, "#4a0f18", 0.3), 14)
    canvas.line([seat, (334, 336)], "#8f929b", 9)
    canvas.shape(
        [*curve((280, 330), (330, 306), (398, 326)), *curve((398, 336), (340, 352), (284, 350))],
        "#6b4630",
        "#3b2418",
    )
    canvas.line([(540, 336), (534, 296)], "#8f929b", 9)
    canvas.line(curve((470, 292), (520, 276), (560, 300), (520, 312)), "#8f929b", 9)
    canvas.line([(466, 293), (494, 285)], "#3b2a24", 15)
    canvas.line(ellipse(405, 572, 36, 36), "#5c5f69", 9)
    canvas.line([(405, 572), (432, 628)], "#7d808a", 8)
    canvas.line([(414, 630), (452, 626)], "#2b2930", 10)
    _basket(canvas, lemons)


def _wheel(canvas: Canvas, x: float, y: float, *, is_tangled: bool = False) -> None:
    canvas.line(ellipse(x, y, 122, 122), "#26232b", 13)
    canvas.line(ellipse(x, y, 111, 111), "#b9bcc4", 4)
    for spoke in range(22):
        begin, end = math.radians(spoke * 360 / 22), math.radians(spoke * 360 / 22 + 14)
        reach = 10.0
        if is_tangled:
            end += canvas.random.uniform(-2.2, 2.2)
            reach = canvas.random.uniform(10, 105)
        canvas.line(
            [
                (x + 109 * math.cos(begin), y + 109 * math.sin(begin)),
                (x + reach * math.cos(end), y + reach * math.sin(end)),
            ],
            "#8c8f99",
            2.2,
        )
    canvas.shape(ellipse(x, y, 13, 13), "#d8dae0", "#7d808a")


def _basket(canvas: Canvas, lemons: int) -> None:
    for place in range(lemons):
        x, y = 590 + place * (112 / lemons) + 6, 318 - (place % 2) * 16
        canvas.shape([*ellipse(x, y, 27, 21, turn=-18)], "#fff07a", "#e9b51f")
        canvas.shape(ellipse(x + 25, y - 8, 6, 5), "#e9c63a", ink=False)
    canvas.shape([(556, 326), (706, 326), (688, 424), (574, 424)], "#c99a5c", "#8a5f33")
    for step in range(5):
        canvas.line(
            [(560 + step * 2, 344 + step * 18), (702 - step * 3, 344 + step * 18)], "#7a522c", 3
        )
    for step in range(8):
        canvas.line([(566 + step * 19, 328), (578 + step * 15, 422)], "#7a522c", 3)


def bakery(canvas: Canvas, *, sign: str = "OPEN") -> None:
    """A bakery's door with a sign, bread in the window beside it."""
    brick = canvas.either("#a8583f", "#c47a5a")
    canvas.ground(mixed(brick, "#3a1a18", 0.15), brick)
    for row in range(24):
        for column in range(-1, 14):
            x = column * 80 + (row % 2) * 40
            shade = canvas.random.uniform(0, 0.28)
            canvas.shape(
                box(x + 3, row * 33 + 3, x + 77, row * 33 + 30, 3),
                mixed(brick, "#f0b890", shade),
                mixed(brick, "#5a2420", shade),
                ink=False,
            )
    canvas.shape(box(-10, 676, 1034, 780), "#8f8a88", "#6a6462")
    wood = canvas.either("#2f5f4f", "#7a3b3f")
    canvas.shape(box(70, 210, 540, 640), wood, mixed(wood, "#101014", 0.4))
    canvas.shape(box(100, 240, 510, 610), "#fff0c9", "#e9b26a")
    canvas.glow(305, 300, 230, "#fffbe6", 0.8)
    canvas.shape(box(100, 530, 510, 552), "#8a5a34", "#5f3a20")
    for place in range(4):
        x = 150 + place * 104
        canvas.shape(
            [*ellipse(x, 528, 48, 66, begin=180, end=360), (x + 48, 530), (x - 48, 530)],
            "#e3a552",
            "#9a5a26",
        )
        for slash in (-20, 2, 24):
            canvas.line([(x + slash - 8, 508), (x + slash + 8, 478)], "#f8dca0", 6)
    for place in range(7):
        light, dark = (("#fff6e6", "#d9c6a8"), (mixed(wood, "#ffffff", 0.25), wood))[place % 2]
        x = 46 + place * 74
        canvas.shape(
            [
                (x + 14, 150),
                (x + 74, 150),
                (x + 74, 226),
                *ellipse(x + 37, 226, 37, 20, begin=0, end=180),
                (x, 226),
            ],
            light,
            dark,
        )
    _door(canvas, wood, sign)


def _door(canvas: Canvas, wood: str, sign: str) -> None:
    canvas.shape(box(610, 130, 920, 690), mixed(wood, "#101014", 0.3), mixed(wood, "#101014", 0.5))
    canvas.shape(box(634, 154, 896, 690), mixed(wood, "#ffffff", 0.15), wood)
    canvas.shape(box(668, 190, 862, 520, 6), "#ffe9b8", "#d99a56")
    canvas.shape(box(668, 560, 862, 660, 4), wood, mixed(wood, "#ffffff", 0.1))
    canvas.shape(ellipse(652, 540, 11, 11), "#f3d27a", "#a8782a")
    canvas.line([(700, 262), (765, 222), (830, 262)], "#4a3420", 4)
    canvas.shape(ellipse(765, 222, 7, 7), "#4a3420")
    canvas.shape(box(684, 262, 846, 356, 10), "#fffdf4", "#eadfc8")
    canvas.shape(box(692, 270, 838, 348, 7), "#b8402f", "#8a2a22")
    canvas.words(765, 309, sign, 50, "#fff8e6")
