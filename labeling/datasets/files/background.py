"""One thread beside the main one, for what needs no interpreter: packing, writing, hashing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

#: Calls that may wait. Each holds a batch, so this bounds memory.
_WAITING = 2


class Background:
    """Does calls one after the other in the order they came, so that threads change no byte.

    An error of a call is raised by the next `run` or by `settle`. Whoever makes one must `stop` it.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "release-files")
        self._calls: deque[Future[None]] = deque()

    def run(self, call: Callable[..., None], *arguments: Any) -> None:
        """Queues a call; waits while too many are queued. Raises the error of an earlier one."""
        while len(self._calls) >= _WAITING:
            self._calls.popleft().result()
        self._calls.append(self._pool.submit(call, *arguments))

    def settle(self) -> None:
        """Waits until every call is done. Raises the first error among them."""
        while self._calls:
            self._calls.popleft().result()

    def stop(self) -> None:
        """Waits for the call that runs; what has not begun never will."""
        self._pool.shutdown(wait=True, cancel_futures=True)
