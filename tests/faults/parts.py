"""The parts of an instance that runs: who they are, and whether they are well again."""

from __future__ import annotations

import time

import psutil

from tests.config.instances import Running, wait_for

#: Generous: the machine has other tests to do meanwhile.
BACK_SECONDS = 60.0


def child(instance: Running, word: str) -> psutil.Process:
    """The supervisor's own child with that word in its command line."""
    children = psutil.Process(instance.process.pid).children()
    return next(p for p in children if word in " ".join(p.cmdline()[:4]))


def another(instance: Running, word: str, pid: int) -> bool:
    """Whether that child is another process by now."""
    try:
        return bool(child(instance, word).pid != pid)
    except (StopIteration, psutil.Error):
        return False


def wait_well(instance: Running, what: str) -> float:
    """Wait for the pages; return how long that took."""
    began = time.monotonic()
    wait_for(lambda: instance.status() == 200, BACK_SECONDS, what)
    assert instance.process.poll() is None, instance.output()
    return time.monotonic() - began
