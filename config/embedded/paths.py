"""Where an instance keeps its files, and the URLs of its own database and broker.

Standard library only and free of side effects: the settings import this module, and nothing here
creates a file. ``CONCORD_DATA`` names the instance; two different folders are two instances that
can run side by side.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from urllib.parse import quote

CHECKOUT = Path(__file__).resolve().parent.parent.parent

DATABASE_NAME = "concord"
DATABASE_USER = "postgres"

#: ``sun_path`` holds 108 bytes on Linux and 104 on macOS and the BSDs, its closing NUL included.
MAX_SOCKET_PATH = 103 if os.uname().sysname != "Linux" else 107

_POSTGRES_SOCKET_NAME = ".s.PGSQL.5432"
_BROKER_SOCKET_NAME = "valkey.sock"


def data_dir() -> Path:
    """Return the instance's folder: ``CONCORD_DATA``, or ``var/`` in the checkout. Absolute."""
    configured = os.environ.get("CONCORD_DATA", "").strip()
    return Path(configured).expanduser().absolute() if configured else CHECKOUT / "var"


def postgres_dir() -> Path:
    """Return the folder of the embedded PostgreSQL's data."""
    return data_dir() / "postgres"


def broker_dir() -> Path:
    """Return the folder of the embedded broker's append-only file."""
    return data_dir() / "broker"


def run_dir() -> Path:
    """Return the folder of locks, process ids, logs and (where they fit) sockets."""
    return data_dir() / "run"


def postgres_socket_dir() -> Path:
    """Return the folder of the embedded PostgreSQL's socket, short enough for the kernel."""
    return _socket_dir("postgres", _POSTGRES_SOCKET_NAME)


def broker_socket() -> Path:
    """Return the path of the embedded broker's socket, short enough for the kernel."""
    return _socket_dir("broker", _BROKER_SOCKET_NAME) / _BROKER_SOCKET_NAME


def database_url() -> str:
    """Return the URL of the instance's own PostgreSQL."""
    return socket_database_url(postgres_socket_dir())


def socket_database_url(sockets: Path) -> str:
    """Return the URL of a PostgreSQL with its socket in `sockets`, percent-encoded as host."""
    return f"postgres://{DATABASE_USER}@{quote(str(sockets), safe='')}/{DATABASE_NAME}"


def broker_url() -> str:
    """Return the URL of the instance's own broker."""
    return socket_broker_url(broker_socket())


def socket_broker_url(socket: Path) -> str:
    """Return the URL of a broker on a unix socket, in the form that kombu reads."""
    return f"redis+socket://{quote(str(socket))}"


def _socket_dir(server: str, name: str) -> Path:
    """Return ``run/<server>`` of the instance, or a short folder named by its hash if too long.

    The short one lies in ``/tmp`` rather than in ``TMPDIR``: ``./run`` in one terminal and
    ``./run manage`` in another must agree on it whatever their environments say. Who creates it
    checks that it is theirs (:func:`config.embedded.process.private_dir`).
    """
    preferred = run_dir() / server
    if len(os.fsencode(preferred / name)) <= MAX_SOCKET_PATH:
        return preferred
    digest = hashlib.sha256(os.fsencode(data_dir())).hexdigest()[:16]
    return Path("/tmp") / f"concord-{digest}-{server}"  # noqa: S108 - ownership is checked
