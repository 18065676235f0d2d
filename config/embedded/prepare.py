"""The Django side of a start: migrate, collect static files, seed the demo, in one process.

``python -m config.embedded.prepare DEMO_FILE [migrate] [static] [demo]`` writes what the demo's
command prints (its log-ins) to DEMO_FILE.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from whitenoise.compress import Compressor

from config.embedded.process import complain, say


def main(arguments: list[str]) -> int:
    """Carry out the named steps in their order; return an exit code."""
    demo_file, steps = Path(arguments[0]), arguments[1:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    try:
        connection.ensure_connection()
    except OperationalError as error:
        complain(f"The database does not answer; check DATABASE_URL. It says: {error}".strip())
        return 1
    if "migrate" in steps:
        say("preparing the database …")
        call_command("migrate", interactive=False, verbosity=0)
    if "static" in steps:
        say("preparing static files …")
        _collect_static()
    if "demo" in steps:
        say("preparing the demo project …")
        printed = io.StringIO()
        call_command("seed_demo", stdout=printed)
        demo_file.write_text(printed.getvalue())
    return 0


def _collect_static() -> None:
    """Collect what pages use, compressed once.

    Left out are the compression of source maps, and a second API viewer that no page shows.
    """
    settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["redoc"])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
