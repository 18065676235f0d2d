"""One line a request: who, what, how long, under the name that the reply carries."""

from __future__ import annotations

import io
import json
import logging
import secrets
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from config.logs import JsonFormatter, LineFormatter, masked
from projects.models import Project, User
from projects.services.keys import create_api_key


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The lines of the requests, as JSON wrote them."""
    lines: list[dict[str, Any]] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(self.format(record)))

    handler = Handler()
    handler.setFormatter(JsonFormatter())
    monkeypatch.setattr(logging.getLogger("concord.request"), "handlers", [handler])
    return lines


def test_a_line_says_who_did_what_and_how_long_it_took(
    project: Project, rui: User, client_for: Any, lines: list[dict[str, Any]]
):
    reply = client_for(rui).get("/p/support-answers/rate/")
    (line,) = lines
    assert line.pop("ms") >= 0
    assert line.pop("time").endswith("+00:00")
    assert line.pop("message").startswith("GET p/<slug:slug>/rate/ 200 ")
    assert line == {
        "level": "INFO",
        "logger": "concord.request",
        "method": "GET",
        "route": "p/<slug:slug>/rate/",
        "slug": "support-answers",
        "status": 200,
        "user": rui.pk,
        "request_id": reply.headers["X-Request-ID"],
    }


def test_a_program_is_known_by_its_token_and_no_token_is_written(
    project: Project, rui: User, lines: list[dict[str, Any]]
):
    token = create_api_key(user=rui, name="x").token
    Client(headers={"Authorization": f"Token {token}"}).get("/api/v1/projects/?key=" + token)
    Client().get("/invitation/" + token + "/")
    assert [line.get("user") for line in lines] == [rui.pk, None]
    assert token not in json.dumps(lines)


def test_a_proxy_names_a_request_only_where_one_is_trusted(settings: Any, db: None):
    names = {"X-Request-ID": "of-the-proxy-1"}
    assert Client(headers=names).get("/login/").headers["X-Request-ID"] != "of-the-proxy-1"
    settings.TRUSTED_PROXIES = 1
    assert Client(headers=names).get("/login/").headers["X-Request-ID"] == "of-the-proxy-1"
    forged = {"X-Request-ID": "two words\n"}
    assert "words" not in Client(headers=forged).get("/login/").headers["X-Request-ID"]


def test_a_fault_is_logged_whole_under_the_same_name(
    db: None, monkeypatch: pytest.MonkeyPatch, lines: list[dict[str, Any]]
):
    def broken(*_: object) -> None:
        raise ValueError("what went wrong")

    monkeypatch.setattr("django.contrib.auth.views.LoginView.get", broken)
    monkeypatch.setattr(
        logging.getLogger("django.request"),
        "handlers",
        logging.getLogger("concord.request").handlers,
    )
    reply = Client(raise_request_exception=False).get("/login/")
    assert reply.status_code == 500
    assert reply.headers["X-Request-ID"] in reply.content.decode()
    fault, line = lines
    assert fault["request_id"] == line["request_id"] == reply.headers["X-Request-ID"]
    assert "what went wrong" in fault["exception"]
    assert (line["level"], line["status"]) == ("ERROR", 500)


def test_a_host_that_is_not_ours_is_a_warning_in_one_line(settings: Any):
    settings.ALLOWED_HOSTS = ["concord.example.org"]
    (handler,) = [h for h in logging.getLogger().handlers if h.name == "console"]
    assert isinstance(handler, logging.StreamHandler)
    terminal = handler.setStream(io.StringIO())
    try:
        assert Client(headers={"Host": "other.example"}).get("/login/").status_code == 400
    finally:
        written = handler.setStream(terminal or sys.stderr)
    assert written
    (line,) = written.getvalue().splitlines()
    assert " WARNING django.security.DisallowedHost: " in line
    assert "add 'other.example' to CONCORD_HOSTS" in line


def test_pages_of_problems_name_their_request(lena: User, client_for: Callable[[User], Client]):
    reply = client_for(lena).get("/p/nothing/")
    assert reply.status_code == 404
    assert reply.headers["X-Request-ID"] in reply.content.decode()


def test_a_line_for_people_ends_with_the_request_it_belongs_to(monkeypatch: pytest.MonkeyPatch):
    record = logging.makeLogRecord({"name": "x", "levelname": "INFO", "msg": "hello"})
    formatter = LineFormatter("{levelname} {name}: {message}", style="{")
    assert formatter.format(record) == "INFO x: hello"
    monkeypatch.setattr("config.logs.current_request_id", lambda: "abc")
    assert formatter.format(record) == "INFO x: hello [abc]"


@pytest.mark.parametrize("path", ["/Invitation/{}/", "/{}/", "//invitation/{}", "/x/{}?a"])
def test_an_invitation_at_a_mistyped_address_is_masked(path: str):
    token = secrets.token_urlsafe(32)
    assert token not in masked(f"Not Found: {path.format(token)}")
    assert "…" in masked(f"Not Found: {path.format(token)}")
