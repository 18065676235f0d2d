"""The list of projects, a new project and its settings."""

from __future__ import annotations

from typing import Any

import pytest

from projects.models import AuditEvent, Membership, Project, Role, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everyone_creates")]

RUBRIC = {
    "form-TOTAL_FORMS": "2",
    "form-INITIAL_FORMS": "0",
    "form-0-wording": "Which reply is kinder?",
    "form-0-scale_key": "webgpt5",
    "form-0-is_required": "on",
    "form-1-wording": "Which reply is shorter?",
    "form-1-scale_key": "arena4",
    "form-1-key": "short",
    "primary": "form-1",
}


def new(client, **fields: str):
    data = {"name": "Kindness", "overlap": "2", "template": "arena", **fields}
    return client.post("/projects/new/", data)


def test_somebody_without_a_project_is_led_on(otto: User, client_for):
    page = client_for(otto).get("/").content.decode()
    assert "No project yet" in page
    assert "/projects/new/" in page


def test_the_list_holds_my_projects_and_no_others(
    project: Project, rui: User, otto: User, client_for
):
    assert "Support answers" in client_for(rui).get("/").content.decode()
    assert "Support answers" not in client_for(otto).get("/").content.decode()


def test_an_archived_project_comes_last(project: Project, lena: User, client_for):
    new(client_for(lena), name="Newer")
    Project.objects.filter(name="Newer").update(status=Project.Status.ARCHIVED)
    page = client_for(lena).get("/").content.decode()
    assert page.index("Support answers") < page.index("Newer")


def test_a_template_brings_its_rubric_and_guideline(otto: User, client_for):
    reply = new(client_for(otto), template="helpful-harmless")
    project = Project.objects.get(name="Kindness")
    assert reply.url == f"/p/{project.slug}/"
    keys = ["overall", "helpful", "honest", "harmless", "conversation"]
    assert [c.key for c in project.criteria.all()] == keys
    assert project.guidelines.count() == 1
    assert Membership.objects.get(project=project, user=otto).role == Role.LEAD


def test_a_key_that_is_filled_in_ends_with_a_whole_word(otto: User, client_for):
    wording = "Which of these two replies follows the instructions?"
    new(client_for(otto), template="blank", **{**RUBRIC, "form-0-wording": wording})
    first = Project.objects.get(name="Kindness").criteria.first()
    assert first is not None
    assert first.key == "which_of_these_two_replies_follows_the"


def test_a_blank_project_takes_the_rubric_that_was_written(otto: User, client_for):
    new(client_for(otto), template="blank", **RUBRIC)
    criteria = Project.objects.get(name="Kindness").criteria.all()
    assert [(c.key, c.scale_key, c.is_primary, c.is_required) for c in criteria] == [
        ("which_reply_is_kinder", "webgpt5", False, True),
        ("short", "arena4", True, True),
    ]


def test_of_each_family_of_questions_one_may_be_primary(otto: User, client_for):
    order: dict[str, Any] = {
        **RUBRIC,
        "form-0-scale_key": "ranking",
        "primary": ["form-0", "form-1"],
    }
    new(client_for(otto), template="blank", **order)
    criteria = Project.objects.get(name="Kindness").criteria.all()
    assert [(c.family, c.is_primary) for c in criteria] == [
        ("ranking", True),
        ("preference", True),
    ]


