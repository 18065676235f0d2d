"""What tests let a bounded child do; imported there, so it imports nothing of Django."""

from __future__ import annotations

import os
import re
import sys
import time


def say_it_again(payload: bytes) -> bytes:
    return payload


def backtrack(payload: bytes) -> bytes:
    """Never returns for a payload that asks for it, and hears no signal handler meanwhile."""
    if payload == b"forever":
        re.match(r"(?:a|a)*b", "a" * 60)
    return payload


def spin(payload: bytes) -> bytes:
    """Takes all time, whatever the payload."""
    while True:
        pass


def grow(payload: bytes) -> bytes:
    """Takes as many megabytes as the payload says."""
    return str(len(bytearray(int(payload) * 2**20))).encode()


def misbehave(payload: bytes) -> bytes:
    """Dies, sleeps, recurses or raises, as the payload says."""
    if payload == b"die":
        os._exit(3)
    if payload == b"sleep":
        time.sleep(60)
    if payload == b"recurse":
        return misbehave(payload)
    if payload == b"raise":
        raise ValueError("no such thing")
    print(payload)  # noqa: T201 - what a library prints is no answer
    return payload


def surroundings(payload: bytes) -> bytes:
    """Names of the environment and the modules imported, a line each."""
    return "\n".join([*os.environ, *sys.modules, *os.listdir("/proc/self/fd")]).encode()
