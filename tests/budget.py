"""What a call costs, measured in a process of its own that cannot cost more than it may.

No text, file or request may take more than half a second of processor time or 256 MB. A test says
so with `cost_of`: a call that takes for ever, or all memory, fails the test and nothing else.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any, NoReturn

#: What any text, file or request may cost.
SECONDS, MEGABYTES = 0.5, 256.0
_TRIES = 5
#: Seconds that the loop of `slowness` takes on a machine of the usual speed.
_UNHURRIED = 0.008
#: A call that takes so many times its budget is ended.
_PATIENCE = 20


class TooDear(AssertionError):
    """The call was ended: out of time or memory, or it died by itself."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a call returned, its processor seconds, and by how much memory it grew at most."""

    value: Any
    seconds: float
    megabytes: float


def cost_of(
    call: Callable[..., Any],
    *arguments: Any,
    seconds: float = SECONDS,
    megabytes: float = MEGABYTES,
) -> Cost:
    """What `call(*arguments)` costs. Raises TooDear where it costs more than it may.

    Processor seconds count, of children too, as a machine of the usual speed would take them
    (`slowness`). The kernel books there what it does for others as well
    (reclaiming memory above all), so the cheapest of five tries counts, as in any measurement. The
    call must not touch the database: the child has its parent's connections. What it raises is
    raised here.
    """
    for attempt in range(_TRIES):
        cost = _cost_once(call, arguments, seconds, megabytes)
        if cost.seconds <= seconds and cost.megabytes <= megabytes:
            break
        if attempt == _TRIES - 1:
            raise TooDear(
                f"{cost.seconds:.2f} s of {seconds} s, "
                f"{cost.megabytes:.0f} MB of {megabytes:.0f} MB"
            )
    return cost


def _cost_once(call: Callable[..., Any], arguments: Any, seconds: float, megabytes: float) -> Cost:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _measure(writing, call, arguments, seconds, megabytes)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if not said:
        raise TooDear(f"ended by signal {os.WTERMSIG(status)}, after {seconds * _PATIENCE} s or so")
    raised, value, spent, grown = pickle.loads(said)
    if isinstance(raised, MemoryError):
        raise TooDear(f"out of four times {megabytes:.0f} MB")
    if raised is not None:
        raise raised
    return Cost(value, spent, grown)


def _measure(
    pipe: int, call: Callable[..., Any], arguments: Any, seconds: float, megabytes: float
) -> NoReturn:
    """Runs the call in the child and says what it cost; never returns."""
    limit = int(seconds * _PATIENCE) + 1
    _limit(resource.RLIMIT_CPU, limit)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(3 * limit)
    _limit(
        resource.RLIMIT_AS,
        _pages("/proc/self/statm") * resource.getpagesize() + int(4 * megabytes * 2**20),
    )
    slowed, before, began = slowness(), _peak(), _spent()
    raised, value = None, None
    try:
        value = call(*arguments)
    except BaseException as error:  # noqa: BLE001 - whatever it is, the parent raises it
        raised = error
    spent = (_spent() - began) / max(slowed, slowness())
    cost = (spent, (_peak() - before) / 1024)
    try:
        said = pickle.dumps((raised, value, *cost))
    except Exception:  # noqa: BLE001 - what cannot be pickled is told in words
        said = pickle.dumps((raised and AssertionError(repr(raised)), repr(value)[:1000], *cost))
    try:
        with os.fdopen(pipe, "wb") as answer:
            answer.write(said)
    finally:
        os._exit(0)  # where the parent is gone too: its other tests are not the child's


def slowness() -> float:
    """How many times longer computing takes here and now than on the machine that seconds are
    meant of; at least 1. A busy neighbour on the same core doubles the processor's own seconds.

    The middle one of three loops counts: a single one may be the first, or interrupted, and would
    make all that is measured cheaper than it is.
    """
    return max(1.0, median(_loop() for _ in range(3)) / _UNHURRIED)


def _loop() -> float:
    began, total = time.process_time(), 0
    for number in range(100_000):
        total += number * number % 7
    return time.process_time() - began


def _limit(kind: int, most: int) -> None:
    """A limit of this process, no higher than the one that it has already."""
    hard = resource.getrlimit(kind)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, hard))


def _spent() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + usage.ru_utime + usage.ru_stime


def _peak() -> int:
    """Kilobytes: of this process, or of a child where one took more."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def _pages(path: str) -> int:
    with open(path, encoding="ascii") as file:
        return int(file.read().split()[0])
