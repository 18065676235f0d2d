"""Raters: published and independently verified values, case by case."""

from __future__ import annotations

import numpy as np
import pytest

from labeling.stats.intervals.multiplicity import benjamini_hochberg, fisher_combination
from labeling.stats.raters import (
    agreement_residuals,
    anchor_drift,
    concentration_of_counts,
    confidence_thresholds,
    cusum,
    disagreement_cause,
    gold_accuracy,
    group_gap,
    label_shift,
    length_explains,
    length_only_accuracy,
    reading_floor,
    robust_z,
    self_consistency,
    side_bias,
    straight_lining,
)
from labeling.stats.ratings import Figure
from tests.stats.shapes import golden

CASES = {case["name"]: case for case in golden("statistics")}
VECTORS = {vector["id"]: vector for vector in golden("science_vectors")}


def left_choices(left: int, right: int) -> tuple[list[str], list[int], list[bool]]:
    """One rater; canonical response 1 stands on the left in every other judgment."""
    shown = [number % 2 == 0 for number in range(left + right)]
    chose_left = [number < left for number in range(left + right)]
    values = [-1 if chose == first else 1 for chose, first in zip(chose_left, shown, strict=True)]
    return ["rui"] * (left + right), values, shown


def test_side_bias_of_540_in_1000() -> None:
    habit = side_bias(*left_choices(540, 460)).of("rui")
    expected = CASES["position_bias_binomial"]["expected"]["binom_two_sided_p"]
    assert habit.p == pytest.approx(expected["value"], abs=expected["tolerance"])
    assert habit.figure.value == VECTORS["G23"]["expected"]["share"]
    limits = VECTORS["G23"]["expected"]["wilson"]
    assert [habit.figure.low, habit.figure.high] == pytest.approx(limits, abs=1e-4)
    assert habit.status == "stands out"


def test_swapped_repeats_are_tested_by_mcnemar() -> None:
    left, right = CASES["position_bias_binomial"]["swap_discordant"]
    first = [-1] * left + [1] * right
    report = self_consistency(
        ["rui"] * (left + right),
        first,
        [-value for value in first],
        first_shown_first=[True] * (left + right),
        repeat_shown_first=[False] * (left + right),
    )
    swap = report.raters[0].swap
    assert swap is not None
    expected = CASES["position_bias_binomial"]["expected"]["mcnemar_exact_p"]
    assert (swap.stayed_left, swap.stayed_right) == (left, right)
    assert swap.p == pytest.approx(expected["value"], abs=expected["tolerance"])
    assert swap.status == "stands out"


def test_the_tabular_cusum_of_montgomery_signals_at_period_29() -> None:
    case = CASES["cusum_montgomery_table_9_1"]
    params, expected = case["params"], case["expected"]
    chart = cusum(case["series"], target=params["mu0"], slack=params["K"], limit=params["H"])
    assert chart.above == pytest.approx(expected["cusum_plus"]["value"], abs=1e-9)
    assert chart.below == pytest.approx(expected["cusum_minus"]["value"], abs=1e-9)
    assert chart.signal == expected["first_signal_period"]["value"] - 1
    assert chart.above[28] == pytest.approx(5.28, abs=0.005)


def test_fisher_combination_and_benjamini_hochberg() -> None:
    case = CASES["fisher_combination_and_bh"]
    statistic, p = fisher_combination(case["p_values"])
    assert statistic == pytest.approx(case["expected"]["fisher_M"]["value"], abs=1e-9)
    assert p == pytest.approx(case["expected"]["fisher_p"]["value"], abs=1e-9)
    adjusted = benjamini_hochberg(case["p_values"])
    assert adjusted == pytest.approx(case["expected"]["bh_adjusted"]["value"], abs=1e-9)


def test_robust_z_of_log_times() -> None:
    case = CASES["time_on_task_robust_z"]
    scores = robust_z(np.log(case["seconds"]))
    assert scores.z == pytest.approx(case["expected"]["robust_z"]["value"], abs=1e-9)
    assert np.flatnonzero(scores.outlying).tolist() == [7, 9]


def test_longstring_spread_and_entropy() -> None:
    case = CASES["straight_lining_longstring"]
    expected = {name: item["value"] for name, item in case["expected"].items()}
    runs = straight_lining(["rui"] * len(case["series"]), case["series"])[0]
    assert runs.longest == expected["longstring"]
    assert runs.answer == 4
    assert runs.spread == pytest.approx(expected["intra_individual_sd"], abs=1e-9)
    assert runs.entropy == pytest.approx(expected["answer_entropy_bits"], abs=1e-9)


def test_anchors_that_fall_from_62_to_48_of_100() -> None:
    expected = VECTORS["G24"]["expected"]
    drift = anchor_drift((62, 48), (100, 100))
    assert (drift.z, drift.p) == pytest.approx((expected["z"], expected["p"]), abs=1e-4)
    assert drift.change.value == pytest.approx(0.14)
    assert drift.change.low is not None
    assert drift.change.low > 0


