"""A process that stands still is replaced, nobody else is blamed, and the pages come back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.config.instances import Running, running, wait_for
from tests.faults.parts import BACK_SECONDS, another, child, wait_well

pytestmark = pytest.mark.kill

NAMES = {
    "valkey": "broker",
    "postgres": "database",
    "gunicorn": "web",
    "celery: worker": "worker",
    "beat": "beat",
}


def blamed(instance: Running) -> set[str]:
    """Whom the supervisor has ended so far because they gave no sign."""
    output = instance.output()
    return {name for name in NAMES.values() if f"{name} gave no sign of life" in output}


def freeze(instance: Running, *words: str) -> None:
    """Suspend these children, and wait until each is replaced and the pages are there."""
    before = {word: child(instance, word) for word in words}
    for process in before.values():
        process.suspend()
    for word, process in before.items():
        wait_for(
            lambda word=word, pid=process.pid: another(instance, word, pid),  # type: ignore[misc]
            BACK_SECONDS,
            f"{word} is replaced",
        )
    wait_well(instance, "the pages are there")


def test_what_stands_still_is_replaced_and_nobody_else_is_blamed(data_folder: Path) -> None:
    with running(data_folder, WEB_CONCURRENCY="1") as instance:
        time.sleep(5)  # all have given a sign by then, so that their silence counts
        web_worker = child(instance, "gunicorn").children()[0]
        web_worker.suspend()
        freeze(instance, "valkey")
        wait_for(lambda: not web_worker.is_running(), BACK_SECONDS, "the web worker is replaced")
        wait_well(instance, "the pages are there")
        assert blamed(instance) == {"broker"}, instance.output()
        freeze(instance, "postgres")
        assert blamed(instance) == {"broker", "database"}, instance.output()
        time.sleep(5)
        freeze(instance, "beat", "celery: worker", "gunicorn")
        assert blamed(instance) == set(NAMES.values()), instance.output()
