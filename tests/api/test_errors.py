"""Every refusal has one shape: a code, a sentence, and a sentence a field."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from rest_framework.exceptions import Throttled

from projects.api.errors import handle
from projects.exceptions import TooManyAttempts
from projects.models import Project, User
from projects.services.keys import create_api_key, revoke_api_key
from tests.api.client import CallAs
from tests.conftest import MakeTasks

ROOT = Path(__file__).resolve().parents[2]


def assert_refusal(reply: Any, status: int, code: str) -> dict[str, Any]:
    """Checks the shape and returns the body."""
    assert reply.status_code == status, reply.content
    assert reply.headers["Content-Type"] == "application/json"
    body: dict[str, Any] = reply.json()
    names = {"code", "message", "fields"}
    assert set(body) == (names | {"request_id"} if status >= 500 else names)
    assert body["code"] == code
    assert body["message"].endswith((".", "/"))
    assert all(isinstance(text, str) and text for text in body["fields"].values())
    return body


@pytest.mark.parametrize(
    "header", ["", "Token", "Token wrong", "Token a b", "Bearer x", "Token \xff"]
)
def test_401_without_a_living_token(project: Project, header: str):
    client = Client(headers={"Authorization": header} if header else {})
    reply = client.get("/api/v1/projects/")
    assert_refusal(reply, 401, "not_authenticated")
    assert reply.headers["WWW-Authenticate"] == "Token"


def test_401_with_a_revoked_token(project: Project, rui: User):
    new = create_api_key(user=rui, name="old")
    client = Client(headers={"Authorization": f"token {new.token}"})
    assert client.get("/api/v1/projects/").status_code == 200
    revoke_api_key(key=new.key)
    body = assert_refusal(client.get("/api/v1/projects/"), 401, "not_authenticated")
    assert "revoked" in body["message"]


def test_400_names_the_fields(project: Project, lena: User, api: CallAs):
    body = {"name": "X", "criteria": [{"key": "overall", "wording": "?", "scale": "stars"}]}
    refused = assert_refusal(api(lena).post("projects/", body), 400, "invalid")
    assert set(refused["fields"]) == {"criteria.0.scale"}


def test_401_for_an_account_that_was_closed(project: Project, rui: User, api: CallAs):
    client = api(rui)
    User.objects.filter(pk=rui.pk).update(is_active=False)
    assert_refusal(client.get("projects/"), 401, "not_authenticated")


@pytest.mark.parametrize("body", ["{", '{"number": NaN}', b'{"number": "\xff"}'])
def test_400_for_a_body_that_is_not_json(project: Project, rui: User, api: CallAs, body):
    url = "projects/support-answers/guideline/acknowledgement/"
    assert_refusal(api(rui).post(url, body), 400, "malformed")


def test_403_for_a_role_that_may_not(project: Project, rui: User, api: CallAs):
    refused = assert_refusal(api(rui).get("projects/support-answers/agreement/"), 403, "forbidden")
    assert "rater" in refused["message"].lower()


def test_403_for_a_session_without_its_csrf_token(project: Project, rui: User):
    client = Client(enforce_csrf_checks=True)
    client.force_login(rui)
    reply = client.post("/api/v1/projects/support-answers/next/")
    assert "X-CSRFToken" in assert_refusal(reply, 403, "forbidden")["message"]


def test_404_for_an_outsider_as_for_nothing(project: Project, otto: User, api: CallAs):
    known, unknown = (api(otto).get(f"projects/{slug}/") for slug in ("support-answers", "no-such"))
    assert assert_refusal(known, 404, "not_found") == assert_refusal(unknown, 404, "not_found")


@pytest.mark.parametrize("path", ["", "nothing/", "projects", "projects/a/b/c/"])
def test_404_where_no_address_is(db: None, path: str):
    for method in ("get", "post", "delete"):
        assert_refusal(getattr(Client(), method)(f"/api/v1/{path}"), 404, "not_found")


def test_405_says_which_methods_there_are(project: Project, rui: User, api: CallAs):
    reply = api(rui).get("projects/support-answers/next/")
    assert_refusal(reply, 405, "method_not_allowed")
    assert "POST" in reply.headers["Allow"]


def test_409_where_the_state_does_not_allow_it(project: Project, rui: User, api: CallAs):
    assert_refusal(api(rui).post("projects/support-answers/undo/"), 409, "conflict")


def test_413_for_a_body_that_is_too_large(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1)
    client = api(rui)
    assignment = client.post("projects/support-answers/next/").json()["id"]
    body = {"answers": {"overall": 1}, "rationale": "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE}
    assert_refusal(client.post(f"assignments/{assignment}/judgment/", body), 413, "too_large")


def test_415_for_another_kind_of_content(project: Project, rui: User, api: CallAs):
    reply = api(rui).post("projects/support-answers/undo/", "x", content_type="text/csv")
    assert reply.status_code == 409  # no body is read there
    url = "projects/support-answers/guideline/acknowledgement/"
    reply = api(rui).post(url, "x", content_type="text/csv")
    assert_refusal(reply, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "error", [Throttled(wait=12), TooManyAttempts("Wait a little.", retry_after=12)]
)
def test_429_says_how_long_to_wait(error: Exception):
    reply = handle(error, {})
    assert reply is not None
    assert reply.status_code == 429
    assert reply.headers["Retry-After"] == "12"
    assert set(reply.data) == {"code", "message", "fields"}
    assert reply.data["code"] == "throttled"


def test_500_tells_nothing_but_that_it_was_logged(
    project: Project, rui: User, api: CallAs, monkeypatch: pytest.MonkeyPatch
):
    def broken(**_: object) -> None:
        raise ValueError("a secret detail")

    monkeypatch.setattr("labeling.rating.api.undo_last", broken)
    body = assert_refusal(api(rui).post("projects/support-answers/undo/"), 500, "server_error")
    assert "secret" not in body["message"]


# pytest is imported so that the settings serve static files as in other tests.
ASK_WITHOUT_DATABASE = """
import django, pytest
django.setup()
from django.test import Client
client = Client(raise_request_exception=False, headers={"Authorization": "Token x"})
for method, path in [
    ("get", "/api/v1/projects/"),
    ("post", "/api/v1/assignments/1/judgment/"),
    ("get", "/healthz"),
    ("get", "/"),
]:
    if path == "/":
        client.cookies["sessionid"] = "a" * 32
    reply = getattr(client, method)(path)
    print(reply.status_code, reply.headers["Content-Type"].partition(";")[0],
          b"database" in reply.content.lower())
"""


@pytest.mark.kill
@pytest.mark.slow
def test_503_while_the_database_is_down(tmp_path: Path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"postgres://postgres@/concord?host={tmp_path}",
        "CONCORD_DATA": str(tmp_path / "data"),
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK_WITHOUT_DATABASE],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "503 application/json True",
        "503 application/json True",
        "503 application/json True",
        "503 text/html True",
    ], done.stderr
