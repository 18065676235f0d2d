"""Waiting for the database with an eye on the clock.

A server that stands still keeps its sockets open, and its own time-outs stand still with it:
whoever waits must give up by himself. psycopg2 lets us wait: for a single question here, and for
every statement of a web process by `wait_watchfully` (config/timeouts.py).
"""

from __future__ import annotations

import select
import threading
import time
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection
from psycopg2 import extensions

#: After so many seconds without a word, the database is asked in another way whether it lives.
_SILENCE = 1.0
#: So long it may take to answer that.
ANSWER_SECONDS = 2.0
#: What the server is given to end a statement by its own time-out before we do.
_GRACE = 1.0

_CONNECTED = {
    extensions.STATUS_READY,
    extensions.STATUS_BEGIN,
    extensions.STATUS_PREPARED,
}


class DatabaseSilent(psycopg2.OperationalError):
    """The database did not answer in time; whether it still will, nobody knows."""


def ask(statement: str = "SELECT 1", *, seconds: float = ANSWER_SECONDS) -> list[tuple[Any, ...]]:
    """The rows of one question, over a connection of its own.

    Raises psycopg2.Error where there is no answer within that time.
    """
    deadline = time.monotonic() + seconds
    session = psycopg2.connect(**_parameters(), async_=True)
    try:
        _wait_until(session, deadline)
        cursor = session.cursor()
        cursor.execute(statement)
        _wait_until(session, deadline)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
    finally:
        session.close()


def wait_watchfully(session: extensions.connection) -> None:
    """Waits for one answer of the database as psycopg2 would, but not for ever.

    After a second of silence the database is asked over another connection; where that is silent
    too, whoever waits gives up, and so does everybody at once until it answers again. psycopg2
    closes a connection whose waiting raised, so that nothing is read on it any more.
    """
    begun, pause = time.monotonic(), _SILENCE
    patience = _patience(session)
    while (state := session.poll()) != extensions.POLL_OK:
        left = patience - (time.monotonic() - begun)
        if left <= 0:
            raise DatabaseSilent(f"The database did not answer within {patience:.0f} s.")
        if _standstill.is_known and not _standstill.is_over():
            raise DatabaseSilent("The database does not answer.")
        if _is_ready(session, state, min(left, pause)):
            continue
        if left > pause and not _standstill.is_over():
            raise DatabaseSilent("The database does not answer.")
        pause *= 2


def _patience(session: extensions.connection) -> float:
    if session.status not in _CONNECTED:
        return float(settings.DATABASE_CONNECT_TIMEOUT)
    return float(settings.WEB_TIMEOUTS["statement_timeout"]) + _GRACE


class _Standstill:
    """Whether the database was silent when somebody asked last; one asks, the others go by that."""

    def __init__(self) -> None:
        self.is_known = False
        self._asked_at = 0.0
        self._asking = threading.Lock()

    def is_over(self) -> bool:
        """Asks, unless another thread does or did just now: its answer is ours."""
        begun = time.monotonic()
        if self.is_known and (self._asking.locked() or begun - self._asked_at < _SILENCE):
            return False
        with self._asking:
            if self._asked_at < begun:
                self.is_known = not _answers()
                self._asked_at = time.monotonic()
        return not self.is_known


def _answers() -> bool:
    try:
        ask()
    except psycopg2.Error:
        return False
    return True


_standstill = _Standstill()


def _parameters() -> dict[str, Any]:
    """How Django connects, without what only a connection of its own understands."""
    parameters = dict(connection.get_connection_params())
    for ours in ("cursor_factory", "context"):
        parameters.pop(ours, None)
    return parameters


def _wait_until(session: extensions.connection, deadline: float) -> None:
    while (state := session.poll()) != extensions.POLL_OK:
        left = deadline - time.monotonic()
        if left <= 0 or not _is_ready(session, state, left):
            raise DatabaseSilent("The database does not answer.")


def _is_ready(session: extensions.connection, state: int, seconds: float) -> bool:
    """Whether the connection can go on within that time; files above 1024 are no matter to poll."""
    poll = select.poll()
    poll.register(
        session.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT
    )
    return bool(poll.poll(seconds * 1000))
