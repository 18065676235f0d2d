"""A token does what it was made for, at every address of the API."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern

from labeling.api.urls import urlpatterns
from projects.models import Project, User
from projects.services.keys import create_api_key
from tests.conftest import MakeTasks

pytestmark = pytest.mark.django_db
#: Calls that change nothing though they are no GET, and those that rate; all others take `all`.
READ = {"release-preview"}
RATE = {"next", "undo", "judgment", "skip", "heartbeat", "acknowledgement", "my-examples"}
RATE |= {
    "my-notes",
    "quiz",
    "ask-question",
    "topic-choices",
    "judgment-reopen",
    "precedents-unread",
    "profile",
    "own-qualification",
    "check-ins",
}
OWN = {"schema", "docs", "nothing"}


def client(user: User, scope: str) -> Client:
    token = create_api_key(user=user, name="test", scope=scope).token
    return Client(headers={"Authorization": f"Token {token}"}, raise_request_exception=False)


def codes(user: User, scope: str, slug: str) -> dict[str, Any]:
    """What POST, PUT, PATCH and DELETE are answered, by the name of the address."""
    caller, answers = client(user, scope), {}
    for pattern in urlpatterns:
        if isinstance(pattern, URLPattern) and pattern.name not in OWN:
            path = re.sub(r"<\w+:slug>", slug, str(pattern.pattern))
            path = "/api/v1/" + re.sub(r"<(\w+:)?\w+>", "1", path)
            replies = [
                caller.generic(verb, path, b"{}", content_type="application/json")
                for verb in ("POST", "PUT", "PATCH", "DELETE")
            ]
            answers[str(pattern.name)] = {
                reply.json()["code"] if reply.status_code >= 400 else "" for reply in replies
            }
    return answers


@pytest.mark.walk
@pytest.mark.parametrize(
    ("scope", "allowed"), [("read", READ), ("rate", READ | RATE), ("all", None)]
)
def test_no_address_does_more_than_the_token_was_made_for(
    scope: str, allowed: set[str] | None, project: Project, lena: User
):
    for name, said in codes(lena, scope, project.slug).items():
        if allowed is None or name in allowed:
            assert said != {"scope"}, name
        else:
            assert said <= {"scope", "method_not_allowed"}, name
            assert "scope" in said or name not in {"projects", "imports", "releases"}, name


def test_a_token_to_read_reads(project: Project, lena: User):
    reader = client(lena, "read")
    for path in ("projects/", f"projects/{project.slug}/progress/", "schema/"):
        assert reader.get(f"/api/v1/{path}").status_code == 200


def test_a_token_to_rate_rates_and_imports_nothing(
    project: Project, lena: User, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    rater, base = client(lena, "rate"), f"/api/v1/projects/{project.slug}/"
    assert rater.post(f"{base}next/", {}, content_type="application/json").status_code == 200
    reply = rater.post(f"{base}imports/", b"{}", content_type="application/x-ndjson")
    assert reply.status_code == 403
    assert reply.json()["code"] == "scope"
    assert "Use one of the scope “all” (everything)" in reply.json()["message"]


def test_the_document_says_which_scope_a_call_takes(lena: User):
    paths = client(lena, "read").get("/api/v1/schema/?format=json").json()["paths"]
    task = paths["/api/v1/projects/{slug}/next/"]["post"]
    assert "Scope of the token: `rate`." in task["description"]
