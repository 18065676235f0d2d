"""Reads of questions and precedents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from django.db.models import F, Func, Max, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, StrIndex
from django.db.models.lookups import GreaterThan

from labeling.models import Judgment, Precedent, PrecedentReading, Query, Response, Task
from labeling.models.judgments import JudgmentQuerySet
from labeling.vocabulary import QueryState
from projects.models import Criterion, Project, User
from projects.navigation import waiting_count

#: Judgments that no principle fits, of which the inbox names the newest.
_UNFITTING = 20
#: Newest answers of which the median time is taken: older ones say little of how it is now.
_TIMED = 1_000


#: Marks that stand over, under or in a letter.
_ACCENTS = "[\u0300-\u036f]"


class _Folded(Func):
    """A text in lower case without accents, as `_folded` makes a word."""

    template = f"REGEXP_REPLACE(NORMALIZE(LOWER(%(expressions)s), NFKD), '{_ACCENTS}', '', 'g')"
    output_field = TextField()


def _folded(word: str) -> str:
    return re.sub(_ACCENTS, "", unicodedata.normalize("NFKD", word.lower()))


def queries(project: Project, status: str = "") -> QuerySet[Query]:
    """The questions of a project, of one state if it is named: open ones oldest first."""
    rows = Query.objects.filter(project=project).select_related("task", "asked_by", "answered_by")
    return rows.filter(status=status).order_by("pk") if status else rows.order_by("-pk")


def open_count(project: Project) -> int:
    """How many questions wait for an answer."""
    return Query.objects.filter(project=project, status=QueryState.OPEN).count()


def open_ones() -> Subquery:
    """The same number as an expression over the row of a project."""
    rows = Query.objects.filter(project=OuterRef("pk"), status=QueryState.OPEN)
    return waiting_count(rows)


def own_queries(project: Project, person: User) -> QuerySet[Query]:
    """What a member asked, newest first."""
    return queries(project).filter(asked_by=person)


def named_queries(project: Project, ids: Iterable[int]) -> list[Query]:
    """The questions of these ids that the project has, oldest first."""
    return list(queries(project).filter(pk__in=list(ids)).order_by("pk"))


def _newest_version() -> Q:
    newest = Precedent.objects.filter(project=OuterRef("project"), number=OuterRef("number"))
    return Q(pk=Subquery(newest.order_by("-version").values("pk")[:1]))


def precedents(project: Project, *, in_force: bool = False) -> QuerySet[Precedent]:
    """The newest version of each precedent, newest first; `in_force`: none that is retired."""
    rows = Precedent.objects.filter(_newest_version(), project=project)
    rows = rows.select_related("task", "author").order_by("-number")
    return rows.filter(retired=False) if in_force else rows


def precedent_versions(project: Project, number: int) -> list[Precedent]:
    """Every version of a precedent, newest first; none where there is no such number."""
    rows = Precedent.objects.filter(project=project, number=number)
    return list(rows.select_related("task", "author").order_by("-version"))


def matching(rows: QuerySet[Precedent], words: str) -> QuerySet[Precedent]:
    """Those that hold each of the words, in the question or the answer, whatever their case and
    accents."""
    for word in words.split()[:10]:
        places = [StrIndex(_Folded(F(n)), Value(_folded(word))) for n in ("question", "answer")]
        asked, answered = (Q(GreaterThan(place, 0)) for place in places)
        rows = rows.filter(asked | answered)
    return rows


def contradicted(
    project: Project, *, task_id: int | None, criterion_key: str, question: str = "", but: int = 0
) -> list[Precedent]:
    """Precedents in force about the same question of the rubric, on the same task or asked in the
    same words: another answer may contradict them."""
    same = Q(question__iexact=question.strip()) if question.strip() else Q(pk=None)
    if task_id is not None:
        same |= Q(task=task_id)
    rows = precedents(project, in_force=True).filter(same, criterion_key=criterion_key)
    return list(rows.exclude(number=but))


def standing_beside(project: Project) -> dict[int, list[int]]:
    """By number, the precedents in force that stand beside one on the same by choice, both ways."""
    numbers: dict[int, set[int]] = {}
    in_force = dict(precedents(project, in_force=True).values_list("number", "beside"))
    for number, others in in_force.items():
        for other in in_force.keys() & set(others):
            numbers.setdefault(number, set()).add(other)
            numbers.setdefault(other, set()).add(number)
    return {number: sorted(others) for number, others in numbers.items()}


@dataclass(frozen=True, slots=True)
class Unread:
    """What somebody has not read yet: numbers of precedents that are new or worded anew, and ids of
    their own questions whose answer they were not told. `until` is the newest row of now."""

    precedents: Sequence[int]
    answers: Sequence[int]
    until: int

    @property
    def count(self) -> int:
        """How many of both."""
        return len(self.precedents) + len(self.answers)


def unread(project: Project, person: User) -> Unread:
    """What is new to somebody since they last opened the precedents; what they wrote is not."""
    rows = Precedent.objects.filter(project=project).aggregate(until=Max("pk"))
    return Unread(
        list(_unread_precedents(project, person).values_list("number", flat=True)),
        list(_untold(project, person).values_list("pk", flat=True)),
        rows["until"] or 0,
    )


def unread_ones(project: Project, person: User) -> Combinable:
    """How many there are of both, as the rail asks for it."""
    fresh = waiting_count(_unread_precedents(project, person))
    return fresh + waiting_count(_untold(project, person))


def unread_count(project: Project, person: User) -> int:
    """How many there are of both."""
    rows = Project.objects.filter(pk=project.pk).annotate(unread=unread_ones(project, person))
    return int(rows.values_list("unread", flat=True).get())


def _unread_precedents(project: Project, person: User) -> QuerySet[Precedent]:
    reading = PrecedentReading.objects.filter(project=project, reader=person)
    seen = Coalesce(Subquery(reading.values("seen")[:1]), 0)
    return precedents(project, in_force=True).filter(pk__gt=seen).exclude(author=person)


def _untold(project: Project, person: User) -> QuerySet[Query]:
    rows = Query.objects.filter(project=project, asked_by=person, told_at=None)
    return rows.exclude(status=QueryState.OPEN).order_by("-pk")


def criterion_labels(project: Project) -> dict[str, str]:
    """What questions of the rubric are called, by key, in their order."""
    return {c.key: c.label for c in Criterion.objects.filter(project=project)}


@dataclass(frozen=True, slots=True)
class QueriedTask:
    """A task that somebody asked about, with what was asked and its responses in stored order."""

    task: Task
    queries: Sequence[Query]
    responses: Sequence[Response]


def queried_tasks(rows: Iterable[Query]) -> list[QueriedTask]:
    """The tasks of these questions, each once."""
    by_task: dict[int, list[Query]] = {}
    for row in rows:
        by_task.setdefault(row.task_id, []).append(row)
    tasks = Task.objects.select_related("prompt").in_bulk(by_task)
    wanted = {pk for task in tasks.values() for pk in task.response_ids}
    responses = Response.objects.in_bulk(wanted)
    return [
        QueriedTask(tasks[pk], asked, [responses[n] for n in tasks[pk].response_ids])
        for pk, asked in by_task.items()
    ]


def unfitting(project: Project) -> JudgmentQuerySet:
    """The newest judgments that count of which raters say that no principle fits."""
    rows = Judgment.objects.filter(project=project, none_fits=True).counting().live()
    return rows.select_related("task").order_by("-pk")[:_UNFITTING]


@dataclass(frozen=True, slots=True)
class Wait:
    """The median hours until an answer, None without one, of `n` questions."""

    hours: float | None
    n: int


def hours_to_answer(project: Project) -> Wait:
    """How long answers took, of the newest thousand."""
    answered = Query.objects.filter(project=project, answered_at__isnull=False)
    moments = answered.order_by("-pk").values_list("asked_at", "answered_at")[:_TIMED]
    hours = [(end - start).total_seconds() / 3600 for start, end in moments if end]
    return Wait(median(hours) if hours else None, len(hours))
