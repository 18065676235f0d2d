"""Each reader reads what the matching format writes: write, read, equal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace as changed

from labeling.datasets.build import BuildResult
from labeling.datasets.formats import FORMATS
from labeling.datasets.readers import ReadOptions, detect, read
from labeling.datasets.recipes import RecipeOptions
from labeling.datasets.records import Message, ResponseRecord, TaskRecord
from labeling.datasets.rows import ImportedJudgment, ImportRow
from tests.datasets.dialogue_rows import ASKED, CALLING, TOLD, compared, spoken
from tests.datasets.release_rows import judgment, release, task

CHAT = [("user", "Hi"), ("assistant", "Hello"), ("user", "Why?")]
SYSTEM = [("system", "Be brief."), ("user", "Why?")]
AWKWARD = 'Two\nlines, a "quote"; a comma, \u2028, 🦉, null and =1+1'
#: The kind of row that each format is recognised as.
READ_AS = {
    "native": "trl",
    "judgments": "judgments",
    "trl": "trl",
    "trl-implicit": "trl",
    "trl-plain": "trl",
    "openrlhf": "trl",
    "llamafactory": "trl",
    "axolotl": "trl",
    "nemo-rl": "nemo",
    "openai": "openai",
    "hh": "hh",
    "helpsteer3": "helpsteer3",
    "lmarena": "lmarena",
    "ultrafeedback": "trl",
    "listwise": "listwise",
    "pairs": "pairs",
}
#: Formats whose rows name the rater.
NAMED = ("judgments", "lmarena", "listwise", "pairs")
#: Formats that keep whatever a dialogue says.
DIALOGUES = ("native", "judgments", "trl", "trl-implicit", "openrlhf", "pairs")
#: Formats that know a tool's turn by the call that it answers.
NAMELESS = ("openai", "llamafactory")
FILES = [(shape, file_type) for shape in READ_AS for file_type in FORMATS[shape].file_types]


def tasks_for(shape: str) -> list[TaskRecord]:
    """Tasks that the format can carry; two raters, or one it cannot name, prefer the second."""
    said = [judgment(2, "ana", rationale=AWKWARD), judgment(1, "rui")]
    said = said if shape in NAMED else said[:1]
    prompts: list[Any] = [[("user", f"Why {AWKWARD}?")]]
    if shape != "trl-plain":
        prompts.append(CHAT)
    if shape not in ("trl-plain", "hh"):
        prompts.append(SYSTEM)
    return [
        task(f"t{i}", *said, messages=messages, responses=(f"{i} {AWKWARD}", f"better {i}"))
        for i, messages in enumerate(prompts)
    ]


def rows_of(result: BuildResult, folder: str, rater: str = "") -> Iterator[Any]:
    for file in result.files:
        if file.rows and file.name.startswith(f"{folder}/"):
            yield from read(Path(result.path) / file.name, options=ReadOptions(rater))


@pytest.mark.parametrize(("shape", "file_type"), FILES)
def test_what_a_format_writes_its_reader_reads(tmp_path, shape, file_type):
    tasks = tasks_for(shape)
    result = release(tasks, tmp_path / "r", recipe="raw", shape=shape, file_type=file_type)
    folder = FORMATS[shape].tables[0].folder
    first = next(file.name for file in result.files if file.name.startswith(f"{folder}/"))
    assert detect(result.path / first).format == READ_AS[shape]
    rows = list(rows_of(result, folder, "" if shape in NAMED else "vera"))
    assert all(isinstance(row, ImportRow) for row in rows)
    assert len(rows) == result.ledger.rows_out
    assert {_said(row.messages, row.responses) for row in rows} == {
        _said(record.messages, record.responses) for record in tasks
    }
    for row in rows:
        better = row.responses[0 if row.judgments[0].values["overall"] < 0 else 1]
        assert better.content.startswith("better")


def _said(messages: Any, responses: Any) -> Any:
    return (
        tuple((message.role, message.content) for message in messages),
        frozenset(response.content for response in responses),
    )


@pytest.mark.parametrize(("shape", "file_type"), [pair for pair in FILES if pair[0] in NAMED])
def test_the_votes_of_each_rater_come_back(tmp_path, shape, file_type):
    tasks = [
        *tasks_for(shape),
        task("tie", judgment(0, "ana", tie_kind="equal_bad"), messages=[("user", "How?")]),
    ]
    result = release(tasks, tmp_path / "r", recipe="raw", shape=shape, file_type=file_type)
    rows = list(rows_of(result, FORMATS[shape].tables[0].folder))
    said = sorted(
        (row.messages[0].content, judgment.rater, judgment.values["overall"], tie_of(judgment))
        for row in rows
        for judgment in row.judgments
    )
    signed = shape in ("judgments", "pairs")
    bad = "" if shape == "listwise" else "equal_bad"
    expected = [
        (record.messages[0].content, rater, value if signed else 1, "")
        for record in tasks[:-1]
        for rater, value in (("ana", 2), ("rui", 1))
    ]
    assert said == sorted([*expected, ("How?", "ana", 0, bad)])


def tie_of(label: ImportedJudgment) -> str:
    """Which tie the overall answer is."""
    return label.tie_kinds.get("overall", "")


def test_the_native_judgments_come_back_as_the_votes_they_were(tmp_path):
    tasks = tasks_for("native")
    result = release(tasks, tmp_path / "r", recipe="majority")
    rows = list(rows_of(result, "judgments"))
    assert {row.external_id for row in rows} == {record.id for record in tasks}
    assert sorted(j.values["overall"] for row in rows for j in row.judgments) == [2, 2, 2]


def test_helpsteer_votes_come_back_as_places_in_a_row(tmp_path):
    said = [judgment(-2, "ana", rationale="Short."), judgment(-1, "rui"), judgment(1, "zoe")]
    result = release([task("t", *said)], tmp_path / "r", shape="helpsteer3", file_type="jsonl.gz")
    (row,) = rows_of(result, "data", "vera")
    assert [(j.values["overall"], j.rationale) for j in row.judgments] == [
        (-2, "Short."),
        (-1, ""),
        (1, ""),
    ]


@pytest.mark.parametrize(
    ("shape", "file_type"),
    [pair for pair in FILES if pair[0] in (*DIALOGUES, *NAMELESS, "nemo-rl")],
)
def test_tool_dialogues_come_back_as_they_were(tmp_path, shape, file_type):
    """With the calls, their answers and the reasoning, in prompts and in responses."""
    thinking = Message("assistant", "At 7.", reasoning_content="So says the tool.")
    first = spoken(CALLING, TOLD, thinking) if shape in DIALOGUES else spoken(CALLING)
    tasks = [
        compared(first, ResponseRecord("b", "I do not know."), *prompt)
        for prompt in ((ASKED,), (ASKED, CALLING, TOLD))
    ]
    tasks = [changed(each, id=f"t{n}", prompt_id=f"p{n}") for n, each in enumerate(tasks)]
    result = release(tasks, tmp_path / "r", recipe="raw", shape=shape, file_type=file_type)
    assert result.ledger.rows_out == 2
    rows = list(rows_of(result, FORMATS[shape].tables[0].folder, "" if shape in NAMED else "vera"))
    assert all(isinstance(row, ImportRow) for row in rows), rows
    names = shape not in NAMELESS
    assert {_turns(row.messages, row.responses, names) for row in rows} == {
        _turns(record.messages, record.responses, names) for record in tasks
    }


def _turns(messages: Any, responses: Any, names: bool) -> Any:
    """What was said, the arguments of calls as values: a file may write their JSON its own way."""

    def plain(turn: Message) -> Any:
        calls = [json.loads(call.function.arguments) for call in turn.tool_calls]
        ids = [call.id for call in turn.tool_calls]
        said = changed(turn, tool_calls=())
        if not names:
            ids, said = [], changed(said, name="", tool_call_id="")
        return said, json.dumps([calls, ids])

    texts = (tuple(map(plain, each.messages)) or each.content for each in responses)
    return tuple(map(plain, messages)), frozenset(texts)


@pytest.mark.parametrize(
    ("shape", "file_type"), [pair for pair in FILES if pair[0] in ("judgments", "pairs")]
)
def test_a_side_without_a_strength_comes_back_as_one(tmp_path, shape, file_type):
    sided = task("bread", judgment(-1, "ana", side_only=("overall",)))
    graded = task("tides", judgment(-1, "ana"))
    result = release(
        [sided, graded], tmp_path / "r", recipe="raw", shape=shape, file_type=file_type
    )
    labels = {
        row.external_id: (label.values["overall"], label.side_only != ())
        for row in rows_of(result, FORMATS[shape].tables[0].folder)
        for label in row.judgments
    }
    assert labels == {"bread": (-1, True), "tides": (-1, False)}


@pytest.mark.parametrize("file_type", FORMATS["pairs"].file_types)
def test_a_tie_of_several_kinds_comes_back_as_one_of_no_kind(tmp_path, file_type):
    kinds = ("equal_good", "equal_bad", "cannot_tell")
    ties = [judgment(0, kind, tie_kinds={"overall": kind}) for kind in kinds]
    options = RecipeOptions(ties="keep")
    result = release(
        [task("tides", *ties)], tmp_path / "r", shape="pairs", file_type=file_type, options=options
    )
    (row,) = rows_of(result, FORMATS["pairs"].tables[0].folder, "vera")
    (label,) = row.judgments
    assert (label.values, label.tie_kinds) == ({"overall": 0}, {"overall": "unspecified"})
