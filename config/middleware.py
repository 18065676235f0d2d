"""What every request meets first and every reply carries."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.db import DataError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve
from django.utils.functional import SimpleLazyObject, empty
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from config import views
from labeling.operations.metrics import count_request
from projects.tracing import set_request_id

logger = logging.getLogger("concord.request")

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)

#: What may stand within another page of this site, and the pages that hold it.
_FRAMED = frozenset({"labeling:desk-preview"})
_FRAMING = frozenset({"projects:create"})
_FILES_GO = frozenset({"labeling:imports", "api:imports"})
#: What a form adds to a file: field names, boundaries.
_FORM_MARGIN = 1 << 20
#: A form that is sent as an address is; to undo its escapes takes 80 times its bytes.
_MOST_ESCAPED = 2 << 20
#: A key has 64 bits, one of them for the sign.
_LARGEST_KEY = 2**63 - 1
#: What a reply says whose browser may keep it, or that says itself that it may not.
_KEPT = frozenset({"no-store", "public", "immutable"})
_READING = frozenset({"GET", "HEAD"})
GetResponse = Callable[[HttpRequest], HttpResponse]
_PROBES = {"/healthz": views.healthz, "/metrics": views.metrics}
#: What a proxy may call a request.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestLogMiddleware:
    """Names every request, says the name in `X-Request-ID`, and logs one line about it.

    Addresses are logged as patterns (`p/<slug:slug>/rate/`): tokens stand in addresses.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = _request_id(request)
        set_request_id(name)
        begun = time.monotonic()
        response = self.get_response(request)
        seconds = time.monotonic() - begun
        response.headers["X-Request-ID"] = name
        route = _route(request)
        count_request(request.method or "", route, response.status_code, seconds)
        _log(request, response, route, seconds)
        set_request_id("")
        return response


class HealthMiddleware:
    """Answers probes and Prometheus before anything asks for which host, protocol or person."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = _PROBES.get(request.path_info.rstrip("/"))
        if answer is not None:
            reply = answer(request)
            reply.headers.setdefault("Cache-Control", "no-store")
            return reply
        return self.get_response(request)


class BodyLimitMiddleware:
    """Refuses bodies that are too large, or do not say how large they are, before reading them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "Transfer-Encoding" in request.headers:
            return views.length_required(request)
        size = request.META.get("CONTENT_LENGTH") or "0"
        length = int(size) if size.isascii() and size.isdigit() else 0
        if length > _MOST_ESCAPED:
            limit = _body_limit(request)
            if length > limit:
                return views.too_large(request, limit)
        return self.get_response(request)


class LogInMiddleware(LoginRequiredMiddleware):
    """Leads from the log-in to a page, also who sent a form after theirs had lapsed.

    The address of a form is no page: they come to the one on which it stood.
    """

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        """To the log-in. That a form is not saved is said there; scripts keep what they send."""
        if request.method in _READING:
            return super().handle_no_permission(request, view_func)
        leaves = request.resolver_match is not None and request.resolver_match.view_name == "logout"
        if not leaves and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate":
            sentence = _("You were logged out, so what you sent was not saved. Send it once more.")
            messages.warning(request, sentence)
        return redirect_to_login(_page_of_form(request), self.get_login_url(view_func))


def _page_of_form(request: HttpRequest) -> str:
    """The page of ours that a form was sent from; where the browser does not say, the start."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure()):
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    return urlunsplit(("", "", *urlsplit(page)[2:4], ""))


class MethodMiddleware:
    """Says in words what a bare 405 only means: an address of a form was opened as a page.

    One comes there by reloading a form that was refused, or from the log-in after a form was sent.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or request.method not in _READING:
            return response
        page = views.not_a_page(request)
        page.headers["Allow"] = response.headers["Allow"]
        return page


class StorableMiddleware:
    """Refuses what no table can hold: NUL in an address, numbers beyond 64 bits, broken characters.

    What is wrong with one field is said by its form or call. Whatever they let through, the
    database's own refusal is an answer about the request, not a defect of the site.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return views.unstorable(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, places: dict[str, object]
    ) -> None:
        """Makes a number that no row can have the largest one, under which nothing is either."""
        for name, place in places.items():
            if isinstance(place, int):
                places[name] = min(place, _LARGEST_KEY)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answers 400 where a value could not be stored or looked for."""
        is_nul = isinstance(error, ValueError) and "NUL (0x00)" in str(error)
        if not (is_nul or isinstance(error, DataError) or _is_half_a_pair(error)):
            return None
        return views.unstorable(request, error)


def _is_half_a_pair(error: Exception) -> bool:
    return isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed"


class SecurityHeadersMiddleware:
    """Nothing of a page may come from elsewhere or be inline, and nothing of it is kept.

    Styles, scripts and pictures are public, and may be kept: nothing in them is anybody's; pictures
    of tasks never change, and their reader may keep them. Pages
    that may not be stored are not brought back by “Back” after a log-out either.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", _policy(request))
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()"
        )
        said = response.headers.get("Cache-Control", "")
        if not _KEPT.intersection(said.replace(" ", "").split(",")):
            response.headers["Cache-Control"] = "private, no-store"
        return response


def _policy(request: HttpRequest) -> str:
    """The policy of a page: one may stand in another of this site, and those may hold it."""
    match = request.resolver_match
    name = match.view_name if match else ""
    if name in _FRAMED:
        return CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    if name in _FRAMING:
        return f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    return CONTENT_SECURITY_POLICY


def _body_limit(request: HttpRequest) -> int:
    """The most bytes of a body at this address; more than a little only where files go."""
    if request.content_type == "application/x-www-form-urlencoded":
        return _MOST_ESCAPED
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if match.view_name in _FILES_GO:
        return settings.IMPORT_MAX_UPLOAD + _FORM_MARGIN
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _route(request: HttpRequest) -> str:
    """The pattern of the address; empty where there is none."""
    if request.resolver_match:
        return request.resolver_match.route
    path = request.path_info.rstrip("/")
    if path in _PROBES:
        return path[1:]
    return "static/" if path.startswith("/static/") else ""


def _request_id(request: HttpRequest) -> str:
    """The name that a proxy of ours gave, else one of our own."""
    proposed = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXIES else ""
    return proposed if _REQUEST_ID.fullmatch(proposed) else secrets.token_hex(8)


def _log(request: HttpRequest, response: HttpResponse, route: str, seconds: float) -> None:
    if request.path_info.rstrip("/") in _PROBES and response.status_code == 200:
        return  # asked every few seconds
    milliseconds = round(seconds * 1000)
    fields: dict[str, object] = {
        "method": request.method,
        "route": route,
        "status": response.status_code,
        "ms": milliseconds,
    }
    if match := request.resolver_match:
        fields |= {key: match.kwargs[key] for key in ("slug",) if key in match.kwargs}
    if user := _user_id(request):
        fields["user"] = user
    level = logging.ERROR if response.status_code >= 500 else logging.INFO
    logger.log(level, "%s", " ".join(f"{value}" for value in fields.values()), extra=fields)


def _user_id(request: HttpRequest) -> int | None:
    """Who asked, as far as somebody looked: knowing costs a query."""
    user = request.__dict__.get("user")
    if isinstance(user, SimpleLazyObject) and user.__dict__["_wrapped"] is empty:
        return None
    return getattr(user, "pk", None)
