"""What a release is made from: tasks as they stood at its cut-off, a bounded number at a time.

A judgment counts at a cut-off when it was not withdrawn and nothing up to the cut-off revised it,
so that later edits never change what a frozen release contains.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from labeling.datasets.metadata import released_metadata
from labeling.datasets.records import (
    JudgmentRecord,
    Rating,
    ResponseRecord,
    TaskRecord,
)
from labeling.datasets.splits import SplitPrompt
from labeling.datasets.turns import turns_of
from labeling.kinds import kind_for
from labeling.models import Answer, Judgment, Prompt, Release, Response, Task
from labeling.models.judgments import JudgmentQuerySet
from labeling.stats import Ratings
from labeling.vocabulary import Strategy
from projects.models import Criterion, Project, Role, User
from projects.sql import database_now

_CHUNK = 500
_QUICK = 3_000

#: Turns a rater's or a judgment's id into its pseudonym.
Pseudonym = Callable[[str, int], str]


@dataclass(frozen=True, slots=True)
class Cutoff:
    """What takes part: judgments up to the id `newest`, on tasks in play at `asked_at`."""

    newest: int
    asked_at: datetime


def cutoff_now(project: Project) -> Cutoff:
    """Everything of this moment."""
    return Cutoff(newest_judgment(project), database_now())


def cutoff_of(release: Release) -> Cutoff:
    """What a release was frozen with."""
    return Cutoff(release.cutoff, release.created_at)


def standing_judgments(project: Project, cutoff: Cutoff) -> JudgmentQuerySet:
    """The judgments that take part, whoever gave them."""
    judgments = Judgment.objects.filter(project=project)
    return judgments.standing_at(cutoff.newest, asked_at=cutoff.asked_at)


@dataclass(frozen=True, slots=True)
class Missing:
    """Rows up to the cut-off that are no judgments that count, by kind."""

    superseded: int
    withdrawn: int


def newest_judgment(project: Project) -> int:
    """The id of the project's newest judgment, 0 without any: what a cut-off is set to."""
    return Judgment.objects.filter(project=project).aggregate(newest=Max("pk"))["newest"] or 0


def newest_edit(project: Project) -> int:
    """The id of the newest edited response, 0 without any: later ones are no part of a release."""
    edits = Response.objects.filter(prompt__project=project, edited_from__isnull=False)
    return edits.aggregate(newest=Max("pk"))["newest"] or 0


def not_counted(project: Project, cutoff: Cutoff) -> Missing:
    """How many rows up to the cut-off were replaced by a newer one, or take a judgment back."""
    rows = Judgment.objects.filter(project=project, pk__lte=cutoff.newest)
    return Missing(
        superseded=rows.filter(withdrawn=False, revised_by__pk__lte=cutoff.newest).count(),
        withdrawn=rows.filter(withdrawn=True).count(),
    )


def judged_tasks(project: Project, cutoff: Cutoff) -> QuerySet[Task]:
    """The tasks that have a judgment that counts."""
    standing = standing_judgments(project, cutoff)
    return Task.objects.filter(project=project).filter(Exists(standing.filter(task=OuterRef("pk"))))


def is_quick_to_count(project: Project) -> bool:
    """Whether a preview may be computed while somebody waits for a page."""
    return Judgment.objects.filter(project=project)[:_QUICK].count() < _QUICK


def split_prompts(project: Project, cutoff: Cutoff) -> Iterator[SplitPrompt]:
    """The project's prompts, judged or not, so that splits do not hang on what is judged yet.

    Those that were there when the release was asked for; a prompt that was judged is always among
    them, and one whose tasks are withdrawn too, so that the others stay where they are.
    """
    judged = standing_judgments(project, cutoff).filter(task__prompt=OuterRef("pk"))
    there = Q(created_at__lte=cutoff.asked_at) | Exists(judged)
    prompts = Prompt.objects.filter(there, project=project)
    columns = prompts.order_by("pk").values_list("external_id", "messages", "pk", "group_key")
    for key, messages, age, group in columns.iterator(chunk_size=_CHUNK):
        yield SplitPrompt(key, turns_of(messages), age, group)


def adjudicators(project: Project) -> list[int]:
    """The project's reviewers: a judgment of theirs is the final word on its task."""
    members = project.memberships.filter(role=Role.REVIEWER)
    return list(members.order_by("user_id").values_list("user_id", flat=True))


def erased_raters(project: Project) -> int:
    """How many people who worked in the project were erased since."""
    erased = User.objects.filter(erased_at__isnull=False)
    return erased.filter(assignments__project=project).distinct().count()


