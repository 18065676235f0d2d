"""Columns that name the better response: what they say, how they count, and what is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labeling.datasets.readers import OpenQuestions, ReadOptions, detect, read
from labeling.datasets.rows import ImportRow, MappingError, Refusal
from tests.datasets.kinds import SAMPLES

PAIR = {"prompt": "2+2?", "response_a": "It is 4.", "response_b": "It is 5."}
NAMED = {**PAIR, "model_a": "m-one", "model_b": "m-two"}
PANDALM = {
    "idx": 0,
    "cmp_key": "alpaca-7b_llama-7b",
    "motivation_app": "Gmail",
    "instruction": "Correct the grammar.",
    "input": "He go home.",
    "response1": "He goes home.",
    "response2": "He gone home.",
}


def written(tmp_path: Path, *rows: dict[str, Any]) -> Path:
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def said(row: Any) -> list[tuple[str, int, str, bool]]:
    """(rater, value, kind of tie, side only) of each label."""
    assert isinstance(row, ImportRow), row
    return [
        (j.rater, j.values["overall"], j.tie_kinds.get("overall", ""), "overall" in j.side_only)
        for j in row.judgments
    ]


@pytest.mark.parametrize(
    ("word", "value", "tie"),
    [
        ("A", -1, ""), ("b", 1, ""), ("left", -1, ""), ("Right", 1, ""), ("first", -1, ""),
        ("response_b", 1, ""), ("model_a", -1, ""), ("A>B", -1, ""), ("B > A", 1, ""),
        ("A<B", 1, ""), ("[[A]]", -1, ""), ("[[B]]", 1, ""), ("[[A>B]]", -1, ""),
        ("Response 1 is better than Response 2", -1, ""), ("m-two", 1, ""), ("It is 4.", -1, ""),
        ("A=B", 0, ""), ("tie", 0, ""), ("both bad", 0, "equal_bad"), ("neither", 0, "equal_bad"),
        ("tie (bothbad)", 0, "equal_bad"), ("both good", 0, "equal_good"), ("draw", 0, ""),
    ],
)  # fmt: skip
def test_a_winner_in_words_or_names_is_understood(rows, word, value, tie):
    others = [{**NAMED, "prompt": f"{i}?", "winner": side} for i, side in enumerate("AB")]
    row = rows({**NAMED, "winner": word}, *others, rater="kim")[0]
    assert said(row) == [("kim", value, tie, value != 0)]
    assert "winner" not in row.metadata


@pytest.mark.parametrize(
    ("word", "grade"),
    [("A is much better", "much"), ("B slightly better", "slight"), ("A>>B", "much")],
)
def test_a_winner_in_words_tells_its_strength(rows, word, grade):
    (row,) = rows({**PAIR, "winner": word, "rater": "kim"})
    assert (row.judgments[0].grades, row.judgments[0].side_only) == ({"overall": grade}, ())


@pytest.mark.parametrize(
    ("spec", "values"),
    [
        ("label:1,2", {1: -1, 2: 1, "2": 1, "1.0": -1, "tie": 0}),
        ("label:0,1", {0: -1, 1: 1, "1.0": 1}),
        ("label:1,0", {1: -1, 0: 1}),
        ("label:1,2,0", {1: -1, 2: 1, 0: 0}),
        ("label:x,y,none of them", {"X": -1, "y": 1, "None of them": 0}),
        ("label:-1,1,0", {-1: -1, "+1": 1, 0: 0}),
        ("label:true,false", {True: -1, False: 1}),
    ],
)
def test_a_counting_is_spelt_out_by_the_mapping(rows, spec, values):
    raw = [{**PAIR, "prompt": f"{i}?", "label": code} for i, code in enumerate(values)]
    read_rows = rows(*raw, rater="kim", mapping={"winner": spec})
    assert [said(row)[0][1] for row in read_rows] == list(values.values())


def test_a_value_outside_of_the_counting_is_refused_by_field(rows):
    taken, refused = rows(
        {**PAIR, "label": 1}, {**PAIR, "label": 3}, rater="kim", mapping={"winner": "label:1,2"}
    )
    assert said(taken) == [("kim", -1, "", True)]
    assert (refused.line, refused.field, refused.code) == (2, "label", "not_allowed")
    assert refused.reason == "Is none of these: 1 is the first, 2 is the second."


@pytest.mark.parametrize("spec", ["label:1", "label:1,1", "label:1,2,3,4", "lable:1,2", "label:,"])
def test_a_mapping_that_does_not_count_is_refused(tmp_path, spec):
    with pytest.raises(MappingError, match="column:first,second"):
        detect(written(tmp_path, {**PAIR, "label": 1}), mapping={"winner": spec})


def test_a_column_may_hold_a_colon_itself(rows):
    (row,) = rows({**PAIR, "q:1,2": 2}, rater="kim", mapping={"winner": "q:1,2:1,2"})
    assert said(row) == [("kim", 1, "", True)]


@pytest.mark.parametrize("values", [(1, 2), (0, 1), (True, False), ("1", "2")])
def test_numbers_are_never_guessed_at(tmp_path, values):
    rows = [{**PAIR, "winner": value, "rater": "kim"} for value in values]
    file = written(tmp_path, *rows)
    detection = detect(file)
    assert "winner" not in detection.mapping
    (notice,) = detection.notices
    assert (notice.code, notice.columns) == ("winner_offered", ("winner",))
    (question,) = detect(file, mapping={"winner": "winner"}).questions
    assert question.code == "winner_counting"
    for option in question.options:
        assert not detect(file, mapping=option.mapping).questions


@pytest.mark.parametrize("name", ["better_response_id", "label", "preference", "winner", "choice"])
def test_an_unmapped_column_that_may_be_a_winner_is_metadata_and_offered(tmp_path, name):
    file = written(tmp_path, {**PAIR, name: 0}, {**PAIR, "prompt": "Or?", name: 1})
    detection = detect(file)
    assert (detection.unmapped, detection.questions) == ((name,), ())
    specs = [option.mapping["winner"] for option in detection.notices[0].options]
    assert specs[:2] == [f"{name}:0,1", f"{name}:1,0"]
    assert [row.judgments for row in read(file) if isinstance(row, ImportRow)] == [(), ()]


def test_a_key_of_answers_is_no_winner_by_itself(tmp_path):
    file = written(tmp_path, {**PAIR, "label": "A", "rater": "kim"})
    detection = detect(file)
    assert "winner" not in detection.mapping
    assert detection.notices[0].options[0].mapping == {"winner": "label"}


def test_one_word_that_says_nothing_leaves_the_column_as_metadata(tmp_path):
    file = written(tmp_path, {**PAIR, "winner": "A"}, {**PAIR, "prompt": "?", "winner": "C"})
    assert detect(file).unmapped == ("winner",)


def test_a_word_that_says_two_things_is_no_label(rows):
    swapped = {**PAIR, "response_a": "B", "response_b": "A", "winner": "A", "rater": "kim"}
    (row,) = rows(swapped)
    assert (row.judgments, row.metadata["winner"]) == ((), "A")
    (refused,) = rows(swapped, mapping={"winner": "winner"})
    assert isinstance(refused, Refusal)
    (row,) = rows(swapped, mapping={"winner": "winner:A,B"})
    assert said(row) == [("kim", -1, "", True)]


def test_a_winner_that_nobody_is_named_for_is_metadata_and_that_is_said(rows, tmp_path):
    (row,) = rows({**PAIR, "winner": "A"})
    assert (row.judgments, row.metadata) == ((), {"winner": "A"})
    detection = detect(written(tmp_path, {**PAIR, "winner": "A"}))
    assert [notice.code for notice in detection.notices] == ["rater_unnamed"]


@pytest.mark.parametrize(("kind", "row"), [(kind, row) for _, kind, row in SAMPLES])
def test_preferences_that_nobody_is_named_for_are_no_labels_and_that_is_said(
    rows, tmp_path, kind, row
):
    (unnamed, *_), (named, *_) = rows(row), rows(row, rater="kim")
    silent = len(unnamed.judgments) < len(named.judgments)
    file = written(tmp_path, row)
    notices = [notice for notice in detect(file).notices if notice.code == "rater_unnamed"]
    assert bool(notices) == silent, kind
    assert not detect(file, options=ReadOptions(label_rater="kim")).notices


def test_several_columns_are_a_rater_each(rows):
    annotated = {**PAIR, "a1": 1, "a2": 2, "a3": 0, "rationale": "Who knows."}
    spec = {"winner": "a1|a2|a3:1,2,0"}
    full, gap = rows(annotated, {**annotated, "prompt": "Or?", "a2": None}, mapping=spec)
    assert said(full) == [("a1", -1, "", True), ("a2", 1, "", True), ("a3", 0, "", False)]
    assert [label[0] for label in said(gap)] == ["a1", "a3"]
    assert full.metadata == {"rationale": "Who knows."}


def test_pandalm_is_known_by_its_columns(rows):
    raw = {**PANDALM, "annotator1": 2, "annotator2": 1, "annotator3": 0}
    (row,) = rows(raw)
    assert [label[:2] for label in said(row)] == [
        ("annotator1", 1),
        ("annotator2", -1),
        ("annotator3", 0),
    ]
    assert row.messages[0].content == "Correct the grammar.\nHe go home."
    assert row.external_id == "0"
    assert row.metadata == {name: PANDALM[name] for name in ("cmp_key", "motivation_app")}


def test_annotators_of_another_file_are_offered(tmp_path):
    raw = {**PAIR, "annotator1": 2, "annotator2": 1}
    detection = detect(written(tmp_path, raw, {**raw, "prompt": "?", "annotator2": 0}))
    assert "winner" not in detection.mapping
    (notice,) = detection.notices
    assert notice.options[0].mapping == {"winner": "annotator1|annotator2:1,2,0"}


def test_a_winner_beside_a_strength_must_agree_with_it(rows):
    strong = {**PAIR, "rater": "kim", "winner": "A", "overall": -3}
    (row,) = rows(strong)
    assert said(row) == [("kim", -3, "", False)]
    (refused,) = rows({**strong, "winner": "B"})
    assert (refused.field, refused.code) == ("winner", "contradiction")


@pytest.mark.parametrize("values", [(1,), (1, 2), (0, 1), (1, 2, 3), (0, 0)])
def test_a_signed_value_that_is_never_negative_is_questioned(tmp_path, values):
    rows = [{**PAIR, "prompt": f"{i}?", "label": n} for i, n in enumerate(values)]
    file = written(tmp_path, *rows)
    (question,) = detect(file, mapping={"overall": "label"}).questions
    assert (question.code, question.columns) == ("one_sided", ("label",))
    with pytest.raises(OpenQuestions, match="never negative"):
        list(read(file, mapping={"overall": "label"}))
    for option in question.options:
        mapping = {"overall": "label", **option.mapping}
        assert not detect(file, mapping=mapping).questions


def test_a_signed_value_without_one_in_the_first_rows_is_questioned(tmp_path):
    rows = [{**PAIR, "prompt": f"{i}?", "label": None} for i in range(50)]
    file = written(tmp_path, *rows, {**PAIR, "label": 1})
    (question,) = detect(file, mapping={"overall": "label"}).questions
    assert question.code == "one_sided"
    assert not detect(file, mapping={"overall": "label:-1,1"}).questions


def test_a_strength_of_helpsteer_is_questioned_like_any_signed_value(tmp_path, rows):
    context = [{"role": "user", "content": "2+2?"}]
    row = {"context": context, "response1": "4", "response2": "5", "label": 2}
    mapping = {"overall_preference": "label"}
    (question,) = detect(written(tmp_path, row), mapping=mapping).questions
    assert [dict(option.mapping) for option in question.options] == [
        {"overall_preference": "label:-1,1"},
        {"overall_preference": "label:1,-1"},
    ]
    (read_row,) = rows(row, rater="crowd", mapping={"overall_preference": "label:1,-1"})
    assert said(read_row) == [("crowd", -2, "", False)]


def test_what_is_no_word_and_no_number_is_refused_quickly(rows):
    (refused,) = rows({**PAIR, "label": {"a": 1}}, rater="kim", mapping={"winner": "label:1,2"})
    assert (refused.field, refused.code) == ("label", "not_allowed")


def test_many_labels_of_one_sign_are_questioned_whatever_the_column(tmp_path):
    for sign in (-1, 1):
        rows = [{**PAIR, "prompt": f"{i}?", "rater": "kim", "overall": sign} for i in range(8)]
        (question,) = detect(written(tmp_path, *rows)).questions
        assert question.code == "one_sided"
        assert not detect(written(tmp_path, *rows[:7])).questions


def test_the_sign_of_the_first_response_is_spelt_out(rows):
    raw = {**PAIR, "score": 2}
    (row,) = rows(raw, rater="kim", mapping={"overall": "score:-1,1"})
    assert said(row) == [("kim", 2, "", False)]
    (row,) = rows(raw, rater="kim", mapping={"overall": "score:1,-1"})
    assert said(row) == [("kim", -2, "", False)]


def test_a_batch_of_mechanical_turk_comes_in_once_mapped(rows):
    task = {
        "HITId": "3A",
        "Input.prompt": "Why rain?",
        "Input.response_a": "Clouds.",
        "Input.response_b": "Magic.",
    }
    mapping = {
        "prompt": "Input.prompt",
        "response_a": "Input.response_a",
        "response_b": "Input.response_b",
        "rater": "WorkerId",
        "winner": "Answer.choice",
    }
    first, second = rows(
        {**task, "WorkerId": "A1", "Answer.choice": "A"},
        {**task, "WorkerId": "A9", "Answer.choice": "B"},
        mapping=mapping,
    )
    assert first.external_id == second.external_id
    assert [said(first), said(second)] == [[("A1", -1, "", True)], [("A9", 1, "", True)]]


@pytest.mark.parametrize("word", ["None", "none", "NaN", "nan", "N/A", "null", ""])
@pytest.mark.parametrize("mapping", [{}, {"winner": "winner:A,B"}])
def test_what_stands_for_no_value_is_no_verdict(rows, word, mapping):
    raw = [{**PAIR, "prompt": f"{i}?", "winner": w, "rater": "kim"} for i, w in enumerate("AB")]
    *judged, unjudged = rows(*raw, {**PAIR, "winner": word, "rater": "kim"}, mapping=mapping)
    assert [said(row)[0][1] for row in judged] == [-1, 1]
    assert said(unjudged) == []
    assert unjudged.metadata == {"winner": word, "rater": "kim"}


def test_a_word_for_no_value_may_be_counted(rows):
    (row,) = rows({**PAIR, "vote": "none"}, rater="kim", mapping={"winner": "vote:a,b,none"})
    assert said(row) == [("kim", 0, "", False)]


@pytest.mark.parametrize(
    ("odd", "offered"), [("0", ["winner:a,b,0"]), ("they are equal", ["winner:a,b,they are equal"])]
)
def test_a_winner_that_is_not_understood_is_said(tmp_path, odd, offered):
    raw = [{**PAIR, "prompt": w, "winner": w, "rater": "kim"} for w in ("A", "B", odd)]
    detection = detect(written(tmp_path, *raw))
    (notice,) = detection.notices
    assert (notice.code, notice.columns) == ("winner_unclear", ("winner",))
    assert odd in notice.text
    assert [option.mapping["winner"] for option in notice.options] == offered
    labels = [
        said(row)[0][1] for row in read(written(tmp_path, *raw), mapping={"winner": offered[0]})
    ]
    assert labels == [-1, 1, 0]


def test_a_row_that_cannot_be_read_takes_no_label_from_the_others(tmp_path):
    file = written(tmp_path, {**PAIR, "winner": "A", "rater": "kim"})
    with file.open("a") as more:
        more.write('{"prompt": "?", "response_a": "1", "response_b": Infinity, "winner": "A"}\n')
    taken, refused = read(file)
    assert said(taken) == [("kim", -1, "", True)]
    assert isinstance(refused, Refusal)


def test_words_of_several_annotators_are_offered_together(tmp_path):
    raw = {**PAIR, "annotator1": "A", "annotator2": "tie", "rater_3": "B"}
    (notice,) = detect(written(tmp_path, raw)).notices
    assert notice.options[0].mapping == {"winner": "annotator1|annotator2|rater_3"}


def test_the_chosen_text_beside_two_responses_names_the_winner(rows):
    (row,) = rows({**PAIR, "chosen": "It is 5.", "rater": "kim"})
    assert said(row) == [("kim", 1, "", True)]


def test_a_models_name_is_known_in_any_case(rows):
    (row,) = rows({**PAIR, "model_a": "GPT-4", "model_b": "Yi", "winner": "gpt-4", "rater": "kim"})
    assert said(row) == [("kim", -1, "", True)]


@pytest.mark.parametrize(
    ("columns", "winner", "value"),
    [
        (("response_0", "response_1"), "response_1", 1),
        (("response_0", "response_1"), "Response 0", -1),
        (("output0", "output1"), "output1", 1),
        (("answer1", "answer2"), "answer2", 1),
    ],
)
def test_a_winner_may_be_the_name_of_its_responses_column(rows, columns, winner, value):
    texts = dict(zip(columns, ("It is 4.", "It is 5."), strict=True))
    (row,) = rows({"prompt": "2+2?", **texts, "winner": winner, "rater": "kim"})
    assert said(row) == [("kim", value, "", True)]


@pytest.mark.parametrize("winner", ["A", "answer A is better", "A>B", "first_a"])
def test_a_mark_that_the_mapping_turned_around_is_no_label(rows, winner):
    turned = {"response_a": "answer_b", "response_b": "answer_a"}
    row = {"prompt": "2+2?", "answer_a": "4", "answer_b": "5", "winner": winner, "rater": "kim"}
    (taken,) = rows(row, mapping=turned)
    assert (taken.judgments, taken.metadata["winner"]) == ((), winner)
    (refused,) = rows(row, mapping={**turned, "winner": "winner"})
    assert (refused.field, refused.code) == ("winner", "not_allowed")
    (taken,) = rows({**row, "winner": "answer_a"}, mapping=turned)
    assert said(taken) == [("kim", 1, "", True)]


def test_a_preference_of_both_signs_is_offered_as_a_signed_value(tmp_path):
    raw = [{**PAIR, "prompt": f"{n}?", "preference": n, "rater": "kim"} for n in range(-2, 3)]
    (notice,) = detect(written(tmp_path, *raw)).notices
    specs = [option.mapping["overall"] for option in notice.options]
    assert specs == ["preference:-1,1", "preference:1,-1"]
    labels = [
        said(row)[0][1] for row in read(written(tmp_path, *raw), mapping={"overall": specs[0]})
    ]
    assert labels == [-2, -1, 0, 1, 2]


@pytest.mark.parametrize(
    "winner", ["A is better than A", "A is much better_unsure", "A" + " is better" * 40, "A>A"]
)
def test_a_word_that_says_no_side_plainly_is_refused(rows, winner):
    (refused,) = rows({**PAIR, "winner": winner, "rater": "kim"}, mapping={"winner": "winner"})
    assert isinstance(refused, Refusal)
    assert refused.field == "winner"


def test_a_column_that_is_a_rater_is_asked_about_like_any_name(tmp_path, rows):
    row = {**PAIR, "kim": 1, "claude": 2, "gpt-4": 2}
    mapping = {"winner": "kim|claude|gpt-4:1,2"}
    (question,) = detect(written(tmp_path, row), mapping=mapping).questions
    assert (question.code, question.text[:18]) == ("whose_labels", "Labels by “claude”")
    (taken,) = rows(row, mapping={**mapping, "people": "claude"})
    assert [label.rater for label in taken.judgments] == ["kim", "claude"]
    assert [vote.rater for vote in taken.model_votes] == ["gpt-4"]
