"""Every page in both themes and both sizes: nothing serious for axe, nothing wider than the screen,
nothing loaded from elsewhere, no complaint of the browser. The names in it are long and hostile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from labeling.models import Assignment, Import, Judgment
from labeling.work.heartbeats import beat
from projects.guidelines.services import acknowledge, publish_guideline
from projects.models import Project, User
from projects.project_templates import CriterionSpec, GuidelineSpec, PrincipleSpec
from projects.services.invitations import invite
from projects.services.keys import create_api_key
from projects.services.rubric import ask_question, change_question, retire_question
from tests.browser.axe import serious
from tests.conftest import MakeTasks, judge, lease

pytestmark = pytest.mark.django_db(transaction=True)

WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
Theme = Literal["light", "dark"]
#: Size, theme, and whether all of axe runs or, where only colours differ, contrast alone.
LOOKS: tuple[tuple[ViewportSize, Theme, bool], ...] = (
    (WIDE, "light", True),
    (WIDE, "dark", False),
    (PHONE, "dark", True),
    (PHONE, "light", False),
)
LONG = "Averylongwordwithoutanyspaceinit" * 4
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"
RTL = "مقارنة إجابات الدعم باللغة العربية"


class Watch:
    """What must stay empty while pages are opened."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page, self.origin = page, origin
        self.faults: list[str] = []
        # A colour on its way from one theme to the other has no contrast to speak of.
        page.emulate_media(reduced_motion="reduce")
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self.faults.append(f"dialog: {dialog.message}"))
        page.on("request", self._request)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.faults.append(f"elsewhere: {request.url}")

    def open(self, path: str, *, status: int = 200) -> None:
        """Opens a page and looks at it in both themes and both sizes."""
        reply = self.page.goto(f"{self.origin}{path}")
        assert reply is not None
        if reply.status != status:
            self.faults.append(f"{path}: status {reply.status}")
        for size, theme, everything in LOOKS:
            self.page.set_viewport_size(size)
            self.page.emulate_media(color_scheme=theme)
            violations = problems(self.page, everything=everything)
            self.faults += [f"{path} {size['width']} {theme}: {problem}" for problem in violations]


def problems(page: Page, *, everything: bool) -> Iterator[str]:
    """What is wrong with the page as it stands."""
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    if wide > 1:
        yield f"{wide} pixels wider than the screen"
    yield from serious(page, rules=() if everything else ("color-contrast",))


@pytest.fixture
def watch(page: Page, live_server: Any) -> Watch:
    return Watch(page, live_server.url)


@pytest.fixture
def busy(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    tao: User,
    make_tasks: MakeTasks,
) -> Project:
    """A project with judgments, hostile names, two guideline versions, an invitation."""
    Project.objects.filter(pk=project.pk).update(
        name=(EVIL + LONG)[:120], description=f"{LONG} {EVIL} {RTL}", is_demo=True
    )
    User.objects.filter(pk=tao.pk).update(name=(EVIL + LONG)[:150])
    make_tasks(project, 6, contents=(f"# Title\n\n{LONG}\n\n| a | b |\n|---|---|\n| 1 | 2 |", RTL))
    for user, values in ((rui, (-1, 2, 0)), (sam, (1, 2, -3)), (tao, (-1,))):
        for value in values:
            tie = {"tie_kind": "equal_good"} if not value else {}
            judge(user, lease(user, project), value, rationale=EVIL + LONG, **tie)
    spec = GuidelineSpec(
        text=f"# Read\n\n{EVIL}\n\n{LONG}\n\n{RTL}",
        change_note=LONG,
        principles=[PrincipleSpec((EVIL + LONG)[:120], RTL, LONG)],
    )
    guideline = publish_guideline(project=project, published_by=lena, spec=spec)
    acknowledge(user=rui, guideline=guideline)
    words = {"wording": (EVIL + LONG)[:300], "help_text": RTL + LONG, "short_label": LONG[:30]}
    change_question(project=project, actor=lena, key="correct", changes=words)
    more = CriterionSpec("asked", LONG, "hh8", help_text=EVIL, is_required=False)
    ask_question(project=project, actor=lena, spec=more)
    retire_question(project=project, actor=lena, key="correct")
    invite(project=project, role="rater", created_by=lena, note=EVIL)
    create_api_key(user=lena, name=EVIL)
    return project


def walk(watch: Watch, paths: Iterable[str]) -> None:
    for path in paths:
        watch.open(path)
    assert watch.faults == []


@pytest.mark.walk
def test_pages_without_a_log_in(watch: Watch, busy: Project, lena: User):
    token = invite(project=busy, role="rater", created_by=lena).token
    watch.open("/invitation/nonsense/", status=410)
    walk(
        watch,
        ["/login/", "/password/reset/", "/password/reset/sent/", f"/invitation/{token}/"],
    )


