"""``serve``: the whole of Concord in the foreground, from an empty folder to the first page."""

from __future__ import annotations

import http.client
import os
import socket
import sys

from config.embedded import paths, preparation
from config.embedded.instance import Holder, Instance
from config.embedded.postgres import Postgres
from config.embedded.process import SetupError, say
from config.embedded.supervisor import Program, Service, Stop, Supervisor, stoppable
from config.embedded.valkey import Valkey


def serve() -> int:
    """Run until somebody stops us; return an exit code. Raises SetupError."""
    host, port = listen_address()
    address = f"http://{_shown(host)}:{port}"
    instance = Instance()
    if not instance.acquire("serve", address):
        raise SetupError(_taken(instance.holder()))
    supervisor = Supervisor(on_change=instance.record_children)
    try:
        with stoppable():
            try:
                instance.clear_leftovers()
                check_port(host, port)
                _start(supervisor, host, port)
                _await_web(supervisor, host, port)
                supervisor.settled = True
                instance.announce(Holder(os.getpid(), "serve", address, ready=True))
                _welcome(address)
                supervisor.run()
            except Stop:
                say("Stopping …")
            finally:
                supervisor.stop()
    finally:
        instance.release()
    say("Stopped. Nothing is lost; start again with ./run")
    return 0


def embedded_services() -> dict[str, Service]:
    """Return the servers that the environment does not name: database, broker, both or none."""
    services: dict[str, Service] = {}
    if not os.environ.get("DATABASE_URL"):
        services["database"] = Postgres.of_instance()
    if not os.environ.get("CELERY_BROKER_URL"):
        services["broker"] = Valkey.of_instance()
    return services


def listen_address() -> tuple[str, int]:
    """Return CONCORD_BIND (127.0.0.1) and PORT (8000). Raises SetupError for no port number."""
    port = os.environ.get("PORT", "").strip() or "8000"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise SetupError(f"PORT must be a number from 1 to 65535, not {port!r}.")
    return os.environ.get("CONCORD_BIND", "").strip() or "127.0.0.1", int(port)


def check_port(host: str, port: int) -> None:
    """Raise SetupError, naming a way out, if the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            raise SetupError(
                f"Port {port} on {host} is not free ({error.strerror}): stop the program that "
                f"uses it, or choose another with PORT={port + 1 if port < 65535 else 8000} ./run"
            ) from error


def web_command(host: str, port: int) -> list[str]:
    """Return gunicorn's command line: threads, because pages wait for the database.

    `--preload` imports Django once for all workers: half the start time and less memory.
    """
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [
        *(sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", bind),
        *("--workers", os.environ.get("WEB_CONCURRENCY") or "2", "--worker-class", "gthread"),
        *("--threads", os.environ.get("WEB_THREADS") or "4", "--preload", "--keep-alive", "30"),
        *("--timeout", "120", "--graceful-timeout", "5", "--log-level", "warning"),
        *("--no-control-socket", "--config", "python:config.embedded.web"),
    ]


def worker_command() -> list[str]:
    """Return the Celery worker's command line, with beat inside this one worker.

    The schedule is kept in memory: it holds nothing but short intervals.
    """
    return [
        *(sys.executable, "-m", "celery", "--quiet", "-A", "config", "worker"),
        *("--loglevel", "WARNING"),
        *("--concurrency", os.environ.get("WORKER_CONCURRENCY") or "2"),
        *("--beat", "--scheduler", "celery.beat:Scheduler", "--hostname", "concord@%h"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]


def _start(supervisor: Supervisor, host: str, port: int) -> None:
    supervisor.launch(embedded_services())
    supervisor.wait_ready()
    database_url = os.environ.get("DATABASE_URL") or paths.database_url()
    if needed := preparation.steps(database_url):
        preparation.carry_out(needed, supervisor, database_url)
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    # A line a request would hide everything else that the terminal says.
    requests = {"CONCORD_REQUEST_LOG": str(paths.run_dir() / "requests.log")}
    web_environment = {**requests, **environment}
    # Root in a container is what it is; the worker reads JSON only.
    quiet = {**environment, "PYTHONWARNINGS": "ignore:You're running the worker"}
    supervisor.launch(
        {
            "web": Program("web", web_command(host, port), web_environment),
            "worker": Program("worker", worker_command(), quiet),
        }
    )


def _await_web(supervisor: Supervisor, host: str, port: int) -> None:
    """Keep supervising until the web answers that it and its database are well."""
    supervisor.run(until=lambda: _answers(_shown(host), port))


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _shown(host: str) -> str:
    """Return a host that a browser on this machine can open."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - read, not bound


def _welcome(address: str) -> None:
    say(f"\nConcord is running at {address}   (Ctrl-C stops it)")
    if preparation.wants_demo() and (demo := preparation.read().demo):
        say(f"\n{demo}\n")


def _taken(holder: Holder | None) -> str:
    if holder is None or holder.kind == "serve":
        where = f" at {holder.address} (process {holder.pid})" if holder else ""
        return (
            f"Concord is already running on {paths.data_dir()}{where}: open it there, or start "
            "a second instance with CONCORD_DATA=/another/folder PORT=8001 ./run"
        )
    return (
        f"A './run manage' command (process {holder.pid}) is using {paths.data_dir()}: "
        "wait until it has ended, then start again."
    )
