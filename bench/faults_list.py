"""The experiments: each breaks something of a running instance; what mends it must be Concord."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg2

from bench.client import Client
from bench.faults_load import Load
from bench.instance import Instance

#: How long something stays frozen, or away.
FROZEN = 15.0
Experiment = Callable[["Patient"], None]


@dataclass
class Patient:
    """A running instance, by its processes; its load, its lead and the project of both."""

    made: Instance
    load: Load
    lead: Client
    slug: str

    @property
    def data(self) -> Path:
        """Its folder of data."""
        return self.made.folder / "data"

    def processes(self) -> list[psutil.Process]:
        """The supervisor and everything below it, parents first."""
        assert self.made.process is not None
        root = psutil.Process(self.made.process.pid)
        return [root, *root.children(recursive=True)]

    def find(self, *words: str) -> list[psutil.Process]:
        """Processes whose title or command line holds all of these words, parents first.

        Web, worker and beat are forks: "gunicorn: web", "celery: worker", "celery: beat", and
        their own children have the same title.
        """
        matches = []
        for process in self.processes()[1:]:
            with contextlib.suppress(psutil.Error):
                line = " ".join(process.cmdline())
                if all(word in line for word in words):
                    matches.append(process)
        return matches

    def kill(self, processes: list[psutil.Process], number: int = signal.SIGKILL) -> None:
        """Send a signal to each. Raises RuntimeError where there is nobody to send it to."""
        if not processes:
            raise RuntimeError("there is no such process")
        for process in processes:
            with contextlib.suppress(psutil.Error):
                process.send_signal(number)

    @contextlib.contextmanager
    def frozen(self, processes: list[psutil.Process]) -> Iterator[None]:
        """Stops processes for as long as the block lasts."""
        self.kill(processes, signal.SIGSTOP)
        try:
            yield
        finally:
            with contextlib.suppress(RuntimeError):
                self.kill(processes, signal.SIGCONT)

    def connect(self) -> psycopg2.extensions.connection:
        """A session of one's own on its database."""
        sockets = self.data / "run" / "postgres"
        return psycopg2.connect(host=str(sockets), user="postgres", dbname="concord")

    def signs_after(self, moment: float) -> bool:
        """Whether web, worker and beat have all written a sign of life since a Unix time."""
        try:
            session = self.connect()
        except psycopg2.Error:
            return False
        try:
            with session.cursor() as cursor:
                cursor.execute(
                    "SELECT count(DISTINCT kind) FROM labeling_heartbeat"
                    " WHERE kind IN ('web', 'worker', 'beat') AND seen_at > to_timestamp(%s)",
                    [moment],
                )
                row = cursor.fetchone()
        except psycopg2.Error:
            return False
        finally:
            session.close()
        return row is not None and row[0] == 3

    def broker(self, *words: str) -> bytes:
        """A command to its broker, and the beginning of the reply."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(self.data / "run" / "broker" / "valkey.sock"))
            parts = b"".join(b"$%d\r\n%s\r\n" % (len(w), w.encode()) for w in words)
            client.sendall(b"*%d\r\n%s" % (len(words), parts))
            return client.recv(4096)

    def crash(self) -> None:
        """Kill everything at one moment, as a power cut does."""
        everything = self.processes()
        self.kill(everything)
        psutil.wait_procs(everything, 30)

    def start_again(self) -> None:
        """The one thing that a person does after a power cut."""
        self.made.start()


def web_worker_killed(patient: Patient) -> None:
    """One of the processes that answer."""
    patient.kill(patient.find("gunicorn")[-1:])


def web_killed(patient: Patient) -> None:
    """All of the web."""
    patient.kill(patient.find("gunicorn"))


def web_worker_frozen(patient: Patient) -> None:
    """One of the processes that answer stands still, and is not let go."""
    patient.kill(patient.find("gunicorn")[-1:], signal.SIGSTOP)


def worker_killed(patient: Patient) -> None:
    """All of the background work."""
    patient.kill(patient.find("celery: worker"))


def worker_child_killed(patient: Patient) -> None:
    """One of the processes that do background work."""
    patient.kill(patient.find("celery: worker")[-1:])


def worker_frozen(patient: Patient) -> None:
    """All of the background work stands still, and is not let go."""
    patient.kill(patient.find("celery: worker"), signal.SIGSTOP)


def beat_killed(patient: Patient) -> None:
    """The clock that sweeps."""
    patient.kill(patient.find("celery: beat"))


def broker_killed(patient: Patient) -> None:
    """The broker."""
    patient.kill(patient.find("valkey-server"))


def broker_frozen(patient: Patient) -> None:
    """The broker stands still for a while."""
    with patient.frozen(patient.find("valkey-server")):
        time.sleep(FROZEN)


def broker_refuses_writes(patient: Patient) -> None:
    """The broker takes nothing for a while, as with a full memory."""
    patient.broker("CONFIG", "SET", "maxmemory", "1")
    time.sleep(FROZEN)
    patient.broker("CONFIG", "SET", "maxmemory", "0")


def database_session_killed(patient: Patient) -> None:
    """One session of the database: it then ends all others by itself."""
    patient.kill(patient.find("postgres:", "concord")[-1:])


def database_killed(patient: Patient) -> None:
    """The database's first process; its sessions notice later."""
    patient.kill(patient.find("postgres", "-D")[:1])


