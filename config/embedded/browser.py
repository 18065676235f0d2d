"""A Chromium for the browser tests: the one that is there, or Debian's, if we may install it.

The headless shell is the same engine without a browser around it: a test costs it a quarter of
the processor time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHELL = "chromium-headless-shell"

_NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


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
    install = [*environment, "apt-get", "install", "-y", "-qq", "--no-install-recommends"]
    subprocess.run([*environment, "apt-get", "update", "-qq"], check=False, stdout=sys.stderr)
    for name in (SHELL, "chromium"):
        done = subprocess.run([*install, name, "fonts-dejavu"], check=False, stdout=sys.stderr)
        if done.returncode == 0:
            break
    return find_chromium()


def lacks_shell() -> bool:
    """Return whether root should try to install the headless shell; true once an environment.

    Whoever is root is in a container as a rule. Others keep the browser that they have.
    """
    if os.environ.get("CONCORD_CHROMIUM") or os.geteuid() != 0 or shutil.which(SHELL):
        return False
    tried = Path(sys.prefix) / ".headless-shell-tried"
    if tried.exists():
        return False
    tried.touch()
    return True


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
