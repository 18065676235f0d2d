"""What a person who is erased has written: rationales, notes of skips, texts of late answers.

One job a project. Judgments and answers stay as they are; a fingerprint of what was sent goes too,
since it could confirm a guess of what stood there.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Model, Q, QuerySet

from labeling.models import Assignment, Judgment, LateAnswer, TextErasing
from labeling.models.removal import erasing
from labeling.work.deadlocks import retry_deadlocks
from labeling.work.lifecycle import note_progress, run
from labeling.work.registry import JobKind, register
from labeling.work.sending import send
from projects.models import Project, User

#: Rows of one transaction.
_STEP = 1_000
_SHORT_ROWS = 50_000


def _is_long(erasure: TextErasing) -> bool:
    return erasure.progress_total > _SHORT_ROWS


ERASING_JOB = register(
    JobKind(
        model=TextErasing,
        space=41010,
        task="labeling.jobs.erase_texts",
        noun="erasing of texts",
        advice="Look into the log.",
        is_long=_is_long,
        resumes=True,
        cancellable=False,
    )
)


def forget_texts(*, person: User, actor: User) -> list[Project]:
    """Has the texts of a person taken away, project by project; settings name it."""
    worked = Assignment.objects.filter(rater=person).order_by().values("project").distinct()
    projects = list(Project.objects.filter(pk__in=worked).order_by("pk"))
    for project in projects:
        send(TextErasing.objects.create(project=project, created_by=actor, person=person))
    return projects


def erase_texts_of(erasure_id: int) -> None:
    """Does it in one project; nothing where it is over or another process is at it."""
    run(ERASING_JOB, erasure_id, _erase)


def _erase(erasure: TextErasing) -> None:
    project, person = erasure.project, erasure.person
    judgments = Judgment.objects.filter(project=project, rater=person)
    assignments = Assignment.objects.filter(project=project, rater=person)
    said = judgments.filter(~Q(rationale="") | ~Q(fingerprint=""))
    skips = assignments.exclude(skip_note="")
    late = LateAnswer.objects.filter(assignment__in=assignments).exclude(rationale="")
    n = sum(rows.order_by().count() for rows in (said, skips, late))
    note_progress(ERASING_JOB, erasure, progress_total=n, progress_done=0)
    for ids in _pieces(said):
        _blank(erasure, Judgment.objects.filter(pk__in=ids), rationale="", fingerprint="")
    for ids in _pieces(skips):
        _blank(erasure, Assignment.objects.filter(pk__in=ids), skip_note="")
    for ids in _pieces(late):
        _blank(erasure, LateAnswer.objects.filter(pk__in=ids), rationale="")


def _pieces(rows: QuerySet[Model]) -> Iterator[list[int]]:
    """Ids of what is left, some at a time, until nothing is."""
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:_STEP]):
        yield ids


@retry_deadlocks
def _blank(erasure: TextErasing, rows: QuerySet[Model], **blanks: str) -> None:
    with erasing():
        n = rows.update(**blanks)
    note_progress(ERASING_JOB, erasure, progress_done=F("progress_done") + n)
