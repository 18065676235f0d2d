"""Every file type holds the same rows, in bytes that depend on the rows alone."""

from __future__ import annotations

import gzip
import io
import json
import random
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.datasets.build import ReleaseError
from labeling.datasets.files import SINKS, hash_file, safe_name
from labeling.datasets.files.background import Background
from labeling.datasets.formats.base import FILE_TYPES
from labeling.datasets.records import CriterionRecord
from tests.datasets.release_rows import project, release, task, tree, votes

LINES = ("jsonl", "jsonl.gz", "jsonl.zst")
#: What many readers of lines take for the end of one, NUL, quotes, and a character of four bytes.
HARD = 'a\x85b\u2028c\u2029d\0e\rf\ng"h\\i\U0001f600j\x0bk\x1cl'


def lines_of(path: Path) -> list[str]:
    """The lines of a JSON Lines file, unpacked if it is packed."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    elif path.suffix == ".zst":
        data = pa.input_stream(io.BytesIO(data), compression="zstd").read()
    assert data.endswith(b"\n")
    return data.decode().splitlines()


def only_file(folder: Path, split: str = "train") -> Path:
    """The one shard of a split."""
    (path,) = folder.glob(f"{split}-*")
    return path


def test_every_file_type_that_a_format_can_name_has_a_sink():
    assert set(SINKS) == set(FILE_TYPES)


@pytest.mark.parametrize("file_type", LINES)
def test_packed_and_plain_lines_are_the_rows_of_parquet(tmp_path, file_type):
    tasks = [*project(30), task("hard", *votes(-1), responses=(HARD, "other"))]
    release(tasks, tmp_path / "lines", shape="trl", file_type=file_type)
    release(tasks, tmp_path / "parquet", shape="trl")
    path = only_file(tmp_path / "lines" / "data")
    assert path.name == f"train-00000-of-00001.{file_type}"
    rows = pq.read_table(only_file(tmp_path / "parquet" / "data")).to_pylist()
    assert [json.loads(line) for line in lines_of(path)] == rows


def test_a_text_of_line_ends_stays_on_one_line(tmp_path):
    release(
        [task("hard", *votes(-1), responses=(HARD, "other"))], tmp_path / "r", file_type="jsonl"
    )
    (path,) = (tmp_path / "r" / "preference").iterdir()
    (line,) = path.read_bytes().decode().removesuffix("\n").splitlines()
    assert json.loads(line)["chosen"][0]["content"] == HARD


@pytest.mark.parametrize("file_type", FILE_TYPES)
def test_any_order_gives_the_same_bytes_in_every_file_type(tmp_path, file_type):
    shape = "judgments" if file_type == "csv" else "native"
    tasks = project(40)
    kind = {"shape": shape, "recipe": "raw", "file_type": file_type}
    release(tasks, tmp_path / "a", **kind)
    release(random.Random(1).sample(tasks, 40), tmp_path / "b", **kind)
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_gzip_names_no_file_and_no_time(tmp_path):
    release(project(3), tmp_path / "r", file_type="jsonl.gz")
    head = next((tmp_path / "r" / "preference").iterdir()).read_bytes()[:10]
    assert head[:4] == b"\x1f\x8b\x08\x00"
    assert head[4:8] == bytes(4)


@pytest.mark.skipif(not shutil.which("zstd"), reason="needs the zstd program")
def test_zstd_is_one_frame_that_the_program_itself_unpacks(tmp_path):
    release(project(30), tmp_path / "r", file_type="jsonl.zst")
    path = only_file(tmp_path / "r" / "preference")
    listing = subprocess.run(["zstd", "-lv", path], capture_output=True, text=True, check=True)
    assert "Zstandard Frames: 1" in listing.stdout
    text = subprocess.run(["zstd", "-dc", path], capture_output=True, text=True, check=True)
    assert text.stdout.splitlines() == lines_of(path)


def test_the_manifest_hashes_what_is_on_disk(tmp_path):
    result = release(project(10), tmp_path / "r", file_type="jsonl.zst")
    for file in result.files:
        assert hash_file(result.path / file.name) == file.sha256


@pytest.mark.parametrize("file_type", LINES)
def test_shards_of_lines_are_cut_like_those_of_parquet(tmp_path, monkeypatch, file_type):
    monkeypatch.setattr(SINKS["jsonl"], "batch_rows", 10)
    draw = random.Random(1)
    tasks = [
        task(f"n{i}", *votes(-1), responses=(draw.randbytes(20_000).hex(), "other"))
        for i in range(40)
    ]
    result = release(tasks, tmp_path / "r", file_type=file_type, shard_bytes=1)
    shards = sorted((result.path / "preference").glob("train-*"))
    assert len(shards) > 1
    assert sum(len(lines_of(path)) for path in shards) == result.rows["preference"]["train"]


@pytest.mark.parametrize("key", ["../x", "a/b", ".hidden", "a\0b", "", "a b", "a\n"])
def test_a_criterion_cannot_name_a_place_outside_the_release(tmp_path, key):
    criteria = [CriterionRecord(key, "Which?", "helpsteer7", 3)]
    with pytest.raises(ReleaseError, match="cannot be part of a file name"):
        release(project(3), tmp_path / "r", criteria=criteria, file_per_criterion=True)
    assert list(tmp_path.iterdir()) == []


@given(st.text(st.sampled_from("ab./\\-\0 é"), max_size=6))
def test_a_safe_name_never_leaves_its_folder(name):
    if safe_name(name):
        assert (Path("/root") / name).resolve().is_relative_to("/root")
        assert Path(name).as_posix() == name


def test_calls_in_the_background_keep_their_order():
    seen: list[int] = []
    background = Background()
    for number in range(50):
        background.run(seen.append, number)
    background.settle()
    background.stop()
    assert all(after == before + 1 for before, after in pairwise(seen))
    assert len(seen) == 50


def test_an_error_in_the_background_reaches_the_one_who_waits():
    def fail() -> None:
        raise OSError("full")

    background = Background()
    background.run(fail)
    with pytest.raises(OSError, match="full"):
        background.settle()
    background.stop()
