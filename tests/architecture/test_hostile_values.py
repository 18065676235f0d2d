"""Whatever is sent to whichever address, nothing ends in a server error."""

from __future__ import annotations

from zlib import crc32

import pytest

from labeling.models import Prompt
from tests.architecture.attacker import Attacker
from tests.architecture.hostile import FITTING
from tests.architecture.test_policy import World, expected, quiet, users, world

__all__ = ["quiet", "users", "world"]

pytestmark = pytest.mark.django_db

_FORM = "application/x-www-form-urlencoded"


def attack(world: World, attacker: Attacker, fields: dict[str, list[str]]) -> None:
    """Every address, every parameter, every field."""
    calls = [call for call in expected() if not call[1].startswith(("admin/", "logout"))]
    read = [route for verb, route in calls if verb == "GET" and "archive" not in route]
    posted = [route for verb, route in calls if verb == "POST" and route.startswith("api/")]
    attacker.paths(calls)
    attacker.queries(read)
    attacker.forms(world.path(route, "lead") for route in read if not route.startswith("api/"))
    attacker.bodies(posted, fields)


@pytest.mark.walk
def test_no_hostile_value_ends_in_a_server_error(world: World):
    def one_of_them(place: str, values: dict[str, str]) -> list[str]:
        names = list(values)
        return [names[crc32(place.encode()) % len(names)]]

    lead = Attacker(world.clients["lead"], lambda route: world.path(route, "lead"), one_of_them)
    attack(world, lead, {})
    lead.headers(f"/p/{world.shared['slug']}/rate/")
    assert lead.errors == []


ROW = '[{"prompt": "p", "response_a": "a", "response_b": "b", "items": "c", "keys": "d"}]'

# What is answered to what: status, verb, address, body.
ONCE_ERRORS = [
    (400, "POST", "api/v1/assignments/<int:assignment_id>/judgment/", b"[" * 1000 + b"]" * 1000),
    (400, "POST", "api/v1/projects/", b"[" * 1000 + b"]" * 1000),
    (404, "POST", f"p/<slug:slug>/rate/{2**63}/submit/", b"answer.overall=1"),
    (400, "GET", "p/<slug:slug>/tasks/?category=%00", b""),
    (400, "GET", "api/v1/schema/?version=%00", b""),
    (200, "GET", "api/v1/schema/?version=%0d%0a", b""),
    (422, "POST", "p/<slug:slug>/rate/<int:assignment_id>/submit/", b"answer.items=1"),
    (400, "POST", "api/v1/projects/<slug:slug>/imports/?mapping=" + "[" * 50_000, b"{}"),
    (302, "POST", "p/<slug:slug>/imports/", b"text=" + ROW.encode()),
]


def test_what_once_ended_in_a_server_error_is_answered(world: World):
    client = world.clients["lead"]
    wrong = []
    for status, verb, route, body in ONCE_ERRORS:
        kind = "application/json" if route.startswith("api/") else _FORM
        reply = client.generic(verb, world.path(route, "lead"), body, content_type=kind)
        if reply.status_code != status:
            wrong.append(f"{verb} {route[:80]}: {reply.status_code}, not {status}")
        if status == 302:
            page = client.get(reply.headers["Location"])
            assert "<code>items</code>" in page.content.decode()
    assert not wrong


def test_many_principles_are_refused_by_name_before_they_cost_anything(world: World):
    principles = [{"title": "x"}] * 40_000
    body = {**FITTING["api/v1/projects/"], "guideline": {"text": "x", "principles": principles}}
    reply = world.clients["lead"].post("/api/v1/projects/", body, content_type="application/json")
    assert (reply.status_code, reply.json()["code"]) == (400, "malformed")
    body["guideline"]["principles"] = principles[:61]
    reply = world.clients["lead"].post("/api/v1/projects/", body, content_type="application/json")
    assert reply.status_code == 400
    assert "60" in reply.json()["fields"]["guideline.principles"]


def test_a_task_shows_a_key_named_items(world: World):
    Prompt.objects.update(metadata={"items": "abc", "keys": "def", "values": "ghi"})
    page = world.clients["lead"].get(world.path("p/<slug:slug>/tasks/<int:pk>/", "lead"))
    assert "<dd><bdi>abc</bdi></dd>" in page.content.decode()
