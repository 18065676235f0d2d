"""What must be done before the web can start, and how to know quickly that nothing must.

A Django process that finds nothing to migrate costs a second and a half. So the last successful
preparation is remembered by the content of what went in, and checked against the database with
one query.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from config.embedded import paths
from config.embedded.process import SetupError
from config.embedded.services import Program
from config.embedded.supervisor import Supervisor

_CODE = ("config", "projects", "labeling")


@dataclass(frozen=True)
class Prepared:
    """The inputs of the last preparation, and how to log in to the demo.

    `closed`: nobody has the published password any more, because others could have come.
    `unfinished`: the demo's further projects are still to be made.
    """

    migrations: str = ""
    applied: int = -1
    static: str = ""
    demo: str = ""
    closed: bool = False
    unfinished: bool = False


def read() -> Prepared:
    """Return what was prepared last; nothing if that is unknown."""
    try:
        return Prepared(**json.loads(_file().read_text()))
    except (OSError, ValueError, TypeError):
        return Prepared()


def write(prepared: Prepared) -> None:
    """Remember what was prepared."""
    draft = _file().with_suffix(".new")
    draft.write_text(json.dumps(asdict(prepared)))
    draft.replace(_file())


def steps(database_url: str) -> list[str]:
    """Return which of ``migrate``, ``static``, ``demo``, ``close`` are needed, in this order."""
    before = read()
    applied = applied_migrations(database_url)
    needed = []
    if before.migrations != migrations_mark() or before.applied != applied or applied < 0:
        needed.append("migrate")
    if before.static != static_mark() or not _static_manifest().exists():
        needed.append("static")
    if wants_demo() and (not before.demo or applied < 0):
        needed.append("demo")
    if is_public() and (not before.closed or "demo" in needed):
        needed.append("close")
    return needed


def is_public() -> bool:
    """Return whether others than this machine's users come: by its address or by a proxy."""
    bind = os.environ.get("CONCORD_BIND", "").strip() or "127.0.0.1"
    public = urlsplit(os.environ.get("CONCORD_URL", "").strip()).hostname
    return not (_is_loopback(bind) and (public is None or _is_loopback(public)))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def wants_demo() -> bool:
    """Return whether the demo is wanted: yes, unless in production or with CONCORD_DEMO=0."""
    said = os.environ.get("CONCORD_DEMO", "").strip().lower()
    return os.environ.get("CONCORD_ENV") != "production" and said not in {"0", "no", "false", "off"}


def carry_out(needed: list[str], supervisor: Supervisor, database_url: str) -> None:
    """Run the needed steps in one Django process and remember them. Raises SetupError."""
    demo_file = paths.run_dir() / "demo-logins.txt"
    command = [sys.executable, "-m", "config.embedded.prepare", str(demo_file), *needed]
    if supervisor.run_to_end(Program("set-up", command, dict(os.environ))) != 0:
        raise SetupError("The set-up did not finish; the lines above say why.")
    done = replace(read(), migrations=migrations_mark(), applied=applied_migrations(database_url))
    if "static" in needed:
        done = replace(done, static=static_mark())
    if "demo" in needed or "close" in needed:
        words = demo_file.read_text().strip() if demo_file.exists() else ""
        words = words or ("seeded" if "demo" in needed else "")
        done = replace(done, demo=words, closed="close" in needed)
    if "demo" in needed:
        done = replace(done, unfinished=True)
    with contextlib.suppress(OSError):  # on a full disk it is done again the next time
        write(done)


def finish_demo(supervisor: Supervisor) -> None:
    """Make the demo's further projects beside the running services, which nobody waits for.

    What does not succeed is tried again by the next start.
    """
    if not (wants_demo() and read().unfinished):
        return
    demo_file = paths.run_dir() / "demo-logins.txt"
    command = [sys.executable, "-m", "config.embedded.prepare", str(demo_file), "kinds"]
    if supervisor.run_to_end(Program("demo", command, dict(os.environ))) == 0:
        with contextlib.suppress(OSError):
            write(replace(read(), unfinished=False))


def applied_migrations(database_url: str) -> int:
    """Return the number of applied migrations; -1 for a new or unreadable database."""
    try:
        connection = psycopg2.connect(database_url, connect_timeout=5)
    except psycopg2.Error:
        return -1
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_migrations")
            row = cursor.fetchone()
            return int(row[0]) if row else -1
    except psycopg2.Error:
        return -1
    finally:
        connection.close()


def migrations_mark() -> str:
    """Return a mark of every migration: ours by content, those of packages by their lock."""
    files = [f for part in _CODE for f in (paths.CHECKOUT / part).rglob("migrations/*.py")]
    return _mark([*files, paths.CHECKOUT / "requirements.txt"], by_content=True)


def static_mark() -> str:
    """Return a mark of every static file: ours by size and time, those of packages by lock."""
    files = [f for f in (paths.CHECKOUT / "static").rglob("*") if f.is_file()]
    return _mark([*files, paths.CHECKOUT / "requirements.txt"], by_content=False)


def _mark(files: Iterable[Path], *, by_content: bool) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        status = file.stat()
        said = (
            file.read_bytes() if by_content else f"{status.st_size} {status.st_mtime_ns}".encode()
        )
        digest.update(f"{file.relative_to(paths.CHECKOUT)}\0{len(said)}\0".encode() + said)
    return digest.hexdigest()


def _static_manifest() -> Path:
    return paths.data_dir() / "static" / "staticfiles.json"


def _file() -> Path:
    return paths.run_dir() / "prepared.json"
