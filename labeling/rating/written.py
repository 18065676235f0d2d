"""Texts that raters write: checked, stored as responses, and sent to a second person.

A text is a response that never changes. It takes part while the judgment it came with counts: a
further draft comes with a judgment that revises it, and an undo withdraws its review.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.kinds import EditedText, GivenAnswer, Kind, Submission, is_stopped, kind_of, slot
from labeling.kinds.shapes import unstorable
from labeling.models import Assignment, Judgment, Response, Task, Writing
from labeling.models.play import TEXT_TAKEN_BACK, is_text_taken_back, take_out_of_play
from labeling.models.reviews import ask_for_review, edited_turns, reviews_texts
from labeling.rating.records import HeldAssignment
from labeling.rendering import is_same_but_spaces, normalised_distance
from labeling.vocabulary import ASKED_AS_REVIEW, AssignmentState, ReviewDecision, TaskKind
from projects.exceptions import Conflict, InvalidInput
from projects.models import Criterion, Project
from projects.scales import DECISION

#: Characters of a written text; about 18,000 words.
MOST_CHARS = 100_000
#: What was counted in a browser, cut to what its column holds.
_MOST_COUNTED = 2**31 - 1
#: How long a text that was sent back waits for its author before it may go to somebody else.
SENT_BACK_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a submission wrote; `text` is None where it changed nothing but white space.

    `original` is what it was made from, None where that was nothing.
    """

    text: str | None
    original: Response | None = None


def may_improve(project: Project, kind: Kind) -> bool:
    """Whether raters may improve the response that they prefer on a task of this kind."""
    return project.edit_winner and kind.has_winner


def check_written(
    held: HeldAssignment,
    project: Project,
    submission: Submission,
    answers: Sequence[GivenAnswer[Criterion]],
) -> Draft | None:
    """What is written with a judgment, None where nothing is.

    Raises InvalidInput naming every field at fault.
    """
    if is_stopped(answers):
        return None  # the gate ended the task: that nothing was sent beside it is checked there
    errors: dict[str, str] = {}
    draft: Draft | None = None
    if held.kind == TaskKind.WRITE:
        draft = _demonstration(held, submission, errors)
    elif held.kind == ASKED_AS_REVIEW:
        draft = _reviewed(held, submission, answers, errors)
    elif submission.edit is not None:
        draft = _improved(held, project, submission.edit, answers, errors)
    if submission.text is not None and held.kind != TaskKind.WRITE:
        errors["text"] = _("Nothing is written on a task of this kind.")
    if draft is not None and draft.text is not None and (error := _pasted(project, submission)):
        errors.setdefault("text" if held.kind == TaskKind.WRITE else "edit", error)
    if errors:
        raise InvalidInput(_("Some answers are missing or do not fit."), fields=errors)
    return draft


def _demonstration(
    held: HeldAssignment, submission: Submission, errors: dict[str, str]
) -> Draft | None:
    text = submission.text or ""
    if submission.edit is not None:
        errors["edit"] = _("Send the whole answer as the text.")
    if not text.strip():
        errors["text"] = _("Write the answer first: there is nothing in it but spaces.")
        return None
    if error := _unfit(text):
        errors["text"] = error
        return None
    original = Response.objects.filter(pk__in=held.response_ids).first()
    if original is not None and is_same_but_spaces(original.content, text):
        errors["text"] = _(
            "This is the draft as it was. Change a word of it, or skip the task if it is good."
        )
    before = Judgment.objects.filter(assignment=held.pk).standing()
    is_sent_back = held.state != AssignmentState.SUBMITTED  # else it is its author who changes it
    sent_back = Response.objects.filter(judgment__in=before).first() if is_sent_back else None
    if sent_back is not None and is_same_but_spaces(sent_back.content, text):
        errors["text"] = _(
            "This is the draft that was sent back, as it was. Change what its review asks for."
        )
    return Draft(text, original)


