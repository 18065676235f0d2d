"""Signs of life: a row for each process, which it writes itself, and one for each sweep.

Web, workers and beat write theirs every ten seconds from a thread. A process that is frozen or
killed turns silent; a beat or a web worker whose own loop stands still does too. So does a sweep
that is not done, for whatever reason: that is the sign that all of them work together.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.db.models.functions import Now

from labeling.models import Heartbeat

logger = logging.getLogger(__name__)

#: How often a process writes its row, and after how long without that it counts as silent.
INTERVAL = timedelta(seconds=10)
SILENCE = timedelta(seconds=45)
#: A row is kept so long after its last sign.
_KEPT = timedelta(days=1)

_HOST = socket.gethostname()[:160]


def beat(kind: str, *, name: str = "", **detail: Any) -> None:
    """Writes one sign of life: by default that of this process, of which a beat has one a host."""
    own = _HOST if kind == Heartbeat.Kind.BEAT else f"{_HOST}:{os.getpid()}"
    now = {"host": _HOST, "pid": os.getpid(), "memory": _memory(), "detail": detail}
    rows = Heartbeat.objects.filter(name=f"{kind}:{name or own}")
    if not rows.update(seen_at=Now(), **now):
        row = Heartbeat(name=f"{kind}:{name or own}", kind=kind, **now)
        Heartbeat.objects.bulk_create([row], ignore_conflicts=True)


def live(kind: str) -> list[Heartbeat]:
    """Everything of that kind that gave a sign just now."""
    return list(Heartbeat.objects.filter(kind=kind, seen_at__gte=Now() - SILENCE))


def live_processes() -> list[Heartbeat]:
    """Every process that gave a sign just now, but those of this machine that have ended since."""
    rows = Heartbeat.objects.filter(seen_at__gte=Now() - SILENCE)
    rows = rows.exclude(kind=Heartbeat.Kind.SWEEP)
    return [row for row in rows if row.host != _HOST or _exists(row.pid)]


def forget(*pids: int) -> None:
    """Takes the rows of processes of this host that have ended, as they should or replaced."""
    Heartbeat.objects.filter(host=_HOST, pid__in=pids).exclude(kind=Heartbeat.Kind.SWEEP).delete()


def forget_dead(kind: str) -> None:
    """Takes the rows of this host's processes of that kind that are no more."""
    rows = Heartbeat.objects.filter(host=_HOST, kind=kind)
    forget(*(row.pid for row in rows if not _exists(row.pid)))


def sweep_heartbeats() -> None:
    """Takes what has not been seen for a day."""
    Heartbeat.objects.filter(seen_at__lt=Now() - _KEPT).delete()


def keep_beating(
    kind: str,
    *,
    ticks: Callable[[], bool] = lambda: True,
    detail: Callable[[], dict[str, Any]] = dict,
    beside: Callable[[], None] = lambda: None,
) -> threading.Thread:
    """Starts the thread that writes this process's row as long as `ticks` says that it works.

    `beside` is what else is to be looked after each time. A database that is away stops nothing:
    the row is written when it is back.
    """

    def write(*, first: bool) -> None:
        try:
            if first:
                forget_dead(kind)
            if ticks():
                beat(kind, **detail())
            if not first:
                beside()
        except (DatabaseError, InterfaceError) as error:
            logger.debug("No sign of life could be written: %s", error)
        except Exception:  # the thread must outlive whatever it looks after
            logger.exception("What goes beside the signs of life failed.")
        finally:
            connection.close()  # a connection kept for this alone would cost a server process

    def run() -> None:
        write(first=True)
        while not pause.wait(INTERVAL.total_seconds()):
            write(first=False)

    pause = threading.Event()
    thread = threading.Thread(target=run, name=f"heartbeat-{kind}", daemon=True)
    thread.start()
    return thread


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _memory() -> int:
    """Resident bytes of this process; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
