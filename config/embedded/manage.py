"""``manage``: one Django command with the embedded servers running for as long as it lasts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence

from config.embedded import paths, preparation
from config.embedded.instance import Holder, Instance
from config.embedded.process import SetupError, spawn, wait_until
from config.embedded.serve import embedded_services
from config.embedded.supervisor import Stop, Supervisor, stoppable

OTHER_SECONDS = 60.0

_WITHOUT_TABLES = {"check", "help", "makemigrations", "migrate", "showmigrations", "version"}


def manage(arguments: Sequence[str]) -> int:
    """Run ``manage.py`` with `arguments`; return its exit code. Raises SetupError.

    If another process runs this folder's servers (``./run``, another command), they are used.
    """
    services = embedded_services()
    if not services:
        return _command(arguments)
    instance = Instance()
    while not instance.acquire("manage"):
        with instance.visit() as welcome:
            if welcome and _others_ready(instance):
                return _command(arguments)
        wait_until(lambda: False, 0.1)
    supervisor = Supervisor(on_change=instance.record_children)
    try:
        with stoppable():
            try:
                instance.clear_leftovers()
                supervisor.launch(services)
                supervisor.wait_ready()
                if "database" in services and _wants_tables(arguments):
                    _create_tables(supervisor)
                instance.announce(Holder(os.getpid(), "manage", "", ready=True))
                code = _command(arguments)
                instance.wait_for_guests()
            except Stop:
                code = 130
            finally:
                supervisor.stop()
    finally:
        instance.release()
    return code


def _wants_tables(arguments: Sequence[str]) -> bool:
    """Return whether a command works on tables: those about migrations look after themselves."""
    return bool(arguments) and arguments[0] not in _WITHOUT_TABLES


def _create_tables(supervisor: Supervisor) -> None:
    """Migrate a database that was created just now, so that a first command just works."""
    url = paths.database_url()
    if preparation.applied_migrations(url) < 0:
        preparation.carry_out(["migrate"], supervisor, url)


def _others_ready(instance: Instance) -> bool:
    """Wait for the servers that another process starts; False if it gave up instead."""

    def settled() -> bool:
        holder = instance.holder()
        return holder is None or holder.ready

    if not wait_until(settled, OTHER_SECONDS):
        raise SetupError(
            f"Another process is starting Concord on {paths.data_dir()} and does not get ready: "
            "look there, then try again."
        )
    return instance.holder() is not None


def _command(arguments: Sequence[str]) -> int:
    """Run manage.py on our terminal: Ctrl-C is the command's own affair, `kill` is passed on."""
    command = [sys.executable, str(paths.CHECKOUT / "manage.py"), *arguments]
    child = spawn(command, foreground=True)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return _exit_code(child.wait())
    except Stop:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        raise
    finally:
        signal.signal(signal.SIGINT, before)


def _exit_code(returned: int) -> int:
    """Return the shell's number for a child that a signal ended."""
    return 128 - returned if returned < 0 else returned
