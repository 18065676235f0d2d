"""gunicorn's threaded worker, in which no client holds a thread by being slow.

gunicorn gives each connection a thread from its first byte on until the last byte of the reply is
taken, and waits in its main loop for clients to hang up: a handful of silent ones stops a site.
Here the main loop alone waits. A thread gets a request that is there as a whole, and leaves a reply
with the main loop. Only what is larger than a form or a page still takes a thread for as long as it
is under way, and then it has to move.
"""

from __future__ import annotations

import errno
import selectors
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from config.embedded.arrivals import Arrival, TooLong

#: Seconds that a client may take, beside a second for each RATE bytes that did move.
PATIENCE = 30.0
RATE = 8 * 1024
#: Seconds that a client has for hanging up after us.
_LINGER = 2.0
#: Bytes that one reply, all replies and all requests of a process may have waiting in memory.
_MOST_UNSENT = 2 << 20
_MOST_WAITING = 64 << 20
_PIECE = 64 * 1024
_CANNOT_READ = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"Connection: close\r\nContent-Length: 0\r\n\r\n"
)


class Room:
    """How many bytes of replies wait in this process."""

    def __init__(self) -> None:
        self._taken, self._lock = 0, threading.Lock()

    def take(self, n: int) -> bool:
        """Whether there is room for so many more; then they are counted."""
        with self._lock:
            fits = self._taken + n <= _MOST_WAITING
            self._taken += n if fits else 0
        return fits

    @property
    def is_scarce(self) -> bool:
        """Whether more than half of it is taken: then the slowest make room for others."""
        return self._taken > _MOST_WAITING // 2

    def give_back(self, n: int) -> None:
        """That many are sent, or given up."""
        with self._lock:
            self._taken -= n


