"""A cheap HTTP client that rates as a browser does: session cookie, CSRF token, HTML.

Raw sockets with kept connections, because the client shares two cores with the server it measures.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"
_SUBMIT = re.compile(rb'action="(/p/[^"]+/rate/(\d+)/submit/)"')
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
_FACE = re.compile(rb'data-face="([^"]+)"')
_KEY = re.compile(rb'name="key" value="([^"]+)"')


class Gone(ConnectionError):
    """The connection ended before a whole reply had come."""


@dataclass
class Reply:
    """A status, headers by lower-case name, and the body."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        """Return the body as JSON."""
        parsed = json.loads(self.body)
        assert isinstance(parsed, dict)
        return parsed


@dataclass
class Client:
    """One connection with cookies; opened at need, and again after it was closed."""

    host: str
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    timeout: float = 30.0
    _socket: socket.socket | None = None
    _left: bytes = b""

    def get(self, path: str, **headers: str) -> Reply:
        """GET a page; a connection that died meanwhile is opened again."""
        return self.request("GET", path, b"", headers)

    def post(self, path: str, fields: list[tuple[str, str]], **headers: str) -> Reply:
        """POST a form with the CSRF token of our cookie."""
        token = {"X-CSRFToken": self.cookies.get("csrftoken", "")}
        body = urlencode(fields).encode()
        return self.request("POST", path, body, {"Content-Type": FORM, **token, **headers})

    def request(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        """Send one request and read its reply. Raises Gone where the server went away.

        A kept connection that the server had closed in the meantime is not its death: one retry.
        """
        kept = self._socket is not None
        try:
            return self._exchange(method, path, body, headers)
        except OSError as error:
            self.close()
            if not kept:
                raise Gone(str(error)) from error
        try:
            return self._exchange(method, path, body, headers)
        except OSError as error:
            self.close()
            raise Gone(str(error)) from error

    def move(self, port: int) -> None:
        """Go on at another port; may be called from another thread."""
        self.port = port
        if (connection := self._socket) is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection; the cookies stay."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._left = None, b""

    def _exchange(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        if self._socket is None:
            self._socket = socket.create_connection((self.host, self.port), self.timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        if method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        lines += [f"{name}: {value}" for name, value in {**self.extra, **headers}.items()]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        return self._read_reply()

    def _read_reply(self) -> Reply:
        while (end := self._left.find(b"\r\n\r\n")) < 0:
            self._more()
        head, self._left = self._left[:end].decode("latin-1"), self._left[end + 4 :]
        first, *lines = head.split("\r\n")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                key, _, content = value.partition(";")[0].partition("=")
                self.cookies[key] = content
            headers[name.lower()] = value
        length = int(headers.get("content-length", 0))
        while len(self._left) < length:
            self._more()
        body, self._left = self._left[:length], self._left[length:]
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Reply(int(first.split()[1]), headers, body)

    def _more(self) -> None:
        assert self._socket is not None
        chunk = self._socket.recv(262144)
        if not chunk:
            raise ConnectionResetError("closed by the server")
        self._left += chunk


class Finished(Exception):
    """There is nothing left to judge for this rater."""


class Refused(Exception):
    """The server answered, but not with what was asked for."""


def log_in(client: Client, email: str, password: str) -> None:
    """Log in by the form, as a person does."""
    client.get("/login/")
    reply = client.post(
        "/login/",
        [("username", email), ("password", password)],
        Referer=f"https://{client.host}:{client.port}/login/",
    )
    if reply.status != 302:
        raise Refused(f"log-in: {reply.status} {reply.body[:500]!r}")


@dataclass
class FormRater:
    """Rates without JavaScript: GET the page, POST its form, follow the redirect."""

    client: Client
    slug: str
    answers: list[tuple[str, str]]
    assignment: int = 0
    #: What the bar is called that the page came with.
    face: str = ""
    _action: str = ""
    _fields: list[tuple[str, str]] = field(default_factory=list)

    def open(self) -> int:
        """Load the rating page; return the assignment it leases. Raises Finished, Refused."""
        reply = self.client.get(f"/p/{self.slug}/rate/")
        if reply.status != 200:
            raise Refused(f"rate: {reply.status} {reply.body[:300]!r}")
        form = _SUBMIT.search(reply.body)
        if form is None:
            raise Finished
        key, token = _KEY.search(reply.body), _TOKEN.search(reply.body)
        face = _FACE.search(reply.body)  # versions that knew one kind of task have none
        self.face = face[1].decode() if face else ""
        assert key
        assert token
        self._action, self.assignment = form[1].decode(), int(form[2])
        self._fields = [("key", key[1].decode()), ("csrfmiddlewaretoken", token[1].decode())]
        return self.assignment

    def submit(self) -> Reply:
        """Send the form; the same again is the same judgment. 302 is its acknowledgement."""
        fields = [*self._fields, *self.answers, ("active_ms", "9000")]
        return self.client.post(self._action, fields)


@dataclass
class ScriptRater:
    """Rates as the page's script does: one task on the screen, the next one prepared.

    `submit` posts the judgment of the one shown and receives the one after the next, as HTML; a bar
    that the page has already (`faces`) is not sent again.
    """

    client: Client
    slug: str
    answers: list[tuple[str, str]]
    showing: int | None = None
    ahead: int | None = None
    waits: int = 0
    faces: set[str] = field(default_factory=set)

    def open(self) -> None:
        """Load the page and prepare the next task, as the script does at the start."""
        page = FormRater(self.client, self.slug, self.answers)
        self.showing = page.open()
        self.faces.add(page.face)
        self.ahead = self._task(self._post(self.showing, "prepare", []))

    def step(self) -> float:
        """Submit what is shown and go on; return its seconds. Raises Finished, Refused."""
        if self.showing is None:
            raise Finished
        fields = [*self.answers, ("key", str(uuid.uuid4())), ("active_ms", "9000")]
        fields.append(("showing", str(self.ahead or "")))
        began = time.perf_counter()
        reply = self._post(self.showing, "submit", fields)
        taken = time.perf_counter() - began
        self.showing, self.ahead = self.ahead, self._task(reply)
        if self.showing is None and self.ahead is not None:
            self.showing, self.ahead = self.ahead, None
            self.waits += 1
        return taken

    def _post(self, assignment: int, act: str, fields: list[tuple[str, str]]) -> dict[str, object]:
        path = f"/p/{self.slug}/rate/{assignment}/{act}/"
        fields = [*fields, ("faces", " ".join(sorted(self.faces)))]
        reply = self.client.post(path, fields, Accept="application/json")
        if reply.status != 200:
            raise Refused(f"{act}: {reply.status} {reply.body[:300]!r}")
        return reply.json()

    def _task(self, reply: dict[str, object]) -> int | None:
        task = reply.get("task")
        if not isinstance(task, dict):
            return None
        self.faces.add(task.get("face", ""))
        return int(task["id"])
