"""Pages of problems: self-contained where everything else may be down, and never a dead end."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client

from projects.models import Project, User


@pytest.mark.parametrize("code", ["500", "503"])
def test_a_server_s_own_problem_needs_neither_database_nor_base_template(code: str):
    # without the `db` fixture a single query would fail this test
    page = render_to_string(f"{code}.html", {"message": "<b>Nothing</b> was saved."})
    assert "&lt;b&gt;Nothing&lt;/b&gt; was saved." in page
    assert "Try again" in page
    source = (settings.BASE_DIR / "templates" / f"{code}.html").read_text()
    assert "{% extends" not in source
    assert "{% include" not in source


@pytest.mark.parametrize("code", ["400", "403", "404", "429", "500", "503"])
def test_every_problem_says_what_to_do_next(code: str):
    page = render_to_string(f"{code}.html")
    assert re.search(r"[Tt]ry again|ask (a lead|them)", page)
    assert 'class="button primary"' in page


@pytest.mark.django_db
def test_the_address_of_a_form_opened_as_a_page_says_so_and_leads_back(
    project: Project, rui: User, client_for: Callable[[User], Client]
):
    for address, back in (
        (f"/p/{project.slug}/rate/undo/", f'href="/p/{project.slug}/"'),
        ("/account/sessions/end-others/", 'href="/"'),
    ):
        reply = client_for(rui).get(address)
        assert (reply.status_code, reply.headers["Allow"]) == (405, "POST")
        assert "This is not a page" in reply.content.decode()
        assert back in reply.content.decode()
