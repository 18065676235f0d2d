"""The traps that trainers and loaders set, one test each, over every format they can catch.

Each was run against TRL 1.16.0 and datasets 5.2.0; what happens there stands under the test.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from labeling.datasets.fitting import row_kind_of
from labeling.datasets.formats import FORMATS
from labeling.datasets.formats.carrying import Needs
from labeling.datasets.formats.columns import (
    MESSAGES,
    PLAIN_MESSAGES,
    PROMPT_MESSAGES,
    SPOKEN_MESSAGES,
)
from labeling.datasets.formats.nested import MESSAGE
from labeling.datasets.recipes import RECIPES, ResponseLabel, RowKind
from tests.datasets.format_rows import item, tied, write
from tests.datasets.release_rows import HELPFUL, judgment, project, read_table, release, task, votes

_RECIPE = {RowKind.PAIRS: "majority", RowKind.RANKINGS: "raw", RowKind.LABELS: "kto"}
_RECIPE |= {RowKind.DEMONSTRATIONS: "sft", RowKind.RATINGS: "ratings", RowKind.RULES: "rules"}
#: A recipe that each format can be made with.
RECIPE = {
    key: next(_RECIPE[kind] for kind in RowKind if kind in shape.main)
    for key, shape in FORMATS.items()
}
TRL = [key for key, shape in FORMATS.items() if shape.family == "TRL"]
MARGINS = [key for key, shape in FORMATS.items() if "margin" in shape.tables[0].names]
PAIRED = [
    key for key, shape in FORMATS.items() if {"chosen", "rejected"} <= set(shape.tables[0].names)
]
EXPLICIT = ["native", "trl", "openrlhf"]
LABELLED = [key for key, shape in FORMATS.items() if RowKind.LABELS in shape.main]


def built(tmp_path, shape, tasks=None, **more):
    """A release in the first file type of a format."""
    settings = {"recipe": RECIPE[shape], "file_type": FORMATS[shape].file_types[0], **more}
    return release(tasks or project(40), tmp_path / "r", shape=shape, **settings)


def front_matter(result):
    return yaml.safe_load((result.path / "README.md").read_text().split("---\n")[1])


def written(tmp_path, shape) -> list[dict[str, Any]]:
    """The rows of the main table for the items of forty tasks."""
    items = [item(task(f"t{i}", judgment(-1), messages=[("user", f"Why {i}?")])) for i in range(40)]
    table = next(iter(FORMATS[shape].main.values()))
    return write(FORMATS[shape], items, tmp_path)[table]


def messages_of(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every message anywhere in a row."""
    values: list[Any] = [row]
    while values:
        value = values.pop()
        if isinstance(value, dict):
            if "role" in value:
                yield value
            values += value.values()
        elif isinstance(value, list):
            values += value


def labels_in_file_order(tmp_path, shape):
    name = FORMATS[shape].main[RowKind.LABELS]
    items = [item(task(f"t{i}", messages=[("user", "Why?")])) for i in range(300)]
    return [row["label"] for row in write(FORMATS[shape], items, tmp_path)[name]]


@pytest.mark.parametrize("shape", LABELLED)
def test_trap_1_unpaired_rows_are_mixed(tmp_path, shape):
    """KTOTrainer reads in file order and learns nothing from runs of one label."""
    labels = labels_in_file_order(tmp_path, shape)
    assert max(len(list(run)) for _, run in itertools.groupby(labels)) < 20
    assert sum(labels) * 2 == len(labels) == 600


def test_trap_1_the_two_responses_of_a_task_are_no_neighbours(tmp_path):
    result = release(project(300), tmp_path / "r")
    tasks = [row["task_id"] for row in pq.read_table(*result.path.glob("kto/train-*")).to_pylist()]
    assert sum(a == b for a, b in itertools.pairwise(tasks)) < 20


@pytest.mark.parametrize("shape", PAIRED)
def test_traps_2_and_3_pairs_have_no_column_that_a_trainer_gives_another_meaning(shape):
    """KTOTrainer silently uses `label` and `completion` of pairs; DPO reads reference log-probs."""
    columns = set(FORMATS[shape].tables[0].names)
    assert not columns & {
        "label", "completion", "chat_template_kwargs",
        "chosen_ids", "rejected_ids", "ref_chosen_logps", "ref_rejected_logps",
    }  # fmt: skip


