"""The worked examples of the user guide, run as they are printed."""

from __future__ import annotations

import doctest
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "statistics.md"


def test_the_examples_of_the_guide_give_the_numbers_it_prints() -> None:
    result = doctest.testfile(str(GUIDE), module_relative=False)
    assert result.attempted >= 100
    assert result.failed == 0
