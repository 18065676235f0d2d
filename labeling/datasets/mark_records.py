"""What raters marked, passages of texts and regions of pictures, as a release holds it."""

from __future__ import annotations

from typing import NamedTuple


class SpanRecord(NamedTuple):
    """A passage that a rater marked, as praise or as a fault, and what it is attached to.

    `response` counts from 0, -1 is the prompt; `start` and `end` are code points of the text of
    that `message`, of which `quote` are the words. `about` is criterion, flag or principle, and
    `name` its key, its word or its number. `note` is what the rater said of it.
    """

    response: int
    message: int
    start: int
    end: int
    quote: str
    polarity: str
    about: str
    name: str
    note: str = ""


class RegionRecord(NamedTuple):
    """A rectangle of a picture that a rater marked, and what it is attached to.

    `response` counts from 0, -1 is the prompt; `image` is one of the pictures of that `message`,
    `x` and `y` its upper left corner, `w` and `h` its size, in shares of the picture. The others
    are as those of a passage.
    """

    response: int
    message: int
    image: int
    x: float
    y: float
    w: float
    h: float
    polarity: str
    about: str
    name: str
    note: str = ""
