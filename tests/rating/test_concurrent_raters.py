"""64 raters at once over HTTP, while web and worker processes are killed at random.

What was acknowledged is in the database; no task exceeds its overlap; nobody judges a task twice.
The raters are browsers without JavaScript: session cookie, page, form, redirect. They send a form
again when the answer got lost, as an impatient person does.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psutil
import psycopg2
import pytest

from bench.client import Client, Finished, FormRater, Gone, Refused
from config.embedded.paths import DATABASE_NAME, DATABASE_USER
from tests.config.instances import Running, command, running

T = TypeVar("T")

pytestmark = [pytest.mark.instance, pytest.mark.kill]

RATERS = 64
TASKS = 400
OVERLAP = 3
SECONDS = 8.0
PATIENCE = 60.0


@pytest.fixture(scope="module")
def site(data_folder: Path) -> Iterator[tuple[Running, dict[str, object]]]:
    """An instance with a project, its tasks and 64 raters with sessions."""
    facts = data_folder.parent / "facts.json"
    with running(data_folder) as instance:
        code = (
            "from bench import fill; "
            f"fill.main({str(facts)!r}, raters={RATERS}, tasks={TASKS}, overlap={OVERLAP})"
        )
        done = command("manage", "shell", "-c", code, data=data_folder)
        assert done.returncode == 0, done.stderr
        yield instance, json.loads(facts.read_text())


class Person:
    """A rater who goes on whatever happens, and notes what the server has acknowledged."""

    def __init__(self, port: int, made: dict[str, object], session: str) -> None:
        client = Client("127.0.0.1", port, {"sessionid": session}, timeout=30)
        answers = [(str(key), str(value)) for key, value in made["answers"]]  # type: ignore[attr-defined]
        self.page = FormRater(client, str(made["slug"]), answers)
        self.acknowledged: list[int] = []
        self.unexpected: list[str] = []
        self.lost_replies = 0

    def rate_until(self, end: float) -> None:
        """Rate until the time is over or nothing is left; never raises."""
        try:
            while time.monotonic() < end:
                self._persist(self.page.open)
                self._submit()
        except Finished:
            pass
        except Refused as error:
            self.unexpected.append(str(error))

    def _submit(self) -> None:
        cookies = self.page.client.cookies
        cookies.pop("messages", None)
        reply = self._persist(self.page.submit)
        if reply.status == 302 and "messages" not in cookies:  # where a refusal is told
            self.acknowledged.append(self.page.assignment)
        else:
            self.unexpected.append(f"submit: {reply.status} {reply.body[:200]!r}")

    def _persist(self, act: Callable[[], T]) -> T:
        """Repeat a request whose reply was lost, for a while."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return act()
            except Gone:
                self.lost_replies += 1
                if time.monotonic() > deadline:
                    raise Refused("the server did not come back") from None
                time.sleep(0.1)


def kill_at_random(instance: Running, end: float, killed: list[str]) -> None:
    """Kill a web worker, a worker's child or a main process some twenty times."""
    rng = random.Random(20)
    while time.monotonic() < end - 1:
        time.sleep(rng.uniform(0.2, 0.5))
        masters = psutil.Process(instance.process.pid).children()
        word = rng.choice(["gunicorn", "gunicorn", "gunicorn", "celery"])
        mains = [process for process in masters if word in " ".join(process.cmdline()[:4])]
        workers = [child for main in mains for child in main.children()]
        # The main processes too, but seldom: five deaths a minute are more than bad luck.
        victims = mains if rng.random() < 0.08 else workers
        if victims:
            victim = rng.choice(victims)
            victim.kill()
            killed.append(f"{word} {'main' if victim in mains else 'child'}")


def test_nothing_acknowledged_is_lost_and_no_rule_is_broken_under_random_kills(
    site: tuple[Running, dict[str, object]],
) -> None:
    instance, made = site
    sessions: dict[str, str] = made["sessions"]  # type: ignore[assignment]
    people = {email: Person(instance.port, made, key) for email, key in sessions.items()}
    end = time.monotonic() + SECONDS
    killed: list[str] = []
    threads = [threading.Thread(target=p.rate_until, args=(end,)) for p in people.values()]
    threads.append(threading.Thread(target=kill_at_random, args=(instance, end, killed)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS + 4 * PATIENCE)
        assert not thread.is_alive(), "a rater hangs"

    assert len(killed) > 5, killed
    assert len({kind for kind in killed if kind.endswith("child")}) == 2, killed
    assert [p.unexpected for p in people.values() if p.unexpected] == []
    acknowledged = {a for person in people.values() for a in person.acknowledged}
    assert len(acknowledged) > RATERS, "too little happened to prove anything"
    stored = rows(
        instance.data,
        "SELECT assignment_id FROM labeling_judgment WHERE is_current AND NOT withdrawn",
    )
    assert acknowledged <= {row[0] for row in stored}
    assert over_overlap(instance.data) == []
    assert judged_twice(instance.data) == []


def rows(data: Path, query: str) -> list[tuple[int, ...]]:
    connection = psycopg2.connect(
        host=str(data / "run" / "postgres"), user=DATABASE_USER, dbname=DATABASE_NAME
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()
    finally:
        connection.close()


def over_overlap(data: Path) -> list[tuple[int, ...]]:
    """Tasks with more judgments than their overlap, and those that count their places wrongly."""
    return rows(
        data,
        """
        SELECT t.id, t.overlap, t.open_slots, count(a.id)
        FROM labeling_task t
        LEFT JOIN labeling_assignment a ON a.task_id = t.id AND a.state IN ('leased', 'submitted')
        GROUP BY t.id HAVING count(a.id) > t.overlap OR count(a.id) + t.open_slots <> t.overlap
        """,
    )


def judged_twice(data: Path) -> list[tuple[int, ...]]:
    """Raters with two current judgments of one task."""
    return rows(
        data,
        """
        SELECT task_id, rater_id, count(*) FROM labeling_judgment
        WHERE is_current AND NOT withdrawn GROUP BY 1, 2 HAVING count(*) > 1
        """,
    )
