"""A rater at the rating screen, for browser tests."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from labeling.models import Judgment
from projects.models import Project

#: The script has begun: the page is loaded a moment before.
HEARS_KEYS = """() => {
    const form = document.querySelector("#judgment[data-script]");
    return document.readyState === "complete" && (!form || "scripted" in form.dataset);
}"""


class Desk:
    """A rater at the screen."""

    def __init__(self, page: Page, url: str, project: Project) -> None:
        self.page = page
        self.project = project
        self.url = f"{url}/p/{project.slug}/rate/"

    def open(self) -> Desk:
        self.page.goto(self.url)
        self.page.wait_for_function(HEARS_KEYS)
        return self

    def reload(self) -> None:
        self.page.reload()
        self.page.wait_for_function(HEARS_KEYS)

    @property
    def assignment(self) -> int:
        return int(self.page.locator("#task").get_attribute("data-assignment") or 0)

    def ready(self) -> Desk:
        """Waits until the next task is prepared: from then on the swap is instant."""
        with self.page.expect_response(re.compile("/prepare/")):
            self.open()
        return self

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def leave(self) -> int:
        """Waits for the task on the screen to be another one; returns which it was."""
        before = self.assignment
        self.press("Enter")
        expect(self.page.locator("#task")).not_to_have_attribute("data-assignment", str(before))
        return before

    def checked(self, name: str = "answer.overall") -> str | None:
        chosen = self.page.locator(f"input[name='{name}']:checked")
        return chosen.get_attribute("value") if chosen.count() else None


def saved(page: Page, count: int) -> list[Judgment]:
    """Waits until so many judgments count; returns them in order."""
    for _ in range(600):
        rows = list(Judgment.objects.filter(is_current=True, withdrawn=False).order_by("pk"))
        if len(rows) >= count:
            break
        page.wait_for_timeout(50)
    assert len(rows) == count
    return rows


def wait_for_empty_storage(page: Page) -> None:
    """Until no draft and no unsent answer is kept in the browser; since when one works may be."""
    for _ in range(600):
        names = page.evaluate("Object.keys(localStorage)")
        kept = [name for name in names if not name.startswith("concord:stretch:")]
        if not kept:
            return
        page.wait_for_timeout(50)
    raise AssertionError(kept)


def primary_value(judgment: Judgment) -> int | None:
    return judgment.answers.get(criterion__is_primary=True).value
