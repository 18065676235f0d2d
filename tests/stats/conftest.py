"""A statistic never warns on the console: here a warning is a failure."""

from __future__ import annotations

import pytest

# Coverage and recovery by simulation run in a step of their own, without Django (see .ci/run).
collect_ignore = ["simulations"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Turn warnings into errors for the tests of this folder."""
    for item in items:
        if "tests/stats" in item.path.as_posix():
            item.add_marker(pytest.mark.filterwarnings("error"))
