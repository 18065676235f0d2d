"""What a release is made from: tasks as they stood at its cut-off, a bounded number at a time.

A judgment counts at a cut-off when it was not withdrawn and nothing up to the cut-off revised it,
so that later edits never change what a frozen release contains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

import numpy as np
from django.db import connection
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from labeling import stats
from labeling.datasets.splits import SplitPrompt
from labeling.datasets.turns import turns_of
from labeling.kinds import kind_for
from labeling.models import Answer, Judgment, Prompt, Release, Response, Task
from labeling.models.judgments import JudgmentQuerySet
from projects.models import Criterion, Project, Role, User
from projects.sql import database_now

if TYPE_CHECKING:
    import numpy.typing as npt

_CHUNK = 500
_QUICK = 3_000

#: Turns a rater's or a judgment's id into its pseudonym.
Pseudonym = Callable[[str, int], str]


@dataclass(frozen=True, slots=True)
class Cutoff:
    """What takes part: judgments up to the id `newest`, on tasks in play at `asked_at`, but for
    what was excluded then.

    `release` is the one that keeps which tasks were withdrawn, if it does.
    """

    newest: int
    asked_at: datetime
    release: int | None = None


def cutoff_now(project: Project) -> Cutoff:
    """Everything of this moment."""
    return Cutoff(newest_judgment(project), database_now())


def cutoff_of(release: Release) -> Cutoff:
    """What a release was frozen with."""
    keeps = release.withdrawn_tasks is not None
    return Cutoff(release.cutoff, release.created_at, release.pk if keeps else None)


def standing_judgments(project: Project, cutoff: Cutoff) -> JudgmentQuerySet:
    """The judgments that take part, whoever gave them."""
    judgments = Judgment.objects.filter(project=project)
    return judgments.standing_at(cutoff.newest, asked_at=cutoff.asked_at, release=cutoff.release)


def counting_at(project: Project, cutoff: Cutoff) -> JudgmentQuerySet:
    """Those of them that figures rest on: given by people."""
    judgments = Judgment.objects.filter(project=project)
    return judgments.counting_at(cutoff.newest, asked_at=cutoff.asked_at, release=cutoff.release)


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
        superseded=rows.submitted().filter(revised_by__pk__lte=cutoff.newest).count(),
        withdrawn=rows.filter(withdrawn=True).count(),
    )


def judged_tasks(project: Project, cutoff: Cutoff) -> QuerySet[Task]:
    """The tasks that have a judgment that counts; reviews of a text that counts itself."""
    standing = standing_judgments(project, cutoff)
    tasks = Task.objects.filter(project=project).filter(
        Exists(standing.filter(task=OuterRef("pk")))
    )
    written = Exists(standing.filter(pk=OuterRef("reviews__judgment")))
    return tasks.filter(Q(reviews__isnull=True) | written)


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
    columns = prompts.order_by("pk").values_list(
        *("external_id", "messages", "pk", "group_key", "group", "conversation")
    )
    for key, messages, *rest in columns.iterator(chunk_size=_CHUNK):
        yield SplitPrompt(key, turns_of(messages), *rest)


def adjudicators(project: Project) -> list[int]:
    """The project's reviewers: what they judged up to `Project.reviewed_upto` is the final word on
    its task."""
    members = project.memberships.filter(role=Role.REVIEWER)
    return list(members.order_by("user_id").values_list("user_id", flat=True))


def erased_raters(project: Project) -> int:
    """How many people who worked in the project were erased since."""
    erased = User.objects.filter(erased_at__isnull=False)
    return erased.filter(assignments__project=project).distinct().count()


@dataclass(frozen=True, slots=True)
class ReleaseRatings:
    """The live human answers on one criterion, and the categories they are on.

    `side_only`, one an answer: whether it tells the side and not how strongly.
    """

    ratings: stats.Ratings
    categories: tuple[int, ...]
    side_only: npt.NDArray[np.bool_]


def release_ratings(project: Project, criterion: Criterion, cutoff: Cutoff) -> ReleaseRatings:
    """What agreement at the cut-off rests on."""
    counting = counting_at(project, cutoff)
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
    return ReleaseRatings(stats.Ratings(task, rater, value, prompt), categories, side_only)


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
    return rows.defer("counts", "files", "withdrawn_tasks").order_by("-number")


def find_release(project: Project, number: int) -> Release | None:
    """The release of that number, None if there is none."""
    return releases_of(project).defer(None).filter(number=number).first()
