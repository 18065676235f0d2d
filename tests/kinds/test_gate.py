"""A gate before the other questions: what opens them, what ends the task, and what labels say."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.kinds import KINDS, Submission, check_answers, label_answers, stopping_answers
from labeling.kinds.base import EditedText, LabelError
from projects.scales import SCALES
from tests.kinds.test_compare import OVERALL, Asked, Offers

GATE = Asked("gate", is_primary=False, scale=SCALES["gate"])
RUBRIC = [OVERALL, GATE]


def check(**submission: Any) -> tuple[dict[str, int | None], dict[str, str]]:
    """The checked answers of a comparison behind a gate, and the errors by field."""
    errors: dict[str, str] = {}
    kind = KINDS["compare"]
    sent = Submission(**{"answers": {}, **submission})
    answers = check_answers(kind, kind.asked(RUBRIC), Offers(), sent, errors, 2)
    return {answer.question.key: answer.value for answer in answers}, errors


def test_every_kind_asks_a_gate_before_all_else_but_a_review_and_a_second_pass():
    first = {key: kind.asked(RUBRIC)[:1] for key, kind in KINDS.items()}
    assert first == {**{key: [GATE] for key in KINDS}, "review": [], "compare_overall": [OVERALL]}


@pytest.mark.parametrize("said", [4, "fine"])
def test_what_lets_through_asks_for_the_rest(said: object):
    answers, errors = check(answers={"gate": said})
    assert (answers, list(errors)) == ({"gate": 4}, ["overall"])
    assert check(answers={"gate": said, "overall": -1}) == ({"gate": 4, "overall": -1}, {})


@pytest.mark.parametrize("said", [2, "other_language"])
def test_any_other_answer_is_the_whole_judgment(said: object):
    assert check(answers={"gate": said}) == ({"gate": 2}, {})
    assert stopping_answers(RUBRIC, {"gate": said, "overall": -1}) == {"gate": 2}


def test_what_is_sent_beyond_the_end_is_refused_by_its_name():
    others: dict[str, Any] = {
        "tie_kinds": {"overall": "equal_bad"},
        "spans": [{"slot": "A"}],
        "text": "An answer.",
        "edit": EditedText("A", "Better."),
    }
    _, errors = check(answers={"gate": "nonsense", "overall": -1}, **others)
    assert list(errors) == ["overall", *others]
    assert set(errors.values()) == {
        "“Nonsense” ends the task: leave out everything that it asks after that."
    }


@pytest.mark.parametrize("said", [None, 0, 5, True, "Fine", {"A": 4}])
def test_without_an_answer_of_its_own_nothing_is_stored(said: object):
    answers, errors = check(answers={"gate": said, "overall": -1})
    assert (answers, list(errors)) == ({}, ["gate"])


def test_a_gate_means_the_same_in_either_order():
    said = label_answers(KINDS["compare"], [OVERALL, GATE], {"gate": "unfamiliar"}, {}, ["a", "b"])
    assert [KINDS["compare"].canonical(answer, [1, 0]).value for answer in said] == [3]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"gate": "nonsense", "overall": -1}, "ends the task, and answers overall too"),
        ({"gate": "no idea"}, r"not on this question's scale \(1 nonsense, 2 other_language"),
    ],
)
def test_a_label_that_contradicts_itself_is_refused(said: dict[str, object], sentence: str):
    with pytest.raises(LabelError, match=sentence):
        label_answers(KINDS["compare"], RUBRIC, said, {}, ["a", "b"])
