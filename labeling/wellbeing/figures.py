"""How tasks weigh on the raters of a project: figures of at least five people, or none at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from labeling import stats
from labeling.models import CheckIn
from labeling.vocabulary import CareWish
from labeling.wellbeing.exposure import (
    ExposedDay,
    TakenTopic,
    capped_days,
    caps_of,
    exposed_days,
    taken_topics,
)
from labeling.wellbeing.selectors import described_topics
from projects.models import Project

#: Days that the figures go back, and weeks of them.
FIGURE_DAYS = 84
#: Up to this value of five somebody is not well.
LOW = 2


def hidden_figure(convention: str) -> stats.Figure:
    """What stands in place of a figure of too few people: not even how many they are."""
    reason = _("Hidden: fewer than %(n)d people, who could be recognised.") % {
        "n": stats.SMALLEST_GROUP
    }
    return stats.Figure(None, None, None, 0, convention, reason)


def wellbeing_figures(project: Project, now: datetime) -> dict[str, Any]:
    """Of the twelve weeks before this one, days and weeks of UTC.

    What is under way is left out: whoever looked twice would see what one person added.
    """
    until = week_start(now)
    since = until - timedelta(days=FIGURE_DAYS)
    return {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "smallest": stats.SMALLEST_GROUP,
        "exposure": _exposure(exposed_days(project, since, until)),
        "caps": _caps(project, since, until),
        "skips": _skips(taken_topics(project, since, until)),
        "check_ins": check_in_figures(project, since, until),
    }


def week_start(now: datetime) -> datetime:
    """Midnight of the Monday of this week, UTC."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday())


def _exposure(days: Iterable[ExposedDay]) -> list[dict[str, Any]]:
    """Minutes of a rater's day by topic and severity; first of all topics together."""
    seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
    people: dict[tuple[str, str], set[int]] = defaultdict(set)
    for day in days:
        key = (day.topic, day.severity)
        seconds[key].append(day.seconds / 60)
        people[key].add(day.rater)
    convention = _("active minutes of a rater on a day")
    rows = []
    for key in sorted(seconds):
        n, minutes = len(people[key]), sorted(seconds[key])
        shows = n >= stats.SMALLEST_GROUP
        figure = (
            stats.median_of(minutes, convention, nothing=_("Nothing was seen."))
            if shows
            else hidden_figure(convention)
        )
        rows.append(
            {
                "topic": key[0],
                "severity": key[1],
                "people": n if shows else None,
                "rater_days": len(minutes) if shows else None,
                "median_minutes": figure.as_dict(),
                "quarter_above": _rank(minutes, 25) if shows else None,
                "tenth_above": _rank(minutes, 10) if shows else None,
            }
        )
    return rows


def _rank(ordered: Sequence[float], above: int) -> float:
    """The least value above which no more than so many percent of the values lie."""
    return ordered[len(ordered) - 1 - len(ordered) * above // 100]


def _caps(project: Project, since: datetime, until: datetime) -> list[dict[str, Any]]:
    topics = [
        (topic.key, topic.hourly_limit, topic.daily_limit) for topic in described_topics(project)
    ]
    convention = _("days of raters with such tasks on which the cap, as it stands, was reached")
    rows = []
    for cap in caps_of(project, topics):
        days = capped_days(project, cap, since, until)
        shows = len({rater for rater, _day, _is in days}) >= stats.SMALLEST_GROUP
        reached = sum(is_reached for _rater, _day, is_reached in days)
        rows.append(
            {
                "topic": cap.topic,
                "hours": cap.hours,
                "most": cap.most,
                "reached": _share(reached, len(days), convention, shows=shows),
            }
        )
    return rows


def _skips(rows: Iterable[TakenTopic]) -> list[dict[str, Any]]:
    taken: dict[str, list[TakenTopic]] = defaultdict(list)
    for row in rows:
        taken[row.topic].append(row)
    skipped = _("tasks of the topic that were skipped")
    uncomfortable = _("tasks of the topic that were skipped because of what they are")
    figures = []
    for topic, own in sorted(taken.items()):
        ended, shows = sum(row.ended for row in own), len(own) >= stats.SMALLEST_GROUP
        skips = sum(row.skipped for row in own)
        rather_not = sum(row.uncomfortable for row in own)
        figures.append(
            {
                "topic": topic,
                "people": len(own) if shows else None,
                "skipped": _share(skips, ended, skipped, shows=shows),
                "uncomfortable": _share(rather_not, ended, uncomfortable, shows=shows),
            }
        )
    return figures


def _share(k: int, n: int, convention: str, *, shows: bool) -> dict[str, Any]:
    if not shows:
        return hidden_figure(convention).as_dict()
    return stats.share(k, n, convention, nothing=_("There are none.")).as_dict()


def check_in_figures(project: Project, since: datetime, until: datetime) -> dict[str, Any]:
    """How people are, week by week, and what they would like: of each person the last answer of a
    week, and of all weeks whether they ever wished for it."""
    rows = CheckIn.objects.filter(project=project, at__gte=since, at__lt=until).order_by("pk")
    feelings: dict[date, dict[int, int]] = defaultdict(dict)
    wishes: dict[int, set[str]] = defaultdict(set)
    for at, rater, feeling, wish in rows.values_list("at", "rater", "feeling", "wish"):
        if feeling is not None:
            feelings[week_start(at).date()][rater] = feeling
        wishes[rater] |= {wish} - {""}
    return {"weeks": _weeks(feelings), "wishes": _wishes(wishes)}


def _weeks(feelings: Mapping[date, Mapping[int, int]]) -> list[dict[str, Any]]:
    convention = _("people who said that they are not well, 1 or 2 of 5")
    return [
        {
            "week": week.isoformat(),
            "low": _share(
                sum(value <= LOW for value in said.values()),
                len(said),
                convention,
                shows=len(said) >= stats.SMALLEST_GROUP,
            ),
        }
        for week, said in sorted(feelings.items())
    ]


def _wishes(wishes: Mapping[int, set[str]]) -> list[dict[str, Any]]:
    if not wishes:
        return []
    shows = len(wishes) >= stats.SMALLEST_GROUP
    convention = _("people who answered and wished for it")
    return [
        {
            "wish": wish.value,
            "people": _share(
                sum(wish in said for said in wishes.values()), len(wishes), convention, shows=shows
            ),
        }
        for wish in CareWish
        if wish
    ]
