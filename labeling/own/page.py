"""The page of one rater, as leads and reviewers see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.figures.gold import gold_marks
from labeling.lead.raters.figures import Leaning, RaterHabits
from labeling.lead.raters.report import RaterAtHand, rater_at_hand
from labeling.models import Judgment
from labeling.own.apart import Talk, talks_with
from labeling.own.drift import GoldDrift, gold_drift
from labeling.own.figures import OwnPace, pace_of
from labeling.vocabulary import Purpose
from projects.models import Project, User


@dataclass(frozen=True, slots=True)
class RaterPage:
    """One rater: what is known, and what to talk over."""

    hand: RaterAtHand
    pace: OwnPace
    drift: GoldDrift
    talks: list[Talk]

    @property
    def habits(self) -> RaterHabits | None:
        """What they are given to; None where they compared nothing."""
        return self.hand.habits


def rater_page(*, rater: User, project: Project, reader: User, now: datetime) -> RaterPage:
    """Everything on one rater; examples are those whose votes the reader may see."""
    judgments = Judgment.objects.countable().filter(rater=rater)
    gold = gold_marks(project, Purpose.GOLD, judgments=judgments)
    return RaterPage(
        hand=rater_at_hand(project, rater.pk),
        pace=pace_of(rater, project, before=now),
        drift=gold_drift([mark.right for mark in gold]),
        talks=talks_with(rater=rater, project=project, reader=reader),
    )


def remarkable(page: RaterPage) -> list[str]:
    """What to look at, in sentences: only where a whole interval lies on one side."""
    sentences = []
    habits, row = page.habits, page.hand.row
    if habits is not None:
        for name, sentence in _HABITS.items():
            leaning: Leaning = getattr(habits, name)
            if leaning.stands_out:
                sentences.append(_(sentence) % _shares(leaning))
    if page.pace.is_fast:
        share = _percent(page.pace.below.value)
        sentences.append(
            _("%(share)s of the answers came faster than the texts can be read.") % {"share": share}
        )
    if row is not None and row.checks.is_susceptible:
        sentences.append(_("The pleasant and wrong answer is often preferred."))
    change = page.drift.change
    if page.drift.signal is not None or (change is not None and (change.low or 0) > 0):
        sentences.append(_("Fewer gold tasks are answered right than before."))
    if habits is not None and habits.adjusted.high is not None and habits.adjusted.high < 0:
        sentences.append(
            _(
                "Agreement with others is lower than among them, on the same tasks. Whoever "
                "differs may be the one who read closely."
            )
        )
    return sentences


_HABITS = {
    "left": gettext_noop(
        "The response shown first is preferred in %(share)s (%(low)s to %(high)s)."
    ),
    "longer": gettext_noop(
        "The longer response is preferred in %(share)s (%(low)s to %(high)s; everybody: "
        "%(expected)s)."
    ),
    "ties": gettext_noop("%(share)s are ties (%(low)s to %(high)s; others: %(expected)s)."),
    "ends": gettext_noop(
        "%(share)s lie at the ends of the scale (%(low)s to %(high)s; others: %(expected)s)."
    ),
}


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f}%"


def _shares(leaning: Leaning) -> dict[str, str]:
    figure = leaning.figure
    return {
        "share": _percent(figure.value),
        "low": _percent(figure.low),
        "high": _percent(figure.high),
        "expected": _percent(leaning.expected),
    }


def page_json(page: RaterPage) -> dict[str, Any]:
    """As the API has it."""
    drift, pace = page.drift, page.pace
    return {
        "to_look_at": remarkable(page),
        "habits": page.habits.as_dict() if page.habits else None,
        "median_seconds": pace.median.as_dict(),
        "reading_floor_seconds": pace.floor,
        "below_reading_floor": pace.below.as_dict(),
        "often_below_floor": pace.is_fast,
        "gold_drift": drift.as_dict(),
        "talks": [
            {
                "task": talk.task.pk,
                "external_id": talk.task.external_id,
                "excerpt": talk.excerpt,
                "answer": talk.answer,
                "agree": talk.agree,
                "others": talk.others,
                "talked_over_at": talk.talked_over_at,
            }
            for talk in page.talks
        ],
    }
