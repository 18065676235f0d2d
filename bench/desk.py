"""The rating desk in a browser: `python -m bench.desk [--tasks 50]`.

From the press of the key that submits to the next task painted, the next task being prepared: what
a rater waits for. A real Chromium on this machine, and `./run` with its defaults; on a comparison,
a ranking of five and a rating of two responses on five criteria.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass

from playwright.sync_api import Page, sync_playwright

from bench.instance import instance, percentile, table
from config.embedded.browser import find_chromium

#: What may pass from key to paint: the median and the 95th percentile, in milliseconds.
MEDIAN_MS, P95_MS = 30, 80


@dataclass(frozen=True, slots=True)
class Sitting:
    """A kind of task as it is judged: its responses, its questions (each a key and a scale, the
    first is the primary one), the keys that answer a task."""

    name: str
    responses: int
    questions: tuple[tuple[str, str], ...]
    keys: str


_ATTRIBUTES = ("helpfulness", "correctness", "coherence", "complexity", "verbosity")
SITTINGS = (
    Sitting("compare", 2, (), "2"),
    Sitting("rank of 5", 5, (("order", "ranking"),), "12233wwwww"),
    Sitting("rate of 2 x 5", 2, tuple((key, "helpsteer5") for key in _ATTRIBUTES), "3" * 10),
)

#: Notes when Enter was pressed, before the page hears of it.
PRESSED = """addEventListener("keydown", ({key, timeStamp}) => {
    if (key === "Enter") window.pressedAt = timeStamp;
}, {capture: true})"""
#: Notes how long it took until the next task was painted: a frame after it was there.
WATCH = """() => {
    window.waits = [];
    new MutationObserver(() => {
        const {port1, port2} = new MessageChannel();
        port1.onmessage = () => window.waits.push(performance.now() - window.pressedAt);
        requestAnimationFrame(() => port2.postMessage(0));
    }).observe(document.getElementById("desk"), {childList: true});
}"""


def judge(page: Page, address: str, sitting: Sitting, tasks: int) -> list[float]:
    """Judge so many tasks; return the milliseconds from key to paint of each but the last."""
    page.add_init_script(PRESSED)
    with page.expect_response("**/prepare/"):
        page.goto(address)
    page.wait_for_function("'scripted' in document.getElementById('judgment').dataset")
    page.evaluate(WATCH)
    for number in range(1, tasks):
        for key in sitting.keys:
            page.keyboard.press(key)
        with page.expect_response("**/submit/"):
            page.keyboard.press("Enter")
        page.wait_for_function("(number) => window.waits.length >= number", arg=number)
        page.wait_for_timeout(30)  # the task after it arrives
    waits: list[float] = page.evaluate("window.waits")
    return waits


def main() -> None:
    """Judge every sitting and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=50)
    parser.add_argument("--only", default="", help="a sitting, such as rank")
    options = parser.parse_args()
    with instance() as made, sync_playwright() as playwright:
        tasks = options.tasks + 1  # after the last there is none
        made.python(f"from bench import desk_fill; desk_fill.main({str(made.folder)!r}, {tasks})")
        facts = json.loads((made.folder / "facts.json").read_text())
        origin = f"http://127.0.0.1:{made.port}"
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context()
        context.add_cookies([{"name": "sessionid", "value": facts["session"], "url": origin}])
        rows = []
        for sitting, slug in zip(SITTINGS, facts["slugs"], strict=True):
            if not sitting.name.startswith(options.only):
                continue
            address = f"{origin}/p/{slug}/rate/"
            waits = judge(context.new_page(), address, sitting, tasks)
            figures = [percentile(waits, 0.5), percentile(waits, 0.95), max(waits)]
            rows.append([sitting.name, str(len(waits)), *(f"{ms:.0f}" for ms in figures)])
        browser.close()
    table(
        ["judged", "tasks", f"median ms (≤ {MEDIAN_MS})", f"p95 ms (≤ {P95_MS})", "most ms"], rows
    )


if __name__ == "__main__":
    main()
