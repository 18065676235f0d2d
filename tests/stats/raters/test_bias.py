"""Length, format and style; the regression behind them; stated and revealed priorities."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, special
from sklearn.linear_model import LogisticRegression
from statsmodels.discrete.discrete_model import Logit
from statsmodels.stats.meta_analysis import combine_effects

from labeling.stats import ConvergenceError, RatingsError
from labeling.stats.raters import (
    feature_bias,
    length_bias,
    length_only_accuracy,
    relative_difference,
    revealed_priorities,
    ridge_logistic,
    style_columns,
    style_of,
    style_only_accuracy,
)
from labeling.stats.raters.features import firth_slopes, shrink

# Style of a text


def test_the_style_of_a_response() -> None:
    text = (
        "# Title\n\nSome **bold** and __also__ `**not**` words.\n"
        "1. one\n2) two\n   - three\n* four\n\n---\n* * *\n"
        "```python\n# no header\n- no item **nor bold**\n```\n"
        "~~~\n```\n~~~\n#hashtag\n"
    )
    style = style_of(text)
    assert (style.headers, style.list_items, style.bold, style.code_blocks) == (1, 4, 2, 2)
    assert style.characters == len(text)
    assert style.words == len(text.split())


@pytest.mark.parametrize(
    ("text", "blocks"),
    [("```", 1), ("```\n~~~\n```", 1), ("`````\n```\n`````\n```\n```", 2), ("``` a`b", 0), ("", 0)],
)
def test_fences_close_as_they_opened(text: str, blocks: int) -> None:
    assert style_of(text).code_blocks == blocks


@pytest.mark.parametrize(
    "piece", ["**", "**a", "__", "` ", "- ", "#", "*", " \t", "`", "~", "1", "- - x", "**`"]
)
def test_hostile_text_takes_no_longer_than_its_length(piece: str) -> None:
    began = perf_counter()
    style_of(piece * 100_000 + "x")
    assert perf_counter() - began < 1


@given(st.text("#-*_1. ab\n", max_size=40), st.text("#-*_1. ab\n", max_size=40))
def test_styles_add_up_over_paragraphs(first: str, second: str) -> None:
    first_style, second_style, joint = (
        style_of(first),
        style_of(second),
        style_of(f"{first}\n\n{second}"),
    )
    assert joint.headers == first_style.headers + second_style.headers
    assert joint.list_items == first_style.list_items + second_style.list_items
    assert joint.bold == first_style.bold + second_style.bold


def test_styles_as_columns() -> None:
    columns = style_columns(["# a", "- b\n- c", ""])
    assert columns["headers"].tolist() == [1, 0, 0]
    assert columns["list_items"].tolist() == [0, 2, 0]
    assert columns["characters"].tolist() == [3, 7, 0]


def test_relative_differences_lie_between_minus_one_and_one() -> None:
    assert relative_difference([3, 0, 0, 5], [1, 0, 2, 5]).tolist() == [0.5, 0, -1, 0]
    with pytest.raises(RatingsError, match="second at position 0 is -1, below 0"):
        relative_difference([1], [-1])


# Length-only accuracy


def test_what_is_left_out_of_length_only_accuracy_is_counted() -> None:
    figure = length_only_accuracy([1, -1, 0, 1], [1, 1, 1, 5], [2, 2, 2, 5])
    assert (figure.value, figure.n) == (0.5, 2)
    assert "left out: 1 tie, 1 of equal length" in figure.convention
    nothing = length_only_accuracy([0], [1], [2])
    assert nothing.reason == "No decided task has responses of different length."


def test_style_alone_predicts_held_out_verdicts() -> None:
    rng = np.random.default_rng(0)
    length, headers = rng.uniform(-1, 1, (2, 600))
    verdict = np.where(rng.random(600) < special.expit(4 * length), 1, -1)
    figure = style_only_accuracy(
        verdict, {"length": length, "headers": headers}, cluster=np.arange(600) // 2
    )
    best = np.mean((length > 0) == (verdict > 0))
    assert figure.value == pytest.approx(best, abs=0.02)
    assert "seed 0" in figure.convention
    noise = style_only_accuracy(rng.choice([-1, 1], 600), {"length": length}, seed=4)
    assert noise.low is not None
    assert noise.low < 0.5


def test_style_needs_prompts_to_hold_out_and_features() -> None:
    assert style_only_accuracy([1, 1], {"length": [1, 2]}, cluster=["p", "p"]).value is None
    assert style_only_accuracy([0], {"length": [1]}).reason
    with pytest.raises(ValueError, match="feature"):
        style_only_accuracy([1], {})
    with pytest.raises(ValueError, match="2 folds"):
        style_only_accuracy([1, 1], {"length": [1, 2]}, folds=1)


# Length bias


def lovers(rng: np.random.Generator, slopes: list[float], n: int) -> tuple[Any, Any, Any, Any]:
    """Raters whose log odds of choosing a response grow with its relative length."""
    rater = np.repeat(np.arange(len(slopes)), n)
    first, second = rng.integers(50, 800, (2, len(rater)))
    x = (first - second) / (first + second)
    x = x / np.sqrt(np.mean(x**2))
    chose_first = rng.random(len(rater)) < special.expit(np.array(slopes)[rater] * x)
    return rater, np.where(chose_first, -1, 1), first, second


def test_who_chooses_the_longer_response_stands_out() -> None:
    bias = length_bias(*lovers(np.random.default_rng(3), [0, 0, 0, 3], 150))
    assert bias.shares.standing_out == (3,)
    low = bias.shares.of(3).figure.low
    assert low is not None
    assert low > 0.6
    assert bias.spread is not None
    assert bias.spread > 0.5


def test_slopes_are_drawn_to_their_mean_the_more_the_less_is_known() -> None:
    rng = np.random.default_rng(1)
    many = lovers(rng, [0.2, 0.4, 0.9, 1.3, 0.1, 0.7], 400)
    few = lovers(rng, [0.5], 12)
    columns = [np.append(a, b) for a, b in zip(many, few, strict=True)]
    columns[0][-12:] = 6
    bias = length_bias(*columns)
    mean = bias.mean_slope.value
    assert mean is not None
    pulls = []
    for slope in (bias.slopes[0], bias.slopes[6]):
        assert slope.raw.value is not None
        assert slope.shrunk.value is not None
        pulls.append((slope.shrunk.value - mean) / (slope.raw.value - mean))
        assert slope.raw.low is not None
        assert slope.shrunk.low is not None
        assert slope.raw.low < slope.raw.value
    assert 0 <= pulls[1] < pulls[0] < 1


def test_a_rater_who_always_chooses_the_longer_one_has_a_finite_slope() -> None:
    bias = length_bias(["a"] * 40, [-1] * 20 + [1] * 20, [9] * 20 + [2] * 20, [2] * 20 + [9] * 20)
    assert bias.shares.of("a").figure.value == 1.0
    value = bias.slopes[0].raw.value
    assert value is not None
    # One variable of one size: Firth's slope adds half a choice to either side.
    assert value == pytest.approx(np.log(40.5 / 0.5))


def test_ties_and_pairs_of_equal_length_leave_nothing() -> None:
    bias = feature_bias(["a", "a"], [0, 1], [1, 3], [2, 3], feature="headers")
    assert bias.shares.of("a").figure.value is None
    assert bias.slopes[0].shrunk.reason
    assert "headers" in bias.slopes[0].shrunk.reason
    assert bias.spread is None
    assert "more headers" in bias.shares.overall.convention


def test_a_rater_without_decisive_judgments_beside_one_with() -> None:
    bias = length_bias(["a", "b", "b"], [0, 1, -1], [1, 2, 5], [2, 1, 1])
    assert bias.slopes[0].raw.value is None
    assert bias.slopes[0].raw.reason
    assert bias.slopes[1].raw.value is not None


def test_firths_slope_maximises_the_penalised_likelihood() -> None:
    rng = np.random.default_rng(0)
    for n in (3, 20, 200):
        x, y = rng.normal(size=n), (rng.random(n) < 0.7).astype(float)

        def objective(b: float, x: Any = x, y: Any = y) -> float:
            p = special.expit(b * x)
            information = (x * x * p * (1 - p)).sum()
            loss = np.logaddexp(0, b * x).sum() - b * (x * y).sum()
            return float(loss - np.log(information) / 2)

        slope, variance = firth_slopes(np.zeros(n, dtype=np.int64), x, y, 1)
        best = optimize.minimize_scalar(objective, bounds=(-20, 20), method="bounded")
        assert slope[0] == pytest.approx(best.x, abs=1e-4)
        p = special.expit(slope[0] * x)
        assert variance[0] == pytest.approx(1 / (x * x * p * (1 - p)).sum(), rel=1e-5)


@given(st.integers(0, 10_000))
def test_slopes_settle_for_any_few_judgments(seed: int) -> None:
    rng = np.random.default_rng(seed)
    code = rng.integers(0, 12, 40)
    x, y = rng.uniform(-1, 1, 40) ** 3, (rng.random(40) < rng.random()).astype(float)
    slope, _ = firth_slopes(code, x, y, 12)
    mirrored, _ = firth_slopes(code, -x, 1 - y, 12)
    assert np.isfinite(slope).all()
    assert slope == pytest.approx(mirrored, rel=1e-5, abs=1e-6)


def test_shrinkage_takes_the_spread_of_dersimonian_and_laird() -> None:
    rng = np.random.default_rng(0)
    estimates, variances = rng.normal(0.3, 0.5, 20), rng.uniform(0.01, 0.2, 20)
    theirs = combine_effects(estimates, variances, method_re="dl")
    _, _, mean, mean_variance, spread = shrink(estimates, variances)
    assert spread == pytest.approx(theirs.tau2)
    assert mean == pytest.approx(theirs.mean_effect_re)
    assert mean_variance == pytest.approx(theirs.var_eff_w_re)


def test_estimates_that_differ_by_chance_only_become_one() -> None:
    drawn, variance, mean, mean_variance, spread = shrink(np.array([1.0, 1.1]), np.array([1.0, 1]))
    assert spread == 0
    assert drawn == pytest.approx([mean, mean])
    assert variance == pytest.approx([mean_variance] * 2)
    alone = shrink(np.array([2.0]), np.array([0.5]))
    assert (alone[0][0], alone[1][0]) == (2.0, 0.5)


# The regression


def data(n: int, seed: int = 0) -> tuple[Any, Any, Any]:
    """Features, verdicts and prompts with two verdicts each."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3))
    second = rng.random(n) < special.expit(x @ [1.0, -0.5, 0.0])
    return x, second, np.arange(n) // 2


