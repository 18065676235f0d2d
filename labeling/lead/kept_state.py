"""What a page that waits for a worker's figures is told when it asks again."""

from __future__ import annotations

from typing import Protocol

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from labeling.work.kept import Progress


class AtHand(Protocol):
    """Figures as they are at hand; `progress` is that of the worker, None where nobody is at it."""

    @property
    def progress(self) -> Progress | None:
        """How far the worker is."""


def how_far(request: HttpRequest, hand: AtHand) -> HttpResponse:
    """How far the worker is; once it is done, all anew."""
    if hand.progress is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "labeling/lead/kept_state.html", {"hand": hand})
