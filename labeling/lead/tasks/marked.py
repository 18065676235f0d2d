"""The texts and pictures of a task with what raters marked in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from labeling.kinds.base import slot
from labeling.kinds.marks import PROMPT_SLOT
from labeling.lead.tasks.marking import PassageInWords, TaskSpans
from labeling.lead.tasks.regions import RegionInWords, TaskRegions
from labeling.models import Prompt, Response
from labeling.pictures.selectors import with_addresses
from labeling.rating.covers import cover_words
from labeling.rating.pictures import ShownPicture, shown_pictures
from labeling.rating.raw import Paint, raw_messages, raw_response
from labeling.rendering import PaintedPart, painted

#: A longer text is not sent a second time: what is marked in it is in the list alone.
_MOST_CHARS = 200_000


@dataclass(frozen=True, slots=True)
class MarkedResponse:
    """A response with its letter in canonical order, and its text as written with the marks, as
    safe HTML: "" where nothing is marked in it or it is too long for that."""

    response: Response
    slot: str
    raw: str
    pictures: Sequence[ShownPicture]


@dataclass(frozen=True, slots=True)
class TaskTexts:
    """Safe HTML of the texts; `data` is what the script needs that marks the formatted ones."""

    prompt: str
    responses: list[MarkedResponse]
    pictures: Sequence[ShownPicture]
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def shows_pictures(self) -> bool:
        """Whether a text has any."""
        return bool(self.pictures) or any(response.pictures for response in self.responses)


def marked_task_texts(
    prompt: Prompt,
    responses: Sequence[Response],
    spans: TaskSpans,
    regions: TaskRegions,
    slug: str,
) -> TaskTexts:
    """The texts and pictures with the marks that are shown, responses in the order handed over.

    `slug` is the project's; pictures that may upset are covered here too.
    """
    cover = cover_words(prompt.sensitivity)
    marked = spans.of(PROMPT_SLOT)
    own = [(response, slot(place)) for place, response in enumerate(responses)]
    return TaskTexts(
        prompt=raw_messages(prompt.messages, _paint(marked)) if marked else "",
        responses=[
            MarkedResponse(
                response,
                name,
                _raw(response, spans.of(name)),
                _drawn(
                    shown_pictures(
                        with_addresses(slug, response.messages),
                        _("response %(name)s") % {"name": name},
                        cover,
                    ),
                    regions,
                    name,
                ),
            )
            for response, name in own
        ],
        pictures=_drawn(
            shown_pictures(with_addresses(slug, prompt.messages), _("the prompt"), cover),
            regions,
            PROMPT_SLOT,
        ),
        data=_data(spans),
    )


def _raw(response: Response, passages: Sequence[PassageInWords]) -> str:
    if not passages:
        return ""
    return raw_response(response.content, response.messages, _paint(passages))


def _data(spans: TaskSpans) -> dict[str, Any]:
    """Texts by slot where something is marked in them, and the passages."""
    slots = {passage.slot for passage in spans.passages}
    return {
        "texts": {
            name: list(messages)
            for name, messages in spans.texts.items()
            if name in slots and sum(map(len, messages)) <= _MOST_CHARS
        },
        "passages": [
            {
                **{"slot": passage.slot, "message": passage.message},
                **{"start": passage.start, "end": passage.end, "isPraise": passage.is_praise},
                **{"number": passage.number, "tag": passage.tag, "label": passage.label},
            }
            for passage in spans.passages
        ],
    }


def _paint(passages: Sequence[PassageInWords]) -> Paint:
    """What marks these passages in the messages of their text."""
    by_number = {passage.number: passage for passage in passages}

    def around(numbers: tuple[int, ...], ending: tuple[int, ...]) -> tuple[str, str]:
        praises = {by_number[number].is_praise for number in numbers}
        names = ["span", *(["good"] * (praises == {True})), *(["both"] * (len(praises) > 1))]
        names += ["several"] * (len(numbers) > 1)
        ends = "".join(_end(by_number[number]) for number in ending)
        return f'<mark class="{" ".join(names)}">', f"</mark>{ends}"

    def paint(text: str, message: int | None) -> str:
        own = [p for p in passages if p.message == (message or 0)]
        return painted(text, [PaintedPart(p.start, p.end, p.number) for p in own], around)

    return paint


def _end(passage: PassageInWords) -> str:
    """The number behind a passage, which leads to it in the list."""
    return format_html(
        '<a class="mark-n{}" id="mark-{}" href="#passage-{}" title="{}">{}</a>',
        " good" if passage.is_praise else "",
        passage.number,
        passage.number,
        passage.label,
        passage.tag,
    )


def _drawn(
    pictures: Sequence[ShownPicture], regions: TaskRegions, name: str
) -> Sequence[ShownPicture]:
    """Pictures with the regions that were marked on them."""
    if not regions.regions:
        return pictures
    return [
        replace(
            picture,
            regions=_svg(
                picture.width, picture.height, regions.of(name, picture.message, picture.image)
            ),
        )
        for picture in pictures
    ]


#: How large the letters of a tag are: a picture has so many of them across and down.
_ACROSS, _DOWN = 32, 22
#: How wide a letter is and how high its box, in sizes of the letters.
_WIDE, _HIGH = 0.62, 1.5


def _svg(width: int, height: int, regions: Sequence[RegionInWords]) -> str:
    """Regions over the whole of a picture, then their tags, which lead to them in the list."""
    if not regions:
        return ""
    size = max(width / _ACROSS, height / _DOWN)
    shapes = [_outline(region, width, height) for region in regions]
    taken: list[tuple[float, float, float]] = []
    for region in regions:
        room = (len(region.tag) * _WIDE + 0.7) * size
        left = max(0.0, min(region.x * width, width - room))
        top = region.y * height
        # Beside those before it, where they would lie over each other.
        for x, y, wide in taken:
            if abs(y - top) < _HIGH * size and left < x + wide and x < left + room:
                left = x + wide + 0.1 * size
        taken.append((left, top, room))
        shapes.append(_tag(region, left, top, room, size))
    return format_html(
        '<svg class="regions" viewBox="0 0 {} {}">{}</svg>', width, height, _joined(shapes)
    )


def _joined(parts: Sequence[str]) -> str:
    return format_html_join("", "{}", ((part,) for part in parts))


def _name(region: RegionInWords) -> str:
    return "praise" if region.is_praise else "fault"


def _outline(region: RegionInWords, width: int, height: int) -> str:
    box = _rectangle(region.x * width, region.y * height, region.w * width, region.h * height)
    return format_html(
        '<g class="region {}" id="mark-{}"><title>{}</title>'
        '<rect class="halo" {}/><rect class="line" {}/></g>',
        *(_name(region), region.number, region.label, box, box),
    )


def _tag(region: RegionInWords, left: float, top: float, room: float, size: float) -> str:
    return format_html(
        '<a class="tag {}" href="#region-{}"><rect class="plate" {}/>'
        '<text x="{}" y="{}" font-size="{}">{}</text></a>',
        *(_name(region), region.number, _rectangle(left, top, room, _HIGH * size)),
        *(f"{left + 0.35 * size:.2f}", f"{top + 1.1 * size:.2f}", f"{size:.2f}", region.tag),
    )


def _rectangle(x: float, y: float, width: float, height: float) -> str:
    """The attributes of a rectangle."""
    return format_html(
        'x="{}" y="{}" width="{}" height="{}"',
        *(f"{side:.2f}" for side in (x, y, width, height)),
    )
