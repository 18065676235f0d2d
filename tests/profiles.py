"""How many examples Hypothesis tries: a few at a desk, many in CI (HYPOTHESIS_PROFILE).

A test says nothing about numbers by itself, except for one that needs several times as many.
Examples are random, and what failed is printed so that it can be repeated anywhere.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_COMMON = settings(
    # The machine may be busy: what is slow is no failure.
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile("fast", parent=_COMMON, max_examples=5)
settings.register_profile("local", parent=_COMMON, max_examples=15)
# The same examples for the same tests: a change is not judged by another's bad luck. New ones are
# tried at every desk.
settings.register_profile("ci", parent=_COMMON, max_examples=100, derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "local"))
