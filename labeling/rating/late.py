"""Answers of people who may no longer rate here, or to tasks withdrawn meanwhile: kept as late.

Each is taken once and counted in nothing. They were given in good faith while the lease was theirs
and waited in a browser, or for a connection. Whoever sent them is told what became of them, so that
nothing waits for ever.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from labeling.kinds import Submission, kind_of
from labeling.kinds.shapes import as_submitted
from labeling.models import Assignment, Judgment, LateAnswer
from labeling.models.play import is_text_taken_back
from labeling.rating import records
from labeling.rating.answers import AskedTask, Questions, asked_now, asked_then, check_submission
from labeling.rating.branches import is_cut_off
from labeling.rating.leases import own_assignment
from labeling.rating.marks import late_marks
from labeling.rating.written import check_written
from labeling.vocabulary import AssignmentState
from labeling.work.deadlocks import retry_deadlocks
from projects.exceptions import Conflict
from projects.models import Project, User
from projects.permissions import Action, may


@dataclass(frozen=True, slots=True)
class Late:
    """What became of an answer that came late, in words."""

    message: str


def late_assignment(*, rater: User, assignment_id: int) -> Assignment | None:
    """The rater's own assignment if an answer to it can only be late, else None.

    They may no longer rate in its project, its task was withdrawn while they had it, or it is a
    turn after a choice that they changed since.
    """
    own = own_assignment(rater=rater, assignment_id=assignment_id)
    if own is None or _is_withdrawn(own) or not may(rater, Action.RATE, own.project):
        return own
    if is_cut_off(own):
        return own
    return None


def _is_withdrawn(own: Assignment) -> bool:
    is_open = own.state == AssignmentState.EXPIRED or own.reopened_at is not None
    return own.task.withdrawn_at is not None and is_open


@retry_deadlocks
def keep_late(*, rater: User, assignment_id: int, submission: Submission) -> Late | None:
    """Keeps a late answer, once; None where the rater may still judge, or never had the task.

    Raises InvalidInput naming the fields at fault, and Conflict where the task was judged
    otherwise or skipped before, or another late answer to it is kept.
    """
    if late_assignment(rater=rater, assignment_id=assignment_id) is None:
        return None
    held = own_assignment(rater=rater, assignment_id=assignment_id, lock=True)
    if held is None:
        return None
    if held.state == AssignmentState.SUBMITTED and (
        held.reopened_at is None or _is_on_record(held, submission)
    ):
        return _on_record(held, submission)
    if held.state == AssignmentState.SKIPPED:
        raise Conflict(_("You have skipped this task, so it cannot be judged."))
    kind = kind_of(held.task.asked_as)
    locked, questions = _asked(held, submission)
    task = AskedTask(len(held.shown_order), held.guideline_id, held.task.principle_key)
    checked = check_submission(held.project, kind, questions, task, submission)
    draft = check_written(locked, held.project, submission, checked.answers) if locked else None
    answers = [kind.canonical(answer, held.shown_order) for answer in checked.answers]
    content = {
        "answers": as_submitted(answers),
        "tie_kinds": {a.question.key: a.tie_kind for a in answers if a.tie_kind},
        "rationale": submission.rationale.strip(),
        "reasons": checked.reasons,
        "text": (draft.text if draft else None) or "",
        **late_marks(held, kind, kind.asked(questions.criteria), submission),
    }
    kept, created = LateAnswer.objects.get_or_create(assignment=held, defaults=content)
    if not created and any(getattr(kept, name) != value for name, value in content.items()):
        raise Conflict(_other_kept_words(held.project))
    return Late(_kept_words(held))


def _asked(
    held: Assignment, submission: Submission
) -> tuple[records.HeldAssignment | None, Questions]:
    locked = records.lock_assignment(
        assignment_id=held.pk, rater_id=held.rater_id, rubric=submission.rubric
    )
    if locked is None or locked.former_questions is None:
        return locked, asked_now(held.project)
    return locked, asked_then(held.project, locked.former_questions)


def skipped_late(*, rater: User, assignment_id: int) -> Late | None:
    """What a late skip is answered: there is nothing left to give back. None as in `keep_late`."""
    held = late_assignment(rater=rater, assignment_id=assignment_id)
    if held is None:
        return None
    words = _("You no longer rate in “%(project)s”; the task you skipped is with others now.")
    return Late(words % {"project": held.project.name})


def _on_record(held: Assignment, submission: Submission) -> Late:
    """A judgment that had arrived, although its rater never heard so."""
    if not _is_on_record(held, submission):
        raise Conflict(_("You have already judged this task."))
    words = _("This answer had been saved while you rated in “%(project)s”. Thank you.")
    return Late(words % {"project": held.project.name})


def _is_on_record(held: Assignment, submission: Submission) -> bool:
    keys = Judgment.objects.filter(assignment=held, key__isnull=False).values_list("key", flat=True)
    return submission.key in set(keys)


def _kept_words(held: Assignment) -> str:
    if may(held.rater, Action.RATE, held.project):
        if not _is_withdrawn(held):
            return _(
                "You have changed your choice in the turn before since. Your answer to this turn "
                "is kept with it as a late one, and counts in no figure and no dataset. Please go "
                "on."
            )
        if is_text_taken_back(held.task_id):
            return _(
                "The author took this text back while you had it. Your review is kept with it as a "
                "late one, and counts in no figure and no dataset. Thank you; please go on."
            )
        return _(
            "A lead has withdrawn this task while you had it. Your answer is kept with it as a "
            "late one, and counts in no figure and no dataset. Thank you; please go on."
        )
    words = _(
        "You no longer rate in “%(project)s”. Your answer is kept there as a late one: "
        "its lead can read it, and it counts in no figure and no dataset. Thank you."
    )
    return words % {"project": held.project.name}


def _other_kept_words(project: Project) -> str:
    words = _(
        "Another answer of yours to this task is kept in “%(project)s” as a late one; this one is "
        "not."
    )
    return words % {"project": project.name}
