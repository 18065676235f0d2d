"""How pytest-xdist hands out tests: a file at a time, in an order that keeps processors busy.

Tests of a file share what they were prepared with: an instance, parsed sources, a module's cache.
Some files share it too, and go to one process together.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

#: Marks of tests that mostly wait for servers, processes and browsers, longest first.
WAITING = ("instance", "kill", "browser")

#: Files by the beginning of their path that go to one process: for parsed sources, for a browser.
_TOGETHER = (
    "tests/architecture/",
    "tests/browser/test_rate",
)


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out the tests of a file, or of files that go together, in the order of collection."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        return next((start for start in _TOGETHER if file.startswith(start)), file)


def put_in_order(items: list[pytest.Item]) -> None:
    """Order the files: what prepares something for others, what computes meanwhile, what waits.

    One file makes the first start and one the database; processes that need either before it is
    there would stand still. So some files that need neither come next, then those that wait for
    servers and browsers, and beside those everything else.
    """
    items.sort(key=lambda item: item.path.as_posix())
    marks: dict[Path, set[str]] = {}
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ())) & {"db", "transactional_db"}
        names = {mark.name for mark in item.iter_markers()} | fixtures
        marks.setdefault(item.path, set()).update(names)
    pure = [path for path, names in marks.items() if not names & _NOT_PURE]
    meanwhile = {path: place for place, path in enumerate(pure[:_MEANWHILE])}

    def turn(item: pytest.Item) -> tuple[int, int]:
        if item.path.as_posix().endswith(_FIRST):
            return 0, 0
        if item.path in meanwhile:
            return 1, meanwhile[item.path]
        waits = [place for place, name in enumerate(WAITING) if name in marks[item.path]]
        if waits:
            return 2, min(waits)
        return 3, int(item.path not in pure)

    items.sort(key=turn)


#: The file that makes the first start and takes longest, and one that makes the database.
_FIRST = ("tests/config/test_supervisor_ends.py", "tests/architecture/test_policy.py")

#: How many files keep the other processes busy until both are there.
_MEANWHILE = 40

_NOT_PURE = {*WAITING, "db", "transactional_db", "django_db"}
