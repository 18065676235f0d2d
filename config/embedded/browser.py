"""A Chromium for the browser tests: the one that is there, or Debian's, if we may install it."""

from __future__ import annotations

import os
import shutil
import subprocess

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_APT = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu")


def find_chromium() -> str | None:
    """Return the path of a Chromium that runs, CONCORD_CHROMIUM first; None if there is none."""
    named = os.environ.get("CONCORD_CHROMIUM")
    for name in (named,) if named else _NAMES:
        path = shutil.which(name)
        if path and _runs([path, "--version"]):
            return path
    return None


def install_chromium() -> str | None:
    """Install Debian's Chromium as root or with a sudo that asks nothing; return its path."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        prefix: list[str] = []
    elif shutil.which("sudo") and _runs(["sudo", "-n", "true"]):
        prefix = ["sudo", "-n"]
    else:
        return None
    environment = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    for command in (["apt-get", "update", "-qq"], list(_APT)):
        if subprocess.run([*environment, *command], check=False).returncode != 0:
            return None
    return find_chromium()


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
