"""Which parts work, in the words of `/healthz`; it never waits longer than a few seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import psycopg2

from labeling.models import Heartbeat
from labeling.operations.disk import disk_space
from labeling.operations.waiting import ask
from labeling.work.heartbeats import SILENCE
from projects.broker import ask_broker

#: Answers are kept so long: strangers may ask as often as they like.
_KEPT_SECONDS = 1.0
_BROKER_SECONDS = 0.8
#: Kinds of processes that must give signs of life, and what each is called.
_WATCHED = {
    "worker": Heartbeat.Kind.WORKER,
    "beat": Heartbeat.Kind.BEAT,
    "sweeps": Heartbeat.Kind.SWEEP,
}
_SIGNS = f"""
SELECT kind, max(seen_at) >= clock_timestamp() - interval '{SILENCE.total_seconds():.0f} s'
FROM labeling_heartbeat GROUP BY kind
"""  # noqa: S608 - our own number


class PartState(StrEnum):
    """How a part is."""

    OK = "ok"
    DOWN = "down"  # it does not answer
    SILENT = "silent"  # it has given no sign of life lately
    LOW = "low"  # little room is left
    UNKNOWN = "unknown"  # the database, which would know, is down


@dataclass(frozen=True, slots=True)
class Health:
    """How each part is, and what that makes of the whole."""

    parts: Mapping[str, PartState]

    @property
    def can_serve(self) -> bool:
        """Whether the web can do anything for anybody."""
        return self.parts["database"] == PartState.OK

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return all(part == PartState.OK for part in self.parts.values())

    @property
    def status(self) -> str:
        """The whole in a word."""
        if not self.can_serve:
            return "unavailable"
        return "ok" if self.is_whole else "degraded"


def health() -> Health:
    """How everything is now, or was a second ago; many who ask at once cause one look."""
    with _looking:
        if _last.health is None or time.monotonic() - _last.looked_at > _KEPT_SECONDS:
            _last.health, _last.looked_at = examine(), time.monotonic()
        return _last.health


def examine() -> Health:
    """Asks every part."""
    try:
        signs: dict[str, bool] = dict(ask(_SIGNS))
    except psycopg2.Error:
        processes = dict.fromkeys(_WATCHED, PartState.UNKNOWN)
        database = PartState.DOWN
    else:
        processes = {
            name: PartState.OK if signs.get(kind) else PartState.SILENT
            for name, kind in _WATCHED.items()
        }
        database = PartState.OK
    broker = PartState.OK if broker_answers() else PartState.DOWN
    disk = PartState.LOW if disk_space().is_low else PartState.OK
    return Health({"database": database, "broker": broker, **processes, "disk": disk})


def broker_answers() -> bool:
    """Whether the broker takes a connection and says so."""
    names = ("socket_connect_timeout", "socket_timeout")
    patience = {**dict.fromkeys(names, _BROKER_SECONDS), "max_retries": 1}
    return ask_broker(lambda _channel: True, **patience) is not None


class _Last:
    """The last look of this process."""

    health: Health | None = None
    looked_at = 0.0


_last = _Last()
_looking = threading.Lock()