@pytest.mark.walk
def test_the_lead_s_pages(
    watch: Watch, context: BrowserContext, busy: Project, lena: User, sign_in: Callable[..., None]
):
    sign_in(context, lena)
    base = f"/p/{busy.slug}/"
    task = Judgment.objects.filter(rater__email="tao@example.com").get().task_id
    pages = (
        "",
        "tasks/",
        f"tasks/{task}/",
        "raters/",
        "qualification/",
        "writing/",
        "members/",
        "settings/",
        "audit/",
    )
    walk(
        watch,
        ["/", "/projects/new/", "/help/", "/account/", "/account/tokens/", "/password/change/"]
        + [base + page for page in pages],
    )
    walk(watch, [f"{base}guideline/{page}" for page in ("", "edit/", "compare/", "1/", "readers/")])
    walk(watch, [f"{base}principles/{page}" for page in ("", "new/")])
    walk(watch, [f"{base}questions/{page}" for page in ("", "asked/edit/")])
    walk(watch, [f"{base}delete/", "/account/email/"])
    watch.open("/p/nothing/", status=404)
    walk(watch, [f"{base}{page}/" for page in ("agreement", "imports", "releases")])


@pytest.mark.walk
def test_a_rater_s_pages(
    watch: Watch, context: BrowserContext, busy: Project, rui: User, sign_in: Callable[..., None]
):
    sign_in(context, rui)
    watch.open(f"/p/{busy.slug}/settings/", status=403)
    walk(watch, ["/", f"/p/{busy.slug}/", f"/p/{busy.slug}/guideline/", "/account/erase/"])
    walk(watch, [f"/p/{busy.slug}/qualification/mine/"])
    own = Assignment.objects.filter(project=busy, rater=rui).first() or lease(rui, busy)
    walk(watch, [f"/p/{busy.slug}/rate/{own.pk}/differences/"])


@pytest.mark.walk
def test_an_operator_s_page(
    watch: Watch, context: BrowserContext, busy: Project, otto: User, sign_in: Callable[..., None]
):
    User.objects.filter(pk=otto.pk).update(is_staff=True)
    Import.objects.create(project=busy, filename=(EVIL + LONG)[:200])
    beat("web", name=f"{EVIL}{LONG}"[:150], faults=[{"at": EVIL, "route": LONG, "status": 500}])
    sign_in(context, otto)
    walk(watch, ["/operations/"])


def watch_desk_and_move(page: Page) -> None:
    """The desk follows what is typed and is no step back; a question that moves stays in view."""
    first, second = (page.locator("[data-criterion]").nth(place) for place in (0, 1))
    desk = page.frame_locator("iframe[name='desk-preview']")
    steps = page.evaluate("history.length")
    first.get_by_label("Question").fill("Which reply is much kinder?")
    expect(desk.get_by_text("Which reply is much kinder?")).to_be_visible()
    first.get_by_label("Question").fill("Which reply is kinder?")
    expect(desk.get_by_text("Which reply is kinder?")).to_be_visible()
    assert page.evaluate("history.length") == steps, "the desk is no step back"
    second.get_by_role("button", name="Up").click()
    # Where it went is in view, and the desk shows the questions at once.
    expect(page.locator("#criterion-form-0").get_by_label("Question")).to_be_in_viewport()
    expect(page.locator("#criterion-form-0 [name=up]")).to_be_hidden()
    expect(desk.get_by_text("Which reply is kinder?")).to_be_visible()
    page.locator("#criterion-form-0").get_by_role("button", name="Down").click()
    expect(first.get_by_label("Question")).to_have_value("Which reply is kinder?")


