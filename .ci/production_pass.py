"""A short pass of the production set-up, as an operator would run it.

PostgreSQL and the Redis protocol over TCP with passwords and by URL, gunicorn, two worker
processes and beat: log in, import, rate, release, download. The last line counts the steps.
"""

# ruff: noqa: S101, S105, S603, T201
from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

from bench.client import Client, FormRater, log_in  # noqa: E402
from config.embedded.postgres import Postgres  # noqa: E402
from config.embedded.process import spawn  # noqa: E402
from config.embedded.valkey import Valkey  # noqa: E402

PASSWORD = "a long pass phrase of ours"
HTTPS = {"X-Forwarded-Proto": "https"}  # what the proxy in front says


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """The servers and programs of one production site in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        run = folder / "run"
        self.database = Postgres(
            folder / "pg", run / "pg", run / "pg.log", listen=(free_port(), secrets.token_hex())
        )
        self.broker = Valkey(
            folder / "broker", run / "b" / "s", run / "b.log", listen=(free_port(), "pass-word")
        )
        self.programs: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **os.environ,
            "CONCORD_ENV": "production",
            "CONCORD_SECRET_KEY": secrets.token_urlsafe(50),
            "CONCORD_HOSTS": "127.0.0.1",
            "CONCORD_URL": "https://127.0.0.1",
            "CONCORD_SMTP_HOST": "mail.example.org",
            "CONCORD_DATA": str(folder / "data"),
            "DATABASE_URL": self.database.url(),
            "CELERY_BROKER_URL": self.broker.url(),
        }

    def manage(self, *arguments: str) -> str:
        """Run a management command; return what it prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"{arguments[0]}: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def start(self, *command: str) -> None:
        """Start a program of the site."""
        log = (self.folder / "programs.log").open("ab")
        program = spawn(command, env=self.environment, output=log, cwd=CHECKOUT)
        self.programs.append(program)

    def stop(self) -> None:
        """Stop everything, programs before servers."""
        for program in self.programs:
            program.terminate()
        for program in self.programs:
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.wait(30)
            program.kill()
        self.broker.stop()
        self.database.stop()

    def client(self) -> Client:
        """Return a browser without a session, behind the proxy."""
        origin = f"https://127.0.0.1:{self.port}"
        return Client("127.0.0.1", self.port, extra={**HTTPS, "Referer": f"{origin}/"})


def start_servers(site: Site) -> None:
    """PostgreSQL and the broker answer on TCP and ask for their passwords."""
    site.database.start()
    site.broker.start()
    site.manage("migrate", "--verbosity", "0")
    site.manage("collectstatic", "--noinput", "--verbosity", "0")


def start_programs(site: Site) -> None:
    """gunicorn, two worker processes and beat start, and the health page says ok."""
    worker = (sys.executable, "-m", "celery", "--quiet", "-A", "config", "worker", "-l", "WARNING")
    for name in ("one", "two"):
        site.start(*worker, "--concurrency", "1", "--hostname", f"{name}@%h")
    beat = str(site.folder / "beat")
    site.start(sys.executable, "-m", "celery", "-A", "config", "beat", "--schedule", beat)
    web = (sys.executable, "-m", "gunicorn", "-c", "python:config.embedded.web")
    many = ("-w", "2", "--threads", "4", "--preload", "--no-control-socket")
    site.start(*web, *many, "--bind", f"127.0.0.1:{site.port}", "config.wsgi:application")

    def healthy() -> bool:
        try:
            return site.client().get("/healthz").status == 200
        except OSError:
            return False

    wait_for(healthy, 60)


def make_project(site: Site) -> None:
    """The commands make people, a project and tasks."""
    site.manage("create_user", "lena@example.com", "--password", PASSWORD)
    slug = site.manage("create_project", "Pass", "--lead", "lena@example.com", "--overlap", "1")
    assert slug == "pass", slug
    site.manage("create_user", "rui@example.com", "--password", PASSWORD, "--member", "pass=rater")
    rows = [
        {"id": f"q{i}", "prompt": f"What is {i} + {i}?", "responses": pair(i)} for i in range(12)
    ]
    file = site.folder / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    site.manage("import_tasks", "pass", str(file))


def pair(i: int) -> list[dict[str, str]]:
    """Return two responses of two models."""
    return [
        {"id": f"q{i}-a", "model": "m1", "content": f"It is {2 * i}."},
        {"id": f"q{i}-b", "model": "m2", "content": f"I think {3 * i}, roughly."},
    ]


def rate(site: Site) -> None:
    """A rater logs in, reads the guideline, and judges ten tasks by form."""
    client = site.client()
    log_in(client, "rui@example.com", PASSWORD)
    page = client.get("/p/pass/rate/").body.decode()
    guideline = re.search(r'name="guideline" value="(\d+)"', page)
    if guideline:
        reply = client.post("/p/pass/rate/guideline/", [("guideline", guideline[1])])
        assert reply.status == 302, reply
    rater = FormRater(client, "pass", [("answer.overall", "-1")])
    rater.answers = required_answers(client.get("/p/pass/rate/").body.decode())
    for _ in range(10):
        rater.open()
        reply = rater.submit()
        assert reply.status == 302, reply.body[:500]


def required_answers(page: str) -> list[tuple[str, str]]:
    """Return the first option of every question on the page."""
    options: dict[str, str] = {}
    for name, value in re.findall(r'type="radio" name="(answer\.[^"]+)" value="([^"]+)"', page):
        options.setdefault(name, value)
    return list(options.items())


def release(site: Site) -> None:
    """The lead asks for a release over the API; a worker builds it; its files download."""
    token = site.manage("create_token", "lena@example.com").split()[-1]
    client = site.client()
    client.extra["Authorization"] = f"Token {token}"
    body = json.dumps({"recipe": "majority", "format": "native"}).encode()
    kind = {"Content-Type": "application/json"}
    asked = client.request("POST", "/api/v1/projects/pass/releases/", body, kind)
    assert asked.status == 202, asked.body
    number = asked.json()["number"]
    where = f"/api/v1/projects/pass/releases/{number}/"

    def done() -> bool:
        state = client.get(where).json()["state"]
        assert state != "failed", client.get(where).body
        return str(state).lower() == "done"

    wait_for(done, 60)
    card = client.get(f"{where}files/README.md")
    assert card.status == 200, card
    assert b"preference" in card.body
    part = client.get(f"{where}files/manifest.json", Range="bytes=0-9")
    assert part.status == 206, part
    assert len(part.body) == 10, part


def lose_a_worker(site: Site) -> None:
    """With one of the two workers killed, the other builds the next release."""
    site.programs[0].kill()
    release(site)


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    """Wait until `condition` holds. Raises AssertionError if it does not."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{condition.__qualname__}: not within {seconds} s"
        time.sleep(0.2)


def main() -> int:
    """Carry out the steps until one fails; print how many held."""
    folder = Path(tempfile.mkdtemp(prefix="concord-ci-"))
    site = Site(folder)
    steps = [start_servers, make_project, start_programs, rate, release, lose_a_worker]
    passed = failed = 0
    try:
        for step in steps:
            try:
                step(site)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is said and counted
                print(f"{step.__name__}: {type(error).__name__}: {error}")
                log = folder / "programs.log"
                print(log.read_text(errors="replace")[-4000:] if log.exists() else "")
                failed += 1
                break
            print(f"{step.__name__}: ok")
            passed += 1
    finally:
        site.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
