"""A build that dies leaves nothing or everything, and the next run makes it whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from labeling.datasets.build import staging_of
from labeling.models import Release
from labeling.releases.services import RELEASE_JOB, folder_of, request_release, run_release
from labeling.work.sending import unfinished_jobs
from projects.models import Project

pytestmark = [pytest.mark.kill, pytest.mark.django_db(transaction=True)]

WORKER = """
import os, signal, sys, importlib, django
django.setup()
from django.conf import settings
from labeling.releases import services
settings.RELEASES_DIR = sys.argv[2]
module, name = sys.argv[3].rsplit(".", 1)
holder = importlib.import_module(module) if module != "Path" else __import__("pathlib").Path
real = getattr(holder, name)
def die(*args, **options):
    if sys.argv[4] == "after":
        real(*args, **options)
    os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[4] != "never":
    setattr(holder, name, die)
if len(sys.argv) > 5:
    import resource
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[5]),) * 2)
services.run_release(int(sys.argv[1]))
"""


def worker(
    release: Release, place: Path, moment: str, when: str, *more: str
) -> subprocess.Popen[bytes]:
    """A process of its own that runs the release on the tests' database and dies at a moment."""
    head, mark, query = os.environ["DATABASE_URL"].partition("?")
    name = connection.settings_dict["NAME"]
    environment = {
        **os.environ,
        "DATABASE_URL": f"{head.rsplit('/', 1)[0]}/{name}{mark}{query}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "-c", WORKER, str(release.pk), str(place), moment, when, *more]
    return subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)


def work(release: Release, place: Path, moment: str, when: str, *more: str) -> int:
    """The exit code of such a worker."""
    return worker(release, place, moment, when, *more).wait(120)


def until_free(release: Release) -> None:
    """Waits for the server to notice that the worker's connection is gone."""
    for _ in range(200):
        if release.pk in unfinished_jobs(RELEASE_JOB):
            return
        time.sleep(0.02)
    raise AssertionError("the lock of a dead worker was not freed")


@pytest.mark.parametrize(
    ("moment", "when"),
    [
        ("labeling.datasets.build.judge_task", "after"),
        ("labeling.datasets.build.sync_tree", "before"),
        ("Path.replace", "after"),
    ],
)
def test_kill_9_leaves_nothing_or_a_whole_release_and_a_second_run_completes(
    judged: Project, releases_dir: Path, built: Callable[..., Release], moment: str, when: str
) -> None:
    release = request_release(project=judged, created_by=None, recipe="raw", format="native")
    assert work(release, releases_dir, moment, when) == -signal.SIGKILL
    release.refresh_from_db()
    assert release.state == "running"
    out = folder_of(release)
    assert not out.exists() or (out / "manifest.json").is_file()
    until_free(release)
    run_release(release.pk)
    release.refresh_from_db()
    assert (release.state, release.attempts) == ("done", 2)
    assert release.files == built(judged, recipe="raw").files
    assert not staging_of(out).exists()


def test_a_full_disk_fails_with_a_sentence_and_leaves_nothing(
    judged: Project, releases_dir: Path
) -> None:
    release = request_release(project=judged, created_by=None, recipe="raw", format="native")
    assert work(release, releases_dir, "os.getcwd", "never", "2000") == 0
    release.refresh_from_db()
    assert release.state == "failed"
    assert "The disk filled up" in release.error
    assert list(releases_dir.iterdir()) == []


def test_two_workers_build_one_release_once(judged: Project, releases_dir: Path) -> None:
    release = request_release(project=judged, created_by=None, recipe="raw", format="native")
    both = [worker(release, releases_dir, "os.getcwd", "never") for _ in range(2)]
    codes = [process.wait(120) for process in both]
    release.refresh_from_db()
    assert (codes, release.state, release.attempts) == ([0, 0], "done", 1)