@pytest.mark.parametrize("ridge", [0.1, 1.0, 25.0])
def test_coefficients_equal_scikit_learn(ridge: float) -> None:
    x, second, _ = data(300)
    theirs = LogisticRegression(C=1 / ridge, fit_intercept=False, tol=1e-10, max_iter=1000)
    theirs.fit(x, second)
    assert ridge_logistic(x, second, ridge=ridge).coefficients == pytest.approx(
        theirs.coef_[0], abs=1e-6
    )


def test_errors_over_prompts_equal_statsmodels() -> None:
    x, second, prompt = data(400)
    fit = ridge_logistic(x, second, ridge=0.0, cluster=prompt)
    theirs = Logit(second.astype(float), x).fit(
        disp=False, cov_type="cluster", cov_kwds={"groups": prompt}
    )
    assert fit.coefficients == pytest.approx(theirs.params, abs=1e-7)
    # statsmodels also multiplies by (n - 1) / (n - k).
    correction = (400 - 1) / (400 - 3)
    assert fit.covariance is not None
    assert fit.covariance * correction == pytest.approx(theirs.cov_params(), rel=1e-6)


def test_perfect_prediction_needs_a_ridge() -> None:
    x = np.array([[-2.0], [-1], [1], [2]])
    second = np.array([False, False, True, True])
    with pytest.raises(ConvergenceError, match="A ridge above 0"):
        ridge_logistic(x, second, ridge=0.0)
    assert ridge_logistic(x, second).coefficients[0] > 0
    with pytest.raises(ValueError, match="negative"):
        ridge_logistic(x, second, ridge=-1)


