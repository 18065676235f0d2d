"""Work on hostile content in a child process that cannot take more than it may (pure: no Django).

A text can make a highlighter backtrack for ever, a file of a kilobyte can hold gigabytes, and no
thread can be ended from outside. A `Bounded` calls one function in a child that the kernel ends:

>>> answer = Bounded("base64:b64decode", seconds=0.5, megabytes=64).call(b"YQ==")
>>> answer
b'a'

The child imports the named module and what that needs, knows no secret of the environment, serves
one call after the other and is ended when nobody asked for a while. It is started by the first
call, so a process that never asks has none. Processor time is what counts, so that a busy machine
condemns nothing; a wall clock of `patience` times that is the last resort.
"""

from __future__ import annotations

import _thread
import atexit
import contextlib
import importlib
import logging
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import traceback
import weakref
from collections.abc import Iterator
from pathlib import Path

_log = logging.getLogger(__name__)

#: A longer answer is none: whoever asked would have to hold it.
MAX_ANSWER_BYTES = 32 * 2**20
#: How long a child may take to start and import, by the wall clock.
_START_SECONDS = 20.0
_HEADER = struct.Struct(">cQ")
_READY, _ANSWER, _MEMORY, _RAISED = b"r", b"a", b"m", b"e"
# What a child needs of the environment; passwords and keys are not among it.
_NEEDED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "TZ", "VIRTUAL_ENV")


class TooMuch(Exception):
    """The content asks for more than it may: time, memory, or the life of the child."""


class NotNow(TooMuch):
    """The machine is to blame, not the content: the same call may pass at another time."""


class TargetError(RuntimeError):
    """The function raised something of its own; the message is its traceback."""


class Bounded:
    """A function of bytes that is called in a bounded child process, from any thread.

    `target` is `module:function`; `seconds` of processor time and `megabytes` beyond what its
    imports take are what one call may cost. At most `children` work at the same time.
    """

    def __init__(
        self,
        target: str,
        *,
        seconds: float,
        megabytes: float,
        patience: float = 4.0,
        children: int = 2,
        idle_seconds: float = 30.0,
    ) -> None:
        self._target = target
        self._seconds = seconds
        self._megabytes = megabytes
        self._wall_seconds = patience * seconds
        self._most = children
        self._idle_seconds = idle_seconds
        self._turn = threading.Condition(threading.Lock())
        self._living: set[_Child] = set()
        self._resting: list[_Child] = []
        self._busy = 0
        self._is_watched = False
        _everybody.add(self)

    def call(self, payload: bytes, wall_seconds: float | None = None) -> bytes:
        """What the function returns for `payload`. Raises TooMuch, NotNow or TargetError.

        `wall_seconds` is how long to wait for it at most, if not as long as always.
        """
        patience = min(self._wall_seconds, wall_seconds or self._wall_seconds)
        try:
            with self._child(patience) as child:
                return child.ask(payload, patience)
        except TooMuch as error:
            _log.warning("%s", error)
            raise

    def get_ready(self) -> None:
        """Starts a child in the background for a call that is near, unless one is there already;
        one that rests stays for a while longer."""
        with self._turn:
            for child in self._resting:
                child.since = time.monotonic()
            if not self._living and not self._busy:
                with contextlib.suppress(RuntimeError):  # no memory for a thread
                    _thread.start_new_thread(self._prepare, ())

    def _prepare(self) -> None:
        # Whoever calls next starts a child where this one could not be.
        with contextlib.suppress(TooMuch, TargetError, OSError), self._child(self._wall_seconds):
            pass

    def close(self) -> None:
        """Ends the children that are not at work."""
        self._end_idle(time.monotonic() + 1)

    @property
    def pids(self) -> list[int]:
        """The processes that serve this function now."""
        with self._turn:
            return [child.pid for child in self._living]

    @contextlib.contextmanager
    def _child(self, patience: float) -> Iterator[_Child]:
        """A child of our own for one call; it goes back only if it came through."""
        child = self._take(patience)
        try:
            child = child or self._start()
            yield child
        finally:
            if child is not None and not child.is_well:
                self._lose(child)
            with self._turn:
                self._busy -= 1
                if child is not None and child.is_well:
                    child.since = time.monotonic()
                    self._resting.append(child)
                self._turn.notify()

    def _take(self, patience: float) -> _Child | None:
        """A child at rest, or None where one more may be started. Raises NotNow."""
        with self._turn:
            if not self._turn.wait_for(lambda: self._busy < self._most, patience):
                raise NotNow(f"No child for {self._target} became free.")
            self._busy += 1
            while self._resting:
                child = self._resting.pop()
                if child.is_alive:
                    return child
                child.end()
                self._living.discard(child)
            return None

    def _start(self) -> _Child:
        child = _Child(self._target, self._seconds, self._megabytes, self._wall_seconds)
        with self._turn:
            self._living.add(child)
            if not self._is_watched:
                self._is_watched = True
                # `threading` waits for the thread to run, for ever where memory was too short.
                _thread.start_new_thread(self._watch, ())
        try:
            child.expect_ready()
        except BaseException:
            self._lose(child)
            raise
        return child

    def _lose(self, child: _Child) -> None:
        child.end()
        with self._turn:
            self._living.discard(child)

    def _watch(self) -> None:
        """Ends children that nobody asks any more, and then itself."""
        while True:
            time.sleep(self._idle_seconds / 2)
            self._end_idle(time.monotonic() - self._idle_seconds)
            with self._turn:
                if not self._living:
                    self._is_watched = False
                    return

    def _end_idle(self, since: float) -> None:
        with self._turn:
            idle = [child for child in self._resting if child.since < since]
            self._resting = [child for child in self._resting if child not in idle]
            self._living.difference_update(idle)
        for child in idle:
            child.end()

    def _forget(self) -> None:
        """A process that was forked has none of its parent's children, threads and locks."""
        for child in self._living:
            child.disown()
        self._turn = threading.Condition(threading.Lock())
        self._living, self._resting, self._busy = set(), [], 0
        self._is_watched = False


