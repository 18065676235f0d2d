"""Agreement of raters with themselves on blind repeats."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from labeling.stats import (
    RatingsError,
    cohen_kappa,
    krippendorff_alpha,
    percent_agreement,
    wilson_interval,
)
from labeling.stats.agreement.repeats import self_agreement
from tests.stats.shapes import from_rows

SCALE = (-1, 0, 1)
repeats = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(SCALE), st.sampled_from(SCALE)), min_size=1
)


def drawn(seed: int) -> tuple[Any, Any, Any]:
    """Three raters with 40 repeats each, who keep their answer two times in three."""
    rng = np.random.default_rng(seed)
    rater = np.repeat(["rui", "sam", "tao"], 40)
    first = rng.choice(SCALE, 120)
    second = np.where(rng.random(120) < 2 / 3, first, rng.choice(SCALE, 120))
    return rater, first, second


def test_pooled_figures_are_those_of_two_raters_first_and_second() -> None:
    rater, first, second = drawn(1)
    agreement = self_agreement(rater, first, second, categories=SCALE, ties="drop", level="ordinal")
    ratings = from_rows(np.column_stack([first, second]).tolist())
    percent = percent_agreement(ratings, "drop", categories=SCALE)
    kappa = cohen_kappa(ratings, categories=SCALE)
    alpha = krippendorff_alpha(ratings, "ordinal", categories=SCALE)
    for ours, theirs in (
        (agreement.percent, percent),
        (agreement.kappa, kappa),
        (agreement.alpha, alpha),
    ):
        assert (ours.value, ours.low, ours.high, ours.n) == pytest.approx(
            (theirs.value, theirs.low, theirs.high, theirs.n)
        )
        assert "first and second answer" in ours.convention


def test_each_rater_has_a_share_with_wilsons_interval_and_a_kappa() -> None:
    rater, first, second = drawn(2)
    agreement = self_agreement(rater, first, second, categories=SCALE, weights="quadratic")
    assert agreement.by_rater.raters == ("rui", "sam", "tao")
    for index, name in enumerate(agreement.by_rater.raters):
        mine = rater == name
        percent, kappa = agreement.by_rater.figures(index)
        same = int((first == second)[mine].sum())
        assert percent.value == pytest.approx(same / 40)
        assert (percent.low, percent.high) == pytest.approx(wilson_interval(same, 40))
        assert percent.n == kappa.n == 40
        theirs = cohen_kappa_score(first[mine], second[mine], labels=SCALE, weights="quadratic")
        assert kappa.value == pytest.approx(theirs)


def test_repeats_that_share_prompts_have_intervals_over_prompts() -> None:
    rater, first, second = drawn(3)
    prompt = np.arange(120) // 4
    agreement = self_agreement(rater, first, second, prompt, categories=SCALE)
    assert "over 30 prompts" in agreement.percent.convention
    percent, kappa = agreement.by_rater.figures(1)
    mine = rater == "sam"
    alone = self_agreement(rater[mine], first[mine], second[mine], prompt[mine], categories=SCALE)
    assert (percent, kappa) == alone.by_rater.figures(0)
    assert alone.kappa.value == pytest.approx(kappa.value)


@given(repeats)
def test_the_pooled_share_is_the_mean_of_the_raters_by_repeats(rows: list[Any]) -> None:
    rater, first, second = zip(*rows, strict=True)
    agreement = self_agreement(rater, first, second, categories=SCALE)
    pooled = (agreement.by_rater.percent * agreement.by_rater.n).sum() / len(rows)
    assert agreement.percent.value == pytest.approx(pooled)
    assert agreement.by_rater.n.sum() == agreement.percent.n == len(rows)
    for index in range(len(agreement.by_rater)):
        percent, kappa = agreement.by_rater.figures(index)
        assert percent.low is not None
        assert kappa.value is not None or kappa.reason
    assert agreement.kappa.value is not None or agreement.kappa.reason


def test_what_is_missing_is_said() -> None:
    nothing = self_agreement([], [], [])
    assert len(nothing.by_rater) == 0
    assert nothing.kappa.reason == "No task has been judged twice by the same rater."
    assert nothing.percent.value is None
    once = self_agreement(["rui"], [1], [1], categories=SCALE)
    assert once.by_rater.figures(0)[1].reason == "There is only 1 repeat; kappa needs at least 2."
    still = self_agreement(["rui"] * 3, [1] * 3, [1] * 3, categories=SCALE)
    assert still.by_rater.figures(0)[1].reason == (
        "All answers on the 3 repeats, first and second, are in one category."
    )


def test_what_cannot_be_read_is_refused_by_name() -> None:
    with pytest.raises(RatingsError, match="rater has 2, first has 2, second has 1"):
        self_agreement(["a", "b"], [1, 0], [1])
    with pytest.raises(RatingsError, match="second at position 1 is nan"):
        self_agreement(["a", "b"], [1, 0], [1, float("nan")])
    with pytest.raises(RatingsError, match="value 7 at position 3"):
        self_agreement(["a", "b"], [1, 0], [1, 7], categories=SCALE)


def test_repeats_may_be_words() -> None:
    agreement = self_agreement(
        ["a", "a", "b"], ["yes", "no", "no"], ["yes", "no", "yes"], categories=("no", "yes")
    )
    assert agreement.percent.value == pytest.approx(2 / 3)
