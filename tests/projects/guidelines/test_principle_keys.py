"""A principle is the same one in every version that holds it, whatever its number there."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat

from projects.exceptions import InvalidInput
from projects.guidelines.services import publish_guideline
from projects.models import Guideline, Principle, Project, User
from projects.project_templates import GuidelineSpec, PrincipleSpec

pytestmark = pytest.mark.django_db


def publish(project: Project, lena: User, *principles: PrincipleSpec | str) -> list[str]:
    """The keys of the next version."""
    clauses = [
        PrincipleSpec(clause) if isinstance(clause, str) else clause for clause in principles
    ]
    spec = GuidelineSpec("Prefer.", change_note="Said anew.", principles=clauses)
    return keys_of(publish_guideline(project=project, published_by=lena, spec=spec))


def keys_of(guideline: Guideline) -> list[str]:
    return list(guideline.principles.values_list("key", flat=True))


def test_a_principle_goes_on_by_number_and_title_or_by_the_key_that_is_named(
    project: Project, lena: User
):
    assert publish(project, lena, "True", "Kind") == ["v2p1", "v2p2"]
    assert publish(project, lena, "True", "Brief", "Kind") == ["v2p1", "v3p2", "v3p3"]
    # Renamed, moved, and back from version 2.
    renamed, moved = PrincipleSpec("Truth", key="v2p1"), PrincipleSpec("Brief", key="v3p2")
    back = PrincipleSpec("Kind", key="v2p2")
    assert publish(project, lena, moved, renamed, "Kind", back) == ["v3p2", "v2p1", "v3p3", "v2p2"]


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (["v7p1"], "No version of this guideline has a principle with the key “v7p1”."),
        (["v2p1", "v2p1"], "Two principles have the key “v2p1”; only one can."),
    ],
)
def test_a_key_that_no_version_has_or_that_two_name_is_refused(
    project: Project, lena: User, keys: list[str], sentence: str
):
    publish(project, lena, "True")
    with pytest.raises(InvalidInput) as refusal:
        publish(project, lena, *(PrincipleSpec(key, key=key) for key in keys))
    assert refusal.value.fields == {"principles": sentence}
    assert project.guidelines.count() == 2


def test_the_editor_keeps_the_key_of_a_principle_that_is_renamed_or_moves_up(
    project: Project, lena: User, client_for
):
    publish(project, lena, "True", "Kind")
    client = client_for(lena)
    page = client.get(f"/p/{project.slug}/guideline/edit/").content.decode()
    assert 'name="form-1-key" value="v2p2"' in page
    rows = {"form-0-key": "v2p1", "form-0-title": "", "form-1-key": "v2p2", "form-1-title": "Mild"}
    data = {
        "text": "Next.",
        "change_note": "One gone.",
        "form-TOTAL_FORMS": "2",
        "form-INITIAL_FORMS": "0",
        **rows,
    }
    client.post(f"/p/{project.slug}/guideline/edit/", data)
    newest = project.guidelines.get(number=3)
    assert list(newest.principles.values_list("number", "key", "title")) == [(1, "v2p2", "Mild")]


def test_versions_of_before_keys_get_them_by_number_and_title(project: Project, lena: User):
    versions: list[list[str]] = [
        ["True", "Kind"],
        ["True", "Mild"],
        [],
        ["True", "Mild"],
        ["True", "Kind", "Mild"],
    ]
    for titles in versions:
        publish(project, lena, *titles)
    Principle.objects.update(key=Concat(Value("x"), F("pk")))
    with connection.cursor() as cursor:
        cursor.execute(import_module("projects.migrations.0009_principle_keys").KEYS)
    assert [keys_of(version) for version in project.guidelines.order_by("number")[1:]] == [
        ["v2p1", "v2p2"],
        ["v2p1", "v3p2"],
        [],
        ["v5p1", "v5p2"],
        ["v5p1", "v6p2", "v6p3"],
    ]
