"""Whatever dies or stands still under an instance comes back by itself, within a known time."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from config.embedded.paths import DATABASE_NAME, DATABASE_USER
from config.embedded.process import birth
from tests.config.instances import (
    copy_folder,
    processes_on,
    running,
    wait_for,
    wait_until_gone,
)
from tests.faults.parts import BACK_SECONDS, another, child, wait_well

pytestmark = pytest.mark.kill


@pytest.fixture
def folder(data_folder: Path) -> Iterator[Path]:
    """A data folder that was set up once; nothing runs on it before and after a test."""
    yield data_folder
    wait_until_gone(data_folder)


def connect(data: Path) -> psycopg2.extensions.connection:
    return psycopg2.connect(
        host=str(data / "run" / "postgres"), user=DATABASE_USER, dbname=DATABASE_NAME
    )


def query(data: Path, words: str) -> threading.Thread:
    """Run a query that takes for ever, until its database is gone."""
    started = threading.Event()

    def run() -> None:
        try:
            connection = connect(data)
            with connection.cursor() as cursor:
                started.set()
                cursor.execute(words)
        except psycopg2.Error:
            pass

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    started.wait(30)
    time.sleep(0.5)
    return thread


def test_a_database_killed_at_work_comes_back_five_times_of_five(folder: Path) -> None:
    heavy = "SELECT count(*) FROM generate_series(1, 100000000) a, generate_series(1, 1000) b"
    with running(folder) as instance:
        for words in ("SELECT pg_sleep(600)", heavy, heavy, heavy, "SELECT pg_sleep(600)"):
            threads = [query(folder, words) for _ in range(3)]
            child(instance, "postgres").kill()
            assert wait_well(instance, "the database is back") < BACK_SECONDS
            for thread in threads:
                thread.join(30)


def test_after_a_power_cut_the_first_start_succeeds_whoever_has_the_numbers_now(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with running(folder) as instance, connect(folder) as connection:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (17)")
        connection.commit()
        for process in [*processes_on(folder), psutil.Process(instance.process.pid)]:
            process.suspend()  # as a power cut: none of them has time to see the others end
        boots = tmp_path_factory.mktemp("b")  # a short name: a socket's path is
        copies = [copy_folder(folder, boots / str(i)) for i in range(3)]
        for process in processes_on(folder):
            with contextlib.suppress(psutil.NoSuchProcess):  # its parent was ended first
                process.kill()
        instance.process.kill()
        instance.process.wait()
    wait_until_gone(folder)
    with running(folder) as other:  # another instance, whose database must not be touched
        its_database = child(other, "postgres").pid
        for copy, pid in zip(copies, (1, os.getpid(), its_database), strict=True):
            _name_everywhere(copy, pid)
            with running(copy) as again:
                with connect(copy) as connection, connection.cursor() as cursor:
                    cursor.execute("SELECT n FROM kept")
                    assert cursor.fetchall() == [(17,)]
                connection.close()
                assert again.status() == 200
            assert other.status() == 200
            assert child(other, "postgres").pid == its_database


def _name_everywhere(data: Path, pid: int) -> None:
    """Let every file that a crash leaves name a process that lives and is no part of it."""
    pidfile = data / "postgres" / "postmaster.pid"
    lines = pidfile.read_text().split("\n")
    pidfile.write_text("\n".join([str(pid), *lines[1:]]))
    lock = data / "run" / "postgres" / ".s.PGSQL.5432.lock"
    lock.parent.mkdir(exist_ok=True)
    lock.write_text("\n".join([str(pid), *lines[1:]]))
    (data / "run" / "broker").mkdir(exist_ok=True)
    (data / "run" / "broker" / "valkey.sock").touch()
    stale = f"{(birth(pid) or '').split()[0]} another-boot"
    (data / "run" / "children.json").write_text(f'[[{pid}, "{stale}"]]')
    (data / "run" / "holder.json").write_text(
        f'{{"pid": {pid}, "kind": "serve", "address": "http://127.0.0.1:1", "ready": true}}'
    )


def test_a_damaged_broker_file_is_set_aside(folder: Path) -> None:
    files = list((folder / "broker" / "appendonlydir").glob("*.incr.aof"))
    for file in files:
        file.write_bytes(b"*3\r\n$3\r\nSET\r\n$-7\r\nbroken" * 100)
    assert files
    with running(folder) as instance:
        assert "set aside" in instance.output()
        assert instance.status() == 200
    assert len(list(folder.glob("broker.damaged-*"))) == 1
    with running(folder) as instance:
        assert "set aside" not in instance.output()


def test_a_program_that_is_killed_is_there_again_however_often(folder: Path) -> None:
    with running(folder) as instance:
        for word in ("beat", "gunicorn", *["celery: worker"] * 4):
            before = child(instance, word)
            before.kill()
            wait_for(
                lambda word=word, pid=before.pid: another(instance, word, pid),  # type: ignore[misc]
                BACK_SECONDS,
                f"{word} is there again",
            )
            wait_well(instance, "the pages are there")
        assert instance.output().count("worker ended unexpectedly") == 4


@pytest.fixture
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A disk of 300 MB, where we may make one."""
    mount = tmp_path_factory.mktemp("s")
    options = ["mount", "-t", "tmpfs", "-o", "size=300m,mode=755", "tmpfs", str(mount)]
    if os.geteuid() or subprocess.run(options, check=False, capture_output=True).returncode:
        pytest.skip("no disk can be made here")
    yield mount
    subprocess.run(["umount", "-l", str(mount)], check=True)


def fill(disk: Path) -> Callable[[], None]:
    """Take all room of a disk; returns how to give it back."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        try:
            while True:
                file.write(b"\0" * 2**20)
                file.flush()
        except OSError:
            pass
    with ballast.open("ab", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 512)
        except OSError:
            pass
    assert shutil.disk_usage(disk).free == 0
    return ballast.unlink


def test_a_full_disk_is_survived_and_room_brings_everything_back(
    folder: Path, small_disk: Path
) -> None:
    data = copy_folder(folder, small_disk / "d")
    with running(data) as instance:
        assert "are free on the disk" in instance.output()
        make_room = fill(small_disk)
        with pytest.raises(psycopg2.Error):
            _write_much(data)
        for word in ("postgres", "valkey", "celery: worker", "gunicorn", "beat"):
            child(instance, word).kill()  # each is started again without any room
            time.sleep(2)
        assert instance.process.poll() is None, instance.output()
        make_room()
        wait_for(lambda: instance.status() == 200, 120, "the pages are back")
        _write_much(data)
        instance.signal(signal.SIGINT)
        assert instance.wait_gone() == 0


def _write_much(data: Path) -> None:
    connection = connect(data)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE much AS SELECT repeat('x', 1000) FROM generate_series(1, 20000)"
            )
            cursor.execute("DROP TABLE much")
    finally:
        connection.close()
