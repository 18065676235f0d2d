"""Every page there is, in three widths: nothing is wider than the screen, the main button can be
pressed, and no key means two things. The names in it are long, and two scales are asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from playwright.sync_api import BrowserContext, Page

from labeling.models import Prompt, Task
from projects.models import Criterion, Project, User
from tests.architecture import test_policy
from tests.architecture.test_policy import WHO, World, expected
from tests.browser.desk import HEARS_KEYS

pytestmark = pytest.mark.django_db(transaction=True)

quiet, users, world = test_policy.quiet, test_policy.users, test_policy.world

#: Widths and heights of a small phone, a phone and a desk.
SIZES = ((320, 640), (390, 844), (1440, 900))
NAME = "Wolfeschlegelsteinha"
WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"
QUESTION = f"Which of the two responses would a careful person of {WORD} rather have got, and why?"
#: Addresses that answer with a file or for a program, not with a page.
NO_PAGES = ("api/v1/", "archive/", "files/", ".json", ".csv", "healthz", "metrics")

#: What is wrong with a page as it stands.
PROBLEMS = """() => {
    const problems = [];
    const {scrollWidth, clientWidth} = document.documentElement;
    if (scrollWidth > clientWidth) problems.push(`${scrollWidth - clientWidth} pixels too wide`);
    const submit = document.querySelector("#submit");
    const buttons = submit ? [submit] : document.querySelectorAll(".button.primary");
    for (const button of buttons) {
        if (!button.checkVisibility()) continue;
        if (button !== submit) button.scrollIntoView({block: "center"});
        const {left, right, top, bottom} = button.getBoundingClientRect();
        const found = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        if (left < 0 || right > clientWidth || !button.contains(found)) {
            const over = found ? ` under ${found.outerHTML.slice(0, 80)}` : "";
            problems.push(`out of reach: ${button.textContent.trim()}${over}`);
        }
    }
    scrollTo(0, 0);
    return problems;
}"""

#: Keys that belong to two things of a page or of a panel on it, or to a thing that is not on `?`,
#: or that stand nowhere on what they press.
KEYS = """() => {
    const problems = [], owners = new Map();
    for (const element of document.querySelectorAll("[data-key]")) {
        const panel = element.closest(".sheet, [data-drawer]");
        if (!panel && !element.checkVisibility()) continue;
        const name = element.textContent.trim().replace(/\\s+/g, " ") || element.outerHTML;
        if (!panel && !element.dataset.keyLabel) problems.push(`not on the sheet: ${name}`);
        const holder = element.closest("label, .field, .band, .editor") ?? element;
        const caps = [...holder.querySelectorAll("kbd")];
        const shown = [name.replace("−", "-"), ...caps.map((cap) => cap.textContent.trim())]
            .map((cap) => cap.toLowerCase());
        const named = element.dataset.key.toLowerCase().replace("shift+", "").split(" ");
        const isShown = named.some((key) => shown.includes(key) || key.startsWith("arrow"));
        if (!isShown && !element.closest("[data-drawer]")) {
            problems.push(`${element.dataset.key} is not on its button: ${name}`);
        }
        for (const key of element.dataset.key.split(" ")) {
            const keys = owners.get(panel) ?? owners.set(panel, new Map()).get(panel);
            if (keys.has(key)) problems.push(`${key} is of “${keys.get(key)}” and of “${name}”`);
            keys.set(key, name);
        }
    }
    return problems;
}"""


@pytest.fixture
def long_world(world: World, project: Project, otto: User) -> World:
    """One of everything under long names; two questions on scales that call the sides otherwise."""
    Project.objects.update(name=f"{WORD} {WORD}", description=QUESTION, is_sensitive=True)
    User.objects.update(name=NAME)
    User.objects.filter(pk=otto.pk).update(is_staff=True)
    Criterion.objects.update(wording=QUESTION, scale_key="helpsteer7", is_required=True)
    Criterion.objects.exclude(is_primary=True).update(scale_key="hh8")
    Prompt.objects.update(category=WORD, language="pt_BR")
    Task.objects.update(external_id=Concat(Value(WORD * 3), Cast("pk", CharField())))
    return world


def pages() -> Iterator[tuple[str, str]]:
    """Who opens which address: the first who may, and everybody their own beginnings."""
    for (verb, route), codes in expected().items():
        if verb != "GET" or any(part in route for part in NO_PAGES):
            continue
        everybody = [who for who, code in zip(WHO, codes, strict=True) if code == 200]
        is_first = route in ("", "p/<slug:slug>/", "p/<slug:slug>/rate/")
        for who in everybody if is_first else everybody[:1]:
            yield who, route
    yield "lead", "api/v1/docs/"
    yield "outsider", "operations/"


@pytest.mark.walk
def test_every_page_fits_every_screen_and_no_key_means_two_things(
    page: Page, context: BrowserContext, live_server: Any, long_world: World
):
    problems = []
    at = ""
    for who, route in sorted(pages()):
        if who != at:
            context.clear_cookies()
            cookie = long_world.clients[who].cookies.get("sessionid")
            if cookie is not None:
                context.add_cookies(
                    [{"name": "sessionid", "value": cookie.value, "url": live_server.url}]
                )
        at = who
        page.goto(live_server.url + long_world.path(route, who))
        page.wait_for_function(HEARS_KEYS)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            problems += [f"{who} {route} {width}: {text}" for text in page.evaluate(PROBLEMS)]
        problems += [f"{who} {route}: {text}" for text in page.evaluate(KEYS)]
    assert not problems, "\n".join(problems)
