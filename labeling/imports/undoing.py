"""An import taken back: its tasks, prompts, responses and labels go, its row and its report stay.

What it changed in tasks that were there gets what it had before. Its tasks are out of play from the
first step on, so that nobody judges what is about to go; where somebody was quicker, they are put
back and the row says what to do instead.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.imports.changes import put_back_changes
from labeling.imports.selectors import undo_problem
from labeling.models import (
    Assignment,
    Exclusion,
    Import,
    ImportedChange,
    ImportUndo,
    Judgment,
    Query,
    Task,
)
from labeling.models.play import put_into_play, take_out_of_play
from labeling.models.removal import delete_assignments, delete_tasks, erasing
from labeling.pictures.services import sweep_pictures
from labeling.vocabulary import JobState
from labeling.work.deadlocks import retry_deadlocks
from labeling.work.lifecycle import JobFailed, note_progress, retry, run
from labeling.work.registry import BATCH_WRITER_SPACE, JobKind, register
from projects.audit import record
from projects.exceptions import Conflict
from projects.models import Project, User
from projects.sql import pieces

#: Tasks or labels of one transaction.
_STEP = 500
_SHORT_TASKS = 20_000
#: Why its tasks are withdrawn while they wait to be deleted; stored, so in English.
UNDO_REASON = gettext_noop("Their import is being undone.")


def _is_long(undo: ImportUndo) -> bool:
    counts = undo.import_job.counts
    return int(counts.get("created", 0)) + int(counts.get("labels", 0)) > _SHORT_TASKS


def _tidy(undo: ImportUndo) -> None:
    """Puts back into play what is left."""
    tasks = Task.objects.out_of_play().filter(import_job=undo.import_job)
    for ids in pieces(tasks.filter(withdrawn_reason=UNDO_REASON), _STEP):
        put_into_play(ids)


UNDO_JOB = register(
    JobKind(
        model=ImportUndo,
        space=41008,
        task="labeling.jobs.undo_import",
        noun="undoing of an import",
        advice="What is gone is gone; ask for the rest again.",
        is_long=_is_long,
        resumes=True,
        tidy=_tidy,
        tidies_rows=True,
    )
)


def request_undo(*, import_: Import, actor: User) -> ImportUndo:
    """Keeps the request to undo an import; the door sends the job.

    Raises Conflict, with the reason and what to do instead, where it cannot be undone. Of a large
    import the job looks, and says so on its row.
    """
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=import_.project_id)
        undo = ImportUndo.objects.filter(import_job=import_).first()
        if undo is not None and undo.state == JobState.DONE:
            raise Conflict(_("This import is undone already."))
        if undo is not None and not undo.is_over:
            raise Conflict(_("This import is being undone already."))
        draft = ImportUndo(import_job=import_, project=import_.project)
        if problem := undo_problem(import_, in_depth=not _is_long(draft)):
            raise Conflict(_(problem.sentence) % problem.values)
        if undo is None:
            undo = ImportUndo.objects.create(
                import_job=import_, project=import_.project, created_by=actor
            )
        else:
            retry(undo)
            ImportUndo.objects.filter(pk=undo.pk).update(created_by=actor)
        _log(import_, actor, gettext_noop("undoing of an import requested"))
    return undo


def _log(import_: Import, actor: User | None, verb: str) -> None:
    record(
        project=import_.project,
        actor=actor,
        verb=verb,
        file=import_.filename,
        sha256=import_.sha256,
        id=import_.pk,
    )


def undo_import(undo_id: int) -> None:
    """Does it; nothing where it is over or another process is at it."""
    run(UNDO_JOB, undo_id, _undo)


def _undo(undo: ImportUndo) -> None:
    import_ = undo.import_job
    tasks = Task.objects.filter(import_job=import_)
    labels = Assignment.objects.filter(import_job=import_).exclude(task__import_job=import_)
    changes = ImportedChange.objects.filter(import_job=import_)
    total = sum(rows.order_by().count() for rows in (tasks, tasks, labels, changes))
    note_progress(UNDO_JOB, undo, progress_total=total, progress_done=0)
    for ids in pieces(tasks.in_play(), _STEP):
        _withdraw(undo, ids)
    if problem := undo_problem(import_):
        raise JobFailed(problem.sentence % problem.values)
    for ids in pieces(tasks, _STEP):
        _delete_tasks(undo, ids)
    if tasks.exists():
        raise JobFailed(gettext_noop("Somebody answered some of its tasks meanwhile. Those stay."))
    for ids in pieces(labels, _STEP):
        _delete_labels(undo, ids)
    for ids in pieces(changes, _STEP):
        _restore(undo, ids)
    sweep_pictures(import_.project_id, of_any_age=True)
    with transaction.atomic():
        _forget_raters(import_.project)
        _log(import_, undo.created_by, gettext_noop("import undone"))


@retry_deadlocks
def _withdraw(undo: ImportUndo, ids: list[int]) -> None:
    take_out_of_play(ids, actor=undo.created_by, reason=UNDO_REASON)
    note_progress(UNDO_JOB, undo, progress_done=F("progress_done") + len(ids))


@retry_deadlocks
def _delete_tasks(undo: ImportUndo, ids: list[int]) -> None:
    """Those that nobody has answered since; nobody imports into the project meanwhile."""
    _lock_prompts(undo.project_id)
    judged = Judgment.objects.filter(task=OuterRef("pk"))
    others = judged.exclude(assignment__import_job=undo.import_job_id)
    late = Assignment.objects.filter(task=OuterRef("pk"), late_answer__isnull=False)
    asked = Query.objects.filter(task=OuterRef("pk"))
    kept = Q(Exists(others)) | Q(Exists(late)) | Q(Exists(asked))
    locked = list(Task.objects.select_for_update().filter(pk__in=ids).values_list("pk", flat=True))
    with erasing():
        free = Task.objects.filter(pk__in=locked).exclude(kept)
        delete_tasks(list(free.values_list("pk", flat=True)))
    note_progress(UNDO_JOB, undo, progress_done=F("progress_done") + len(ids))


@retry_deadlocks
def _delete_labels(undo: ImportUndo, ids: list[int]) -> None:
    _lock_prompts(undo.project_id)
    with erasing():
        delete_assignments(ids)
    note_progress(UNDO_JOB, undo, progress_done=F("progress_done") + len(ids))


@retry_deadlocks
def _restore(undo: ImportUndo, ids: list[int]) -> None:
    _lock_prompts(undo.project_id)
    put_back_changes(list(ImportedChange.objects.filter(pk__in=ids)), undo.import_job_id)
    note_progress(UNDO_JOB, undo, progress_done=F("progress_done") + len(ids))


def _lock_prompts(project_id: int) -> None:
    """Lets no import write prompts of the project until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [BATCH_WRITER_SPACE, project_id % 2**31]
        )


def _forget_raters(project: Project) -> None:
    """Takes the placeholders of raters of whom no label is left, and no word of a lead."""
    raters = User.objects.filter(placeholder_project=project, is_placeholder=True)
    excluded = Exclusion.objects.filter(rater=OuterRef("pk"))
    raters.filter(assignments__isnull=True).exclude(Exists(excluded)).delete()
