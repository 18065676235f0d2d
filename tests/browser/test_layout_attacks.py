"""What one response holds changes no pixel and no place of what is not its own."""

from __future__ import annotations

from html import escape
from typing import Any

import pytest
from playwright.sync_api import Page

from labeling.rendering import render_response
from projects.models import Project
from tests.browser.desk import Desk
from tests.browser.layout_attacks import ATTACKS, PAST_THE_SERVER
from tests.conftest import MakeTasks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]

HONEST = "An honest and complete answer that the rater should be able to read. " * 6
SIZES = {1440: 900, 390: 1700}

# The attacker's card gets a height of its own, so that nothing else has a reason to move, and a
# lid over all of it: whatever else changes on the picture is painted outside of it.
PREPARE = """(which) => {
    const card = document.querySelector(which);
    card.style.height = "300px";
    card.style.minHeight = "0";
    document.querySelector(".pair").style.alignItems = "start";
    const box = card.getBoundingClientRect();
    const lid = document.createElement("div");
    Object.assign(lid.style, {
        position: "fixed", zIndex: 99, background: "silver", pointerEvents: "none",
        left: `${box.left}px`, top: `${box.top}px`,
        width: `${box.width}px`, height: `${box.height}px`,
    });
    document.body.append(lid);
    document.body.style.caretColor = "transparent";
}"""

# Texts that stand together begin all at the top, as each would alone.
ATTACK = """async ([which, kind, texts]) => {
    const text = document.querySelector(which).querySelector(kind);
    text.replaceChildren(...texts.map((html) => {
        const part = document.createElement("div");
        part.innerHTML = html;
        part.style.height = texts.length > 1 ? "0" : "";
        return part;
    }));
    const app = document.querySelector("script[src*='js/app']").src;
    const { prepareContent } = await import(app);
    await prepareContent(text);
    text.getBoundingClientRect();
}"""

# Where things stand, and which points of what is not the attacker's show something of it.
LOOK = """(which) => {
    const card = document.querySelector(which);
    const others = [".top", ".prompt", ".side", ".bar", "#submit"]
        .flatMap((name) => [...document.querySelectorAll(name)])
        .filter((element) => !element.contains(card) && !card.contains(element));
    const boxes = others.map((element) => element.getBoundingClientRect());
    const touched = boxes.flatMap((box, place) => {
        const across = [...Array(9).keys()].map((step) => box.left + (step + .5) * box.width / 9);
        const down = [...Array(7).keys()].map((step) => box.top + (step + .5) * box.height / 7);
        return across.flatMap((x) => down.map((y) => [x, y]))
            .filter(([x, y]) => card.contains(document.elementFromPoint(x, y)))
            .map(() => others[place].className);
    });
    const places = boxes.map(({ x, y, width, height }) => [x, y, width, height].map(Math.round));
    const { scrollWidth, scrollHeight } = document.documentElement;
    return { touched, places, scrollWidth, scrollHeight };
}"""


# Counts what differs plainly: what moves to a layer of its own has edges of another shade.
COUNT = """async (pictures) => {
    const [before, after] = await Promise.all(pictures.map(async (data) => {
        const picture = new Image();
        picture.src = `data:image/png;base64,${data}`;
        await picture.decode();
        const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
        canvas.drawImage(picture, 0, 0);
        return canvas.getImageData(0, 0, picture.width, picture.height).data;
    }));
    return before.filter((shade, place) => Math.abs(shade - after[place]) > 48).length;
}"""


class Attacked:
    """A rating screen on which other texts take the place of one of its texts.

    `kind` is what of it is shown: `.formatted`, or as it was written (`.raw`).
    """

    def __init__(self, desk: Desk, which: str, width: int, kind: str = ".formatted") -> None:
        self.page: Page = desk.page
        self.which = which
        self.kind = kind
        self.page.set_viewport_size({"width": width, "height": SIZES[width]})
        desk.open()
        self.page.locator("#raw").set_checked(kind == ".raw")
        self.page.evaluate(PREPARE, which)
        self._session = self.page.context.new_cdp_session(self.page)
        self._paper = self.page.context.new_page()
        self.harmless = self.look(["<p>Harmless.</p>"])

    def look(self, texts: list[str]) -> tuple[Any, str]:
        """Where everything stands, and the picture, with these texts in the attacker's place."""
        self.page.evaluate(ATTACK, [self.which, self.kind, texts])
        places = self.page.evaluate(LOOK, self.which)
        options = {"format": "png", "optimizeForSpeed": True}
        picture: str = self._session.send("Page.captureScreenshot", options)["data"]
        return places, picture

    def is_changed(self, texts: list[str]) -> bool:
        """Whether anything outside of the attacker's place moves or looks otherwise."""
        (places, picture), (places_before, picture_before) = self.look(texts), self.harmless
        if places != places_before or picture == picture_before:
            return bool(places != places_before)
        return bool(self._paper.evaluate(COUNT, [picture_before, picture]))

    def successes(self, texts: dict[str, str], *, together: int = 1) -> list[str]:
        """The attacks that change anything outside of the attacker's place."""
        names = list(texts)
        groups = [names[start : start + together] for start in range(0, len(names), together)]
        return [
            ", ".join(group) for group in groups if self.is_changed([texts[name] for name in group])
        ]


def attacks() -> dict[str, str]:
    """Every attack as HTML: as the server renders it, or formulas as if it had let them pass."""
    spans = {
        f"{name}, past the server, display {display}": (
            f'<p><span class="math" data-display="{display}">{escape(tex)}</span></p>'
        )
        for name, tex in PAST_THE_SERVER.items()
        for display in ("false", "true")
    }
    return {**{name: render_response(text) for name, text in ATTACKS.items()}, **spans}


@pytest.mark.parametrize("width", SIZES)
def test_no_response_paints_outside_its_card(
    desk: Desk, project: Project, make_tasks: MakeTasks, width: int
):
    make_tasks(project, 1, contents=(HONEST, HONEST))
    attacked = Attacked(desk, ".side:first-child", width)
    assert attacked.harmless[0]["scrollWidth"] == width
    assert attacked.successes(attacks(), together=20) == []
