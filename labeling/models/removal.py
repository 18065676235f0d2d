"""Rows that are never deleted by themselves, deleted: the one door, for what may be taken back.

Judgments and answers are append-only, guarded by triggers that a setting of the transaction opens;
nothing else in Concord sets it. What is deleted here is deleted without the ORM's collector, which
would read a million rows to find what hangs on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef

from labeling.models.assignments import Assignment, LateAnswer, TaskOpening
from labeling.models.exclusions import OpenPlace
from labeling.models.jobs import ImportedChange
from labeling.models.judgments import Answer, Judgment
from labeling.models.qualification import StageAnswer
from labeling.models.regions import Region
from labeling.models.reports import FlagResolution, ReportSettlement
from labeling.models.spans import Span
from labeling.models.tasks import Prompt, Response, Task
from labeling.models.teaching import GoldAnswer, Precedent, Query, TalkedOver
from labeling.models.writings import Writing

#: What hangs on a task beside what was judged.
_SAID = (TaskOpening, GoldAnswer, StageAnswer, Query, TalkedOver, ReportSettlement, FlagResolution)
_HANGING = (*_SAID, ImportedChange, OpenPlace)


@contextmanager
def erasing() -> Iterator[None]:
    """Lets judgments be changed and deleted by what is inside, in one transaction."""
    with transaction.atomic():
        _allow("on")
        yield
        _allow("off")


def _allow(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('concord.allow_erasure', %s, true)", [word])


def delete_tasks(ids: Sequence[int]) -> None:
    """Deletes tasks with all that was ever said about them, and prompts that no task has then.

    To be called inside `erasing`.
    """
    prompts = list(Task.objects.filter(pk__in=ids).values_list("prompt", flat=True).distinct())
    ids = [*ids, *_copies_without_judgments(ids)]
    delete_assignments(list(Assignment.objects.filter(task__in=ids).values_list("pk", flat=True)))
    for table in _HANGING:
        _delete(table._default_manager.filter(task__in=ids))
    # A precedent says how to judge tasks to come: it stays, and quotes what was asked.
    Precedent.objects.filter(task__in=ids).update(task=None)
    Task.objects.filter(repeat_of__in=ids).update(repeat_of=None)
    # A second pass has been judged by itself: it stays, and a first pass is a task like any other.
    Task.objects.filter(first_pass__in=ids).exclude(pk__in=ids).update(first_pass=None)
    Task.objects.filter(gold_of__in=ids).update(gold_of=None)
    # A later turn holds all that was said before it: it stays, as a turn by itself.
    Task.objects.filter(follows__in=ids).exclude(pk__in=ids).update(follows=None, reply=None)
    later = Task.objects.filter(pk__in=ids, follows__isnull=False).exclude(follows__in=ids)
    followed = list(later.order_by().values_list("follows__pk", flat=True).distinct())
    _delete(Task.objects.filter(pk__in=ids))
    if followed:
        others = Task.objects.filter(follows=OuterRef("pk"))
        Task.objects.filter(pk__in=followed).exclude(Exists(others)).update(continues=False)
    idle = Prompt.objects.filter(pk__in=prompts, tasks__isnull=True)
    delete_prompts(list(idle.values_list("pk", flat=True)))


def _copies_without_judgments(ids: Sequence[int]) -> list[int]:
    """Gold, anchors and repeats of these tasks on which nothing rests: they go with them."""
    copies = Task.objects.copies_of(ids).exclude(pk__in=ids)
    judged = Judgment.objects.filter(task=OuterRef("pk"))
    return list(copies.exclude(Exists(judged)).values_list("pk", flat=True))


def delete_right_answers(versions: Sequence[int]) -> None:
    """Deletes versions of what is right on copies of tasks, and copies that no version has then."""
    rows = GoldAnswer.objects.filter(pk__in=versions)
    copies = list(rows.order_by().values_list("task", flat=True).distinct())
    with erasing():
        _delete(rows)
        bare = Task.objects.filter(pk__in=copies, gold_answers__isnull=True)
        delete_tasks(list(bare.values_list("pk", flat=True)))


def delete_assignments(ids: Sequence[int]) -> None:
    """Deletes assignments with their judgments and late answers; places become free again.

    What was written with them goes too, and with it the tasks that review it.
    """
    judgments = Judgment.objects.filter(assignment__in=ids)
    for marks in (Span, Region):
        _delete(marks._default_manager.filter(judgment__in=judgments))
    texts = list(Response.objects.filter(judgment__in=judgments).values_list("pk", flat=True))
    if texts:
        delete_tasks(list(Task.objects.filter(reviews__in=texts).values_list("pk", flat=True)))
    _delete(Writing.objects.filter(judgment__in=judgments))
    _delete(StageAnswer.objects.filter(judgment__in=judgments))
    _delete(Response.objects.filter(pk__in=texts))
    _delete(Answer.objects.filter(judgment__in=judgments))
    _delete(judgments)
    _delete(LateAnswer.objects.filter(assignment__in=ids))
    _delete(Query.objects.filter(assignment__in=ids))
    _delete(Assignment.objects.filter(pk__in=ids))


def delete_prompts(ids: Sequence[int]) -> None:
    """Deletes prompts that no task has, with their responses."""
    Response.objects.filter(edited_from__prompt__in=ids).update(edited_from=None)
    _delete(Response.objects.filter(prompt__in=ids))
    _delete(Prompt.objects.filter(pk__in=ids))


def _delete(rows: models.QuerySet[models.Model]) -> None:
    rows.order_by()._raw_delete(rows.db)
