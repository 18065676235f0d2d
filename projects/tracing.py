"""The name of the request under way, by which a page and its log lines are matched."""

from __future__ import annotations

from contextvars import ContextVar

from django.http import HttpRequest

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The name of the request under way; empty where there is none."""
    return _request_id.get()


def request_id(_request: HttpRequest) -> dict[str, str]:
    """The name of the request, for the page of whatever goes wrong."""
    return {"request_id": current_request_id()}


def set_request_id(name: str) -> None:
    """Names what is done from here on, in this thread."""
    _request_id.set(name)
