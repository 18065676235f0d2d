"""What a comparison is to everybody who asks: rater, importer, lead, statistics, release."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.datasets.recipes.options import RecipeOptions
from labeling.datasets.recipes.thresholds import is_good, is_low_better, threshold_fault
from labeling.kinds import (
    COMPARE,
    COMPARE_AXES,
    COMPARE_OVERALL,
    CONVERSATION_ANSWERS,
    GATE_ANSWERS,
    KINDS,
    RANK,
    RATE,
    WRITE,
    LabelError,
    Outcome,
    Submission,
    kind_for,
    kind_of,
)
from labeling.kinds.buttons import button_row
from labeling.vocabulary import TieKind
from projects.scales import SCALES, Scale

PREFERENCES = sorted(key for key, scale in SCALES.items() if scale.family == "preference")
ORDERS = st.sampled_from([[0, 1], [1, 0]])


@dataclass(frozen=True)
class Asked:
    """A criterion without a database."""

    key: str = "overall"
    wording: str = "Which is better?"
    is_primary: bool = True
    is_required: bool = True
    scale: Scale = field(default_factory=lambda: SCALES["llama_eval7"])


@dataclass(frozen=True)
class Offers:
    """A project's policy without a database."""

    allow_both_bad: bool = True
    allow_cannot_tell: bool = True


OVERALL = Asked()
CORRECT = Asked("correct", is_primary=False, is_required=False, scale=SCALES["webgpt5"])
FORCED = Asked(scale=SCALES["hh8"])


def check(*questions: Asked, policy: Offers | None = None, **submission: Any) -> Any:
    """The checked answers by key, the ties by key, and the errors by field."""
    errors: dict[str, str] = {}
    sent = Submission(**{"answers": {}, **submission})
    answers = COMPARE.check(questions or (OVERALL, CORRECT), policy or Offers(), sent, errors, 2)
    ties = {answer.question.key: answer.tie_kind for answer in answers if answer.tie_kind}
    return {answer.question.key: answer.value for answer in answers}, ties, errors


def test_every_kind_is_found_by_the_name_on_its_task_and_by_its_scales():
    stored = {**{key: key for key in KINDS}, "review": "rate"}
    stored |= {"compare_axes": "compare", "compare_overall": "compare"}
    assert {key: kind.key for key, kind in KINDS.items()} == stored
    with_answers = {*KINDS.values(), GATE_ANSWERS, CONVERSATION_ANSWERS}
    with_answers -= {WRITE, COMPARE_AXES, COMPARE_OVERALL}
    assert {kind_for(scale) for scale in SCALES.values()} == with_answers
    with pytest.raises(KeyError, match="known kinds: compare, compare_axes"):
        kind_of("guess")


def test_only_questions_whose_scale_takes_its_answers_are_asked():
    order = Asked("order", scale=SCALES["ranking"])
    helpful = Asked("helpful", is_primary=False, scale=SCALES["helpsteer5"])
    rubric = [OVERALL, order, helpful, CORRECT]
    assert COMPARE.asked(rubric) == [OVERALL, helpful, CORRECT]
    assert RANK.asked(rubric) == [order, helpful]
    assert RATE.asked(rubric) == [helpful]


@given(st.integers(-9, 9), ORDERS)
def test_turning_to_canonical_order_and_back_changes_nothing(value: int, order: list[int]):
    assert COMPARE.turned(COMPARE.turned(value, order), order) == value
    assert COMPARE.turned(value, [0, 1]) == -COMPARE.turned(value, [1, 0]) == value


def test_the_alias_names_the_primary_question_of_the_task_s_own_family():
    helpful = Asked("helpful", is_required=False, scale=SCALES["helpsteer5"])
    better = Asked("better")
    answers, _, errors = check(helpful, better, answers={"overall": -2})
    assert (answers, errors) == ({"better": -2}, {})


def test_a_comparison_of_three_is_none():
    with pytest.raises(ValueError, match="exactly two"):
        COMPARE.turned(1, [0, 1, 2])


def test_answers_are_stored_in_the_order_of_the_rubric_under_their_own_keys():
    values, ties, errors = check(answers={"correct": 2, "overall": -1})
    assert (list(values.items()), ties, errors) == ([("overall", -1), ("correct", 2)], {}, {})
    assert check(Asked("helpful"), answers={"overall": 3}) == ({"helpful": 3}, {}, {})


@pytest.mark.parametrize(
    ("answers", "field", "sentence"),
    [
        ({}, "overall", "This question needs an answer."),
        ({"overall": 9}, "overall", "9 is not on this scale (-3, -2, -1, 0, 1, 2, 3)."),
        ({"overall": True}, "overall", "An answer is a whole number."),
        ({"overall": "1"}, "overall", "An answer is a whole number."),
        (
            {"overall": 1, "tone": 1},
            "tone",
            "Unknown criterion “tone”; this project asks: overall, correct.",
        ),
    ],
)
def test_each_misfit_is_named_in_a_sentence(answers: Any, field: str, sentence: str):
    assert check(answers=answers)[2] == {field: sentence}


