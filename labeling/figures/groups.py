"""Whose values: what groups of raters answer, as they said of themselves if they liked.

A person is in a group by what they chose to say, and with the judgments they made since they said
it. Groups of fewer than five people are hidden, and one more where a hidden one would follow by
subtraction; whoever said nothing is a group like any, so that nobody follows from the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labeling import stats
from labeling.models import Answer, Judgment, ProfileLink, Response
from labeling.models.judgments import AnswerQuerySet
from projects.models import Criterion, Project
from projects.scales import PREFERENCES, RANKING

#: Who said nothing, or not this.
UNSAID = ""
#: So many models are asked about, those with most responses.
_MOST_MODELS = 4


@dataclass(frozen=True, slots=True)
class Declared:
    """What people of a project said: by question their answers by rater, and since when."""

    labels: Mapping[str, str]
    answers: Mapping[str, Mapping[int, str]]
    since: Mapping[int, datetime]


@dataclass(frozen=True, slots=True)
class GivenValue:
    """One answer that counts: of whom, on what, and what was said."""

    unit: tuple[int, int, int]
    rater: int
    value: int
    said: frozenset[str]


def declared(project: Project, *, at: datetime | None = None) -> Declared:
    """What stands now of what people said, of those who said it until a moment."""
    links = ProfileLink.objects.filter(project=project).select_related("profile__form")
    if at is not None:
        links = links.filter(since__lte=at)
    labels: dict[str, str] = {}
    answers: dict[str, dict[int, str]] = {}
    since: dict[int, datetime] = {}
    for link in links.order_by("profile__form__number"):
        since[link.user_id] = link.since
        for field in link.profile.form.fields:
            labels[field["key"]] = field["label"]
            own = answers.setdefault(field["key"], {})
            if said := link.profile.answers.get(field["key"]):
                own[link.user_id] = said
    return Declared(labels, answers, since)


def group_sizes(people: Declared, raters: set[int]) -> dict[str, dict[str, int | None]]:
    """How many of these raters are in each group of each question; None where that is hidden."""
    sizes: dict[str, dict[str, int | None]] = {}
    for key, said in people.answers.items():
        rows = [(rater, said.get(rater, UNSAID)) for rater in sorted(raters)]
        if not rows:
            continue
        who, groups = zip(*rows, strict=True)
        rates = stats.group_rates(who, groups, [True] * len(rows))
        sizes[key] = {str(rate.group): rate.people for rate in rates}
    return sizes


def given_values(project: Project, criterion: Criterion, people: Declared) -> list[GivenValue]:
    """The answers to a question that count, without those that people gave before they said who
    they are."""
    rows = (
        Answer.objects.filter(judgment__project=project, criterion=criterion)
        .counting()
        .live()
        .with_value()
    )
    models = _models(rows) if criterion.scale.family == PREFERENCES else {}
    values = rows.order_by().values_list(
        "judgment__task",
        "response",
        "principle",
        "judgment__rater",
        "value",
        "judgment__created_at",
        "judgment__task__response_ids",
    )
    return [
        GivenValue(
            (task, response or 0, principle or 0),
            rater,
            _side(value) if models else value,
            _said(criterion, value, [models.get(pk, "") for pk in ids]),
        )
        for task, response, principle, rater, value, at, ids in values
        if value is not None and (rater not in people.since or at >= people.since[rater])
    ]


def _models(rows: AnswerQuerySet) -> dict[int, str]:
    tasks = rows.order_by().values("judgment__task__prompt").distinct()
    responses = Response.objects.filter(prompt__in=tasks).values_list("pk", "model")
    return dict(responses) or {0: ""}


def _side(value: int) -> int:
    return (value > 0) - (value < 0)


def _said(criterion: Criterion, value: int, models: Sequence[str]) -> frozenset[str]:
    """What an answer says, and beside it what it denies (behind a “!”): of a comparison a tie, or
    the model that is preferred among those compared."""
    if criterion.scale.family != PREFERENCES:
        return frozenset({str(value)})
    said = {"tie" if value == 0 else "!tie"}
    first, second = (*models, "", "")[:2]
    if first and second and first != second:
        winner = first if value < 0 else second if value > 0 else ""
        said |= {f"model:{m}" if m == winner else f"!model:{m}" for m in (first, second)}
    return frozenset(said)


def sayings(criterion: Criterion, values: Sequence[GivenValue]) -> list[str]:
    """What can be counted of a question's answers, most frequent first."""
    counts = Counter(word.removeprefix("!") for row in values for word in row.said)
    models = [word for word, _n in counts.most_common() if word.startswith("model:")]
    others = sorted(word for word in counts if not word.startswith("model:"))
    return [*models[:_MOST_MODELS], *others]


