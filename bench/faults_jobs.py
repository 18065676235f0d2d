"""Experiments with jobs that go wrong, other clocks, a backup and an upgrade, under load."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2

from bench.faults_list import FROZEN, Experiment, Patient
from bench.faults_load import wait_for
from bench.instance import CHECKOUT, Instance, free_port
from tests.datasets.bombs import BOMBS
from tests.faults.first_version import kept, load, read, states

#: A child that stands still is ended after a minute, and its job begun again.
PATIENCE = 150.0
#: No process may take more, whatever is imported.
MEMORY = 600e6
#: So far off are the clocks of a second web and a second worker.
AHEAD, BEHIND = "3", "-5"
OPEN = "SELECT count(*) FROM labeling_import WHERE state = 'running'"
KEYS = """
import json
from labeling.models import Judgment
keys = Judgment.objects.exclude(key=None).values_list("key", flat=True)
print(json.dumps([str(key) for key in keys]))
"""


def ask(patient: Patient, content: bytes, kind: str = "application/jsonl") -> str:
    """Send a file to be imported; returns where its report is. Raises RuntimeError."""
    headers = {"Content-Type": kind, "X-CSRFToken": patient.lead.cookies["csrftoken"]}
    path = f"/api/v1/projects/{patient.slug}/imports/"
    reply = patient.lead.request("POST", path, content, headers)
    if reply.status != 202:
        raise RuntimeError(f"the import was refused: {reply.status} {reply.body[:200]!r}")
    return f"{path}{reply.json()['id']}/"


def rows(count: int) -> bytes:
    """That many new rows of JSON Lines."""
    mark = uuid.uuid4().hex[:8]
    texts = {"response_a": "Yes. " * 10, "response_b": "No. " * 10}
    lines = (json.dumps({"prompt": f"{mark} {i}?", **texts}) for i in range(count))
    return "\n".join(lines).encode()


def ended(patient: Patient, places: list[str], seconds: float) -> list[dict[str, object]]:
    """The reports of imports that have come to an end. Raises RuntimeError if they do not."""
    reports: list[dict[str, object]] = []

    def over() -> bool:
        reports[:] = [patient.lead.get(place).json() for place in places]
        return not {str(report["state"]) for report in reports} & {"pending", "running"}

    if not wait_for(over, seconds):
        raise RuntimeError(f"not over: {[report['state'] for report in reports]}")
    return reports


def memory_hungry_job(patient: Patient) -> None:
    """A file that names one text in a thousand rows: 5 GB where it is unpacked."""
    with tempfile.TemporaryDirectory() as folder, _largest(patient) as sizes:
        path = Path(folder) / "bomb.parquet"
        BOMBS["parquet, dictionary"](path, 5000)
        bomb = ask(patient, path.read_bytes(), "application/vnd.apache.parquet")
        (plain,) = ended(patient, [ask(patient, rows(1))], PATIENCE)
        (report,) = ended(patient, [bomb], PATIENCE)
    refused = dict(report["counts"]).get("refused")  # type: ignore[call-overload]
    if plain["state"] != "done" or not (report["error"] or refused or report["left_out"]):
        raise RuntimeError(f"{plain['state']}, {report['state']} without a sentence")
    if sizes and max(sizes) > MEMORY:
        raise RuntimeError(f"a process took {max(sizes) / 1e6:.0f} MB")


def job_that_kills_its_worker(patient: Patient) -> None:
    """Whoever works at an import is killed, until it is given up or done."""
    bomb = ask(patient, rows(10_000))
    session = patient.connect()
    session.autocommit = True
    deadline = time.monotonic() + PATIENCE
    kills = 0
    with contextlib.closing(session), session.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT state FROM labeling_import ORDER BY id DESC LIMIT 1")
            state = (cursor.fetchone() or ("",))[0]
            if state not in {"pending", "running"}:
                break
            # Between a death and the next child there is nobody to kill.
            if state == "running" and (children := patient.find("celery: worker")[1:]):
                patient.kill(children)
                kills += 1
                time.sleep(0.5)
            time.sleep(0.02)
    (report,) = ended(patient, [bomb], 1)
    if kills < 2 or (report["state"] == "failed" and "died" not in str(report["error"])):
        raise RuntimeError(f"{kills} kills, {report['state']}: {report['error']}")


def two_jobs_stuck(patient: Patient) -> None:
    """Both processes of the worker stand still at a job each; a one-row import comes meanwhile."""
    stuck = [ask(patient, rows(10_000)) for _ in range(2)]
    session = patient.connect()
    session.autocommit = True
    with contextlib.closing(session), session.cursor() as cursor:

        def both_run() -> bool:
            cursor.execute(OPEN)
            return cursor.fetchone() == (2,)

        if not wait_for(both_run, 30):
            raise RuntimeError("the two were not at work at one time")
    patient.kill(patient.find("celery: worker")[1:], signal.SIGSTOP)
    reports = ended(patient, [ask(patient, rows(1)), *stuck], PATIENCE)
    if [report["state"] for report in reports] != ["done"] * 3:
        raise RuntimeError(str([report["state"] for report in reports]))


def clocks_differ(patient: Patient) -> None:
    """A second web, three hours ahead, for half of the raters; a worker five hours behind."""
    port = free_port()
    web = ("gunicorn", "-c", "python:config.embedded.web", "-k", "gthread", "--threads", "4")
    bound = ("--no-control-socket", "--bind", f"127.0.0.1:{port}", "config.wsgi:application")
    worker = ("celery", "-A", "config", "worker", "-c", "1", "-l", "ERROR", "-n", "behind@%h")
    refused = len(patient.load.refused)
    with _program(patient, AHEAD, *web, *bound), _program(patient, BEHIND, *worker):
        if not wait_for(lambda: _listens(port), 60):
            raise RuntimeError("the second web did not start")
        moved = patient.load.raters[::2]
        for rater in moved:
            rater.page.client.move(port)
        time.sleep(2 * FROZEN)
        reports = ended(patient, [ask(patient, rows(1)) for _ in range(4)], PATIENCE)
        for rater in moved:
            rater.page.client.move(patient.made.port)
    if len(patient.load.refused) > refused:
        raise RuntimeError(f"refused: {patient.load.refused[-1]}")
    if {str(report["state"]) for report in reports} != {"done"}:
        raise RuntimeError(f"imports: {reports}")
    wrong = "SELECT count(*) FROM labeling_judgment WHERE created_at > now() + interval '1 minute'"
    ((later,),) = read(patient.data / "run" / "postgres", wrong)
    if later:
        raise RuntimeError(f"{later} judgments are of the future")


def backup_and_restore(patient: Patient) -> None:
    """A backup while everybody judges, laid out in another folder: nothing of before is missing."""
    folder = Path(tempfile.mkdtemp(prefix="concord-backup-", dir=patient.made.folder))
    other = Instance(folder)
    before = set(patient.load.keys)
    patient.made.manage("backup", str(folder / "backup"))
    other.manage("restore", str(folder / "backup"))
    lost = before - set(json.loads(other.python(KEYS)))
    if lost or not before:
        raise RuntimeError(f"{len(lost)} of {len(before)} judgments are not in the backup")


def upgrade_with_pending_jobs(patient: Patient) -> None:
    """The folder of the first version, killed at work, beside: it starts, and its jobs end."""
    folder = Path(tempfile.mkdtemp(prefix="concord-first-"))
    other = Instance(folder)
    before, _ties = load(folder / "data")
    sockets = folder / "data" / "run" / "postgres"
    try:
        other.start()
        good = wait_for(lambda: {row[1] for row in states(sockets)} == {"done"}, PATIENCE)
        if not good or kept(sockets) != before:
            raise RuntimeError(f"not as before: {states(sockets)}")
    finally:
        other.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _largest(patient: Patient) -> Iterator[list[float]]:
    """Collects the size of the largest process of the instance, again and again."""
    sizes: list[float] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.1):
            for process in patient.processes():
                with contextlib.suppress(psutil.Error):
                    memory = process.memory_info()
                    sizes.append(memory.rss - memory.shared)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield sizes
    finally:
        stop.set()
        thread.join()


@contextlib.contextmanager
def _program(patient: Patient, hours: str, *words: str) -> Iterator[None]:
    """A program of Concord's beside the instance, on its servers, by a clock of its own."""
    with (patient.made.folder / "beside.log").open("ab") as log:
        program = subprocess.Popen(
            [sys.executable, "-m", "bench.faults_clock", hours, *words],
            cwd=CHECKOUT,
            env=patient.made.environment,
            stdout=log,
            stderr=log,
        )
    try:
        yield
    finally:
        program.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(30)
        program.kill()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


#: What a failing experiment may raise.
FAILURES: tuple[type[Exception], ...] = (
    RuntimeError,
    OSError,
    subprocess.CalledProcessError,
    psycopg2.Error,
)
JOB_EXPERIMENTS: dict[str, Experiment] = {
    function.__name__: function
    for function in (
        memory_hungry_job,
        job_that_kills_its_worker,
        two_jobs_stuck,
        clocks_differ,
        backup_and_restore,
        upgrade_with_pending_jobs,
    )
}