def test_one_question_answered_under_two_names_is_refused():
    errors = check(Asked("helpful"), answers={"helpful": 1, "overall": 1})[2]
    assert errors == {"overall": "“helpful” was answered twice."}


@pytest.mark.parametrize("tie", [TieKind.EQUAL_BAD, TieKind.CANNOT_TELL])
def test_an_escape_needs_no_other_answer_and_fills_in_the_zero(tie: TieKind):
    assert check(tie_kind=tie.value) == ({"overall": 0}, {"overall": tie}, {})
    assert check(FORCED, tie_kind=tie.value) == ({"overall": 0}, {"overall": tie}, {})
    never = Offers(allow_both_bad=False, allow_cannot_tell=False)
    assert check(policy=never, tie_kind=tie.value)[2]["tie_kind"].startswith("This project does")


def test_a_zero_is_equally_good_and_no_zero_is_a_tie():
    assert check(answers={"overall": 0}) == ({"overall": 0}, {"overall": "equal_good"}, {})
    assert "tie_kind" in check(answers={"overall": 2}, tie_kind="equal_good")[2]
    assert "tie_kind" in check(answers={"overall": 0}, tie_kind="perhaps")[2]
    assert "overall" in check(FORCED, answers={"overall": 0})[2]
    assert "tie_kind" in check(answers={"overall": 0}, tie_kind="unspecified")[2]


def test_each_question_has_a_tie_of_its_own():
    arena = Asked("safe", is_primary=False, scale=SCALES["arena4"])
    both = {"overall": 2, "safe": 0}
    ties = {"safe": "equal_bad"}
    assert check(OVERALL, arena, answers=both, tie_kinds=ties) == (both, ties, {})
    assert check(OVERALL, arena, answers=both)[1] == {"safe": "equal_good"}
    unsure = {"safe": "cannot_tell"}
    assert check(OVERALL, arena, answers={"overall": 2}, tie_kinds=unsure) == (both, unsure, {})
    never = Offers(allow_both_bad=False, allow_cannot_tell=False)
    assert check(OVERALL, arena, answers=both, tie_kinds=ties, policy=never) == (both, ties, {})
    assert "does not offer" in check(arena, tie_kinds=unsure, policy=never)[2]["tie_kinds"]


def test_only_the_primary_question_excuses_the_others():
    arena = Asked("safe", is_primary=False, scale=SCALES["arena4"])
    assert check(OVERALL, arena, tie_kind="cannot_tell")[2] == {}
    errors = check(OVERALL, arena, tie_kinds={"safe": "cannot_tell"})[2]
    assert errors == {"overall": "This question needs an answer."}


def test_the_tie_of_the_primary_question_has_two_names_and_one_meaning():
    assert check(tie_kinds={"overall": "equal_bad"}) == check(tie_kind="equal_bad")
    helpful = Asked("helpful")
    assert check(helpful, tie_kinds={"helpful": "equal_bad"})[1] == {"helpful": "equal_bad"}
    for ties in ({"overall": "cannot_tell"}, {"helpful": "cannot_tell"}):
        errors = check(helpful, tie_kind="equal_bad", tie_kinds=ties)[2]
        assert errors == {"tie_kinds": "“helpful” is called two different ties."}


def test_a_tie_of_a_question_that_is_not_asked_or_preferred_is_refused():
    assert "asks: overall, correct" in check(tie_kinds={"style": "equal_bad"})[2]["tie_kinds"]
    answers = {"overall": 1, "correct": 2}
    errors = check(answers=answers, tie_kinds={"correct": "equal_good"})[2]
    assert errors == {"tie_kinds": "A tie cannot go with a preference."}


def test_a_scale_of_faults_puts_nothing_best_first_and_releases_low_values_as_good():
    worse = [scale for scale in SCALES.values() if scale.more_is_worse]
    assert {scale.key for scale in worse} == {"dices_harm", "redteam5", "rtp_toxicity"}
    for scale in worse:
        record = kind_for(scale).record(Asked(scale=scale))
        assert is_low_better(record, RecipeOptions())
        assert not is_good(scale.values[-1], record, RecipeOptions(threshold=1))
        assert threshold_fault(record, RecipeOptions(), needed=True)


@given(st.sampled_from(PREFERENCES), st.data())
def test_the_button_of_an_answer_is_the_one_that_posts_it(key: str, data: st.DataObject):
    question = Asked(scale=SCALES[key])
    option = data.draw(st.sampled_from(question.scale.options))
    assert COMPARE.chosen(question, option.value, option.tie_kind) == option
    beside = [escape.option for escape in COMPARE.escapes(question, Offers())]
    assert [COMPARE.chosen(question, 0, tie.tie_kind) for tie in beside] == beside
    assert not {tie.code for tie in beside} & {place.code for place in question.scale.options}
    segments = button_row(question, option.code).segments
    assert [segment.code for segment in segments if segment.chosen] == [option.code]
    keys = [key for segment in segments for key in segment.keys.split()]
    assert len(keys) == len(set(keys)), "a key would press two buttons"