def asked_about(project: Project) -> list[Criterion]:
    """The questions whose answers are one value."""
    criteria = Criterion.objects.filter(project=project, retired_at=None).order_by("position")
    return [criterion for criterion in criteria if criterion.scale.family != RANKING]


def group_figures(
    values: Sequence[GivenValue], word: str, said: Mapping[int, str]
) -> dict[str, Any]:
    """Rates of the groups that one question makes, each group's gap to the largest, and how far
    people agree within and across groups, as plain data."""
    counted = [row for row in values if word in row.said or f"!{word}" in row.said]
    if not word.startswith(("tie", "model:")):
        counted = list(values)
    if not counted:
        return {"rates": [], "gaps": [], "agreement_index": None}
    groups = [said.get(row.rater, UNSAID) for row in counted]
    rates = stats.group_rates(
        [row.rater for row in counted], groups, [word in row.said for row in counted]
    )
    return {
        "rates": [
            {"group": str(rate.group), "people": rate.people, "rate": rate.rate.as_dict()}
            for rate in rates
        ],
        "gaps": list(_gaps(rates)),
        "agreement_index": _agreement_index(values, said, rates),
    }


def _gaps(rates: Sequence[stats.GroupRate]) -> Iterator[dict[str, Any]]:
    shown = [rate for rate in rates if rate.people is not None and rate.group != UNSAID]
    if len(shown) < 2:
        return
    most = max(shown, key=lambda rate: (rate.people or 0, str(rate.group)))
    for rate in shown:
        if rate is most:
            continue
        trials = [each.effective or 0.0 for each in (rate, most)]
        hits = [(each.rate.value or 0.0) * n for each, n in zip((rate, most), trials, strict=True)]
        gap = stats.group_gap((hits[0], hits[1]), (trials[0], trials[1]))
        wald = gap.wald
        yield {
            "group": str(rate.group),
            "than": str(most.group),
            "gap": gap.gap.as_dict(),
            "wald": None if wald is None else [wald.low, wald.high],
            "p": gap.p,
        }


def _agreement_index(
    values: Sequence[GivenValue], said: Mapping[int, str], rates: Sequence[stats.GroupRate]
) -> dict[str, Any] | None:
    """Of the people in groups that are shown alone; None where fewer than two are."""
    shown = {rate.group for rate in rates if rate.people is not None} - {UNSAID}
    if len(shown) < 2:
        return None
    rows = [row for row in values if said.get(row.rater, UNSAID) in shown]
    units = {unit: place for place, unit in enumerate(dict.fromkeys(row.unit for row in rows))}
    ratings = stats.Ratings(
        [units[row.unit] for row in rows], [row.rater for row in rows], [row.value for row in rows]
    )
    return stats.group_agreement_index(ratings, [said[row.rater] for row in rows]).as_dict()


def group_voices(project: Project) -> dict[str, Any]:
    """All figures of groups: by question about oneself, question of the rubric and what is said."""
    people = declared(project)
    raters = set(
        Judgment.objects.filter(project=project)
        .counting()
        .live()
        .order_by()
        .values_list("rater", flat=True)
        .distinct()
    )
    sizes = group_sizes(people, raters)
    questions = []
    for criterion in asked_about(project):
        values = given_values(project, criterion, people)
        for word in sayings(criterion, values):
            questions.append(
                {
                    "criterion": criterion.key,
                    "said": word,
                    "fields": {
                        key: group_figures(values, word, said)
                        for key, said in people.answers.items()
                    },
                }
            )
    return {"labels": dict(people.labels), "people": sizes, "questions": questions}


def groups_in_words(project: Project, raters: set[int], *, at: datetime) -> tuple[str, ...]:
    """What a release says of who judged: how many people each group has that can be shown."""
    people = declared(project, at=at)
    if not raters & people.since.keys():
        return ()
    lines = []
    for key, sizes in group_sizes(people, raters).items():
        shown = [f"{group} {n}" for group, n in sizes.items() if group != UNSAID and n is not None]
        said = ", ".join(shown) or "no group of at least five people"
        lines.append(f"{people.labels[key]}: {said}")
    return (
        "Some raters said something of themselves, if they liked; people by group, where these are "
        f"at least five. {'; '.join(lines)}.",
    )
