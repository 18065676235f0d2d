"""Health, and the replies to what went wrong before or inside a page."""

from __future__ import annotations

import logging
import sys

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)

DATABASE_DOWN = gettext_lazy(
    "The database cannot be reached right now. Nothing was saved; try again in a moment."
)


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, 503 otherwise; for load balancers and `./run`."""
    if not database_reachable():
        return JsonResponse({"status": "unavailable", "message": DATABASE_DOWN}, status=503)
    return JsonResponse({"status": "ok"})


def server_error(request: HttpRequest) -> HttpResponse:
    """The last resort: an honest 503 where the database is away, else 500. Both save nothing."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError) and not database_reachable():
        logger.error("The database cannot be reached: %s", error)
        response = _problem(request, 503, "unavailable", DATABASE_DOWN)
        response.headers["Retry-After"] = "5"
        return response
    sentence = _(
        "Something went wrong on our side. It has been logged; nothing you wrote was changed."
    )
    return _problem(request, 500, "server_error", sentence)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was too old or came from elsewhere: says how to go on."""
    sentence = _("This page was open too long or in another session. Reload it and send it again.")
    return _problem(request, 403, "csrf", sentence)


def database_reachable() -> bool:
    """Whether PostgreSQL answers a trivial query now; drops a dead connection on the way."""
    try:
        connection.close_if_unusable_or_obsolete()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        connection.close()
        return False
    return True


def _problem(request: HttpRequest, status: int, code: str, message: str | Promise) -> HttpResponse:
    wants_json = request.headers.get("accept", "").startswith("application/json")
    if wants_json or request.path.startswith("/api/"):
        body: dict[str, object] = {"code": code, "message": message, "fields": {}}
        return JsonResponse(body, status=status)
    return render(request, f"{status}.html", {"message": message}, status=status)
