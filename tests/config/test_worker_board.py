"""What a worker's main process knows of its children without asking the database."""

from __future__ import annotations

import os
import time

import pytest

from config import worker


def test_a_child_that_has_not_run_for_a_minute_is_frozen(monkeypatch: pytest.MonkeyPatch):
    board = worker.Board()
    child = os.fork()
    if child == 0:
        board.write(3)
        os._exit(0)
    os.waitpid(child, 0)
    assert board.frozen() == []
    later = time.monotonic() + 61
    monkeypatch.setattr("config.worker.time.monotonic", lambda: later)
    assert board.frozen() == [child]


def test_a_worker_that_begins_anew_is_not_closing():
    board = worker.Board()
    board.close()
    assert board.is_closing()
    board.renew()
    assert not board.is_closing()
