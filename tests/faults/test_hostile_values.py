"""Every hostile value in every field of every address, for everybody who may use it."""

from __future__ import annotations

import pytest

from tests.architecture.attacker import Attacker
from tests.architecture.hostile import json_fields
from tests.architecture.test_hostile_values import attack
from tests.architecture.test_policy import World, quiet, users, world

__all__ = ["quiet", "users", "world"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["lead", "rater", "anonymous"])
def test_no_hostile_value_ends_in_a_server_error_for(world: World, who: str):
    def all_of_them(place: str, values: dict[str, str]) -> dict[str, str]:
        return values

    attacker = Attacker(world.clients[who], lambda route: world.path(route, who), all_of_them)
    attack(world, attacker, json_fields())
    assert attacker.errors == []
    assert attacker.sent > 1000
