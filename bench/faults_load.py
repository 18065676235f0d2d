"""Raters who go on whatever happens, and remember which judgments were acknowledged."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.client import Client, Finished, FormRater, Gone, Refused

#: Between two judgments of a rater, and before what failed is sent again.
THOUGHT, PATIENCE = 0.3, 0.4
JSON = "application/json"


@dataclass
class Rater:
    """One person at the rating page, as its script behaves: an answer is sent until it is taken."""

    page: FormRater
    acknowledged: list[tuple[float, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    failures: int = 0

    def work(self, stop: threading.Event) -> None:
        """Lease, judge, send, until told to stop or nothing is left."""
        while not stop.is_set():
            try:
                assignment = self.page.open()
            except Finished:
                return
            except (Refused, Gone):
                self.failures += 1
                stop.wait(PATIENCE)
                continue
            self._send(assignment, stop)
            stop.wait(THOUGHT)

    def _send(self, assignment: int, stop: threading.Event) -> None:
        key = str(uuid.uuid4())
        fields = [*self.page.answers, ("key", key), ("active_ms", "900"), ("showing", "elsewhere")]
        path = f"/p/{self.page.slug}/rate/{assignment}/submit/"
        while not stop.is_set():
            try:
                reply = self.page.client.post(path, fields, Accept=JSON)
            except Gone:
                reply = None
            if reply is not None and reply.status == 200 and b'"task"' in reply.body:
                self.acknowledged.append((time.monotonic(), key))
                return
            if reply is not None and reply.status in {409, 422}:
                self.refused.append(f"{reply.status} {reply.body[:200]!r}")
                return
            self.failures += 1
            stop.wait(PATIENCE)


class Load:
    """So many raters, each on a thread, for as long as the experiments last."""

    def __init__(self, port: int, made: dict[str, object], raters: int) -> None:
        sessions = list(dict(made["sessions"]).values())[:raters]  # type: ignore[call-overload]
        answers = [(str(k), str(v)) for k, v in made["answers"]]  # type: ignore[attr-defined]
        self.raters = [
            Rater(
                FormRater(
                    Client("127.0.0.1", port, {"sessionid": str(s)}, timeout=40),
                    str(made["slug"]),
                    answers,
                )
            )
            for s in sessions
        ]
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=rater.work, args=(self._stop,), daemon=True)
            for rater in self.raters
        ]

    def start(self) -> None:
        """Let everybody begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let everybody finish what they are sending."""
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    @property
    def keys(self) -> set[str]:
        """The keys of every judgment that was acknowledged."""
        return {key for rater in self.raters for _at, key in rater.acknowledged}

    @property
    def refused(self) -> list[str]:
        """What the server would not take, with its reasons."""
        return [words for rater in self.raters for words in rater.refused]

    def everybody_since(self, moment: float) -> bool:
        """Whether every rater has had a judgment acknowledged since a moment."""
        return all(
            rater.acknowledged and rater.acknowledged[-1][0] > moment for rater in self.raters
        )

    def wait_everybody(self, seconds: float) -> float | None:
        """Seconds until every rater is served again; None where that takes longer."""
        began = time.monotonic()
        if not wait_for(lambda: self.everybody_since(began), seconds):
            return None
        return time.monotonic() - began


def wait_for(condition: Callable[[], object], seconds: float) -> bool:
    """Poll a condition for so long; whether it came true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
