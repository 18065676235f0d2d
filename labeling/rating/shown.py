"""A text as it stands on the rating screen, and what is safe HTML there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from labeling.rating.panels import ResponsePanel
from labeling.rating.pictures import ShownPicture


@dataclass(frozen=True, slots=True)
class TypedPlace:
    """The field of a response's place in a ranking."""

    key: str
    short: str
    value: str


@dataclass(frozen=True, slots=True)
class Text:
    """One text as it is shown: formatted, and (unless huge) as it was written.

    Where it is ranked, with the fields of its `places`; `panel` is what is asked about it alone;
    `words` says how long it is, `head` is what stands over it; `key` uncovers it.
    """

    title: str
    html: SafeString
    raw: SafeString
    empty: bool
    slot: str = ""
    places: Sequence[TypedPlace] = ()
    panel: ResponsePanel | None = None
    words: str = ""
    pictures: Sequence[ShownPicture] = ()
    head: SafeString | str = ""
    key: str = ""


def safe_html(html: str) -> SafeString:
    """What the renderer made, or a template of the desk."""
    return mark_safe(html)  # noqa: S308 - made by labeling.rendering, or by a template
