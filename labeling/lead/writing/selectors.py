"""Figures about what raters wrote and what second persons said of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from labeling import stats
from labeling.figures.acceptance import acceptance_of
from labeling.lead.writing.improved import MOST_ROWS, improvement_figures, winner_edits
from labeling.models import Import, Judgment, Writing
from labeling.models.writings import paste_ratio
from labeling.vocabulary import MUCH_PASTED, TaskKind
from projects.models import Membership, Project


@dataclass(frozen=True, slots=True)
class WritingFigures:
    """What a project's texts and their reviews come to.

    `drafts` and `reviews` are how many there are; `declared` and `detected` are texts, improved
    winners among them, whose author declared a tool and those with much pasted, `both` those with
    both. `improved`, `no_ops` and `winner_edit_size` are about comparisons whose winner may be
    improved.
    """

    demonstrations: int
    drafts: int
    reviews: int
    first_pass: stats.Figure
    accepted: stats.Figure
    score: stats.Figure
    distance: stats.Figure
    minutes: stats.Figure
    edit_size: stats.Figure
    improved: stats.Figure
    no_ops: stats.Figure
    winner_edit_size: stats.Figure
    much_pasted: stats.Figure
    declares: stats.Figure
    declared: int
    detected: int
    both: int


def texts_imported(member: Membership) -> Exists | None:
    """Whether an import of the project brought texts to write; of few projects it matters.

    Imports are few, and tasks may be millions.
    """
    if member.project.edit_winner:
        return None
    imports = Import.objects.filter(project=OuterRef("pk"))
    return Exists(imports.filter(options__kinds__has_key=TaskKind.WRITE.value))


def has_writing(project: Project, texts_are_imported: bool | None) -> bool:
    """Whether raters of the project write texts or may improve winners."""
    return project.edit_winner or bool(texts_are_imported)


def writing_figures(project: Project) -> WritingFigures:
    """All of them, of texts and judgments that count."""
    reviews = Judgment.objects.filter(project=project, task__reviews__isnull=False).counting()
    acceptance = acceptance_of(reviews)
    texts = list(_texts(project))
    edits = winner_edits(project)
    return WritingFigures(
        demonstrations=acceptance.demonstrations,
        drafts=len(texts),
        reviews=acceptance.reviews,
        first_pass=acceptance.first_pass,
        accepted=acceptance.accepted,
        score=acceptance.score,
        distance=acceptance.distance,
        minutes=stats.median_of(
            [row[0] / 60_000 for row in texts if row[0]],
            _("minutes of active time at a draft"),
            nothing=_("Nobody measured the time at a draft."),
        ),
        edit_size=stats.median_of(
            _edits(project),
            _("words that authors changed in a draft, of the longer text"),
            nothing=_("No draft has been improved yet."),
        ),
        **improvement_figures(project, edits),
        **_authenticity([row[1:4] for row in texts] + [e[2:] for e in edits if e.distance]),
    )


def _texts(project: Project) -> Iterable[tuple[Any, ...]]:
    """Active time, typed, pasted and whether a tool is declared, of each draft that counts.

    A time that was cut is no measurement: 0.
    """
    counting = Judgment.objects.filter(project=project, task__kind=TaskKind.WRITE).counting()
    drafts = Writing.objects.filter(judgment__in=counting).order_by("-pk")
    rows = drafts.values_list(
        "judgment__active_ms", "typed", "pasted", "declared_assist", "judgment__times_cut"
    )
    for active, typed, pasted, declares, cut in rows[:MOST_ROWS]:
        yield 0 if cut else active, typed, pasted, declares


def _edits(project: Project) -> list[float]:
    """How far each text that was made from a draft is from it."""
    counting = Judgment.objects.filter(project=project, task__kind=TaskKind.WRITE).counting()
    rows = Writing.objects.filter(judgment__in=counting, distance__isnull=False).order_by("-pk")
    return [distance or 0.0 for distance in rows.values_list("distance", flat=True)[:MOST_ROWS]]


def _authenticity(rows: Sequence[tuple[int | None, int | None, bool]]) -> dict[str, Any]:
    ratios = [paste_ratio(typed, pasted) for typed, pasted, _declares in rows]
    detected = [ratio is not None and ratio > MUCH_PASTED for ratio in ratios]
    declared = [declares for _typed, _pasted, declares in rows]
    return {
        "much_pasted": stats.share(
            sum(detected),
            sum(ratio is not None for ratio in ratios),
            _("texts of which more than %(share)s was pasted") % {"share": f"{MUCH_PASTED:.0%}"},
            nothing=_("Nobody counted what was typed and pasted."),
        ),
        "declares": stats.share(
            sum(declared),
            len(declared),
            _("texts whose author says to have used a tool"),
            nothing=_("Nothing has been written yet."),
        ),
        "declared": sum(declared),
        "detected": sum(detected),
        "both": sum(a and b for a, b in zip(declared, detected, strict=True)),
    }