@pytest.mark.walk
@pytest.mark.usefixtures("everyone_creates")
def test_a_rubric_is_built_and_previewed_live(
    page: Page, context: BrowserContext, live_server: Any, otto: User, sign_in: Callable[..., None]
):
    sign_in(context, otto)
    page.goto(f"{live_server.url}/projects/new/")
    page.fill("#id_name", "x" * 119)
    page.locator("#id_name").press_sequentially("yz")
    expect(page.get_by_text("No more than 120 letters fit here.")).to_be_visible()
    page.fill("#id_name", "Kindness")
    expect(page.get_by_text("No more than 120 letters fit here.")).to_be_hidden()
    page.get_by_text("Blank", exact=True).click()
    first = page.locator("[data-criterion]").nth(0)
    first.get_by_label("Question").fill("Which of these two replies follows the instructions?")
    expect(first.get_by_label("Key", exact=True)).to_have_value(
        "which_of_these_two_replies_follows_the"
    )
    first.get_by_label("Question").fill("Which reply is kinder?")
    expect(first.get_by_label("Key", exact=True)).to_have_value("which_reply_is_kinder")
    first.get_by_label("Scale", exact=True).select_option("llama2_4")
    scale = first.get_by_role("img")
    expect(scale.get_by_text("A is significantly better", exact=True)).to_be_visible()
    expect(scale.get_by_text("Both are bad", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Add a criterion").click()
    second = page.locator("[data-criterion]").nth(1)
    second.get_by_label("Question").fill("Which reply is shorter?")
    second.get_by_label("Primary").check()
    foot, head = first.bounding_box(), second.bounding_box()
    assert foot is not None
    assert head is not None
    assert foot["y"] + foot["height"] + 8 <= head["y"], "the cards stand apart"
    watch_desk_and_move(page)
    page.set_viewport_size(PHONE)
    assert list(problems(page, everything=True)) == []
    page.get_by_role("button", name="Create the project").click()
    expect(page.get_by_role("heading", name="Three steps to the first judgment")).to_be_visible()
    criteria = Project.objects.get(name="Kindness").criteria.all()
    assert [(c.key, c.scale_key, c.is_primary) for c in criteria] == [
        ("which_reply_is_kinder", "llama2_4", False),
        ("which_reply_is_shorter", "arena4", True),
    ]


def test_keys_and_menus_work_without_a_mouse_and_never_while_typing(
    page: Page, context: BrowserContext, live_server: Any, busy: Project, lena: User, sign_in: Any
):
    sign_in(context, lena)
    page.goto(f"{live_server.url}/p/{busy.slug}/tasks/")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("What?/")
    expect(page.locator("#q")).to_have_value("What?/")
    expect(page.locator("dialog.keys")).to_have_count(0)
    page.locator("#content").focus()
    page.keyboard.press("?")
    expect(page.locator("dialog.keys")).to_contain_text("Search")
    page.keyboard.press("Escape")
    page.locator("summary", has_text="Lena").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="API tokens")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="API tokens")).to_be_hidden()


@pytest.mark.walk
def test_filters_and_forms_change_a_part_of_the_page_and_keep_the_place(
    page: Page, context: BrowserContext, live_server: Any, busy: Project, lena: User, sign_in: Any
):
    sign_in(context, lena)
    base = f"{live_server.url}/p/{busy.slug}/"
    page.goto(f"{base}tasks/")
    page.focus("#state")
    page.select_option("#state", "complete")
    page.wait_for_url(f"{base}tasks/?state=complete")
    expect(page.locator("#state")).to_be_focused()
    page.goto(f"{base}guideline/edit/")
    page.fill("#id_text", "Half written")
    page.get_by_role("button", name="Add a principle").click()
    expect(page.locator("#principles .principle-row").last.get_by_label("Title")).to_be_focused()
    expect(page.locator("#id_text")).to_have_value("Half written")
    page.goto(f"{base}members/")
    page.get_by_role("button", name="Make an invitation link").click()
    expect(page.get_by_label("Invitation link")).to_contain_text("/invitation/")
    page.reload()
    expect(page.locator("[id^=invitation-]")).to_have_count(2)
    expect(page.get_by_label("Invitation link")).to_have_count(0)
    context.clear_cookies()  # the log-in is over meanwhile: the row stays, and the log-in comes
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_url(f"{live_server.url}/login/?next=/p/{busy.slug}/members/")


@pytest.mark.walk
def test_removing_somebody_asks_once_more(
    page: Page, context: BrowserContext, live_server: Any, busy: Project, lena: User, sign_in: Any
):
    sign_in(context, lena)
    page.goto(f"{live_server.url}/p/{busy.slug}/members/")
    row = page.get_by_role("row").filter(has_text="sam@example.com")
    row.get_by_role("button", name="Remove").click()
    row.get_by_role("button", name="Really remove?").click()
    expect(page.get_by_text("Sam is removed")).to_be_visible()
    expect(page.locator("#content")).to_be_focused()  # the button is gone with its row
    assert not busy.memberships.filter(user__email="sam@example.com").exists()


def test_times_are_shown_in_the_reader_s_zone(
    browser: Any, live_server: Any, busy: Project, lena: User, sign_in: Any
):
    context = browser.new_context(timezone_id="Asia/Tokyo", locale="en-GB")
    try:
        sign_in(context, lena)
        page = context.new_page()
        page.goto(f"{live_server.url}/p/{busy.slug}/members/")
        stamp = page.locator("time").first
        expect(stamp).to_have_attribute("data-local", "")
        expect(stamp).not_to_contain_text("UTC")
        assert "GMT+9" in (stamp.get_attribute("title") or "")
    finally:
        context.close()


def test_axe_finds_what_is_wrong_and_nothing_else(page: Page):
    page.set_content(
        "<html lang=en><title>t</title><main><h1>t</h1><p style='color: #ddd'>pale</p></main>"
    )
    assert [problem.split()[0] for problem in serious(page)] == ["color-contrast"]
    page.locator("p").evaluate("pale => pale.style.color = 'black'")
    assert serious(page) == []
    page.locator("main").evaluate("main => main.append(new Image())")
    assert [problem.split()[0] for problem in serious(page)] == ["image-alt"]
    assert serious(page, rules=("color-contrast",)) == []
