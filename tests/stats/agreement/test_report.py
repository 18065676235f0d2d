"""The agreement of one criterion in the shape that page, command and API share."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from labeling.stats import Ratings, RatingsError, criterion_report
from tests.stats.shapes import from_rows

ARENA = (-1, 0, 1)
NAMES = {0: "rui", 1: "sam", 2: "tao"}
ROWS = [[-1, -1, 0], [1, 1, 1], [0, 0, 1], [-1, 1, 1], [1, 1, None], [-1, -1, None]]


def report(rows: Any = ROWS, *, preference: bool = True) -> dict[str, Any]:
    """The report of a table of judgments."""
    return criterion_report(from_rows(rows), ARENA, preference=preference, rater_names=NAMES)


def every_figure(content: dict[str, Any]) -> list[dict[str, Any]]:
    """All figure objects of a report."""
    figures = [*content["percent_agreement"].values(), *content["krippendorff_alpha"].values()]
    figures += [content["fleiss_kappa"], content["gwet_ac1"]]
    return figures + [pair[key] for pair in content["pairs"] for key in ("percent", "cohen_kappa")]


def test_every_figure_is_an_object_of_the_agreed_shape() -> None:
    content = report()
    assert list(content["percent_agreement"]) == ["exact", "half", "drop"]
    assert list(content["krippendorff_alpha"]) == ["nominal", "ordinal", "interval", "symmetric"]
    for figure in every_figure(content):
        assert {"value", "low", "high", "n", "convention"} <= set(figure)
        assert figure["value"] is not None or figure["reason"]
    assert json.loads(json.dumps(content, allow_nan=False)) == content


def test_pairs_carry_the_names_of_the_raters_most_shared_tasks_first() -> None:
    pairs = report()["pairs"]
    assert [(pair["a"], pair["b"], pair["n"]) for pair in pairs] == [
        ("rui", "sam", 6),
        ("rui", "tao", 4),
        ("sam", "tao", 4),
    ]


def test_raters_who_share_no_task_are_listed_with_the_reason() -> None:
    pairs = report([[1, 1, None], [1, 0, None], [None, None, 1]])["pairs"]
    assert [(pair["n"], pair["cohen_kappa"].get("reason")) for pair in pairs][1:] == [
        (0, "They share no task."),
        (0, "They share no task."),
    ]


def test_only_preferences_have_a_symmetric_alpha_and_a_noise_ceiling() -> None:
    assert report()["krippendorff_alpha"]["symmetric"]["value"] is not None
    absolute = report(preference=False)
    assert absolute["noise_ceiling"]["reason"].startswith("The noise ceiling is for preferences")
    assert absolute["krippendorff_alpha"]["symmetric"]["value"] is None
    assert "does not compare" in absolute["krippendorff_alpha"]["symmetric"]["reason"]
    assert absolute["same_side"] is None


def test_an_empty_report_is_complete_and_in_words() -> None:
    content = criterion_report(Ratings([], [], []), ARENA, preference=True, rater_names={})
    assert content["pairs"] == []
    for figure in every_figure(content):
        assert figure["value"] is None
        assert figure["reason"] == "There are no judgments yet."


def test_the_histogram_shows_the_declared_scale_with_its_unused_steps() -> None:
    content = report([[1, 1], [1, 1]])
    assert content["values"] == [
        {"value": -1, "count": 0},
        {"value": 0, "count": 0},
        {"value": 1, "count": 4},
    ]
    assert content["counts"]["pairs_of_judgments"] == 2


def test_a_value_off_the_scale_is_refused() -> None:
    with pytest.raises(RatingsError, match="position 1"):
        report([[1, 5]])


def test_a_hundred_thousand_judgments_take_a_fraction_of_a_second() -> None:
    rng = np.random.default_rng(2)
    unit = np.repeat(np.arange(33_000), 3)
    rater = (unit + np.tile([0, 7, 19], 33_000)) % 40
    value = rng.integers(-1, 2, len(unit))
    ratings = Ratings(unit, rater, value, cluster=unit // 2)
    content = criterion_report(ratings, ARENA, preference=True, rater_names={})
    assert content["counts"]["tasks_judged_twice"] == 33_000
    assert "over 16500 prompts" in content["krippendorff_alpha"]["ordinal"]["convention"]
    assert len(content["pairs"]) == 40 * 39 // 2
