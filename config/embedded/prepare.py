"""The Django side of a start: migrate, collect static files, seed the demo, in one process.

``python -m config.embedded.prepare DEMO_FILE [migrate] [static] [demo] [close]`` writes how to log
in to the demo to DEMO_FILE. With ``close``, its people have passwords of their own: these are
printed this once and written nowhere. ``kinds`` makes the demo's further projects, beside the
services that run by then.
"""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
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
        private = "close" in steps
        call_command("seed_demo", stdout=printed, random_passwords=private, first=True)
        _show_log_ins(printed.getvalue(), demo_file, private="close" in steps)
    elif "close" in steps:
        _close_demo(demo_file)
    if "kinds" in steps:
        _add_kinds()
    return 0


def _add_kinds() -> None:
    """Add a demo project of each further kind, behind whatever people do meanwhile."""
    os.nice(10)
    if made := import_module("labeling.demo.kind_seed").seed_kinds():
        say(f"{len(made)} more demo projects are there: one of each further kind of judgment.")
    if import_module("labeling.demo.joining").seed_joining():
        say("One more demo project is there: raters who train and qualify first.")


def _close_demo(demo_file: Path) -> None:
    """Replace the passwords that everybody knows, where a demo has been seeded with them."""
    demo = import_module("labeling.demo.passwords")  # Django is ready only now
    if passwords := demo.replace_published_passwords():
        say("Others can reach this address: the published passwords of the demo are no more.")
        _show_log_ins("\n".join(demo.log_in_lines(passwords)), demo_file, private=True)


def _show_log_ins(text: str, demo_file: Path, *, private: bool) -> None:
    """Keep how to log in for every start; what nobody else may know is shown now."""
    if private:
        say(text)
        text = "\n".join(import_module("labeling.demo.passwords").log_in_lines({}))
    demo_file.write_text(text)


def _collect_static() -> None:
    """Collect what pages use, compressed once.

    Left out are the compression of source maps, and a second API viewer that no page shows.
    """
    settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["redoc"])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
