"""Runs a set of services in the foreground, restarts what dies or freezes, stops all in order.

After the start nothing that happens to a service ends the supervisor: it tries again for ever,
with growing pauses, and says so.
"""

from __future__ import annotations

import contextlib
import selectors
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from config.embedded.process import SetupError, complain, say
from config.embedded.services import Program, Service

POLL_SECONDS = 0.1

#: Seconds before each attempt to start again what died; the last one goes on for ever.
PAUSES = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
#: Whatever has worked for so long has recovered.
HEALTHY_SECONDS = 60.0
#: An attempt that failed as those before it is told only so often.
_QUIET_SECONDS = 600.0
#: How long a start may take before a line says that it is under way, and before it is given up.
_LONG, _TOO_LONG = 15.0, 900.0
#: We ourselves were stopped, or the machine slept: nobody else's silence counts.
_ASLEEP = 5.0


class Stop(BaseException):
    """Somebody asked us to stop: Ctrl-C, a closed terminal, or ``kill``."""


#: Set once somebody has. An exception alone is lost where Python runs a hook or a destructor.
_asked_to_stop = threading.Event()


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Turn SIGINT, SIGTERM and SIGHUP into the exception Stop, once; later ones are ignored.

    A second Ctrl-C must not interrupt the orderly stop. SIGHUP stays ignored under ``nohup``.
    """
    numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        numbers.remove(signal.SIGHUP)

    def raise_stop(number: int, frame: object) -> None:
        for other in numbers:
            signal.signal(other, signal.SIG_IGN)
        _asked_to_stop.set()
        raise Stop

    _asked_to_stop.clear()
    before = {number: signal.signal(number, raise_stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass
class Record:
    """How one service does: its deaths in a row, when it is due again, since when it runs."""

    deaths: int = 0
    due_at: float | None = None
    launched_at: float = 0.0
    ready: bool = False
    told_at: float = float("-inf")


@dataclass
class Supervisor:
    """Services in the order of their start; they are stopped the other way round."""

    #: Called with the pids of all children whenever one is started. It may raise OSError.
    on_change: Callable[[list[int]], None] = lambda pids: None
    #: Called about every second while services run. It may raise OSError.
    on_tick: Callable[[], None] = lambda: None
    #: Says what happens to a service.
    tell: Callable[[str], None] = complain
    services: dict[str, Service] = field(default_factory=dict)
    _settled: bool = False
    _records: dict[str, Record] = field(default_factory=dict)
    _unwritten: bool = False
    _ticked_at: float = field(default_factory=time.monotonic)
    _kept_at: float = 0.0

    def launch(self, services: Mapping[str, Service]) -> None:
        """Start services side by side; `wait_ready` waits for them."""
        for name, service in services.items():
            self.services[name] = service
            self._records[name] = Record(launched_at=time.monotonic())
            service.launch()
            self._note_children()

    def wait_ready(self) -> None:
        """Wait until every service is ready. Raises SetupError."""
        began, patient = time.monotonic(), True
        while waiting := [name for name in self.services if not self._ready(name)]:
            self._wait_for_output()
            took = time.monotonic() - began
            if took > _LONG and patient:
                say(f"waiting for the {' and the '.join(waiting)} …")
                patient = False
            for name in waiting:
                service = self.services[name]
                if service.alive() and took < _TOO_LONG:
                    continue
                if service.alive() or not (sentence := service.mend()):
                    raise SetupError(service.failure())
                say(sentence)
                service.launch()
                self._note_children()

    def settle(self) -> None:
        """From now on start again what dies: before, it is broken, and that would not help."""
        self._settled = True
        for service in self.services.values():
            service.forgive()

    def run(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Relay output and restart what dies or freezes, until `until` holds (or Stop is raised).

        Raises SetupError when a service dies before the start has settled, and never after.
        """
        while not until():
            self._wait_for_output()
            self._tick()

    def run_to_end(self, program: Program) -> int:
        """Run a program beside the services until it ends by itself; return its exit code."""
        program.launch()
        try:
            self.run(until=program.ended)
        finally:
            program.stop()
        return (program.process.returncode or 0) if program.process else 1

    def stop(self) -> None:
        """Stop everything: first worker and web, which need the others to finish their work."""
        for service in self.services.values():
            if isinstance(service, Program):
                service.ask_to_stop()
        for service in reversed(self.services.values()):
            service.stop()

    def _tick(self) -> None:
        now = time.monotonic()
        if now - self._ticked_at > _ASLEEP:
            for service in self.services.values():
                service.forgive()
        self._ticked_at = now
        for name, service in self.services.items():
            self._attend(name, service, self._records[name], now)
        if now - self._kept_at > 1.0:
            self._kept_at = now
            if self._unwritten:
                self._note_children()
            with contextlib.suppress(OSError):
                self.on_tick()

    def _attend(self, name: str, service: Service, record: Record, now: float) -> None:
        if isinstance(service, Program):
            service.relay()
        if record.due_at is not None:
            if now >= record.due_at:
                self._start_again(name, service, record)
        elif not service.alive():
            code = service.process.returncode if service.process else None
            if not self._settled:
                raise SetupError(service.failure())
            self._down(name, record, f"ended unexpectedly (exit code {code})")
        elif not record.ready:
            record.ready = self._ready(name)
            if not record.ready and now - record.launched_at > _TOO_LONG:
                service.kill()
                self._down(name, record, "does not get ready")
        elif self._settled:
            self._watch(name, service, record)
            if record.deaths and now - record.launched_at > HEALTHY_SECONDS:
                if record.deaths > 1:
                    self.tell(f"{name} works again.")
                self._records[name] = Record(launched_at=record.launched_at, ready=True)

    def _watch(self, name: str, service: Service, record: Record) -> None:
        """End a service that shows no sign of life, unless what it needs shows none either."""
        if service.watch is None:
            return
        service.look()
        if isinstance(service, Program) and self._server_ails():
            service.forgive()
        if service.watch.frozen():
            seconds = service.watch.silence()
            service.kill()
            self._down(name, record, f"gave no sign of life for {seconds:.0f} s and was ended")

    def _server_ails(self) -> bool:
        """Return whether a server does not work now: then nobody else is blamed for silence."""
        servers = [name for name, s in self.services.items() if not isinstance(s, Program)]
        watches = [self.services[name].watch for name in servers]
        return not all(self._records[name].ready for name in servers) or any(
            watch.silence() > watch.patience / 2 for watch in watches if watch is not None
        )

    def _down(self, name: str, record: Record, why: str) -> None:
        """Plan the next start of what died."""
        now = time.monotonic()
        pause = PAUSES[min(record.deaths, len(PAUSES) - 1)]
        record.deaths += 1
        record.due_at, record.ready = now + pause, False
        if record.deaths < len(PAUSES) or now - record.told_at > _QUIET_SECONDS:
            record.told_at = now
            when = f"in {pause:.0f} s" if pause else "now"
            last = record.deaths >= len(PAUSES)
            self.tell(
                f"{name} {why}: starting it again {when}"
                + (f", and every {PAUSES[-1]:.0f} s until it works." if last else ".")
            )

    def _start_again(self, name: str, service: Service, record: Record) -> None:
        record.due_at, record.launched_at = None, time.monotonic()
        try:
            if sentence := service.mend():
                self.tell(sentence)
            service.stop()  # what is left of its process group
            service.launch()
        except (SetupError, OSError) as error:
            self._down(name, record, f"could not be started ({error})")
            return
        self._note_children()

    def _ready(self, name: str) -> bool:
        record, service = self._records[name], self.services[name]
        if not record.ready and service.alive():
            record.ready = service.ready()
            if record.ready and service.watch is not None:
                service.watch.shown()
        return record.ready

    def _note_children(self) -> None:
        """Have the children written down; where that fails, again a second later."""
        try:
            self.on_change([s.process.pid for s in self.services.values() if s.process])
            self._unwritten = False
        except OSError:
            self._unwritten = True

    def _wait_for_output(self) -> None:
        if _asked_to_stop.is_set():
            raise Stop
        with selectors.DefaultSelector() as selector:
            for service in self.services.values():
                if isinstance(service, Program) and (output := service.output()):
                    selector.register(output, selectors.EVENT_READ)
            if selector.get_map():
                selector.select(POLL_SECONDS)
            else:
                time.sleep(POLL_SECONDS)
