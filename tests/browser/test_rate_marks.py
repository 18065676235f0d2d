"""Marking passages in a browser: by mouse and by keys, over formatting, kept and taken back."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.models import Span
from projects.models import Principle, Project, User
from tests.browser.desk import wait_for_empty_storage
from tests.conftest import MakeTasks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]

ODD = (
    "👍🏽 See [the docs](https://docs.example/the) for **bold** "
    "wo\u200brds, cafe\u0301 and שלום.\n\n"
    "1. Yes\n2. Yes\n\n```python\nn = 5\nprint(n)\n```\n"
)
PLAIN = "The sky mirrors the sea, and <b>that</b> is *wrong*."

SELECT = """([selector, words, nth]) => {
  const root = document.querySelector(selector);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) nodes.push(node);
  const text = nodes.map((node) => node.data).join("");
  let at = -1;
  for (let i = 0; i <= nth; i++) at = text.indexOf(words, at + 1);
  const place = (offset, isEnd) => {
    for (const node of nodes) {
      const { length } = node.data;
      if (offset < length || (isEnd && offset === length)) return [node, offset];
      offset -= length;
    }
  };
  const [from, to] = [place(at, false), place(at + words.length, true)];
  getSelection().setBaseAndExtent(...from, ...to);
}"""

PRESS_DIFFER = "document.getElementById('differ').click();"
FIRST_OWN = "() => /\\p{L}+/u.exec(document.querySelector('#text-1 mark.only').textContent)[0]"


@pytest.fixture
def desk(
    project: Project, rui: User, make_tasks: MakeTasks, page: Any, sign_in: Any, live_server: Any
) -> Any:
    """A rater's page with two odd texts and the next task behind it."""
    Principle.objects.create(
        guideline=project.guidelines.get(), number=1, title="Be true", text="", key="true"
    )
    make_tasks(project, 1, contents=(ODD, PLAIN), priority=5)
    make_tasks(project, 1, prefix="u")
    sign_in(page.context, rui)
    page.goto(f"{live_server.url}/p/{project.slug}/rate/")
    page.wait_for_selector("form[data-scripted]")
    return page


def select(page: Any, words: str, nth: int = 0, text: str = ODD, view: str = "formatted") -> None:
    """Selects words of a text on the screen."""
    sides = page.locator(".side").all_inner_texts()
    place = next(i for i, side in enumerate(sides) if ("sky" in side) == (text == PLAIN))
    page.evaluate(SELECT, [f".side:nth-of-type({place + 1}) .{view}", words, nth])


def marked(page: Any, words: str, key: str = "1", **where: Any) -> None:
    """Selects words and attaches them by a key."""
    before = page.locator("#spans input").count()
    select(page, words, **where)
    page.wait_for_selector(".mark-menu:not([hidden])")
    page.keyboard.press(key)
    page.wait_for_function(
        f"() => document.querySelectorAll('#spans input').length === {before + 1}"
    )


def test_what_differs_is_shown_a_phone_jumps_to_b_and_a_mark_takes_a_note(desk: Any):
    desk.set_viewport_size({"width": 390, "height": 700})
    desk.keyboard.press("j")
    desk.wait_for_function(
        """() => {
            const box = (id) => document.getElementById(id).getBoundingClientRect();
            return location.hash === "#text-2" && box("side-2").bottom < box("judgment").top;
        }"""
    )
    # Asked for twice before it came, it is shown once, and taken away whole.
    desk.evaluate(f"() => {{ {PRESS_DIFFER} {PRESS_DIFFER} }}")
    desk.wait_for_selector(".side.differs mark.only")
    assert "only here" in desk.locator(".own-words").first.inner_text()
    desk.evaluate(SELECT, ["#text-1 pre:has(mark.only)", desk.evaluate(FIRST_OWN), 0])
    desk.wait_for_selector(".mark-menu:not([hidden])")
    assert "None of these fits" not in desk.locator(".mark-menu").inner_text()
    desk.keyboard.press("n")
    desk.keyboard.type("Says who 1?")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("pre mark.only mark.span")
    desk.keyboard.press("h")
    desk.wait_for_selector(".formatted mark.span")
    assert desk.locator("mark.only").count() == 0
    desk.keyboard.press("1")
    desk.keyboard.press("Enter")
    wait_for_empty_storage(desk)
    assert Span.objects.get().note == "Says who 1?"


def test_words_selected_over_formatting_are_stored_where_they_stand_in_the_text(desk: Any):
    for words in (
        "👍🏽 See the docs for",
        "bold",
        "rds, cafe\u0301 and שלום.",
        "n = 5",
        "print(n)",
    ):
        marked(desk, words)
    marked(desk, "Yes", nth=1)
    marked(desk, "sky mirrors the sea", key="3", text=PLAIN)
    marked(desk, "that</b> is wrong.", text=PLAIN)
    desk.wait_for_selector("mark.span[data-n='8']")
    assert desk.locator("[data-count]").inner_text() == "8 passages"
    assert desk.locator(".formatted mark.span[data-n='2']").inner_text() == "bold"
    desk.keyboard.press("2")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#last:not([hidden])")
    desk.wait_for_function("() => !document.querySelector('mark.span')")
    wait_for_empty_storage(desk)
    rows = Span.objects.values_list("response__content", "start", "end", "principle__number")
    quotes = {content[start:end]: number for content, start, end, number in rows}
    assert quotes == {
        "👍🏽 See [the docs](https://docs.example/the) for": None,
        "bold": None,
        "rds, cafe\u0301 and שלום.": None,
        "Yes": None,
        "n = 5": None,
        "print(n)": None,
        "sky mirrors the sea": 1,
        "that</b> is *wrong*.": None,
    }
    assert ODD.index("Yes", ODD.index("Yes") + 1) in {start for _, start, _, _ in rows}
    desk.keyboard.press("z")
    desk.wait_for_selector("mark.span[data-n='8']")
    assert desk.locator("#spans input").count() == 8


def test_words_are_marked_by_keys_alone_and_a_draft_keeps_them(desk: Any):
    desk.keyboard.press("m")
    desk.wait_for_selector(".mark-menu:not([hidden])")
    first = desk.evaluate("getSelection().toString()")
    desk.keyboard.press("ArrowRight")
    desk.wait_for_function("(first) => getSelection().toString() !== first", arg=first)
    desk.keyboard.press("Shift+ArrowRight")
    desk.wait_for_function("() => getSelection().toString().trim().includes(' ')")
    words = desk.evaluate("getSelection().toString()")
    desk.keyboard.press("w")
    desk.keyboard.press("Enter")
    desk.wait_for_selector(".formatted mark.span.good[data-n='1']")
    assert desk.locator(".mark-menu").is_hidden()
    desk.wait_for_function("() => JSON.stringify(localStorage).includes('praise')")
    desk.reload()
    desk.wait_for_selector(".formatted mark.span.good[data-n='1']")
    assert desk.locator(".formatted mark.span").all_inner_texts() == [words]
    desk.keyboard.press("Shift+m")
    desk.locator("[data-marks] .quote-mark button").click()
    desk.wait_for_function("() => !document.querySelector('mark.span')")


def test_what_is_not_sure_leads_to_the_text_as_it_was_written(desk: Any):
    select(desk, "n")
    desk.wait_for_selector(".mark-menu:not([hidden])")
    desk.keyboard.press("Escape")
    assert desk.locator("#spans input").count() == 0
    desk.keyboard.press("t")
    marked(desk, "[the docs](https", view="raw")
    desk.wait_for_selector(".raw mark.span[data-n='1']")