def test_adding_a_criterion_keeps_what_was_typed_and_complains_about_nothing(
    otto: User, client_for
):
    reply = new(client_for(otto), template="blank", add="1", **RUBRIC)
    page = reply.content.decode()
    assert "Which reply is shorter?" in page
    assert 'name="form-2-wording"' in page
    assert 'class="wrong"' not in page
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"form-0-wording": ""}, "Write the question"),
        ({"form-1-key": "Not A Key"}, "Use lower-case letters"),
        ({"form-0-key": "short"}, "Two criteria have the same key"),
        ({"primary": "form-7"}, "Mark one of the criteria you filled in as primary."),
        ({"primary": ["form-0", "form-1"]}, "Two criteria of one kind are marked as primary."),
        ({"form-0-key": "overall"}, "is the primary criterion&#x27;s name"),
        ({"form-0-scale_key": "nonsense"}, "Select a valid choice"),
        ({"name": ""}, "Give the project a name."),
        ({"overlap": "0"}, "greater than or equal to 1"),
    ],
)
def test_a_rubric_that_does_not_fit_is_refused_with_a_sentence(
    otto: User, client_for, changes: dict[str, Any], sentence: str
):
    reply = new(client_for(otto), **{"template": "blank", **RUBRIC, **changes})
    assert reply.status_code == 422
    assert sentence in reply.content.decode()
    assert not Project.objects.exists()


def test_settings_are_saved_and_logged_with_old_and_new(project: Project, lena: User, client_for):
    url = f"/p/{project.slug}/settings/"
    page = client_for(lena).get(url)
    assert page.content.decode().count("Audit log") == 1, "the rail leads there"
    form = page.context["form"]
    data = {k: v for k, v in form.initial.items() if v not in (None, False)}
    client_for(lena).post(url, {**data, "lease_minutes": "45", "status": "paused"})
    project.refresh_from_db()
    assert (project.lease_minutes, project.status) == (45, "paused")
    event = AuditEvent.objects.filter(verb="settings changed").get()
    assert event.detail == {"status": ["active", "paused"], "lease_minutes": ["20", "45"]}
    log = f"/p/{project.slug}/audit/"
    page = client_for(lena).get(log).content.decode()
    assert "minutes a task stays reserved: 20 → 45" in page
    assert "[" not in page.partition("<tbody>")[2].partition("</tbody>")[0]
    for query in ("?verb=settings+changed", f"?who={lena.pk}"):
        assert "20 → 45" in client_for(lena).get(log + query).content.decode()
    for query in ("?verb=member+added", "?who=0", f"?who={project.pk + 9999}", "?verb=%00x"):
        assert "20 → 45" not in client_for(lena).get(log + query).content.decode()


def test_settings_that_do_not_fit_change_nothing(project: Project, lena: User, client_for):
    url = f"/p/{project.slug}/settings/"
    form = client_for(lena).get(url).context["form"]
    data = {k: v for k, v in form.initial.items() if v not in (None, False)}
    reply = client_for(lena).post(url, {**data, "name": "", "lease_minutes": "0"})
    assert reply.status_code == 422
    page = reply.content.decode()
    assert "see the 2 fields marked below" in page
    assert "Support answers" in page  # the header still names the project as it is
    project.refresh_from_db()
    assert project.name == "Support answers"


def test_a_name_of_markup_is_text_everywhere(otto: User, client_for):
    name = "<script>alert(1)</script>\"'>" + "x" * 80
    client = client_for(otto)
    new(client, name=name, description=name)
    project = Project.objects.get(name=name)
    for url in ("/", f"/p/{project.slug}/settings/", f"/p/{project.slug}/guideline/"):
        page = client.get(url).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_a_forbidden_page_says_what_to_do(project: Project, rui: User, client_for):
    reply = client_for(rui).get(f"/p/{project.slug}/settings/")
    assert reply.status_code == 403
    page = reply.content.decode()
    assert "Your role in this project (Rater) does not allow this." in page
    assert "ask a lead of the project" in page


def test_a_strange_address_says_what_to_do(otto: User, client_for):
    reply = client_for(otto).get("/p/nothing-of-the-kind/")
    assert reply.status_code == 404
    assert "ask them to invite you" in reply.content.decode()


def test_help_names_the_keys(otto: User, client_for):
    assert "<kbd>Ctrl</kbd> <kbd>Enter</kbd>" in client_for(otto).get("/help/").content.decode()
