"""The supervisor tries for ever, ever more seldom, and never lets a disk or a word end it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from config.embedded import supervisor as module
from config.embedded.housekeeping import Housekeeping
from config.embedded.instance import Holder, Instance
from config.embedded.logs import Log, rotate
from config.embedded.process import SetupError
from config.embedded.services import Child
from config.embedded.supervisor import PAUSES, Supervisor
from config.embedded.watching import Watch


class Clock:
    """A clock that a test puts forward."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Doomed:
    """A service that dies as soon as it was started; it notes when that was."""

    clock: Clock
    refused: bool = False
    starts: list[float] = field(default_factory=list)
    process: Child | None = None
    watch: Watch | None = None
    healthy_until: float = 0.0

    def launch(self) -> None:
        self.starts.append(self.clock.now)
        if self.refused and len(self.starts) > 1:
            raise SetupError("there is no such program")

    def alive(self) -> bool:
        return self.clock.now < self.healthy_until

    def ready(self) -> bool:
        return True

    def look(self) -> None: ...

    def forgive(self) -> None: ...

    def mend(self) -> str | None:
        return None

    def failure(self) -> str:
        return "It died."

    def kill(self) -> None: ...

    def stop(self) -> None: ...


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The supervisor's clock."""
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.mark.parametrize("refused", [False, True])
def test_what_dies_is_started_for_ever_with_growing_pauses(clock: Clock, refused: bool) -> None:
    sentences: list[str] = []
    service = Doomed(clock, refused)
    supervisor = Supervisor(tell=sentences.append)
    supervisor.launch({"doomed": service})
    supervisor.settle()
    end = clock.now + 3600
    supervisor.run(until=lambda: clock.now > end)
    pauses = [b - a for a, b in zip(service.starts, service.starts[1:], strict=False)]
    for pause, wanted in zip(pauses, (*PAUSES, PAUSES[-1]), strict=False):
        assert wanted <= pause < wanted + 1
    assert len(service.starts) > 50
    assert len(sentences) < 15, "an hour of it is told in a few lines"
    assert "every 60 s until it works" in sentences[len(PAUSES) - 1]


def test_a_healthy_minute_forgets_earlier_deaths(clock: Clock) -> None:
    service = Doomed(clock)
    supervisor = Supervisor(tell=lambda sentence: None)
    supervisor.launch({"doomed": service})
    supervisor.settle()
    supervisor.run(until=lambda: len(service.starts) == 5)
    service.healthy_until = clock.now + 70
    began = service.healthy_until
    supervisor.run(until=lambda: len(service.starts) == 6)
    assert service.starts[-1] - began < 1


def test_what_dies_during_the_start_ends_it_with_a_sentence(clock: Clock) -> None:
    supervisor = Supervisor()
    supervisor.launch({"doomed": Doomed(clock)})
    with pytest.raises(SetupError, match=r"It died\."):
        supervisor.run(until=lambda: False)


def test_a_disk_that_takes_no_word_stops_no_supervisor(clock: Clock) -> None:
    room, written = [False], []

    def note(pids: list[int]) -> None:
        if not room[0]:
            raise OSError(28, "No space left on device")
        written.append(pids)

    def look() -> None:
        raise OSError(28, "No space left on device")

    supervisor = Supervisor(on_change=note, on_tick=look, tell=lambda sentence: None)
    supervisor.launch({"doomed": Doomed(clock)})
    supervisor.settle()
    supervisor.run(until=lambda: clock.now > 1010)
    assert not written
    room[0] = True
    supervisor.run(until=lambda: clock.now > 1020)
    assert written


def test_logs_are_kept_below_a_size_with_one_older_part(tmp_path: Path) -> None:
    log = tmp_path / "postgres.log"
    with log.open("ab") as server:  # as a server does: it goes on writing
        server.write(b"a" * 2000)
        server.flush()
        assert rotate(tmp_path, 1000) == [log]
        server.write(b"b" * 10)
        server.flush()
    assert log.read_bytes() == b"b" * 10
    assert (tmp_path / "postgres.log.1").read_bytes() == b"a" * 2000
    assert rotate(tmp_path, 1000) == []


def test_a_full_disk_is_said_before_it_is_full_and_once_an_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONCORD_DATA", str(tmp_path))
    (tmp_path / "run").mkdir()
    free = [10**8]
    monkeypatch.setattr("config.embedded.housekeeping.free_space", lambda: (free[0], 10**9))
    clock, sentences = Clock(), list[str]()
    monkeypatch.setattr("config.embedded.housekeeping.time", clock)
    keeping = Housekeeping(sentences.append)
    for _ in range(100):
        keeping.look()
        clock.now += 10
    assert len(sentences) == 1
    assert "95 MB are free" in sentences[0]
    free[0] = 2 * 10**9
    clock.now += 20
    keeping.look()
    assert "room" in sentences[1]


def test_a_log_without_room_is_no_reason_to_fail() -> None:
    Log(Path("/proc/concord.log")).write("nobody reads this")


def test_a_note_about_a_process_that_is_another_now_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONCORD_DATA", str(tmp_path))
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        instance = Instance()
        assert instance.acquire("serve")
        instance.announce(Holder(stranger.pid, "serve", "http://127.0.0.1:1", ready=True))
        assert instance.holder()
        run = tmp_path / "run"
        words = (run / "holder.json").read_text()
        (run / "holder.json").write_text(words.replace('"born": "', '"born": "1'))
        assert instance.holder() is None
        instance.record_children([stranger.pid])
        words = (run / "children.json").read_text()
        (run / "children.json").write_text(words.replace(', "', ', "1'))
        instance.clear_leftovers()
        assert stranger.poll() is None
        instance.release()
        stranger.kill()
