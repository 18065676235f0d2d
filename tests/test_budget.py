"""The measure itself: what is cheap passes, what is not is ended and named."""

from __future__ import annotations

import pytest

from tests.budget import TooDear, cost_of


def test_a_cheap_call_returns_its_value_and_what_it_cost() -> None:
    cost = cost_of(sum, [1, 2])
    assert cost.value == 3
    assert cost.seconds < 0.5
    assert cost.megabytes < 256


def test_what_the_call_raises_is_raised() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        cost_of(int, "x")


def test_a_call_that_takes_too_long_is_too_dear() -> None:
    with pytest.raises(TooDear):
        cost_of(lambda: sum(range(10**7)), seconds=0.01)


def test_a_call_that_takes_too_much_memory_is_too_dear() -> None:
    with pytest.raises(TooDear, match="MB"):
        cost_of(lambda: len(b"x" * (64 * 2**20)), megabytes=8)
