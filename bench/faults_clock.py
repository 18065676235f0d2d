"""`python -m bench.faults_clock HOURS MODULE …`: a program of Python's, its clock hours off."""

from __future__ import annotations

import runpy
import sys
import time
from datetime import datetime, timedelta

from django.utils import timezone


def shift(hours: float) -> None:
    """Let what Concord and its libraries ask for the time be told another one."""
    real_time, real_now, off = time.time, timezone.now, timedelta(hours=hours)

    def shifted_time() -> float:
        return real_time() + off.total_seconds()

    def shifted_now() -> datetime:
        return real_now() + off

    time.time = shifted_time
    timezone.now = shifted_now


if __name__ == "__main__":
    shift(float(sys.argv[1]))
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
