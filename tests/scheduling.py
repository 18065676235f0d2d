"""How pytest-xdist hands out tests: a file at a time, and what waits before what computes.

Tests of a file share what they were prepared with: an instance, parsed sources, a module's cache.
Some files share it too, and go to one process together.
"""

from __future__ import annotations

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


def put_what_waits_first(items: list[pytest.Item]) -> None:
    """Order the tests by what the most waiting one in their file waits for."""
    rank = {item.path: len(WAITING) for item in items}
    for item in items:
        marks = [place for place, name in enumerate(WAITING) if item.get_closest_marker(name)]
        rank[item.path] = min([rank[item.path], *marks])
    items.sort(key=lambda item: rank[item.path])
