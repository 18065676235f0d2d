"""Answering in a browser: by keyboard, question by question, until nothing is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from labeling.models import Assignment, Judgment, Response
from labeling.vocabulary import AssignmentState
from projects.guidelines.services import acknowledge, publish_guideline
from projects.models import Criterion, Project, User
from projects.project_templates import CriterionSpec, GuidelineSpec, PrincipleSpec
from projects.services.rubric import add_criterion, ask_question
from tests.browser.desk import HEARS_KEYS, Desk, primary_value, saved, wait_for_empty_storage
from tests.conftest import MakeTasks, lease

pytestmark = pytest.mark.django_db(transaction=True)

#: Whether the labels of the questions lie over the question in view.
COVERED = """() => {
    const text = document.createRange();
    text.selectNodeContents(document.querySelector(".criterion:not(.later) legend"));
    const labels = document.querySelector(".steps").getBoundingClientRect();
    return [...text.getClientRects()].some((line) =>
        line.left < labels.right && labels.left < line.right &&
        line.top < labels.bottom && labels.top < line.bottom);
}"""


def test_a_whole_task_by_keyboard(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 3)
    desk.ready()
    desk.press("2")
    assert desk.checked() == "-2"
    first = desk.leave()
    (judgment,) = saved(desk.page, 1)
    assert judgment.assignment_id == first
    expect(desk.page.locator("#judged")).to_have_text("1 judged")
    assert desk.page.evaluate("document.activeElement.id") == "task"
    assert desk.checked() is None


def test_an_answer_that_is_changed_stands_until_another_is_sent(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 2)
    page = desk.ready().page
    desk.press("2")
    desk.leave()
    saved(page, 1)

    def change() -> None:
        page.goto(desk.url.replace("/rate/", "/my-work/"))
        page.get_by_role("button", name="Change").click()
        page.wait_for_function(HEARS_KEYS)
        assert desk.checked() == "-2"

    change()
    expect(page.locator(".changing")).to_contain_text("It stands as it is until you submit another")
    expect(page.locator("[data-pop=skip]")).to_be_hidden()
    desk.press("5", "s")
    page.wait_for_url("**/my-work/")
    assert [judgment.revises for judgment in saved(page, 1)] == [None]
    change()
    desk.press("5")
    desk.leave()
    expect(page.locator("#judged")).to_have_text("1 judged")
    expect(page.locator("[data-pop=skip]")).to_be_visible()
    wait_for_empty_storage(page)
    (judgment,) = saved(page, 1)
    assert (primary_value(judgment) is not None, judgment.revises is not None) == (True, True)


def test_a_tie_belongs_to_the_question_in_view(desk: Desk, make_tasks: MakeTasks):
    add_criterion(
        project=desk.project,
        spec=CriterionSpec("safe", "Which is safer?", "arena4", is_required=False),
        position=2,
    )
    make_tasks(desk.project, 2)
    desk.ready()
    desk.press("2", "ArrowDown", "4")
    assert (desk.checked(), desk.checked("answer.safe")) == ("-2", "0:equal_bad")
    desk.press("c")
    assert (desk.checked(), desk.checked("answer.safe")) == ("-2", "0:cannot_tell")
    # What is optional is taken back by a key, which the list of keys tells; what is not stays.
    desk.press("?")
    expect(desk.page.get_by_text("Take an optional answer back")).to_be_visible()
    desk.press("Escape", "Backspace")
    assert (desk.checked(), desk.checked("answer.safe")) == ("-2", None)
    desk.press("ArrowUp", "Backspace", "ArrowDown", "c")
    assert (desk.checked(), desk.checked("answer.safe")) == ("-2", "0:cannot_tell")
    desk.leave()
    (judgment,) = saved(desk.page, 1)
    assert ties(judgment) == {"overall": "", "safe": "cannot_tell"}
    # Taken back, it is filled in as it was; the first question has its own.
    desk.press("z")
    expect(desk.page.locator("[name='answer.safe'][value='0:cannot_tell']")).to_be_checked()
    desk.press("x")
    assert (desk.checked(), desk.checked("tie_kind")) == (None, "equal_bad")
    desk.leave()
    (judgment,) = saved(desk.page, 1)
    assert ties(judgment) == {"overall": "equal_bad", "safe": "cannot_tell"}


def test_a_page_that_is_open_asks_new_questions_with_its_next_task(
    desk: Desk, make_tasks: MakeTasks
):
    lead = User.objects.get(email="lena@example.com")
    make_tasks(desk.project, 3)
    desk.ready()
    wording = "Which is safer, whatever you answered above, and for whoever may come to read it?"
    spec = CriterionSpec("safe", wording, "arena4", short_label="Safety for all who may read it")
    ask_question(project=desk.project, actor=lead, spec=spec)
    # What was prepared already is asked, and taken, as this page has it.
    desk.press("2")
    desk.leave()
    desk.press("3")
    with desk.page.expect_navigation():
        desk.press("Enter")
    desk.page.wait_for_function(HEARS_KEYS)
    expect(desk.page.get_by_role("button", name="Safety for all")).to_be_visible()
    desk.press("2", "ArrowDown", "1")
    for width in (1440, 390):
        desk.page.set_viewport_size({"width": width, "height": 844})
        assert not desk.page.evaluate(COVERED)
    desk.press("Enter")
    judgments = saved(desk.page, 3)
    assert [judgment.rubric.number for judgment in judgments if judgment.rubric] == [1, 1, 2]


def ties(judgment: Judgment) -> dict[str, str]:
    """Which tie each answer is, by criterion."""
    return dict(judgment.answers.values_list("criterion__key", "tie_kind"))


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_the_same_choice_under_swapped_sides_is_stored_as_the_same_value(
    desk: Desk, make_tasks: MakeTasks, order: list[int]
):
    (task,) = make_tasks(desk.project, 1)
    lease(User.objects.get(email="rui@example.com"), desk.project)
    Assignment.objects.update(shown_order=order)
    desk.open()
    wanted = Response.objects.get(pk=task.response_ids[0]).content
    left = desk.page.locator(".side .formatted").first.inner_text()
    desk.press("a" if left == wanted else "b", "Enter")
    (judgment,) = saved(desk.page, 1)
    assert primary_value(judgment) == -2
    assert (left == wanted) == (order == [0, 1])


def test_letters_and_arrows_move_along_the_scale(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 1)
    desk.open()
    steps = (("b", "2"), ("ArrowRight", "3"), ("ArrowRight", "3"), ("e", "0:equal_good"))
    for key, code in (*steps, ("ArrowLeft", "-1"), ("0", "0:equal_good"), ("a", "-2")):
        desk.press(key)
        assert desk.checked() == code


def test_both_bad_and_cannot_tell_replace_a_preference(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 3)
    desk.ready()
    desk.press("1", "x")
    assert desk.checked() is None
    desk.leave()
    desk.press("x", "c")
    assert desk.checked("tie_kind") == "cannot_tell"
    desk.leave()
    assert [j.answers.get(criterion__is_primary=True).tie_kind for j in saved(desk.page, 2)] == [
        "equal_bad",
        "cannot_tell",
    ]
    assert [primary_value(judgment) for judgment in saved(desk.page, 2)] == [0, 0]


#: Keys as other keyboards write them: what is written, where it stands, whether with Shift, and
#: the answer of `hh8` that is chosen then.
FOREIGN_KEYS = (
    ("é", "Digit2", False, "-3"),  # the upper row of AZERTY
    ("2", "Digit2", True, "-3"),
    ("@", "Digit2", True, None),  # QWERTY: another key than 2
    ("٣", "Digit3", False, "-2"),
    ("и", "KeyB", False, "2"),
    ("И", "KeyB", True, "2"),
    ("b", "KeyN", False, "2"),  # a Latin layout of another order
    ("n", "KeyB", False, None),
    (";", "KeyB", False, None),
    ("ö", "KeyB", False, "2"),
    ("/", "Digit7", True, None),
)
PRESS = """([key, code, shiftKey]) => document.getElementById("task").dispatchEvent(
    new KeyboardEvent("keydown", {key, code, shiftKey, bubbles: true, cancelable: true}))"""


def test_keys_are_found_on_every_keyboard_and_none_means_two_things(
    desk: Desk, make_tasks: MakeTasks
):
    Criterion.objects.update(scale_key="hh8")
    make_tasks(desk.project, 1)
    desk.open()
    for key, code, shift, chosen in FOREIGN_KEYS:
        desk.press("1")
        desk.page.evaluate(PRESS, [key, code, shift])
        assert desk.checked() == (chosen or "-4"), (key, code)
    desk.press("2")
    expect(desk.page.locator("[data-said]")).to_have_text("A is better, strength 3 of 4")
    desk.page.evaluate(PRESS, ["ы", "KeyS", False])
    expect(desk.page.locator("[data-pop=skip]")).to_have_attribute("open", "")
    desk.page.evaluate(PRESS, ["&", "Digit1", False])
    expect(desk.page.get_by_label("The prompt is unclear")).to_be_checked()
    assert desk.checked() == "-3"


def test_several_questions_are_answered_one_after_the_other(
    page: Page,
    context: BrowserContext,
    live_server: Any,
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    sign_in: Callable[..., None],
):
    Criterion.objects.update(is_required=True)
    make_tasks(project, 2)
    sign_in(context, rui)
    desk = Desk(page, live_server.url, project).ready()
    expect(page.get_by_text("Which is better?")).to_be_visible()
    desk.press("1", "Enter")
    # The second question comes into view, which is the way on; to send it unanswered is a mistake.
    expect(page.get_by_text("Which is more correct?", exact=True)).to_be_visible()
    expect(page.locator("#announcer")).to_have_text("Next question: Which is more correct?")
    expect(page.locator(".error:visible")).to_have_count(0)
    desk.press("Enter")
    expect(page.locator(".error:visible")).to_have_text("Choose a place on the scale first.")
    desk.press("5", "ArrowUp")
    expect(page.get_by_text("Which is better?")).to_be_visible()
    desk.press("ArrowDown")
    expect(page.get_by_text("Which is more correct?", exact=True)).to_be_visible()
    desk.leave()
    (judgment,) = saved(page, 1)
    order = judgment.assignment.shown_order[0]
    values = dict(judgment.answers.values_list("criterion__key", "value"))
    assert values == (
        {"overall": -3, "correct": 2} if order == 0 else {"overall": 3, "correct": -2}
    )


def test_keys_do_not_fire_while_typing(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 2)
    desk.ready()
    desk.press("6", "r")
    desk.page.keyboard.type("as 1 be gz? x")
    desk.press("Enter")
    desk.page.keyboard.type("second line")
    assert desk.page.locator("#rationale").input_value() == "as 1 be gz? x\nsecond line"
    assert desk.checked() == "2"
    expect(desk.page.locator("#drawer")).to_be_hidden()
    desk.press("Control+Enter")
    (judgment,) = saved(desk.page, 1)
    assert judgment.rationale == "as 1 be gz? x\nsecond line"


def test_a_required_reason_is_asked_for(desk: Desk, make_tasks: MakeTasks):
    Project.objects.update(rationale_required=True)
    make_tasks(desk.project, 2)
    desk.ready()
    desk.press("1", "Enter")
    expect(desk.page.locator("#rationale")).to_be_focused()
    desk.page.keyboard.type("Shorter.")
    desk.press("Control+Enter")
    assert saved(desk.page, 1)[0].rationale == "Shorter."


def test_a_skip_by_keyboard_names_its_reason(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 3)
    desk.ready()
    before = desk.assignment
    desk.press("s", "2", "Enter")
    expect(desk.page.locator("#task")).not_to_have_attribute("data-assignment", str(before))
    wait_for_empty_storage(desk.page)
    skipped = Assignment.objects.get(pk=before)
    assert (skipped.state, skipped.skip_reason) == (AssignmentState.SKIPPED, "not_my_expertise")
    expect(desk.page.locator("#judged")).to_have_text("0 judged")


def test_the_last_task_leads_to_the_reason_why_there_is_no_more(desk: Desk, make_tasks: MakeTasks):
    make_tasks(desk.project, 1)
    desk.open()
    desk.press("1", "Enter")
    expect(desk.page.get_by_role("heading", name="All done here")).to_be_visible()
    desk.page.get_by_role("button", name="Undo my last judgment").click()
    assert desk.checked() == "-3"


def test_guideline_principles_and_the_sheet_of_keys(
    desk: Desk, lena: User, rui: User, make_tasks: MakeTasks
):
    spec = GuidelineSpec(
        text="# Rules\n\nBe **fair**.", change_note="New.", principles=[PrincipleSpec("Be brief")]
    )
    version = publish_guideline(project=desk.project, published_by=lena, spec=spec)
    acknowledge(user=rui, guideline=version)
    make_tasks(desk.project, 2)
    desk.ready()
    desk.press("g")
    expect(desk.page.locator("#drawer").get_by_text("Be fair.")).to_be_visible()
    desk.press("Escape")
    expect(desk.page.locator("#drawer")).to_be_hidden()
    desk.press("?")
    expect(desk.page.locator("dialog.keys")).to_contain_text("A is much better")
    desk.press("1")
    assert desk.checked() is None
    desk.press("Escape")
    desk.press("p")
    desk.page.get_by_label("P1 Be brief").check()
    desk.press("Escape")
    expect(desk.page.locator("[data-cited]")).to_have_text("P1")
    desk.press("1")
    desk.leave()
    assert saved(desk.page, 1)[0].principles == [1]
