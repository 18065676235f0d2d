"""The files are free of every trap that trainers and loaders set."""

from __future__ import annotations

import itertools

import pyarrow.parquet as pq
import pytest
import yaml

from labeling.datasets.formats import FORMATS
from tests.datasets.release_rows import judgment, project, read_table, release, task, votes

PAIR_FORMATS = ["native", "trl", "trl-implicit", "trl-plain", "trl-plain-implicit"]
TURNS = [("user", "Hi"), ("assistant", "Hello"), ("user", "Tell me about tides and moons")]


def pairs_of(result, shape):
    return read_table(result.path, FORMATS[shape].tables[0].folder)


def front_matter(result):
    return yaml.safe_load((result.path / "README.md").read_text().split("---\n")[1])


def test_unpaired_rows_are_mixed(tmp_path):
    """Trap 1: KTOTrainer reads in file order and does not learn from runs of one label."""
    result = release(project(300), tmp_path / "r")
    labels = [row["label"] for row in pq.read_table(*result.path.glob("kto/train-*")).to_pylist()]
    assert max(len(list(run)) for _, run in itertools.groupby(labels)) < 16
    assert sum(labels) * 2 == len(labels)


def test_the_two_responses_of_a_task_are_no_neighbours(tmp_path):
    result = release(project(300), tmp_path / "r")
    tasks = [row["task_id"] for row in pq.read_table(*result.path.glob("kto/train-*")).to_pylist()]
    assert sum(a == b for a, b in itertools.pairwise(tasks)) < 20


@pytest.mark.parametrize("shape", PAIR_FORMATS)
def test_no_column_has_a_name_that_a_trainer_gives_another_meaning(tmp_path, shape):
    """Traps 2, 3 and 4."""
    columns = set(FORMATS[shape].tables[0].names)
    assert not columns & {
        "label", "completion", "images", "image", "messages", "tools", "chat_template_kwargs",
        "chosen_ids", "rejected_ids", "ref_chosen_logps", "ref_rejected_logps",
    }  # fmt: skip


@pytest.mark.parametrize("shape", PAIR_FORMATS)
def test_margin_is_a_number_from_0_to_1_in_every_row(tmp_path, shape):
    """Trap 5."""
    result = release(project(), tmp_path / "r", shape=shape, recipe="raw")
    assert all(0 < row["margin"] <= 1 for row in pairs_of(result, shape))
    assert {row["strength"] for row in pairs_of(result, shape)} == {1.0, 2.0, 3.0}


@pytest.mark.parametrize("shape", PAIR_FORMATS)
def test_texts_are_all_strings_or_all_message_lists(tmp_path, shape):
    """Traps 6 and 8."""
    result = release(project(), tmp_path / "r", shape=shape)
    for row in pairs_of(result, shape):
        kinds = {type(row[name]) for name in ("prompt", "chosen", "rejected") if name in row}
        assert len(kinds) == 1
        assert row["chosen"]
        assert row["chosen"] != row["rejected"]


@pytest.mark.parametrize("shape", ["native", "trl"])
def test_the_prompt_is_not_repeated_inside_chosen(tmp_path, shape):
    """Trap 7."""
    result = release(project(), tmp_path / "r", shape=shape)
    for row in pairs_of(result, shape):
        assert [message["role"] for message in row["chosen"]] == ["assistant"]
        assert row["prompt"][-1]["role"] == "user"


def test_an_implicit_prompt_is_the_shared_beginning(tmp_path):
    rows = [task("tides", *votes(2), messages=TURNS)]
    (row,) = pairs_of(release(rows, tmp_path / "r", shape="trl-implicit"), "trl-implicit")
    assert row["chosen"][:3] == row["rejected"][:3]
    assert (row["chosen"][3]["content"], row["rejected"][3]["content"]) == (
        "Nothing on tides.",
        "All about tides.",
    )


def test_no_pair_is_a_tie_or_has_two_equal_texts(tmp_path):
    """Trap 9."""
    rows = [*project(3), task("same", *votes(1), responses=("x", "x\n")), task("tie", *votes(0))]
    result = release(rows, tmp_path / "r", recipe="raw")
    assert result.ledger.drops["identical_responses"] == 1
    assert {row["task_id"] for row in pairs_of(result, "native")}.isdisjoint({"same", "tie"})


def test_labels_are_booleans(tmp_path):
    """Trap 10."""
    result = release(project(5), tmp_path / "r", file_type="jsonl")
    assert {type(row["label"]) for row in read_table(result.path, "kto")} == {bool}


@pytest.mark.parametrize("file_type", ["parquet", "jsonl"])
def test_an_empty_split_has_no_file_and_no_entry_and_the_card_says_so(tmp_path, file_type):
    """Traps 11 and 12."""
    result = release(project(1), tmp_path / "r", file_type=file_type)
    for config in front_matter(result)["configs"]:
        listed = [path for entry in config["data_files"] for path in entry["path"]]
        assert listed
        assert all((result.path / path).stat().st_size for path in listed)
        assert len(config["data_files"]) == 1
    assert (result.path / "README.md").read_text().count("split is empty") == 2