def test_both_bad_has_its_letter_on_the_scale_too():
    """The key is the same beside a scale and on it, so that no hand has to look which it is."""
    (beside,) = (tie for tie in COMPARE.escapes(OVERALL, Offers()) if tie.letter == "x")
    segments = button_row(Asked(scale=SCALES["arena4"]), "").segments
    (on_it,) = (s for s in segments if s.label == beside.option.label)
    assert (on_it.keys.split(), on_it.caps) == (["4", "x"], ["4", "X"])


def test_a_task_calls_each_response_by_one_name():
    numbered, lettered = Asked(scale=SCALES["helpsteer7"]), Asked("safe", scale=SCALES["hh8"])
    assert COMPARE.place_names([numbered], 2) == ["Response 1", "Response 2"]
    alone = button_row(numbered, "", COMPARE.place_names([numbered], 2))
    assert alone.segments[0].label == "Response 1 is much better than Response 2"
    assert alone.ends is None
    places = COMPARE.place_names([numbered, lettered], 2)
    assert places == ["A", "B"]
    labels = [segment.label for segment in button_row(numbered, "", places).segments]
    assert labels[0] == "A is much better than B"
    assert not [label for label in labels if "Response " in label]


@pytest.mark.parametrize("key", PREFERENCES)
def test_every_scale_that_names_its_sides_has_labels_by_letters(key: str):
    scale = SCALES[key]
    for option in scale.options:
        names_sides = any(side in option.label for side in scale.sides if len(side) > 1)
        assert bool(option.lettered) == names_sides


def test_a_button_without_words_says_what_it_stores():
    row = button_row(FORCED, "-4", ["A", "B"])
    names = [segment.name for segment in row.segments]
    assert names[0] == "A is better, strength 4 of 4"
    assert names[4] == "B is better, strength 1 of 4"
    assert (row.needs_words, row.chosen_words) == (True, names[0])
    assert not button_row(OVERALL, "").needs_words


def test_words_name_responses_never_sides():
    assert COMPARE.words(OVERALL, -2, "") == "response 1 is better, strength 2 of 3"
    assert COMPARE.words(Asked(scale=SCALES["arena4"]), 1, "") == "response 2 is better"
    assert COMPARE.words(OVERALL, 0, "equal_bad") == "both are bad"
    assert COMPARE.words(OVERALL, 0, "cannot_tell") == "cannot tell"
    assert COMPARE.words(CORRECT, 0, "equal_bad") == "both are bad"
    assert COMPARE.words(CORRECT, 0, "equal_good") == "equally good"
    assert COMPARE.words(CORRECT, 0, "unspecified") == "no preference, kind not known"


def test_a_chart_of_answers_shows_strengths_and_no_side():
    marks = [COMPARE.mark(SCALES["helpsteer7"], value) for value in (-2, 0, 1)]
    assert marks == ["strength 2", "tie", "strength 1"]
    assert [COMPARE.mark(SCALES["arena4"], value) for value in (0, 1)] == ["tie", "preference"]


def test_an_outcome_tells_the_ties_apart():
    outcomes = [COMPARE.outcome(0, tie) for tie in TieKind]
    assert outcomes == [
        Outcome.EQUAL,
        Outcome.BOTH_BAD,
        Outcome.CANNOT_TELL,
        Outcome.UNSPECIFIED,
    ]
    assert (COMPARE.outcome(-3, ""), COMPARE.outcome(1, "")) == (Outcome.FIRST, Outcome.SECOND)


def test_statistics_get_directions_sides_and_categories():
    values = np.array([-3, 0, 2, 1])
    directions = COMPARE.directions(values)
    assert directions.tolist() == [-1, 0, 1, 1]
    first_shown = np.array([0, 0, 0, 1])
    assert COMPARE.first_preferred(directions, first_shown).tolist() == [1, -1, 0, 1]
    assert 0 not in COMPARE.categories(FORCED.scale, np.array([1, -1]))
    assert 0 in COMPARE.categories(FORCED.scale, np.array([1, 0]))


def test_a_release_gets_the_strengths_of_the_scale():
    record = COMPARE.record(OVERALL)
    assert (record.key, record.strongest, record.answer) == ("overall", 3, "compare")
    assert record.levels == (1, 2, 3)


def test_a_label_answers_to_the_scale_alone():
    questions = (OVERALL, CORRECT)
    zeros = {"overall": 0, "correct": 0}
    good, unsure = {"overall": "equal_good"}, {"overall": "cannot_tell"}
    assert COMPARE.check_label(questions, {"overall": 0}, {}) == good
    assert COMPARE.check_label((FORCED,), {"overall": 0}, unsure) == unsure
    lost = {"overall": "equal_bad", "correct": "unspecified"}
    assert COMPARE.check_label(questions, zeros, lost) == lost
    assert COMPARE.check_label(questions, {"overall": 1}, {}) == {}
    with pytest.raises(LabelError, match=r"0 is not on this project's scale \(-4, ") as refused:
        COMPARE.check_label((FORCED,), {"overall": 0}, {})
    assert (refused.value.key, refused.value.value) == ("overall", 0)
