"""A database that stands still: requests end in 503s within seconds, and all is well after."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.config.instances import Running, running, wait_for

pytestmark = pytest.mark.kill

#: Long enough for each thread of the web to meet the standstill with a query under way.
AT_ONCE = 12


def ask(instance: Running, path: str) -> tuple[int, float, bytes]:
    """The status, the seconds and the body of a page for somebody with a session cookie."""
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", instance.port, timeout=60)
    try:
        connection.request("GET", path, headers={"Cookie": "sessionid=" + "a" * 32})
        reply = connection.getresponse()
        return reply.status, time.monotonic() - begun, reply.read()
    finally:
        connection.close()


def served(instance: Running, pool: ThreadPoolExecutor) -> bool:
    """Whether everybody who asks at once is sent to the log-in."""
    pages = pool.map(lambda _: ask(instance, "/"), range(AT_ONCE))
    return {status for status, _, _ in pages} == {302}


@contextlib.contextmanager
def frozen(instance: Running) -> Iterator[None]:
    """PostgreSQL's main process and all its sessions stand still inside this block."""
    (main,) = [
        p
        for p in instance.children("postgres")
        if p.name() == "postgres" and " -D " in f" {' '.join(p.cmdline())} "
    ]
    every = [main, *main.children(recursive=True)]
    for process in every:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in every:
            with contextlib.suppress(psutil.Error):
                process.send_signal(signal.SIGCONT)


def test_a_frozen_database_is_an_honest_503_within_seconds_and_all_is_well_after(
    data_folder: Path,
):
    with running(data_folder) as instance:
        wait_for(lambda: b'"status": "ok"' in ask(instance, "/healthz")[2], 60, "all is well")
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda _: ask(instance, "/"), range(AT_ONCE)))  # each thread connects
            with frozen(instance):
                time.sleep(1.1)  # an answer is kept for a second
                status, seconds, body = ask(instance, "/healthz")
                assert status == 503
                assert seconds < 3
                assert json.loads(body)["parts"]["database"] == "down"
                pages = list(pool.map(lambda _: ask(instance, "/"), range(AT_ONCE)))
                assert {status for status, _, _ in pages} == {503}
                assert max(seconds for _, seconds, _ in pages) < 8
                again = list(pool.map(lambda _: ask(instance, "/"), range(AT_ONCE)))
                assert max(seconds for _, seconds, _ in again) < 4
                health = list(pool.map(lambda _: ask(instance, "/healthz"), range(AT_ONCE)))
                assert max(seconds for _, seconds, _ in health) < 4
            wait_for(lambda: served(instance, pool), 10, "every thread serves again")
        wait_for(lambda: b'"status": "ok"' in ask(instance, "/healthz")[2], 60, "all is well")
