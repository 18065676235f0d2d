"""What is refused before it is read, what may be kept, and what logs must not say."""

from __future__ import annotations

import json
import logging
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.logs import JsonFormatter, LineFormatter, MaskingFormatter
from config.middleware import SecurityHeadersMiddleware
from projects.models import Project, User
from tests.api.client import CallAs

pytestmark = pytest.mark.django_db
BIG = 5 * 2**20
SECRETS = (
    "Gone: /invitation/Zx81abcDEF_-xyz0123456789/",
    "/password/reset/MQ/cabc12-0123456789abcdef/ is gone",
    "Authorization: Token cnc_abcdefGHIJKLMNOP0123456789",
    "Cookie: csrftoken=1; sessionid=abcdefghijklmnop",
)


class Unread(BytesIO):
    """A body that must not be looked at."""

    def read(self, *args: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def send(path: str, **environment: Any) -> tuple[int, bytes]:
    """A request as a server hands it over, with a body that fails the test when it is read."""
    statuses: list[str] = []
    handler = WSGIHandler()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "wsgi.input": Unread(),
        "wsgi.url_scheme": "http",
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        **environment,
    }

    def start(status: str, *rest: Any) -> Any:
        statuses.append(status)

    body = b"".join(handler(environ, start))
    return int(statuses[0].split()[0]), body


@pytest.mark.parametrize("path", ["/login/", "/api/v1/projects/", "/no/such/page/", "/account/"])
def test_a_body_above_4_mb_is_refused_unread_where_no_file_goes(path: str):
    status, body = send(path, CONTENT_LENGTH=str(BIG))
    assert status == 413
    assert "at most 4 MB" in body.decode()
    assert "Log in" not in body.decode()  # who sent it may well be: it is not looked at


@pytest.mark.parametrize("path", ["/login/", "/account/", "/p/x/imports/", "/api/v1/projects/"])
def test_an_escaped_form_above_2_mb_is_refused_unread(path: str):
    """To undo a million escapes takes 240 MB."""
    kind = "application/x-www-form-urlencoded"
    status, body = send(path, CONTENT_LENGTH=str(2**21 + 1), CONTENT_TYPE=kind)
    assert status == 413
    assert "at most 2 MB" in body.decode()


@pytest.mark.parametrize("path", ["/login/", "/api/v1/projects/x/imports/"])
def test_a_body_that_does_not_say_its_length_is_refused_unread(path: str):
    status, body = send(path, HTTP_TRANSFER_ENCODING="chunked")
    assert status == 411
    assert "Content-Length" in body.decode()


def test_a_file_beyond_what_an_import_takes_is_refused_unread(settings: Any):
    settings.IMPORT_MAX_UPLOAD = 10 * 2**20
    for path in ("/p/x/imports/", "/api/v1/projects/x/imports/"):
        assert send(path, CONTENT_LENGTH=str(12 * 2**20))[0] == 413


def test_nobody_but_who_is_logged_in_has_a_file_read():
    assert send("/p/x/imports/", CONTENT_LENGTH=str(BIG))[0] == 302
    assert send("/api/v1/projects/x/imports/", CONTENT_LENGTH=str(BIG))[0] == 401


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-ndjson"])
def test_no_file_is_read_before_the_role_of_who_sends_it(
    project: Project, rui: User, otto: User, kind: str
):
    page = f"/p/{project.slug}/imports/"
    call = f"/api/v1/projects/{project.slug}/imports/"
    unread: dict[str, Any] = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(BIG)}
    for user, status in ((rui, 403), (otto, 404)):
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        assert client.post(page, b"x", kind, **unread).status_code == status
        assert client.post(call, b"x", kind, **unread).status_code == 403
        token = client.get("/account/").context["csrf_token"]
        unread["headers"] = {"X-CSRFToken": str(token)}
        assert client.post(call, b"x", kind, **unread).status_code == status
        del unread["headers"]


def test_a_file_is_not_taken_without_the_form_s_token(project: Project, lena: User):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lena)
    address = f"/p/{project.slug}/imports/"
    assert client.post(address, {"text": "a"}).status_code == 403
    token = client.get(address).context["csrf_token"]
    assert client.post(address, {"text": "", "csrfmiddlewaretoken": token}).status_code == 422


def test_files_are_taken_where_they_go(project: Project, lena: User, api: CallAs):
    reply = api(lena).post(
        f"projects/{project.slug}/imports/", b" " * BIG, content_type="application/x-ndjson"
    )
    assert reply.status_code == 400  # read, and found to hold nothing


def test_refusals_and_redirects_before_any_page_may_not_be_stored_either(settings: Any):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["testserver"], True
    strangers = Client(headers={"Host": "elsewhere.example"}).get("/login/")
    plain = Client().get("/login/")
    assert (strangers.status_code, plain.status_code) == (400, 301)
    for reply in (strangers, plain):
        assert "no-store" in reply.headers["Cache-Control"]
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]


def test_what_is_public_may_be_kept(rf: RequestFactory):
    style = HttpResponse(headers={"Cache-Control": "max-age=60, public"})
    reply = SecurityHeadersMiddleware(lambda _request: style)(rf.get("/"))
    assert reply.headers["Cache-Control"] == "max-age=60, public"


def test_nothing_that_a_page_or_call_answers_may_be_stored(
    project: Project, lena: User, client_for: Any, api: CallAs
):
    page, call = client_for(lena), api(lena)
    replies = [page.get(path) for path in ("/", f"/p/{project.slug}/", "/account/", "/nothing/")]
    replies += [call.get(path) for path in ("projects/", "schema/", "nothing/")]
    replies += [Client().get("/login/"), Client().get("/")]
    assert all("no-store" in reply.headers["Cache-Control"] for reply in replies)


@pytest.mark.parametrize(
    "formatter", [LineFormatter(), JsonFormatter(), MaskingFormatter(logging.Formatter())]
)
@pytest.mark.parametrize("text", SECRETS)
def test_no_log_says_what_opens_a_door(formatter: logging.Formatter, text: str):
    try:
        raise ValueError(text)
    except ValueError as error:
        cause = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "%s", (text,), cause)
    line = formatter.format(record)
    for secret in ("Zx81abcDEF", "cabc12-0123", "GHIJKLMNOP", "abcdefghijklmnop"):
        assert secret not in line
    assert "…" in line
    if isinstance(formatter, JsonFormatter):
        json.loads(line)
