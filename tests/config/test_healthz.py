"""`/healthz` answers whoever asks, however they ask, and says which part fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import override_settings

from config import timeouts
from labeling.models import Heartbeat
from labeling.operations import health
from labeling.operations.health import PartState
from labeling.work.heartbeats import beat
from projects.models import Project, User

PRODUCTION = {
    "ALLOWED_HOSTS": ["concord.example.org"],
    "SECURE_SSL_REDIRECT": True,
    "PRODUCTION": True,
}
ALL = {"database", "broker", "worker", "beat", "sweeps", "disk"}


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> dict[str, PartState]:
    """How each part is; a test spoils what it is about."""
    parts = dict.fromkeys(sorted(ALL), PartState.OK)
    monkeypatch.setattr("config.views.health", lambda: health.Health(parts))
    return parts


@pytest.mark.parametrize("host", ["concord.example.org", "10.42.8.201:8000", "localhost", "_", ""])
def test_a_probe_of_any_host_over_plain_http_is_answered(
    parts: dict[str, PartState], host: str, caplog: pytest.LogCaptureFixture
):
    with override_settings(**PRODUCTION):
        reply = Client().get("/healthz", headers={"host": host})
    assert reply.status_code == 200
    assert reply.json() == {"status": "ok", "parts": dict.fromkeys(ALL, "ok")}
    assert not caplog.records


@pytest.mark.parametrize("name", sorted(ALL - {"database"}))
def test_a_failing_part_is_named_and_only_a_strict_probe_is_refused(
    parts: dict[str, PartState], name: str
):
    parts[name] = PartState.DOWN
    lenient, strict = Client().get("/healthz"), Client().get("/healthz?strict")
    assert (lenient.status_code, strict.status_code) == (200, 503)
    assert lenient.json() == strict.json()
    assert lenient.json()["status"] == "degraded"
    assert [key for key, part in lenient.json()["parts"].items() if part != "ok"] == [name]


def test_without_the_database_nothing_can_be_served(parts: dict[str, PartState]):
    parts["database"] = PartState.DOWN
    reply = Client().get("/healthz")
    assert reply.status_code == 503
    assert reply.json()["status"] == "unavailable"
    assert Client().post("/healthz").status_code == 405


@pytest.mark.walk
@pytest.mark.django_db(transaction=True)
def test_the_parts_are_known_by_their_signs_of_life(settings: Any):
    beat(Heartbeat.Kind.BEAT)
    beat(Heartbeat.Kind.WORKER)
    Heartbeat.objects.filter(kind="worker").update(seen_at="2020-01-01T00:00Z")
    parts = health.examine().parts
    assert parts["database"] == parts["broker"] == parts["beat"] == PartState.OK
    assert parts["worker"] == parts["sweeps"] == PartState.SILENT
    settings.CELERY_BROKER_URL, settings.DISK_WARNING = "redis://127.0.0.1:1/0", 2**62
    parts = health.examine().parts
    assert parts["broker"] == PartState.DOWN
    assert parts["disk"] == PartState.LOW


def test_a_form_by_a_proxy_that_passes_no_host_says_what_to_set():
    client = Client(enforce_csrf_checks=True, headers={"origin": "http://labels.lan"})
    reply = client.post("/login/", {"username": "a"}, headers={"host": "127.0.0.1:8000"})
    page = reply.content.decode()
    assert reply.status_code == 403
    assert "http://labels.lan" in page
    assert "http://127.0.0.1:8000" in page
    assert "CONCORD_ORIGINS" in page
    assert "open too long" not in page


# --- limits ------------------------------------------------------------------------------------


@contextmanager
def limited(limits: dict[str, int]) -> Iterator[psycopg2.extensions.cursor]:
    """A session with such limits, as a process of that kind opens it."""
    options = connection.settings_dict["OPTIONS"]
    before = dict(options)
    try:
        timeouts._limit(limits)
        parameters = connection.get_connection_params()
        for ours in ("cursor_factory", "context"):
            parameters.pop(ours, None)
        session = psycopg2.connect(**parameters)
        with session.cursor() as cursor:
            yield cursor
        session.close()
    finally:
        options.clear()
        options.update(before)


def test_a_session_of_the_web_ends_what_takes_too_long(db: None, settings: Any):
    with limited(settings.WEB_TIMEOUTS) as cursor:
        values = {}
        for name in settings.WEB_TIMEOUTS:
            cursor.execute(f"SHOW {name}")
            (values[name],) = cursor.fetchone() or ("",)
    assert values == {
        "statement_timeout": "15s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "30s",
    }


def test_a_pooler_is_asked_for_no_limits(db: None, settings: Any):
    settings.DATABASE_POOLED = True
    with limited(settings.WEB_TIMEOUTS) as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_what_the_database_ended_is_a_503_that_names_its_request(
    project: Project, rui: User, client_for: Any, monkeypatch: pytest.MonkeyPatch
):
    def slow(**_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 1")
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr("labeling.rating.api.undo_last", slow)
    client = client_for(rui)
    client.raise_request_exception = False
    reply = client.post("/api/v1/projects/support-answers/undo/")
    assert reply.status_code == 503
    assert reply.headers["Retry-After"] == "5"
    assert "took too long" in reply.json()["message"]
    assert reply.json()["request_id"] == reply.headers["X-Request-ID"]


def test_an_outage_is_told_from_a_defect(db: None, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr("django.contrib.auth.views.LoginView.get", broken)
    client = Client(raise_request_exception=False)
    assert client.get("/login/").status_code == 500
    monkeypatch.setattr("config.views.ask", lambda: (_ for _ in ()).throw(psycopg2.Error()))
    reply = client.get("/login/", headers={"accept": "application/json"})
    assert reply.status_code == 503
    assert json.loads(reply.content)["code"] == "unavailable"
