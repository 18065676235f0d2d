"""Today's Concord on what its first version left: data, files, and jobs that were under way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.client import Client, FormRater, log_in
from config.embedded.postgres import Postgres
from tests.config.instances import FirstStart, command, copy_folder, running, wait_for
from tests.faults.first_version import SLUG, TIES_AFTER, Rows, kept, load, read, states

pytestmark = pytest.mark.kill

RATER, LEAD, PASSWORD = "rui@example.com", "lena@example.com", "concord-demo"
LEASES = (
    "SELECT a.id FROM labeling_assignment a JOIN projects_user u ON u.id = a.rater_id"
    " WHERE a.state = 'leased' AND u.email = %s"
)


def client_of(port: int, email: str) -> Client:
    """A browser that has logged in with the password that it always had."""
    client = Client("127.0.0.1", port)
    log_in(client, email, PASSWORD)
    return client


def test_what_the_first_version_left_is_whole_and_goes_on(
    started_once: FirstStart, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("u")  # short, as the names of sockets must be
    data, backup, there = folder / "d", folder / "backup", folder / "e"
    before, ties = load(data)
    # Today's static files are collected in other tests.
    copy_folder(started_once.data / "static", data / "static")
    copy_folder(started_once.data / "run" / "prepared.json", data / "run" / "prepared.json")
    assert len(before["judgments"]) == 182
    sockets = data / "run" / "postgres"
    with running(data) as instance:
        assert instance.status() == 200
        _jobs_end(lambda: states(sockets))
        counts = (
            "SELECT split_part(external_id, '-', 1), count(*) FROM labeling_task"
            " WHERE external_id ~ '^[DRP]' GROUP BY 1 ORDER BY 1"
        )
        assert read(sockets, counts) == [("Done", 40), ("Pending", 25), ("Running", 60)]
        assert kept(sockets) == before
        assert read(sockets, TIES_AFTER) == ties
        _a_rater_goes_on(instance.port, sockets)
        _an_old_release_is_readable(instance.port)
        made = command("manage", "backup", str(backup), data=data)
        assert made.returncode == 0, made.stdout + made.stderr
    restored = command("manage", "restore", str(backup), data=there)
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert (there / "secret_key").read_text() == (data / "secret_key").read_text()
    manifest = there / "releases" / "release-1" / "manifest.json"
    assert manifest.read_bytes() == (data / "releases" / "release-1" / manifest.name).read_bytes()
    sockets = there / "run" / "postgres"
    server = Postgres(there / "postgres", sockets, there / "run" / "postgres.log").start()
    try:
        assert kept(sockets) == before
        assert len(read(sockets, "SELECT id FROM labeling_judgment")) == 183
    finally:
        server.stop()


def _jobs_end(look: Callable[[], Rows]) -> None:
    """The import and the release that died, and those that waited, come to a good end."""
    seen: list[Rows] = []

    def over() -> bool:
        seen.append(look())
        return all(row[1] not in {"pending", "running"} for row in seen[-1])

    wait_for(over, 120, "all jobs have ended")
    assert [row[1] for row in seen[-1]] == ["done"] * 7, seen[-1]


def _a_rater_goes_on(port: int, sockets: Path) -> None:
    """The task that was on the rater's screen is still theirs, and is judged."""
    ((held,),) = read(sockets, LEASES, RATER)
    page = FormRater(client_of(port, RATER), SLUG, [("answer.overall", "-1")])
    assert page.open() == held
    reply = page.submit()
    assert reply.status == 302, reply.body[:500]
    rows = read(sockets, "SELECT id FROM labeling_judgment WHERE assignment_id = %s", held)
    assert len(rows) == 1


def _an_old_release_is_readable(port: int) -> None:
    """Its page opens, and its files have the hashes of its manifest."""
    client = client_of(port, LEAD)
    page = client.get(f"/p/{SLUG}/releases/1/")
    assert page.status == 200
    assert b"05d18ef3351e" in page.body, "the page shows the hash of the release"
    manifest = client.get(f"/p/{SLUG}/releases/1/files/manifest.json")
    assert manifest.status == 200
    files = json.loads(manifest.body)["files"]
    for file in files:
        reply = client.get(f"/p/{SLUG}/releases/1/files/{file['name']}")
        assert reply.status == 200, file
        assert hashlib.sha256(reply.body).hexdigest() == file["sha256"], file
    assert len(files) >= 10
