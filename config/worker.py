"""What the processes of a worker, and beat, do beside their tasks: they give signs of life.

A worker's main process says whether it takes messages from the broker, its children say that they
are there, and beat gives signs as long as it goes round its schedule.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from celery import bootsteps, signals

from config.celery import app
from config.timeouts import limit_worker
from labeling.models import Heartbeat
from labeling.work import heartbeats

#: A loop that has not come round for so many seconds stands still.
_STILL = 30.0


class Clock:
    """When a loop came round last."""

    def __init__(self) -> None:
        self.ticked = time.monotonic()

    def tick(self) -> None:
        """The loop came round."""
        self.ticked = time.monotonic()

    def ticks(self) -> bool:
        """Whether it came round lately."""
        return time.monotonic() - self.ticked < _STILL


_consuming = Clock()


@signals.celeryd_init.connect
def _wait_as_workers_do(**_: object) -> None:
    limit_worker()


class Consuming(bootsteps.StartStopStep):
    """Lets the worker's main loop tick, from each time that it has its broker."""

    requires = ("celery.worker.consumer.connection:Connection",)

    def start(self, consumer: Any) -> None:
        """The broker is there; Celery forgets all timers when it is lost."""
        _consuming.tick()
        consumer.timer.call_repeatedly(5.0, _consuming.tick)


app.steps["consumer"].add(Consuming)


@signals.worker_ready.connect
def _watch_worker(**_: object) -> None:
    def detail() -> dict[str, Any]:
        return {"role": "main", "consuming": _consuming.ticks()}

    heartbeats.keep_beating(Heartbeat.Kind.WORKER, detail=detail)


@signals.worker_process_init.connect
def _watch_child(**_: object) -> None:
    heartbeats.keep_beating(Heartbeat.Kind.WORKER, detail=lambda: {"role": "child"})


@signals.beat_init.connect
def _watch_beat(sender: Any, **_: object) -> None:
    """Beat wakes at least as often as its most frequent entry is due."""
    clock, scheduler = Clock(), sender.scheduler
    tick: Callable[[], float] = scheduler.tick

    def ticking() -> float:
        pause = tick()
        clock.tick()
        return pause

    scheduler.tick = ticking
    heartbeats.keep_beating(Heartbeat.Kind.BEAT, ticks=clock.ticks)
