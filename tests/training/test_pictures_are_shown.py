"""`datasets.load_dataset` shows the pictures of a release, and TRL puts each where it was asked."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from labeling.datasets.records import PictureRef
from tests.datasets.test_formats_dialogues import written
from tests.datasets.test_formats_pictures import BESIDE, MAP, STREET, asked_about, of_pictures

pytestmark = pytest.mark.training
datasets = pytest.importorskip("datasets", reason="pip install -r requirements-training.txt")

SIZES = {STREET.sha256: (30, 20), MAP.sha256: (20, 30)}


def drawn(picture: PictureRef) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", SIZES[picture.sha256], "red").save(out, "PNG")
    return out.getvalue()


def loaded(folder: Path, shape: str, task: Any) -> dict[str, Any]:
    """The first row of the format's table in a release of this task."""
    result, _rows = written(folder, shape, task, file_type="parquet", pictures=drawn)
    table = next(name for name, splits in result.rows.items() if splits)
    splits = datasets.load_dataset(str(result.path), table, cache_dir=str(folder / "cache"))
    row: dict[str, Any] = next(iter(splits.values()))[0]
    return row


@pytest.mark.parametrize("shape", BESIDE)
def test_every_column_of_pictures_is_shown(tmp_path: Path, shape: str) -> None:
    row = loaded(tmp_path / "prompt", shape, asked_about())
    assert [picture.size for picture in row["images"]] == [(30, 20), (20, 30)]
    row = loaded(tmp_path / "responses", shape, of_pictures())
    for name in BESIDE[shape] or {"images"}:
        shown = [row[name]] if shape != "listwise" else row[name]
        assert {picture.size for pictures in shown for picture in pictures} <= {*SIZES.values()}
        assert all(shown)


@pytest.mark.parametrize("shape", ["trl", "trl-unpaired", "trl-prompt-completion", "messages"])
def test_trl_finds_a_place_for_each_picture(tmp_path: Path, shape: str) -> None:
    utils = pytest.importorskip("trl.data_utils", reason="pip install -r requirements-training.txt")
    row = loaded(tmp_path, shape, asked_about())
    chat = row.get("prompt") or row["messages"]
    turns = utils.prepare_multimodal_messages(chat, images=row["images"])
    shown = [
        part["image"].size for turn in turns for part in turn["content"] if part["type"] == "image"
    ]
    assert shown == [(30, 20), (20, 30)]
