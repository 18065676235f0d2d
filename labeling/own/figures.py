"""A rater's own figures: of work before today, so that none says which task was a check."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Q, TextField
from django.db.models.functions import Cast, Left
from django.utils.translation import gettext as _

from labeling import stats
from labeling.lead.raters.figures import Leaning, RaterHabits, StrengthShare, habits_on
from labeling.lead.raters.selectors import ComparedColumns, agreement_of, comparisons_of
from labeling.models import Answer, Judgment, Response
from labeling.own.drift import GoldDrift, gold_drift
from labeling.rating.selectors import own_judgments
from labeling.teaching.checks.figures import CheckFigures, checks_of, own_checks
from projects.models import Project, User

#: Below so many observations a figure is words.
LEAST_SHOWN = 10
#: Gold, repeats and comparisons each come into the figures so many at a time: a figure that moved
#: with every one of them would say which task was a check.
STEP = 5
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
class OwnHabit:
    """A habit of one's own. `beside` is 1 where the whole interval lies above what is expected, -1
    where it lies below, and 0 where nothing shows: what others do is not said."""

    figure: stats.Figure
    beside: int


@dataclass(frozen=True, slots=True)
class OwnHabits:
    """What a rater is given to, and how far the strength of a preference means something."""

    strengths: tuple[StrengthShare, ...]
    left: OwnHabit
    longer: OwnHabit
    ties: OwnHabit
    ends: OwnHabit


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """What a rater may know of their own work, each with its interval or why there is none.

    `adjusted` is the agreement with others less what these reach among themselves on the same
    tasks, `z` the same in standard errors. `threshold` is the least strength of preference from
    which on four in five agree with most others. `habits` is None where nothing was compared.
    """

    before: datetime
    checks: CheckFigures
    agreement: stats.Figure
    adjusted: stats.Figure
    z: float | None
    threshold: float | None
    habits: OwnHabits | None
    drift: GoldDrift
    pace: OwnPace


def own_figures(*, rater: User, project: Project, now: datetime) -> OwnFigures:
    """From everything before today, a day of the rater's own time zone."""
    before = now.astimezone(rater.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    columns = _compared(rater, project, before)
    habits = habits_on(project, columns).get(rater.pk)
    place = dict(columns.raters()).get(rater.pk, slice(0))
    agreement = agreement_of(columns, place)
    gold, again = own_checks(project, rater.pk, before=before, step=STEP)
    adjusted = _enough(habits.adjusted) if habits else agreement
    return OwnFigures(
        before=before,
        checks=_enough_checks(checks_of(rater.pk, gold, again)),
        agreement=_enough(agreement),
        adjusted=adjusted,
        z=habits.z if habits and adjusted.value is not None else None,
        threshold=habits.threshold if habits else None,
        habits=_own_habits(habits) if habits else None,
        drift=_enough_drift(gold_drift([mark.right for mark in gold])),
        pace=pace_of(rater, project, before),
    )


def _enough(figure: stats.Figure) -> stats.Figure:
    """The figure, or words in its place where it rests on too little."""
    if figure.n >= LEAST_SHOWN or figure.value is None:
        return figure
    reason = _("Too little data yet: at least %(few)d are needed.") % {"few": LEAST_SHOWN}
    return replace(figure, value=None, low=None, high=None, reason=reason)


def _enough_checks(checks: CheckFigures) -> CheckFigures:
    has_gold = checks.gold.n >= LEAST_SHOWN
    return CheckFigures(
        gold=_enough(checks.gold),
        accuracy=_enough(checks.accuracy if has_gold else checks.gold),
        above=checks.above if has_gold else None,
        consistency=_enough(checks.consistency),
        susceptibility=_enough(checks.susceptibility),
    )


def _enough_drift(drift: GoldDrift) -> GoldDrift:
    earlier, later = _enough(drift.earlier), _enough(drift.later)
    if later.value is None:
        return GoldDrift(earlier, later, None, None)
    return drift


def _own_habits(habits: RaterHabits) -> OwnHabits:
    return OwnHabits(
        strengths=tuple(
            replace(step, agreement=_enough(step.agreement)) for step in habits.strengths
        ),
        **{name: _own_habit(leaning) for name, leaning in habits.leanings().items()},
    )


def _own_habit(leaning: Leaning) -> OwnHabit:
    if not leaning.stands_out:
        return OwnHabit(_enough(leaning.figure), 0)
    is_above = (leaning.figure.value or 0) > (leaning.expected or 0)
    return OwnHabit(leaning.figure, 1 if is_above else -1)


def _compared(rater: User, project: Project, before: datetime) -> ComparedColumns:
    """Everybody's answers on the comparisons that the rater judged before a moment."""
    own = Answer.objects.filter(
        judgment__project=project, judgment__rater=rater, judgment__created_at__lt=before
    )
    counted = own.countable().live().primary().with_value()
    left_out = counted.count() % STEP
    tasks = counted.order_by("-judgment").values_list("judgment__task", flat=True)
    known = list(tasks[left_out : left_out + MOST_TASKS])
    if not known:
        return ComparedColumns(np.zeros((6, 0), dtype=np.int64))
    asked = Q(judgment__task__in=known, judgment__created_at__lt=before)
    columns = comparisons_of(project, asked, counted=Answer.objects.counting_for(rater.pk))
    return _apart_from_others(columns, rater.pk)


def _apart_from_others(columns: ComparedColumns, rater: int) -> ComparedColumns:
    """The same with others by their places in each task: who of hundreds said it is not asked."""
    order = np.lexsort((columns.rater, columns.task))
    task = columns.task[order]
    first = np.searchsorted(task, task)
    place = np.empty_like(order)
    place[order] = np.arange(len(order)) - first
    named = np.where(columns.rater == rater, rater, -1 - place)
    rest = (columns.value, columns.shown, columns.active_ms, columns.imported)
    return ComparedColumns(np.array([columns.task, named, *rest], dtype=np.int64))


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
        **figures.checks.as_dict(),
        "agreement": figures.agreement.as_dict(),
        "adjusted_agreement": figures.adjusted.as_dict(),
        "adjusted_z": figures.z,
        "strength_for_80_percent": figures.threshold,
        "habits": _habits_json(figures.habits) if figures.habits else None,
        "gold_drift": figures.drift.as_dict(),
        "median_seconds": figures.pace.median.as_dict(),
        "reading_floor_seconds": figures.pace.floor,
        "below_reading_floor": figures.pace.below.as_dict(),
        "often_below_floor": figures.pace.is_fast,
    }


def _habits_json(habits: OwnHabits) -> dict[str, Any]:
    named = {name: getattr(habits, name) for name in ("left", "longer", "ties", "ends")}
    return {
        "strengths": [
            {"strength": step.strength, "agreement": step.agreement.as_dict()}
            for step in habits.strengths
        ],
        **{
            name: {"figure": habit.figure.as_dict(), "beside": habit.beside}
            for name, habit in named.items()
        },
    }
