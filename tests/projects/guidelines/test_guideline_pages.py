"""Guideline versions on screen: reading, acknowledging, comparing, publishing."""

from __future__ import annotations

import pytest

from labeling.rating import texts
from projects.guidelines.checks import MOST_PRINCIPLES
from projects.guidelines.services import publish_guideline
from projects.guidelines.versions import line_difference
from projects.models import Acknowledgement, Project, User
from projects.project_templates import GuidelineSpec, PrincipleSpec
from tests.budget import cost_of

pytestmark = pytest.mark.django_db

PRINCIPLES = {
    "form-TOTAL_FORMS": "3",
    "form-INITIAL_FORMS": "0",
    "form-0-title": "Be true",
    "form-1-title": "",
    "form-2-title": "Be brief",
    "form-2-text": "Padding costs.",
}


def url(project: Project, rest: str = "") -> str:
    return f"/p/{project.slug}/guideline/{rest}"


def publish(project: Project, lena: User, text: str, **fields):
    spec = GuidelineSpec(text=text, **{"change_note": "Said anew.", **fields})
    return publish_guideline(project=project, published_by=lena, spec=spec)


def test_publishing_makes_a_new_version_and_leaves_the_old_one(
    project: Project, lena: User, client_for
):
    data = {"text": "Prefer what is true.", "change_note": "Truth first.", **PRINCIPLES}
    client_for(lena).post(url(project, "edit/"), data)
    new, old = project.guidelines.all()
    assert (new.number, new.text, new.change_note) == (2, "Prefer what is true.\n", "Truth first.")
    assert old.text == "Prefer what helps.\n"
    assert [str(p) for p in new.principles.all()] == ["P1 Be true", "P2 Be brief"]


def test_the_editor_starts_from_the_current_version(project: Project, lena: User, client_for):
    publish(project, lena, "Newest words", principles=[PrincipleSpec("Be kind", "always")])
    page = client_for(lena).get(url(project, "edit/")).content.decode()
    assert "Newest words" in page
    assert 'value="Be kind"' in page


def test_adding_a_principle_keeps_the_text_and_publishes_nothing(
    project: Project, lena: User, client_for
):
    data = {"text": "Half written", "add": "1", **PRINCIPLES}
    page = client_for(lena).post(url(project, "edit/"), data).content.decode()
    assert "Half written" in page
    assert 'name="form-3-title"' in page
    assert project.guidelines.count() == 1


def many_principles(count: int) -> dict[str, str]:
    titles = {f"form-{i}-title": f"Principle {i}" for i in range(count)}
    return {"form-TOTAL_FORMS": str(count), "form-INITIAL_FORMS": "0", **titles}


@pytest.mark.walk
def test_more_principles_than_a_version_may_have_are_refused_and_all_kept(
    project: Project, lena: User, client_for
):
    client = client_for(lena)
    data = {"text": "Prefer.", **many_principles(MOST_PRINCIPLES + 3)}
    reply = client.post(url(project, "edit/"), data)
    assert reply.status_code == 422
    assert "at most 60" in reply.content.decode()
    assert 'value="Principle 62"' in reply.content.decode()
    page = client.post(url(project, "edit/"), {**data, "add": "1"}).content.decode()
    assert 'value="Principle 62"' in page
    assert 'name="form-63-title"' in page
    data |= {"change_note": "Many.", **many_principles(MOST_PRINCIPLES)}
    client.post(url(project, "edit/"), data)
    assert project.guidelines.get(number=2).principles.count() == MOST_PRINCIPLES
    assert 'value="Principle 59"' in client.get(url(project, "edit/")).content.decode()


def test_an_empty_text_and_an_untitled_principle_are_refused(
    project: Project, lena: User, client_for
):
    data = {**PRINCIPLES, "text": "   ", "form-1-text": "A meaning without a title"}
    reply = client_for(lena).post(url(project, "edit/"), data)
    assert reply.status_code == 422
    page = reply.content.decode()
    assert "Write the guideline first." in page
    assert "Give the principle a title" in page
    assert project.guidelines.count() == 1


def test_a_rater_reads_and_acknowledges_but_does_not_edit(
    project: Project, lena: User, rui: User, client_for
):
    new = publish(project, lena, "Read **me**.")
    client = client_for(rui)
    page = client.get(url(project)).content.decode()
    assert "<strong>me</strong>" in page
    assert "I have read it" in page
    assert "Write a new version" not in page
    assert client.get(url(project, "edit/")).status_code == 403
    client.post(url(project, "2/acknowledge/"))
    assert Acknowledgement.objects.filter(user=rui, guideline=new).count() == 1
    assert "You have read this version" in client.get(url(project)).content.decode()


def test_an_old_version_says_that_it_is_old(project: Project, lena: User, rui: User, client_for):
    publish(project, lena, "Second words")
    page = client_for(rui).get(url(project, "1/")).content.decode()
    assert "Prefer what helps." in page
    assert "Read the current one, v2" in page


