"""However an instance ends, no process of it is left and no committed row is lost."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from config.embedded.paths import CHECKOUT, DATABASE_NAME, DATABASE_USER
from tests.config.instances import (
    START_SECONDS,
    Running,
    command,
    drain,
    environment,
    free_port,
    processes_on,
    running,
    wait_for,
)

pytestmark = [pytest.mark.instance, pytest.mark.kill]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder that was set up once; the tests start and end instances on it."""
    data = tmp_path_factory.mktemp("i") / "d"
    with running(data) as instance:
        instance.signal(signal.SIGINT)
        assert instance.wait_gone() == 0, instance.output()
    yield data
    assert processes_on(data) == []


def connect(data: Path) -> psycopg2.extensions.connection:
    return psycopg2.connect(
        host=str(data / "run" / "postgres"), user=DATABASE_USER, dbname=DATABASE_NAME
    )


def test_ctrl_c_stops_everything_even_when_pressed_twice(folder: Path) -> None:
    with running(folder) as instance:
        wait_for(lambda: len(processes_on(folder)) > 10, 30, "workers and sessions run")
        instance.signal(signal.SIGINT)
        instance.process.send_signal(signal.SIGINT)
        assert instance.wait_gone() == 0
        assert "Traceback" not in instance.output()


def test_a_closed_terminal_stops_everything(folder: Path) -> None:
    child, terminal = pty.fork()
    if child == 0:
        # Whoever runs the tests may ignore it (nohup), and that is inherited.
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.chdir(CHECKOUT)
        os.execve(
            sys.executable,
            [sys.executable, "-m", "config.embedded", "serve"],
            environment(folder, PORT=str(free_port())),
        )
    drain(terminal, START_SECONDS, b"Concord is running at")
    os.close(terminal)
    os.waitpid(child, 0)
    wait_for(lambda: not processes_on(folder), 30, "every process has ended")


def test_killing_the_supervisor_leaves_no_process_and_the_next_start_succeeds(folder: Path) -> None:
    with running(folder) as instance:
        with connect(folder) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (17)")
        connection.close()
        instance.signal(signal.SIGKILL)
        instance.process.wait()
        # At once: the next start itself waits for what the kernel is still ending.
        with running(folder):
            connection = connect(folder)
            with connection, connection.cursor() as cursor:
                cursor.execute("SELECT n FROM kept")
                assert cursor.fetchall() == [(17,)]
                cursor.execute("DROP TABLE kept")
            connection.close()
    wait_for(lambda: not processes_on(folder), 30, "every process has ended")


def test_killing_the_supervisor_alone_is_enough_to_end_all(folder: Path) -> None:
    with running(folder) as instance:
        instance.signal(signal.SIGKILL)
        assert instance.wait_gone() == -signal.SIGKILL


@pytest.mark.parametrize("victim", ["gunicorn", "celery", "valkey", "postgres"])
def test_a_killed_child_is_started_again(folder: Path, victim: str) -> None:
    with running(folder) as instance:
        main = next(p for p in psutil.Process(instance.process.pid).children() if _is(p, victim))
        main.kill()
        wait_for(lambda: "starting it again" in instance.output(), 10, "the death is noticed")
        wait_for(lambda: instance.status() == 200, 30, "the pages are back")
        assert instance.process.poll() is None


def _is(process: psutil.Process, word: str) -> bool:
    return word in " ".join(process.cmdline()[:4])


def test_a_second_start_on_the_same_folder_says_where_the_first_is(folder: Path) -> None:
    with running(folder) as instance:
        second = command("serve", data=folder, PORT=str(free_port()))
        assert second.returncode == 1
        assert f"already running on {folder} at http://127.0.0.1:{instance.port}" in second.stderr
        assert len(second.stderr.strip().splitlines()) == 1
        assert instance.status() == 200


def test_manage_uses_the_servers_of_a_running_instance(folder: Path) -> None:
    with running(folder) as instance:
        before = {process.pid for process in instance.children("postgres")}
        done = command("manage", "migrate", "--check", data=folder)
        assert done.returncode == 0, done.stderr
        assert before <= {process.pid for process in instance.children("postgres")}
        assert instance.status() == 200


def test_manage_brings_servers_and_takes_them_away(folder: Path) -> None:
    done = command("manage", "migrate", "--check", data=folder)
    assert done.returncode == 0, done.stderr
    assert processes_on(folder) == []


def test_two_commands_at_once_share_the_servers(folder: Path) -> None:
    jobs = [
        subprocess.Popen(
            [sys.executable, "-m", "config.embedded", "manage", "migrate", "--check"],
            cwd=CHECKOUT,
            env=environment(folder),
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for job in jobs:
        _, errors = job.communicate(timeout=60)
        assert job.returncode == 0, errors
    assert processes_on(folder) == []


def test_manage_passes_on_the_exit_code(folder: Path) -> None:
    assert command("manage", "no_such_command", data=folder).returncode == 1


def test_servers_named_by_url_replace_the_embedded_ones(folder: Path, tmp_path: Path) -> None:
    with running(folder):
        urls = {
            "DATABASE_URL": f"postgres://postgres@%2F{_quoted(folder / 'run/postgres')}/concord",
            "CELERY_BROKER_URL": f"redis+socket://{folder}/run/broker/valkey.sock",
        }
        other = tmp_path / "o"
        with running(other, **urls) as instance:
            assert instance.children("postgres") == []
            assert instance.children("valkey-server") == []
            assert instance.status() == 200


def _quoted(path: Path) -> str:
    return str(path).lstrip("/").replace("/", "%2F")


def test_the_key_is_made_once_and_closed_to_others(folder: Path) -> None:
    key = folder / "secret_key"
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_text()
    with running(folder):
        pass
    assert key.read_text() == before


def test_a_start_that_fails_halfway_leaves_nothing(folder: Path) -> None:
    broken = Running(folder, PG_BIN="/nonexistent")
    assert broken.wait_gone() == 1
    assert "install PostgreSQL" in broken.output()
    assert "Traceback" not in broken.output()
