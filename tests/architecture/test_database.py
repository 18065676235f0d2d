"""Migrations are named and complete; the settings are fit for production."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from tests.architecture.sources import APPS, ROOT


def test_every_migration_has_a_name_that_says_what_it_does():
    names = [
        path.stem
        for app in APPS
        for path in (ROOT / app / "migrations").glob("*.py")
        if path.stem != "__init__"
    ]
    assert names
    assert all(re.fullmatch(r"\d{4}_[a-z][a-z0-9_]+", name) for name in names), names
    assert not [name for name in names if re.search(r"_(auto|alter|merge)_?\d*", name)]


@pytest.mark.django_db
def test_no_model_changed_without_a_migration():
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


def test_every_foreign_key_begins_an_index():
    """Whoever deletes a row has the database look in each table that may refer to it."""
    without = []
    for table in (table for app in APPS for table in apps.get_models() if _of(app, table)):
        meta = table._meta
        uniques = (rule for rule in meta.constraints if isinstance(rule, models.UniqueConstraint))
        begun = {rule.fields[0] for rule in (*meta.indexes, *uniques) if rule.fields}
        for column in meta.local_fields:
            has_own = getattr(column, "db_index", False) or column.unique
            if isinstance(column, models.ForeignKey) and not has_own:
                without += [] if column.name in begun else [f"{table.__name__}.{column.name}"]
    assert not without


def _of(app: str, table: type[models.Model]) -> bool:
    return table._meta.app_label == app
