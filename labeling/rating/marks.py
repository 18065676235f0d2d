"""Marks of a judgment, passages of texts and regions of pictures: checked beside what was shown,
and stored with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from labeling.kinds import PRIMARY_ALIAS, Kind, Submission, primary_of
from labeling.kinds.marks import AnyMark, MarkError
from labeling.kinds.regions import MarkedRegion, read_regions
from labeling.kinds.spans import MarkedSpan, read_spans
from labeling.models import Judgment, Region, Span, Task
from labeling.rating.answers import no_such_principle
from labeling.rating.marking import ShownAssignment, turns_shown
from projects.exceptions import InvalidInput
from projects.models import Criterion, Principle

_M = TypeVar("_M", MarkedSpan, MarkedRegion)


@dataclass(frozen=True, slots=True)
class CheckedMarks:
    """What a submission marks, as it was shown; nothing where it marks nothing."""

    spans: Sequence[MarkedSpan] = ()
    regions: Sequence[MarkedRegion] = ()


@dataclass(frozen=True, slots=True)
class MarkRows:
    """The same as rows without their judgment."""

    spans: Sequence[Span] = ()
    regions: Sequence[Region] = ()


def check_marks(
    held: ShownAssignment, kind: Kind, asked: Sequence[Criterion], submission: Submission
) -> MarkRows:
    """What a submission marks, as rows without their judgment.

    Raises InvalidInput in a sentence for the first that does not fit.
    """
    if not (submission.spans or submission.regions):
        return MarkRows()
    ids = Task.objects.values_list("response_ids", flat=True).get(pk=held.task_id)
    criteria = {criterion.key: criterion for criterion in asked}
    marks = _check(held, kind, asked, submission)
    principles = _principles(held.guideline_id, marks)

    def about(mark: MarkedSpan | MarkedRegion) -> dict[str, Any]:
        return {
            "response_id": None if mark.response is None else ids[held.shown_order[mark.response]],
            "message": mark.message,
            "polarity": mark.polarity,
            "criterion": criteria[mark.name] if mark.about == "criterion" else None,
            "flag": mark.name if mark.about == "flag" else "",
            "principle_id": principles[int(mark.name)] if mark.about == "principle" else None,
            "note": mark.note,
        }

    return MarkRows(
        [Span(start=span.start, end=span.end, **about(span)) for span in marks.spans],
        [Region(image=r.image, x=r.x, y=r.y, w=r.w, h=r.h, **about(r)) for r in marks.regions],
    )


def _check(
    held: ShownAssignment, kind: Kind, asked: Sequence[Criterion], submission: Submission
) -> CheckedMarks:
    names = {criterion.key: criterion.key for criterion in asked}
    primary = primary_of(asked, kind.family)
    if primary is not None:
        names.setdefault(PRIMARY_ALIAS, primary.key)
    turns = turns_shown(held)
    try:
        spans = read_spans(submission.spans, turns.texts, names)
    except MarkError as error:
        raise _refused("spans", str(error)) from None
    try:
        regions = read_regions(submission.regions, turns.pictures, names)
    except MarkError as error:
        raise _refused("regions", str(error)) from None
    return CheckedMarks(spans, regions)


def late_marks(
    held: ShownAssignment, kind: Kind, asked: Sequence[Criterion], submission: Submission
) -> dict[str, list[dict[str, object]]]:
    """The marks of an answer that is kept late, by its columns: of the canonical order, passages
    without their words, which are in the texts alone. Raises as `check_marks` does."""
    if not (submission.spans or submission.regions):
        return {"spans": [], "regions": []}
    marks = _check(held, kind, asked, submission)
    _principles(held.guideline_id, marks)
    order = held.shown_order
    spans = [_canonical(span, order).as_json("") for span in marks.spans]
    for span in spans:
        del span["quote"]
    return {
        "spans": spans,
        "regions": [_canonical(region, order).as_json() for region in marks.regions],
    }


def _canonical(mark: _M, shown_order: Sequence[int]) -> _M:
    """A mark as it was shown, of the canonical order."""
    return mark if mark.response is None else replace(mark, response=shown_order[mark.response])


def _refused(field: str, sentence: str) -> InvalidInput:
    words = {
        "spans": _("Some marked passages do not fit."),
        "regions": _("Some marked regions do not fit."),
    }
    return InvalidInput(words[field], fields={field: sentence})


def _principles(guideline_id: int | None, marks: CheckedMarks) -> dict[int, int]:
    """The ids of the principles that marks are attached to, by number."""
    fields: Mapping[str, Sequence[AnyMark]] = {"spans": marks.spans, "regions": marks.regions}
    cited = {
        int(mark.name): field
        for field, own in fields.items()
        for mark in own
        if mark.about == "principle"
    }
    if not cited:
        return {}
    rows = Principle.objects.filter(guideline=guideline_id, number__in=cited)
    ids = dict(rows.values_list("number", "pk"))
    missing = [number for number in sorted(cited) if number not in ids]
    if missing:
        raise _refused(cited[missing[0]], no_such_principle(guideline_id, missing[0]))
    return ids


def keep_marks(judgment: Judgment, rows: MarkRows) -> None:
    """Stores the marks that came with a judgment."""
    marks: list[Span | Region] = [*rows.spans, *rows.regions]
    for row in marks:
        row.judgment_id = judgment.pk
    if rows.spans:
        Span.objects.bulk_create(rows.spans)
    if rows.regions:
        Region.objects.bulk_create(rows.regions)