class PatientSocket:
    """A socket for a thread: what the client does not take at once is kept for the main loop."""

    def __init__(self, sock: Any, room: Room) -> None:
        self._sock, self._room = sock, room
        self.unsent = bytearray()
        self.begin()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def begin(self) -> None:
        """A new request: nothing moved yet, and nobody waited."""
        self._waited, self._moved = 0.0, 0

    def setblocking(self, flag: bool) -> None:
        """Never for ever."""
        self._sock.settimeout(PATIENCE if flag else 0.0)

    def recv(self, size: int) -> bytes:
        """Raises TimeoutError where the client sends too slowly."""
        data: bytes = self._moving(lambda: self._sock.recv(size))
        self._moved += len(data)
        return data

    def sendall(self, data: bytes) -> None:
        """Sends it, or keeps it. Raises TimeoutError where much waits and nothing moves."""
        rest = memoryview(data)
        if not self.unsent:
            rest = rest[self._send_now(rest) :]
        for start in range(0, len(rest), _PIECE):
            piece = rest[start : start + _PIECE]
            if len(self.unsent) + len(piece) > _MOST_UNSENT or not self._room.take(len(piece)):
                self._send_waiting()
                self._moving(partial(self._sock.sendall, piece))
                self._moved += len(piece)
            else:
                self.unsent += piece

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Sends a file as everything else."""
        file.seek(offset)
        left = count
        while piece := file.read(_PIECE if left is None else min(_PIECE, left)):
            self.sendall(piece)
            left = None if left is None else left - len(piece)
        return int(file.tell()) - offset

    def flush(self) -> int:
        """Sends what the client takes now of what was kept; how many bytes."""
        with memoryview(self.unsent) as waiting:
            n = self._send_now(waiting)
        self._sent(n)
        return n

    def close(self) -> None:
        """Forgets what was kept."""
        self._sent(len(self.unsent))
        self._sock.close()

    def _sent(self, n: int) -> None:
        del self.unsent[:n]
        self._room.give_back(n)

    def _send_now(self, data: memoryview) -> int:
        patience = self._sock.gettimeout()
        self._sock.settimeout(0.0)
        try:
            return int(self._sock.send(data)) if data else 0
        except BlockingIOError:
            return 0
        finally:
            self._sock.settimeout(patience)

    def _send_waiting(self) -> None:
        while self.unsent:
            piece = bytes(self.unsent[:_PIECE])
            self._moving(partial(self._sock.sendall, piece))
            self._moved += len(piece)
            self._sent(len(piece))

    def _moving(self, act: Callable[[], Any]) -> Any:
        if self._waited > PATIENCE + self._moved / RATE:
            raise TimeoutError("The client is too slow.")
        begun = time.monotonic()
        try:
            return act()
        finally:
            self._waited += time.monotonic() - begun


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Waits for clients in the main loop alone; for gunicorn's `worker_class`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._room = Room()
        #: Whom the loop waits for, and until when; who has waited longest is first.
        self._until: dict[TConn, float] = {}
        self._arrivals: dict[TConn, Arrival] = {}

    def accept(self, listener: Any) -> None:
        """Takes a new connection; where there are too many, the one waited for longest goes."""
        if self.nr_conns >= self.worker_connections - 1:
            self._drop_longest()
        try:
            sock, address = listener.accept()
        except OSError as error:  # gone already, or no more files may be open
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                self._drop_longest()
            return
        self.nr_conns += 1
        conn = TConn(self.cfg, PatientSocket(sock, self._room), address, listener.getsockname())
        self.enqueue_req(conn)

    def enqueue_req(self, conn: TConn) -> None:
        """Gives a request to a thread once it is there."""
        self._arrivals[conn] = Arrival(conn.parser.unreader.take_buffered() if conn.parser else b"")
        self._until[conn] = time.monotonic() + PATIENCE
        conn.sock.setblocking(False)
        self._receive(conn)
        if conn in self._arrivals:
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_readable, conn))

    def finish_request(self, conn: TConn, work: Any) -> None:
        """Sends what is left of the reply before the connection is used again, or closed."""
        if conn.sock.unsent:
            self._until[conn] = time.monotonic() + PATIENCE
            conn.sock.setblocking(False)
            on_writable = partial(self._on_writable, conn, work)
            self.poller.register(conn.sock, selectors.EVENT_WRITE, on_writable)
            self._keep_room()
        elif not work.cancelled() and work.exception() is None and work.result():
            super().finish_request(conn, work)
        else:
            self._hang_up(conn)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """As gunicorn; a client that is too slow is no fault of ours to be logged."""
        conn.sock.begin()
        try:
            return super().handle_request(req, conn)
        except TimeoutError:
            raise StopIteration from None

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        """What nobody read of a body is not waited for: the connection ends."""
        return bool(keepalive and conn.parser.finish_body(deadline=time.monotonic() + 0.01))

    def murder_pending(self) -> None:
        """Drops whom the loop waited for long enough."""
        super().murder_pending()
        now = time.monotonic()
        silent = {conn for conn, a in self._arrivals.items() if not (self.alive or a.data)}
        for conn in [conn for conn, until in self._until.items() if until < now or conn in silent]:
            self._drop(conn)

    def _on_readable(self, conn: TConn, _sock: object) -> None:
        self._receive(conn)

    def _receive(self, conn: TConn) -> None:
        arrival = self._arrivals[conn]
        try:
            self._until[conn] += arrival.receive(conn.sock) / RATE
            if arrival.is_whole():
                self._hand_over(conn, arrival)
            elif arrival.wants_word:
                arrival.wants_word = False
                conn.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        except TooLong:
            self._end_wait(conn)
            conn.sock.sendall(_CANNOT_READ)
            self._hang_up(conn)
        except (OSError, EOFError):
            self._drop(conn)
        self._keep_room()

    def _hand_over(self, conn: TConn, arrival: Arrival) -> None:
        self._end_wait(conn)
        conn.init()
        conn.parser.unreader.unread(bytes(arrival.data))
        super().enqueue_req(conn)

    def _on_writable(self, conn: TConn, work: Any, _sock: object) -> None:
        try:
            self._until[conn] += conn.sock.flush() / RATE
        except OSError:
            self._drop(conn)
            return
        if not conn.sock.unsent:
            self._end_wait(conn)
            self.finish_request(conn, work)

    def _hang_up(self, conn: TConn) -> None:
        """Says that nothing more comes, and reads on for a moment, so that no reply is cut off."""
        try:
            conn.sock.shutdown(1)
        except OSError:
            self._drop(conn)
            return
        self._until[conn] = time.monotonic() + _LINGER
        conn.sock.setblocking(False)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_last_words, conn))

    def _on_last_words(self, conn: TConn, _sock: object) -> None:
        try:
            has_more = bool(conn.sock.recv(_PIECE))
        except BlockingIOError:
            return
        except OSError:
            has_more = False
        if not has_more:
            self._drop(conn)

    def _keep_room(self) -> None:
        """Drops whoever takes most of what waits here, while it is too much."""
        sizes = {conn: len(arrival.data) for conn, arrival in self._arrivals.items()}
        if sum(sizes.values()) > _MOST_WAITING:
            self._drop(max(sizes, key=lambda conn: sizes[conn]))
        while self._room.is_scarce:
            slowest = next((conn for conn in self._until if conn.sock.unsent), None)
            if slowest is None:
                break
            self._drop(slowest)

    def _drop_longest(self) -> None:
        if self._until:
            self._drop(next(iter(self._until)))
        elif self.keepalived_conns:
            self.keepalived_conns[0].timeout = 0.0
            self.murder_keepalived()

    def _end_wait(self, conn: TConn) -> None:
        self._until.pop(conn, None)
        self._arrivals.pop(conn, None)
        if conn.sock.fileno() in self.poller.get_map():
            self.poller.unregister(conn.sock)

    def _drop(self, conn: TConn) -> None:
        if conn in self._until:
            self._end_wait(conn)
        self.nr_conns -= 1
        conn.close()
