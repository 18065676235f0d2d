"""Clients that are slow, silent or never hang up hold no thread of the web."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from config.embedded import connections

_PAGE = 1_500_000
#: How long the web of these tests is patient with a silent client: on a machine that does a dozen
#: other things an honest one may take as long as it has with us. Whoever is held up by silent ones
#: waits until they are given up, and has lost patience before.
_WEB_PATIENCE = 4 * connections.PATIENCE
_PATIENCE = _WEB_PATIENCE * 2 / 3
_HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
ATTACKS = {
    "say nothing": b"",
    "never end the head": _HEAD + b"X-A: ",
    "never send the body": _HEAD + b"Content-Length: 1000\r\n\r\na=",
    "wait to be asked for the body": _HEAD + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n",
    "announce a body that nobody reads": _HEAD + b"Content-Length: 99000000\r\n\r\n",
    "announce chunks": b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
    "take no reply": b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n",
    "never hang up": b"GET / HTTP/1.0\r\n\r\n",
}


def site(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
    """Reads a small body and answers with it; or with a large page."""
    size = int(environ.get("CONTENT_LENGTH") or 0)
    said = environ["wsgi.input"].read(size) if size < 10_000_000 else b""
    reply = b"x" * _PAGE if environ["PATH_INFO"] == "/large" else said
    start("200 OK", [("Content-Length", str(len(reply)))])
    return [reply]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A web of one process and one thread, set up as ours."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        command = (sys.executable, "-m", "gunicorn", "-c", "python:config.embedded.web")
        options = ("-w", "1", "--threads", "1", "--no-control-socket", "--log-level", "error")
        bind = f"fd://{listening.fileno()}"
        # Neither heartbeats nor pages: this is about connections alone.
        hooks = "import sys; from config.embedded import web; del web.post_fork, web.when_ready; "
        hooks += "from config.embedded import connections; "
        hooks += f"connections.PATIENCE = {_WEB_PATIENCE}; "
        start = "from gunicorn.app.wsgiapp import run; sys.argv[1:] = sys.argv[2:]; run()"
        program = (*command[:1], "-c", hooks + start, *command[2:], *options, "-b", bind)
        web = subprocess.Popen(
            [*program, f"{__name__}:site"],
            pass_fds=[listening.fileno()],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        try:
            _ask(listening.getsockname()[1])  # it listens from now on, and serves a while later
            yield listening.getsockname()[1]
        finally:
            web.terminate()
            web.wait(10)


def _ask(port: int, path: str = "/", body: bytes | None = None) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    connection.request("POST" if body else "GET", path, body)
    return connection.getresponse().read()


@pytest.mark.parametrize("attack", ATTACKS)
def test_two_dozen_clients_that_are_slow_hold_nobody_up(port: int, attack: str) -> None:
    _ask(port)
    with ExitStack() as stack:
        for _ in range(24):
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.connect(("127.0.0.1", port))
            client.sendall(ATTACKS[attack])
        assert _ask(port, body=b"well") == b"well"


@pytest.mark.parametrize("size", [100_000, 4_000_000, 6_000_000])
def test_bodies_arrive_whole_whether_the_loop_or_a_thread_waits_for_them(
    port: int, size: int
) -> None:
    body = os.urandom(size)
    assert _ask(port, body=body) == body


def test_a_slow_reader_gets_a_whole_page(port: int) -> None:
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", port))
        client.sendall(b"GET /large HTTP/1.0\r\n\r\n")
        assert _ask(port, body=b"meanwhile") == b"meanwhile"
        reply = b"".join(iter(lambda: client.recv(65536), b""))
    assert len(reply.partition(b"\r\n\r\n")[2]) == _PAGE


def test_requests_sent_at_once_are_answered_one_after_the_other(port: int) -> None:
    asked = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as client:
        client.sendall(asked + b"one" + asked + b"two" + asked + b"th")
        reply = b""
        while b"two" not in reply:
            reply += client.recv(4096)
        client.sendall(b"3")
        while b"th3" not in reply:
            reply += client.recv(4096)
    assert reply.index(b"one") < reply.index(b"two") < reply.index(b"th3")


def test_a_head_that_does_not_end_is_refused(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as client:
        client.sendall(b"GET / HTTP/1.1\r\nX-A: " + b"a" * 70_000)
        assert b"431" in client.recv(100)
