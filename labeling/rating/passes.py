"""The second pass of a comparison, and more raters where those of a task disagree.

Both follow a judgment, in its transaction, in projects that ask for them; others pay nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from labeling.allocation import PRIORITIES, queue_key
from labeling.kinds import GivenAnswer, is_stopped
from labeling.models import Task
from labeling.rating.records import HeldAssignment
from labeling.vocabulary import ASKED_AS_AXES, Purpose, TaskKind, TaskPart
from projects.models import Criterion, Project
from projects.sql import Statement

# The task is locked before its judgments are read: of two raters who finish it at once, the later
# one sees both.
_LOCK = Statement(
    "lock_task",
    "SELECT overlap FROM labeling_task WHERE id = %(task)s FOR NO KEY UPDATE",
    task="bigint",
)
_RAISE = Statement(
    "raise_overlap",
    """
    UPDATE labeling_task t
    SET overlap = %(most)s, open_slots = open_slots + %(most)s - overlap
    WHERE t.id = %(task)s AND t.overlap < %(most)s AND t.reviews_id IS NULL
      AND t.overlap <= (
        SELECT count(*) FROM labeling_judgment j
        WHERE j.task_id = t.id AND j.is_current AND NOT j.withdrawn
          AND j.purpose <> 'adjudication')
      AND EXISTS (
        SELECT 1 FROM labeling_judgment j
            JOIN labeling_answer n ON n.judgment_id = j.id
            JOIN projects_criterion c ON c.id = n.criterion_id
        WHERE j.task_id = t.id AND j.is_current AND NOT j.withdrawn AND c.is_primary
          AND j.purpose <> 'adjudication'
        GROUP BY n.criterion_id, n.response_id, n.principle_id
        HAVING max(n.value) - min(n.value) > %(beyond)s)
    RETURNING t.id
    """,
    task="bigint",
    most="smallint",
    beyond="smallint",
)


def follow_up(
    held: HeldAssignment, project: Project, answers: Sequence[GivenAnswer[Criterion]]
) -> None:
    """What a judgment that was just stored asks for, beside the next task.

    Nothing where it is none of data, or says that there is nothing to judge.
    """
    if held.purpose != Purpose.LIVE or is_stopped(answers):
        return
    if held.kind == ASKED_AS_AXES:
        _ask_overall(held, project)
    if project.overlap_where_split and project.overlap_where_split > 1:
        _LOCK.rows(task=held.task_id)
        most, beyond = project.overlap_where_split, project.split_beyond
        _RAISE.rows(task=held.task_id, most=most, beyond=beyond)


def _ask_overall(held: HeldAssignment, project: Project) -> None:
    """The primary question in a task of its own: behind every first pass, so that nobody has what
    they answered to it before their eyes."""
    first = Task.objects.filter(pk=held.task_id, later_passes__isnull=True).first()
    if first is None:
        return
    external_id = f"{first.external_id[:160]}-overall-{first.pk}"
    priority = max(first.priority - 1, PRIORITIES[0])
    second = Task(
        project=project,
        prompt_id=first.prompt_id,
        external_id=external_id,
        kind=TaskKind.COMPARE,
        response_ids=first.response_ids,
        source_order=first.source_order,
        overlap=first.overlap,
        open_slots=first.overlap,
        priority=priority,
        queue_key=queue_key(priority, project.salt, external_id),
        import_job_id=first.import_job_id,
        part=project.overall_pass or TaskPart.SAME,
        first_pass=first,
    )
    # Two raters may be the first at the same moment; its name is taken then.
    Task.objects.bulk_create([second], ignore_conflicts=True)
