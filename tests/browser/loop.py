"""The whole loop in a browser, step by step: what a lead, a rater and an engineer do."""

from __future__ import annotations

import gzip
import json
import re
import zipfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Error

PASSWORD = "quiet-harbour-lamp-7"


def rows_of_pairs(count: int) -> list[dict[str, str]]:
    """Plain pairs as other tools write them: instruction, two responses, an id of their own."""
    return [
        {
            "item_id": f"item-{i:03}",
            "subset": ("facts", "style")[i % 2],
            "instruction": f"What is {i} times {i + 1}? Topic {chr(97 + i % 26) * 3} {i * 7919}.",
            "response_a": f"{i} times {i + 1} is {i * (i + 1)}.",
            "response_b": f"That would be **{i * (i + 1) + 1}**, I believe.",
        }
        for i in range(1, count + 1)
    ]


def rows_of_transcripts(count: int) -> list[dict[str, str]]:
    """hh-rlhf transcripts: the same history, another last turn."""
    history = "\n\nHuman: Name a fruit, number {i}.\n\nAssistant: Apple?\n\nHuman: Another one."
    return [
        {
            "chosen": history.replace("{i}", str(i)) + f"\n\nAssistant: Pear number {i}.",
            "rejected": history.replace("{i}", str(i)) + "\n\nAssistant: No.",
        }
        for i in range(1, count + 1)
    ]


def write_gzip(path: Path, rows: list[dict[str, str]]) -> Path:
    """The rows as gzipped JSON Lines."""
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return path


class Person:
    """Somebody in front of a browser of their own."""

    def __init__(self, browser: Any, base: str, email: str) -> None:
        self.base, self.email = base, email
        self.context = browser.new_context(base_url=base, viewport={"width": 1440, "height": 900})
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on(
            "response",
            lambda reply: (
                self.faults.append(f"{reply.status} {reply.url}") if reply.status >= 500 else None
            ),
        )

    def open(self, path: str) -> Any:
        """Goes to a page and fails on anything but a success."""
        reply = self.page.goto(path)
        assert reply.ok, f"{path}: {reply.status}"
        return self.page

    def log_in(self) -> None:
        """By the form, as the first thing a user does."""
        self.open("/")
        self.page.get_by_label("E-mail").fill(self.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Log in").click()
        self.page.wait_for_url(f"{self.base}/")

    def create_project(self, name: str, template: str) -> str:
        """From a template; returns the slug."""
        self.open("/projects/new/")
        self.page.get_by_label("Name", exact=True).fill(name)
        self.page.get_by_role("radio", name=template).check()
        self.page.get_by_role("button", name="Create the project").click()
        self.page.wait_for_url(re.compile(r"/p/[^/]+/$"))
        return str(self.page.url).rstrip("/").rsplit("/", 1)[1]

    def import_file(self, slug: str, path: Path) -> str:
        """Uploads, looks at the first rows, starts; returns the report's text once it is over."""
        self.open(f"/p/{slug}/imports/")
        self.page.locator("input[type=file]").set_input_files(path)
        self.page.get_by_role("button", name="Show the first rows").click()
        self.page.get_by_role("button", name="Import all rows").click()
        self.page.locator("#report [role=status] .notice").wait_for(timeout=120_000)
        return str(self.page.locator("main").inner_text())

    def invite(self, slug: str, role: str) -> str:
        """A link for that role."""
        self.open(f"/p/{slug}/members/")
        form = self.page.locator(".invite-form")
        form.get_by_label("Role").select_option(label=role)
        form.get_by_role("button", name="Make an invitation link").click()
        return str(self.page.get_by_label("Invitation link").inner_text()).strip()

    def accept(self, link: str, name: str) -> None:
        """Makes an account by an invitation and joins."""
        self.page.goto(re.sub(r"^https?://[^/]+", self.base, link))
        self.page.locator("input[name=name]").fill(name)
        self.page.locator("input[name=email]").fill(self.email)
        for box in self.page.locator("input[type=password]").all():
            box.fill(PASSWORD)
        self.page.get_by_role("button", name="Make the account and join").click()
        self.page.wait_for_url(re.compile(r"/p/[^/]+/"))

    def rate(self, slug: str, keys: str) -> int:
        """Judges one task a key, by keyboard alone; returns how many were acknowledged."""
        self.open(f"/p/{slug}/rate/")
        begin = self.page.get_by_role("button", name="I have read it, start rating")
        if begin.count():
            begin.focus()
            self.page.keyboard.press("Enter")
        acknowledged: list[int] = []
        self.page.on(
            "response",
            lambda reply: (
                acknowledged.append(reply.status)
                if reply.url.endswith("/submit/") and reply.status == 200
                else None
            ),
        )
        answered: set[str] = set()
        for done, key in enumerate(keys, start=1):
            answered.add(self._next_task(answered))
            self.page.keyboard.press(key)
            self.page.locator("#judgment .scale input:checked").first.wait_for(state="attached")
            with self.page.expect_response(lambda reply: reply.url.endswith("/submit/")):
                self.page.keyboard.press("Enter")
            assert len(acknowledged) == done, acknowledged
        return len(acknowledged)

    def _next_task(self, answered: set[str]) -> str:
        """Waits, as a person does, until another task is on the screen; returns its address."""
        try:
            self.page.wait_for_function(
                """answered => {
                    const form = document.getElementById("judgment");
                    return document.readyState === "complete"
                        && form && "scripted" in form.dataset
                        && !answered.includes(form.getAttribute("action"));
                }""",
                arg=sorted(answered),
            )
        except Error as error:
            shown = self.page.locator("body").inner_text()
            raise AssertionError(f"no task after {len(answered)}: {shown}") from error
        return str(self.page.locator("#judgment").get_attribute("action"))

    def release(self, slug: str, folder: Path) -> Path:
        """Freezes a release with the choices the page proposes; returns the downloaded folder."""
        self.open(f"/p/{slug}/releases/new/")
        self.page.get_by_role("button", name="Freeze and build").click()
        link = self.page.get_by_role("link", name="Download all")
        link.wait_for(timeout=120_000)
        with self.page.expect_download() as waiting:
            link.click()
        archive = folder / "release.zip"
        waiting.value.save_as(archive)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder / "release")
        (manifest,) = (folder / "release").rglob("manifest.json")
        return manifest.parent
