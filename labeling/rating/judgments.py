"""Judgments: submitted once, never overwritten, taken back by a new row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from labeling.kinds import Kind, Submission, kind_of
from labeling.models import Assignment, Judgment
from labeling.models.teaching import ask_without_words
from labeling.rating import records
from labeling.rating.answers import (
    AskedTask,
    CheckedSubmission,
    Questions,
    asked_now,
    asked_then,
    check_submission,
    plausible_times,
)
from labeling.rating.branches import give_back_branches, require_choice, require_kept_choice
from labeling.rating.fingerprints import says_the_same, submission_fingerprint
from labeling.rating.leases import lease_length, own_assignment
from labeling.rating.marks import check_marks, keep_marks
from labeling.rating.openings import require_unopened
from labeling.rating.passes import follow_up
from labeling.rating.places import (
    LimitReached,
    RaterLimit,
    TaskFull,
    TaskWithdrawn,
    make_room,
    rater_limit,
    require_return,
    require_room,
    with_place,
    withdrawn_since_words,
)
from labeling.rating.qualifying import note_stage_answer, require_undecided
from labeling.rating.selectors import LastAct, TakenBack, last_act, taken_back
from labeling.rating.windows import end_change, require_changeable, require_included
from labeling.rating.written import (
    check_written,
    keep_written,
    settle_review,
    take_back_written,
)
from labeling.vocabulary import STAGES, Act, AssignmentState, SkipReason
from labeling.work.deadlocks import retry_deadlocks
from projects.exceptions import Conflict, InvalidInput
from projects.models import Criterion, Project, User
from projects.sql import database_now


class NotYours(Conflict):
    """The assignment does not exist or belongs to somebody else; both look the same."""

    code = "not_found"
    status = 404


@dataclass(frozen=True, slots=True)
class Submitted:
    """The stored judgment, and whether this call created it (False: it was there already)."""

    judgment: Judgment
    created: bool


@retry_deadlocks
def submit_judgment(
    *,
    rater: User,
    assignment_id: int,
    submission: Submission,
    project: Project | None = None,
    criteria: Sequence[Criterion] | None = None,
    now: datetime | None = None,
) -> Submitted:
    """Stores a judgment, exactly once.

    The same submission again (same key, or the same content) returns the stored judgment. A door
    that has read the project and its criteria already passes them. Raises NotYours for a
    stranger's assignment (or one of another project), InvalidInput naming the fields at fault,
    TaskWithdrawn where `keep_late` may keep it, Conflict where the assignment is judged otherwise,
    skipped, or its place was given to others.
    """
    held = records.lock_assignment(
        assignment_id=assignment_id, rater_id=rater.pk, rubric=submission.rubric
    )
    if held is None or (project is not None and held.project_id != project.pk):
        raise NotYours(_("There is no such task among yours."))
    project = project or Project.objects.get(pk=held.project_id)
    return _submit_locked(held, submission, project, criteria, now or held.read_at)


def _submit_locked(
    held: records.HeldAssignment,
    submission: Submission,
    project: Project,
    criteria: Sequence[Criterion] | None,
    now: datetime,
) -> Submitted:
    content_hash, stored = submission_fingerprint(submission), records.stored_judgments(held.pk)
    if replay := _replayed(held, submission, content_hash, stored):
        return Submitted(replay, created=False)
    _require_open(held, now)
    require_choice(task_id=held.task_id, follows_id=held.follows_id, rater_id=held.rater_id)
    kind, questions = kind_of(held.kind), asked_questions(held, submission, project, criteria)
    task = AskedTask(len(held.shown_order), held.guideline_id, held.principle_key)
    checked = check_submission(project, kind, questions, task, submission)
    draft = check_written(held, project, submission, checked.answers)
    marks = check_marks(held, kind, kind.asked(questions.criteria), submission)
    times = plausible_times(submission, since=held.since, now=now)
    previous = _superseded(held, stored)
    judgment = Judgment(
        assignment_id=held.pk,
        task_id=held.task_id,
        project_id=held.project_id,
        rater_id=held.rater_id,
        guideline_id=held.guideline_id,
        rubric_id=held.rubric_id,
        revises_id=previous,
        key=submission.key,
        fingerprint=content_hash,
        purpose=held.purpose,
        strategy=held.strategy,
        selection_probability=held.selection_probability,
        source=submission.source,
        rationale=submission.rationale.strip(),
        reasons=checked.reasons,
        principles=checked.principles,
        none_fits=submission.none_fits,
        flags=checked.flags,
        active_ms=times.active_ms,
        idle_ms=times.idle_ms,
        times_cut=times.cut,
        ui_version=(submission.ui_version or kind.interface)[:40],
        created_at=now,
    )
    _insert_answers(held, kind, judgment, checked)
    keep_marks(judgment, marks)
    keep_written(judgment, draft, held=held, project=project, submission=submission)
    settle_review(judgment, checked.answers, held=held)
    follow_up(held, project, checked.answers)
    return Submitted(judgment, created=True)


def _superseded(
    held: records.HeldAssignment, stored: Sequence[records.StoredJudgment]
) -> int | None:
    """The current row of an assignment, which is so no more; None where there is none."""
    previous = next((row.pk for row in stored if row.is_current), None)
    if previous is not None:
        Judgment.objects.filter(pk=previous).update(is_current=False)
        if held.state == AssignmentState.SUBMITTED:
            take_back_written(Judgment(pk=previous, task_id=held.task_id))
    return previous


def _require_open(held: records.HeldAssignment, now: datetime) -> None:
    if held.state == AssignmentState.SUBMITTED:
        require_changeable(held, now)
    if held.state == AssignmentState.SKIPPED:
        raise Conflict(_("You have skipped this task, so it cannot be judged."))


def _insert_answers(
    held: records.HeldAssignment, kind: Kind, judgment: Judgment, checked: CheckedSubmission
) -> None:
    shown, clauses = checked.answers, checked.clauses
    answers = [records.stored_answer(held, kind, answer, clauses) for answer in shown]
    _insert(held, judgment, answers)
    ask_without_words(judgment)
    note_stage_answer(judgment)
    if held.state == AssignmentState.SUBMITTED:
        require_kept_choice(task_id=held.task_id, rater_id=held.rater_id)


def asked_questions(
    held: records.HeldAssignment,
    submission: Submission,
    project: Project,
    criteria: Sequence[Criterion] | None = None,
) -> Questions:
    """What was asked. Raises InvalidInput for a version that the project has not."""
    if submission.rubric not in {None, held.rubric_number}:
        sentence = _("This project has no version %(number)s of its questions.") % {
            "number": submission.rubric
        }
        raise InvalidInput(sentence, fields={"rubric": sentence})
    if held.former_questions is None:
        return asked_now(project, criteria)
    return asked_then(project, held.former_questions)


def _insert(
    held: records.HeldAssignment, judgment: Judgment, answers: list[records.StoredAnswer]
) -> None:
    """Stores it; a lease that has lapsed takes its place again first, of the task and the rater.

    An answer that is changed has both. Raises Conflict, in words, where there is none.
    """
    if held.state == AssignmentState.SUBMITTED:
        records.insert_judgment(judgment, answers)
        return
    most = None if held.purpose in STAGES else held.limit
    limit = RaterLimit(held.rater_id, held.project_id, most)
    try:
        if held.state == AssignmentState.LEASED:
            require_room(limit)
            records.insert_judgment(judgment, answers)
        else:
            require_unopened(task_id=held.task_id, rater_id=held.rater_id)
            make_room(limit)
            with_place(
                lambda: records.insert_judgment(judgment, answers),
                task_id=held.task_id,
                now=judgment.created_at,
            )
    except TaskWithdrawn:
        raise  # its answer is kept as a late one
    except (TaskFull, LimitReached) as error:
        thanks = _("Your answer was not saved; thank you, and please go on with the next task.")
        raise type(error)(f"{error.message} {thanks}") from None


def _replayed(
    held: records.HeldAssignment,
    submission: Submission,
    content_hash: str,
    stored: Sequence[records.StoredJudgment],
) -> Judgment | None:
    """The judgment that this very submission made before, even if it was withdrawn since.

    A retry by its key ends no change of the answer: it may have waited for a connection.
    """
    for row in stored:
        if submission.key is not None and row.key == submission.key:
            if not says_the_same(row.fingerprint, submission, content_hash):
                raise Conflict(_("This submission key was used with other answers."))
            return Judgment.objects.get(pk=row.pk)
        if (
            held.state == AssignmentState.SUBMITTED
            and row.is_current
            and says_the_same(row.fingerprint, submission, content_hash)
        ):
            end_change(held)
            return Judgment.objects.get(pk=row.pk)
    return None


@retry_deadlocks
def skip_assignment(
    *, rater: User, assignment_id: int, reason: str, note: str = "", now: datetime | None = None
) -> Assignment:
    """Gives a task back with a reason; the rater will not get it again. Idempotent.

    An answer that is being changed stands as it is. Raises NotYours, InvalidInput for an unknown
    reason, Conflict where it was judged.
    """
    if reason not in set(SkipReason):
        known = ", ".join(SkipReason)
        reason_error = _("Choose one of: %(known)s.") % {"known": known}
        sentence = _("Choose why you skip this task; it is still open.")
        raise InvalidInput(sentence, fields={"reason": reason_error})
    assignment = own_assignment(rater=rater, assignment_id=assignment_id, lock=True)
    if assignment is None:
        raise NotYours(_("There is no such task among yours."))
    if assignment.state == AssignmentState.SUBMITTED:
        if assignment.reopened_at is None:
            raise Conflict(_("You have already judged this task, so it cannot be skipped."))
        assignment.reopened_at = None
        assignment.save(update_fields=["reopened_at"])
        return assignment
    if assignment.state != AssignmentState.SKIPPED:
        assignment.state = AssignmentState.SKIPPED
        assignment.skipped_at = now or database_now()
        assignment.skip_reason = reason
        assignment.skip_note = note.strip()[:2000].replace("\x00", "")
        assignment.save(update_fields=["state", "skipped_at", "skip_reason", "skip_note"])
    return assignment


@dataclass(frozen=True, slots=True)
class Undone:
    """A task that is open again: which act was taken back, and what had been answered there.

    `skip_reason` and `skip_note` are what a skip had said.
    """

    assignment: Assignment
    took_back: Act
    answered: TakenBack | None
    skip_reason: str = ""
    skip_note: str = ""


@retry_deadlocks
def undo_last(*, rater: User, project: Project, now: datetime | None = None) -> Undone:
    """Takes back the rater's last act in a project, a judgment or a skip, and opens its task again.

    A judgment is withdrawn by a new row and keeps its place; a skip has given its place away.
    Raises Conflict where there is nothing to take back, or where others have that place now.
    """
    now = now or database_now()
    last = last_act(rater=rater, project=project)
    if last is None:
        raise Conflict(_("There is nothing of yours to take back here."))
    assignment = own_assignment(rater=rater, assignment_id=last.assignment_id, lock=True)
    if assignment is None:
        raise Conflict(_("This was taken back already."))
    return _take_back(last, assignment, now)


def _take_back(last: LastAct, assignment: Assignment, now: datetime) -> Undone:
    """Opens the task of a locked assignment again, and says what had been done there."""
    state = AssignmentState.SUBMITTED if last.judgment else AssignmentState.SKIPPED
    if assignment.state != state:
        if assignment.state == AssignmentState.LEASED and last.judgment:
            raise Conflict(_("Your text was sent back to you: it is open, and comes again."))
        raise Conflict(_("This was taken back already."))
    require_unopened(task_id=assignment.task_id, rater_id=assignment.rater_id)
    require_undecided(assignment)
    limit = rater_limit(rater_id=assignment.rater_id, project=assignment.project)
    if last.judgment is None:
        make_room(limit)
    else:
        require_return(limit)
        if not records.withdraw_judgment(last.judgment, now):
            require_included(last.judgment)
            raise Conflict(_("This was taken back already."))
        take_back_written(last.judgment)
        require_kept_choice(task_id=assignment.task_id, rater_id=assignment.rater_id)
        give_back_branches(assignment)
    undone = Undone(
        assignment=assignment,
        took_back=last.act,
        answered=taken_back(assignment),
        skip_reason=assignment.skip_reason,
        skip_note=assignment.skip_note,
    )
    _open_again(assignment, now)
    return undone


def _open_again(assignment: Assignment, now: datetime) -> None:
    """`opened_at` stays: the oldest open lease is the one that is resumed. So does a longer lease:
    what was sent back waits for its author."""
    assignment.state = AssignmentState.LEASED
    until = now + lease_length(assignment.project)
    assignment.lease_expires_at = max(assignment.lease_expires_at, until)
    assignment.submitted_at = assignment.skipped_at = assignment.reopened_at = None
    assignment.skip_reason = assignment.skip_note = ""
    changed = [
        "state",
        "lease_expires_at",
        "submitted_at",
        "skipped_at",
        "reopened_at",
        "skip_reason",
        "skip_note",
    ]
    try:
        with_place(
            lambda: assignment.save(update_fields=changed), task_id=assignment.task_id, now=now
        )
    except TaskWithdrawn:
        raise Conflict(withdrawn_since_words(assignment.task_id)) from None
    except TaskFull:
        raise Conflict(
            _(
                "You skipped this task, and others have taken its place since: "
                "the skip cannot be taken back. Please go on with the next task."
            )
        ) from None
