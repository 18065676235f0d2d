"""What the tests of readers share: rows written to a file and read back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labeling.datasets.readers import Detection, ReadOptions, detect, read


@pytest.fixture
def rows(tmp_path: Path) -> Callable[..., list[Any]]:
    """Writes rows as JSON Lines and reads them back; `rater` names who gave unnamed labels."""

    def write_and_read(*raw: object, rater: str = "", **how: Any) -> list[Any]:
        path = tmp_path / "rows.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in raw), encoding="utf-8")
        return list(read(path, options=ReadOptions(label_rater=rater), **how))

    return write_and_read


@pytest.fixture
def seen(tmp_path: Path) -> Callable[..., Detection]:
    """Writes rows as JSON Lines and says what the file turned out to be."""

    def write_and_detect(*rows: object, **how: Any) -> Detection:
        path = tmp_path / "seen.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return detect(path, **how)

    return write_and_detect