def test_front_matter_declares_every_column_and_no_counts_that_could_be_wrong(tmp_path):
    """Traps 13, 14 and 15."""
    result = release(project(), tmp_path / "r", file_type="jsonl")
    for info in front_matter(result)["dataset_info"]:
        (table,) = [t for t in FORMATS["native"].tables if t.name == info["config_name"]]
        assert [feature["name"] for feature in info["features"]] == list(table.names)
        assert "splits" not in info
        assert list(read_table(result.path, table.folder)[0]) == list(table.names)


def test_every_shard_has_the_same_declared_schema(tmp_path):
    """Traps 14 and 15: also where a column holds nothing but nulls."""
    rows = [task("a", judgment(-1, active_ms=5)), *project(40)]
    result = release(rows, tmp_path / "r", shard_bytes=1)
    schemas = [pq.read_schema(path) for path in result.path.glob("judgments/*.parquet")]
    assert len(schemas) >= 2
    assert all(schema.equals(schemas[0]) for schema in schemas)


def test_text_columns_are_never_null(tmp_path):
    result = release(project(5), tmp_path / "r", recipe="majority", file_type="jsonl")
    for table in FORMATS["native"].tables:
        for row in read_table(result.path, table.folder):
            empty = {name for name, value in row.items() if value is None}
            assert empty <= {"active_ms", "idle_ms", "probability", "value"}


@pytest.mark.parametrize("shape", FORMATS)
def test_exactly_one_configuration_is_the_default(tmp_path, shape):
    """Trap 16."""
    result = release(project(5), tmp_path / "r", shape=shape, file_type="jsonl")
    assert [c.get("default") for c in front_matter(result)["configs"]].count(True) == 1


def test_judgments_keep_ties_and_what_the_rater_saw(tmp_path):
    rows = [*project(2), task("tie", judgment(0, tie_kind="equal_bad", rationale="Both lie."))]
    result = release(rows, tmp_path / "r")
    (tie,) = [r for r in read_table(result.path, "judgments") if r["task_id"] == "tie"]
    assert (tie["choice"], tie["value"], tie["rationale"]) == ("equal_bad", 0, "Both lie.")
    assert tie["shown_order"] == [0, 1]
    assert tie["answers"] == [{"criterion": "overall", "response": 0, "value": 0}]


def test_gold_judgments_are_in_no_file(tmp_path):
    rows = [task("gold", judgment(1, purpose="gold")), *project(2)]
    result = release(rows, tmp_path / "r")
    assert all(b"gold-a" not in path.read_bytes() for path in result.path.rglob("*.parquet"))
    assert result.manifest["figures"]["judgments_left_out"] == {"purpose_gold": 1}


@pytest.mark.parametrize("shape", ["trl-plain", "trl-plain-implicit"])
def test_plain_text_refuses_conversations_and_counts_them(tmp_path, shape):
    rows = [*project(2), task("talk", *votes(1), messages=TURNS)]
    result = release(rows, tmp_path / "r", shape=shape)
    assert result.ledger.drops == {"multi_turn": 1}


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([("user", "Hi"), ("assistant", "Well,")], "prompt_not_ending_with_user"),
        ([("narrator", "Once"), ("user", "Hi")], "unknown_role"),
        ([("user", "  ")], "empty_prompt"),
    ],
)
def test_prompts_that_no_chat_template_takes_are_counted(tmp_path, messages, reason):
    rows = [*project(2), task("odd", *votes(1), messages=messages)]
    assert release(rows, tmp_path / "r").ledger.drops == {reason: 1}


def test_hh_writes_dialogues_that_read_back(tmp_path):
    rows = [task("tides", *votes(-1), messages=TURNS)]
    (row,) = pairs_of(release(rows, tmp_path / "r", shape="hh", file_type="jsonl"), "hh")
    prompt, tag, reply = row["chosen"].rpartition("\n\nAssistant:")
    assert prompt == "\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Tell me about tides and moons"
    assert (tag + reply) == "\n\nAssistant: All about tides."
    assert list(row) == ["chosen", "rejected"]


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([("system", "Be brief."), ("user", "Hi")], "system_turn"),
        ([("assistant", "Hi")], "no_user_turn"),
        ([("user", "He wrote\n\nAssistant: yes")], "speaker_tag"),
        ([("user", "Hi"), ("assistant", "Hello")], "prompt_not_ending_with_user"),
    ],
)
def test_hh_refuses_what_its_transcript_would_garble(tmp_path, messages, reason):
    rows = [*project(1), task("odd", *votes(1), messages=messages)]
    result = release(rows, tmp_path / "r", shape="hh", file_type="jsonl")
    assert result.ledger.drops == {reason: 1}


@pytest.mark.parametrize("shape", FORMATS.values(), ids=FORMATS)
def test_every_format_says_what_it_holds_and_how_to_load_it(shape):
    assert all(text.endswith(".") for text in shape.explain().values())
    assert 'load_dataset("here"' in shape.load_code("here")