def task_records(
    project: Project,
    cutoff: Cutoff,
    pseudonym: Pseudonym,
    reviewers: Collection[int] = (),
    *,
    edits_upto: int | None = None,
) -> Iterator[TaskRecord]:
    """Every task that has a judgment that counts, with texts and judgments, `_CHUNK` in memory.

    Judgments by `reviewers` (user ids) are marked as adjudications. Edited responses take part up
    to the id `edits_upto`, all of them without one.
    """
    criteria = {criterion.pk: criterion.key for criterion in project.criteria.all()}
    tasks = judged_tasks(project, cutoff).values_list(
        "pk",
        "external_id",
        "response_ids",
        "prompt__external_id",
        "prompt__messages",
        "prompt__category",
        "prompt__language",
        "prompt__metadata",
    )
    # One query behind a server-side cursor: asking anew for every piece would look for the judged
    # tasks among all judgments each time.
    judged = tasks.order_by("pk").iterator(chunk_size=_CHUNK)
    while rows := list(islice(judged, _CHUNK)):
        responses = _responses([pk for row in rows for pk in row[2]])
        judgments = _judgments(project, cutoff, rows, criteria, pseudonym, frozenset(reviewers))
        edits = _edits([pk for row in rows for pk in row[2]], edits_upto)
        for pk, name, order, prompt, messages, category, language, metadata in rows:
            yield TaskRecord(
                id=name,
                prompt_id=prompt,
                messages=turns_of(messages),
                responses=tuple(responses[response] for response in order),
                judgments=tuple(judgments.get(pk, ())),
                category=category,
                language=language,
                edits=tuple(edit for response in order for edit in edits.get(response, ())),
                metadata=released_metadata(metadata),
            )


@dataclass(frozen=True, slots=True)
class ReleaseRatings:
    """The live human answers on one criterion, and the categories they are on.

    `side_only`, one an answer: whether it tells the side and not how strongly.
    """

    ratings: Ratings
    categories: tuple[int, ...]
    side_only: npt.NDArray[np.bool_]


def release_ratings(project: Project, criterion: Criterion, cutoff: Cutoff) -> ReleaseRatings:
    """What agreement at the cut-off rests on."""
    judgments = Judgment.objects.filter(project=project)
    counting = judgments.counting_at(cutoff.newest, asked_at=cutoff.asked_at)
    answers = (
        Answer.objects.filter(criterion=criterion, response__isnull=True)
        .with_value()
        .filter(judgment__in=counting.live())
        .order_by("judgment_id")
        .values_list(
            "judgment__task_id",
            "judgment__rater_id",
            "judgment__task__prompt_id",
            "value",
            "side_only",
        )
    )
    columns = np.dtype((np.int64, 5))
    rows = np.fromiter(answers.iterator(chunk_size=5_000), dtype=columns, count=-1)
    task, rater, prompt, value, side = cast("npt.NDArray[np.int64]", rows.reshape(-1, 5)).T
    scale = criterion.scale
    categories = kind_for(scale).categories(scale, value)
    side_only = (side > 0) & (scale.strongest > 1)
    return ReleaseRatings(Ratings(task, rater, value, prompt), categories, side_only)


# Jumps from one category to the next: reading all prompts for a few names takes a large project
# a third of a second (https://wiki.postgresql.org/wiki/Loose_indexscan).
_CATEGORIES = """
WITH RECURSIVE names AS (
    (SELECT category FROM labeling_prompt WHERE project_id = %(project)s
     ORDER BY category LIMIT 1)
    UNION ALL
    SELECT (SELECT category FROM labeling_prompt
            WHERE project_id = %(project)s AND category > names.category
            ORDER BY category LIMIT 1)
    FROM names WHERE names.category IS NOT NULL
)
SELECT category FROM names WHERE category IS NOT NULL LIMIT %(most)s
"""


def categories_of(project: Project, *, most: int | None = None) -> list[str]:
    """The categories that the project's prompts carry, "" among them where some carry none."""
    with connection.cursor() as cursor:
        cursor.execute(_CATEGORIES, {"project": project.pk, "most": most})
        return [name for (name,) in cursor.fetchall()]


def releases_of(project: Project) -> QuerySet[Release]:
    """The project's releases, newest first, for a list: without their long columns."""
    rows = Release.objects.filter(project=project).select_related("created_by", "rubric")
    return rows.defer("counts", "files").order_by("-number")


def find_release(project: Project, number: int) -> Release | None:
    """The release of that number, None if there is none."""
    return releases_of(project).defer(None).filter(number=number).first()


def _responses(ids: Sequence[int]) -> dict[int, ResponseRecord]:
    columns = ("pk", "external_id", "content", "model", "messages")
    rows = Response.objects.filter(pk__in=ids).values_list(*columns)
    return {
        pk: ResponseRecord(name, content, model, messages=turns_of(messages))
        for pk, name, content, model, messages in rows
    }


