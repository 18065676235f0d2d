"""The mirrored pool: figures on a preference do not hang on which response is called the first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.stats import (
    Figure,
    Ratings,
    alpha_without_each,
    cohen_kappa,
    cohen_kappa_pairs,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    scott_pi,
    self_agreement,
)
from labeling.stats.agreement.coefficients import Level
from tests.stats.shapes import from_contingency, from_rows

SCALE = (-2, -1, 0, 1, 2)
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval")
Statistic = Callable[..., Figure]

cells = st.one_of(st.none(), st.sampled_from(SCALE))
gappy = st.lists(st.lists(cells, min_size=3, max_size=3), min_size=2, max_size=12)
paired = st.lists(st.lists(st.sampled_from(SCALE), min_size=2, max_size=2), min_size=2, max_size=12)
weights = st.sampled_from(("identity", "linear", "quadratic", "ordinal"))
#: Credit for a tie beside "the first is better", and none for one beside "the second is better".
LOPSIDED = np.array([[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]])

#: What has a plain form of which the mirrored one is that of the doubled data, to the last end.
DOUBLED: dict[str, Statistic] = {
    "fleiss": fleiss_kappa,
    "fleiss with missing ratings": lambda *a, **k: fleiss_kappa(*a, missing="gwet", **k),
    "gwet": gwet_ac,
    "conger": conger_kappa,
}


def doubled(ratings: Ratings) -> Ratings:
    """Every task once as it stands and once mirrored, drawn together."""
    home = ratings.unit if ratings.cluster is None else ratings.cluster
    return Ratings(
        unit=np.concatenate([ratings.unit, ratings.unit + ratings.unit.max(initial=0) + 1]),
        rater=np.tile(ratings.rater, 2),
        value=np.concatenate([ratings.value, -ratings.value]),
        cluster=np.tile(home, 2),
    )


def turned(ratings: Ratings, tasks: set[int]) -> Ratings:
    """The same judgments where the two responses of some tasks change places."""
    sign = np.where(np.isin(ratings.unit, list(tasks)), -1, 1)
    return Ratings(ratings.unit, ratings.rater, ratings.value * sign, ratings.cluster)


def same(first: Figure, second: Figure) -> bool:
    """Whether value and ends are equal, and undefined alike."""
    a, b = (np.array((f.value, f.low, f.high), dtype=np.float64) for f in (first, second))
    return np.allclose(a, b, atol=1e-9, equal_nan=True)


@pytest.mark.parametrize("name", DOUBLED)
@given(rows=gappy, weights=weights)
def test_a_mirrored_figure_is_the_plain_one_of_the_doubled_data(
    name: str, rows: list[Any], weights: str
) -> None:
    ratings, statistic = from_rows(rows), DOUBLED[name]
    mirrored = statistic(ratings, categories=SCALE, symmetric=True, weights=weights)
    assert same(mirrored, statistic(doubled(ratings), categories=SCALE, weights=weights))


@given(rows=paired, weights=weights)
def test_so_is_that_of_two_raters(rows: list[Any], weights: str) -> None:
    ratings = from_rows(rows)
    both = doubled(ratings)
    kappa = cohen_kappa(ratings, categories=SCALE, weights=weights, symmetric=True)
    assert same(kappa, cohen_kappa(both, categories=SCALE, weights=weights))
    pi = scott_pi(ratings, categories=SCALE, symmetric=True)
    assert same(pi, scott_pi(both, categories=SCALE))


@pytest.mark.parametrize("kappa", [cohen_kappa, conger_kappa])
def test_so_it_is_with_weights_of_ones_own_that_favour_a_side(kappa: Statistic) -> None:
    ratings = from_rows([(-1, 0), (0, -1), (-1, 0), (1, 1), (-1, -1)])
    options: dict[str, Any] = {"categories": (-1, 0, 1), "weights": LOPSIDED}
    mirrored = kappa(ratings, symmetric=True, **options)
    assert same(mirrored, kappa(doubled(ratings), **options))
    assert same(mirrored, kappa(turned(ratings, {0, 3}), symmetric=True, **options))


@given(rows=gappy, level=st.sampled_from(LEVELS))
def test_alpha_is_that_of_the_doubled_data_in_an_unlimited_pool(
    rows: list[Any], level: Any
) -> None:
    ratings = from_rows(rows)
    alpha = krippendorff_alpha(ratings, level, categories=SCALE, symmetric=True).value
    plain = krippendorff_alpha(doubled(ratings), level, categories=SCALE).value
    if alpha is None or plain is None:
        assert alpha is plain
        return
    votes = np.unique(ratings.unit, return_counts=True)[1]
    pool = 2 * votes[votes >= 2].sum()
    assert 1 - alpha == pytest.approx((1 - plain) * pool / (pool - 1))


@given(rows=gappy, tasks=st.sets(st.integers(0, 11)))
def test_no_mirrored_figure_changes_when_responses_change_places(
    rows: list[Any], tasks: set[int]
) -> None:
    ratings = from_rows(rows)
    other = turned(ratings, tasks)
    options: dict[str, Any] = {"categories": SCALE, "symmetric": True}
    for statistic in DOUBLED.values():
        assert same(statistic(ratings, **options), statistic(other, **options))
    for level in LEVELS:
        assert same(
            krippendorff_alpha(ratings, level, **options),
            krippendorff_alpha(other, level, **options),
        )
        before, after = (
            alpha_without_each(each, level=level, **options) for each in (ratings, other)
        )
        assert all(same(before[rater], after[rater]) for rater in before)
    before_pairs, after_pairs = (cohen_kappa_pairs(each, **options) for each in (ratings, other))
    assert len(before_pairs) == len(after_pairs)
    for index in range(len(before_pairs)):
        assert same(before_pairs.figures(index)[1], after_pairs.figures(index)[1])


def test_two_raters_who_both_mostly_prefer_one_model_agree_alike_in_any_order() -> None:
    by_model = from_contingency([[85, 5], [5, 5]])
    ratings = Ratings(by_model.unit, by_model.rater, 2 * by_model.value - 1)
    assert cohen_kappa(ratings).value == pytest.approx(0.4444, abs=1e-4)
    for order in ratings, turned(ratings, set(range(0, 100, 2))):
        assert cohen_kappa(order, symmetric=True).value == pytest.approx(0.8)
        assert scott_pi(order, symmetric=True).value == pytest.approx(0.8)
        assert fleiss_kappa(order, symmetric=True).value == pytest.approx(0.8)
        assert conger_kappa(order, symmetric=True).value == pytest.approx(0.8)


def test_mirrored_copies_are_no_new_tasks() -> None:
    figure = cohen_kappa(from_rows([[1, 1], [1, 0], [-1, 0]]), symmetric=True)
    assert figure.n == 3
    assert "these judgments and their mirror images" in figure.convention
    assert (
        "3 tasks" in fleiss_kappa(from_rows([[1, 1], [1, 0], [-1, 0]]), symmetric=True).convention
    )


def test_everyone_on_one_side_is_agreement_and_everyone_at_a_tie_is_undefined() -> None:
    assert fleiss_kappa(from_rows([[1, 1], [1, 1]]), symmetric=True).value == 1
    ties = cohen_kappa(from_rows([[0, 0], [0, 0]]), categories=(-1, 0, 1), symmetric=True)
    assert (ties.value, ties.reason) == (
        None,
        "Both gave one and the same category on the 2 tasks they share.",
    )


def test_a_rater_agrees_with_an_earlier_self_alike_in_any_order() -> None:
    first, again = np.array([1, 1, 1, -1, 0]), np.array([1, 1, -1, -1, 0])
    sign = np.array([1, -1, 1, -1, 1])
    plain = self_agreement([1] * 5, first, again, symmetric=True)
    flipped = self_agreement([1] * 5, first * sign, again * sign, symmetric=True)
    assert same(plain.kappa, flipped.kappa)
    assert same(plain.by_rater.figures(0)[1], flipped.by_rater.figures(0)[1])


@pytest.mark.parametrize("statistic", [fleiss_kappa, gwet_ac, cohen_kappa, scott_pi, conger_kappa])
def test_a_scale_that_does_not_mirror_itself_is_refused(statistic: Statistic) -> None:
    with pytest.raises(ValueError, match="mirrors itself around 0"):
        statistic(from_rows([[0, 1], [2, 1]]), categories=(0, 1, 2), symmetric=True)
