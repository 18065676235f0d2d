"""While an instance runs: what dies is started again, and commands and second starts find it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg2
import pytest

from tests.config.instances import (
    END_SECONDS,
    Running,
    command,
    free_port,
    running,
    wait_for,
)

pytestmark = [pytest.mark.instance, pytest.mark.kill]


@pytest.fixture(scope="module")
def key(data_folder: Path) -> str:
    """The secret key as the first start made it."""
    return (data_folder / "secret_key").read_text()


@pytest.fixture(scope="module")
def instance(data_folder: Path, key: str) -> Iterator[Running]:
    """One instance that every test finds running, and leaves so."""
    with running(data_folder) as started:
        yield started


def test_the_key_is_made_once_and_closed_to_others(instance: Running, key: str) -> None:
    file = instance.data / "secret_key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() == key


@pytest.mark.parametrize(
    ("victim", "name"),
    [("gunicorn", "web"), ("celery", "worker"), ("valkey", "broker"), ("postgres", "database")],
)
def test_a_killed_child_is_started_again(instance: Running, victim: str, name: str) -> None:
    _main_processes(instance, victim)[0].kill()
    wait_for(
        lambda: f"{name} ended unexpectedly" in instance.output(), END_SECONDS, "it is noticed"
    )
    # `/healthz` says 200 or 503 by the database, and keeps an answer for a second.
    kept = 1.5 if name == "database" else 0.0
    wait_for(lambda: _is_well(instance, kept), END_SECONDS, "the pages are back")
    assert instance.process.poll() is None


def _is_well(instance: Running, seconds: float) -> bool:
    """Whether it says so, and goes on saying so for that long."""
    until = time.monotonic() + seconds
    while instance.status() == 200:
        if time.monotonic() >= until:
            return True
        time.sleep(0.05)
    return False


def _main_processes(instance: Running, word: str) -> list[psutil.Process]:
    """The supervisor's own children of that name: sessions and workers below them come and go."""
    children = psutil.Process(instance.process.pid).children()
    return [child for child in children if word in " ".join(child.cmdline()[:4])]


def test_a_second_start_on_the_same_folder_says_where_the_first_is(instance: Running) -> None:
    second = command("serve", data=instance.data, PORT=str(free_port()))
    assert second.returncode == 1
    where = f"already running on {instance.data} at http://127.0.0.1:{instance.port}"
    assert where in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1
    assert instance.status() == 200


def test_manage_uses_the_servers_of_a_running_instance(instance: Running) -> None:
    servers = [process.pid for process in _main_processes(instance, "postgres")]
    done = command("manage", "migrate", "--check", "--skip-checks", data=instance.data)
    assert done.returncode == 0, done.stderr
    assert [process.pid for process in _main_processes(instance, "postgres")] == servers
    assert len(servers) == 1
    assert instance.status() == 200


def test_servers_named_by_url_replace_the_embedded_ones(instance: Running, tmp_path: Path) -> None:
    sockets = instance.data / "run"
    urls = {
        "DATABASE_URL": f"postgres://postgres@{quote(str(sockets / 'postgres'), safe='')}/other",
        "CELERY_BROKER_URL": f"redis+socket://{sockets}/broker/valkey.sock?virtual_host=1",
    }
    # A database belongs to one folder: workers of another one refuse to serve it.
    session = psycopg2.connect(host=str(sockets / "postgres"), user="postgres", dbname="postgres")
    session.autocommit = True
    session.cursor().execute("CREATE DATABASE other")
    session.close()
    # Its static files are its own to collect: uncompressed, as for a developer.
    with running(tmp_path / "o", CONCORD_DEBUG="1", **urls) as other:
        assert other.children("postgres") == []
        assert other.children("valkey-server") == []
        assert other.status() == 200
