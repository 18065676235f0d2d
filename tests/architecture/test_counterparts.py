"""Everything that a form of the site does can be done by program."""

from __future__ import annotations

from tests.architecture.counterparts import COUNTERPARTS
from tests.architecture.test_policy import expected


def counterparts() -> dict[str, str]:
    """The call for each form, or why there is none."""
    lines = [line for line in COUNTERPARTS.strip().splitlines() if not line.startswith("#")]
    pairs = [line.split(maxsplit=2) for line in lines]
    return {route: call for _post, route, call in pairs}


def test_every_form_has_its_call_or_a_reason():
    posts = {route for verb, route in expected() if verb == "POST"}
    forms = {route for route in posts if not route.startswith("api/")}
    assert set(counterparts()) == forms


def test_every_call_is_there():
    calls = {f"{verb} {route.removeprefix('api/v1/')}" for verb, route in expected()}
    named = {call for call in counterparts().values() if not call.startswith("(")}
    assert named <= calls
