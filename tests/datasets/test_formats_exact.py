"""What one task looks like in every format, word for word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from labeling.datasets.formats import FAMILIES, FORMATS
from labeling.datasets.formats.judgments import COLUMNS
from labeling.datasets.recipes import Pair, RankedResponses
from labeling.datasets.records import CriterionRecord, JudgmentRecord, Rating, TaskRecord, digest
from tests.datasets.format_rows import CHAT, decided, item, tied, write
from tests.datasets.release_rows import judgment, read_table, release, task, votes

PROMPT = [{"role": role, "content": content} for role, content in CHAT]
GOOD = {"role": "assistant", "content": "All about tides."}
BAD = {"role": "assistant", "content": "Nothing on tides."}
HUMAN = "\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Why tides?\n\nAssistant: "
#: 16 hexadecimal digits and the like: names are made of hashes and stand for themselves.
NAME: Any = type("Name", (), {"__eq__": lambda _self, other: isinstance(other, str) and other})()
JUDGMENT = {
    "task_id": "tides",
    "prompt_id": "prompt-tides",
    "prompt_group": "group-1",
    "judgment_id": "rui--2",
    "rater": "rui",
    "rater_fold": 0,
    "prompt": PROMPT,
    "responses": ["All about tides.", "Nothing on tides."],
    "response_ids": ["tides-a", "tides-b"],
    "models": ["m1", "m2"],
    "criterion": "overall",
    "choice": "first",
    "value": -2,
    "tie_kind": "",
    "side_only": [],
    "answers": [{"criterion": "overall", "response": 0, "value": -2}],
    "tie_kinds": [],
    "rationale": "Clearer.",
    "flags": [],
    "principles": [],
    "guideline_version": 0,
    "rubric_version": 0,
    "purpose": "live",
    "source": "human",
    "strategy": "uniform",
    "probability": None,
    "shown_order": [0, 1],
    "active_ms": 5,
    "idle_ms": None,
    "times_cut": False,
    "created_at": "",
    "category": "coding",
    "language": "en",
}
TRL = {"id": NAME, "prompt_id": "prompt-tides", "strength": 2, "margin": pytest.approx(2 / 3)}
UNPAIRED = {"id": NAME, "prompt_id": "prompt-tides"}

EXACT: dict[str, dict[str, Any]] = {
    "judgments": JUDGMENT,
    "trl": {"prompt": PROMPT, "chosen": [GOOD], "rejected": [BAD], **TRL},
    "trl-implicit": {"chosen": [*PROMPT, GOOD], "rejected": [*PROMPT, BAD], **TRL},
    "trl-unpaired": {"prompt": PROMPT, "completion": [GOOD], "label": True, **UNPAIRED},
    "trl-prompt-completion": {"prompt": PROMPT, "completion": [GOOD], **UNPAIRED},
    "messages": {"messages": [*PROMPT, GOOD], **UNPAIRED},
    "openrlhf": {
        "prompt": PROMPT,
        "chosen": [GOOD],
        "rejected": [BAD],
        "margin": pytest.approx(2 / 3),
    },
    "llamafactory": {"conversations": PROMPT, "chosen": GOOD, "rejected": BAD},
    "llamafactory-kto": {"messages": [*PROMPT, GOOD], "label": True},
    "llamafactory-sft": {"messages": [*PROMPT, GOOD]},
    "axolotl": {"messages": PROMPT, "chosen": GOOD, "rejected": BAD},
    "nemo-rl": {
        "context": PROMPT,
        "completions": [{"rank": 0, "completion": [GOOD]}, {"rank": 1, "completion": [BAD]}],
    },
    "openai": {
        "input": {"messages": PROMPT, "tools": [], "parallel_tool_calls": True},
        "preferred_output": [GOOD],
        "non_preferred_output": [BAD],
    },
    "hh": {"chosen": f"{HUMAN}All about tides.", "rejected": f"{HUMAN}Nothing on tides."},
    "helpsteer3": {
        "domain": "coding",
        "language": "en",
        "context": PROMPT,
        "response1": "All about tides.",
        "response2": "Nothing on tides.",
        "overall_preference": -2,
        "individual_preference": [
            {"score": -2, "reasoning": "Clearer.", "feedback1": "", "feedback2": ""}
        ],
    },
    "lmarena": {
        "question_id": NAME,
        "model_a": "m1",
        "model_b": "m2",
        "winner": "model_a",
        "judge_hash": "rui",
        "conversation_a": [*PROMPT, GOOD],
        "conversation_b": [*PROMPT, BAD],
        "turn": 2,
        "language": "en",
        "category_tag": "coding",
    },
    "ultrafeedback": {
        "prompt": "Hi",
        "prompt_id": "prompt-tides",
        "chosen": [*PROMPT, GOOD],
        "rejected": [*PROMPT, BAD],
        "messages": [*PROMPT, GOOD],
        "score_chosen": 10.0,
        "score_rejected": 0.0,
    },
    "listwise": {
        "id": "tides",
        "prompt": PROMPT,
        "responses": ["All about tides.", "Nothing on tides."],
        "ranks": [1, 2],
        "models": ["m1", "m2"],
        "rater": "rui",
        "rationale": "Clearer.",
        "criterion": "overall",
        "category": "coding",
        "language": "en",
    },
    "rules": {
        "prompt": PROMPT,
        "response": [GOOD],
        "rule": "Say nothing unkind.",
        "label": True,
        "level": 1.5,
        "votes_followed": 2,
        "votes_broken": 0,
        "votes_unsure": 0,
        "rule_key": "v1p1",
        "rule_title": "Be kind",
        "rule_number": 1,
        "guideline_version": 1,
        "id": digest("rule 1.1", "tides", "0", "overall").hex()[:16],
        "response_id": "tides-a",
        "task_id": "tides",
        "prompt_id": "prompt-tides",
        "prompt_group": "group-1",
        "model": "m1",
        "criterion": "overall",
        "category": "coding",
        "language": "en",
    },
    "helpsteer2": {
        "prompt": "Hi\n<extra_id_1>Assistant\nHello\n<extra_id_1>User\nWhy tides?",
        "response": "All about tides.",
        "helpful": 4,
    },
}


@pytest.mark.parametrize("shape", EXACT)
def test_a_row_is_exactly_what_the_program_reads(tmp_path, shape):
    rows = write(FORMATS[shape], [item()], tmp_path)["default"]
    assert EXACT[shape] in rows
    assert list(rows[0]) == list(EXACT[shape])


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("trl-plain", {"prompt": "Why?", "chosen": "Yes.", "rejected": "No."}),
        ("trl-plain-implicit", {"chosen": "Why?\n\nYes.", "rejected": "Why?\n\nNo."}),
        ("trl-unpaired-plain", {"prompt": "Why?", "completion": "Yes.", "label": True}),
    ],
)
def test_plain_rows_are_the_texts_as_they_are(tmp_path, shape, expected):
    plain = task("moon", messages=[("user", "Why?")], responses=("Yes.", "No."))
    rows = write(FORMATS[shape], [item(plain)], tmp_path)["default"]
    assert any(expected.items() <= row.items() for row in rows)


def test_the_native_folder_holds_pairs_labels_demonstrations_and_judgments(tmp_path):
    tables = write(FORMATS["native"], [item()], tmp_path)
    assert tables["judgments"] == [JUDGMENT]
    (pair,) = tables["preference"]
    assert (pair["prompt"], pair["chosen"], pair["rejected"]) == (PROMPT, [GOOD], [BAD])
    assert (pair["pair_weight"], pair["group_size"], pair["edited"]) == (1.0, 2, False)
    assert (pair["judgment_id"], pair["rater"], pair["chosen_model"]) == ("rui--2", "rui", "m1")
    assert {(row["completion"][0]["content"], row["label"]) for row in tables["kto"]} == {
        (GOOD["content"], True),
        (BAD["content"], False),
    }
    (shown,) = tables["sft"]
    assert (shown["messages"], shown["edited"], shown["model"]) == ([*PROMPT, GOOD], False, "m1")


def test_judgments_have_the_same_columns_alone_and_in_the_native_folder():
    (native,) = [table for table in FORMATS["native"].tables if table.name == "judgments"]
    assert native.columns == FORMATS["judgments"].tables[0].columns == COLUMNS


def test_judgments_of_one_task_are_written_once_in_the_native_folder(tmp_path):
    rows = write(FORMATS["native"], [item(), item(first=False)], tmp_path)
    assert len(rows["judgments"]) == 1
    assert len(rows["preference"]) == 2


def three(**more: Any) -> TaskRecord:
    from_two = task("moon", messages=[("user", "Why?")], responses=("a", "b"))
    extra = task("sea", responses=("c", "d")).responses[0]
    return TaskRecord(
        from_two.id, from_two.prompt_id, from_two.messages, (*from_two.responses, extra), (), **more
    )


RANKED = judgment(
    None, "rui", ratings=tuple(Rating("order", i, r) for i, r in enumerate((2, 1, 2)))
)
ORDER = CriterionRecord("order", "Rank them.", "rank", 1, primary=False, answer="rank")


def ranked(record: TaskRecord, *pairs: Pair) -> Any:
    made = item(record, pairs=pairs, judgments=[RANKED], labels=[], demonstrations=[])
    return replace(made, criterion=ORDER, rankings=[RankedResponses((2, 1, 2), RANKED)])


def test_a_ranking_keeps_every_rank_and_its_ties(tmp_path):
    (row,) = write(FORMATS["listwise"], [ranked(three())], tmp_path)["default"]
    assert (row["responses"], row["ranks"], row["criterion"]) == (
        ["a", "b", "c"],
        [2, 1, 2],
        "order",
    )


def test_a_ranking_is_one_judgment_with_a_rank_for_each_response(tmp_path):
    (row,) = write(FORMATS["judgments"], [ranked(three())], tmp_path)["default"]
    assert (row["choice"], row["value"], row["tie_kind"]) == ("ranked", None, "")
    assert [answer["value"] for answer in row["answers"]] == [2, 1, 2]


def test_pairs_of_one_ranking_say_their_group_and_weigh_its_share(tmp_path):
    pairs = [
        decided(1, RANKED, chosen=1, rejected=other, weight=0.5, group_size=3) for other in (0, 2)
    ]
    rows = write(FORMATS["native"], [ranked(three(), *pairs)], tmp_path)["preference"]
    assert {(row["task_id"], row["pair_weight"], row["group_size"]) for row in rows} == {
        ("moon", 0.5, 3)
    }
    assert len({row["id"] for row in rows}) == 2


def test_an_edit_is_the_chosen_side_of_a_pair_of_its_own(tmp_path):
    edit = task("sea", responses=("better", "d")).responses[0]
    record = three(edits=(edit,))
    pair = decided(-1, chosen=3, rejected=0, edited=True)
    (row,) = write(FORMATS["native"], [item(record, pairs=[pair])], tmp_path)["preference"]
    assert (row["chosen"][0]["content"], row["rejected"][0]["content"]) == ("better", "a")
    assert row["edited"] is True


@pytest.mark.parametrize(
    ("shape", "column", "first", "second"),
    [("helpsteer3", "overall_preference", -2, 2), ("lmarena", "winner", "model_a", "model_b")],
)
def test_sides_stay_in_place_whoever_wins(tmp_path, shape, column, first, second):
    pairs = [decided(-2), decided(2)]
    rows = write(FORMATS[shape], [item(pairs=pairs)], tmp_path)["default"]
    assert [row[column] for row in rows] == [first, second]
    texts = ("response1", "response2") if shape == "helpsteer3" else ("model_a", "model_b")
    assert len({tuple(row[name] for name in texts) for row in rows}) == 1


def test_an_lmarena_tie_says_whether_both_are_bad(tmp_path):
    pairs = [tied("equal_good"), tied("equal_bad"), tied("unspecified")]
    rows = write(FORMATS["lmarena"], [item(pairs=pairs)], tmp_path)["default"]
    assert [row["winner"] for row in rows] == ["tie", "both_bad", "tie"]


def test_a_tie_on_any_criterion_says_which_it_is(tmp_path):
    safety = CriterionRecord("safety", "Which is safer?", "arena4", 1, primary=False)
    values = {"overall": 2, "safety": 0, "style": 0, "voice": 0}
    ties = {"safety": "equal_bad", "style": "cannot_tell", "voice": "unspecified"}
    said = JudgmentRecord("j", "rui", values, tie_kinds=ties, unsaid={"humour": "unsure"})
    made = replace(item(pairs=[tied("equal_bad", said)], judgments=[said]), criterion=safety)
    (row,) = write(FORMATS["judgments"], [made], tmp_path / "judgments")["default"]
    assert (row["choice"], row["value"], row["tie_kind"]) == ("equal_bad", 0, "equal_bad")
    assert {cell["criterion"]: cell["tie_kind"] for cell in row["tie_kinds"]} == ties
    (row,) = write(FORMATS["lmarena"], [made], tmp_path / "lmarena")["default"]
    assert row["winner"] == "both_bad"
    (row,) = write(FORMATS["pairs"], [made], tmp_path / "pairs", "csv")["default"]
    assert (row["criterion"], row["overall"], row["tie_kind"]) == ("safety", "0", "equal_bad")
    vote = replace(item(pairs=[votes_pair(1.0, said)]), criterion=safety)
    (row,) = write(FORMATS["helpsteer3"], [vote], tmp_path / "helpsteer")["default"]
    assert row["individual_preference"] == []


@pytest.mark.parametrize("why", ["unsure", "not_applicable"])
def test_a_question_that_has_no_value_says_why(tmp_path, why):
    said = JudgmentRecord("j", "rui", {}, unsaid={"overall": why})
    (row,) = write(FORMATS["judgments"], [item(judgments=[said])], tmp_path)["default"]
    assert (row["choice"], row["value"], row["tie_kind"]) == (why, None, "")


def votes_pair(value: float, *judgments: Any) -> Pair:
    chosen = 0 if value < 0 else 1
    return Pair(chosen, 1 - chosen, abs(value), 0.5, 2, 0, 1, value=value, votes=judgments)


def test_helpsteer_rounds_a_mean_and_lists_the_votes_that_have_a_number(tmp_path):
    said = [
        judgment(-1, "a"),
        judgment(-2, "b"),
        judgment(0, "c", tie_kind="equal_good"),
        judgment(0, "d", tie_kind="equal_bad"),
        judgment(0, "e", tie_kind="cannot_tell"),
    ]
    pair = votes_pair(-1.5, *said)
    (row,) = write(FORMATS["helpsteer3"], [item(pairs=[pair])], tmp_path)["default"]
    assert row["overall_preference"] == -2
    assert [vote["score"] for vote in row["individual_preference"]] == [-1, -2, 0]


@pytest.mark.parametrize(("value", "written"), [(0.2, 1), (-0.2, -1), (2.5, 3), (-1.4, -1)])
def test_a_preference_is_never_rounded_to_a_tie(tmp_path, value, written):
    pair = votes_pair(value)
    (row,) = write(FORMATS["helpsteer3"], [item(pairs=[pair])], tmp_path)["default"]
    assert row["overall_preference"] == written


def test_helpsteer_shrinks_a_longer_scale_to_its_own(tmp_path):
    nine = CriterionRecord("overall", "Which?", "nine", 4)
    pairs = [decided(value) for value in (-4, -3, -2, -1, 1, 4)]
    made = replace(item(pairs=pairs), criterion=nine)
    rows = write(FORMATS["helpsteer3"], [made], tmp_path)["default"]
    assert [row["overall_preference"] for row in rows] == [-3, -2, -2, -1, 1, 3]


def test_ultrafeedback_scores_are_ten_times_the_share_of_the_votes(tmp_path):
    pair = Pair(1, 0, 1, 0.5, 2, 1, 0, votes=(judgment(1), judgment(2), judgment(-1)))
    (row,) = write(FORMATS["ultrafeedback"], [item(pairs=[pair])], tmp_path)["default"]
    assert (row["score_chosen"], row["score_rejected"]) == (6.6667, 3.3333)


def test_rows_name_the_folds_of_the_raters_who_had_a_say(tmp_path):
    tasks = [task(f"t{i}", *votes(-1, -2, 1)) for i in range(12)]
    tasks += [task("few", *votes(-1))]
    release(tasks, tmp_path / "r", file_type="jsonl")
    folds = {row["rater"]: row["rater_fold"] for row in read_table(tmp_path / "r", "judgments")}
    assert len(set(folds.values())) == 3
    rows = {row["task_id"]: row for row in read_table(tmp_path / "r", "preference")}
    assert rows["t0"]["rater_folds"] == sorted(folds.values())
    assert rows["few"]["rater_folds"] == [folds["rater-0"]]


def test_families_hold_every_format_once_and_in_order():
    listed = [shape.key for family in FAMILIES.values() for shape in family]
    assert listed == list(FORMATS)
    assert list(FAMILIES) == ["Concord", "TRL", "Other trainers", "Published data sets", "Tables"]
