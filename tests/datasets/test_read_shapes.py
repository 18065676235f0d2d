"""Every kind of row becomes the same thing: messages, two responses, and the labels it carries."""

from __future__ import annotations

import datetime as dt

import pytest

from labeling.datasets.readers import OpenQuestions, detect
from labeling.datasets.records import Message
from labeling.datasets.rows import Duplicate, ImportRow, MappingError, Refusal

USER, ASSISTANT = "user", "assistant"


def texts(row: ImportRow) -> list[str]:
    return [response.content for response in row.responses]


CONCORD = {
    "id": "q-17",
    "prompt": "Why is the sky blue?",
    "responses": [
        {"id": "q-17-a", "model": "m1", "content": "Rayleigh scattering."},
        {"id": "q-17-b", "model": "m2", "content": "The sea."},
    ],
    "judgments": [
        {"rater": "r3", "overall": -2, "rationale": "True.", "at": "2026-01-31T12:00:00Z"}
    ],
    "category": "science",
    "metadata": {"source": "quiz"},
}


def test_a_concord_row_is_read_whole(rows):
    (row,) = rows(CONCORD)
    assert row.external_id == "q-17"
    assert row.messages == (Message(USER, "Why is the sky blue?"),)
    assert [(r.external_id, r.model) for r in row.responses] == [("q-17-a", "m1"), ("q-17-b", "m2")]
    (judgment,) = row.judgments
    assert (judgment.rater, dict(judgment.values), judgment.rationale) == (
        "r3",
        {"overall": -2},
        "True.",
    )
    assert judgment.at == dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)
    assert (row.category, row.metadata) == ("science", {"source": "quiz"})


def test_concord_messages_keep_their_roles(rows):
    chat = [{"role": "system", "content": "Be brief."}, {"role": USER, "content": "Hi"}]
    (row,) = rows({"messages": chat, "responses": ["Hello.", "Hey."]})
    assert row.messages == (Message("system", "Be brief."), Message(USER, "Hi"))
    assert texts(row) == ["Hello.", "Hey."]


def test_prompt_and_messages_together_are_refused(rows):
    chat = [{"role": USER, "content": "Hi"}]
    (refusal,) = rows({"prompt": "Hi", "messages": chat, "responses": ["a", "b"]})
    assert refusal.reason == "The row has both prompt and messages. Keep one."


def test_judgments_name_criteria_by_key_and_say_which_tie(rows):
    said = {"rater": "r1", "overall": 0, "honesty": 2, "tie_kind": "equal_bad"}
    (row,) = rows({**CONCORD, "judgments": [said]})
    assert dict(row.judgments[0].values) == {"overall": 0, "honesty": 2}
    assert row.judgments[0].tie_kinds == {"overall": "equal_bad"}


@pytest.mark.parametrize(
    ("judgment", "field", "reason"),
    [
        ({"overall": -1}, "judgments[0].rater", "Is empty"),
        ({"rater": "r1"}, "judgments[0]", "Has no value"),
        ({"rater": "r1", "overall": "good"}, "judgments[0].overall", "whole number"),
        ({"rater": "r1", "overall": 1.5}, "judgments[0].overall", "whole number"),
        ({"rater": "r1", "overall": True}, "judgments[0].overall", "whole number"),
        ({"rater": "r1", "overall": -1, "at": "soon"}, "judgments[0].at", "Must be a time"),
        ({"rater": "r1", "overall": 0, "tie_kind": "meh"}, "judgments[0].tie_kind", "one of"),
        ({"rater": "r1", "overall": 1, "tie_kind": "equal_bad"}, "judgments[0].tie_kind", "ties"),
        ("better", "judgments[0]", "Must be an object, not text"),
    ],
)
def test_a_label_that_makes_no_sense_refuses_its_row(rows, judgment, field, reason):
    (refusal,) = rows({**CONCORD, "judgments": [judgment]})
    assert refusal.field == field
    assert reason in refusal.reason


def test_one_rater_cannot_judge_a_row_twice(rows):
    twice = [{"rater": "r1", "overall": -1}, {"rater": "r1", "overall": 1}]
    (refusal,) = rows({**CONCORD, "judgments": twice})
    assert refusal.reason == "The same rater judges this row twice. Keep one."


