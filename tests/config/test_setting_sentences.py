"""Settings: what is missing or cannot be used is said in a sentence; what commits is asked for."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded.paths import CHECKOUT
from config.env import SettingError
from tests.config.instances import environment


@pytest.mark.parametrize(
    "words",
    [
        ("manage.py", "check"),
        ("-m", "celery", "-A", "config", "beat"),
        ("-m", "gunicorn", "-c", "python:config.embedded.web", "--preload", "config.wsgi"),
    ],
    ids=["manage", "celery", "gunicorn"],
)
def test_every_program_of_production_says_that_its_key_is_missing(
    words: tuple[str, ...], tmp_path: Path
):
    done = subprocess.run(
        [sys.executable, *words],
        cwd=CHECKOUT,
        env=environment(tmp_path, CONCORD_ENV="production", GUNICORN_CMD_ARGS="--log-level error"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "Set CONCORD_SECRET_KEY: production needs a key of its own."


def test_the_whole_domain_is_committed_to_https_only_where_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("CONCORD_ENV", "production")
    monkeypatch.setenv("CONCORD_SECRET_KEY", "of its own")
    path = str(CHECKOUT / "config" / "settings.py")
    assert runpy.run_path(path)["SECURE_HSTS_PRELOAD"] is False
    monkeypatch.setenv("CONCORD_HSTS_PRELOAD", "1")
    assert runpy.run_path(path)["SECURE_HSTS_PRELOAD"] is True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CONCORD_ENV", "prod"),
        ("DATABASE_URL", "db.internal"),
        ("DATABASE_URL", "mysql://concord:secret@db/concord"),
        ("DATABASE_URL", "postgres://concord:secret@db:none/concord"),
        ("CELERY_BROKER_URL", "http://:secret@mq"),
        ("CONCORD_LOG_LEVEL", "loud"),
        ("CONCORD_PROXIES", "-1"),
        ("CONCORD_SMTP_PORT", "25a"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=f"^{name} must be ") as refusal:
        runpy.run_path(str(CHECKOUT / "config" / "settings.py"))
    assert "secret" not in str(refusal.value), "passwords are not shown"