@given(st.integers(0, 10_000))
def test_mirrored_pairs_give_the_same_coefficients(seed: int) -> None:
    x, second, prompt = data(30, seed)
    flip = np.random.default_rng(seed).choice([-1, 1], 30)
    plain = ridge_logistic(x, second, cluster=prompt)
    other = ridge_logistic(x * flip[:, None], second == (flip > 0), cluster=prompt)
    assert plain.coefficients == pytest.approx(other.coefficients, abs=1e-8)
    assert plain.covariance == pytest.approx(other.covariance, abs=1e-8)


# Priorities


def verdicts(n: int = 400, seed: int = 0) -> tuple[Any, dict[str, Any]]:
    """The overall verdict is sign(2 helpful + truth)."""
    rng = np.random.default_rng(seed)
    helpful, truth = rng.integers(-3, 4, (2, n))
    return np.sign(2 * helpful + truth), {"truth": truth, "helpful": helpful}


def test_verdicts_that_weigh_help_more_contradict_a_guideline_that_puts_truth_first() -> None:
    overall, criteria = verdicts()
    priorities = revealed_priorities(overall, criteria, stated=["truth", "helpful"])
    assert priorities.order == ("helpful", "truth")
    assert [(pair.stated_first, pair.weighs_more) for pair in priorities.mismatches] == [
        ("truth", "helpful")
    ]
    assert priorities.sentence.startswith(
        "The guideline puts truth before helpful, but verdicts weigh"
    )
    assert priorities.accuracy.value is not None
    assert priorities.accuracy.value > 0.95
    lost = {name: figure.value or 0 for name, figure in priorities.without.items()}
    assert lost["helpful"] > lost["truth"] > 0


