"""Deadlocks: two transactions wait for each other, and the database ends one of them.

Whoever gives up one task's place for another's locks both, in an order that nobody else knows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction
from psycopg2.errors import DeadlockDetected

_P = ParamSpec("_P")
_T = TypeVar("_T")
_ATTEMPTS = 4


def retry_deadlocks(service: Callable[_P, _T]) -> Callable[_P, _T]:
    """Runs a service in a transaction, and again where the database ended it for another's sake.

    Inside a larger transaction only whoever began that can begin again.
    """

    @wraps(service)
    def wrapper(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        for _attempt in range(_ATTEMPTS - 1):
            try:
                with transaction.atomic():
                    return service(*args, **kwargs)
            except OperationalError as error:
                ended = isinstance(error.__cause__, DeadlockDetected)
                if not ended or connection.in_atomic_block:
                    raise
        with transaction.atomic():
            return service(*args, **kwargs)

    return wrapper
