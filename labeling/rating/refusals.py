"""Refusals in words: JSON for the script of the rating page, a message for its forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from projects.access import SignedInRequest
from projects.exceptions import ConcordError

#: Whose page the script acts for, by the account's key in the browser.
ACCOUNT_HEADER = "X-Concord-Account"
#: A view of the rating desk.
RateView = Callable[..., HttpResponse]


def wants_json(request: SignedInRequest) -> bool:
    """Whether the page's script asks, which reads no HTML."""
    return request.headers.get("accept", "").startswith("application/json")


def refused_in_words(view: RateView) -> RateView:
    """Turns a refusal into words: JSON for the script, a message and the next task for a form."""

    @wraps(view)
    def wrapper(request: SignedInRequest, slug: str, **kwargs: Any) -> HttpResponse:
        try:
            _check_account(request)
            return view(request, slug, **kwargs)
        except ConcordError as error:
            if wants_json(request):
                status = 422 if error.status == 400 else error.status
                return _refusal(error.code, error.message, status, error.fields)
            messages.warning(request, error.message)
            return redirect("labeling:rate", slug)
        except (Http404, PermissionDenied) as error:
            if not wants_json(request):
                raise
            is_absent = isinstance(error, Http404)
            code, status = ("not_found", 404) if is_absent else ("forbidden", 403)
            return _refusal(code, str(error), status)

    return wrapper


def _refusal(
    code: str, message: str, status: int, fields: Mapping[str, str] | None = None
) -> JsonResponse:
    body = {"code": code, "message": message, "fields": fields or {}}
    return JsonResponse(body, status=status)


class OtherAccount(ConcordError):
    """The page that acts belongs to one person, the browser's session by now to another."""

    code = "other_account"
    status = 403


def _check_account(request: SignedInRequest) -> None:
    """Two people may share a browser: a page left open must not act in the other one's name."""
    account = request.headers.get(ACCOUNT_HEADER)
    if account not in {None, request.user.browser_key}:
        sentence = gettext("%(name)s is logged in in this browser now.")
        raise OtherAccount(sentence % {"name": request.user.display_name})
