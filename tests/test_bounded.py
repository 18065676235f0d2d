"""A bounded child ends what would not, and nothing else."""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from labeling.bounded import Bounded, NotNow, TargetError, TooMuch
from tests.budget import cost_of

TARGETS = "tests.bounded_targets"


@contextmanager
def bounded(name: str, **options: float) -> Iterator[Bounded]:
    # A busy machine may take its time.
    limits = {"seconds": 0.2, "megabytes": 32, "patience": 60.0, **options}
    helper = Bounded(f"{TARGETS}:{name}", **limits)  # type: ignore[arg-type]
    yield helper
    helper.close()
    assert helper.pids == []


def is_running(pid: int) -> bool:
    """Zombies run too: whoever started a child has to reap it."""
    return Path(f"/proc/{pid}").exists()


def test_a_call_that_never_returns_is_ended_by_its_processor_time_and_the_next_is_answered():
    with bounded("backtrack") as helper:
        assert helper.call(b"x") == b"x"
        (first,) = helper.pids
        with pytest.raises(TooMuch, match="of processor time") as caught:
            helper.call(b"forever")
        assert not isinstance(caught.value, NotNow)
        assert not is_running(first)
        assert helper.call(b"y" * 3_000_000) == b"y" * 3_000_000
        assert helper.pids != [first]


def test_a_call_that_takes_too_much_memory_is_refused_and_the_next_is_answered():
    with bounded("grow") as helper:
        assert helper.call(b"16") == str(16 * 2**20).encode()
        with pytest.raises(TooMuch, match="memory"):
            helper.call(b"64")
        assert helper.call(b"16") == str(16 * 2**20).encode()


def test_whoever_has_limits_or_blocks_signals_has_children_all_the_same():
    """In a forked process: limits are never raised again."""

    def limited_call() -> bytes:
        with open("/proc/self/statm", encoding="ascii") as file:
            most = int(file.read().split()[5]) * resource.getpagesize() + 2**28
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPROF, signal.SIGALRM})
        with bounded("backtrack", megabytes=8_000) as helper:
            with pytest.raises(TooMuch, match="of processor time"):
                helper.call(b"forever")
            return helper.call(b"x")

    assert cost_of(limited_call, seconds=5).value == b"x"


def test_death_depth_and_errors_are_told_apart_and_what_is_printed_is_no_answer():
    with bounded("misbehave") as helper:
        with pytest.raises(TooMuch, match=r"died \(3\)"):
            helper.call(b"die")
        with pytest.raises(TooMuch, match="memory or depth"):
            helper.call(b"recurse")
        with pytest.raises(TargetError, match="ValueError: no such thing"):
            helper.call(b"raise")
        assert helper.call(b"printed") == b"printed"


def test_a_call_that_sleeps_is_ended_by_the_clock_and_blames_the_machine():
    with bounded("misbehave", seconds=0.1, patience=2) as helper, pytest.raises(NotNow):
        helper.call(b"sleep")


def test_a_function_that_is_not_there_says_so_and_leaves_no_child():
    with bounded("nothing_of_this_name") as helper:
        with pytest.raises(TargetError, match="AttributeError"):
            helper.call(b"")
        assert helper.pids == []


def test_an_answer_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("labeling.bounded.MAX_ANSWER_BYTES", 1000)
    with bounded("say_it_again") as helper, pytest.raises(TooMuch, match="1,001 bytes"):
        helper.call(b"x" * 1001)


def test_a_child_knows_no_secret_no_file_of_ours_and_nothing_of_django(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("CONCORD_TEST_SECRET", "x")
    with bounded("surroundings") as helper, (tmp_path / "ours").open("w"):
        lines = helper.call(b"").decode().splitlines()
    assert "labeling.bounded" in lines
    assert not {"django", "celery", "CONCORD_TEST_SECRET"} & set(lines)
    assert len([line for line in lines if line.isdigit()]) <= 5


def test_threads_share_the_children_and_each_hears_its_own_answer():
    answers: dict[int, bytes] = {}
    with bounded("say_it_again", seconds=5) as helper:

        def ask(number: int) -> None:
            for _ in range(20):
                answers[number] = helper.call(b"%d" % number * 1000)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == {number: b"%d" % number * 1000 for number in range(6)}
        assert 1 <= len(helper.pids) <= 2


def test_a_forked_process_starts_a_child_of_its_own_and_leaves_its_parents_alone():
    with bounded("say_it_again") as helper:
        helper.call(b"x")
        (ours,) = helper.pids
        reading, writing = os.pipe()
        forked = os.fork()
        if forked == 0:
            try:
                assert helper.pids == []
                assert helper.call(b"y") == b"y"
                os.write(writing, str(helper.pids[0]).encode())
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            theirs = int(pipe.read() or 0)
        os.waitpid(forked, 0)
        assert theirs not in {0, ours}
        assert helper.call(b"z") == b"z"
        assert helper.pids == [ours]
        # Nobody ended theirs: it noticed by itself that whoever asked is gone.
        deadline = time.monotonic() + 5
        while _runs(theirs) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not _runs(theirs)


def _runs(pid: int) -> bool:
    """Nobody may reap the child of a dead parent here: a zombie has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_a_child_that_nobody_asks_is_ended_and_one_that_was_killed_is_replaced():
    with bounded("say_it_again", idle_seconds=0.1) as helper:
        helper.call(b"x")
        (first,) = helper.pids
        os.kill(first, 9)
        os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
        assert helper.call(b"y") == b"y"
        deadline = time.monotonic() + 5
        while helper.pids and time.monotonic() < deadline:
            time.sleep(0.01)
        assert helper.pids == []


def test_a_child_is_had_ready_for_a_call_that_is_near():
    with bounded("backtrack") as helper:
        helper.get_ready()
        deadline = time.monotonic() + 30
        while not helper._resting and time.monotonic() < deadline:
            time.sleep(0.01)
        (ready,) = helper.pids
        helper.get_ready()
        assert helper.call(b"x") == b"x"
        assert helper.pids == [ready]


def test_calls_leave_no_open_file_behind():
    with bounded("misbehave") as helper:
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(3):
            with pytest.raises(TooMuch):
                helper.call(b"die")
        assert len(os.listdir("/proc/self/fd")) == before
