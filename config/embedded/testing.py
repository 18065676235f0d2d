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
from config.embedded.browser import find_chromium, install_chromium
from config.embedded.postgres import DISPOSABLE, Postgres
from config.embedded.process import SetupError, complain, say, spawn
from config.embedded.supervisor import Service, Stop, Supervisor, stoppable
from config.embedded.valkey import Valkey

_NO_BROWSER = (
    "BROWSER TESTS WILL NOT RUN: there is no Chromium, and installing one takes root or sudo.\n"
    "Install it (Debian: apt-get install chromium) or name it with CONCORD_CHROMIUM=/path/to/it."
)


def test(arguments: Sequence[str]) -> int:
    """Run pytest with `arguments`; return its exit code. Raises SetupError.

    The tests get a database, a broker and a data folder in a temporary place. A server that
    DATABASE_URL or CELERY_BROKER_URL names is used instead.
    """
    environment = {**os.environ, **_browser(arguments)}
    folder = Path(tempfile.mkdtemp(prefix="concord-test-"))
    supervisor = Supervisor()
    try:
        with stoppable():
            try:
                return _run_tests(arguments, environment, folder, supervisor)
            except Stop:
                return 130
            finally:
                supervisor.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run_tests(
    arguments: Sequence[str],
    environment: dict[str, str],
    folder: Path,
    supervisor: Supervisor,
) -> int:
    database = Postgres(
        folder / "postgres", folder / "run" / "pg", folder / "run" / "pg.log", DISPOSABLE
    )
    broker = Valkey(folder / "broker", folder / "run" / "b" / "b.sock", folder / "run" / "b.log")
    services: dict[str, Service] = {}
    environment["CONCORD_DATA"] = str(folder / "data")
    if "DATABASE_URL" not in environment:
        services["database"] = database
        environment["DATABASE_URL"] = database.url()
    if "CELERY_BROKER_URL" not in environment:
        services["broker"] = broker
        environment["CELERY_BROKER_URL"] = broker.url()
    supervisor.launch(services)
    supervisor.wait_ready()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # pytest's own affair
    child = spawn(
        [sys.executable, "-m", "pytest", *arguments],
        env=environment,
        cwd=paths.CHECKOUT,
        foreground=True,
    )
    try:
        code = child.wait()
    except Stop:
        child.terminate()
        child.wait()
        raise
    finally:
        signal.signal(signal.SIGINT, before)
    return 128 - code if code < 0 else code


def _browser(arguments: Sequence[str]) -> Mapping[str, str]:
    """Return the environment that tells the tests which Chromium to use.

    Without one: an error under REQUIRE_BROWSER=1, else a red warning and exactly those tests are
    skipped (see tests/conftest.py).
    """
    if not _may_need_browser(arguments):
        return {}
    chromium = find_chromium()
    if chromium is None:
        say("No Chromium for the browser tests: installing one …")
        chromium = install_chromium()
    if chromium:
        return {"CONCORD_CHROMIUM": chromium}
    if os.environ.get("REQUIRE_BROWSER") == "1":
        raise SetupError(_NO_BROWSER.replace("\n", " "))
    complain(_NO_BROWSER)
    return {}


def _may_need_browser(arguments: Sequence[str]) -> bool:
    """Return False only if every test path named is outside of tests/browser."""
    named = [word.split("::")[0] for word in arguments if word.startswith("tests")]
    return not named or any("browser" in word or word.strip("/") == "tests" for word in named)
