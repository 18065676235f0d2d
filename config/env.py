"""Typed readers of environment variables that fail loudly and name the variable."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit


class SettingError(SystemExit):
    """An environment variable is missing or has a value that cannot be used.

    Whatever program loads the settings ends with this sentence and no traceback: gunicorn and
    Celery are not ours to catch it in.
    """


def text(name: str, default: str = "") -> str:
    """The variable's value, or `default` where it is unset or empty."""
    return os.environ.get(name) or default


def flag(name: str, default: bool = False) -> bool:
    """A boolean: 1/true/yes/on or 0/false/no/off. Raises SettingError on anything else."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise SettingError(f"{name} must be 1 or 0, not {value!r}.")


def number(name: str, default: int, least: int = 0) -> int:
    """A whole number, not below `least`. Raises SettingError where the value is none."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdigit()) or int(value) < least:
        raise SettingError(f"{name} must be a whole number from {least} up, not {value!r}.")
    return int(value)


def choice(name: str, values: list[str], default: int) -> str:
    """One of `values`, by default that at `default`. Raises SettingError on any other."""
    value = os.environ.get(name, "").strip().lower() or values[default]
    if value not in values:
        raise SettingError(f"{name} must be {' or '.join(values)}, not {value!r}.")
    return value


def server(name: str, default: str, schemes: set[str], example: str) -> str:
    """The address of a server. Raises SettingError where it cannot be one of these `schemes`.

    The value is not shown: it may hold a password.
    """
    value = text(name, default)
    try:
        parts = urlsplit(value)
        is_right = parts.scheme in schemes and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right:
        raise SettingError(f"{name} must be an address like {example}.")
    return value


def words(name: str, default: list[str]) -> list[str]:
    """A comma-separated list without blanks."""
    value = os.environ.get(name, "")
    return [word.strip() for word in value.split(",") if word.strip()] or default


def secret_key(*, production: bool, data_dir: Path) -> str:
    """The signing key: CONCORD_SECRET_KEY, else one generated once and kept beside the data.

    Raises SettingError in production where the variable is missing: a key that lives on one
    machine's disk would log everybody out on the next machine.
    """
    if key := os.environ.get("CONCORD_SECRET_KEY"):
        return key
    if production:
        raise SettingError("Set CONCORD_SECRET_KEY: production needs a key of its own.")
    path = data_dir / "secret_key"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return _create_secret(path)


def _create_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = secrets.token_urlsafe(50)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process of the same start was quicker
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
    return key