def test_a_guideline_in_the_order_of_the_verdicts_is_confirmed() -> None:
    overall, criteria = verdicts()
    priorities = revealed_priorities(overall, criteria, stated=["helpful", "truth"])
    assert priorities.mismatches == ()
    assert priorities.sentence == "Verdicts weigh the criteria in the order of the guideline."


def test_an_order_that_differs_by_chance_only_is_no_contradiction() -> None:
    rng = np.random.default_rng(8)
    helpful, truthful = rng.normal(size=(2, 60))
    overall = np.where(rng.random(60) < special.expit(helpful + truthful), 1, -1)
    weights = revealed_priorities(overall, {"one": helpful, "two": truthful})
    stated = weights.order[::-1]
    priorities = revealed_priorities(overall, {"one": helpful, "two": truthful}, stated=stated)
    assert priorities.mismatches == ()
    assert "not by more than chance" in priorities.sentence


def test_the_weight_of_length_shows_beside_the_criteria() -> None:
    rng = np.random.default_rng(0)
    helpful, length = rng.normal(size=(2, 500))
    prompt = np.arange(500) // 5
    overall = np.where(rng.random(500) < special.expit(helpful + 2 * length), 1, -1)
    priorities = revealed_priorities(
        overall, {"helpful": helpful}, styles={"length": length}, cluster=prompt
    )
    assert priorities.order == ("helpful",)
    assert priorities.weights["length"].value is not None
    assert priorities.weights["length"].value == pytest.approx(2, abs=0.5)
    assert "over 100 prompts" in priorities.weights["length"].convention


def test_a_criterion_that_never_differs_has_no_weight() -> None:
    priorities = revealed_priorities([1, -1, 1, -1], {"a": [1, -1, 2, -1], "still": [0, 0, 0, 0]})
    assert priorities.weights["still"].value is None
    assert priorities.weights["still"].reason == "The two responses never differ in still."


def test_ties_only_leave_no_verdict() -> None:
    priorities = revealed_priorities([0, 0], {"a": [1, -1]})
    assert priorities.sentence == "There is no decided verdict."
    assert priorities.weights["a"].value is None
    assert priorities.order == ()


def test_one_prompt_has_weights_without_intervals() -> None:
    priorities = revealed_priorities([1, -1, 1], {"a": [1, -1, -1]}, cluster=["p"] * 3)
    assert priorities.weights["a"].value is not None
    assert priorities.weights["a"].low is None
    assert priorities.accuracy.value is None
    assert (
        priorities.accuracy.reason
        == "The verdicts come from 1 prompt, so that none can be held out."
    )
    assert priorities.without["a"].value is None


def test_names_must_be_criteria_each_once() -> None:
    overall, criteria = verdicts(20)
    with pytest.raises(ValueError, match="stated order"):
        revealed_priorities(overall, criteria, stated=["safety"])
    with pytest.raises(ValueError, match="both a criterion and a style"):
        revealed_priorities(overall, criteria, styles={"truth": overall})
    with pytest.raises(ValueError, match="at least one"):
        revealed_priorities(overall, {})
    with pytest.raises(RatingsError, match="overall has 20, truth has 1"):
        revealed_priorities(overall, {"truth": [1]})
