"""When to stop asking: fixed overlap, spread and the sequential rule, and what they know."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.stats import Ratings, RatingsError
from labeling.stats.consensus import (
    FixedOverlap,
    RaterModel,
    Sequential,
    Spread,
    StoppingRule,
    Vote,
    dawid_skene,
    rater_model_from_dawid_skene,
    rater_model_from_gold,
)
from tests.stats.consensus.worlds import model, one_coin


def votes(*values: Any) -> list[Vote]:
    """Votes of different raters."""
    return [Vote(f"r{number}", value) for number, value in enumerate(values)]


RULES: list[StoppingRule] = [FixedOverlap(3), Spread(), Sequential(model(r0=0.9), bound=0.95)]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("values", [(), (1,), (-1, 1), (1, 1, 1), (-1, 1, -1, 1, 1, 1)])
def test_every_rule_says_how_many_more_and_why(rule: StoppingRule, values: Sequence[int]) -> None:
    decision = rule.decide(votes(*values))
    assert decision.votes == len(values)
    assert decision.closed == (decision.more == 0)
    assert decision.reason.endswith(".")
    assert decision.reason.startswith("Closed") == decision.closed


@pytest.mark.parametrize("rule", RULES)
def test_the_order_of_votes_does_not_matter(rule: StoppingRule) -> None:
    ballots = votes(1, -1, 1, 1)
    decisions = {
        (d.more, d.answer, d.reason) for d in (rule.decide(list(p)) for p in permutations(ballots))
    }
    assert len(decisions) == 1


@pytest.mark.parametrize("rule", RULES)
def test_nobody_votes_twice(rule: StoppingRule) -> None:
    with pytest.raises(RatingsError, match="rater a votes a second time at position 1"):
        rule.decide([Vote("a", 1), Vote("a", 1)])


def test_fixed_overlap_asks_for_the_rest_and_then_closes() -> None:
    rule = FixedOverlap(3)
    assert [rule.decide(votes(*[1] * n)).more for n in range(5)] == [3, 2, 1, 0, 0]
    assert rule.decide(votes(1, -1, 1)).answer == 1
    assert rule.decide(votes(1, -1)).answer is None


def test_a_wide_spread_asks_for_two_more() -> None:
    decision = Spread().decide(votes(-2, 0, 2))
    assert decision.more == 2
    assert decision.reason == "Open: 3 judgments lie 4 apart, more than 2."
    assert Spread().decide(votes(-2, 0, 2, 1)).more == 1
    assert Spread().decide(votes(-2, 0, 2, 1, 1)).closed


def test_close_votes_are_closed_at_three() -> None:
    decision = Spread().decide(votes(2, 2, 1))
    assert (decision.more, decision.answer) == (0, 2)
    assert decision.reason == "Closed: 3 judgments lie 1 apart, no more than 2."


def test_the_answer_after_five_is_that_of_the_most_similar() -> None:
    assert Spread().decide(votes(-3, 0, 3, 1, 1)).answer == 1


def test_a_good_rater_alone_can_close_a_task_and_a_poor_one_cannot() -> None:
    rule = Sequential(model(expert=0.97, novice=0.6), bound=0.95)
    expert = rule.decide([Vote("expert", 1)])
    assert (expert.more, expert.answer) == (0, 1)
    assert expert.reason == "Closed after 1 judgment: 1 has the posterior 97%, which reaches 95%."
    novice = rule.decide([Vote("novice", 1)])
    assert (novice.more, novice.answer) == (1, 1)
    assert novice.reason == "Open: after 1 judgment 1 has the posterior 60%, below 95%."
    assert novice.posterior == pytest.approx({-1: 0.4, 1: 0.6})


def test_with_raters_alike_it_is_walds_test_on_the_lead() -> None:
    rule = Sequential(model(), bound=0.94, most=9)
    assert not rule.decide(votes(1)).closed
    assert rule.decide(votes(1, 1)).closed
    assert not rule.decide(votes(1, -1, 1)).closed
    assert rule.decide(votes(1, -1, 1, 1)).closed


def test_the_limit_closes_what_stays_open_and_says_so() -> None:
    decision = Sequential(model(), bound=0.99, most=3).decide(votes(1, -1, 1))
    assert (decision.more, decision.answer) == (0, 1)
    assert decision.reason == (
        "Closed after 3 judgments, the most allowed: 1 has the posterior 80%, below 99%."
    )
    even = Sequential(model(), most=2).decide(votes(1, -1))
    assert even.answer is None
    assert "no category leads" in even.reason


def test_a_least_number_of_judgments_is_kept() -> None:
    rule = Sequential(model(expert=0.999), least=2)
    assert rule.decide([Vote("expert", 1)]).more == 1


def test_a_posterior_never_reads_as_certain() -> None:
    rule = Sequential(model(a=0.999, b=0.999), bound=0.9999, most=2)
    assert "99.9999%" in rule.decide([Vote("a", 1), Vote("b", 1)]).reason


def test_a_rater_who_is_always_right_in_the_data_can_still_be_outvoted() -> None:
    sure = model(sure=1.0, a=0.99, b=0.99, c=0.99, d=0.99)
    answers = [Vote("sure", 1), *(Vote(rater, -1) for rater in "abcd")]
    assert Sequential(sure, most=5).decide(answers).answer == -1


def test_gold_teaches_raters_and_little_gold_makes_an_average_one() -> None:
    world = one_coin(np.array([0.95, 0.8, 0.55]), 400, seed=1)
    new = Ratings(
        [*world.ratings.unit, 0, 1],
        [*world.ratings.rater, 9, 9],
        [*world.ratings.value, *(1 - world.truth[:2])],
    )
    raters = rater_model_from_gold(new, dict(enumerate(world.truth)), categories=(0, 1))
    right = {rater: np.diag(matrix).mean() for rater, matrix in raters.confusion.items()}
    assert right[0] == pytest.approx(0.95, abs=0.03)
    assert right[2] == pytest.approx(0.55, abs=0.05)
    assert 0.55 < right[9] < np.diag(raters.default).mean()


def test_mirrored_raters_are_even_handed() -> None:
    gold = Ratings([1, 2, 3], ["a"] * 3, [-1, -1, 0])
    raters = rater_model_from_gold(gold, {1: -1, 2: 1, 3: 0}, categories=(-1, 0, 1), mirrored=True)
    assert raters.confusion["a"] == pytest.approx(raters.confusion["a"][::-1, ::-1])
    assert raters.class_shares[0] == raters.class_shares[2]


def test_earlier_judgments_without_gold_teach_raters() -> None:
    world = one_coin(np.array([0.95, 0.9, 0.8, 0.6, 0.5]), 500, seed=2)
    raters = rater_model_from_dawid_skene(dawid_skene(world.ratings, categories=(0, 1)))
    right = [np.diag(raters.confusion[rater]).mean() for rater in range(5)]
    assert right == pytest.approx([0.95, 0.9, 0.8, 0.6, 0.5], abs=0.06)
    assert np.diag(raters.default).mean() == pytest.approx(0.75, abs=0.05)


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from((-1, 1))), max_size=4, unique=True))
def test_the_posterior_is_bayes_rule(cells: list[Any]) -> None:
    accuracy = {"r0": 0.9, "r1": 0.7, "r2": 0.6, "r3": 0.3}
    known = model(**accuracy)
    seen = {f"r{rater}": Vote(f"r{rater}", value) for rater, value in cells}
    for_first = for_second = 0.5
    for vote in seen.values():
        p = accuracy[vote.rater]
        for_first *= p if vote.value == -1 else 1 - p
        for_second *= p if vote.value == 1 else 1 - p
    posterior = known.posterior(list(seen.values()))
    assert posterior[0] == pytest.approx(for_first / (for_first + for_second))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FixedOverlap(0), "overlap must be at least 1"),
        (lambda: Spread(first=4, most=3), "not 4 and 3"),
        (lambda: Spread(spread=-1), "spread must be 0 or more"),
        (lambda: Sequential(model(), bound=0), "bound must lie above 0"),
        (lambda: Sequential(model(), least=4, most=3), "contradict"),
        (
            lambda: RaterModel((0, 1), np.array([0.5, 0.5]), {}, np.eye(3), "x"),
            "default must have the shape",
        ),
        (
            lambda: RaterModel((0, 1), np.array([0.5, 0.6]), {}, np.eye(2), "x"),
            "class_shares must hold probabilities",
        ),
        (
            lambda: rater_model_from_gold(
                Ratings([1], ["a"], [0]), {1: 0}, categories=(0, 1), mirrored=True
            ),
            "has a mirror image",
        ),
        (
            lambda: rater_model_from_dawid_skene(dawid_skene(Ratings([], [], []))),
            "There are no judgments yet",
        ),
    ],
)
def test_contradictions_are_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_bad_votes_are_refused_by_position() -> None:
    with pytest.raises(RatingsError, match="value 3 at position 1 is not on the scale: -1, 1"):
        Sequential(model()).decide(votes(1, 3))
    with pytest.raises(RatingsError, match="value better at position 0 is not a number"):
        Spread().decide(votes("better", 1, 2))
    with pytest.raises(RatingsError, match="Task 2 has judgments but no right answer"):
        rater_model_from_gold(Ratings([1, 2], ["a", "a"], [0, 1]), {1: 0}, categories=(0, 1))
    with pytest.raises(RatingsError, match="right answer 7 of task 1 is not on the scale"):
        rater_model_from_gold(Ratings([1], ["a"], [0]), {1: 7}, categories=(0, 1))
