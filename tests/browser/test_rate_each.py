"""Questions about each response beside its text: by keyboard, by touch, without a script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from labeling.models import Judgment, Task
from projects.guidelines.services import acknowledge, publish_guideline
from projects.models import Criterion, Project, User
from projects.project_templates import CriterionSpec, GuidelineSpec, PrincipleSpec
from projects.services.rubric import add_criterion
from tests.browser.axe import serious
from tests.browser.desk import HEARS_KEYS, Desk, saved
from tests.browser.test_every_page import KEYS, PROBLEMS
from tests.conftest import MakeTasks

pytestmark = pytest.mark.django_db(transaction=True)

HELP = CriterionSpec("helpful", "How helpful is it?", "helpsteer5_helpfulness", is_primary=True)
MADE_UP = CriterionSpec("made_up", "Does it make something up?", "yes_no")
RULE = CriterionSpec("rule", "Does it keep the rule?", "sparrow_rule5", is_primary=True)
WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"


def ask(project: Project, *questions: CriterionSpec) -> None:
    """Ask these questions in place of those that were asked."""
    Criterion.objects.all().delete()
    for position, spec in enumerate(questions):
        add_criterion(project=project, spec=spec, position=position)


def shown(judgment: Judgment) -> list[tuple[str, int | None, str]]:
    """What was answered, by response as it was shown, in the order of the rubric."""
    task = Task.objects.get(pk=judgment.task_id)
    order = [task.response_ids[place] for place in judgment.assignment.shown_order]
    rows = judgment.answers.order_by("criterion__position", "principle__number")
    answers = sorted(rows, key=lambda answer: order.index(answer.response_id or 0))
    return [(answer.criterion.key, answer.value, answer.unsaid) for answer in answers]


def test_two_responses_are_rated_by_keyboard_and_a_draft_and_an_undo_come_back(
    desk: Desk, make_tasks: MakeTasks
):
    page = desk.page
    ask(desk.project, HELP, MADE_UP)
    make_tasks(desk.project, 2, kind="rate", contents=(f"# {WORD} {WORD}", "Two of {i}."))
    desk.ready()
    assert page.evaluate(KEYS) == []
    current = page.locator(".ask.active legend")
    # A digit answers and moves on, an arrow skips; Enter leads to what is missing.
    desk.press("3", "u", "ArrowDown", "n", "Enter")
    expect(current).to_have_text("Helpful")
    expect(page.locator("[data-tally]")).to_have_text(["2 of 2 answered", "1 of 2 answered"])
    expect(page.locator(".ask output").first).to_have_text("3 · Mostly helpful")
    desk.reload()
    expect(page.locator(".ask.active")).to_have_attribute("data-label", "Response B, Helpful")
    desk.press("ArrowRight", "ArrowRight")
    assert desk.checked("answer.helpful.B") == "1"
    expect(current).to_have_text("Helpful")
    first = desk.leave()
    (judgment,) = saved(page, 1)
    answers = [
        ("helpful", 3, ""),
        ("made_up", None, "unsure"),
        ("helpful", 1, ""),
        ("made_up", 0, ""),
    ]
    assert shown(judgment) == answers
    desk.press("z")
    expect(page.locator("#task")).to_have_attribute("data-assignment", str(first))
    expect(page.locator("[data-tally]")).to_have_text(["2 of 2 answered"] * 2)
    looks: tuple[tuple[Literal["light", "dark"], int], ...] = (("light", 1440), ("dark", 390))
    for theme, width in looks:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 844})
        assert [*serious(page), *page.evaluate(PROBLEMS)] == []


def test_a_long_scale_goes_with_the_text_of_a_phone_while_other_questions_are_asked(
    desk: Desk, make_tasks: MakeTasks
):
    best = CriterionSpec("best", "Which is better?", "llama3_4", is_primary=True)
    ask(desk.project, best, MADE_UP)
    make_tasks(desk.project, 1)
    desk.page.set_viewport_size({"width": 390, "height": 844})
    desk.ready()
    expect(desk.page.locator(".ask.active legend")).to_be_visible()
    expect(desk.page.locator(".bar")).to_have_css("position", "static")
    expect(desk.page.locator(".acts")).to_have_css("position", "fixed")


@pytest.mark.walk
def test_a_response_is_checked_against_principles_by_touch_on_a_phone(
    desk: Desk,
    make_tasks: MakeTasks,
    lena: User,
    rui: User,
    browser: Browser,
    sign_in: Callable[..., None],
):
    ask(desk.project, RULE)
    principles = [PrincipleSpec(WORD, f"{WORD} {WORD}"), PrincipleSpec("<b>Be kind</b>")]
    spec = GuidelineSpec(text="Check.", change_note="New.", principles=principles)
    guideline = publish_guideline(project=desk.project, published_by=lena, spec=spec)
    acknowledge(user=rui, guideline=guideline)
    make_tasks(desk.project, 1, kind="rule", contents=("One of {i}.",))
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    sign_in(context, rui)
    page = context.new_page()
    page.goto(desk.url)
    page.wait_for_function(HEARS_KEYS)
    assert [*serious(page), *page.evaluate(PROBLEMS)] == []
    page.locator(".seg").nth(0).tap()
    expect(page.locator(".ask.active legend")).to_have_text("P2 <b>Be kind</b>")
    page.locator(".ask.active .seg").nth(4).tap()
    page.locator("#submit").tap()
    (judgment,) = saved(page, 1)
    assert shown(judgment) == [("rule", -2, ""), ("rule", 2, "")]
    context.close()


def test_without_a_script_every_question_tells_what_it_asks_and_is_answered(
    desk: Desk,
    make_tasks: MakeTasks,
    rui: User,
    browser: Browser,
    sign_in: Callable[..., None],
):
    ask(desk.project, HELP, MADE_UP)
    make_tasks(desk.project, 1, kind="rate", contents=("One of {i}.",))
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, rui)
    page = context.new_page()
    page.goto(desk.url)
    for words in ("How helpful is it?", "Borderline unhelpful", "Does it make something up?"):
        expect(page.get_by_text(words)).to_be_visible()
    page.get_by_label("4: Extremely helpful").check()
    page.get_by_label("Unsure").check()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    assert shown(Judgment.objects.get()) == [("helpful", 4, ""), ("made_up", None, "unsure")]
    context.close()