def _reviewed(
    held: HeldAssignment,
    submission: Submission,
    answers: Sequence[GivenAnswer[Criterion]],
    errors: dict[str, str],
) -> Draft | None:
    """The reviewer's version of a text, where they approve it with edits."""
    decision = decision_of(answers)
    if decision == ReviewDecision.REJECT and not submission.rationale.strip():
        errors["rationale"] = _("Say to the author, in a sentence, what should change.")
    edit = submission.edit
    original = Response.objects.get(pk__in=held.response_ids)
    if edit is not None and edit.slot != slot(0):
        errors["edit"] = _("There is no response “%(slot)s”.") % {"slot": edit.slot[:20]}
        return None
    text = original.content if edit is None else edit.text
    if error := _unfit(text):
        errors["edit"] = error
        return None
    is_changed = not is_same_but_spaces(original.content, text)
    if decision == ReviewDecision.WITH_EDITS and not is_changed:
        errors["edit"] = _(
            "You approve it with edits, and no word is changed. Change the text, or approve it "
            "as it is."
        )
    elif decision == ReviewDecision.WITH_EDITS and not text.strip():
        errors["edit"] = _("There is nothing left of the text. Send it back instead.")
    elif decision != ReviewDecision.WITH_EDITS and is_changed:
        errors["edit"] = _(
            "You changed the text: approve it with edits, or take your changes back first."
        )
    return Draft(text, original) if decision == ReviewDecision.WITH_EDITS else None


def _improved(
    held: HeldAssignment,
    project: Project,
    edit: EditedText,
    answers: Sequence[GivenAnswer[Criterion]],
    errors: dict[str, str],
) -> Draft | None:
    """The response that a rater prefers as they would have it; nothing changed is no mistake."""
    place = kind_of(held.kind).winner(answers)
    if error := _misplaced(held, project, edit, place):
        errors["edit"] = error
        return None
    original = Response.objects.get(pk=held.response_ids[held.shown_order[place or 0]])
    if edit.text == original.content:
        return Draft(None, original)
    if error := _unfit(edit.text):
        errors["edit"] = error
    elif is_same_but_spaces(original.content, edit.text):
        return Draft(None, original)
    elif not edit.text.strip():
        errors["edit"] = _("There is nothing left of the text. Leave it as it is instead.")
    return Draft(edit.text, original)


def _misplaced(held: HeldAssignment, project: Project, edit: EditedText, place: int | None) -> str:
    """Why there is no such response to improve, in words; `place` is that of the winner."""
    names = [slot(shown) for shown in range(len(held.shown_order))]
    if not kind_of(held.kind).has_winner:
        return _("Nothing is edited on a task of this kind.")
    if not project.edit_winner:
        return _("This project takes no edits of the response that you prefer.")
    if edit.slot not in names:
        return _("There is no response “%(slot)s”.") % {"slot": edit.slot[:20]}
    if place is None:
        return _(
            "You prefer neither response, so none can be improved. Leave %(slot)s as it is."
        ) % {"slot": edit.slot}
    if edit.slot != names[place]:
        return _(
            "You edited %(slot)s and prefer %(winner)s. Leave %(slot)s as it is, or prefer it."
        ) % {"slot": edit.slot, "winner": names[place]}
    return ""


def _pasted(project: Project, submission: Submission) -> str:
    """Why a text is not taken of which some was pasted, by its sender's own count; empty where it
    is. Who sends no count, or another, cannot be told from who types."""
    if project.allow_paste or not submission.pasted:
        return ""
    return ngettext(
        "This project takes no pasted text, and %(n)s character of this was pasted. Empty the "
        "editor and type it, or skip the task.",
        "This project takes no pasted text, and %(n)s characters of this were pasted. Empty the "
        "editor and type it, or skip the task.",
        submission.pasted,
    ) % {"n": f"{submission.pasted:,}"}


