"""Whether a child works: what it answers, or the signs that its main loop gives.

Nothing here waits. A question is sent, and each later look sees whether the answer has come, so
that a child that stands still holds up nobody.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

#: After its start a child may be silent so long: it loads, or repairs what a crash left.
GRACE = 60.0

#: Any answer to these is one: an error of the broker or the database is theirs to tell.
ASK_BROKER = b"PING\r\n"
#: "May I encrypt?" The server forks a session to say no, and logs nothing.
ASK_DATABASE = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
ASK_WEB = b"GET /healthz HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n"

Address = str | tuple[str, int]


@dataclass
class Watch:
    """When a child last showed that it works, and for how long it may show nothing."""

    patience: float
    shown_at: float = field(default_factory=time.monotonic)

    def begin(self) -> None:
        """It was started just now, and has time to come up."""
        self.shown_at = time.monotonic() + max(GRACE - self.patience, 0.0)

    def shown(self) -> None:
        """It works; or it cannot be blamed for not showing it."""
        self.shown_at = time.monotonic()

    def silence(self) -> float:
        """Return for how many seconds it has shown nothing."""
        return max(time.monotonic() - self.shown_at, 0.0)

    def frozen(self) -> bool:
        """Return whether that is longer than it may be."""
        return self.silence() > self.patience


@dataclass
class Question:
    """A question to a server, sent every few seconds; its first byte of an answer counts."""

    address: Callable[[], Address]
    words: bytes
    interval: float = 4.0
    _socket: socket.socket | None = None
    _asked_at: float = 0.0
    _sent: bool = False

    def answered(self) -> bool:
        """Return whether an answer came since the last look; ask when it is time. Never waits."""
        if self._socket is None:
            if time.monotonic() - self._asked_at < self.interval:
                return False
            self._ask()
        return self._look()

    def forget(self) -> None:
        """Drop a question that is under way; the next one is sent at once."""
        self._give_up()
        self._asked_at = 0.0

    def _ask(self) -> None:
        self._asked_at = time.monotonic()
        address = self.address()
        family = socket.AF_UNIX
        if not isinstance(address, str):
            family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        try:
            self._socket.connect(address)
        except BlockingIOError:
            pass
        except OSError:
            self._give_up()

    def _look(self) -> bool:
        if self._socket is None:
            return False
        try:
            if not self._sent:
                self._socket.send(self.words)
                self._sent = True
            answer = self._socket.recv(64)
        except (BlockingIOError, InterruptedError):
            if time.monotonic() - self._asked_at > 5 * self.interval:
                self._give_up()
            return False
        except OSError:
            self._give_up()
            return False
        self._give_up()
        return bool(answer)

    def _give_up(self) -> None:
        """End this question; the next one comes when it is time."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._sent = None, False
