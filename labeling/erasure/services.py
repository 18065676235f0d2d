"""A project deleted, with everything in it and its files: begun by its lead, done by a job.

From the request on nobody is a member any more, so that nothing of it can be read, judged or
joined while it goes. The line in the log stays: it belongs to no project.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.datasets import build
from labeling.imports.files import discard
from labeling.models import Assignment, Deletion, Import, Job, Judgment, Prompt, Release, Task
from labeling.models.removal import delete_prompts, delete_tasks, erasing
from labeling.pictures.services import delete_project_pictures
from labeling.releases.services import folder_of
from labeling.vocabulary import AssignmentState, JobState
from labeling.work.deadlocks import retry_deadlocks
from labeling.work.endings import cancel, settle_job
from labeling.work.lifecycle import JobStops, note_progress, retry, run
from labeling.work.registry import JobKind, job_kind_of, job_models, register
from projects.audit import record
from projects.exceptions import Conflict, InvalidInput
from projects.models import AuditEvent, Invitation, Membership, Project, User
from projects.sql import pieces

#: Tasks or prompts of one transaction.
_STEP = 500
_SHORT_TASKS = 20_000
_OPEN = [JobState.PENDING, JobState.RUNNING]


def _is_long(deletion: Deletion) -> bool:
    return int(deletion.event.detail.get("tasks", 0)) > _SHORT_TASKS


DELETION_JOB = register(
    JobKind(
        model=Deletion,
        space=41009,
        task="labeling.jobs.delete_project",
        noun="deletion of a project",
        advice="What is gone is gone; try again for the rest, or look into the log.",
        is_long=_is_long,
        resumes=True,
        cancellable=False,
    )
)


def request_deletion(*, project: Project, actor: User, typed_name: str) -> Deletion:
    """Closes a project to everybody and keeps the request to delete it; the door sends the job.

    Raises InvalidInput where the name that was typed is not the project's.
    """
    if " ".join(typed_name.split()) != " ".join(project.name.split()):
        sentence = _("Type the project's name exactly: %(name)s") % {"name": project.name}
        raise InvalidInput(sentence, fields={"name": sentence})
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        if Deletion.objects.filter(project=project).exists():
            raise Conflict(_("This project is being deleted already."))
        event = record(
            project=None,
            actor=actor,
            verb=gettext_noop("project deleted"),
            name=project.name,
            slug=project.slug,
            **project_counts(project),
        )
        deletion = Deletion.objects.create(project=project, created_by=actor, event=event)
        _close(project)
    return deletion


def project_counts(project: Project) -> dict[str, int]:
    """How much goes with a project, by kind."""
    tables: tuple[type[models.Model], ...] = (Task, Judgment, Import, Release, Membership)
    return {
        str(table._meta.verbose_name_plural): table._default_manager.filter(project=project)
        .order_by()
        .count()
        for table in tables
    }


def _close(project: Project) -> None:
    """Nobody is a member any more, no link leads in, nothing is reserved, and its name is free."""
    for job in _open_jobs(project):
        cancel(job)
    Membership.objects.filter(project=project).delete()
    links = Invitation.objects.filter(project=project, revoked_at__isnull=True)
    links.update(revoked_at=timezone.now())
    leases = Assignment.objects.filter(project=project, state=AssignmentState.LEASED)
    leases.update(state=AssignmentState.EXPIRED)
    # No name makes an address that begins like this, so nobody has it.
    Project.objects.filter(pk=project.pk).update(
        slug=f"_deleted-{project.pk}", status=Project.Status.ARCHIVED
    )


def _open_jobs(project: Project) -> Iterator[Job]:
    for table in job_models():
        if table is not Deletion:
            yield from table._default_manager.filter(project=project, state__in=_OPEN)


def retry_deletion(deletion: Deletion) -> None:
    """Puts a deletion that failed in the queue again. Raises Conflict where it did not fail."""
    if not retry(deletion):
        raise Conflict(_("Only a deletion that failed can be tried again."))


def find_deletion(event_id: int, reader: User) -> tuple[AuditEvent, Deletion | None] | None:
    """The line in the log and the job, None once it is over, for who asked and for operators."""
    events = AuditEvent.objects.filter(pk=event_id, verb="project deleted", project=None)
    if not reader.is_staff:
        events = events.filter(actor=reader)
    event = events.first()
    return (event, Deletion.objects.filter(event=event).first()) if event else None


def delete_project(deletion_id: int) -> None:
    """Does it; nothing where it is over or another process is at it."""
    run(DELETION_JOB, deletion_id, _delete)


def _delete(deletion: Deletion) -> None:
    project = deletion.project
    tasks = Task.objects.filter(project=project)
    if not deletion.progress_total:
        note_progress(DELETION_JOB, deletion, progress_total=tasks.order_by().count() + 1)
    _end_jobs(deletion)
    for ids in pieces(tasks, _STEP):
        _delete_some(deletion, ids)
    for ids in pieces(Prompt.objects.filter(project=project), _STEP):
        _delete_prompts(deletion, ids)
    for release in Release.objects.filter(project=project):
        folder = folder_of(release)
        for path in (build.staging_of(folder), folder):
            shutil.rmtree(path, ignore_errors=True)
    for kept in Import.objects.filter(project=project).values_list("path", flat=True):
        discard(kept)
    delete_project_pictures(project.pk)
    note_progress(DELETION_JOB, deletion)
    _delete_rest(project)


def _end_jobs(deletion: Deletion) -> None:
    """Ends the project's other jobs. Raises JobStops while a worker is at one: it stops soon."""
    for job in _open_jobs(deletion.project):
        cancel(job)
        settle_job(job_kind_of(job), job.pk)
    if any(True for _job in _open_jobs(deletion.project)):
        note_progress(DELETION_JOB, deletion)
        raise JobStops


@retry_deadlocks
def _delete_some(deletion: Deletion, ids: list[int]) -> None:
    with erasing():
        delete_tasks(ids)
    note_progress(DELETION_JOB, deletion, progress_done=F("progress_done") + len(ids))


@retry_deadlocks
def _delete_prompts(deletion: Deletion, ids: list[int]) -> None:
    delete_prompts(ids)
    note_progress(DELETION_JOB, deletion)


@retry_deadlocks
def _delete_rest(project: Project) -> None:
    """What is small, in one transaction: jobs, rules, reports, log, and the project itself."""
    with erasing():
        for table in job_models():
            if table is not Deletion:
                table._default_manager.filter(project=project).delete()
        project.delete()
