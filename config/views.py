"""Health, and the replies to what went wrong before or inside a page."""

from __future__ import annotations

import logging
import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import REASON_BAD_ORIGIN
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from psycopg2 import Error as DriverError
from psycopg2.errors import LockNotAvailable, QueryCanceled

from labeling.operations.exposition import CONTENT_TYPE, exposition
from labeling.operations.health import health
from labeling.operations.waiting import DatabaseSilent, ask
from projects.tracing import current_request_id

logger = logging.getLogger(__name__)

DATABASE_DOWN = gettext_lazy(
    "The database cannot be reached right now. Nothing was saved; try again in a moment."
)


OVERLOADED = gettext_lazy(
    "The database took too long and was told to stop. Nothing was saved; try again in a moment."
)


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the web can serve, 503 otherwise, and how each part is; for load balancers.

    With `?strict` anything that is wrong is a 503, for monitors.
    """
    now = health()
    well = now.is_whole if "strict" in request.GET else now.can_serve
    reply = JsonResponse({"status": now.status, "parts": now.parts}, status=200 if well else 503)
    reply.headers["Cache-Control"] = "no-store"
    return reply


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, for whoever knows CONCORD_METRICS_TOKEN."""
    token = settings.METRICS_TOKEN
    scheme, _space, own = request.headers.get("Authorization", "").partition(" ")
    if not token or scheme.lower() != "bearer" or not constant_time_compare(own, token):
        return HttpResponse(status=404)
    return HttpResponse(exposition(), content_type=CONTENT_TYPE)


def server_error(request: HttpRequest) -> HttpResponse:
    """The last resort: an honest 503 where the database is away or slow, else 500."""
    error = sys.exc_info()[1]
    sentence = _outage(error)
    if sentence:
        logger.error("%s (%s)", sentence, error)
        response = _problem(request, 503, "unavailable", sentence)
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
    origin = request.headers.get("Origin", "")
    if reason.startswith(REASON_BAD_ORIGIN.partition("%s")[0]):
        ours = f"{request.scheme}://{request.get_host()}"
        sentence = _(
            "This form was sent from %(origin)s, but Concord was reached as %(ours)s. If you are "
            "on the right page, tell whoever runs Concord: the proxy must pass on the Host header "
            "and X-Forwarded-Proto, or CONCORD_ORIGINS must name %(origin)s."
        ) % {"origin": origin[:200], "ours": ours}
    return _problem(request, 403, "csrf", sentence)


def too_large(request: HttpRequest, limit: int) -> HttpResponse:
    """413, before anything of the body is read."""
    sentence = _("What was sent is too large: here it may have at most %(limit)d MB.")
    return _problem(request, 413, "too_large", sentence % {"limit": limit // 2**20})


def unstorable(request: HttpRequest, error: Exception | None = None) -> HttpResponse:
    """A value that no table can hold; where only the database said so, the log says which."""
    if error is not None:
        logger.warning("Not storable: %s", error, exc_info=error)
    sentence = _(
        "A value holds a character or a number that cannot be stored. Nothing was saved; take it "
        "out and try again."
    )
    return _problem(request, 400, "invalid", sentence)


def length_required(request: HttpRequest) -> HttpResponse:
    """411: a body whose length is not said cannot be refused before it is read."""
    sentence = _("Say how long the body is (Content-Length); a chunked body is not read here.")
    return _problem(request, 411, "length_required", sentence)


def not_a_page(request: HttpRequest) -> HttpResponse:
    """405: somebody opened what only a form is sent to."""
    sentence = _("There is nothing to read at this address: only forms are sent to it.")
    return _problem(request, 405, "not_allowed", sentence)


def _outage(error: BaseException | None) -> str:
    """What to say where an error is the database's being away or too slow, else nothing."""
    if not isinstance(error, OperationalError | InterfaceError):
        return ""
    if isinstance(error.__cause__, QueryCanceled | LockNotAvailable):
        return str(OVERLOADED)
    if isinstance(error.__cause__, DatabaseSilent) or not _answers():
        return str(DATABASE_DOWN)
    return ""


def _answers() -> bool:
    try:
        ask()
    except DriverError:
        return False
    return True


def _problem(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    wants_json = request.headers.get("accept", "").startswith("application/json")
    if wants_json or request.path_info.startswith("/api/"):
        body: dict[str, object] = {"code": code, "message": message, "fields": {}}
        if status >= 500:
            body["request_id"] = current_request_id()
        return JsonResponse(body, status=status)
    context = {"message": message, "request_id": current_request_id()}
    return render(request, f"{status}.html", context, status=status)
