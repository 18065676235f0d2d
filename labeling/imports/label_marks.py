"""What labels mark, passages of texts and regions of pictures: on record, and stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from labeling.kinds.regions import MarkedRegion
from labeling.kinds.spans import MarkedSpan
from labeling.models import Judgment, Region, Span
from projects.models import Criterion, Principle, Project

#: Which place each response has, by id, of judgments by id.
_Places = Mapping[int, Mapping[int, int]]


class LabelMarks(NamedTuple):
    """What a label marks, of the canonical responses."""

    spans: tuple[MarkedSpan, ...] = ()
    regions: tuple[MarkedRegion, ...] = ()


NO_MARKS = LabelMarks()


def stored_marks(places_of: _Places, *, with_regions: bool) -> Mapping[int, LabelMarks]:
    """What is on record of judgments, `places_of` whose responses are given by id; regions where
    they are asked for."""
    spans: dict[int, list[MarkedSpan]] = defaultdict(list)
    for span in Span.objects.filter(judgment_id__in=places_of).select_related(*_ATTACHED):
        where = (_place(span, places_of), span.message, span.start, span.end)
        mark = MarkedSpan(*where, span.polarity, *span.attached, note=span.note)
        spans[span.judgment_id].append(mark)
    regions: dict[int, list[MarkedRegion]] = defaultdict(list)
    rows = Region.objects.filter(judgment_id__in=places_of).select_related(*_ATTACHED)
    for region in rows if with_regions else ():
        where_ = (_place(region, places_of), region.message, region.image)
        box = MarkedRegion(
            *where_, *region.box, region.polarity, *region.attached, note=region.note
        )
        regions[region.judgment_id].append(box)
    return {pk: LabelMarks(tuple(spans[pk]), tuple(regions[pk])) for pk in places_of}


_ATTACHED = ("criterion", "principle")


def _place(mark: Span | Region, places_of: _Places) -> int | None:
    return None if mark.response_id is None else places_of[mark.judgment_id][mark.response_id]


def write_marks(
    project: Project,
    marks: Iterable[tuple[Judgment, LabelMarks]],
    responses: Mapping[int, Sequence[int]],
    clauses: Mapping[int, Principle],
) -> None:
    """Stores what labels mark beside their judgments.

    `responses` are the ids of each task's in canonical order, `clauses` the principles by number.
    """
    marked = [(judgment, own) for judgment, own in marks if any(own)]
    if not marked:
        return
    criteria = dict(Criterion.objects.filter(project=project).values_list("key", "pk"))

    def about(judgment: Judgment, mark: MarkedSpan | MarkedRegion) -> dict[str, Any]:
        ids = responses[judgment.task_id]
        return {
            "judgment": judgment,
            "response_id": None if mark.response is None else ids[mark.response],
            "message": mark.message,
            "polarity": mark.polarity,
            "criterion_id": criteria[mark.name] if mark.about == "criterion" else None,
            "flag": mark.name if mark.about == "flag" else "",
            "principle": clauses[int(mark.name)] if mark.about == "principle" else None,
            "note": mark.note,
        }

    spans = [
        Span(start=span.start, end=span.end, **about(judgment, span))
        for judgment, own in marked
        for span in own.spans
    ]
    regions = [
        Region(image=r.image, x=r.x, y=r.y, w=r.w, h=r.h, **about(judgment, r))
        for judgment, own in marked
        for r in own.regions
    ]
    if spans:
        Span.objects.bulk_create(spans)
    if regions:
        Region.objects.bulk_create(regions)
