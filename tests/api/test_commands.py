"""The commands that set up people, tokens and projects."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from projects.models import ApiKey, Project, User

pytestmark = pytest.mark.django_db


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Runs a command and returns what it printed."""
    call_command(*arguments)
    return capsys.readouterr().out.strip()


def test_a_project_a_person_and_a_token_from_the_shell(capsys: pytest.CaptureFixture[str]):
    slug = run(capsys, "create_project", "My arena", "--template", "arena")
    assert slug == "my-arena"
    member = f"{slug}=lead"
    address = run(
        capsys, "create_user", "Lena@Example.com", "--password", "s3cret pass", "--member", member
    )
    assert address == "lena@example.com"
    assert User.objects.get(email=address).check_password("s3cret pass")
    token = run(capsys, "create_token", address)
    reply = Client(headers={"Authorization": f"Token {token}"}).get(f"/api/v1/projects/{slug}/")
    assert (reply.status_code, reply.json()["role"]) == (200, "lead")
    assert token not in set(ApiKey.objects.values_list("token_hash", flat=True))


def test_a_project_has_the_lead_that_was_named(lena: User, capsys: pytest.CaptureFixture[str]):
    slug = run(capsys, "create_project", "Mine", "--lead", "LENA@example.com", "--overlap", "5")
    project = Project.objects.get(slug=slug)
    assert project.memberships.get().user == lena
    assert project.overlap == 5


def test_without_a_lead_nobody_who_can_log_in_leads_it(capsys: pytest.CaptureFixture[str]):
    slug = run(capsys, "create_project", "Nobody's")
    assert not Project.objects.get(slug=slug).memberships.get().user.is_active


def test_a_person_can_join_several_projects(project: Project, capsys: pytest.CaptureFixture[str]):
    other = run(capsys, "create_project", "Other")
    members = (f"{project.slug}=rater", f"{other}=engineer")
    run(capsys, "create_user", "new@example.com", "--password", "s3cret pass", "--member", *members)
    user = User.objects.get(email="new@example.com")
    assert set(user.memberships.values_list("project__slug", "role")) == {
        (project.slug, "rater"),
        (other, "engineer"),
    }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("create_user", "no address", "--password", "s3cret pass"), "valid email"),
        (("create_user", "lena@example.com", "--password", "s3cret pass"), "already"),
        (("create_user", "x@example.com", "--password", "1234"), "too short"),
        (("create_user", "x@example.com", "--member", "nowhere=rater"), "no project “nowhere”"),
        (("create_user", "x@example.com", "--member", "support-answers=king"), "PROJECT=ROLE"),
        (("create_token", "nobody@example.com"), "no active account"),
        (("create_project", "X", "--lead", "nobody@example.com"), "no active account"),
        (("create_project", "X", "--template", "rodeo"), "invalid choice"),
        (("create_project", "X", "--overlap", "0"), "greater than or equal"),
        (("create_project", " "), "blank"),
    ],
)
def test_a_wrong_argument_is_one_sentence_and_nothing_is_created(
    project: Project, arguments: tuple[str, ...], sentence: str
):
    with pytest.raises(CommandError, match=sentence):
        call_command(*arguments)
    assert not User.objects.filter(email="x@example.com").exists()
    assert Project.objects.count() == 1


def test_a_project_begins_as_another_from_the_shell(
    project: Project, capsys: pytest.CaptureFixture[str]
):
    slug = run(capsys, "create_project", "Again", "--like", project.slug, "--overlap", "7")
    made = Project.objects.get(slug=slug)
    asked = made.criteria.values_list("key", "scale_key")
    assert list(asked) == list(project.criteria.values_list("key", "scale_key"))
    assert (made.overlap, made.tie_policy) == (7, project.tie_policy)
    assert made.guidelines.get().text == project.guidelines.latest("number").text
    with pytest.raises(
        CommandError, match=f"no project “nothing”. Projects: again, {project.slug}"
    ):
        run(capsys, "create_project", "No", "--like", "nothing")
    with pytest.raises(CommandError, match="not allowed with"):
        run(capsys, "create_project", "No", "--like", project.slug, "--template", "arena")
