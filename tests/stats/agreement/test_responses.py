"""The agreement on responses judged one by one: ratings, yes or no, rules."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from labeling.stats import (
    ResponseAnswers,
    clustered_wilson,
    icc_forms,
    krippendorff_alpha,
    rating_report,
    rule_report,
    violation_rate,
    wilson_interval,
)
from labeling.stats.agreement.responses import NOT_APPLICABLE_CODE, UNSURE_CODE
from tests.stats.shapes import from_contingency, from_rows, golden

VECTORS = {vector["id"]: vector for vector in golden("science_vectors")}
CASES = {case["name"]: case for case in golden("statistics")}


def answers_of(rows: Any) -> ResponseAnswers:
    """One row a response, one column a rater, None where nothing was answered; a prompt each."""
    ratings = from_rows(rows)
    return ResponseAnswers(ratings.unit, ratings.rater, ratings.value, ratings.unit)


def test_icc_of_ratings_are_those_of_shrout_and_fleiss() -> None:
    case = CASES["shrout_fleiss_1979"]
    report, _ = rating_report(answers_of(case["data"]), range(1, 11), is_yes_no=False)
    for form, figure in report["icc"].items():
        expected = case["expected"][f"ICC({form})"]["value"]
        assert figure["value"] == pytest.approx(expected, abs=1e-6)
        assert "n counts responses" in figure["convention"]


def test_alpha_of_ratings_is_ordinal_over_the_declared_scale() -> None:
    rows = [[1, 2], [4, 4], [3, 1], [2, 2], [4, 3]]
    report, pairs = rating_report(answers_of(rows), range(5), is_yes_no=False)
    plain = krippendorff_alpha(from_rows(rows), "ordinal", categories=range(5))
    assert report["krippendorff_alpha"]["ordinal"]["value"] == plain.value
    assert report["values"][0] == {"value": 0, "count": 0}
    assert "quadratic weights" in pairs.kappa_convention
    assert report["yes"] is None


def test_ac1_of_a_rare_flag_and_its_raw_agreement_are_those_of_the_acceptance_list() -> None:
    vector = VECTORS["G03"]
    ratings = from_contingency(vector["input"]["table"])
    answers = ResponseAnswers(ratings.unit, ratings.rater, ratings.value, ratings.unit)
    report, _ = rating_report(answers, (0, 1), is_yes_no=True)
    expected = vector["expected"]
    assert report["percent_agreement"]["value"] == pytest.approx(expected["po"], abs=1e-4)
    assert report["gwet_ac1"]["value"] == pytest.approx(expected["ac1"], abs=1e-4)
    assert report["icc"] is None
    assert report["yes"]["n"] == 250


def test_unsure_and_not_applicable_leave_ac1_and_stand_as_rates_of_their_own() -> None:
    unit, rater = np.repeat(np.arange(6), 2), np.tile([1, 2], 6)
    value = np.array([1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0])
    unsaid = np.array([0, 0, 0, 0, 0, 0, 0, 0, UNSURE_CODE, 0, NOT_APPLICABLE_CODE, UNSURE_CODE])
    answers = ResponseAnswers(unit, rater, value, unit, unsaid)
    report, _ = rating_report(answers, (0, 1), is_yes_no=True)
    kept = ResponseAnswers(unit[:8], rater[:8], value[:8], unit[:8])
    plain, _ = rating_report(kept, (0, 1), is_yes_no=True)
    # A response with one answer left counts for the shares of AC1, as tasks judged once do.
    assert report["percent_agreement"]["value"] == plain["percent_agreement"]["value"] == 0.75
    assert (report["gwet_ac1"]["n"], report["yes"]["n"]) == (4, 9)
    assert (report["unsure"]["value"], report["unsure"]["n"]) == (pytest.approx(2 / 12), 12)
    assert report["not_applicable"]["value"] == pytest.approx(1 / 12)
    assert (report["counts"]["unsure"], report["counts"]["responses"]) == (2, 6)


@pytest.mark.parametrize(("broken", "answers"), [(12, 200), (0, 50)])
def test_violations_have_the_wilson_limits_of_the_acceptance_list(
    broken: int, answers: int
) -> None:
    unit = np.arange(answers)
    figure = violation_rate(
        ResponseAnswers(unit, np.ones(answers), (unit < broken).astype(int), unit)
    )
    limits = VECTORS["G11"]["expected"]["ci"][
        VECTORS["G11"]["input"]["k/n"].index(f"{broken}/{answers}")
    ]
    assert (figure.value, figure.n) == (broken / answers, answers)
    assert (figure.low, figure.high) == pytest.approx(limits, abs=1e-4)


def test_answers_of_one_prompt_widen_the_interval_of_a_rate() -> None:
    hits = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0] * 5)
    alone = clustered_wilson(hits, np.ones(60), np.arange(60), "x", nothing="")
    lumps = clustered_wilson(hits, np.ones(60), np.repeat(np.arange(20), 3), "x", nothing="")
    assert (alone.low, alone.high) == pytest.approx(wilson_interval(15, 60))
    assert alone.value == lumps.value
    assert lumps.low is not None
    assert alone.low is not None
    assert lumps.low < alone.low
    # Three alike in every prompt are worth as much as one.
    worth = wilson_interval(5, 20)
    assert (lumps.low, lumps.high) == pytest.approx(worth, abs=0.02)


def test_no_violation_in_lumps_is_as_good_as_one_answer_a_prompt() -> None:
    none = clustered_wilson(
        np.zeros(150), np.ones(150), np.repeat(np.arange(50), 3), "x", nothing=""
    )
    assert (none.low, none.high) == pytest.approx(wilson_interval(0, 50))


def test_levels_of_a_rule_count_as_broken_or_followed() -> None:
    unit, rater = np.repeat(np.arange(4), 2), np.tile([1, 2], 4)
    value = np.array([-2, -1, 2, 1, 1, 2, 2, 0])
    unsaid = np.where(value == 0, UNSURE_CODE, 0)
    answers = ResponseAnswers(unit, rater, value, unit, unsaid)
    report, _ = rule_report(answers, (-2, -1, 1, 2), breaks=(-2, -1))
    assert report["percent_agreement"]["value"] == 1
    assert (report["violation"]["value"], report["violation"]["n"]) == (pytest.approx(2 / 7), 7)
    assert report["unsure"]["value"] == pytest.approx(1 / 8)
    assert report["krippendorff_alpha"]["ordinal"]["value"] < 1
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_a_scale_that_offers_no_unsure_has_no_rate_of_it() -> None:
    answers = answers_of([[1, 2], [4, 4]])
    report, _ = rating_report(answers, range(5), is_yes_no=False, unsaid=("not_applicable",))
    assert report["unsure"]["reason"] == "The scale does not offer “unsure”."
    assert report["not_applicable"]["value"] == 0


def test_reports_of_nothing_are_complete_and_in_words() -> None:
    nothing = ResponseAnswers([], [], [], [])
    for report, pairs in (
        rating_report(nothing, range(5), is_yes_no=False),
        rating_report(nothing, (0, 1), is_yes_no=True),
        rule_report(nothing, (-2, -1, 1, 2), breaks=(-2, -1)),
    ):
        assert not len(pairs)
        assert report["gwet_ac1"]["reason"] == "There are no judgments yet."
        assert report["unsure"]["reason"] == "There are no judgments yet."


def test_two_way_correlations_of_a_crowd_need_no_table_of_all_raters_and_responses() -> None:
    unit = np.repeat(np.arange(20_000), 2)
    rater = np.arange(40_000) % 1_999
    answers = ResponseAnswers(unit, rater, (unit + rater) % 5, unit)
    forms = icc_forms(answers.ratings, categories=range(5))
    assert forms.figures["2,1"].reason is not None
    assert forms.figures["1,1"].n == 20_000
