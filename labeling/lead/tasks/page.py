"""What pages and calls about tasks begin with, and the page of a job over many of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from labeling.allocation import OVERLAPS
from labeling.lead.reports import task_flags, with_reports
from labeling.lead.tasks.conversations import conversation_turn
from labeling.lead.tasks.final_words import no_final_word
from labeling.lead.tasks.forms import PlanForm, list_place
from labeling.lead.tasks.marked import marked_task_texts
from labeling.lead.tasks.marking import TaskSpans
from labeling.lead.tasks.regions import TaskRegions
from labeling.lead.tasks.selectors import get_task, task_page, task_votes
from labeling.models import SelectionJob, Task, Withdrawal
from labeling.rating.final_word import FilledWord, WordForm, word_form
from labeling.rating.openings import closed_votes, open_votes
from labeling.rating.texts import ensure_rendered
from labeling.teaching.checks.panel import right_context
from labeling.work.page import job_page
from projects.access import Access, SignedInRequest, require_row
from projects.permissions import Action


def asked_task(access: Access, pk: int) -> Task:
    """The task of that id. Raises Http404."""
    return require_row(get_task(access.project, pk), _("There is no such task in this project."))


def closed_to_reader(access: Access, tasks: Sequence[Task]) -> Collection[int]:
    """Ids of tasks whose votes stay closed to this member: because they may judge them and have not
    opened them, or because they would rather decide first."""
    return closed_votes(tasks, access.user) if access.may(Action.RATE) else ()


def task_reply(
    request: SignedInRequest,
    access: Access,
    row: Task,
    *,
    filled: FilledWord | None = None,
    errors: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The page of a task, with what of a final word is filled in and what is wrong with it."""
    page = task_page(row)
    ensure_rendered(prompt=row.prompt, responses=page.responses)
    is_closed = row.pk in closed_to_reader(access, [row])
    sees_raters = access.may(Action.SEE_RATERS)
    if sees_raters and not is_closed:
        open_votes(task=row, person=access.user)
    votes = task_votes(row) if sees_raters and not is_closed else None
    word = _word(access, row, filled, errors)
    context = {
        "access": access,
        "project": access.project,
        "page": page,
        "task": row,
        "place": list_place(request.GET, access),
        "is_closed": is_closed,
        "is_hidden": is_closed and access.membership.hides_votes and word is not None,
        "sees_raters": sees_raters,
        "votes": votes,
        "texts": marked_task_texts(
            row.prompt,
            page.responses,
            votes.spans if votes else TaskSpans(),
            votes.regions if votes else TaskRegions(),
            access.project.slug,
        ),
        # Reviewers compare too: they stay blind.
        "show_models": access.may(Action.RELEASE),
        "may_withdraw": access.may(Action.WITHDRAW),
        "plan": _plan(row) if access.may(Action.PLAN_TASKS) else None,
        "is_reported": bool(with_reports(access.project, [row.pk])),
        "flags": task_flags(row) if votes else (),
        "may_settle": access.may(Action.SETTLE_REPORTS),
        "conversation": conversation_turn(row),
        "word": word,
        **right_context(access, row, is_closed=is_closed),
    }
    return render(request, "labeling/lead/task.html", context, status=422 if errors else 200)


def _word(
    access: Access, row: Task, filled: FilledWord | None, errors: Mapping[str, str] | None
) -> WordForm | None:
    """The form of the final word, for who may give it on a task that takes one."""
    if not access.may(Action.ADJUDICATE) or no_final_word(row):
        return None
    return word_form(access.project, access.user, row, filled=filled, errors=errors)


def _plan(row: Task) -> PlanForm:
    """The form of one task, which says how few raters it may have."""
    form = PlanForm(initial={"overlap": row.overlap, "priority": row.priority})
    if row.places_held is None:
        del form.fields["overlap"]
    else:
        form.fields["overlap"].widget.attrs["min"] = max(OVERLAPS[0], row.places_held)
    return form


def selection_page(
    request: SignedInRequest,
    access: Access,
    row: SelectionJob,
    *,
    address: str,
    cancels: Action,
    title: str,
    query: str,
) -> HttpResponse:
    """How far a job over tasks is, and what it did; `query` lists its tasks."""
    places = [access.project.slug, row.pk]
    return job_page(
        request,
        "labeling/lead/selection.html",
        row=row,
        access=access,
        cancels=cancels,
        title=title,
        query=query,
        is_withdrawal=isinstance(row, Withdrawal),
        report_url=reverse(address, args=places),
        cancel_url=reverse(f"{address}-cancel", args=places),
    )
