"""Regions of pictures that raters marked in a task: of each judgment, and put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labeling.kinds.regions import MarkedRegion, regions_json
from labeling.lead.tasks.marking import (
    MarkInWords,
    attached_words,
    by_attachment,
    is_counted,
    said_of,
)
from labeling.lead.tasks.masked import mask_candidates
from labeling.models import Region, Task

#: Regions of a task that its page draws and lists, and those that are put together for it.
_MOST_SHOWN, _MOST_COMPARED = 200, 2_000
#: Names of raters that stand with one region.
_MOST_NAMES = 12
#: Two that overlap so much and say the same count as one: their shared part over both.
_SAME = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionInWords(MarkInWords):
    """A rectangle of a picture that was marked, and by whom.

    `image` counts the pictures of the message; the sides are shares of the picture.
    """

    image: int
    x: float
    y: float
    w: float
    h: float
    raters: Sequence[str]

    @property
    def names(self) -> Sequence[str]:
        """Who marked it: the first of many."""
        return self.raters[:_MOST_NAMES]

    @property
    def n_others(self) -> int:
        """How many more did."""
        return max(0, self.n_raters - _MOST_NAMES)

    @property
    def tag(self) -> str:
        """What stands at its corner."""
        praise = "✓" if self.is_praise else ""
        return f"{self.number}{praise}{self.times}"

    @property
    def percent(self) -> dict[str, int]:
        """Its sides in whole percent of the picture."""
        return percent_of(self.x, self.y, self.w, self.h)


def percent_of(x: float, y: float, w: float, h: float) -> dict[str, int]:
    """The sides of a region in whole percent: how far from the left and the top, how large."""
    return {
        "left": round(100 * x),
        "top": round(100 * y),
        "width": max(1, round(100 * w)),
        "height": max(1, round(100 * h)),
    }


@dataclass(frozen=True, slots=True)
class TaskRegions:
    """The regions of a task in canonical order: of each judgment by its id, and of those that
    count together, nearly equal ones as one. `more` are marks that are not shown any more."""

    by_judgment: Mapping[int, list[dict[str, object]]] = field(default_factory=dict)
    regions: Sequence[RegionInWords] = ()
    more: int = 0

    @property
    def by_attachment(self) -> list[tuple[str, list[RegionInWords]]]:
        """The regions under what they are attached to."""
        return by_attachment(self.regions)

    def of(self, name: str, message: int, image: int) -> list[RegionInWords]:
        """Those of one picture of a text."""
        place = (name, message, image)
        return [region for region in self.regions if place == _picture(region)]


def _picture(region: RegionInWords) -> tuple[str, int, int]:
    return region.slot, region.message, region.image


@dataclass(slots=True)
class _Group:
    """Regions that say the same and nearly cover each other, by the first of them."""

    mark: MarkedRegion
    raters: dict[int, str]
    notes: list[str]


def task_regions(task: Task, *, first_number: int) -> TaskRegions:
    """What was ever marked in a task's pictures; the first number is that of the first shown."""
    rows = list(
        Region.objects.filter(judgment__task=task)
        .select_related("judgment__rater", "criterion", "principle")
        .order_by("judgment_id", "pk")
    )
    mask_candidates(task, [row.judgment for row in rows])
    places = {pk: place for place, pk in enumerate(task.response_ids)}
    marks = [
        (row, _mark(row, None if row.response_id is None else places[row.response_id]))
        for row in rows
    ]
    by_judgment: dict[int, list[MarkedRegion]] = {}
    for row, mark in marks:
        by_judgment.setdefault(row.judgment_id, []).append(mark)
    counted = [(row, mark) for row, mark in marks if is_counted(row.judgment)]
    groups, more = _together(counted[:_MOST_COMPARED])
    words = attached_words(rows)
    return TaskRegions(
        {pk: regions_json(regions) for pk, regions in by_judgment.items()},
        [
            _in_words(number, group, words)
            for number, group in enumerate(
                sorted(groups, key=lambda group: group.mark.order), start=first_number
            )
        ],
        more=more + max(0, len(counted) - _MOST_COMPARED),
    )


def _mark(row: Region, place: int | None) -> MarkedRegion:
    where = (place, row.message, row.image)
    return MarkedRegion(*where, *row.box, row.polarity, *row.attached, note=row.note)


def _together(marks: Iterable[tuple[Region, MarkedRegion]]) -> tuple[list[_Group], int]:
    """Regions that say the same of nearly the same place as one, and how many are of none."""
    groups: dict[tuple[object, ...], list[_Group]] = {}
    n_groups = more = 0
    for row, mark in marks:
        place = (mark.response, mark.message, mark.image)
        own = groups.setdefault((*place, mark.polarity, mark.about, mark.name), [])
        group = next((other for other in own if _is_same(other.mark, mark)), None)
        if group is None and n_groups == _MOST_SHOWN:
            more += 1
            continue
        if group is None:
            group = _Group(mark, {}, [])
            own.append(group)
            n_groups += 1
        group.raters.setdefault(row.judgment.rater_id, row.judgment.rater.display_name)
        group.notes += [mark.note] * bool(mark.note)
    return [group for own in groups.values() for group in own], more


def _is_same(first: MarkedRegion, second: MarkedRegion) -> bool:
    """Whether the part that both have is at least half of what they cover together."""
    across = min(first.x + first.w, second.x + second.w) - max(first.x, second.x)
    down = min(first.y + first.h, second.y + second.h) - max(first.y, second.y)
    if across <= 0 or down <= 0:
        return False
    shared = across * down
    return shared >= _SAME * (first.w * first.h + second.w * second.h - shared)


def _in_words(number: int, group: _Group, attached: Mapping[tuple[str, str], str]) -> RegionInWords:
    mark = group.mark
    return RegionInWords(
        number=number,
        image=mark.image,
        x=mark.x,
        y=mark.y,
        w=mark.w,
        h=mark.h,
        raters=list(group.raters.values()),
        n_raters=len(group.raters),
        **said_of(mark, attached, group.notes),
    )


def late_percent(region: Mapping[str, Any]) -> dict[str, int]:
    """Where a region of an answer that came late is, in whole percent."""
    return percent_of(region["x"], region["y"], region["w"], region["h"])
