"""The few SVG elements that the charts are made of."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from html import escape

LINE = 16  # Pixels between two lines of text.


def tag(name: str, content: str = "", **attributes: str | float | None) -> str:
    """Return an element; `content` is markup already, attributes are escaped.

    A trailing underscore of an attribute is dropped (`class_`), other underscores become hyphens;
    None leaves the attribute out; numbers are rounded to a hundredth of a pixel.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_plain(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def text(x: float, y: float, content: str, class_: str, **attributes: str | float | None) -> str:
    """Return one line of escaped text; `y` is its baseline."""
    return tag("text", escape(content), x=x, y=y, class_=class_, **attributes)


def lines(
    x: float, middle: float, content: Sequence[str], class_: str, **attributes: str | float | None
) -> str:
    """Return lines of text, centred vertically on `middle`."""
    first = middle - LINE * (len(content) - 1) / 2 + 4
    return "".join(
        text(x, first + LINE * place, line, class_, **attributes)
        for place, line in enumerate(content)
    )


def wrap(content: str, width: int, most: int = 3) -> list[str]:
    """Break text into at most `most` lines of `width` characters; more ends in an ellipsis."""
    return textwrap.wrap(content, width, max_lines=most, placeholder="…") or [""]


def label_width(labels: Iterable[Sequence[str]], least: float = 60) -> float:
    """Return the room that the longest line of the labels takes at 13 pixels, with its margin."""
    longest = max((len(line) for label in labels for line in label), default=0)
    return max(least, 7.2 * longest + 20)


def number(value: float, digits: int = 2) -> str:
    """Return a number as people read it: fixed digits, a true minus, no minus before zero."""
    return f"{value:z.{digits}f}".replace("-", "−")


def drawing(
    ident: str, title: str, description: str, width: float, height: float, parts: Iterable[str]
) -> str:
    """Return the whole chart: an image named by its title and described in words.

    `ident` is unique on the page; it names the title and the description.
    """
    head = tag("title", escape(title), id=f"{ident}-title")
    head += tag("desc", escape(description), id=f"{ident}-desc")
    return tag(
        "svg",
        head + "".join(parts),
        xmlns="http://www.w3.org/2000/svg",
        class_="chart",
        role="img",
        aria_labelledby=f"{ident}-title",
        aria_describedby=f"{ident}-desc",
        width=width,
        height=height,
        viewBox=f"0 0 {_plain(width)} {_plain(height)}",
    )


def scaled_drawing(title: str, view_box: str, class_: str, parts: Iterable[str]) -> str:
    """Return a chart as wide as its box, named by its title; its parts say the rest in titles."""
    return tag(
        "svg",
        "".join(parts),
        xmlns="http://www.w3.org/2000/svg",
        class_=class_,
        role="img",
        aria_label=title,
        viewBox=view_box,
    )


def _plain(value: str | float) -> str:
    if isinstance(value, str):
        return escape(value, quote=True)
    return f"{value:.2f}".rstrip("0").rstrip(".")
