"""Pictures of two invented models, drawn for the demo by a small program (pure, seeded).

A scene is a function of a canvas; its faults are what it takes beside that. Only a seeding imports
this: it needs Pillow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from labeling.demo.drawing import animals, land, sky, things
from labeling.demo.drawing.canvas import LOOKS, Canvas

_SCENES: Mapping[str, Callable[..., None]] = {
    scene.__name__: scene
    for scene in (
        animals.goldfish,
        animals.owl,
        animals.spider,
        land.bakery,
        land.bicycle,
        land.cabin,
        land.desert,
        sky.balloons,
        sky.lake,
        sky.lighthouse,
        sky.skyline,
        things.apples,
        things.cactus,
        things.clock,
        things.piano,
        things.tea,
    )
}


def drawn_scene(model: str, seed: str, *, scene: str, **faults: object) -> bytes:
    """The scene as the model paints it, as a file; the same for the same seed."""
    canvas = Canvas(LOOKS[model], seed)
    _SCENES[scene](canvas, **faults)
    return canvas.finished()