def _edits(ids: Sequence[int], upto: int | None) -> dict[int, list[ResponseRecord]]:
    """What people improved some responses into, by the response."""
    by_response: dict[int, list[ResponseRecord]] = {}
    rows = Response.objects.filter(edited_from__in=ids).order_by("pk")
    if upto is not None:
        rows = rows.filter(pk__lte=upto)
    columns: Iterable[tuple[Any, ...]] = rows.values_list(
        "edited_from", "edited_from__external_id", "external_id", "content", "model", "messages"
    )
    for origin, origin_name, name, content, model, messages in columns:
        edit = ResponseRecord(name, content, model, origin_name, turns_of(messages))
        by_response.setdefault(origin, []).append(edit)
    return by_response


_JUDGMENT_COLUMNS = (
    "pk",
    "task_id",
    "rater_id",
    "rationale",
    "flags",
    "principles",
    "guideline__number",
    "rubric__number",
    "purpose",
    "source",
    "strategy",
    "selection_probability",
    "assignment__shown_order",
    "active_ms",
    "idle_ms",
    "times_cut",
    "created_at",
)


def _judgments(
    project: Project,
    cutoff: Cutoff,
    tasks: Sequence[tuple[Any, ...]],
    criteria: dict[int, str],
    pseudonym: Pseudonym,
    reviewers: frozenset[int],
) -> dict[int, list[JudgmentRecord]]:
    """The judgments of some tasks, by task."""
    rows: list[tuple[Any, ...]] = list(
        standing_judgments(project, cutoff)
        .filter(task__in=[task[0] for task in tasks])
        .values_list(*_JUDGMENT_COLUMNS)
    )
    answers = _answers([row[0] for row in rows], tasks, criteria)
    by_task: dict[int, list[JudgmentRecord]] = {}
    for row in rows:
        pk, task, rater, rationale, flags, principles, guideline, rubric, *rest = row
        purpose, source, strategy, probability, shown, active, idle, cut, created = rest
        # Nobody watched a judgment that was imported: what it has is a default, not a measurement.
        seen = strategy != Strategy.IMPORTED
        # Whoever judges without a script, or by a program that does not say, sends 0.
        timed = seen and not cut and active > 0
        by_task.setdefault(task, []).append(
            JudgmentRecord(
                id=pseudonym("judgment", pk),
                rater=pseudonym("rater", rater),
                values=answers[pk].values,
                tie_kinds=answers[pk].tie_kinds,
                unsaid=answers[pk].unsaid,
                ratings=tuple(answers[pk].ratings),
                rationale=rationale,
                flags=tuple(map(str, flags)),
                principles=tuple(map(str, principles)),
                guideline_version=guideline or 0,
                rubric_version=rubric or 0,
                purpose=purpose,
                source=source,
                strategy=strategy,
                probability=probability if seen else None,
                shown=tuple(shown) if seen else (),
                active_ms=active if timed else None,
                idle_ms=idle if timed else None,
                times_cut=cut,
                created_at=_iso(created),
                adjudicates=rater in reviewers,
                side_only=tuple(sorted(answers[pk].sides)),
            )
        )
    return by_task


@dataclass(slots=True)
class _Answers:
    """What one judgment answered: comparisons by criterion, and ratings of single responses."""

    values: dict[str, int] = field(default_factory=dict)
    tie_kinds: dict[str, str] = field(default_factory=dict)
    unsaid: dict[str, str] = field(default_factory=dict)
    ratings: list[Rating] = field(default_factory=list)
    sides: list[str] = field(default_factory=list)


def _answers(
    judgments: Sequence[int], tasks: Sequence[tuple[Any, ...]], criteria: dict[int, str]
) -> defaultdict[int, _Answers]:
    """The answers of some judgments, by judgment."""
    place = {pk: index for task in tasks for index, pk in enumerate(task[2])}
    by_judgment: defaultdict[int, _Answers] = defaultdict(_Answers)
    rows: Iterable[tuple[Any, ...]] = Answer.objects.filter(judgment_id__in=judgments).values_list(
        "judgment_id", "criterion_id", "response_id", "value", "tie_kind", "unsaid", "side_only"
    )
    for judgment, criterion, response, value, tie, unsaid, side_only in rows:
        key, answers = criteria[criterion], by_judgment[judgment]
        if response is not None:
            if value is not None:
                answers.ratings.append(Rating(key, place[response], value))
        elif value is None:
            answers.unsaid[key] = unsaid
        else:
            answers.values[key] = value
            if tie:
                answers.tie_kinds[key] = tie
            if side_only:
                answers.sides.append(key)
    return by_judgment


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