def test_trl_with_an_explicit_prompt(rows):
    (row,) = rows({"prompt": "The sky is", "chosen": " blue.", "rejected": " green."})
    assert row.messages == (Message(USER, "The sky is"),)
    assert texts(row) == [" blue.", " green."]
    assert row.judgments == ()


def test_trl_conversational_with_an_explicit_prompt(rows):
    (row,) = rows(
        {
            "prompt": [{"role": USER, "content": "What colour is the sky?"}],
            "chosen": [{"role": ASSISTANT, "content": "Blue."}],
            "rejected": [{"role": ASSISTANT, "content": "Green."}],
        }
    )
    assert row.messages == (Message(USER, "What colour is the sky?"),)
    assert texts(row) == ["Blue.", "Green."]


def test_texts_with_an_implicit_prompt_are_split_where_they_part_if_the_user_says_so(rows):
    texts_alone = {"chosen": "The sky is blue.", "rejected": "The sky is green."}
    (row,) = rows(texts_alone, mapping={"prompt": "chosen"})
    assert row.messages == (Message(USER, "The sky is"),)
    assert texts(row) == [" blue.", " green."]


def test_trl_conversational_with_an_implicit_prompt(rows):
    ask = [{"role": USER, "content": "Hi"}]
    (row,) = rows(
        {
            "chosen": [*ask, {"role": ASSISTANT, "content": "Hello."}],
            "rejected": [*ask, {"role": ASSISTANT, "content": "What?"}],
        }
    )
    assert row.messages == (Message(USER, "Hi"),)
    assert texts(row) == ["Hello.", "What?"]


def test_texts_without_a_common_beginning_have_no_prompt(rows):
    with pytest.raises(OpenQuestions):
        rows({"chosen": "Blue.", "rejected": "Green."})
    (alone,) = rows({"chosen": "Blue.", "rejected": "Green."}, mapping={"prompt": ""})
    assert (alone.messages, texts(alone)) == ((), ["Blue.", "Green."])
    (refusal,) = rows({"chosen": "Blue.", "rejected": "Green."}, mapping={"prompt": "chosen"})
    assert refusal.reason.startswith("There is no prompt")


def test_chats_that_differ_before_the_last_message_are_refused(rows):
    (refusal,) = rows(
        {
            "chosen": [{"role": USER, "content": "Hi"}, {"role": ASSISTANT, "content": "Hello."}],
            "rejected": [{"role": USER, "content": "Ho"}, {"role": ASSISTANT, "content": "What?"}],
        }
    )
    assert (refusal.field, refusal.excerpt) == ("rejected", "Ho")
    assert "differ before the last message" in refusal.reason


def test_ultrafeedback_binarized(rows):
    ask = {"role": USER, "content": "Name a fish."}
    chosen = [ask, {"role": ASSISTANT, "content": "Cod."}]
    (row,) = rows(
        {
            "prompt": "Name a fish.",
            "prompt_id": "4f2c",
            "chosen": chosen,
            "rejected": [ask, {"role": ASSISTANT, "content": "Cow."}],
            "messages": chosen,
            "score_chosen": 8.5,
            "score_rejected": 2.0,
        }
    )
    assert row.external_id == "4f2c"
    assert row.messages == (Message(USER, "Name a fish."),)
    assert texts(row) == ["Cod.", "Cow."]
    assert row.metadata == {"score_chosen": 8.5, "score_rejected": 2.0}


HH = {
    "chosen": "\n\nHuman: Hi\n\nAssistant: Hello.\n\nHuman: Bye\n\nAssistant: See you.",
    "rejected": "\n\nHuman: Hi\n\nAssistant: Hello.\n\nHuman: Bye\n\nAssistant: Go.",
}


def test_the_prompt_of_a_transcript_is_everything_before_the_last_assistant_turn(rows):
    (row,) = rows(HH)
    assert row.messages == (
        Message(USER, "Hi"),
        Message(ASSISTANT, "Hello."),
        Message(USER, "Bye"),
    )
    assert texts(row) == ["See you.", "Go."]


def test_transcripts_that_part_before_the_last_turn_are_whole_conversations(rows):
    (row,) = rows({**HH, "rejected": HH["rejected"].replace("Hello.", "Hey.")})
    assert row.messages == (Message(USER, "Hi"),)
    assert texts(row) == ["See you.", "Go."]
    assert [[turn.content for turn in response.messages] for response in row.responses] == [
        ["Hello.", "Bye", "See you."],
        ["Hey.", "Bye", "Go."],
    ]


