"""Each template from its card to a file that is read: started, tried, judged, released."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Locator, Page, expect

from labeling.imports.services import run_import
from labeling.models import Assignment, Import, Judgment, Task
from projects.guidelines.services import acknowledge
from projects.models import Project, Role, User
from projects.project_templates import PROJECT_TEMPLATES, sample_rows
from projects.services.members import set_member
from tests.api.client import CallAs
from tests.browser.axe import serious

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]

#: Tasks that each rater judges.
JUDGED = 3
#: Raters of a task, where they are not two: votes are many, and what is written is reviewed.
OVERLAP = {"helpsteer": 3, "demonstrations": 1}
#: What a row of the release has, by its format, for whom it is made.
READS: Mapping[str, set[str]] = {
    "trl": {"prompt", "chosen", "rejected"},
    "hh": {"chosen", "rejected"},
    "helpsteer3": {"context", "response1", "response2", "overall_preference"},
    "lmarena": {"model_a", "model_b", "winner"},
    "rules": {"prompt", "response", "rule", "label"},
    "messages": {"messages"},
}


def start(page: Page, url: str, key: str) -> Project:
    """A lead picks a card, looks at the desk, and creates the project."""
    page.goto(f"{url}/projects/new/")
    page.get_by_label("Name", exact=True).fill(f"A try of {key}")
    page.locator(f"input[name='template'][value='{key}']").check(force=True)
    page.get_by_role("button", name="Show the desk").click()
    desk = page.frame_locator("iframe[name='desk-preview']")
    expect(desk.locator("#task")).to_be_visible()
    expect(desk.get_by_role("heading", name="Worked examples")).to_be_attached()
    page.get_by_label("Raters per task").fill(str(OVERLAP.get(key, 2)))
    page.get_by_role("button", name="Create the project").click()
    expect(page.get_by_role("heading", name=f"A try of {key}")).to_be_visible()
    return Project.objects.get(template=key)


def try_samples(page: Page, url: str, project: Project) -> None:
    """The rows that the template brings, by one button."""
    page.goto(f"{url}/p/{project.slug}/imports/")
    page.get_by_role("button", name="Try it with sample rows").click()
    expect(page).to_have_url(f"{url}/p/{project.slug}/imports/{Import.objects.get().pk}/")
    run_import(Import.objects.get().pk)
    counts = Import.objects.get().counts
    assert not counts["refused"], list(Import.objects.get().refusals.values_list("reason"))
    assert counts["created"] == len(sample_rows(project.template).splitlines())


def answer(page: Page, project: Project) -> None:
    """One task, answered without a script: the response that is the first of them all is better."""
    shown = Assignment.objects.get(
        pk=int(page.locator("#task").get_attribute("data-assignment") or 0)
    )
    order = shown.shown_order
    radios: dict[str, list[str]] = {}
    for radio in page.locator("input[type=radio][name^='answer.']").all():
        radios.setdefault(radio.get_attribute("name") or "", []).append(
            radio.get_attribute("value") or ""
        )
    for gate in project.criteria.filter(family="gate"):  # what it opens can be answered then
        name = f"answer.{gate.key}"
        page.locator(f"input[name='{name}'][value='{radios.pop(name)[-1]}']").press("Space")
    for name, codes in radios.items():
        values = [code for code in codes if code.lstrip("-").isdigit()]
        parts = name.split(".")
        is_first = order[ord(parts[2]) - ord("A")] == 0 if len(parts) > 2 else order[:1] != [0]
        value = (max if is_first else min)(values, key=int)
        page.locator(f"input[name='{name}'][value='{value}']").press("Space")
    for field in page.locator("input:not([type=radio])[name^='answer.']").all():
        place(field, order)
    if project.rationale_required:
        page.locator("[data-pop=reason] summary").click()
        page.locator("#rationale").fill("@Response 1 says what it depends on.")
    editor = page.locator("textarea[name=text]:not(#asked)")
    if editor.count():
        editor.fill("An answer in my own words, as long as needed.")
    page.locator("#submit").click()


def place(field: Locator, order: list[int]) -> None:
    """The place of a response in a ranking, by the order that all share."""
    slot = (field.get_attribute("name") or "").split(".")[2]
    field.fill(str(order[ord(slot) - ord("A")] + 1))


def judge_in_turn(
    browser: Browser, url: str, project: Project, raters: list[User], sign_in: Callable[..., None]
) -> None:
    """Each rater judges some tasks; where texts are written, one writes all and others review."""
    rounds = [JUDGED] * len(raters)
    if project.template == "demonstrations":
        rounds[0] = project.tasks.count()
    for rater, n in zip(raters, rounds, strict=True):
        set_member(project=project, user=rater, role=Role.RATER)
        acknowledge(user=rater, guideline=project.guidelines.get())
        judging = browser.new_context(java_script_enabled=False)
        sign_in(judging, rater)
        desk = judging.new_page()
        desk.goto(f"{url}/p/{project.slug}/rate/")
        for _task in range(n):
            before = Judgment.objects.filter(rater=rater).count()
            answer(desk, project)
            assert Judgment.objects.filter(rater=rater).count() == before + 1, desk.content()
        judging.close()


@pytest.mark.parametrize("key", PROJECT_TEMPLATES)
def test_a_template_goes_from_its_card_to_a_file_that_is_read(
    key: str,
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    tao: User,
    api: CallAs,
    browser: Browser,
    live_server: Any,
    sign_in: Callable[..., None],
    settings: Any,
    tmp_path: Path,
):
    settings.IMPORTS_DIR, settings.RELEASES_DIR = tmp_path / "imports", tmp_path / "releases"
    url = live_server.url
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    sign_in(context, lena)
    page = context.new_page()
    made = start(page, url, key)
    try_samples(page, url, made)
    kinds = set(Task.objects.filter(project=made).values_list("kind", flat=True))
    assert kinds == {PROJECT_TEMPLATES[key].kind}

    raters = [rui, sam, tao] if key == "helpsteer" else [rui, sam]
    judge_in_turn(browser, url, made, raters, sign_in)

    agreement = api(lena).get(f"projects/{made.slug}/agreement/").json()
    assert agreement["judgments"] >= JUDGED, agreement
    page.goto(f"{url}/p/{made.slug}/releases/new/")
    card = PROJECT_TEMPLATES[key]
    expect(page.locator("[name=recipe]:checked")).to_have_value(card.recipe)
    expect(page.locator("[name=format]:checked")).to_have_value(card.format)
    page.goto(f"{url}/projects/new/")
    assert not serious(page)
    context.close()
    rows = released(made, tmp_path / "out")
    assert rows
    assert all(READS[card.format] <= row.keys() for row in rows)


def released(project: Project, out: Path) -> list[dict[str, Any]]:
    """The rows that the template's recipe makes, in its format."""
    card = PROJECT_TEMPLATES[project.template]
    options = ["--recipe", card.recipe, "--format", card.format, "--out", str(out)]
    call_command("create_release", project.slug, *options, "--file-type", "jsonl")
    return [
        json.loads(line)
        for file in sorted(out.rglob("*.jsonl"))
        for line in file.read_text().splitlines()
    ]
