"""The rating screen as it is seen: hostile text, both sizes, both themes, no script, traffic."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    expect,
)

from config.storage import without_comments
from labeling.models import Judgment, Prompt
from projects.models import Criterion, Project, User
from tests.browser.axe import serious
from tests.browser.desk import HEARS_KEYS, saved
from tests.conftest import MakeTasks
from tests.rendering.test_hostile import OURS

pytestmark = pytest.mark.django_db(transaction=True)
PAYLOADS = json.loads((Path(__file__).parents[1] / "golden" / "render_payloads.json").read_text())

RICH = """\
## A heading

It costs $5 and $10. The sum is \\(\\sum_{i=1}^n i = \\frac{n(n+1)}{2}\\):

\\[
\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}
\\]

```python
for path in old_files(folder, days=30, follow_symlinks=False, include_hidden=True):
    print(path)  # only look
```

| a | b |
|---|--:|
| 1 | 2 |

[a link](https://example.com/) and ![a picture](https://evil.example/x.png) and a\u202eb.
"""
ARABIC = "مرحبا بالعالم\n\n- واحد\n- اثنان"


@pytest.fixture
def url(
    context: BrowserContext,
    live_server: Any,
    project: Project,
    rui: User,
    sign_in: Callable[..., None],
) -> str:
    """The rating page, with Rui logged in."""
    sign_in(context, rui)
    return f"{live_server.url}/p/{project.slug}/rate/"


def watch(page: Page, origin: str) -> tuple[list[str], list[str]]:
    """Collects what must stay empty: complaints of the page, and requests to elsewhere."""
    complaints: list[str] = []
    foreign: list[str] = []

    def refuse(dialog: Dialog) -> None:
        complaints.append(dialog.message)
        dialog.dismiss()

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def note(request: Request) -> None:
        if not request.url.startswith((origin, "data:")):
            foreign.append(request.url)

    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", refuse)
    page.on("console", listen)
    page.on("request", note)
    return complaints, foreign


FIRE = """
() => {
  for (const element of document.querySelectorAll("#desk *")) {
    for (const name of ["mouseover", "focus", "error", "load", "click", "pointerover"]) {
      if (name === "click" && element.closest("a")) continue;
      element.dispatchEvent(new Event(name, { bubbles: true }));
    }
  }
}
"""


def test_hostile_text_is_inert(
    page: Page, url: str, live_server: Any, project: Project, make_tasks: MakeTasks
):
    texts = [text.replace("\x00", "") for text in (*PAYLOADS, *OURS) if "\ud800" not in text]
    half = len(texts) // 2
    make_tasks(project, 1, contents=("\n\n".join(texts[:half]), "\n\n".join(texts[half:])))
    messages = [{"role": text, "content": text} for text in texts[:12]]
    Prompt.objects.update(messages=messages)
    complaints, foreign = watch(page, live_server.url)
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.evaluate(FIRE)
    page.locator("#raw").check()
    page.wait_for_timeout(300)
    assert (complaints, foreign) == ([], [])
    inside = page.locator("#desk")
    forbidden = (
        "script, img, iframe, form, input, object, embed, base, meta, style, svg:not(.katex svg)"
    )
    assert inside.locator(forbidden).count() == 0
    assert inside.locator("[onclick], [onerror], [hx-get], [href^='javascript:']").count() == 0


def test_mathematics_is_typeset_and_loaded_only_where_there_is_any(
    page: Page, url: str, live_server: Any, project: Project, make_tasks: MakeTasks
):
    make_tasks(project, 1, contents=(RICH, ARABIC))
    complaints, foreign = watch(page, live_server.url)
    page.goto(url)
    expect(page.locator(".math.typeset .katex").first).to_be_visible()
    expect(page.locator("#desk .math")).to_have_count(2)
    assert (complaints, foreign) == ([], [])


def test_without_mathematics_nothing_of_it_is_loaded(
    page: Page, url: str, project: Project, make_tasks: MakeTasks
):
    make_tasks(project, 1)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    page.wait_for_load_state("networkidle")
    assert not [address for address in asked if "katex" in address or "math" in address]


def test_right_to_left_text_stands_on_the_right(
    page: Page, url: str, project: Project, make_tasks: MakeTasks
):
    make_tasks(project, 1, contents=(ARABIC, "left to right"))
    page.goto(url)
    paragraph = page.get_by_text("مرحبا بالعالم", exact=True)
    assert paragraph.evaluate("(e) => getComputedStyle(e).direction") == "rtl"
    assert (
        page.get_by_text("واحد", exact=True).evaluate("(e) => getComputedStyle(e).direction")
        == "rtl"
    )


def test_both_sides_look_the_same(page: Page, url: str, project: Project, make_tasks: MakeTasks):
    make_tasks(project, 1, contents=("same **words**", "same *words*"))
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(url)
    boxes = [side.bounding_box() for side in page.locator(".side").all()]
    assert boxes[0]
    assert boxes[1]
    assert (boxes[0]["width"], boxes[0]["height"]) == (boxes[1]["width"], boxes[1]["height"])
    fonts = [
        side.evaluate(
            "(e) => { const s = getComputedStyle(e); return [s.font, s.color, s.backgroundColor] }"
        )
        for side in page.locator(".side .content").all()
    ]
    assert fonts[0] == fonts[1]


def test_the_switch_shows_both_sides_as_written(
    page: Page, url: str, project: Project, make_tasks: MakeTasks
):
    make_tasks(project, 1, contents=("**bold**", "*slanted*"))
    page.goto(url)
    page.wait_for_function(HEARS_KEYS)
    expect(page.locator(".side .raw").first).to_be_hidden()
    page.keyboard.press("t")
    expect(page.locator(".side .raw")).to_have_count(2)
    for raw in page.locator(".side .raw").all():
        expect(raw).to_be_visible()
    expect(page.locator(".side .formatted").first).to_be_hidden()


def test_a_new_task_moves_nothing_and_begins_at_its_top(
    page: Page, url: str, project: Project, make_tasks: MakeTasks
):
    Criterion.objects.filter(key="correct").delete()
    make_tasks(project, 3, contents=("long\n\n" * 80, "long {i}\n\n" * 60))
    with page.expect_response("**/prepare/"):
        page.goto(url)
    page.evaluate("scrollTo(0, 900)")
    before = [page.locator(s).bounding_box() for s in (".bar", ".scale", "#submit")]
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_contain_text("Next task. What is")
    assert page.evaluate("scrollY") == 0
    assert [page.locator(s).bounding_box() for s in (".bar", ".scale", "#submit")] == before


@pytest.mark.walk
def test_everything_works_by_touch_on_a_phone(
    browser: Browser,
    live_server: Any,
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    sign_in: Callable[..., None],
):
    make_tasks(project, 2, contents=(RICH, ARABIC))
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    sign_in(context, rui)
    page = context.new_page()
    with page.expect_response("**/prepare/"):
        page.goto(f"{live_server.url}/p/{project.slug}/rate/")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    lefts = [side.bounding_box() for side in page.locator(".side").all()]
    assert lefts[0]
    assert lefts[1]
    assert lefts[0]["x"] == lefts[1]["x"]
    assert small_targets(page) == []
    page.locator("label.segment", has_text="A is slightly better").tap()
    page.locator("[data-pop=reason] summary").tap()
    page.locator("#rationale").fill("by thumb")
    page.get_by_role("button", name="Done").tap()
    page.locator("#submit").tap()
    expect(page.locator("#judged")).to_have_text("1 judged")
    assert saved(page, 1)[0].rationale == "by thumb"
    context.close()


def small_targets(page: Page) -> list[str]:
    """Controls of the bar that are smaller than 44 pixels either way."""
    places: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(".segment, .chip, .quiet, button")]
          .filter((e) => e.checkVisibility() && !e.closest("header"))
          .map((e) => [e.textContent.trim(), e.getBoundingClientRect()])
          .filter(([, box]) => box.height < 44 || box.width < 44)
          .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""
    )
    return places


@pytest.mark.parametrize("scale", ["arena4", "hh8", "llama2_4", "helpsteer7", "webgpt5"])
def test_every_scale_fits_a_phone(
    page: Page, url: str, project: Project, make_tasks: MakeTasks, scale: str
):
    Criterion.objects.filter(key="overall").update(scale_key=scale)
    make_tasks(project, 1)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(url)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    clipped = page.evaluate(
        """() => [...document.querySelectorAll(".criterion:not(.later) .segment span")]
          .filter((e) => e.scrollWidth > e.parentElement.clientWidth + 1)
          .map((e) => e.textContent)"""
    )
    assert clipped == []
    assert small_targets(page) == []


@pytest.mark.walk
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious(
    page: Page,
    url: str,
    project: Project,
    make_tasks: MakeTasks,
    scheme: Any,
    width: int,
):
    make_tasks(project, 1, contents=(RICH, ARABIC))
    turns = [{"role": role, "content": RICH} for role in ("user", "assistant", "user")]
    Prompt.objects.update(messages=turns)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(url)
    expect(page.locator(".math.typeset").first).to_be_attached()
    page.keyboard.press("2")
    page.keyboard.press("g")
    page.evaluate("document.querySelector('[data-pop=skip] summary').click()")
    page.keyboard.press("Enter")
    assert serious(page) == []


def test_axe_finds_nothing_serious_where_nothing_is_left(page: Page, url: str):
    page.goto(url)
    expect(page.get_by_role("heading", name="No tasks yet")).to_be_visible()
    assert serious(page) == []


def test_it_works_without_a_script(
    browser: Browser,
    live_server: Any,
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    sign_in: Callable[..., None],
):
    Criterion.objects.update(is_required=True)
    make_tasks(project, 3)
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, rui)
    page = context.new_page()
    page.goto(f"{live_server.url}/p/{project.slug}/rate/")
    # Both questions are in view at once.
    page.get_by_role("radio", name="B is much better").check(force=True)
    page.locator("summary", has_text="Reason").click()
    page.get_by_label("What decided it?").fill("plain <i>forms</i>")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("This question needs an answer.")).to_be_visible()
    expect(page.get_by_role("radio", name="B is much better")).to_be_checked()
    page.get_by_role("radio", name="Equally good").check(force=True)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("1 judged")).to_be_visible()
    assert Judgment.objects.get().rationale == "plain <i>forms</i>"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Took back your judgment")).to_be_visible()
    expect(page.get_by_role("radio", name="B is much better")).to_be_checked()
    page.locator("summary", has_text="Skip").click()
    page.get_by_label("Outside my expertise").check()
    page.get_by_role("button", name="Skip this task").click()
    expect(page.get_by_role("button", name="Submit")).to_be_visible()
    context.close()


def _comments(path: str) -> int:
    """The bytes of a stylesheet or a script that an installation does not send."""
    if not path.startswith("/static/") or path.endswith(".svg"):
        return 0
    text = (settings.BASE_DIR / path[1:]).read_text()
    return len(text.encode()) - len(without_comments(text).encode())


def test_the_first_load_and_the_next_task_are_small(
    page: Page, url: str, project: Project, make_tasks: MakeTasks
):
    words = " ".join(["A plausible sentence of some eight words here."] * 19)
    Criterion.objects.filter(key="correct").delete()
    make_tasks(project, 4, contents=(words, words + " {i}"))
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    transferred: list[float] = []
    session.on(
        "Network.loadingFinished", lambda event: transferred.append(event["encodedDataLength"])
    )
    commented: list[str] = []
    page.on("request", lambda request: commented.append(urlsplit(request.url).path))
    page.goto(url)
    page.wait_for_load_state("networkidle")
    # Without compression here; some 40 % of it goes over a wire (bench.page_weight).
    assert sum(transferred) - sum(map(_comments, commented)) < 128_000
    assert len(transferred) <= 15  # the page in 14, and the next task
    # A second later, and then every ten minutes, it is asked what is new in the precedents.
    with page.expect_response(lambda response: "/unread/" in response.url) as news:
        pass
    news.value.finished()
    page.wait_for_timeout(500)
    transferred.clear()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#judged")).to_have_text("1 judged")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    assert len(transferred) == 1
    assert sum(transferred) < 20_000


@pytest.mark.parametrize("width", [320, 390])
def test_a_long_address_does_not_widen_a_phone(
    page: Page, url: str, project: Project, rui: User, make_tasks: MakeTasks, width: int
):
    make_tasks(project, 1)
    User.objects.filter(pk=rui.pk).update(name="", email="a.name.of.some.length@example.org")
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(url)
    assert page.evaluate("document.documentElement.scrollWidth") == width