def test_an_empty_last_turn_is_an_empty_answer(rows):
    (row,) = rows({**HH, "chosen": HH["chosen"].replace("See you.", "")})
    assert texts(row) == ["", "Go."]


def test_a_transcript_that_ends_with_the_human_is_refused(rows):
    (refusal,) = rows({**HH, "chosen": HH["chosen"] + "\n\nHuman: Wait"})
    assert "Ends with a Human turn" in refusal.reason


def test_doubled_speaker_tags_make_one_turn(rows):
    history = "\n\nHuman: A joke?\n\nAssistant: Here:\n\nAssistant: Knock.\n\nHuman:\n\nHuman: More"
    (row,) = rows(
        {
            "chosen": f"{history}\n\nAssistant: Knock knock.",
            "rejected": f"{history}\n\nAssistant: No.",
        }
    )
    assert row.messages == (
        Message(USER, "A joke?"),
        Message(ASSISTANT, "Here:\n\nKnock."),
        Message(USER, "More"),
    )
    assert row.metadata == {"joined_turns": 2}


def test_a_tag_inside_a_turn_stays_part_of_what_was_said(rows):
    (row,) = rows({**HH, "chosen": HH["chosen"].replace("See you.", "Human: no tag")})
    assert texts(row)[0] == "Human: no tag"


@pytest.mark.parametrize(
    "columns",
    [
        ("prompt", "response_a", "response_b"),
        ("instruction", "response_1", "response_2"),
        ("question", "answer1", "answer2"),
        ("input", "output_1", "output_2"),
        ("Prompt", "Response A", "Response B"),
        ("query", "completion-a", "completion-b"),
    ],
)
def test_pairs_go_by_many_names(rows, columns):
    (row,) = rows(dict(zip(columns, ("Name a fish.", "Cod.", "Cow."), strict=True)))
    assert row.messages == (Message(USER, "Name a fish."),)
    assert texts(row) == ["Cod.", "Cow."]


@pytest.mark.parametrize("name", ["id", "item_id", "question_id", "uid"])
def test_ids_go_by_many_names_and_may_be_numbers(rows, name):
    (row,) = rows({name: 17, "prompt": "p", "response_a": "a", "response_b": "b"})
    assert row.external_id == "17"


def test_unknown_columns_are_kept_as_metadata(rows):
    pair = {"prompt": "p", "response_a": "a", "response_b": "b"}
    (row,) = rows(
        {**pair, "subset": "Natural", "lang": "en", "gold": "A", "notes": {"k": [1, None]}}
    )
    assert (row.category, row.language) == ("Natural", "en")
    assert row.metadata == {"gold": "A", "notes": {"k": [1, None]}}


def test_a_pair_may_carry_one_label(rows):
    pair = {"prompt": "p", "response_a": "a", "response_b": "b"}
    (row,) = rows({**pair, "rater": "vera", "overall": 1, "rationale": "Shorter."})
    (judgment,) = row.judgments
    assert (judgment.rater, dict(judgment.values)) == ("vera", {"overall": 1})
    assert row.metadata == {}


def test_a_value_without_a_rater_is_no_label_and_is_kept_as_metadata(rows):
    (row,) = rows({"prompt": "p", "response_a": "a", "response_b": "b", "overall": 1})
    assert row.judgments == ()
    assert row.metadata == {"overall": 1}


def test_chosen_and_rejected_are_a_label_only_where_a_rater_is_named(rows):
    (unnamed,) = rows(HH)
    (named,) = rows({**HH, "rater": "sam"})
    (by_user,) = rows(HH, rater="the data set")
    assert unnamed.judgments == ()
    assert [(j.rater, dict(j.values)) for j in named.judgments] == [("sam", {"overall": -1})]
    assert [(j.rater, dict(j.values)) for j in by_user.judgments] == [
        ("the data set", {"overall": -1})
    ]


def test_the_same_pair_chosen_either_way_by_two_raters_is_one_row_id(rows):
    swapped = {"chosen": HH["rejected"], "rejected": HH["chosen"]}
    first, second = rows({**HH, "rater": "sam"}, {**swapped, "rater": "tao"})
    assert first.external_id == second.external_id
    assert first.responses[0] == second.responses[1]
    assert [row.judgments[0].rater for row in (first, second)] == ["sam", "tao"]


