"""Fixtures of the browser tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from projects.models import Criterion, Project, User
from tests.browser.desk import Desk

# The machine has other tests to do meanwhile.
expect.set_options(timeout=30_000)


@pytest.fixture
def desk(
    page: Page,
    context: BrowserContext,
    live_server: Any,
    project: Project,
    rui: User,
    sign_in: Callable[..., None],
) -> Desk:
    """Rui at the rating screen of the project, which asks one question."""
    Criterion.objects.filter(key="correct").delete()
    sign_in(context, rui)
    return Desk(page, live_server.url, project)
