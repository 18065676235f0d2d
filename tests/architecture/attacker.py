"""Sends hostile values to every address and keeps those that end in a server error."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client

from tests.architecture.hostile import (
    BODIES,
    FITTING,
    JSONS,
    TEXTS,
    PostedForm,
    forms_of,
    json_with,
    query_names,
    with_value,
)

_FORM = "application/x-www-form-urlencoded"
_PARAMETER = re.compile(r"<(\w+:)?\w+>")
#: Picks, for a place, which of the values are sent there.
Pick = Callable[[str, dict[str, str]], Iterable[str]]


class Attacker:
    """One person's client, who sends what `pick` says of each kind of value to each place."""

    def __init__(self, client: Client, path_of: Callable[[str], str], pick: Pick) -> None:
        self.client = client
        self.path_of = path_of
        self.pick = pick
        self.sent = 0
        self.errors: list[str] = []
        self._raised = ""
        got_request_exception.connect(self._note)

    def _note(self, **_signal: object) -> None:
        self._raised = repr(sys.exc_info()[1])[:160]

    def _send(self, verb: str, path: str, what: str, body: bytes = b"", kind: str = _FORM) -> None:
        self.sent += 1
        self._raised = ""
        with transaction.atomic():
            status = self.client.generic(verb, path, body, content_type=kind).status_code
            transaction.set_rollback(True)
        if status >= 500 or self._raised:
            self.errors.append(f"{verb} {path[:80]} {what}: {status} {self._raised}")

    def paths(self, calls: Iterable[tuple[str, str]]) -> None:
        """Hostile values in each place of each address."""
        for verb, route in calls:
            for place in _PARAMETER.finditer(route):
                if route.endswith("^.*$"):
                    continue
                values = {name: text for name, text in TEXTS.items() if len(text) < 10_000}
                for name in self.pick(f"{verb} {route} {place[0]}", values):
                    hostile = f"{route[: place.start()]}\x01{route[place.end() :]}"
                    path = self.path_of(hostile).replace("\x01", values[name])
                    self._send(verb, path, f"{place[0]}: {name}")

    def queries(self, routes: Iterable[str]) -> None:
        """Hostile values in every parameter of every address that is read."""
        for route in routes:
            # The documentation is made anew each time, which takes a second.
            names = ["version"] if "schema" in route else query_names(self.path_of(route))
            for parameter in names:
                for name in self.pick(f"{route} {parameter}", TEXTS):
                    query = f"{parameter}={TEXTS[name]}"
                    self._send("GET", f"{self.path_of(route)}?{query}", f"{parameter}: {name}")

    def forms(self, paths: Iterable[str]) -> None:
        """Hostile values in every field of every form on these pages."""
        for form in forms_of(self.client, list(paths)):
            for name in form.fields:
                for value in self.pick(f"{form.route} {name}", TEXTS):
                    self._submit(form, name, value)
            if form.method == "post":
                for value in self.pick(form.route, TEXTS):
                    self._submit(form, "answer.items", value)

    def _submit(self, form: PostedForm, name: str, value: str) -> None:
        body = with_value(form.fields, name, TEXTS[value])
        if form.method == "post":
            self._send("POST", form.action, f"{name}: {value}", body.encode())
        else:
            self._send("GET", f"{urlsplit(form.action).path}?{body}", f"{name}: {value}")

    def bodies(self, routes: Iterable[str], fields: dict[str, list[str]]) -> None:
        """Hostile JSON as body and as each field of every call."""
        for route in routes:
            path, fitting = self.path_of(route), FITTING.get(route, {})
            for name in self.pick(route, dict.fromkeys(BODIES, "")):
                self._send("POST", path, name, BODIES[name], "application/json")
            for field in [*dict.fromkeys([*fitting, *fields.get(route, [])]), "items"]:
                for name in self.pick(f"{route} {field}", dict.fromkeys(JSONS, "")):
                    body = json_with(fitting, field, JSONS[name])
                    self._send("POST", path, f"{field}: {name}", body, "application/json")

    def headers(self, path: str) -> None:
        """Hostile values in what is read of a request beside its address and body."""
        names = "Authorization Cookie Accept Accept-Language Referer X-Request-ID If-None-Match"
        for header in (*names.split(), "X-Concord-Account", "X-Forwarded-For", "Range"):
            for value in ("a\x00b", "Token \x00", "sessionid=\x00", "9" * 5000, "\u00ff" * 100):
                with transaction.atomic():
                    reply = Client(raise_request_exception=False).get(path, headers={header: value})
                    transaction.set_rollback(True)
                self.sent += 1
                if reply.status_code >= 500:
                    self.errors.append(f"{header}: {value[:20]!r}: {reply.status_code}")
