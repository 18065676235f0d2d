"""``test``: the test suite with servers of its own, thrown away afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.embedded import paths
from config.embedded.browser import find_chromium, install_chromium, lacks_shell
from config.embedded.postgres import DISPOSABLE, Postgres
from config.embedded.process import SetupError, complain, say, spawn
from config.embedded.services import Service
from config.embedded.supervisor import Stop, Supervisor, stoppable
from config.embedded.valkey import Valkey

#: ``./run test --fast``: what starts no server of its own and no browser, and takes no second.
FAST = "not browser and not instance and not kill and not walk and not slow and not fault"

#: The whole suite: everything but the long experiments; CI runs those that kill or walk in a step.
SUITE = "not fault and not kill and not walk"

_NO_BROWSER = (
    "BROWSER TESTS WILL NOT RUN: there is no Chromium, and installing one takes root or sudo.\n"
    "Install it (Debian: apt-get install chromium-headless-shell) or name it with "
    "CONCORD_CHROMIUM=/path/to/it."
)

#: A folder in memory: no write waits for a disk there. It must have room for what tests leave.
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_ROOM = 4 * 1024**3

#: pytest's options by which a run is not the whole suite, wants one process or says how many.
_NOT_IN_PARALLEL = (
    *("-n", "-k", "-s", "-p", "-h", "--numprocesses", "--dist", "--pdb", "--lf", "--last-failed"),
    *("--sw", "--stepwise", "--co", "--collect-only", "--fixtures", "--version", "--help"),
)


def test(arguments: Sequence[str]) -> int:
    """Run pytest with `arguments`; return its exit code. Raises SetupError.

    The tests get a database, a broker and a data folder in a temporary place. A server that
    DATABASE_URL or CELERY_BROKER_URL names is used instead.
    """
    options = pytest_options(arguments)
    environment = {**os.environ, **_browser(options)}
    if FAST in options:
        environment.setdefault("HYPOTHESIS_PROFILE", "fast")
    folder = scratch_folder()
    supervisor = Supervisor()
    try:
        with stoppable():
            try:
                return _run_tests(options, environment, folder, supervisor)
            except Stop:
                return 130
            finally:
                supervisor.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def pytest_options(arguments: Sequence[str]) -> list[str]:
    """Return pytest's arguments for ours: `--fast` chooses tests, a whole suite gets processes.

    Some tests wait for servers and browsers, so there is a process more than processors, but for
    `--fast`, where all of them compute.
    """
    options = [word for word in arguments if word != "--fast"]
    fast = len(options) < len(arguments)
    if fast:
        options = ["-m", FAST, *options]
    if _whole_suite(options):
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2
        options = ["-n", str(cores if fast else cores + 1), *options]
        if "-m" not in options:
            options = ["-m", SUITE, *options]
    return options


def _whole_suite(options: Sequence[str]) -> bool:
    """Return whether neither tests nor a reason for a single process are named."""
    return not any(
        word.startswith(("tests", "-n")) or word.partition("=")[0] in _NOT_IN_PARALLEL
        for word in options
    )


def scratch_folder() -> Path:
    """Create a folder for a test run: in memory where there is room, else where TMPDIR says."""
    return Path(tempfile.mkdtemp(prefix="concord-test-", dir=_MEMORY if _memory_serves() else None))


def _memory_serves() -> bool:
    """Return whether the folder in memory is large enough and programs may be started from it."""
    try:
        space = os.statvfs(_MEMORY)
    except OSError:
        return False
    free = space.f_bavail * space.f_frsize
    return free >= _ROOM and not space.f_flag & os.ST_NOEXEC and os.access(_MEMORY, os.W_OK)


def tests_environment(folder: Path) -> dict[str, str]:
    """Return what a test run in `folder` adds to the environment.

    Temporary files go to the folder, too. Bytecode is kept, whatever the environment says: the
    suite starts some hundred Python processes, and each would compile everything anew.
    """
    data, temporary = folder / "data", folder / "tmp"
    temporary.mkdir()
    (data / "static").mkdir(parents=True)  # whitenoise warns where it is missing
    return {
        "CONCORD_DATA": str(data),
        "TMPDIR": str(temporary),
        "PYTHONDONTWRITEBYTECODE": "",
    }


def _run_tests(
    options: Sequence[str],
    environment: dict[str, str],
    folder: Path,
    supervisor: Supervisor,
) -> int:
    database = Postgres(
        folder / "postgres", folder / "run" / "pg", folder / "run" / "pg.log", DISPOSABLE
    )
    broker = Valkey(folder / "broker", folder / "run" / "b" / "b.sock", folder / "run" / "b.log")
    services: dict[str, Service] = {}
    environment |= tests_environment(folder)
    if "DATABASE_URL" not in environment:
        services["database"] = database
        environment["DATABASE_URL"] = database.url()
    if "CELERY_BROKER_URL" not in environment:
        services["broker"] = broker
        environment["CELERY_BROKER_URL"] = broker.url()
    before = signal.getsignal(signal.SIGINT)
    child = spawn(
        [sys.executable, "-m", "pytest", *options],
        env=environment,
        cwd=paths.CHECKOUT,
        foreground=True,
    )
    try:
        # While pytest collects; who needs a server before it is there waits (tests/database.py).
        supervisor.launch(services)
        supervisor.wait_ready()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # from here on pytest's own affair
        code = child.wait()
    except (Stop, SetupError):
        child.terminate()
        child.wait()
        raise
    finally:
        signal.signal(signal.SIGINT, before)
    return 128 - code if code < 0 else code


def _browser(options: Sequence[str]) -> Mapping[str, str]:
    """Return the environment that tells the tests which Chromium to use.

    Without one: an error under REQUIRE_BROWSER=1, else a red warning and exactly those tests are
    skipped (see tests/conftest.py).
    """
    if not _may_need_browser(options):
        return {}
    chromium = find_chromium()
    if chromium is None or lacks_shell():
        say("Installing a Chromium for the browser tests …")
        chromium = install_chromium()
    if chromium:
        return {"CONCORD_CHROMIUM": chromium}
    if os.environ.get("REQUIRE_BROWSER") == "1":
        raise SetupError(_NO_BROWSER.replace("\n", " "))
    complain(_NO_BROWSER)
    return {}


def _may_need_browser(options: Sequence[str]) -> bool:
    """Return False only where marks exclude browsers or no file that is named speaks of one.

    Which tests need a browser is known to pytest alone (it marks those that take a `page`).
    """
    if "--version" in options or FAST in options:
        return False
    named = [paths.CHECKOUT / word.split("::")[0] for word in options if word.startswith("tests")]
    return not named or any(map(_speaks_of_browsers, named))


def _speaks_of_browsers(path: Path) -> bool:
    files = path.rglob("*.py") if path.is_dir() else [path]
    texts = (file.read_text(encoding="utf-8") for file in files if file.is_file())
    return any("browser" in text or "playwright" in text for text in texts)