def test_a_comparison_shows_what_went_and_what_came(
    project: Project, lena: User, rui: User, client_for
):
    publish(project, lena, "Prefer what is true.", principles=[PrincipleSpec("Be true")])
    page = client_for(rui).get(url(project, "compare/")).content.decode()
    assert "Prefer what <del>" in page.replace('<span class="visually-hidden">Removed: </span>', "")
    assert '<del><span class="visually-hidden">Removed: </span>helps</del>.' in page
    assert '<ins><span class="visually-hidden">Added: </span>is true</ins>.' in page
    assert "P1 Be true" in page


def test_a_version_compared_with_itself_shows_no_difference(
    project: Project, lena: User, rui: User, client_for
):
    publish(project, lena, "Other")
    page = client_for(rui).get(url(project, "compare/?from=2&to=2")).content.decode()
    assert "No difference" in page


@pytest.mark.parametrize("query", ["?to=99", "?from=99", "?to=-1", "?to=%00", "?to=²"])
def test_a_strange_comparison_is_no_server_error(
    project: Project, lena: User, rui: User, client_for, query: str
):
    publish(project, lena, "Other")
    assert client_for(rui).get(url(project, f"compare/{query}")).status_code in (200, 400, 404)


def test_markup_in_a_guideline_is_never_markup(project: Project, lena: User, rui: User, client_for):
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    publish(
        project,
        lena,
        evil,
        change_note=evil,
        trade_off_rule=evil,
        principles=[PrincipleSpec(evil, evil, evil)],
    )
    for page in (url(project), url(project, "compare/")):
        body = client_for(rui).get(page).content.decode()
        assert "<script>alert" not in body
        assert "<img src" not in body


def test_a_difference_folds_what_stayed_the_same():
    old = [f"line {i}" for i in range(20)]
    new = [*old[:10], "new", *old[10:]]
    kinds = [(line.kind, line.text) for line in line_difference(old, new)]
    assert kinds == [
        ("gap", "8 lines unchanged"),
        ("same", "line 8"),
        ("same", "line 9"),
        ("added", "new"),
        ("same", "line 10"),
        ("same", "line 11"),
        ("gap", "8 lines unchanged"),
    ]


def test_texts_that_are_alike_have_no_difference():
    assert list(line_difference(["a", "b"], ["a", "b"])) == []


def test_a_version_is_rendered_once_when_it_is_published(
    project: Project, lena: User, rui: User, client_for, django_capture_on_commit_callbacks
):
    principles = [PrincipleSpec("Be kind", "*always*")]
    with django_capture_on_commit_callbacks(execute=True):
        guideline = publish(
            project, lena, "**Newest** words", principles=principles, priority_order="_true_"
        )
    guideline.refresh_from_db()
    assert set(guideline.html["parts"]) == {"text", "priority_order", "trade_off_rule", "P1"}
    client = client_for(lena)
    page = client.get(url(project)).content.decode()
    assert all(html in page for html in ("<strong>Newest", "<em>always", "<em>true"))
    guideline.html["parts"]["text"] = "<p>stored</p>"
    guideline.save(update_fields=["html"])
    assert "<p>stored</p>" in client.get(url(project)).content.decode()
    assert "<p>stored</p>" in client_for(rui).get(f"/p/{project.slug}/rate/").content.decode()
    guideline.html["version"] = 0
    guideline.save(update_fields=["html"])
    assert "<strong>Newest" in client.get(url(project)).content.decode()


def test_a_guideline_that_takes_long_is_shown_as_written_and_gets_further_with_every_view(
    project: Project, lena: User, client_for, monkeypatch: pytest.MonkeyPatch
):
    principles = [PrincipleSpec("Be kind", "*always*")]
    guideline = publish(project, lena, "**Newest** words", principles=principles)
    monkeypatch.setattr(texts, "VIEW_SECONDS", -1)
    page = client_for(lena).get(url(project)).content.decode()
    assert "**Newest** words" in page
    assert "This text is being formatted" in page
    guideline.refresh_from_db()
    assert guideline.html == {}
    monkeypatch.undo()
    assert "<strong>Newest" in client_for(lena).get(url(project)).content.decode()


@pytest.mark.parametrize("filler", ["a\n", "a\nb\n", "\n"])
def test_two_long_versions_are_compared_in_time(filler: str):
    old = (filler * 30_000).splitlines()
    new = [*old[:100], "new", *old[101:]]
    lines = cost_of(lambda: list(line_difference(old, new))).value
    assert [line.text for line in lines if line.kind == "added"] == ["new"]
    assert [line.kind for line in lines][:3] == ["gap", "same", "same"]
    assert len(lines) < 10
    assert not list(line_difference(old, old))


@pytest.mark.parametrize("pattern", ["a", "ab", "aab"])
def test_two_versions_that_repeat_few_lines_are_compared_in_time(pattern: str):
    old = [pattern[i % len(pattern)] for i in range(1000)]
    new = ["a" if i % 2 else "b" for i in range(1000)]
    lines = cost_of(lambda: list(line_difference(old, new))).value
    assert len([line for line in lines if line.kind != "removed"]) >= 500
