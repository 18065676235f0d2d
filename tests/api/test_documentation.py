"""The OpenAPI document is complete and its page works under the strict policy."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern

from config.embedded.paths import CHECKOUT
from config.middleware import CONTENT_SECURITY_POLICY
from labeling.api.urls import urlpatterns
from projects.models import User
from tests.api.client import CallAs

UNDOCUMENTED = {"schema", "docs", "nothing"}


def schema(api: CallAs, user: User) -> dict[str, Any]:
    body: dict[str, Any] = api(user).get("schema/?format=json").json()
    return body


def test_the_document_is_made_without_a_warning(db: None):
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


def test_every_name_that_settings_give_to_choices_is_in_the_document(lena: User, api: CallAs):
    named: Any = settings.SPECTACULAR_SETTINGS["ENUM_NAME_OVERRIDES"]
    assert set(named) <= set(schema(api, lena)["components"]["schemas"])


def test_every_address_is_documented(lena: User, api: CallAs):
    document = schema(api, lena)
    assert document["openapi"].startswith("3.")
    addresses = {
        "/api/v1/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))
        for pattern in urlpatterns
        if isinstance(pattern, URLPattern) and pattern.name not in UNDOCUMENTED
    }
    assert set(document["paths"]) == addresses


def test_every_operation_says_what_it_does_and_how_it_refuses(lena: User, api: CallAs):
    operations = [
        (path, method, operation)
        for path, item in schema(api, lena)["paths"].items()
        for method, operation in item.items()
    ]
    for path, method, operation in operations:
        assert operation["summary"], (path, method)
        assert operation["description"], (path, method)
        assert "401" in operation["responses"], (path, method)
        if "{" in path:
            assert "404" in operation["responses"], (path, method)
        assert {"token": []} in operation["security"]
    names = [operation["operationId"] for _, _, operation in operations]
    assert len(set(names)) == len(names)


def _rows(document: dict[str, Any]) -> list[str]:
    """The lines that docs/api.md has for the calls of a document, an address each."""
    rows = []
    for path, item in document["paths"].items():
        calls = "; ".join(f"`{method.upper()}` {call['summary']}" for method, call in item.items())
        rows.append(f"| `{path.removeprefix('/api/v1/')}` | {calls} |")
    return sorted(rows)


def test_the_docs_list_every_call(lena: User, api: CallAs):
    page = (CHECKOUT / "docs" / "api.md").read_text()
    section = page.partition("## Every call\n")[2].partition("\n## ")[0]
    listed = [line for line in section.splitlines() if line.startswith("| `")]
    rows = _rows(schema(api, lena))
    missing, wrong = sorted({*rows} - {*listed}), sorted({*listed} - {*rows})
    assert not missing, "add to docs/api.md, Every call:\n" + "\n".join(missing)
    assert not wrong, "take out of docs/api.md, Every call:\n" + "\n".join(wrong)
    assert listed == rows, "keep the calls in docs/api.md in the order of their addresses"


def test_the_document_needs_a_log_in(db: None):
    assert Client().get("/api/v1/schema/").status_code == 401
    reply = Client().get("/api/v1/docs/")
    assert (reply.status_code, reply.headers["Location"]) == (302, "/login/?next=/api/v1/docs/")


def test_the_page_carries_no_inline_code_and_the_strict_policy(
    lena: User, client_for: Callable[[User], Client]
):
    client = client_for(lena)
    page = client.get("/api/v1/docs/")
    assert page.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert page.headers["Content-Type"].startswith("text/html")
    text = page.content.decode()
    assert not re.search(r"<script(?![^>]* src=)|<style|https?://", text)
    script = client.get("/api/v1/docs/?script=")
    assert script.headers["Content-Type"].startswith("application/javascript")
    assert "SwaggerUIBundle" in script.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.walk
def test_the_page_shows_the_calls_in_a_browser(
    lena: User, live_server: Any, page: Any, context: Any, sign_in: Callable[..., None]
):
    refused: list[str] = []
    page.on(
        "console", lambda message: refused.append(message.text) if message.type == "error" else None
    )
    sign_in(context, lena)
    page.goto(f"{live_server.url}/api/v1/docs/")
    page.get_by_text("Who I am").wait_for(timeout=30_000)
    _scroll_to(page, "Lease my next task")
    _scroll_to(page, "Freeze a release")
    page.emulate_media(color_scheme="dark")
    page.locator("html.dark-mode").wait_for()
    page.get_by_role("link", name="Back to your projects").click()
    page.wait_for_url(f"{live_server.url}/")
    assert not [text for text in refused if "Content Security Policy" in text]


def _scroll_to(page: Any, words: str) -> None:
    """Goes down until they are shown: of a long list only what is near the window is drawn."""
    for _ in range(60):
        if page.get_by_text(words).count():
            return
        page.mouse.wheel(0, 600)
        page.wait_for_timeout(50)
    raise AssertionError(f"{words} is nowhere on the page")
