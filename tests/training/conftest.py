"""No hub, no telemetry, no cache that could vouch for an older release."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever is loaded is loaded from the release alone."""
    for name in ("HF_HUB_OFFLINE", "DO_NOT_TRACK", "DISABLE_VERSION_CHECK"):
        monkeypatch.setenv(name, "1")
    datasets: Any = sys.modules.get("datasets")
    if datasets:
        monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(datasets.config, "HF_DATASETS_OFFLINE", True)
