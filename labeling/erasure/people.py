"""What a person who is erased has written: rationales, notes of skips and of marks, texts
of late answers, why tasks were withdrawn, questions, answers that are no precedent, notes to and
from them, words on a qualification, notes of exclusions. If it is asked for, also their answers and
edits.

One job a project. Judgments and answers stay as they are; a fingerprint of what was sent goes too,
since it could confirm a guess of what stood there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, JSONField, Model, Q, QuerySet
from django.db.models.expressions import RawSQL

from labeling.imports.undoing import UNDO_REASON
from labeling.models import (
    Assignment,
    CheckIn,
    Exclusion,
    FlagResolution,
    Judgment,
    LateAnswer,
    Precedent,
    Profile,
    ProfileConsent,
    Query,
    RaterNote,
    Region,
    Span,
    StageDecision,
    Task,
    TextErasing,
    TopicConsent,
    Withdrawal,
)
from labeling.models.removal import delete_assignments, erasing
from labeling.vocabulary import QueryState
from labeling.work.deadlocks import retry_deadlocks
from labeling.work.lifecycle import note_progress, run
from labeling.work.registry import JobKind, is_longer_than, register
from labeling.work.sending import send
from projects.models import Project, User
from projects.sql import pieces

#: Rows of one transaction.
_STEP = 1_000
#: Assignments of one transaction, with all that hangs on their texts.
_WRITTEN_STEP = 200


def _without_notes(column: str) -> RawSQL:
    """The marks of a column of ours, without what was said of each."""
    marks = f"jsonb_array_elements({column}) mark"
    return RawSQL(  # noqa: S611
        f"(SELECT coalesce(jsonb_agg(mark - 'note'), '[]') FROM {marks})",  # noqa: S608
        [],
        output_field=JSONField(),
    )


#: What stays of a column where it is not "": of marks that came late, all but their notes.
_BLANK: Mapping[str, object] = {
    "spans": _without_notes("spans"),
    "regions": _without_notes("regions"),
}

ERASING_JOB = register(
    JobKind(
        model=TextErasing,
        space=41010,
        task="labeling.jobs.erase_texts",
        noun="erasing of texts",
        advice="Look into the log.",
        is_long=is_longer_than(50_000),
        resumes=True,
        cancellable=False,
    )
)


def forget_texts(*, person: User, actor: User, written: bool = False) -> list[Project]:
    """Has the texts of a person taken away, project by project; settings name it."""
    wrote = (
        Assignment.objects.filter(rater=person),
        Task.objects.filter(withdrawn_by=person),
        Withdrawal.objects.filter(created_by=person),
        Query.objects.filter(Q(asked_by=person) | Q(answered_by=person)),
        RaterNote.objects.filter(Q(rater=person) | Q(author=person)),
        StageDecision.objects.filter(Q(rater=person) | Q(decided_by=person)),
        Exclusion.objects.filter(Q(rater=person) | Q(by=person)),
    )
    in_them = Q()
    for rows in wrote:
        in_them |= Q(pk__in=rows.order_by().values("project").distinct())
    with erasing():
        TopicConsent.objects.filter(user=person).delete()
        CheckIn.objects.filter(rater=person).delete()
        Profile.objects.filter(link__user=person).delete()
        ProfileConsent.objects.filter(user=person).delete()
    projects = list(Project.objects.filter(in_them).order_by("pk"))
    for project in projects:
        send(
            TextErasing.objects.create(
                project=project, created_by=actor, person=person, takes_written=written
            )
        )
    return projects


def erase_texts_of(erasure_id: int) -> None:
    """Does it in one project; nothing where it is over or another process is at it."""
    run(ERASING_JOB, erasure_id, _erase)


def _erase(erasure: TextErasing) -> None:
    if erasure.takes_written:
        _delete_written(erasure)
    judgments = Judgment.objects.filter(project=erasure.project, rater=erasure.person)
    assignments = Assignment.objects.filter(project=erasure.project, rater=erasure.person)
    spans = Span.objects.filter(judgment__in=judgments)
    regions = Region.objects.filter(judgment__in=judgments)
    late = LateAnswer.objects.filter(assignment__in=assignments)
    withdrawn = Task.objects.filter(project=erasure.project, withdrawn_by=erasure.person)
    withdrawals = Withdrawal.objects.filter(project=erasure.project, created_by=erasure.person)
    queries = Query.objects.filter(project=erasure.project)
    asked = queries.filter(asked_by=erasure.person)
    # What became a precedent is a rule of the project, whoever wrote it.
    answered = queries.filter(answered_by=erasure.person, status=QueryState.ANSWERED)
    quotes = Precedent.objects.filter(
        project=erasure.project, question__in=asked.exclude(text="").values("text")
    )
    about = Q(rater=erasure.person) | Q(author=erasure.person)
    notes = RaterNote.objects.filter(about, project=erasure.project)
    by_or_about = Q(rater=erasure.person) | Q(decided_by=erasure.person)
    words = StageDecision.objects.filter(by_or_about, project=erasure.project)
    excluded = Exclusion.objects.filter(
        Q(rater=erasure.person) | Q(by=erasure.person), project=erasure.project
    )
    resolved = FlagResolution.objects.filter(task__project=erasure.project, person=erasure.person)
    texts: list[tuple[QuerySet[Any], tuple[str, ...]]] = [
        (judgments.filter(~Q(rationale="") | ~Q(fingerprint="")), ("rationale", "fingerprint")),
        (assignments.exclude(skip_note=""), ("skip_note",)),
        (spans.exclude(note=""), ("note",)),
        (regions.exclude(note=""), ("note",)),
        (
            late.exclude(rationale="", text="", spans=[], regions=[]),
            ("rationale", "text", "spans", "regions"),
        ),
        (withdrawn.exclude(withdrawn_reason__in=["", UNDO_REASON]), ("withdrawn_reason",)),
        (withdrawals.exclude(reason=""), ("reason",)),
        # First where a precedent quotes it: it is known there by its words.
        (quotes.exclude(question=""), ("question",)),
        (asked.exclude(text=""), ("text",)),
        (answered.exclude(answer=""), ("answer",)),
        (notes.exclude(text=""), ("text",)),
        (words.exclude(reason=""), ("reason",)),
        (excluded.exclude(note=""), ("note",)),
        (resolved.exclude(word=""), ("word",)),
    ]
    n = sum(rows.order_by().count() for rows, _names in texts)
    note_progress(ERASING_JOB, erasure, progress_total=n, progress_done=0)
    for rows, names in texts:
        for ids in pieces(rows, _STEP):
            _blank(erasure, rows.model, ids, names)


def _delete_written(erasure: TextErasing) -> None:
    """The texts with the judgments they came with, and what others said of them; their tasks are
    free again."""
    wrote = Assignment.objects.filter(
        project=erasure.project, judgments__texts__author=erasure.person
    )
    for ids in pieces(wrote.distinct(), _WRITTEN_STEP):
        _delete_some(ids)


@retry_deadlocks
def _delete_some(ids: list[int]) -> None:
    with erasing():
        delete_assignments(ids)


@retry_deadlocks
def _blank(
    erasure: TextErasing, table: type[Model], ids: list[int], names: tuple[str, ...]
) -> None:
    with erasing():
        n = table._default_manager.filter(pk__in=ids).update(
            **{name: _BLANK.get(name, "") for name in names}
        )
    note_progress(ERASING_JOB, erasure, progress_done=F("progress_done") + n)
