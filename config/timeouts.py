"""How long a process waits for the database: the web shortly, workers long, commands for ever.

The server ends what takes too long (statements, waits for locks, transactions that do nothing),
and the web gives up by itself where the server stands still.
"""

from __future__ import annotations

from collections.abc import Mapping

import psycopg2.extensions
from django.conf import settings

from labeling.operations.waiting import wait_watchfully


def limit_web() -> None:
    """The web's limits, for every connection that this process opens from now on."""
    _limit(settings.WEB_TIMEOUTS)
    psycopg2.extensions.set_wait_callback(wait_watchfully)


def limit_worker() -> None:
    """A worker's limits; it may copy rows in, which waiting by ourselves does not allow."""
    _limit(settings.WORKER_TIMEOUTS)


def _limit(timeouts: Mapping[str, int]) -> None:
    """Asks the server for them as a session begins.

    A pooler knows no sessions of ours and refuses such a beginning: there the role has them
    (docs/operations.md).
    """
    if settings.DATABASE_POOLED:
        return
    options = settings.DATABASES["default"]["OPTIONS"]
    ours = " ".join(f"-c {name}={seconds}s" for name, seconds in timeouts.items())
    # What DATABASE_URL says itself comes last, and counts.
    options["options"] = f"{ours} {options.get('options', '')}".strip()
