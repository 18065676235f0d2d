"""What the processes of a worker, and beat, do beside their tasks.

They give signs of life. A worker's main process says whether it takes messages from the broker,
ends children that are frozen, and does the sweeps where beat is silent. A child may take so much
memory and no more, and ends itself where its job is to be stopped; the main process starts another
one. Beat gives signs as long as it goes round its schedule.
"""

from __future__ import annotations

import contextlib
import logging
import mmap
import os
import resource
import signal
import struct
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from billiard.process import current_process
from celery import bootsteps, signals
from celery.worker.request import Request
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from kombu.transport.redis import Transport

from config.celery import app, bound_tasks
from config.embedded.forks import pulse
from config.timeouts import limit_worker
from labeling.jobs import stand_in_for_beat
from labeling.models import Heartbeat
from labeling.work import heartbeats
from labeling.work.folder import OtherFolder, check_folder
from labeling.work.lanes import limit_long_jobs
from labeling.work.limits import watch_jobs

logger = logging.getLogger(__name__)

#: A loop that has not come round for so many seconds stands still.
_STILL = 30.0
#: A child that has not run any Python for so many seconds is frozen.
_FROZEN = 60.0
#: Loops come round at least as often, in seconds.
_TICK = 2.0
#: A worker that lost its broker within so many seconds waits as long before it goes on.
_HASTE = 3.0
#: The main process waits so long for its broker; a request waits less (config/settings.py).
_BROKER_SECONDS = 20


class Clock:
    """When a loop came round last."""

    def __init__(self) -> None:
        self.ticked = time.monotonic()

    def tick(self) -> None:
        """The loop came round; the supervisor that we are a fork of hears it as well."""
        self.ticked = time.monotonic()
        pulse()

    def ticks(self) -> bool:
        """Whether it came round lately."""
        return time.monotonic() - self.ticked < _STILL


class Board:
    """Where children write when they ran last, in memory that they share with the main process."""

    _ENTRY = struct.Struct("=qd")
    _SLOTS = 256

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """A worker begins: nothing that another wrote, of whom this one is a fork, counts."""
        self._memory = mmap.mmap(-1, self._ENTRY.size * self._SLOTS)
        self._closing = mmap.mmap(-1, 1)

    def close(self) -> None:
        """The main process ends, and its children with it."""
        self._closing[0] = 1

    def is_closing(self) -> bool:
        """Whether it does."""
        return self._closing[0] == 1

    def write(self, slot: int) -> None:
        """This process runs."""
        entry = (os.getpid(), time.monotonic())
        self._ENTRY.pack_into(self._memory, slot % self._SLOTS * self._ENTRY.size, *entry)

    def frozen(self) -> list[int]:
        """Processes that have not run for too long."""
        now = time.monotonic()
        entries = self._ENTRY.iter_unpack(self._memory[:])
        return [pid for pid, ran_at in entries if pid and now - ran_at > _FROZEN]


_consuming, _board = Clock(), Board()


@signals.celeryd_init.connect
def _require_own_folder(**_: object) -> None:
    try:
        check_folder()
    except OtherFolder as error:
        raise SystemExit(str(error)) from error
    except (DatabaseError, InterfaceError) as error:  # each job asks again
        logger.warning("Whether the data folder is the right one is not known yet: %s", error)
    finally:
        connection.close()


class Consuming(bootsteps.StartStopStep):
    """Lets the worker's main loop tick, from each time that it has its broker."""

    requires = ("celery.worker.consumer.connection:Connection",)
    _started = 0.0

    def start(self, consumer: Any) -> None:
        """The broker is there; Celery forgets all timers when it is lost.

        One that answers and then refuses everything would be asked a hundred times a second.
        """
        if self._started and time.monotonic() - self._started < _HASTE:
            time.sleep(_HASTE)
        self._started = time.monotonic()
        _consuming.tick()
        consumer.timer.call_repeatedly(_TICK, _consuming.tick)


app.steps["consumer"].add(Consuming)


class PatientRequest(Request):
    """A message whose task took too much memory is done with; Celery would end the worker."""

    def on_failure(self, *args: Any, **options: Any) -> None:
        """Tells what became of the task."""
        try:
            super().on_failure(*args, **options)
        except MemoryError as error:
            logger.error("%s[%s] took too much memory: %s", self.name, self.id, error)
            self.acknowledge()


@signals.celeryd_init.connect
def _wait_as_workers_do(**_: object) -> None:
    _board.renew()
    limit_worker()
    # kombu puts unacknowledged messages back over a connection that is gone and has no address any
    # more; without this that is no loss of the broker, and the worker ends of it.
    Transport.connection_errors = (*Transport.connection_errors, AttributeError)
    app.conf.broker_transport_options = {
        **app.conf.broker_transport_options,
        "socket_timeout": _BROKER_SECONDS,
    }


@signals.celeryd_after_setup.connect
def _count_places(sender: str, instance: Any, **_: object) -> None:
    limit_long_jobs(instance.concurrency, zlib.crc32(f"{sender}:{os.getpid()}".encode()))


@signals.worker_ready.connect
def _watch_worker(**_: object) -> None:
    def detail() -> dict[str, Any]:
        return {"role": "main", "consuming": _consuming.ticks()}

    def look_after() -> None:
        _end_frozen()
        stand_in_for_beat()

    heartbeats.keep_beating(Heartbeat.Kind.WORKER, detail=detail, beside=look_after)


def _end_frozen() -> None:
    for pid in _board.frozen():
        if _parent(pid) == os.getpid():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _parent(pid: int) -> int:
    """The parent of a process; 0 where there is no such process, or the system does not say."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return int(stat.rpartition(")")[2].split()[1])
    return 0


@signals.worker_shutting_down.connect
def _let_go(**_: object) -> None:
    _board.close()


@signals.worker_process_init.connect
def _watch_child(**_: object) -> None:
    slot = getattr(current_process(), "index", None)
    if slot is None:  # a pool without children
        return
    _limit_memory()
    watch_jobs(_board.is_closing)

    def tick() -> None:
        while True:
            _board.write(int(slot))
            time.sleep(_TICK)

    threading.Thread(target=tick, name="board", daemon=True).start()
    heartbeats.keep_beating(Heartbeat.Kind.WORKER, detail=lambda: {"role": "child"})


def _limit_memory() -> None:
    """A bomb is a MemoryError in its task; what Concord itself takes does not count."""
    if settings.WORKER_MEMORY_MB:
        limit = _data_bytes() + settings.WORKER_MEMORY_MB * 2**20
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    bound_tasks()


def _data_bytes() -> int:
    with contextlib.suppress(OSError):
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[5]
        return int(pages) * resource.getpagesize()
    return 0


@signals.beat_init.connect
def _watch_beat(sender: Any, **_: object) -> None:
    """Beat goes round its schedule far more often than its most frequent entry is due."""
    clock, scheduler = Clock(), sender.scheduler
    tick: Callable[[], float] = scheduler.tick

    def ticking() -> float:
        pause = tick()
        clock.tick()
        return min(pause, _TICK)

    scheduler.tick = ticking
    heartbeats.keep_beating(Heartbeat.Kind.BEAT, ticks=clock.ticks)
