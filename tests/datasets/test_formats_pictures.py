"""Pictures in every format: where its trainer looks for them, or the task is left out by name."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from msgspec.structs import replace as changed

from labeling.datasets.formats import FORMATS
from labeling.datasets.records import Message, PictureRef, ResponseRecord, TaskRecord
from tests.datasets.release_rows import release
from tests.datasets.test_formats_dialogues import dropped, pool, written

STREET, MAP = (PictureRef(name * 64, 30, 20, "png", 9) for name in "ab")
BYTES = {STREET.sha256: b"street", MAP.sha256: b"the map"}
ASKED = (
    Message("user", "What is here?", images=(STREET,)),
    Message("assistant", "A street."),
    Message("user", "And here?", images=(MAP,)),
)
#: Columns of pictures beside the prompt's `images`, by format.
BESIDE = {
    "native": {"chosen_images", "rejected_images"},
    "rules": {"response_images"},
    "trl": {"chosen_images", "rejected_images"},
    "trl-implicit": {"chosen_images", "rejected_images"},
    "trl-unpaired": {"completion_images"},
    "trl-prompt-completion": {"completion_images"},
    "messages": set(),
    "listwise": {"response_images"},
}
#: Formats that name the files of a prompt's pictures, and have no place for a response's.
NAMING = ("llamafactory", "llamafactory-kto", "llamafactory-sft")
#: A record: its messages name the files, and a row a rater would hold each picture many times.
RECORDS = ("judgments",)
REFUSING = [key for key in FORMATS if key not in (*BESIDE, *NAMING, *RECORDS)]


def drawn(name: str, picture: PictureRef) -> ResponseRecord:
    """A response that is a picture."""
    return ResponseRecord(
        name, "", f"m-{name}", messages=(Message("assistant", "", images=(picture,)),)
    )


def source(picture: PictureRef) -> bytes:
    return BYTES[picture.sha256]


def asked_about() -> TaskRecord:
    """Two texts about the pictures of a prompt."""
    return changed(pool(), messages=ASKED)


def of_pictures() -> TaskRecord:
    """Two pictures about a text."""
    return pool(drawn("a", STREET), drawn("b", MAP))


def rows(tmp_path: Path, shape: str, task: TaskRecord, file_type: str = "jsonl"):
    return written(tmp_path, shape, task, file_type=file_type, pictures=source)


@pytest.mark.parametrize("shape", BESIDE)
def test_parquet_holds_the_pictures_of_prompts_and_responses(tmp_path, shape):
    _, (row, *_others) = rows(tmp_path, shape, asked_about(), "parquet")
    assert [picture["bytes"] for picture in row["images"]] == [b"street", b"the map"]
    assert {name for name in row if name.endswith("_images")} == BESIDE[shape]
    result, all_rows = rows(tmp_path / "2", shape, of_pictures(), "parquet")
    files = {file.name for file in result.files}
    for name in BESIDE[shape] or {"images"}:
        shown = [row[name] for row in all_rows]
        flat = shown[0] if shape == "listwise" else shown
        assert {picture["bytes"] for pictures in flat for picture in pictures} <= set(
            BYTES.values()
        )
        assert all(picture["path"] in files for pictures in flat for picture in pictures)
        assert all(flat)


@pytest.mark.parametrize("shape", BESIDE)
def test_lines_name_the_files_of_the_pictures(tmp_path, shape):
    result, (row, *_others) = rows(tmp_path, shape, asked_about())
    assert row["images"] == [STREET.file_name, MAP.file_name]
    assert (result.path / STREET.file_name).read_bytes() == b"street"
    head = yaml.safe_load((result.path / "README.md").read_text().split("---")[1])
    features = {
        feature["name"]: feature for table in head["dataset_info"] for feature in table["features"]
    }
    assert features["images"]["list"] == "string"


@pytest.mark.parametrize("shape", BESIDE)
def test_each_picture_of_a_prompt_has_its_place_in_the_turn_that_shows_it(tmp_path, shape):
    """TRL puts pictures without a place into the first turn of the user and counts places."""
    _, (row, *_others) = rows(tmp_path, shape, asked_about())
    chat = row.get("prompt") or row.get("messages") or row["chosen"]
    assert chat[0]["content"] == [{"type": "image"}, {"type": "text", "text": "What is here?"}]
    assert chat[1]["content"] == "A street."
    assert chat[2]["content"] == [{"type": "image"}, {"type": "text", "text": "And here?"}]
    assert all("images" not in turn for turn in chat)


@pytest.mark.parametrize("shape", NAMING)
def test_llama_factory_gets_a_mark_and_the_name_of_each_picture(tmp_path, shape):
    result, (row, *_others) = rows(tmp_path, shape, asked_about())
    chat = row.get("conversations") or row["messages"]
    assert [turn["content"] for turn in chat[:3]] == [
        "<image>What is here?",
        "A street.",
        "<image>And here?",
    ]
    assert row["images"] == [STREET.file_name, MAP.file_name]
    info = json.loads((result.path / "dataset_info.json").read_text())
    assert {entry["columns"]["images"] for entry in info.values()} == {"images"}
    assert set(dropped(shape, of_pictures())) == {"images_not_carried"}


@pytest.mark.parametrize("shape", REFUSING)
def test_a_format_whose_reader_looks_for_no_pictures_leaves_them_out_by_name(shape):
    assert set(dropped(shape, asked_about())) == {"images_not_carried"}
    assert set(dropped(shape, of_pictures())) == {"images_not_carried"}


@pytest.mark.parametrize("recipe", ["majority", "kto", "sft", "ratings", "rules"])
def test_every_table_that_a_recipe_fills_in_the_native_folder_holds_them(tmp_path, recipe):
    result = release([of_pictures()], tmp_path / "r", recipe=recipe, pictures=source)
    filled = [table for table in FORMATS["native"].tables if (result.path / table.folder).is_dir()]
    for table in filled:
        if table.name == "judgments":
            continue
        for path in (result.path / table.folder).iterdir():
            held = pq.read_table(path).to_pylist()
            shown = [row[name] for row in held for name in row if name.endswith("images")]
            assert {p["bytes"] for pictures in shown for p in pictures} <= set(BYTES.values())
            assert any(shown), table.name
