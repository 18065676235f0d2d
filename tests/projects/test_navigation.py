"""The navigation of a project's pages, and the page that finds them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from labeling.imports.services import create_import, run_import
from labeling.models import Task
from projects.models import Project, User
from projects.services.projects import create_project
from tests.conftest import MakeTasks
from tests.rating.test_writing import REVIEW

ClientFor = Callable[[User], Client]

pytestmark = pytest.mark.django_db


def _links(client: Client, address: str) -> list[str]:
    """Where the navigation of a page leads, within its project."""
    page = client.get(address).content.decode()
    (shown,) = re.findall(r'<nav class="(?:rail|tabs)".*?</nav>', page, re.DOTALL)
    return re.findall(r'<a [^>]*href="/p/[^/]+/([^"]*)"', shown)


def test_a_lead_has_every_page_in_a_rail_and_a_rater_theirs_in_a_row(
    project: Project, lena: User, rui: User, client_for: ClientFor
):
    home = f"/p/{project.slug}/"
    every = ["", "find/", "rate/", "my-work/", "tasks/", "agreement/", "raters/", "guideline/"]
    every += ["principles/", "examples/", "precedents/", "questions/", "imports/", "releases/"]
    every += ["planner/", "members/", "settings/", "audit/"]
    assert _links(client_for(lena), f"{home}audit/") == every
    mine = ["", "rate/", "my-work/", "guideline/", "precedents/"]
    assert _links(client_for(rui), f"{home}guideline/") == mine
    page = client_for(lena).get(f"{home}audit/").content.decode()
    assert page.count('aria-current="page"') == 1
    assert re.search(r"All pages. Now in</span> Project\s", page)


@pytest.mark.parametrize("has_texts", ["none", "to write", "to improve"])
def test_the_page_about_texts_is_listed_where_raters_write_any(
    project: Project, lena: User, client_for: ClientFor, has_texts: str
):
    if has_texts == "to write":
        project = create_project(name="Ideal answers", created_by=lena, criteria=REVIEW)
        row = b'{"prompt": "Explain rain.", "kind": "write"}'
        import_ = create_import(
            project=project, created_by=lena, filename="rows.jsonl", content=row
        )
        run_import(import_.pk)
        assert Task.objects.get(project=project).kind == "write"
    elif has_texts == "to improve":
        Project.objects.update(edit_winner=True)
        project.refresh_from_db()
    home, client = f"/p/{project.slug}/", client_for(lena)
    assert ("writing/" in _links(client, f"{home}audit/")) is (has_texts != "none")
    assert "writing/" in _links(client, f"{home}writing/"), "the page itself stands in the rail"


def test_a_number_beside_home_counts_what_needs_a_lead_and_nobody_else_sees_it(
    project: Project, lena: User, vera: User, client_for: ClientFor
):
    project.guidelines.all().delete()
    for client, is_lead in ((client_for(lena), True), (client_for(vera), False)):
        for path in ("", "tasks/"):
            page = client.get(f"/p/{project.slug}/{path}").content.decode()
            assert ("1 thing needs you" in page) is is_lead


def test_a_rating_screen_has_no_navigation_and_no_way_to_find(
    project: Project, lena: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    page = client_for(lena).get(f"/p/{project.slug}/rate/").content.decode()
    assert 'class="side"' in page
    assert not re.search(r"class=\"(rail|tabs|find)\"", page)


def test_find_leads_to_tasks_members_and_pages_and_an_id_straight_to_its_task(
    project: Project, lena: User, mia: User, make_tasks: MakeTasks, client_for: ClientFor
):
    (first, *_) = make_tasks(project, 12, prefix="imp")
    client, address = client_for(lena), f"/p/{project.slug}/find/"
    page = client.get(address, {"q": "IMP"}).content.decode()
    assert page.count(f'<a href="/p/{project.slug}/tasks/') == 1 + 8 + 1
    assert f'<a href="/p/{project.slug}/imports/">Imports</a>' in page
    assert "rui%40example.com" not in page
    only = client.get(address, {"q": "Rui"})
    assert only.headers["Location"] == f"/p/{project.slug}/members/?q=rui%40example.com"
    only = client.get(address, {"q": "settin"})
    assert only.headers["Location"] == f"/p/{project.slug}/settings/"
    reply = client.get(address, {"q": "Rui"}, headers={"HX-Request": "true"})
    assert "?q=rui%40example.com" in reply.content.decode()
    assert "rui@" not in client_for(mia).get(address, {"q": "Rui"}).content.decode()
    assert "Nothing has these words" in client.get(address, {"q": "zzz"}).content.decode()
    straight = client.get(address, {"q": first.external_id})
    assert straight.headers["Location"] == f"/p/{project.slug}/tasks/{first.pk}/"
    typed = client.get(address, {"q": first.external_id}, headers={"HX-Request": "true"})
    assert typed.status_code == 200


def test_members_are_found_by_name_or_address(project: Project, lena: User, client_for: ClientFor):
    address = f"/p/{project.slug}/members/"
    client = client_for(lena)
    page = client.get(address, {"q": "RUI@"}).content.decode()
    assert "rui@example.com" in page
    assert "sam@example.com" not in page
    assert "No member has these words" in client.get(address, {"q": "zz"}).content.decode()
