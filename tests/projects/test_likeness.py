"""A project as something to start from: duplicated, and offered as a template of one's own."""

from __future__ import annotations

import pytest

from projects.guidelines.services import publish_guideline
from projects.models import Project, User
from projects.project_templates import ExampleSpec, GuidelineSpec, PrincipleSpec
from projects.services.reasons import ReasonSpec, set_reasons
from tests.api.client import CallAs
from tests.projects.test_own_scales import TONE

pytestmark = pytest.mark.django_db


@pytest.fixture
def rich(project: Project, lena: User, api: CallAs) -> Project:
    """A project with everything that goes along, and people."""
    question = {"key": "tone", "wording": "How warm?", "scale": TONE, "required": False}
    assert api(lena).post(f"projects/{project.slug}/rubric/", question).status_code == 201
    reasons = [ReasonSpec("facts", "Facts", needs_words=True)]
    set_reasons(project=project, actor=lena, reasons=reasons)
    spec = GuidelineSpec(
        "Be kind.",
        change_note="Kinder.",
        principles=[PrincipleSpec("Kind")],
        examples=[ExampleSpec("tie", "Tie", "The same.")],
    )
    publish_guideline(project=project, published_by=lena, spec=spec)
    return project


def test_a_duplicate_asks_the_same_with_the_same_guideline_and_nobody_in_it(
    rich: Project, lena: User, rui: User, client_for
):
    client = client_for(lena)
    page = client.get(f"/p/{rich.slug}/settings/").content.decode()
    address = f"/projects/new/?like={rich.slug}"
    assert address in page
    assert f'value="like:{rich.slug}" checked' in client.get(address).content.decode()
    desk = client.get(f"/projects/preview/?template=like:{rich.slug}").content.decode()
    assert "How warm?" in desk
    assert "cold" in desk
    client.post("/projects/new/", {"name": "Again", "template": f"like:{rich.slug}"})
    copy = Project.objects.get(name="Again")
    asked = [(c.key, c.scale, c.is_required) for c in copy.criteria.all()]
    assert asked == [(c.key, c.scale, c.is_required) for c in rich.criteria.all()]
    assert copy.overlap == rich.overlap
    assert list(copy.reasons.values_list("code", "needs_words")) == [("facts", True)]
    guideline = copy.guidelines.get()
    assert (guideline.text, guideline.principles.get().title) == ("Be kind.\n", "Kind")
    assert copy.worked_examples.get().kind == "tie"
    assert [m.user for m in copy.memberships.all()] == [lena]
    assert copy.salt != rich.salt


def test_a_template_of_ones_own_is_among_the_cards_and_can_be_changed_first(
    rich: Project, lena: User, client_for
):
    client = client_for(lena)
    assert "Your own: its questions" not in client.get("/projects/new/").content.decode()
    Project.objects.filter(pk=rich.pk).update(is_template=True)
    assert "Your own: its questions" in client.get("/projects/new/").content.decode()
    sent = {"template": f"like:{rich.slug}", "adapt": "1"}
    page = client.post("/projects/new/", sent).content.decode()
    assert "0 | cold" in page
    assert f"These are the questions of “{rich.name}”" in page


def test_by_program_a_project_begins_as_one_that_i_lead(
    rich: Project, lena: User, otto: User, api: CallAs
):
    reply = api(lena).post("projects/", {"name": "Again", "like": rich.slug, "overlap": 7})
    assert reply.status_code == 201
    assert reply.json()["overlap"] == 7
    assert [c["key"] for c in reply.json()["criteria"]][-1] == "tone"
    both = {"name": "No", "like": rich.slug, "template": "arena"}
    assert "not both" in api(lena).post("projects/", both).json()["fields"]["like"]
    otto.is_superuser = True
    otto.save()
    refused = api(otto).post("projects/", {"name": "No", "like": rich.slug})
    assert "You lead no project of that name." in refused.json()["fields"]["like"]
    offered = api(lena).patch(f"projects/{rich.slug}/", {"is_template": True})
    assert offered.json()["is_template"] is True