@pytest.mark.parametrize("shape", FORMATS)
def test_trap_4_no_column_holds_images_or_tools(shape):
    """DPO and KTO refuse a text model over `images`; `tools` crash where they are empty text."""
    for table in FORMATS[shape].tables:
        assert not set(table.names) & {"images", "image", "videos", "audios", "tools"}


@pytest.mark.parametrize("shape", MARGINS)
def test_trap_5_margin_is_a_number_from_0_to_1_in_every_row(tmp_path, shape):
    """RewardTrainer stops at a null as soon as the row is in a batch."""
    built(tmp_path, shape, recipe="raw", file_type="jsonl")
    rows = read_table(tmp_path / "r", FORMATS[shape].tables[0].folder)
    assert {round(row["margin"], 3) for row in rows} == {0.333, 0.667, 1.0}


@pytest.mark.parametrize("shape", [key for key in TRL if key in PAIRED or key in LABELLED])
def test_trap_6_texts_are_all_strings_or_all_message_lists(tmp_path, shape):
    """TRL refuses a prompt in text beside chats."""
    for row in written(tmp_path, shape):
        names = {"prompt", "chosen", "rejected", "completion"} & row.keys()
        assert len({type(row[name]) for name in names}) == 1


def test_trap_6_the_code_that_loads_ultrafeedback_drops_the_prompt_in_text():
    assert 'remove_columns(["prompt", "messages"])' in FORMATS["ultrafeedback"].load_code("here")


@pytest.mark.parametrize("shape", EXPLICIT)
def test_trap_7_the_prompt_is_not_repeated_inside_chosen(tmp_path, shape):
    """Trainers render it twice without a word."""
    for row in written(tmp_path, shape):
        assert [message["role"] for message in row["chosen"] + row["rejected"]] == ["assistant"] * 2
        assert row["prompt"][-1]["role"] == "user"


def test_an_implicit_prompt_is_the_shared_beginning(tmp_path):
    for row in written(tmp_path, "trl-implicit"):
        assert row["chosen"][:-1] == row["rejected"][:-1] != []


@pytest.mark.parametrize("shape", [key for key in TRL if key in PAIRED] + ["native", "openrlhf"])
def test_trap_8_chosen_is_never_one_message_nor_empty(tmp_path, shape):
    """One message where a list belongs crashes, and so does null."""
    for row in written(tmp_path, shape):
        assert all(row[side] for side in ("chosen", "rejected"))
        assert not any(isinstance(row[side], dict) for side in ("chosen", "rejected"))
        assert row.get("prompt", "implicit")


@pytest.mark.parametrize("shape", ["llamafactory", "axolotl"])
def test_trap_8_where_one_message_belongs_it_is_never_a_list(tmp_path, shape):
    """LLaMA-Factory silently reads lists as rows for imitation."""
    for row in written(tmp_path, shape):
        assert isinstance(row["chosen"], dict)
        assert isinstance(row["rejected"], dict)


@pytest.mark.parametrize("shape", [key for key in PAIRED if not FORMATS[key].carries_ties])
def test_trap_9_no_pair_is_a_tie_or_has_two_equal_texts(tmp_path, shape):
    """Equal texts give no gradient and no error."""
    same = task("same", *votes(1), messages=[("user", "Why?")], responses=("x", "x\n"))
    tie = task("tie", *votes(0), messages=[("user", "How?")])
    result = built(tmp_path, shape, [*project(3), same, tie], recipe="raw")
    assert result.ledger.drops == {"identical_responses": 1, "tie_unspecified": 1}
    assert result.ledger.balanced()


def test_trap_9_a_tie_is_no_row_of_the_native_preference(tmp_path):
    rows = write(FORMATS["native"], [item(pairs=[tied("equal_good")])], tmp_path)
    assert "preference" not in rows


@pytest.mark.parametrize("shape", LABELLED)
def test_trap_10_labels_are_booleans(tmp_path, shape):
    """Text or null stop the trainer."""
    assert {type(label) for label in labels_in_file_order(tmp_path, shape)} == {bool}


@pytest.mark.parametrize("shape", FORMATS)
def test_traps_11_and_12_an_empty_split_has_no_file_and_no_entry(tmp_path, shape):
    """`load_dataset` dies of a file without rows, and of a path that matches no file."""
    result = built(tmp_path, shape, project(1))
    for config in front_matter(result)["configs"]:
        listed = [path for entry in config["data_files"] for path in entry["path"]]
        assert listed
        assert all((result.path / path).stat().st_size for path in listed)
        assert len(config["data_files"]) == 1
    assert (result.path / "README.md").read_text().count("split is empty") == 2


