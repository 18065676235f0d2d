"""What is taken away by rule, and what never is."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from labeling.operations.sweeps import sweep_leftovers

OLD = time.time() - 3 * 24 * 3600


def aged(path: Path) -> Path:
    """The same, three days old, with all that is in it."""
    for each in (*path.rglob("*"), path):
        os.utime(each, (OLD, OLD))
    return path


def test_only_what_nobody_needs_is_taken(
    db: None, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    settings.RELEASES_DIR, settings.IMPORTS_DIR = tmp_path / "releases", tmp_path / "imports"
    for name in (".release-1-a.partial", ".release-2-b.partial", "release-3-c"):
        (settings.RELEASES_DIR / name / "data").mkdir(parents=True)
        (settings.RELEASES_DIR / name / "data" / "rows.jsonl").write_text("{}")
    aged(settings.RELEASES_DIR)
    under_way = settings.RELEASES_DIR / ".release-2-b.partial"
    (under_way / "data" / "more.jsonl").write_text("{}")
    now = timezone.now()
    Session.objects.create(session_key="old", expire_date=now.replace(year=2020))
    Session.objects.create(session_key="new", expire_date=now.replace(year=2099))
    sweep_leftovers()
    left = sorted(path.name for path in settings.RELEASES_DIR.iterdir())
    assert left == [".release-2-b.partial", "release-3-c"]
    assert [session.session_key for session in Session.objects.all()] == ["new"]
    assert not caplog.records
    settings.DISK_WARNING = 2**62
    with caplog.at_level(logging.WARNING):
        sweep_leftovers()
    assert "make room" in caplog.text
