"""Final words: what a reviewer says of a task beside the votes, never instead of them.

A final word is a judgment of the purpose `adjudication` with an assignment of its own, which takes
no place of the task. It is as append-only as every other; of several that stand the newest holds.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.kinds import Submission, kind_of
from labeling.models import Assignment, Judgment, Task
from labeling.rating import records
from labeling.rating.answers import (
    LONGEST_ACTIVE_MS,
    AskedTask,
    check_submission,
    plausible_times,
)
from labeling.rating.claims import lock_rater
from labeling.rating.fingerprints import says_the_same, submission_fingerprint
from labeling.rating.judgments import asked_questions
from labeling.rating.openings import open_votes
from labeling.vocabulary import AssignmentState, Purpose, Strategy, TaskKind
from labeling.work.deadlocks import retry_deadlocks
from projects.audit import record
from projects.exceptions import Conflict
from projects.guidelines.selectors import current_guideline
from projects.models import Membership, User
from projects.sql import database_now

#: The interface in which final words are given, stored with each.
INTERFACE = "adjudicate-1"
#: Nobody knows when somebody opened the page on which they decide: they are believed that far.
_LONGEST = timedelta(milliseconds=LONGEST_ACTIVE_MS)


def no_final_word(task: Task) -> str:
    """Why nobody gives a final word on a task, empty where somebody may.

    Of these tasks no votes are hidden until somebody decides (`labeling.rating.openings`).
    """
    if task.withdrawn_at is not None:
        return _("The task is withdrawn: nothing about it is to be decided.")
    if task.kind == TaskKind.WRITE:
        return _("A text that is written has no final word; a second person reviews it.")
    if task.reviews_id is not None:
        return _("A review is the final word on its text already.")
    if task.purpose != Purpose.LIVE:
        return _("What is right on this task is said by its right answer, not by a final word.")
    return ""


@retry_deadlocks
def adjudicate(*, task: Task, person: User, submission: Submission) -> tuple[Judgment, bool]:
    """Stores a person's final word on a task, and whether this call did; it was there already else.

    `submission` is of the canonical order. Another word of the same person replaces theirs; the
    same again (same key, or the same content) changes nothing. From then on they are not given the
    task. Raises InvalidInput naming the fields at fault, Conflict where the task takes none.
    """
    if refusal := no_final_word(task):
        raise Conflict(refusal)
    lock_rater(project_id=task.project_id, rater_id=person.pk)
    open_votes(task=task, person=person)
    held = _held(task, person, submission)
    content_hash = submission_fingerprint(submission)
    if (said := _replayed(task, held, submission, content_hash)) is not None:
        return said, False
    judgment = _store(task, held, submission, content_hash)
    record(
        project=task.project,
        actor=person,
        verb=gettext_noop("final word given"),
        task=task.external_id,
    )
    return judgment, True


def _replayed(
    task: Task, held: records.HeldAssignment, submission: Submission, content_hash: str
) -> Judgment | None:
    """The word that this very submission gave before; said anew after another's, it holds anew."""
    holding = Judgment.objects.filter(task=task).final_words().values_list("pk", flat=True).first()
    for row in records.stored_judgments(held.pk):
        is_retry = submission.key is not None and row.key == submission.key
        is_same = says_the_same(row.fingerprint, submission, content_hash)
        if is_retry and not is_same:
            raise Conflict(_("This submission key was used with other answers."))
        if is_retry or (is_same and row.pk == holding):
            return Judgment.objects.get(pk=row.pk)
    return None


def _held(task: Task, person: User, submission: Submission) -> records.HeldAssignment:
    """The person's own assignment for final words on the task, locked; made where there is none."""
    now = database_now()
    in_force = {
        "guideline": current_guideline(task.project),
        "rubric": task.project.rubric_versions.first(),
    }
    assignment, _created = Assignment.objects.update_or_create(
        task=task,
        rater=person,
        purpose=Purpose.ADJUDICATION,
        defaults=in_force,
        create_defaults={
            **in_force,
            "project": task.project,
            "state": AssignmentState.SUBMITTED,
            "lease_expires_at": now,
            "shown_order": list(range(len(task.response_ids))),
            "strategy": Strategy.CHOSEN,
            "opened_at": now,
        },
    )
    held = records.lock_assignment(
        assignment_id=assignment.pk, rater_id=person.pk, rubric=submission.rubric
    )
    if held is None:
        raise LookupError("The assignment was made a moment ago, in this transaction.")
    return held


def _store(
    task: Task, held: records.HeldAssignment, submission: Submission, content_hash: str
) -> Judgment:
    project, kind, now = task.project, kind_of(held.kind), held.read_at
    questions = asked_questions(held, submission, project)
    asked = AskedTask(len(held.shown_order), held.guideline_id, held.principle_key)
    checked = check_submission(project, kind, questions, asked, submission)
    times = plausible_times(submission, since=now - _LONGEST, now=now)
    judgment = Judgment(
        assignment_id=held.pk,
        task_id=held.task_id,
        project_id=held.project_id,
        rater_id=held.rater_id,
        guideline_id=held.guideline_id,
        rubric_id=held.rubric_id,
        revises_id=records.supersede(held.pk),
        key=submission.key,
        fingerprint=content_hash,
        purpose=held.purpose,
        strategy=held.strategy,
        rationale=submission.rationale.strip(),
        reasons=checked.reasons,
        principles=checked.principles,
        none_fits=submission.none_fits,
        active_ms=times.active_ms,
        times_cut=times.cut,
        ui_version=(submission.ui_version or INTERFACE)[:40],
        created_at=now,
    )
    answers = [records.stored_answer(held, kind, a, checked.clauses) for a in checked.answers]
    records.insert_judgment(judgment, answers)
    return judgment


@retry_deadlocks
def take_word_back(*, task: Task, person: User) -> bool:
    """Takes a person's own final word back by a row of its own; False where none of theirs stands.

    A word of somebody else that stands holds then.
    """
    lock_rater(project_id=task.project_id, rater_id=person.pk)
    word = Judgment.objects.filter(task=task, rater=person).final_words().first()
    if word is None or not records.withdraw_judgment(word, database_now()):
        return False
    verb = gettext_noop("final word taken back")
    record(project=task.project, actor=person, verb=verb, task=task.external_id)
    return True


@transaction.atomic
def hide_votes(*, membership: Membership, hides: bool) -> None:
    """Whether the pages of tasks keep what was said from a member until they have decided."""
    membership.hides_votes = hides
    membership.save(update_fields=["hides_votes"])