@pytest.mark.parametrize("shape", FORMATS)
def test_traps_13_and_14_every_column_is_declared_and_no_count_that_could_be_wrong(tmp_path, shape):
    """A column that the front matter lacks, or a wrong count, stops the loader."""
    result = built(tmp_path, shape)
    columns = (HELPFUL.key,) if RECIPE[shape] == "ratings" else ()
    tables = {table.name: table for table in FORMATS[shape].tables_for(Needs(attributes=columns))}
    for info in front_matter(result)["dataset_info"]:
        table = tables[info["config_name"]]
        assert [feature["name"] for feature in info["features"]] == list(table.names)
        assert "splits" not in info


@pytest.mark.parametrize("shape", [key for key in FORMATS if "parquet" in FORMATS[key].file_types])
def test_traps_14_and_15_every_shard_has_the_declared_schema(tmp_path, shape):
    """A column of nulls has no type in a file that guesses; these are declared."""
    result = built(tmp_path, shape, project(60), file_type="parquet", shard_bytes=1)
    columns = (HELPFUL.key,) if RECIPE[shape] == "ratings" else ()
    for table in FORMATS[shape].tables_for(Needs(attributes=columns)):
        for path in (result.path / table.folder).glob("*.parquet"):
            assert pq.read_schema(path).equals(table.schema)


def test_trap_15_text_columns_are_never_null(tmp_path):
    result = release(project(5), tmp_path / "r", recipe="majority", file_type="jsonl")
    for table in FORMATS["native"].tables:
        if result.rows.get(table.name):
            for row in read_table(result.path, table.folder):
                empty = {name for name, value in row.items() if value is None}
                assert empty <= {"active_ms", "idle_ms", "probability", "value"}


@pytest.mark.parametrize("shape", FORMATS)
def test_trap_16_exactly_one_configuration_is_the_default(tmp_path, shape):
    """Without one, a plain `load_dataset(folder)` asks for a name."""
    assert [c.get("default") for c in front_matter(built(tmp_path, shape))["configs"]].count(
        True
    ) == 1


@pytest.mark.parametrize("shape", FORMATS)
def test_trap_17_files_beside_the_data_belong_to_no_configuration(tmp_path, shape):
    """A manifest beside the data is harmless as long as no path matches it."""
    result = built(tmp_path, shape)
    folders = {table.folder for table in FORMATS[shape].tables}
    for config in front_matter(result)["configs"]:
        for entry in config["data_files"]:
            assert {path.split("/")[0] for path in entry["path"]} <= folders
            assert all("*" not in path for path in entry["path"])


@pytest.mark.parametrize("shape", [key for key in FORMATS if "jsonl" in FORMATS[key].file_types])
def test_trap_18_every_message_has_the_same_two_keys(tmp_path, shape):
    """Messages with keys of their own are read as JSON, or filled with nulls."""
    for row in written(tmp_path, shape):
        assert all(list(message) == ["role", "content"] for message in messages_of(row))


def test_trap_18_no_format_has_other_messages():
    messages = (MESSAGES, PROMPT_MESSAGES, PLAIN_MESSAGES, SPOKEN_MESSAGES, MESSAGE)
    kinds = set(map(id, messages))
    for shape in FORMATS.values():
        for table in shape.tables:
            for _, kind in table.columns:
                holds_roles = "'role'" in json.dumps(kind.feature).replace('"', "'")
                plain = "rank" in str(kind.feature) or "tools" in str(kind.feature)
                assert not holds_roles or id(kind) in kinds or plain


def test_a_label_names_the_response_that_it_is_about(tmp_path):
    rows = write(FORMATS["trl-unpaired"], [item(labels=[ResponseLabel(1, False)])], tmp_path)[
        "default"
    ]
    assert [(row["completion"][0]["content"], row["label"]) for row in rows] == [
        ("Nothing on tides.", False)
    ]


def test_every_format_can_be_made_by_some_recipe():
    assert all(
        any(row_kind_of(recipe, FORMATS[key]) for recipe in RECIPES.values()) for key in FORMATS
    )
