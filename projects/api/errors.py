"""Every refusal of the API has one shape: `{"code", "message", "fields"}`.

`code` is for programs and stable, `message` is a sentence for people that says what to do next,
`fields` names what was wrong with single fields (`criteria.0.key`), each with its own sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response

from projects.exceptions import ConcordError

#: What a refusal of the framework is called, and what people read where it says nothing itself.
_REFUSALS: Mapping[int, tuple[str, str | Promise]] = {
    HTTPStatus.BAD_REQUEST: (
        "invalid",
        gettext_lazy("Some values are missing or do not fit; see fields."),
    ),
    HTTPStatus.UNAUTHORIZED: (
        "not_authenticated",
        gettext_lazy("Log in first: send “Authorization: Token …” with a token of yours."),
    ),
    HTTPStatus.FORBIDDEN: (
        "forbidden",
        gettext_lazy("Your role does not allow this; ask a lead of the project."),
    ),
    HTTPStatus.NOT_FOUND: (
        "not_found",
        gettext_lazy("There is nothing here, or you may not see it."),
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "method_not_allowed",
        gettext_lazy("This address does not know that method; see the Allow header."),
    ),
    HTTPStatus.NOT_ACCEPTABLE: (
        "not_acceptable",
        gettext_lazy("Replies are JSON: accept application/json."),
    ),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (
        "unsupported_media_type",
        gettext_lazy("This kind of content is not read here; the documentation says what is."),
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        "throttled",
        gettext_lazy("Too many requests; wait and try again."),
    ),
}


class TooLarge(ConcordError):
    """The body is larger than this address takes."""

    code = "too_large"
    status = 413


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """The reply to an exception of a view, or None for defects and outages.

    None lets the exception reach Django's handler500, which logs it and answers 500, or 503 where
    the database is away.
    """
    if isinstance(error, ConcordError):
        retry_after = getattr(error, "retry_after", None)
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        return _reply(error.status, error.code, error.message, error.fields, headers)
    if isinstance(error, Http404):
        return _plain(HTTPStatus.NOT_FOUND, str(error))
    if isinstance(error, PermissionDenied):
        return _plain(HTTPStatus.FORBIDDEN, str(error))
    if isinstance(error, RequestDataTooBig):
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20
        sentence = _("A body here may have at most %(limit)d MB.") % {"limit": limit}
        return handle(TooLarge(sentence), context)
    if isinstance(error, SuspiciousOperation):
        return _plain(HTTPStatus.BAD_REQUEST, _("The request is malformed and was not read."))
    if isinstance(error, exceptions.APIException):
        return _framework(error)
    return None


def _framework(error: exceptions.APIException) -> Response:
    status = error.status_code
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(max(1, int(wait)))
    code, sentence = _REFUSALS.get(status, ("error", _("The request could not be carried out.")))
    if isinstance(error, exceptions.ValidationError):
        return _reply(status, code, sentence, dict(_flatten(error.detail)), headers)
    if isinstance(error, exceptions.ParseError):
        sentence = _("The body cannot be read (%(reason)s).") % {"reason": error.detail}
        return _reply(status, "malformed", sentence, {}, headers)
    if isinstance(error, exceptions.AuthenticationFailed | exceptions.UnsupportedMediaType):
        sentence = str(error.detail)
    return _reply(status, code, sentence, {}, headers)


def _plain(status: int, message: str) -> Response:
    code, sentence = _REFUSALS[status]
    return _reply(status, code, message or sentence, {}, {})


def _reply(
    status: int,
    code: str,
    message: str | Promise,
    fields: Mapping[str, str],
    headers: dict[str, str],
) -> Response:
    body = {
        "code": code,
        "message": _sendable(str(message)),
        "fields": {_sendable(name): _sendable(text) for name, text in fields.items()},
    }
    return Response(body, status=status, headers=headers)


def _sendable(text: str) -> str:
    """The text without halves of surrogate pairs, which a client can send but nobody can encode."""
    return text.encode("utf-8", "replace").decode()


def _flatten(detail: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Nested errors of serializers as (dotted path, sentence)."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            part = "" if key == "non_field_errors" else str(key)
            yield from _flatten(value, ".".join(filter(None, (path, part))))
    elif isinstance(detail, list) and any(isinstance(item, Mapping | list) for item in detail):
        for index, item in enumerate(detail):
            yield from _flatten(item, f"{path}.{index}" if path else str(index))
    elif isinstance(detail, list):
        yield path or "body", " ".join(str(item) for item in detail)
    else:
        yield path or "body", str(detail)