def test_an_id_made_of_content_does_not_tell_which_response_was_chosen(rows):
    swapped = {"chosen": HH["rejected"], "rejected": HH["chosen"]}
    (first,), (second,) = rows(HH), rows(swapped)
    assert {r.external_id for r in first.responses} == {r.external_id for r in second.responses}


def test_a_rater_who_contradicts_an_earlier_line_is_refused(rows):
    swapped = {"chosen": HH["rejected"], "rejected": HH["chosen"], "rater": "sam", "rationale": "x"}
    _, refusal = rows({**HH, "rater": "sam"}, swapped)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "“sam” judges the same row differently on line 1."


def test_a_label_written_the_other_way_round_is_the_same_label(rows):
    pair = {"prompt": "p", "response_a": "a", "response_b": "b", "rater": "sam", "overall": -1}
    swapped = {**pair, "response_a": "b", "response_b": "a", "overall": 1}
    _, again = rows(pair, swapped)
    assert isinstance(again, Duplicate)
    _, contradiction = rows(pair, {**swapped, "overall": -1})
    assert contradiction.reason == "“sam” judges the same row differently on line 1."


def test_the_users_mapping_wins(rows):
    row = {"context": "p", "left": "a", "right": "b", "response_a": "not this", "response_b": "no"}
    mapping = {"prompt": "context", "response_a": "left", "response_b": "right"}
    (read_row,) = rows(row, mapping=mapping)
    assert texts(read_row) == ["a", "b"]
    assert read_row.metadata == {"response_a": "not this", "response_b": "no"}


def test_a_field_can_be_unmapped(rows):
    pair = {"uid": "7", "prompt": "p", "response_a": "a", "response_b": "b"}
    (row,) = rows(pair, mapping={"id": ""})
    assert row.external_id.startswith("row-")
    assert row.metadata == {"uid": "7"}


def test_a_mapping_to_nowhere_says_what_there_is(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"prompt": "p", "response_a": "a", "response_b": "b"}')
    with pytest.raises(MappingError, match=r"no column “draft”.*prompt, response_a, response_b"):
        detect(path, mapping={"response_a": "draft"})
    with pytest.raises(MappingError, match="no field “colour”"):
        detect(path, mapping={"colour": "prompt"})
    with pytest.raises(MappingError, match="no format “docx”"):
        detect(path, format="docx")


def test_columns_that_fit_nothing_are_named_with_what_is_needed(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"column": "hello"}')
    detection = detect(path)
    assert detection.format is None
    assert detection.problem.startswith("No kind of row fits the columns (column).")


def test_rows_without_ids_get_the_same_id_each_time(rows):
    pair = {"prompt": "p", "response_a": "a", "response_b": "b"}
    (first,), (second,) = rows(pair), rows(pair)
    (other,) = rows({**pair, "response_b": "c"})
    assert first.external_id == second.external_id != other.external_id


def test_a_repeated_row_is_a_duplicate_and_a_reused_id_is_refused(rows):
    pair = {"id": "1", "prompt": "p", "response_a": "a", "response_b": "b"}
    _, again, other = rows(pair, pair, {**pair, "response_b": "c"})
    assert again == Duplicate(line=2, external_id="1", first_line=1)
    assert other.reason.startswith("Its id stands on line 1 already, with a different text or")
    assert (other.line, other.field, other.code, other.row_id) == (3, "id", "twice", "1")


def test_fields_that_only_later_rows_have_are_not_taken_for_metadata(rows):
    pair = {"prompt": "p", "response_a": "a", "response_b": "b"}
    said = [{"rater": "r1", "overall": 1}]
    late = {**pair, "id": "late", "judgments": said, "category": "c", "model_a": "m"}
    last = rows(*({**pair, "id": i} for i in range(80)), late)[-1]
    assert (last.category, last.responses[0].model, last.metadata) == ("c", "m", {})
    assert last.judgments[0].rater == "r1"


def test_a_field_that_is_left_out_stays_out_in_later_rows(rows):
    pair = {"prompt": "p", "response_a": "a", "response_b": "b"}
    records = [*({**pair, "id": i} for i in range(80)), {**pair, "id": 80, "category": "c"}]
    last = rows(*records, mapping={"category": ""})[-1]
    assert (last.category, last.metadata) == ("", {"category": "c"})