def _unfit(text: str) -> str:
    """Why a text cannot be stored; empty where it can."""
    if len(text) > MOST_CHARS:
        return _("At most %(limit)s characters; this has %(length)s.") % {
            "limit": f"{MOST_CHARS:,}",
            "length": f"{len(text):,}",
        }
    if unstorable(text):
        return _("The text holds a character that cannot be stored (NUL or half of a pair).")
    return ""


def decision_of(answers: Sequence[GivenAnswer[Criterion]]) -> int | None:
    """What a review decides, None where that is not answered."""
    return next((a.value for a in answers if a.question.scale_key == DECISION), None)


def keep_written(
    judgment: Judgment,
    draft: Draft | None,
    *,
    held: HeldAssignment,
    project: Project,
    submission: Submission,
) -> None:
    """Stores what a judgment wrote, if anything, and asks for the review of an answer."""
    if draft is None:
        return
    task = Task.objects.select_related("prompt").get(pk=judgment.task_id)
    original = draft.original
    distance = None
    if original is not None:
        distance = 0.0 if draft.text is None else normalised_distance(original.content, draft.text)
    is_counted = submission.typed is not None and submission.pasted is not None
    Writing.objects.create(
        judgment=judgment,
        original=original,
        distance=distance,
        typed=_counted(submission.typed) if is_counted else None,
        pasted=_counted(submission.pasted) if is_counted else None,
        declared_assist=submission.declared_assist,
    )
    if draft.text is None:
        return
    text = Response.objects.create(
        prompt_id=task.prompt_id,
        external_id=f"written-{judgment.pk}",
        content=draft.text,
        messages=edited_turns(original, draft.text),
        is_human=True,
        edited_from=original,
        author_id=judgment.rater_id,
        judgment=judgment,
    )
    if held.kind != ASKED_AS_REVIEW and reviews_texts(project):
        ask_for_review(project, task, text)


def _counted(number: int | None) -> int:
    return min(max(number or 0, 0), _MOST_COUNTED)


def settle_review(
    judgment: Judgment, answers: Sequence[GivenAnswer[Criterion]], *, held: HeldAssignment
) -> None:
    """Gives a text that a review sends back to its author again, to write another draft."""
    if held.kind != ASKED_AS_REVIEW or decision_of(answers) != ReviewDecision.REJECT:
        return
    reviewed = Judgment.objects.filter(texts__in=held.response_ids).standing()
    waiting = Assignment.objects.filter(
        judgments__in=reviewed,
        state=AssignmentState.SUBMITTED,
        task__kind=TaskKind.WRITE,  # a comparison stays, whatever becomes of its edit
        task__withdrawn_at__isnull=True,
    )
    for assignment in waiting:
        assignment.state = AssignmentState.LEASED
        assignment.lease_expires_at = judgment.created_at + SENT_BACK_FOR
        assignment.submitted_at = assignment.reopened_at = None
        assignment.save(update_fields=["state", "lease_expires_at", "submitted_at", "reopened_at"])


def take_back_written(judgment: Judgment) -> None:
    """What follows where a judgment is taken back: its text takes no part any more.

    The review of the text goes out of play. Where the judgment is itself the review that sent a
    text back, the text waits again; raises Conflict where its author has sent another draft since.
    """
    texts = Response.objects.filter(judgment=judgment)
    reviews = list(Task.objects.filter(reviews__in=texts).values_list("pk", flat=True))
    if reviews:
        take_out_of_play(reviews, actor=None, reason=TEXT_TAKEN_BACK)
    reviewed = Judgment.objects.filter(texts__review_tasks=judgment.task_id).first()
    if reviewed is None:
        return
    if not reviewed.is_current:
        raise Conflict(
            _("The author has taken the text back since, so your review of it stays.")
            if is_text_taken_back(judgment.task_id)
            else _("The author has written another draft since, so your review of this one stays.")
        )
    Assignment.objects.filter(pk=reviewed.assignment_id, state=AssignmentState.LEASED).update(
        state=AssignmentState.SUBMITTED, submitted_at=reviewed.created_at
    )
