"""The door to the broker: carries an id to a worker, and fails nobody where the broker is away.

Whatever is sent has a row, which some sweep sends again.
"""

from __future__ import annotations

import logging
import time

from celery import current_app
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

#: After a failure nothing is sent for so long: every try may cost a request a second or two.
_PAUSE = 5.0


class _Broker:
    """When the broker may be asked again, by the clock of this process."""

    away_until = 0.0


def deliver(task: str, pk: int, *, queue: str = "short") -> bool:
    """Sends an id to the Celery task of that name; False where the broker takes nothing now."""
    if time.monotonic() < _Broker.away_until:
        return False
    try:
        # By name, so that asking for a job loads no worker's code.
        current_app.send_task(task, (pk,), queue=queue, ignore_result=True)
    except (OperationalError, RedisError, OSError) as error:
        _Broker.away_until = time.monotonic() + _PAUSE
        logger.warning("The broker takes nothing (%s); %s is done later.", error, pk)
        return False
    return True


def ask_broker_again() -> None:
    """Ends the pause after a failure."""
    _Broker.away_until = 0.0