@pytest.mark.parametrize(
    ("right", "n", "above", "decision"),
    [(15, 20, 0.4334, "extend"), (18, 20, 0.9255, "pass"), (8, 20, 0.0004, "not yet")],
)
def test_qualification_says_how_sure_it_is(right: int, n: int, above: float, decision: str) -> None:
    gold = gold_accuracy(["rui"] * n, [number < right for number in range(n)]).of("rui")
    assert gold.above == pytest.approx(above, abs=1e-4)
    assert gold.decision == decision


def test_gold_33_of_40_has_wilson_limits() -> None:
    figure = gold_accuracy(["rui"] * 40, [1] * 33 + [0] * 7).of("rui").observed
    assert figure.value == 0.825
    assert [figure.low, figure.high] == pytest.approx([0.681, 0.913], abs=5e-4)


def test_the_confidence_from_which_a_rater_agrees_with_the_lead() -> None:
    cells = VECTORS["G26"]["input"]["(confidence,agrees)"]
    expected = VECTORS["G26"]["expected"]
    thresholds = confidence_thresholds(
        ["rui"] * len(cells), [cell[0] for cell in cells], [cell[1] for cell in cells]
    )[0]
    assert thresholds.threshold == expected["threshold"]
    shares = dict(
        zip(thresholds.levels, (figure.value for figure in thresholds.agreement), strict=True)
    )
    for level, share in expected["agreement_at_or_above"].items():
        assert shares[float(level)] == pytest.approx(share, abs=1e-4)


def test_agreement_beside_the_difficulty_of_the_tasks() -> None:
    inputs, expected = VECTORS["G27"]["input"], VECTORS["G27"]["expected"]
    residuals = agreement_residuals(
        ["rui"] * 6, inputs["item_agreement_without_rater"], inputs["agreed"]
    )[0]
    assert residuals.observed == expected["observed"]
    assert residuals.expected == pytest.approx(expected["expected"])
    assert residuals.z == pytest.approx(expected["z"], abs=1e-4)
    assert residuals.excess.value == pytest.approx(0.75 / 6)


def test_56_raters_that_are_worth_14() -> None:
    expected = VECTORS["G28"]["expected"]
    measured = concentration_of_counts([0.20, 0.10, 0.10, 0.05, 0.05] + [0.5 / 51] * 51)
    assert measured.top.value == pytest.approx(expected["top5"])
    assert measured.effective.value == pytest.approx(expected["effective_raters"], abs=0.05)
    assert [rater for rater, _ in measured.over_cap] == [0]


def test_the_gap_of_two_groups() -> None:
    expected = VECTORS["G32"]["expected"]
    gap = group_gap((42, 25), (100, 100))
    assert gap.gap.value == pytest.approx(expected["gap"])
    assert gap.wald == pytest.approx(expected["wald95"], abs=1e-4)
    assert gap.gap.low is not None
    assert 0 < gap.gap.low < 0.05


def test_answers_shift_under_assistance() -> None:
    inputs, expected = VECTORS["G41"]["input"], VECTORS["G41"]["expected"]
    shift = label_shift(inputs["unassisted A/T/B"], inputs["assisted"])
    assert shift.chi2 == pytest.approx(expected["chi2"], abs=1e-4)
    assert shift.p == pytest.approx(expected["p"], abs=1e-4)
    assert shift.variation.value == pytest.approx(expected["total_variation"])


def test_600_words_take_at_least_36_seconds() -> None:
    inputs, expected = VECTORS["G46"]["input"], VECTORS["G46"]["expected"]
    floor = reading_floor([inputs["words"]], wpm=inputs["max_wpm"])
    assert floor.tolist() == [expected["floor_seconds"]]


def test_the_longer_response_wins_62_of_100() -> None:
    figure = length_only_accuracy([1] * 62 + [-1] * 38, [10] * 100, [20] * 100)
    assert figure.value == 0.62
    assert [figure.low, figure.high] == pytest.approx([0.522, 0.709], abs=5e-4)
    agreement = Figure(0.63, None, None, 100, "")
    sentence = length_explains(figure, agreement)
    assert sentence is not None
    assert sentence.startswith("Length explains nearly all of the signal")
    assert length_explains(figure, Figure(0.73, None, None, 100, "")) is None


@pytest.mark.parametrize(
    ("within", "cause"), [(0.05, "specification"), (0.35, "noise or difficulty")]
)
def test_disagreement_is_one_of_specification_or_of_noise(within: float, cause: str) -> None:
    agreement = Figure(0.60, 0.56, 0.64, 600, "")
    own = Figure(1 - within, 1 - within - 0.03, 1 - within + 0.03, 400, "")
    disagreement = disagreement_cause(agreement, own)
    assert disagreement.cause == cause
    assert disagreement.certain
    assert disagreement.excess.value == pytest.approx(0.40 - within)
