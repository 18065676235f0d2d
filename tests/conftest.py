"""The cast, a project they work in, and the browser's settings.

lena leads; rui, sam and tao rate; vera reviews; mia trains models; otto is a stranger.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from config.embedded.browser import find_chromium
from labeling.allocation import canonical_order, queue_key
from labeling.kinds import Submission
from labeling.models import Assignment, Prompt, Response, Task
from labeling.rating.judgments import Submitted, submit_judgment
from labeling.rating.leases import next_assignment
from projects.models import Membership, Project, User
from tests import profiles  # noqa: F401 - loads Hypothesis's profile
from tests.api.client import api
from tests.cast import PASSWORD, Cast, record_cast
from tests.config.instances import FirstStart, copy_folder, first_start
from tests.database import django_db_setup
from tests.scheduling import ByFile, put_in_order

__all__ = ["PASSWORD", "api", "django_db_setup"]

# Modules and tests stay to the end: looking for garbage among them only takes time.
gc.disable()

# Playwright's synchronous API runs an event loop in the test's thread; Django then refuses its ORM.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def cast(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Cast:
    """Everybody and their project, recorded; the fixtures below put them on the stage."""
    with django_db_blocker.unblock():
        return record_cast()


@pytest.fixture
def lena(cast: Cast, db: None) -> User:
    """The lead."""
    return cast.people["lena"].put_back()


@pytest.fixture
def rui(cast: Cast, db: None) -> User:
    """A rater."""
    return cast.people["rui"].put_back()


@pytest.fixture
def sam(cast: Cast, db: None) -> User:
    """A rater."""
    return cast.people["sam"].put_back()


@pytest.fixture
def tao(cast: Cast, db: None) -> User:
    """A rater."""
    return cast.people["tao"].put_back()


@pytest.fixture
def vera(cast: Cast, db: None) -> User:
    """The reviewer."""
    return cast.people["vera"].put_back()


@pytest.fixture
def mia(cast: Cast, db: None) -> User:
    """The ML engineer."""
    return cast.people["mia"].put_back()


@pytest.fixture
def otto(cast: Cast, db: None) -> User:
    """A user who is no member."""
    return cast.people["otto"].put_back()


@pytest.fixture
def project(
    cast: Cast, lena: User, rui: User, sam: User, tao: User, vera: User, mia: User
) -> Project:
    """A seven-point project with everybody but otto in it; the guideline is acknowledged."""
    project = cast.project.put_back()
    project.created_by = lena
    return project


@pytest.fixture
def everyone_creates(settings: Any) -> None:
    """Lets everybody create projects, whoever leads one already."""
    settings.WHO_CREATES_PROJECTS = "everyone"


MakeTasks = Callable[..., list[Task]]


@pytest.fixture
def make_tasks() -> MakeTasks:
    """Creates `count` comparison tasks in a project, in the order of the queue."""

    def make(
        project: Project,
        count: int = 1,
        *,
        overlap: int | None = None,
        priority: int = 0,
        prefix: str = "t",
        prompt: str = "What is {i} + {i}?",
        contents: Sequence[str] = ("It is {i}, doubled.", "No idea about {i}."),
        **fields: Any,
    ) -> list[Task]:
        tasks = [
            _task(project, f"{prefix}{i}", i, prompt, contents, overlap, priority, fields)
            for i in range(1, count + 1)
        ]
        return sorted(tasks, key=lambda task: task.queue_key)

    return make


def _task(
    project: Project,
    external_id: str,
    i: int,
    prompt_text: str,
    contents: Sequence[str],
    overlap: int | None,
    priority: int,
    fields: dict[str, Any],
) -> Task:
    text = prompt_text.replace("{i}", str(i))
    prompt = Prompt.objects.create(
        project=project,
        external_id=external_id,
        messages=[{"role": "user", "content": text}],
        group_key=f"{prompt_text}-{i}",
    )
    responses = [
        Response.objects.create(
            prompt=prompt,
            external_id=f"{external_id}-{letter}",
            content=content.replace("{i}", str(i)),
            model=f"model-{letter}",
        )
        for letter, content in zip("abcdefghi", contents, strict=False)
    ]
    order = canonical_order(project.salt, [f"{external_id}/{r.external_id}" for r in responses])
    places = overlap or project.overlap
    return Task.objects.create(
        project=project,
        prompt=prompt,
        external_id=external_id,
        response_ids=[responses[index].pk for index in order],
        **{"overlap": places, "open_slots": places, **fields},
        priority=priority,
        queue_key=queue_key(priority, project.salt, external_id),
    )


def membership(user: User, project: Project) -> Membership:
    """The user's membership in a project."""
    return Membership.objects.select_related("project", "user").get(user=user, project=project)


