"""However an instance ends, no process of it is left and no committed row is lost."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from config.embedded.paths import CHECKOUT, DATABASE_NAME, DATABASE_USER
from tests.config.instances import (
    END_SECONDS,
    START_SECONDS,
    FirstStart,
    Running,
    command,
    drain,
    environment,
    free_port,
    processes_on,
    running,
    wait_for,
    wait_until_gone,
)

pytestmark = [pytest.mark.instance, pytest.mark.kill]


@pytest.fixture
def folder(data_folder: Path) -> Iterator[Path]:
    """A data folder that was set up once; the tests start and end instances on it."""
    yield data_folder
    assert processes_on(data_folder) == []


def connect(data: Path) -> psycopg2.extensions.connection:
    return psycopg2.connect(
        host=str(data / "run" / "postgres"), user=DATABASE_USER, dbname=DATABASE_NAME
    )


def test_a_first_start_makes_everything_it_needs(started_once: FirstStart) -> None:
    assert started_once.status == 200
    assert started_once.exit_code == 0, started_once.output
    for step in ("preparing the database", "preparing static files", "Nothing is lost"):
        assert step in started_once.output


def test_ctrl_c_stops_everything_even_when_pressed_twice(folder: Path) -> None:
    with running(folder) as instance:
        wait_for(lambda: len(processes_on(folder)) > 10, END_SECONDS, "workers and sessions run")
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
    wait_until_gone(folder)


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
    wait_until_gone(folder)


def test_killing_the_supervisor_alone_is_enough_to_end_all(folder: Path) -> None:
    with running(folder) as instance:
        instance.signal(signal.SIGKILL)
        assert instance.wait_gone() == -signal.SIGKILL


def test_manage_brings_servers_and_takes_them_away(folder: Path) -> None:
    done = command("manage", "migrate", "--check", "--skip-checks", data=folder)
    assert done.returncode == 0, done.stderr
    assert processes_on(folder) == []


def test_two_commands_at_once_share_the_servers(folder: Path) -> None:
    jobs = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "config.embedded",
                "manage",
                "migrate",
                "--check",
                "--skip-checks",
            ],
            cwd=CHECKOUT,
            env=environment(folder),
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for job in jobs:
        _, errors = job.communicate(timeout=START_SECONDS)
        assert job.returncode == 0, errors
    assert processes_on(folder) == []


def test_manage_passes_on_the_exit_code(folder: Path) -> None:
    assert command("manage", "no_such_command", data=folder).returncode == 1


def test_a_start_that_fails_halfway_leaves_nothing(folder: Path) -> None:
    broken = Running(folder, PG_BIN="/nonexistent")
    assert broken.wait_gone() == 1
    assert "install PostgreSQL" in broken.output()
    assert "Traceback" not in broken.output()
