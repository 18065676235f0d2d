"""Acts of a page of one's own: an example is opened, a note is written and read."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.models import Judgment, RaterNote, TalkedOver, Task
from labeling.own.selectors import next_example, notes_to, open_tasks_of
from labeling.rating.openings import open_votes
from labeling.vocabulary import AssignmentState
from labeling.work.deadlocks import retry_deadlocks
from projects.audit import naming, record
from projects.exceptions import Conflict, InvalidInput
from projects.models import Membership, Project, User
from projects.sql import database_now

#: Characters of one note.
MOST_RATER_NOTE = 2000


def open_example(*, rater: User, project: Project) -> Judgment:
    """Shows a rater the next task on which others answered otherwise.

    That they saw it is recorded, so that their answer stands from then on. Raises Conflict where
    there is none.
    """
    judgment = next_example(rater=rater, project=project)
    if judgment is None:
        raise Conflict(
            _("There is no further task on which most others answered otherwise than you.")
        )
    open_votes(task=judgment.task, person=rater)
    return judgment


@transaction.atomic
def write_note(*, member: Membership, author: User, text: str) -> RaterNote:
    """Writes to a rater. Raises InvalidInput for an empty or a long text."""
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not text or len(text) > MOST_RATER_NOTE:
        sentence = _("Write between 1 and %(most)d characters.") % {"most": MOST_RATER_NOTE}
        raise InvalidInput(sentence, fields={"text": sentence})
    note = RaterNote.objects.create(
        project=member.project, rater=member.user, author=author, text=text
    )
    record(
        project=member.project,
        actor=author,
        verb=gettext_noop("rater written to"),
        note=note.pk,
        **naming(member.user),
    )
    return note


@retry_deadlocks
def take_back_open(*, member: Membership, actor: User) -> int:
    """Takes the tasks back that a rater has open, for others to have; returns how many.

    A text that was sent back to its author stays theirs. An answer that is in hand still comes in
    where its place is free.
    """
    n = open_tasks_of(member).update(state=AssignmentState.EXPIRED)
    if n:
        record(
            project=member.project,
            actor=actor,
            verb=gettext_noop("open tasks taken back"),
            tasks=n,
            **naming(member.user),
        )
    return n


@transaction.atomic
def mark_talked_over(*, member: Membership, task: Task, author: User, done: bool) -> None:
    """Notes that a task was talked over with a rater, or that it was not. Repeating it changes
    nothing.

    Raises Conflict where the rater has not answered the task.
    """
    standing = Judgment.objects.standing().by_raters()
    judged = standing.filter(task=task, rater=member.user, project=task.project)
    if not judged.exists():
        raise Conflict(_("This rater has not answered that task."))
    marks = TalkedOver.objects.filter(task=task, rater=member.user)
    if done == marks.exists():
        return
    if done:
        TalkedOver.objects.create(task=task, rater=member.user, author=author)
    else:
        marks.delete()
    record(
        project=member.project,
        actor=author,
        verb=gettext_noop("task talked over") if done else gettext_noop("task not talked over"),
        task=task.external_id,
        **naming(member.user),
    )


def read_notes(*, rater: User, project: Project) -> int:
    """Marks all notes to the rater as read; how many were not."""
    unread = notes_to(rater=rater, project=project).filter(read_at__isnull=True)
    return unread.update(read_at=database_now())
