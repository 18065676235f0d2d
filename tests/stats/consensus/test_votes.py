"""Counted votes and the most similar votes: shares, entropy, ties that stay ties."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.stats import Ratings, RatingsError, table_of
from labeling.stats.consensus import entropy_bits, most_similar, vote_shares
from tests.stats.shapes import from_counts, from_rows, golden

VECTORS = {vector["id"]: vector for vector in golden("science_vectors")}

rows = st.lists(
    st.lists(st.sampled_from((-1, 0, 1)), min_size=1, max_size=6), min_size=1, max_size=12
)


def test_entropy_and_smoothed_share_of_the_published_splits() -> None:
    expected = VECTORS["G29"]["expected"]
    entropies = [entropy_bits(votes) for votes in ([4, 1], [3, 2], [3, 1, 1])]
    assert entropies == pytest.approx(expected["entropy_bits"], abs=1e-4)
    votes = vote_shares(from_counts([[4, 1]]), categories=(0, 1))
    assert votes.consensus.weight[0, 0] == pytest.approx(0.8)
    assert votes.smoothed[0, 0] == pytest.approx(expected["laplace_share_4_of_5"], abs=1e-4)


def test_unanimous_votes_have_no_entropy_and_even_ones_one_bit() -> None:
    assert entropy_bits([[3, 0], [2, 2], [1, 0]]).tolist() == [0.0, 1.0, 0.0]


def test_the_category_with_most_votes_leads_by_its_margin() -> None:
    votes = vote_shares(from_rows([[1, 1, -1], [-1, 0, 1, -1]]), categories=(-1, 0, 1))
    assert votes.consensus.answers() == {0: 1, 1: -1}
    assert votes.consensus.margin.tolist() == pytest.approx([1 / 3, 1 / 4])
    assert votes.counts.tolist() == [[1, 0, 2], [2, 1, 1]]
    assert votes.consensus.n.tolist() == [3, 4]


def test_a_shared_lead_stays_a_tie() -> None:
    votes = vote_shares(from_rows([[1, -1], [0, 0, 1, 1], [1]]), categories=(-1, 0, 1))
    assert votes.consensus.answers() == {0: None, 1: None, 2: 1}
    assert votes.consensus.leader.tolist() == [-1, -1, 2]
    assert votes.consensus.margin.tolist() == [0, 0, 1]


def test_a_majority_for_a_tie_is_an_answer_and_not_a_tied_vote() -> None:
    votes = vote_shares(from_rows([[0, 0, 1]]), categories=(-1, 0, 1))
    assert votes.consensus.answer(0) == 0


def test_smoothing_counts_declared_categories_that_nobody_chose() -> None:
    three = vote_shares(from_rows([[1, 1, 1, 1, 0]]), categories=(-1, 0, 1))
    assert three.smoothed[0].tolist() == pytest.approx([1 / 8, 2 / 8, 5 / 8])


@given(rows)
def test_patterns_of_a_table_say_the_same_as_the_ratings(cells: list[Any]) -> None:
    ratings, scale = from_rows(cells), (-1, 0, 1)
    votes, patterns = vote_shares(ratings, categories=scale), vote_shares(table_of(ratings, scale))
    assert int(patterns.frequency.sum()) == len(votes.consensus)
    total = patterns.frequency @ patterns.consensus.entropy
    assert total == pytest.approx(votes.consensus.entropy.sum())
    ties = patterns.frequency[patterns.consensus.leader == -1].sum()
    assert ties == (votes.consensus.leader == -1).sum()


@given(rows)
def test_mirrored_votes_have_the_mirrored_answers(cells: list[Any]) -> None:
    scale = (-1, 0, 1)
    plain = vote_shares(from_rows(cells), categories=scale).consensus
    turned = vote_shares(from_rows([[-v for v in row] for row in cells]), categories=scale)
    for answer, mirrored in zip(
        plain.answers().values(), turned.consensus.answers().values(), strict=True
    ):
        assert mirrored == (None if answer is None else -answer)


def test_no_judgments_are_a_reason() -> None:
    votes = vote_shares(Ratings([], [], []), categories=(-1, 0, 1))
    assert votes.reason == "There are no judgments yet."
    assert len(votes.consensus) == 0
    assert vote_shares(Ratings([], [], [])).smoothed.shape == (0, 0)


def test_bad_input_is_refused_by_name() -> None:
    with pytest.raises(RatingsError, match="value 4 at position 1"):
        vote_shares(Ratings([1, 1], ["a", "b"], [1, 4]), categories=(-1, 0, 1))
    with pytest.raises(RatingsError, match="a second time at position 1"):
        vote_shares(Ratings([1, 1], ["a", "a"], [1, 1]))
    with pytest.raises(ValueError, match="smoothing must be 0 or more"):
        vote_shares(Ratings([1], ["a"], [1]), smoothing=-1)
    with pytest.raises(ValueError, match="without weight"):
        entropy_bits([[0, 0]])
    with pytest.raises(ValueError, match="numbers from 0 on"):
        entropy_bits([[1, -1]])


def test_the_most_similar_votes_as_published() -> None:
    inputs, expected = VECTORS["G21"]["input"], VECTORS["G21"]["expected"]
    for votes, out in zip(inputs["votes"], expected["out"], strict=True):
        similar = most_similar(votes)
        if isinstance(out, int):
            assert (similar.value, similar.reason) == (out, None)
        elif out == "drop: spread 4":
            assert similar.value is None
            assert similar.reason == "The 3 most similar votes lie 4 apart, more than 2."
        else:
            assert (similar.value, similar.reason) == (None, "The votes come out as a tie.")


def test_too_few_valid_votes_are_a_reason() -> None:
    similar = most_similar([1, -100, 2])
    assert similar.reason == "The task has 2 valid votes and the rule needs 3."
    assert (similar.value, similar.mean, similar.spread) == (None, None, None)


def test_a_tie_can_be_kept() -> None:
    assert most_similar([0, 0, 1], drop_ties=False).value == 0


@given(st.lists(st.integers(-3, 3), min_size=3, max_size=7))
def test_mirrored_votes_have_the_mirrored_value(votes: list[int]) -> None:
    plain, turned = most_similar(votes), most_similar([-vote for vote in votes])
    assert turned.value == (None if plain.value is None else -plain.value)
    assert most_similar(list(reversed(votes))) == plain


def test_a_vote_that_is_no_number_is_refused_by_position() -> None:
    with pytest.raises(ValueError, match="vote at position 1 is nan"):
        most_similar([1, float("nan"), 2])
    with pytest.raises(ValueError, match="At least 1 vote"):
        most_similar([1], keep=0)
