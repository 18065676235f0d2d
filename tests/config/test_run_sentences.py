"""What stands in the way of a start is said in one sentence, with a way out."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from config.embedded.paths import CHECKOUT
from tests.config.instances import command, free_port

pytestmark = pytest.mark.instance


def fake_python(folder: Path, name: str, version: str) -> None:
    """Put a program on `folder` that answers as a Python of that version would."""
    script = folder / name
    script.write_text(
        "#!/bin/sh\n"
        f'case "$*" in *print*) echo {version} ;; *--version*) echo Python {version} ;; esac\n'
        'case "$*" in *sys.exit*) exit 1 ;; esac\n'
    )
    script.chmod(0o755)


@pytest.fixture
def bare_path(tmp_path: Path) -> Path:
    """A PATH with the few tools that `./run` needs, and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("sh", "dirname", "cksum", "cat", "mkdir", "rm", "id"):
        program = shutil.which(tool)
        assert program
        (folder / tool).symlink_to(program)
    return folder


def run(*arguments: str, path: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(path), **extra}
    return subprocess.run(
        [str(CHECKOUT / "run"), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode != 0
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    for word in words:
        assert word in lines[0]


def test_a_too_old_python_is_named_with_the_way_out(bare_path: Path, tmp_path: Path) -> None:
    fake_python(bare_path, "python3", "3.9")
    done = run(path=bare_path, CONCORD_VENV=str(tmp_path / "venv"))
    assert_one_sentence(done, "python3 is Python 3.9", "PYTHON=/path/to/python3 ./run")
    assert not (tmp_path / "venv").exists()


def test_no_python_at_all_is_said(bare_path: Path, tmp_path: Path) -> None:
    done = run(path=bare_path, CONCORD_VENV=str(tmp_path / "venv"))
    assert_one_sentence(done, "no Python at all")


def test_an_interpreter_that_only_pretends_is_passed_over(bare_path: Path, tmp_path: Path) -> None:
    (bare_path / "python3.11").write_text("#!/bin/sh\necho not installed >&2; exit 127\n")
    (bare_path / "python3.11").chmod(0o755)
    fake_python(bare_path, "python3", "3.9")
    done = run(path=bare_path, CONCORD_VENV=str(tmp_path / "venv"))
    assert_one_sentence(done, "python3 is Python 3.9")


def test_an_unknown_word_shows_the_usage(bare_path: Path) -> None:
    done = run("serv", path=bare_path)
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: ./run")


def test_a_taken_port_is_named_with_another(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = command("serve", data=tmp_path / "d", PORT=str(port))
    assert_one_sentence(done, f"Port {port}", f"PORT={port + 1} ./run")


@pytest.mark.parametrize("port", ["eighty", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    done = command("serve", data=tmp_path / "d", PORT=port)
    assert_one_sentence(done, "PORT must be a number", repr(port))


@pytest.mark.parametrize("name", ["WEB_CONCURRENCY", "WEB_THREADS", "WORKER_CONCURRENCY"])
def test_a_number_of_processes_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    wrong = {name: "many", "PORT": str(free_port())}
    done = command("serve", data=tmp_path / "d", humble=False, **wrong)
    assert_one_sentence(done, f"{name} must be a whole number", "'many'")


@pytest.mark.parametrize("words", [("serve",), ("manage", "check")])
def test_a_folder_that_cannot_be_written_is_named(words: tuple[str, ...]) -> None:
    done = command(*words, data=Path("/proc/concord"), PORT="18999")
    assert_one_sentence(done, "/proc/concord", "CONCORD_DATA=/path/to/folder")


def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    done = command("serve", data=tmp_path / "d", humble=True)
    tmp_path.chmod(0o755)
    assert_one_sentence(done, str(tmp_path / "d"), "CONCORD_DATA=/path/to/folder")


def test_a_checkout_without_a_writable_place_for_packages_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = subprocess.run(
        [str(CHECKOUT / "run")],
        env={"PATH": os.environ["PATH"], "CONCORD_VENV": str(tmp_path / "file" / "venv")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "CONCORD_VENV=/path/to/folder" in done.stderr.splitlines()[-1]


def test_a_foreign_folder_in_place_of_the_database_is_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "d"
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "holiday.jpg").write_bytes(b"precious")
    done = command("manage", "check", data=data)
    assert_one_sentence(done, "no PostgreSQL data")
    assert (data / "postgres" / "holiday.jpg").read_bytes() == b"precious"
