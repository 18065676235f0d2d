"""Figures about what raters wrote and what second persons said of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from labeling import stats
from labeling.lead.writing.improved import MOST_ROWS, improvement_figures, winner_edits
from labeling.models import Answer, Judgment, Writing
from labeling.models.writings import paste_ratio
from labeling.vocabulary import MUCH_PASTED, ReviewDecision, TaskKind
from projects.models import Project
from projects.scales import DECISION, SCORE


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


@dataclass(slots=True)
class _Demonstration:
    """One answer of one rater: what its drafts were told, oldest first."""

    decisions: list[int]
    score: int | None = None
    distance: float | None = None


def writing_figures(project: Project) -> WritingFigures:
    """All of them, of texts and judgments that count."""
    reviews = list(_reviews(project))
    answers = _reviewed_answers(reviews, _said(project, [review[0] for review in reviews]))
    texts = list(_texts(project))
    first = [answer.decisions[0] for answer in answers]
    last = [answer.decisions[-1] for answer in answers]
    kept = [answer for answer in answers if answer.decisions[-1] != ReviewDecision.REJECT]
    edits = winner_edits(project)
    return WritingFigures(
        demonstrations=len(answers),
        drafts=len(texts),
        reviews=len(reviews),
        first_pass=stats.share(
            sum(decision == ReviewDecision.APPROVE for decision in first),
            len(first),
            _("answers whose first draft was approved as it was"),
            nothing=_("Nothing has been reviewed yet."),
        ),
        accepted=stats.share(
            len(kept),
            len(last),
            _("answers whose last reviewed draft was approved, with edits or without"),
            nothing=_("Nothing has been reviewed yet."),
        ),
        score=stats.mean_of(
            [answer.score for answer in answers if answer.score is not None],
            _("score of the last reviewed draft, from 1 to 7"),
            nothing=_("Nothing has been reviewed yet."),
            ends=(1, 7),
        ),
        distance=stats.mean_of(
            [answer.distance or 0.0 for answer in kept],
            _("words changed from the author's text to the approved one, of the longer of the two"),
            nothing=_("Nothing has been reviewed yet."),
            ends=(0, 1),
        ),
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


def _reviews(project: Project) -> Iterable[tuple[Any, ...]]:
    """Review, answer that it is about, and how far the reviewer's text is from it."""
    reviews = Judgment.objects.filter(project=project, task__reviews__isnull=False).counting()
    rows = reviews.order_by("-pk").values_list(
        "pk", "task__reviews__judgment__assignment_id", "writing__distance"
    )
    return reversed(rows[:MOST_ROWS])


def _said(project: Project, reviews: Sequence[int]) -> dict[int, dict[str, int]]:
    said: dict[int, dict[str, int]] = defaultdict(dict)
    if reviews:
        answers = Answer.objects.filter(
            judgment__project=project,
            criterion__scale_key__in=[DECISION, SCORE],
            judgment__pk__gte=reviews[0],
        ).counting()
        rows = answers.with_value().values_list("judgment_id", "criterion__scale_key", "value")
        for review, scale, value in rows.iterator(chunk_size=5_000):
            said[review][scale] = value or 0
    return said


def _reviewed_answers(
    reviews: Sequence[tuple[Any, ...]], said: dict[int, dict[str, int]]
) -> list[_Demonstration]:
    by_answer: dict[int, _Demonstration] = {}
    for review, answer, distance in reviews:
        if DECISION not in said[review]:
            continue
        row = by_answer.setdefault(answer, _Demonstration([]))
        row.decisions.append(said[review][DECISION])
        row.score, row.distance = said[review].get(SCORE), distance
    return list(by_answer.values())


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
