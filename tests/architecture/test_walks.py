"""How many rooms stand between a door and the database, derived from the import graph.

A room is a folder (or file) of `labeling` as docs/decisions/0010-rooms-by-desk.md draws them. A
walk begins at the module that answers an address and ends in `models`. It *passes* a room if some
chain of imports leads from the door through that room to `models`: whoever changes what is stored
has to read it. A pure room (kinds, datasets, stats ...) knows no table, so no walk leads through
it; it is *asked*: called with values, it answers with values. Both lists are exact, so that a
room that joins or leaves a walk is seen; only rooms that are passed make it longer. `projects`,
which every door asks who may do what, is another app and no room of this one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import grimp
import pytest

#: Rooms that only assemble: they import every desk, and no desk imports them.
ASSEMBLY = {"urls", "admin", "management", "api", "jobs", "demo", "apps", "templatetags"}
#: What a desk shows of itself to people; nobody else calls it.
DOORS = {"views", "api", "forms", "serializers", "page", "uploads", "flags"}


class Walk(NamedTuple):
    """A door, the rooms from it to the database, and the pure rooms that are asked on the way."""

    door: str
    longest: int
    passes: set[str]
    asks: set[str]


WALKS = {
    "a judgment by form": Walk(
        "labeling.rating.views",
        5,
        {"rating", "figures", "pictures", "work", "models"},
        {
            *("kinds", "datasets", "rendering", "bounded", "allocation", "vocabulary"),
            "stats",  # of who qualifies
        },
    ),
    "an import asked for": Walk(
        "labeling.imports.views",
        4,
        {"imports", "pictures", "work", "models"},
        {
            *("kinds", "datasets", "media", "rendering", "allocation", "bounded", "deferred"),
            *("vocabulary", "rating"),  # of the latter, the line that covers what may upset
        },
    ),
    "a release asked for": Walk(
        "labeling.releases.views",
        5,
        {"releases", "pictures", "figures", "work", "models"},
        {"kinds", "datasets", "stats", "deferred", "vocabulary"},
    ),
    "the agreement page": Walk(
        "labeling.lead.agreement.views",
        4,
        {"lead", "figures", "models", "work"},
        {"kinds", "datasets", "stats", "charts", "vocabulary"},
    ),
}


@lru_cache
def graph() -> Any:
    """Who imports whom in `labeling`; imports that only type checkers see are no imports."""
    return grimp.build_graph("labeling", exclude_type_checking_imports=True, cache_dir=None)


def room(module: str) -> str:
    """The room that a module of `labeling` stands in."""
    return module.split(".")[1] if "." in module else ""


def reached(start: str) -> set[str]:
    """The module itself and all that it imports, however indirectly."""
    imported: set[str] = graph().find_upstream_modules(start)
    return {start, *imported} - {"labeling"}


@pytest.mark.parametrize("name", WALKS)
def test_the_walk_of(name: str):
    walk = WALKS[name]
    to_database = graph().find_downstream_modules("labeling.models", as_package=True)
    modules = reached(walk.door)
    passed = {room(module) for module in modules & to_database} | {"models"}
    assert passed == walk.passes
    assert len(passed) <= walk.longest
    assert {room(module) for module in modules} - passed == walk.asks


def test_no_desk_calls_a_door_of_another():
    """They meet in services, selectors and tables; `work.api` is made for the doors of others."""
    calls = {
        f"{importer} -> {module}"
        for module in graph().modules
        if module.split(".")[-1] in DOORS and room(module) not in {*ASSEMBLY, "work"}
        for importer in graph().find_modules_that_directly_import(module)
        if room(importer) not in {*ASSEMBLY, room(module)}
    }
    assert not calls


def test_assembly_is_imported_by_assembly_only():
    calls = {
        f"{importer} -> {module}"
        for module in graph().modules
        if room(module) in ASSEMBLY
        for importer in graph().find_modules_that_directly_import(module)
        if room(importer) not in ASSEMBLY
    }
    assert not calls
