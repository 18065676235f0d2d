"""Revealed priorities of criteria that cannot be told apart."""

from __future__ import annotations

import numpy as np

from labeling.stats import revealed_priorities


def test_criteria_that_are_always_alike_are_no_mismatch() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        verdict, other = rng.choice([-1, 1], 30), rng.choice([-1, 0, 1], 30)
        priorities = revealed_priorities(
            verdict, {"a": other, "b": other}, stated=["a", "b"], cluster=np.arange(30) // 3
        )
        assert priorities.mismatches == ()
