"""What pages and calls about tasks begin with, and the page of a job over many of them."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from labeling.lead.tasks.selectors import get_task
from labeling.models import SelectionJob, Task, Withdrawal
from labeling.work.page import job_page
from projects.access import Access, SignedInRequest, require_row
from projects.permissions import Action


def asked_task(access: Access, pk: int) -> Task:
    """The task of that id. Raises Http404."""
    return require_row(get_task(access.project, pk), _("There is no such task in this project."))


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
