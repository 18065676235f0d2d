"""A rater's own figures: of work before today, so that none says which task was a check."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast, Left
from django.utils.translation import gettext as _

from labeling import stats
from labeling.models import Answer, Judgment, Response
from labeling.rating.selectors import own_judgments
from labeling.teaching.checks.figures import checks_of_rater
from projects.models import Project, User

#: Below so many observations a figure is words.
LEAST_SHOWN = 10
#: Gold tasks come into the figures so many at a time.
GOLD_STEP = 5
#: A rater's newest tasks that agreement is read from, and judgments that time is.
MOST_TASKS, MOST_TIMED = 2_000, 100
#: Characters of a text whose words are counted: of a longer one the floor is too low.
_COUNTED_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class OwnPace:
    """The rater's median active time beside the reading floor of the same texts, in seconds.

    `floor` is the median over the texts of the time below which nobody can have read them, at 1,000
    words a minute; `below` the share of judgments that were faster. It is a flag and stops nobody.
    """

    median: stats.Figure
    floor: float | None
    below: stats.Figure
    is_fast: bool


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """What a rater may know of their own work, each with its interval or why there is none.

    `adjusted` is the agreement with others less what these reach among themselves on the same
    tasks, `z` the same in standard errors. `threshold` is the least strength of preference from
    which on four in five agree with most others.
    """

    before: datetime
    gold: stats.Figure
    accuracy: stats.Figure
    above: float | None
    consistency: stats.Figure
    agreement: stats.Figure
    adjusted: stats.Figure
    z: float | None
    threshold: float | None
    pace: OwnPace


def own_figures(*, rater: User, project: Project, now: datetime) -> OwnFigures:
    """From everything before today, a day of the rater's own time zone."""
    before = now.astimezone(rater.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    checks = checks_of_rater(project, rater.pk, before=before, step=GOLD_STEP)
    agreement, adjusted, z, threshold = _agreement(rater, project, before)
    has_gold = checks.gold.n >= LEAST_SHOWN
    return OwnFigures(
        before=before,
        gold=_enough(checks.gold),
        accuracy=_enough(checks.accuracy) if has_gold else _enough(checks.gold),
        above=checks.above if has_gold else None,
        consistency=_enough(checks.consistency),
        agreement=agreement,
        adjusted=adjusted,
        z=z,
        threshold=threshold,
        pace=pace_of(rater, project, before),
    )


def _enough(figure: stats.Figure) -> stats.Figure:
    """The figure, or words in its place where it rests on too little."""
    if figure.n >= LEAST_SHOWN or figure.value is None:
        return figure
    reason = _("Too little data yet: at least %(few)d are needed.") % {"few": LEAST_SHOWN}
    return replace(figure, value=None, low=None, high=None, reason=reason)


def _agreement(
    rater: User, project: Project, before: datetime
) -> tuple[stats.Figure, stats.Figure, float | None, float | None]:
    rows = _shared_answers(rater, project, before)
    if not any(row[1] == rater.pk for row in rows):
        nothing = stats.share(
            0,
            0,
            _("others' answers that agree with the rater's"),
            nothing=_("Nobody else has judged the same tasks yet."),
        )
        return nothing, nothing, None, None
    tasks, raters, values = zip(*rows, strict=True)
    sides = [(value > 0) - (value < 0) for value in values]
    ratings = stats.Ratings(tasks, raters, sides)
    habit = stats.peer_agreement(ratings, categories=(-1, 0, 1), min_n=LEAST_SHOWN).of(rater.pk)
    gap = habit.difference or replace(habit.figure, value=None, low=None, high=None)
    adjusted = _enough(gap)
    z = habit.z if adjusted.value is not None else None
    return _enough(habit.figure), adjusted, z, _threshold(rater.pk, rows)


def _shared_answers(rater: User, project: Project, before: datetime) -> list[tuple[int, int, int]]:
    """Task, rater and value of the comparisons that the rater judged, everybody's."""
    own = Answer.objects.filter(
        judgment__project=project, judgment__rater=rater, judgment__created_at__lt=before
    )
    counted = own.counting().live().primary().with_value().order_by("-judgment")
    tasks = list(counted.values_list("judgment__task", flat=True)[:MOST_TASKS])
    rows = Answer.objects.filter(judgment__task__in=tasks, judgment__created_at__lt=before)
    said = rows.counting().live().primary().with_value().order_by()
    columns = said.values_list("judgment__task", "judgment__rater", "value")
    return [(task, person, value or 0) for task, person, value in columns]


def _threshold(rater: int, rows: list[tuple[int, int, int]]) -> float | None:
    others: dict[int, int] = defaultdict(int)
    own: dict[int, int] = {}
    for task, person, value in rows:
        if person == rater:
            own[task] = value
        else:
            others[task] += (value > 0) - (value < 0)
    sided = [(abs(value), value * others[task] > 0) for task, value in own.items()]
    decided = [pair for pair, task in zip(sided, own, strict=True) if pair[0] and others[task]]
    if not decided:
        return None
    strengths, agreed = zip(*decided, strict=True)
    names = [rater] * len(decided)
    return stats.confidence_thresholds(names, strengths, agreed, min_n=LEAST_SHOWN)[0].threshold


def pace_of(rater: User, project: Project, before: datetime) -> OwnPace:
    """How fast the rater was, by the newest of the judgments before a moment."""
    timed = own_judgments(rater=rater, project=project).filter(
        created_at__lt=before, active_ms__gt=0, times_cut=False
    )
    rows = list(timed.values_list("pk", "task", "active_ms")[:MOST_TIMED])
    if not rows:
        nothing = stats.share(0, 0, _("timed judgments"), nothing=_("No time was measured yet."))
        return OwnPace(nothing, None, nothing, is_fast=False)
    words = _words_of([task for _pk, task, _ms in rows])
    counts = [words.get(task, 0) for _pk, task, _ms in rows]
    pace = stats.pace(
        [rater.pk] * len(rows),
        [task for _pk, task, _ms in rows],
        [ms / 1000 for _pk, _task, ms in rows],
        counts,
        min_n=LEAST_SHOWN,
    )[0]
    floors = sorted(stats.reading_floor(counts).tolist())
    middle = (floors[(len(floors) - 1) // 2] + floors[len(floors) // 2]) / 2
    return OwnPace(
        median=_enough(pace.median),
        floor=middle,
        below=_enough(pace.below_floor),
        is_fast=pace.status == "stands out",
    )


def _words_of(tasks: list[int]) -> dict[int, int]:
    """About how many words there were to read, rather too few: keys of the prompt's JSON go off."""
    prompt = Left(Cast("task__prompt__messages", TextField()), _COUNTED_CHARS)
    rows = Judgment.objects.filter(task__in=tasks).order_by()
    texts = rows.values_list("task", "task__response_ids", prompt).distinct()
    asked: dict[int, tuple[list[int], str]] = {task: (ids, text) for task, ids, text in texts}
    ids = {pk for own, _text in asked.values() for pk in own}
    contents = dict(
        Response.objects.filter(pk__in=ids).values_list("pk", Left("content", _COUNTED_CHARS))
    )
    lengths = {pk: len(text.split()) for pk, text in contents.items()}
    return {
        task: max(0, len(text.split()) - 3 * text.count('"role"'))
        + sum(lengths.get(pk, 0) for pk in own)
        for task, (own, text) in asked.items()
    }


def figures_json(figures: OwnFigures) -> dict[str, Any]:
    """As the API has them."""
    return {
        "before": figures.before,
        "gold": figures.gold.as_dict(),
        "gold_accuracy": figures.accuracy.as_dict(),
        "gold_above_075": figures.above,
        "self_consistency": figures.consistency.as_dict(),
        "agreement": figures.agreement.as_dict(),
        "adjusted_agreement": figures.adjusted.as_dict(),
        "adjusted_z": figures.z,
        "strength_for_80_percent": figures.threshold,
        "median_seconds": figures.pace.median.as_dict(),
        "reading_floor_seconds": figures.pace.floor,
        "below_reading_floor": figures.pace.below.as_dict(),
        "often_below_floor": figures.pace.is_fast,
    }
