"""What pages have in common that wait for a worker: how far it is, asked again, and its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from labeling.models import Job
from labeling.work.kept import Progress
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


class AtHand(Protocol):
    """Figures as they are at hand; `progress` is that of the worker, None where nobody is at it."""

    @property
    def progress(self) -> Progress | None:
        """How far the worker is."""


def how_far(request: HttpRequest, hand: AtHand) -> HttpResponse:
    """What a page of kept figures is told when it asks again: how far the worker is; once it is
    done, all anew."""
    if hand.progress is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "labeling/work/kept_state.html", {"hand": hand})


@contextmanager
def warning_of_conflicts(request: HttpRequest) -> Iterator[None]:
    """What the state of things does not allow is said on the next page."""
    try:
        yield
    except Conflict as error:
        messages.warning(request, error.message)
