"""What formats refuse, what they say of themselves, and what they keep."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest
import yaml

from labeling.datasets.fitting import misfit
from labeling.datasets.formats import FORMATS
from labeling.datasets.judging import preview
from labeling.datasets.recipes import RECIPES, Majority, Raw, RecipeOptions, RowKind
from labeling.datasets.records import TaskRecord
from tests.datasets.format_rows import tied
from tests.datasets.release_rows import OVERALL, judgment, project, read_table, release, task, votes

TURNS = [("user", "Hi"), ("assistant", "Hello"), ("user", "Tell me about tides and moons")]
PLAIN = [key for key in FORMATS if "plain" in key]
CHATS = [
    key
    for key in FORMATS
    if key not in (*PLAIN, "native", "judgments", "pairs", "hh", "helpsteer2")
    and not key.startswith("llamafactory")
]


def pairs_of(result, shape):
    return read_table(result.path, FORMATS[shape].tables[0].folder)


def refusal(shape, *messages, responses=("yes", "no")):
    """Why a task with this prompt is not written in that format."""
    return FORMATS[shape].refusal(task("odd", messages=messages, responses=responses))


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


@pytest.mark.parametrize("shape", CHATS)
@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([("user", "Hi"), ("assistant", "Well,")], "prompt_not_ending_with_user"),
        ([("narrator", "Once"), ("user", "Hi")], "unknown_role"),
    ],
)
def test_no_format_of_chats_takes_what_no_template_takes(shape, messages, reason):
    assert refusal(shape, *messages) == reason
    assert refusal(shape, ("system", "Be brief."), *TURNS) is None


@pytest.mark.parametrize("shape", ["llamafactory", "llamafactory-kto", "llamafactory-sft"])
@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([("system", "Be brief."), *TURNS], None),
        ([*TURNS[:2], ("tool", "42")], None),
        ([("user", "Hi"), ("user", "There")], "not_alternating"),
        ([("assistant", "Hi"), ("user", "There")], "not_alternating"),
        ([("user", "Hi"), ("system", "Be brief."), ("user", "So?")], "not_alternating"),
        ([("user", "Hi"), ("assistant", "Hello")], "prompt_not_ending_with_user"),
        ([("system", "Be brief.")], "prompt_not_ending_with_user"),
        ([("narrator", "Once")], "unknown_role"),
        ([("user", "What is in <image>?")], "media_placeholder"),
    ],
)
def test_llamafactory_takes_turns_that_alternate_and_no_placeholders(shape, messages, reason):
    """It skips a row of other turns with a warning, and stops at a placeholder without its file."""
    assert refusal(shape, *messages) == reason


def test_llamafactory_refuses_a_response_with_a_placeholder():
    assert refusal("llamafactory", *TURNS, responses=("see <video>", "b")) == "media_placeholder"


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([("developer", "Be brief."), ("user", "Hi")], "system_turn"),
        ([("user", "Hi"), ("assistant", "Let me look."), ("tool", "42")], "tool_turn"),
        ([("user", "Hi"), ("assistant", " "), ("user", "So?")], "empty_turn"),
    ],
)
def test_openai_takes_no_tool_turns_and_no_empty_ones(messages, reason):
    assert refusal("openai", *messages) == reason


def test_axolotl_refuses_the_role_it_stops_at():
    assert refusal("axolotl", ("developer", "Be brief."), ("user", "Hi")) == "system_turn"


def test_ultrafeedback_needs_a_question():
    assert refusal("ultrafeedback", ("system", "Be brief."), ("tool", "42")) == "no_user_turn"


@pytest.mark.parametrize(
    ("shape", "drops"),
    [("listwise", {"identical_responses": 1}), ("judgments", {})],
)
def test_a_ranking_needs_different_texts_and_a_record_of_judgments_needs_none(shape, drops):
    tasks = [
        task("empty", judgment(-1), responses=("a", " ")),
        task("same", judgment(-1), responses=("a", "a ")),
        task("whole", judgment(-1)),
    ]
    recipe = Raw(OVERALL, kind=RowKind.RANKINGS)
    ledger, _ = preview(lambda: tasks, recipe=recipe, shape=FORMATS[shape])
    assert ledger.drops == drops
    assert ledger.rows_out == 3 - len(drops)


@pytest.mark.parametrize("shape", ["judgments", "pairs"])
def test_a_record_of_what_was_said_takes_any_prompt(shape):
    assert refusal(shape, ("narrator", "Once"), ("assistant", "upon")) is None


@pytest.mark.parametrize(
    ("shape", "kept"),
    [
        ("helpsteer3", {"equal_good", "unspecified"}),
        ("lmarena", {"equal_good", "equal_bad", "unspecified"}),
        ("pairs", {"equal_good", "equal_bad", "cannot_tell", "unspecified", "mixed"}),
        ("native", {"equal_good", "equal_bad", "cannot_tell", "unspecified", "mixed"}),
    ],
)
def test_a_tie_without_a_word_of_its_own_is_refused_and_counted(shape, kept):
    record = task("tides", messages=[("user", "Hi")])
    for kind in ("equal_good", "equal_bad", "cannot_tell", "unspecified", "mixed"):
        reason = FORMATS[shape].pair_refusal(record, tied(kind))
        assert reason == (None if kind in kept else f"tie_{kind}")


def test_refused_ties_are_in_the_books():
    tasks = [
        task("good", judgment(0, tie_kind="equal_good")),
        task("bad", judgment(0, tie_kind="equal_bad")),
        task("unsure", judgment(0, tie_kind="cannot_tell")),
        task("won", judgment(-1)),
    ]
    ledger, _ = preview(lambda: tasks, recipe=Raw(OVERALL), shape=FORMATS["helpsteer3"])
    assert (ledger.rows_in, ledger.rows_out) == (4, 2)
    assert ledger.drops == {"tie_equal_bad": 1, "tie_cannot_tell": 1}


def fixture() -> list[TaskRecord]:
    """Twenty judgments: significantly 5, better 6, slightly 4, negligible 3, tie 2."""
    values = [3] * 5 + [2] * 6 + [1] * 7 + [0] * 2
    return [task(f"topic{i:02d}", judgment(value, id=f"j{i}")) for i, value in enumerate(values)]


@pytest.mark.parametrize(
    ("shape", "rows"),
    [("judgments", 20), ("listwise", 20), ("lmarena", 20), ("helpsteer3", 20), ("trl", 18)],
)
def test_twenty_judgments_are_twenty_rows_where_ties_have_a_place(tmp_path, shape, rows):
    result = release(fixture(), tmp_path / "r", recipe="raw", shape=shape, file_type="jsonl")
    assert result.ledger.rows_out == rows
    assert len(pairs_of(result, shape)) == rows


@pytest.mark.parametrize("shape", ["judgments", "listwise"])
def test_rows_of_one_rater_cannot_be_made_of_votes_put_together(shape):
    wrong = misfit(Majority, FORMATS[shape], options=RecipeOptions(), criteria=[OVERALL])
    assert wrong is not None
    assert wrong[0] == "format"
    assert "a row a rater" in wrong[1]


def test_llamafactory_names_every_file_of_every_split(tmp_path):
    result = release(
        project(60), tmp_path / "r", shape="llamafactory", file_type="jsonl", shard_bytes=1
    )
    info = json.loads((result.path / "dataset_info.json").read_text())
    data = [file.name for file in result.files if file.rows]
    assert [entry["file_name"] for entry in info.values()] == data
    assert {"concord_train", "concord_validation", "concord_test"} <= set(info)
    for entry in info.values():
        assert (entry["formatting"], entry["ranking"]) == ("sharegpt", True)
        assert set(entry["columns"].values()) == {"conversations", "chosen", "rejected"}


def test_llamafactory_numbers_the_shards_of_a_split_and_names_the_criterion():
    table = replace(FORMATS["llamafactory"].tables[0], name="default-fair", folder="data-fair")
    names = [f"data-fair/train-0000{i}-of-00002.jsonl" for i in range(2)]
    (text,) = FORMATS["llamafactory"].extra_files([table], names).values()
    assert list(json.loads(text)) == ["concord_fair_train_1", "concord_fair_train_2"]


@pytest.mark.parametrize("shape", FORMATS.values(), ids=FORMATS)
def test_every_format_says_what_it_cannot_carry(shape):
    assert "Cannot carry" in shape.explain()
    assert shape.main.keys() <= set(RowKind)
    assert all(name in {table.name for table in shape.tables} for name in shape.main.values())


@pytest.mark.parametrize("shape", FORMATS.values(), ids=FORMATS)
def test_the_code_that_loads_a_release_compiles_and_fits_the_file_type(shape):
    for file_type in shape.file_types:
        code = shape.load_code("here", file_type)
        compile(code, "loading", "exec")
        assert ("keep_default_na=False" in code) == (file_type == "csv")
        assert ("zstandard" in code) == (file_type == "jsonl.zst")


def test_formats_of_plain_text_are_the_ones_with_plain_in_their_name():
    assert PLAIN == ["trl-plain", "trl-plain-implicit", "trl-unpaired-plain"]
    assert set(RECIPES) >= {"raw", "majority"}


def test_lists_and_missing_numbers_are_declared_as_text_in_csv(tmp_path):
    """A cell cannot hold them otherwise, and `load_dataset` would stop at the declared type."""
    result = release(fixture(), tmp_path / "r", recipe="raw", shape="judgments", file_type="csv")
    card = yaml.safe_load((result.path / "README.md").read_text().split("---\n")[1])
    (info,) = card["dataset_info"]
    types = {feature.pop("name"): feature for feature in info["features"]}
    for name in ("prompt", "responses", "answers", "value", "active_ms", "probability"):
        assert types[name] == {"dtype": "string"}
    assert types["guideline_version"] == {"dtype": "int32"}


def test_a_table_of_pairs_runs_no_formula(tmp_path):
    said = judgment(-1, "=cmd", rationale="@SUM(A1)")
    record = task("sum", said, responses=("=1+1", "-2"))
    result = release([record], tmp_path / "r", recipe="raw", shape="pairs", file_type="csv")
    (name,) = [file.name for file in result.files if file.rows]
    (row,) = csv.DictReader((result.path / name).open(encoding="utf-8", newline=""))
    assert [row[column] for column in ("response_a", "response_b", "rater", "rationale")] == [
        "'=1+1",
        "'-2",
        "'=cmd",
        "'@SUM(A1)",
    ]
    assert row["overall"] == "-1"
