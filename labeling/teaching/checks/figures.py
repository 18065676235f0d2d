"""Figures of checks: gold, self-consistency, susceptibility, anchors; each with n and interval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from labeling import stats
from labeling.figures.gold import GoldMark, gold_marks, is_pleasant
from labeling.figures.repeats import repeated_answers, repeated_responses
from labeling.models import GoldAnswer, Judgment
from labeling.vocabulary import Purpose
from projects.models import Criterion, Project
from projects.scales import PREFERENCES, RANKING

#: A rater, or a project, is said to prefer what pleases above this share, if the interval lies
#: above the other.
SUSCEPTIBLE, SURELY = 0.20, 0.10


@dataclass(frozen=True, slots=True)
class CheckFigures:
    """What checks say of one rater, or of all together.

    `gold` is the share of gold tasks answered rightly, with Wilson's interval; `accuracy` the
    posterior of the accuracy and `above` the probability that it exceeds 0.75, None without gold.
    `consistency` is the share of tasks that were answered alike when they came again;
    `susceptibility` the share of pleasant and wrong answers that were preferred.
    """

    gold: stats.Figure
    accuracy: stats.Figure
    above: float | None
    consistency: stats.Figure
    susceptibility: stats.Figure

    @property
    def is_susceptible(self) -> bool:
        """Whether it is time to talk it over."""
        return is_susceptible(self.susceptibility)

    def as_dict(self) -> dict[str, Any]:
        """As the API has it, and as it is kept."""
        return {
            "gold": self.gold.as_dict(),
            "gold_accuracy": self.accuracy.as_dict(),
            "gold_above_075": self.above,
            "self_consistency": self.consistency.as_dict(),
            "susceptibility": self.susceptibility.as_dict(),
        }


def check_figures_of(data: Mapping[str, Any]) -> CheckFigures:
    """What `as_dict` kept."""
    names = ("gold", "gold_accuracy", "self_consistency", "susceptibility")
    gold, accuracy, consistency, susceptibility = (stats.Figure(**data[name]) for name in names)
    return CheckFigures(gold, accuracy, data["gold_above_075"], consistency, susceptibility)


def is_susceptible(figure: stats.Figure) -> bool:
    """Above 20 %, with an interval that lies above 10 %."""
    return (figure.value or 0) > SUSCEPTIBLE and (figure.low or 0) > SURELY


def checks_mark(project: Project) -> str:
    """A mark of what is right in a project, empty where nothing was said: a part of what figures
    rest on."""
    newest = GoldAnswer.objects.filter(task__project=project).aggregate(newest=Max("pk"))["newest"]
    return f"/{newest}" if newest else ""


class RaterChecks:
    """The figures of every rater of a project, and of all together, read once.

    `with_excluded`: as if nobody were excluded.
    """

    def __init__(self, project: Project, *, with_excluded: bool = False) -> None:
        self._project = project
        rows = Judgment.objects.counting(with_excluded=with_excluded)
        self._again = _repeats(project, with_excluded=with_excluded)
        self._marks = gold_marks(project, Purpose.GOLD, judgments=rows)
        self._anchors = gold_marks(project, Purpose.ANCHOR, judgments=rows)
        self._gold: dict[int, list[GoldMark]] = {}
        for mark in self._marks:
            self._gold.setdefault(mark.rater, []).append(mark)

    @property
    def raters(self) -> list[int]:
        """The ids of those who answered a check, in ascending order."""
        return sorted({*self._again, *self._gold, *(mark.rater for mark in self._anchors)})

    def of(self, rater: int) -> CheckFigures:
        """What checks say of one rater."""
        return checks_of(rater, self._gold.get(rater, []), self._again.get(rater, []))

    def together(self) -> dict[str, Any]:
        """The figures of all raters together, of anchors by halves, and by which answers they were
        read."""
        susceptibility = _susceptibility(self._marks)
        newest = GoldAnswer.objects.filter(task__project=self._project).order_by("-pk").first()
        return {
            "answers_until": newest.pk if newest else None,
            "gold": stats.share(
                sum(mark.right for mark in self._marks),
                len(self._marks),
                _("gold tasks answered right"),
                nothing=_("No gold task was answered yet."),
            ).as_dict(),
            "self_consistency": _consistency(list(chain(*self._again.values()))).as_dict(),
            "susceptibility": susceptibility.as_dict(),
            "susceptible": is_susceptible(susceptibility),
            "anchors": anchor_batches(*_batches(self._anchors, None)),
        }


def checks_of(rater: int, gold: Sequence[GoldMark], again: Sequence[bool]) -> CheckFigures:
    """What checks say of one rater, by their gold tasks and what came again."""
    right = [mark.right for mark in gold]
    accuracy = stats.gold_accuracy([rater] * len(right), right, raters=[rater]).of(rater)
    return CheckFigures(
        gold=accuracy.observed,
        accuracy=accuracy.posterior,
        above=accuracy.above if right else None,
        consistency=_consistency(again),
        susceptibility=_susceptibility(gold),
    )


def own_checks(
    project: Project, rater: int, *, before: datetime, step: int
) -> tuple[list[GoldMark], list[bool]]:
    """The gold tasks of one rater before a moment, and whether each task that came again got the
    same answer; both in whole steps of so many."""
    only = Q(judgment__rater=rater, judgment__created_at__lt=before)
    judgments = Judgment.objects.countable().filter(rater=rater, created_at__lt=before)
    gold = gold_marks(project, Purpose.GOLD, judgments=judgments)
    again = _repeats(project, only, with_excluded=True).get(rater, [])
    return gold[: len(gold) // step * step], again[: len(again) // step * step]


def anchors_since(project: Project, since: datetime) -> dict[str, Any]:
    """The anchors of a project that were answered before a moment against those since then."""
    return anchor_batches(*_batches(gold_marks(project, Purpose.ANCHOR), since))


def any_check(together: Mapping[str, Any] | None) -> bool:
    """Whether anybody has answered a check, by the figures of all together."""
    if together is None:
        return False
    figures = (together["gold"], together["self_consistency"], together["anchors"]["earlier"])
    return any(figure["n"] for figure in figures)


def _batches(marks: Sequence[GoldMark], since: datetime | None) -> tuple[list[bool], list[bool]]:
    """What was answered rightly on anchors, before and since then; without a moment by halves."""
    right = [mark.right for mark in marks]
    if since is None:
        half = (len(right) + 1) // 2
        return right[:half], right[half:]
    judgments = Judgment.objects.filter(pk__in=[mark.judgment for mark in marks])
    later = set(judgments.filter(created_at__gte=since).values_list("pk", flat=True))
    return (
        [mark.right for mark in marks if mark.judgment not in later],
        [mark.right for mark in marks if mark.judgment in later],
    )


def anchor_batches(*batches: Sequence[bool]) -> dict[str, Any]:
    """An earlier batch of what was answered on anchors against a later, and whether it moved."""
    shares = [
        stats.share(
            sum(batch),
            len(batch),
            _("anchors answered as when they were chosen"),
            nothing=_("No anchor was answered in this batch yet."),
        )
        for batch in batches
    ]
    data: dict[str, Any] = {
        "earlier": shares[0].as_dict(),
        "later": shares[1].as_dict(),
        "change": None,
        "z": None,
        "p": None,
    }
    if all(batches):
        hits, n = (sum(batches[0]), sum(batches[1])), (len(batches[0]), len(batches[1]))
        drift = stats.anchor_drift(hits, n)
        data |= {"change": drift.change.as_dict(), "z": drift.z, "p": drift.p}
    return data


def _susceptibility(gold: Iterable[GoldMark]) -> stats.Figure:
    pleasant = [mark for mark in gold if is_pleasant(mark)]
    return stats.share(
        sum(mark.is_opposite for mark in pleasant),
        len(pleasant),
        _("gold tasks on which the pleasant and wrong answer was preferred"),
        nothing=_("No gold task of a pleasant and wrong answer was answered yet."),
    )


def _consistency(same: Sequence[bool]) -> stats.Figure:
    return stats.share(
        sum(same),
        len(same),
        _("tasks that came again and got the identical canonical answer"),
        nothing=_("No task came again yet."),
    )


def _repeats(
    project: Project, only: Q | None = None, *, with_excluded: bool = False
) -> dict[int, list[bool]]:
    """By rater, of each task that came again, whether its primary answer was the same."""
    again: dict[int, list[bool]] = {}
    compared = None
    for criterion in project.criteria.filter(is_primary=True):
        if criterion.scale.family == PREFERENCES:
            compared = compared or repeated_answers(project, only, with_excluded=with_excluded)
            own = compared.of(criterion.pk)
            rows = list(zip(own.rater.tolist(), (own.first == own.again).tolist(), strict=True))
        else:
            rows = _by_task(criterion, only, with_excluded=with_excluded)
        for rater, same in rows:
            again.setdefault(rater, []).append(same)
    return again


def _by_task(
    criterion: Criterion, only: Q | None, *, with_excluded: bool
) -> list[tuple[int, bool]]:
    """Each repeat of a rater once: it is the same where every answer about a response is."""
    if criterion.scale.family == RANKING or criterion.scale.per == "response":
        own = repeated_responses(criterion, only, with_excluded=with_excluded)
        same: dict[tuple[int, int], bool] = {}
        for rater, task, equal in zip(
            own.rater.tolist(), own.task.tolist(), (own.first == own.again).tolist(), strict=True
        ):
            same[rater, task] = same.get((rater, task), True) and equal
        return [(rater, equal) for (rater, _task), equal in same.items()]
    return []
