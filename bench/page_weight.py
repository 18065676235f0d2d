"""What a browser transfers to rate: `python -m bench.page_weight`.

A real Chromium with an empty cache loads the rating page, then judges by keyboard. Bytes are those
on the wire, headers included, as Chromium's own network log counts them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from playwright.sync_api import CDPSession, sync_playwright

from bench.instance import instance, table
from config.embedded.browser import find_chromium


@dataclass
class Wire:
    """Counts requests and bytes of a page, from Chromium's network events."""

    session: CDPSession
    requests: int = 0
    size: int = 0
    urls: dict[str, str] = field(default_factory=dict)
    parts: list[tuple[int, str]] = field(default_factory=list)

    def listen(self) -> None:
        """Start counting."""
        self.session.send("Network.enable")
        self.session.on("Network.requestWillBeSent", self._sent)
        self.session.on("Network.loadingFinished", self._finished)

    def reset(self) -> None:
        """Forget what was counted."""
        self.requests, self.size, self.parts = 0, 0, []

    def _sent(self, event: dict) -> None:
        if event["request"]["url"].startswith("http"):
            self.requests += 1
            self.urls[event["requestId"]] = event["request"]["url"]

    def _finished(self, event: dict) -> None:
        self.size += int(event["encodedDataLength"])
        self.parts.append((int(event["encodedDataLength"]), self.urls.get(event["requestId"], "?")))


def main() -> None:
    """Load, judge three tasks, print the table and the parts of the first load."""
    with instance() as made, sync_playwright() as playwright:
        facts_file = made.folder / "facts.json"
        made.python(f"from bench import fill; fill.main({str(facts_file)!r}, raters=1, tasks=20)")
        facts = json.loads(facts_file.read_text())
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context()
        origin = f"http://127.0.0.1:{made.port}"
        session = next(iter(facts["sessions"].values()))
        context.add_cookies([{"name": "sessionid", "value": session, "url": origin}])
        page = context.new_page()
        wire = Wire(context.new_cdp_session(page))
        wire.listen()
        rows = []
        page.goto(f"{origin}/p/{facts['slug']}/rate/", wait_until="networkidle")
        rows.append(["first load", str(wire.requests), f"{wire.size / 1000:.1f}"])
        parts = sorted(wire.parts, reverse=True)
        for number in (1, 2, 3):
            wire.reset()
            page.keyboard.press("1")
            page.keyboard.press("Enter")
            page.wait_for_timeout(1500)
            rows.append([f"next task {number}", str(wire.requests), f"{wire.size / 1000:.1f}"])
        browser.close()
    table(["rate page", "requests", "KB transferred"], rows)
    table(["first load", "KB"], [[url.split("/", 3)[3], f"{n / 1000:.1f}"] for n, url in parts])


if __name__ == "__main__":
    main()
