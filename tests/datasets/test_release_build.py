"""A release is whole or absent, the same bytes every time, and says what became of every row."""

from __future__ import annotations

import json
import random
import subprocess
import sys

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.datasets.build import NothingToRelease, ReleaseError, staging_of
from labeling.datasets.files import SINKS
from labeling.datasets.splits import plan_splits
from labeling.datasets.texts import clean
from tests.datasets.release_rows import (
    judgment,
    project,
    read_table,
    release,
    task,
    tree,
    votes,
)


@pytest.mark.parametrize("file_type", ["parquet", "jsonl"])
@pytest.mark.parametrize("recipe", ["raw", "majority"])
def test_any_order_gives_the_same_bytes(tmp_path, recipe, file_type):
    tasks = project(40)
    shuffled = random.Random(3).sample(tasks, len(tasks))
    first = release(tasks, tmp_path / "a", recipe=recipe, file_type=file_type)
    second = release(shuffled, tmp_path / "b", recipe=recipe, file_type=file_type)
    assert tree(tmp_path / "a") == tree(tmp_path / "b")
    assert first.sha256 == second.sha256


def test_the_order_of_judgments_changes_nothing(tmp_path):
    ahead = [task("bread", *votes(-2, -1, 3)), *project(3)]
    back = [task("bread", *reversed(votes(-2, -1, 3))), *project(3)]
    release(ahead, tmp_path / "a")
    release(back, tmp_path / "b")
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_no_prompt_crosses_splits_and_raw_rows_share_their_tasks_split(tmp_path):
    result = release(project(120), tmp_path / "r", recipe="raw")
    groups: dict[str, str] = {}
    for table in ("preference", "kto", "judgments"):
        for path in (result.path / table).iterdir():
            split = path.name.split("-")[0]
            for row in pq.read_table(path).to_pylist():
                assert groups.setdefault(row["prompt_group"], split) == split
    assert set(groups.values()) == {"train", "validation", "test"}


def test_the_manifest_names_every_other_file_with_its_hash(tmp_path):
    result = release(project(10), tmp_path / "r")
    manifest = json.loads((result.path / "manifest.json").read_text())
    named = {file["name"]: file["sha256"] for file in manifest["files"]}
    assert set(named) == set(tree(result.path)) - {"manifest.json"}
    assert manifest["counts"]["rows_in"] == 10
    assert manifest["rows"]["preference"] == result.rows["preference"]
    assert "guideline/version-001.md" in named


def test_card_and_manifest_print_the_policy_and_every_reason(tmp_path):
    rows = [*project(5), task("tie", *votes(0)), task("even", *votes(1, -1))]
    result = release(rows, tmp_path / "r")
    card = (result.path / "README.md").read_text()
    assert "| left out: without a majority of all votes | 1 |" in card
    assert "| left out: ties of no stated kind | 1 |" in card
    assert "A tie is a vote for neither side" in card
    assert "> Read both." in card
    assert result.manifest["counts"]["dropped"]["no_majority"] == {
        "rows": 1,
        "because": "without a majority of all votes",
    }


def test_text_of_strangers_cannot_break_out_of_the_card(tmp_path):
    rows = [task("x", judgment(-1)), *project(2)]
    result = release(rows, tmp_path / "r")
    assert (result.path / "README.md").read_text().count("\n---\n") == 1


def test_a_recipe_that_leaves_no_row_says_why_and_leaves_nothing(tmp_path):
    with pytest.raises(NothingToRelease, match=r"No row is left of 2 tasks: 2 without a majority"):
        release([task("a", *votes(1, -1)), task("b", *votes(1, -1))], tmp_path / "r")
    assert list(tmp_path.iterdir()) == []


def test_no_judgment_at_all_is_a_sentence(tmp_path):
    with pytest.raises(NothingToRelease, match="nothing to release yet"):
        release([], tmp_path / "r")


def test_an_existing_folder_is_never_overwritten(tmp_path):
    release(project(3), tmp_path / "r")
    before = tree(tmp_path / "r")
    with pytest.raises(ReleaseError, match="exists already"):
        release(project(9), tmp_path / "r")
    assert tree(tmp_path / "r") == before


def test_a_format_refuses_a_file_type_it_is_not_written_in(tmp_path):
    with pytest.raises(ReleaseError, match="written as parquet or jsonl"):
        release(project(3), tmp_path / "r", file_type="csv")


def test_what_a_killed_build_left_is_removed_by_the_next(tmp_path):
    staging = staging_of(tmp_path / "r")
    (staging / ".tasks").mkdir(parents=True)
    (staging / "junk").write_text("half")
    result = release(project(3), tmp_path / "r")
    assert "junk" not in tree(result.path)
    assert not staging.exists()


def test_an_error_in_the_middle_leaves_nothing(tmp_path):
    with pytest.raises(KeyError):
        release(project(3), tmp_path / "r", plan=plan_splits([]))
    assert list(tmp_path.iterdir()) == []


FILL = """
import resource, signal, sys
from pathlib import Path
from labeling.datasets.build import DiskFull
from tests.datasets.release_rows import project, release
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = int(sys.argv[3])
tasks = project(400)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    release(tasks, Path(sys.argv[1]), file_type=sys.argv[2])
except DiskFull as error:
    print(error)
"""


@pytest.mark.kill
@pytest.mark.slow
@pytest.mark.parametrize(("file_type", "limit"), [("parquet", 6_000), ("jsonl", 100)])
def test_a_full_disk_is_said_in_a_sentence_and_leaves_nothing(tmp_path, file_type, limit):
    command = [sys.executable, "-c", FILL, str(tmp_path / "r"), file_type, str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Nothing was kept: free some space" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_large_releases_are_cut_into_shards_that_read_as_one(tmp_path, monkeypatch):
    monkeypatch.setattr(SINKS["parquet"], "batch_rows", 10)
    result = release(project(60), tmp_path / "r", shard_bytes=1)
    shards = sorted(path.name for path in (result.path / "preference").glob("train-*"))
    assert shards[0] == f"train-00000-of-{len(shards):05d}.parquet"
    assert len(shards) == -(-result.rows["preference"]["train"] // 10)
    assert len(read_table(result.path, "preference")) == 60


@given(
    text=st.text(st.characters(codec=None, exclude_categories=()), min_size=1).filter(str.strip),
    file_type=st.sampled_from(["parquet", "jsonl"]),
)
def test_any_text_is_written_and_read_back(tmp_path_factory, text, file_type):
    out = tmp_path_factory.mktemp("any") / "r"
    said = [("user", "Say it: " + text)]
    result = release(
        [task("x", *votes(-1), messages=said, responses=(text, "other"))], out, file_type=file_type
    )
    (row,) = read_table(result.path, "preference")
    assert row["chosen"][0]["content"] == clean(text)


def test_half_a_character_becomes_the_replacement_character(tmp_path):
    row = task("x", *votes(-1), responses=("broken \ud83d here", "other"))
    result = release([row], tmp_path / "r")
    (pair,) = read_table(result.path, "preference")
    assert pair["chosen"][0]["content"] == "broken \ufffd here"
