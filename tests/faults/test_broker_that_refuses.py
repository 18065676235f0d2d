"""A broker that takes nothing: requests stay quick, workers stay, jobs wait."""

from __future__ import annotations

import hashlib
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from config.celery import app
from config.embedded.valkey import Valkey
from projects.broker import ask_broker_again
from projects.models import Project
from tests.faults.workers import ask, over, until, working
from tests.work.test_broker_down import point_at

Play = Callable[[redis.Redis, Valkey], None]

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]


def socket_in(folder: Path) -> Path:
    """A path for a folder's socket that the kernel does not find too long."""
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / digest / "s.sock"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Valkey]:
    """A broker of its own, to which the tests' requests go."""
    before = app.conf.broker_url
    valkey = Valkey(tmp_path / "broker", socket_in(tmp_path), tmp_path / "valkey.log").start()
    point_at(valkey.url())
    yield valkey
    point_at(before)
    valkey.stop()


def configured(name: str, value: str, usual: str) -> tuple[Play, Play]:
    """A setting that makes it refuse, and the one that does not."""

    def refuse(client: redis.Redis, broker: Valkey) -> None:
        client.config_set(name, value)

    def mend(client: redis.Redis, broker: Valkey) -> None:
        client.config_set(name, usual)

    return refuse, mend


def replica(client: redis.Redis, broker: Valkey) -> None:
    client.execute_command("REPLICAOF", "127.0.0.1", "1")


def primary(client: redis.Redis, broker: Valkey) -> None:
    client.execute_command("REPLICAOF", "NO", "ONE")


def freeze(client: redis.Redis, broker: Valkey) -> None:
    assert broker.process
    broker.process.send_signal(signal.SIGSTOP)


def thaw(client: redis.Redis, broker: Valkey) -> None:
    assert broker.process
    broker.process.send_signal(signal.SIGCONT)


def end(client: redis.Redis, broker: Valkey) -> None:
    broker.stop()


def begin(client: redis.Redis, broker: Valkey) -> None:
    broker.start()


@pytest.mark.parametrize(
    ("refuse", "mend"),
    [
        configured("maxmemory", "1", "0"),
        configured("min-replicas-to-write", "1", "0"),
        (replica, primary),
        (freeze, thaw),
        (end, begin),
    ],
    ids=["full memory", "too few replicas", "read only", "frozen", "away"],
)
def test_requests_are_quick_the_worker_stays_and_the_job_is_done_later(
    broker: Valkey,
    tmp_path: Path,
    project: Project,
    settings: Any,
    refuse: Play,
    mend: Play,
):
    settings.IMPORTS_DIR = tmp_path / "imports"
    client = redis.Redis(unix_socket_path=str(socket_in(tmp_path)), socket_timeout=5)
    with working(tmp_path, CELERY_BROKER_URL=broker.url()) as worker:
        first = ask(project, "first")
        until(lambda: over(first), 60, "the worker works")
        refuse(client, broker)
        try:
            for name in ("second", "third"):
                began = time.monotonic()
                late = ask(project, name)
                assert time.monotonic() - began < 2
            time.sleep(8)
            assert worker.alive, worker.log.read_text()[:9000]
        finally:
            mend(client, broker)
        ask_broker_again()
        until(lambda: over(late), 90, "the job is done when the broker is well")
        assert (late.state, worker.alive) == ("done", True)