_everybody: weakref.WeakSet[Bounded] = weakref.WeakSet()


def _forget_all() -> None:
    for bounded in list(_everybody):
        bounded._forget()


def _close_all() -> None:
    for bounded in list(_everybody):
        bounded.close()


os.register_at_fork(after_in_child=_forget_all)
atexit.register(_close_all)


class _Child:
    """One child process and our end of the socket to it."""

    def __init__(self, target: str, seconds: float, megabytes: float, wall_seconds: float) -> None:
        self._target = target
        self._seconds = seconds
        self.since = time.monotonic()
        self.is_well = False
        root = str(Path(__file__).resolve().parents[1])
        environment = {name: os.environ[name] for name in _NEEDED if name in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join([root, *filter(None, sys.path)])
        limits = f"{target!r}, {seconds}, {megabytes}, {wall_seconds}"
        code = f"from {__name__} import serve; serve({limits})"
        self._socket, other = socket.socketpair()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own code, nothing of the content
                [sys.executable, "-P", "-s", "-c", code],
                stdin=other.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment,
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            self._socket.close()
            raise NotNow(f"No child for {target} could be started: {error}.") from error
        finally:
            other.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def expect_ready(self) -> None:
        """Waits for the imports. Raises NotNow, or TargetError where they fail."""
        try:
            self._receive(time.monotonic() + _START_SECONDS)
        except (TooMuch, OSError) as error:
            raise NotNow(f"The child for {self._target} did not start: {error}") from error
        self.is_well = True

    def ask(self, payload: bytes, wall_seconds: float) -> bytes:
        """Sends one payload and returns the answer."""
        self.is_well = False
        deadline = time.monotonic() + wall_seconds
        try:
            self._socket.settimeout(wall_seconds)
            self._socket.sendall(_HEADER.pack(_ANSWER, len(payload)) + payload)
            answer = self._receive(deadline)
        except TargetError:
            self.is_well = True
            raise
        except TimeoutError as error:
            raise NotNow(f"{self._target} got no answer in {wall_seconds:g} s.") from error
        except OSError as error:
            raise self._death() from error
        self.is_well = True
        return answer

    def _receive(self, deadline: float) -> bytes:
        kind, length = _HEADER.unpack(self._read(_HEADER.size, deadline))
        if length > MAX_ANSWER_BYTES:
            raise TooMuch(f"{self._target} answered with {length:,} bytes.")
        body = self._read(length, deadline)
        if kind == _MEMORY:
            raise TooMuch(f"{self._target} ran out of memory or depth.")
        if kind == _RAISED:
            raise TargetError(body.decode(errors="replace"))
        return body

    def _read(self, length: int, deadline: float) -> bytes:
        body = bytearray()
        while len(body) < length:
            self._socket.settimeout(max(0.001, deadline - time.monotonic()))
            piece = self._socket.recv(min(length - len(body), 2**20))
            if not piece:
                raise self._death()
            body += piece
        return bytes(body)

    def _death(self) -> TooMuch:
        """How the child died, as what is to be raised."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        code = self._process.returncode
        if code == -signal.SIGPROF:
            return TooMuch(f"{self._target} took over {self._seconds:g} s of processor time.")
        if code == -signal.SIGALRM:
            return NotNow(f"{self._target} got too little of the processor.")
        return TooMuch(f"The child for {self._target} died ({code}).")

    def end(self) -> None:
        """Ends and reaps the process, whatever it is doing."""
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def disown(self) -> None:
        """Lets go of a process that is the child of somebody else."""
        self._socket.close()
        self._process.returncode = 0  # or the destructor would wait for it


def serve(target: str, seconds: float, megabytes: float, wall_seconds: float) -> None:
    """The life of a child: answers what comes through standard input until it closes."""
    connection = socket.socket(fileno=os.dup(0))
    os.dup2(1, 0)  # nothing to read there
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    try:
        module, _, name = target.partition(":")
        function = getattr(importlib.import_module(module), name)
    except BaseException:  # noqa: BLE001 - whoever started us says it
        _send(connection, _RAISED, traceback.format_exc().encode())
        return
    _limit_memory(megabytes)
    _send(connection, _READY, b"")
    while header := connection.recv(_HEADER.size, socket.MSG_WAITALL):
        if len(header) < _HEADER.size:
            return
        payload = connection.recv(_HEADER.unpack(header)[1], socket.MSG_WAITALL)
        # The kernel ends us: what hangs in C code would hear no handler, what is orphaned nobody.
        signal.setitimer(signal.ITIMER_REAL, wall_seconds + 1)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            kind, answer = _ANSWER, function(payload)
        except (MemoryError, RecursionError):
            kind, answer = _MEMORY, b""
        except Exception:  # noqa: BLE001 - whoever asked says it
            kind, answer = _RAISED, traceback.format_exc().encode()
        signal.setitimer(signal.ITIMER_PROF, 0)
        _send(connection, kind, answer)
        signal.setitimer(signal.ITIMER_REAL, 0)
        del payload, answer


def _send(connection: socket.socket, kind: bytes, body: bytes) -> None:
    connection.sendall(_HEADER.pack(kind, len(body)))
    connection.sendall(body)


def _limit_memory(megabytes: float) -> None:
    """What is written to, so many megabytes beyond now; addresses that are only set aside, more."""
    room = int(megabytes * 2**20)
    page = resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sizes = Path("/proc/self/statm").read_text(encoding="ascii").split()
    except OSError:  # not Linux: time alone bounds it
        return
    for limit, now, times in (
        (resource.RLIMIT_DATA, int(sizes[5]), 1),
        (resource.RLIMIT_AS, int(sizes[0]), 4),
    ):
        most, highest = now * page + times * room, resource.getrlimit(limit)[1]
        if highest != resource.RLIM_INFINITY:
            most = min(most, highest)  # whoever started us may have a limit of its own
        resource.setrlimit(limit, (most, most))
