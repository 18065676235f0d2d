"""Migrations are named and complete; the settings are fit for production."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import call_command

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
