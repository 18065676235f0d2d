"""``serve``: the whole of Concord in the foreground, from an empty folder to the first page."""

from __future__ import annotations

import http.client
import importlib
import os
import socket

from config import env
from config.embedded import paths, preparation
from config.embedded.housekeeping import Housekeeping
from config.embedded.instance import Holder, Instance
from config.embedded.logs import Log
from config.embedded.postgres import Postgres
from config.embedded.process import SetupError, complain, say
from config.embedded.services import Forked, Service
from config.embedded.supervisor import Stop, Supervisor, stoppable
from config.embedded.valkey import Valkey
from config.embedded.watching import ASK_WEB, Question, Watch

#: A main loop comes round every second or two; so many without that, and it stands still.
LOOP_PATIENCE = 25.0
#: All threads of the web may be at work, but not for so long.
WEB_INTERVAL, WEB_PATIENCE = 10.0, 120.0


def serve() -> int:
    """Run until somebody stops us; return an exit code. Raises SetupError."""
    host, port = listen_address()
    address = f"http://{_in_address(_reachable(host))}:{port}"
    instance = Instance()
    if not instance.acquire("serve", address):
        raise SetupError(_taken(instance.holder()))
    own_log = Log(paths.run_dir() / "supervisor.log")

    def tell(sentence: str) -> None:
        complain(sentence)
        own_log.write(sentence)

    supervisor = Supervisor(
        on_change=instance.record_children, on_tick=Housekeeping(tell).look, tell=tell
    )
    try:
        with stoppable():
            try:
                instance.clear_leftovers()
                check_port(host, port)
                _start(supervisor, host, port)
                _await_web(supervisor, host, port)
                supervisor.settle()
                instance.announce(Holder(os.getpid(), "serve", address, ready=True))
                _welcome(host, port, address)
                preparation.finish_demo(supervisor)
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


def where_others_come(host: str, port: int) -> str:
    """Return how others than this machine's users reach what listens on `host`.

    Under which of its names and addresses others see this machine, it cannot know.
    """
    if url := os.environ.get("CONCORD_URL", "").strip():
        return f"Others come to {url}"
    name = "NAME-OF-THIS-MACHINE" if _reachable(host) != host else _in_address(host)
    return (
        f"Others come to http://{name}:{port}: set CONCORD_URL to that address, "
        "or the links in mails and invitations lead to 127.0.0.1."
    )


def web_options(host: str, port: int) -> dict[str, object]:
    """Return gunicorn's settings: threads, because pages wait for the database.

    A worker whose loop does not come round within the timeout is replaced; requests may take
    longer, they run in threads.
    """
    return {
        "bind": f"{_in_address(host)}:{port}",
        "workers": env.number("WEB_CONCURRENCY", 2, least=1),
        "threads": env.number("WEB_THREADS", 4, least=1),
        "preload_app": True,
        "keepalive": 30,
        "timeout": 20,
        "graceful_timeout": 5,
        "loglevel": "warning",
        # What workers touch to show that they live must not depend on room on a disk.
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108
    }


def _start(supervisor: Supervisor, host: str, port: int) -> None:
    options = web_options(host, port)  # before gunicorn is imported, which reads some of them too
    children = env.number("WORKER_CONCURRENCY", 2, least=1)
    supervisor.launch(embedded_services())
    # A line a request would hide everything else that the terminal says.
    os.environ.setdefault("CONCORD_REQUEST_LOG", str(paths.run_dir() / "requests.log"))
    # Only here: Django takes seconds and memory to load, and commands need neither.
    programs = importlib.import_module("config.embedded.programs")
    programs.load()
    supervisor.wait_ready()
    database_url = os.environ.get("DATABASE_URL") or paths.database_url()
    if needed := preparation.steps(database_url):
        preparation.carry_out(needed, supervisor, database_url)
    supervisor.launch(
        {
            "web": Forked(
                "web",
                title="gunicorn: web",
                target=lambda: programs.web(options),
                expendable=200,
                log=Log(paths.run_dir() / "web.log"),
                watch=Watch(LOOP_PATIENCE),
                question=Question(lambda: (_reachable(host), port), ASK_WEB, WEB_INTERVAL),
                unanswered=Watch(WEB_PATIENCE),
            ),
            "worker": Forked(
                "worker",
                title="celery: worker",
                target=lambda: programs.worker("concord", concurrency=children),
                expendable=400,
                log=Log(paths.run_dir() / "worker.log"),
                watch=_loop_watch(),
            ),
            "beat": Forked(
                "beat",
                title="celery: beat",
                target=programs.beat,
                expendable=100,
                log=Log(paths.run_dir() / "beat.log"),
                watch=_loop_watch(),
            ),
        }
    )


def _loop_watch() -> Watch | None:
    """Watch the loop of a worker or beat, which stands still without a broker.

    Of one that is not ours we do not know whether it is there: nobody is blamed then.
    """
    return None if os.environ.get("CELERY_BROKER_URL") else Watch(LOOP_PATIENCE)


def _await_web(supervisor: Supervisor, host: str, port: int) -> None:
    """Keep supervising until the web answers that it and its database are well."""
    supervisor.run(until=lambda: _answers(_reachable(host), port))


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _reachable(host: str) -> str:
    """Return the address under which we ourselves reach what listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _welcome(host: str, port: int, address: str) -> None:
    say(f"\nConcord is running at {address}   (Ctrl-C stops it)")
    if preparation.is_public():
        say(where_others_come(host, port))
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
