"""Every setting of a project at every door: page, API, templates, copies, log, admin and docs.

A new setting is a column of `Project`. Run this file: each failure names a door that lacks it and
the line of code that opens it. What is a column and no setting goes into NO_SETTING with its why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from rest_framework import serializers

from labeling.teaching.qualification.forms import StagesForm
from labeling.vocabulary import STAGES
from projects.api.serializers import NewProjectSerializer, ProjectDetailSerializer
from projects.api.settings import ProjectChangesSerializer
from projects.audit import SETTING_NAMES
from projects.forms.projects import SettingsForm
from projects.models import AuditEvent, Project, User
from projects.project_templates import STARTING_SETTINGS
from projects.services.projects import EDITABLE
from tests.api.client import CallAs
from tests.architecture.sources import ROOT
from tests.conftest import MakeTasks

pytestmark = pytest.mark.django_db

NO_SETTING = {
    "id": "the key",
    "slug": "the address, derived from the first name",
    "template": "what it was begun from",
    "is_demo": "made by the demo alone",
    "is_blind": "models are hidden from raters everywhere; no door may change it",
    "has_examples": "kept by the service of worked examples",
    "has_topics": "kept by the service of topics",
    "profile_version": "kept by the service of profiles",
    "reviewed_upto": "kept by the migration that parted final words from votes",
    "quiz_since": "kept by the service of the guideline",
    "salt": "the secret",
    "created_by": "who made it",
    "created_at": "when it was made",
}
#: What a project does not take from the one it begins as.
OF_ONE_PROJECT = {"name", "status", "is_template"}
#: A value that differs from the default, where `_another` has none that fits.
OTHERS: dict[str, object] = {
    "name": "Another name",
    "support_url": "https://help.example/",
    "qualification_pass": 0.9,
    "qualification_fail": 0.1,
}


def _fields() -> dict[str, models.Field[Any, Any]]:
    columns = {field.name: field for field in Project._meta.concrete_fields}
    return {name: field for name, field in columns.items() if name not in NO_SETTING}


FIELDS = _fields()
STARTING = FIELDS.keys() - OF_ONE_PROJECT


def _documented() -> set[str]:
    """The settings in the table of docs/api.md."""
    section = (ROOT / "docs" / "api.md").read_text().partition("## Settings\n")[2]
    rows = [row for row in section.partition("\n## ")[0].splitlines() if row.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`(\w+)`", row.split(" | ")[0])}


def _on_the_page() -> set[str]:
    template = (ROOT / "templates" / "projects" / "settings.html").read_text()
    shown = set(re.findall(r"with field=form\.(\w+)", template))
    return shown & set(SettingsForm().fields) | set(StagesForm().fields)


def _declared(serializer: type[serializers.Serializer[Any]]) -> Callable[[], Iterable[str]]:
    return lambda: serializer().fields.keys()


#: What a door holds, which settings it must, and where it is opened.
DOORS: dict[str, tuple[Callable[[], Iterable[str]], Iterable[str], str]] = {
    "the settings page, or that of the stages": (
        _on_the_page,
        FIELDS,
        "SettingsForm in projects/forms/projects.py and templates/projects/settings.html",
    ),
    "PATCH projects/{slug}/": (
        _declared(ProjectChangesSerializer),
        FIELDS,
        "SettingsSerializer in projects/api/settings.py",
    ),
    "POST projects/": (
        _declared(NewProjectSerializer),
        FIELDS.keys() - {"status"},
        "SettingsSerializer in projects/api/settings.py",
    ),
    "GET projects/{slug}/": (
        _declared(ProjectDetailSerializer),
        FIELDS,
        "ProjectDetailSerializer in projects/api/serializers.py",
    ),
    "templates, copies and POST projects/": (
        lambda: STARTING_SETTINGS,
        STARTING,
        "STARTING_SETTINGS in projects/project_templates.py",
    ),
    "the service": (lambda: EDITABLE, FIELDS, "EDITABLE in projects/services/projects.py"),
    "the audit log's words": (
        lambda: SETTING_NAMES,
        FIELDS,
        "SETTING_NAMES in projects/audit.py",
    ),
    "the operators' admin": (
        lambda: map(str, admin.site._registry[Project].fields or ()),
        FIELDS,
        "ProjectAdmin in projects/admin.py",
    ),
    "docs/api.md": (_documented, FIELDS, "the table under “Settings” in docs/api.md"),
}


@pytest.mark.parametrize("door", DOORS)
def test_every_setting_is_at_every_door(door: str):
    held, wanted, place = DOORS[door]
    missing = sorted(set(wanted) - set(held()))
    assert not missing, f"{door} lacks {', '.join(missing)}: add to {place}"


def test_what_is_no_setting_is_a_column():
    assert set(NO_SETTING) <= {field.name for field in Project._meta.concrete_fields}


def _code(validator: object) -> str:
    return str(getattr(validator, "code", ""))


@pytest.mark.parametrize("name", FIELDS)
def test_the_api_takes_what_the_model_does_and_nothing_else(name: str):
    field, taken = FIELDS[name], ProjectChangesSerializer().fields[name]
    assert taken.allow_null is field.null
    assert not taken.required
    if field.choices:
        assert list(taken.choices) == [value for value, _label in field.choices]  # type: ignore[attr-defined]
    for code in ("min_value", "max_value"):
        bounds = [getattr(v, "limit_value", 0) for v in field.validators if _code(v) == code]
        if bounds:  # the database's own stand among them
            inner = max(bounds) if code == "min_value" else min(bounds)
            assert getattr(taken, code) == inner, f"{code} in projects/api/settings.py"
    if isinstance(field, models.CharField | models.TextField) and not field.choices:
        assert taken.max_length == field.max_length  # type: ignore[attr-defined]


def _another(field: models.Field[Any, Any]) -> object:
    """A value that the setting takes and does not begin with."""
    if field.name in OTHERS:
        return OTHERS[field.name]
    if isinstance(field, models.BooleanField):
        return not field.default
    if field.choices:
        return next(value for value, _label in field.choices if value != field.default)
    if isinstance(field, models.FloatField):
        return 0.02
    if isinstance(field, models.IntegerField):
        return (field.default if isinstance(field.default, int) else 3) + 2
    return f"Other {field.name}"


def test_each_is_changed_read_logged_and_copied(
    project: Project, lena: User, api: CallAs, make_tasks: MakeTasks
):
    for stage in STAGES:  # which may not have more tasks than there are
        make_tasks(project, 2, prefix=stage, purpose=stage)
    values = {name: _another(field) for name, field in FIELDS.items()}
    changed = api(lena).patch(f"projects/{project.slug}/", values)
    assert changed.status_code == 200, changed.content
    reply = api(lena).get(f"projects/{project.slug}/").json()
    assert {name: reply[name] for name in values} == values
    logged = AuditEvent.objects.get(project=project, verb="settings changed")
    assert logged.detail.keys() == values.keys()
    copied = api(lena).post("projects/", {"name": "Copy", "like": project.slug}).json()
    assert {name: copied[name] for name in STARTING} == {name: values[name] for name in STARTING}
