"""What the pages of jobs have in common: how far one is, asked again every second, and its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from labeling.models import Job
from labeling.work.limits import standstill
from projects.access import Access
from projects.exceptions import Conflict
from projects.permissions import Action


def job_page(
    request: HttpRequest,
    template: str,
    *,
    row: Job | None,
    access: Access | None = None,
    cancels: Action | None = None,
    part: str = "report",
    **context: object,
) -> HttpResponse:
    """The page of a job, or the part of it that the page asks for every second.

    Members whose role may do `cancels` are shown the button that cancels it.
    """
    is_part = "HX-Request" in request.headers
    is_open = row is not None and not row.is_over
    context |= {
        "access": access,
        "project": access and access.project,
        "row": row,
        "stall": standstill(row) if row else None,
        "may_cancel": access and cancels and access.may(cancels) and is_open,
        "is_part": is_part,
    }
    return render(request, f"{template}#{part}" if is_part else template, context)


@contextmanager
def warning_of_conflicts(request: HttpRequest) -> Iterator[None]:
    """What the state of things does not allow is said on the next page."""
    try:
        yield
    except Conflict as error:
        messages.warning(request, error.message)
