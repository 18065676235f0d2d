"""What changed between two texts, by words: exact, and in bounded time on whatever text."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.rendering import difference_html, is_same_but_spaces, normalised_distance
from labeling.rendering.difference import ChangeKind, word_changes, words_of
from tests.budget import cost_of

TEXTS = st.lists(st.sampled_from(["a", "b", "c,", "\n\n", " ", "d.e", "猫", "don't"]), max_size=14)
_SEEDED = random.Random(7)
HOSTILE = {
    "marks alone": ("." * 100_000, ",." * 50_000),
    "ten words at random": (
        " ".join(_SEEDED.choices("abcdefghij", k=50_000)),
        " ".join(_SEEDED.choices("abcdefghij", k=50_000)),
    ),
    "no spaces": ("".join(map(chr, range(0x4E00, 0x9000))) * 5, "猫犬" * 50_000),
}


def levenshtein(a: list[str], b: list[str]) -> int:
    """The distance by its definition, a row at a time."""
    row = list(range(len(b) + 1))
    for i, word in enumerate(a, start=1):
        above, row = row, [i]
        for j, other in enumerate(b, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (word != other)))
    return row[-1]


@given(TEXTS, TEXTS)
def test_a_difference_puts_both_texts_together_again_and_the_distance_is_exact(
    old: list[str], new: list[str]
):
    before, after = " ".join(old), " ".join(new)
    changes = word_changes(before, after)
    kept = [change for change in changes if change.kind is not ChangeKind.REMOVED]
    assert "".join(change.text for change in kept) == after
    left = [change.text for change in changes if change.kind is not ChangeKind.ADDED]
    assert [word for text in left for word in words_of(text)] == words_of(before)
    a, b = words_of(before), words_of(after)
    exact = levenshtein(a, b) / max(len(a), len(b), 1)
    assert normalised_distance(before, after) == pytest.approx(exact)
    assert is_same_but_spaces(before, after) == (a == b)


def test_white_space_alone_is_no_change_and_markup_is_shown_not_run():
    assert is_same_but_spaces("One two.\n", "One\n\ntwo . ")
    assert difference_html("It is <b>1</b>.", "It is <i>1</i>.").count("<b>") == 0
    assert difference_html("off by\u202e 1", "on by 1").startswith("<del>off </del><ins>on </ins>")


def both(before: str, after: str) -> float:
    """The difference, and the distance."""
    word_changes(before, after)
    return normalised_distance(before, after)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_pair_of_texts_takes_half_a_second(name: str):
    before, after = (text[:100_000] for text in HOSTILE[name])
    assert cost_of(both, before, after).value <= 1