def database_killed_at_work(patient: Patient) -> None:
    """The database's first process, while a session computes and holds its memory."""
    session = patient.connect()
    with session.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    poll = psycopg2.connect(session.dsn, async_=1)
    deadline = time.monotonic() + 5
    while poll.poll() != psycopg2.extensions.POLL_OK and time.monotonic() < deadline:
        time.sleep(0.01)
    poll.cursor().execute("SELECT count(*) FROM generate_series(1, 2000000000)")
    time.sleep(0.5)
    database_killed(patient)
    time.sleep(1)
    poll.close()
    session.close()


def database_frozen(patient: Patient) -> None:
    """The whole database stands still for a while."""
    with patient.frozen(patient.find("postgres")):
        time.sleep(FROZEN)


def supervisor_killed(patient: Patient) -> None:
    """The supervisor alone; everything below ends with it, and somebody starts it again."""
    everything = patient.processes()
    patient.kill(everything[:1])
    psutil.wait_procs(everything, 60)
    patient.start_again()


def everything_killed(patient: Patient) -> None:
    """All processes at one moment, and a start."""
    patient.crash()
    patient.start_again()


def power_cut(patient: Patient) -> None:
    """All at one moment, and what is left names processes that are others' by now."""
    patient.crash()
    for path in (patient.data / "run").rglob("*lock*"):
        if path.name.startswith(".s.PGSQL"):
            lines = path.read_text().splitlines()
            path.write_text("\n".join(["1", *lines[1:]]) + "\n")
    pid_file = patient.data / "postgres" / "postmaster.pid"
    if pid_file.exists():
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(psutil.Process().pid), *lines[1:]]) + "\n")
    (patient.data / "run" / "children.json").write_text(f'[[{psutil.Process().pid}, "0"]]')
    patient.start_again()


def broker_file_damaged(patient: Patient) -> None:
    """A power cut in the middle of the broker's file."""
    patient.crash()
    for path in (patient.data / "broker").rglob("*.aof"):
        path.write_bytes(b"*3\r\n$3\r\nSET\r\nnonsense" + path.read_bytes()[10:])
    patient.start_again()


def disk_full(patient: Patient) -> None:
    """No byte is free for a while. Needs `--disk`, a small file system of the instance's own."""
    filler = patient.data / "filler"
    with contextlib.suppress(OSError), filler.open("wb") as file:
        while True:
            file.write(b"\0" * 2**20)
    time.sleep(FROZEN)
    filler.unlink()
    shutil.rmtree(patient.data / "tmp", ignore_errors=True)


EXPERIMENTS: dict[str, Experiment] = {
    function.__name__: function
    for function in (
        web_worker_killed,
        web_killed,
        web_worker_frozen,
        worker_child_killed,
        worker_killed,
        worker_frozen,
        beat_killed,
        broker_killed,
        broker_frozen,
        broker_refuses_writes,
        database_session_killed,
        database_killed,
        database_killed_at_work,
        database_frozen,
        supervisor_killed,
        everything_killed,
        power_cut,
        broker_file_damaged,
        disk_full,
    )
}
