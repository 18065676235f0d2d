"""The pictures of a task as its page shows them: whose they are, and whether they are covered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from labeling.pictures.selectors import pictures_in
from labeling.rating.covers import cover_words
from labeling.rating.desk import ShownResponse, TaskView

#: Responses that stand side by side.
_COMPARED = 2


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """One picture of a prompt or a response; `cover` says what it shows where it is covered.

    `image` counts the pictures of its `message`, both from 0. `regions` are drawn on it, as SVG.
    """

    label: str
    url: str
    preview: str
    thumbnail: str
    width: int
    height: int
    cover: str
    key: str
    message: int
    image: int
    regions: str = ""


def shown_pictures(
    turns: Iterable[Mapping[str, Any]], name: str, cover: str, key: str = ""
) -> list[ShownPicture]:
    """The pictures of some turns; `name` is what their text is called."""
    pictures = [
        (picture, message, image)
        for message, turn in enumerate(turns)
        for image, picture in enumerate(turn.get("images", ()))
    ]
    several = len(pictures) > 1
    return [
        ShownPicture(
            label=_("Picture %(number)d of %(name)s") % {"number": place, "name": name}
            if several
            else _("Picture of %(name)s") % {"name": name},
            url=picture["url"],
            preview=picture["preview"],
            thumbnail=picture["thumbnail"],
            width=picture["width"],
            height=picture["height"],
            cover=cover,
            key=key if place == 1 else "",
            message=message,
            image=image,
        )
        for place, (picture, message, image) in enumerate(pictures, start=1)
    ]


def side_key(view: TaskView, response: ShownResponse) -> str:
    """What uncovers a response; two that are compared have a key each."""
    keys = {"A": "[", "B": "]"} if len(view.responses) <= _COMPARED else {}
    return keys.get(response.slot, "")


def side_pictures(view: TaskView, response: ShownResponse) -> list[ShownPicture]:
    """The pictures of a response."""
    key = side_key(view, response)
    return shown_pictures(response.messages, response.name, cover_words(view.topics), key)


def picture_context(view: TaskView) -> dict[str, object]:
    """The prompt's pictures, and what the tools that act on all of a task need; nothing where it
    has none."""
    if not view.has_pictures:
        return {}
    cover = cover_words(view.topics)
    counts = [len(pictures_in(response.messages)) for response in view.responses]
    return {
        "has_pictures": True,
        "prompt_pictures": shown_pictures(view.messages, _("the prompt"), cover),
        "several_pictures": sum(counts) > 1,
        "two_pictures": counts == [1, 1],
        "cover": cover,
    }
