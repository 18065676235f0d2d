"""The door to the broker: carries an id to a worker, and fails nobody where the broker is away.

Whatever is sent has a row, which some sweep sends again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from celery import current_app
from django.conf import settings
from kombu import Connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")

#: After a failure nothing is sent for so long: every try may cost a request a second or two.
_PAUSE = 5.0


class _Broker:
    """When the broker may be asked again, by the clock of this process."""

    away_until = 0.0


def ask_broker(question: Callable[[Any], _Answer], **patience: float) -> _Answer | None:
    """What `question` makes of a channel; None where the broker does not answer."""
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **patience}
    connection = Connection(settings.CELERY_BROKER_URL, transport_options=options)
    try:
        return question(connection.default_channel)  # says hello
    except Exception:  # noqa: BLE001 - each transport has its own ways to fail
        return None
    finally:
        connection.release()


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