def lease(user: User, project: Project, **options: Any) -> Assignment:
    """The user's next assignment; fails the test where there is none."""
    result = next_assignment(membership=membership(user, project), **options)
    assert isinstance(result, Assignment), result
    return result


def judge(user: User, assignment: Assignment, overall: int = -1, **fields: Any) -> Submitted:
    """Submits a judgment; `overall` has the sign of the order shown."""
    answers = {"overall": overall, **fields.pop("answers", {})}
    return submit_judgment(
        rater=user, assignment_id=assignment.pk, submission=Submission(answers=answers, **fields)
    )


@pytest.fixture
def client_for() -> Callable[[User], Client]:
    """A logged-in test client of a user."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make


# --- instances ---------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def started_once(tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    """The run's one start from an empty folder, whichever process of pytest-xdist makes it."""
    base = tmp_path_factory.getbasetemp()
    return first_start(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)


@pytest.fixture(scope="module")
def data_folder(started_once: FirstStart, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as after a first start, for the tests of a file: set up, and nothing in it."""
    return copy_folder(started_once.data, tmp_path_factory.mktemp("i") / "d")


# --- browser -----------------------------------------------------------------------------------


@cache
def chromium_path() -> str | None:
    """The system's Chromium: CONCORD_CHROMIUM, else one on PATH."""
    return os.environ.get("CONCORD_CHROMIUM") or find_chromium()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks browser tests and long experiments, orders files, and skips where there is no browser.

    Exactly the browser tests are skipped without a browser, unless it is required.
    """
    for item in items:
        if not _BROWSER_FIXTURES.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
        if item.nodeid.startswith("tests/faults/"):
            item.add_marker(pytest.mark.fault)
    put_in_order(items)
    if chromium_path() is None and os.environ.get("REQUIRE_BROWSER") != "1":
        skip = pytest.mark.skip(reason="no Chromium: apt-get install chromium-headless-shell")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(skip)


_BROWSER_FIXTURES = frozenset({"page", "context", "browser"})


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Hands out files, in the order of collection."""
    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_collection_finish() -> None:
    """Spares the collector the modules and tests that stay to the end anyway."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says in red when browser tests did not run."""
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if "no Chromium" in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.write_sep("=", "BROWSER TESTS NOT RUN", red=True, bold=True)
        terminalreporter.write_line(
            f"{len(skipped)} browser tests were skipped: no Chromium was found. "
            "Install one (apt-get install chromium-headless-shell) or name one with "
            "CONCORD_CHROMIUM=/path/to/it.",
            red=True,
        )


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The system's Chromium without a network beyond this machine."""
    path = chromium_path()
    assert path, "REQUIRE_BROWSER=1, but there is no Chromium"
    return {
        "executable_path": path,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-default-apps",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
        ],
    }


@pytest.fixture
def sign_in(live_server: Any) -> Callable[..., None]:
    """Logs a user in to a browser context by its session cookie."""

    def login(context: Any, user: User) -> None:
        client = Client()
        client.force_login(user)
        value = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])

    return login


@pytest.fixture
def context(live_server: Any, context: Any) -> Iterator[Any]:
    """Playwright's context, which ends before the database is emptied.

    A page that is still open would go on asking the server (heartbeats, beacons), and a request
    under way deadlocks with the emptying: it is waited for, if not for long.
    """
    yield context
    context.close()
    deadline = time.monotonic() + 0.15
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(max(0, deadline - time.monotonic()))


@pytest.fixture
def page(page: Any) -> Any:
    """Playwright's page with patience: the machine has other tests to do meanwhile."""
    page.set_default_timeout(30_000)
    return page
