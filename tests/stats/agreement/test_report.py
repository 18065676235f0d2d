"""The agreement of one criterion in the shape that page, command and API share."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from labeling.stats import (
    RaterPairs,
    Ratings,
    RatingsError,
    cohen_kappa,
    cohen_kappa_pairs,
    criterion_report,
    gwet_ac,
    krippendorff_alpha,
    pair_rows,
)
from tests.stats.shapes import from_rows

ARENA = (-1, 0, 1)
NAMES = {0: "rui", 1: "sam", 2: "tao"}
ROWS: list[list[Any]] = [
    [-1, -1, 0],
    [1, 1, 1],
    [0, 0, 1],
    [-1, 1, 1],
    [1, 1, None],
    [-1, -1, None],
]


def report(rows: Any = ROWS, *, preference: bool = True) -> dict[str, Any]:
    """The report of a table of judgments."""
    return with_pairs(*criterion_report(from_rows(rows), ARENA, preference=preference))


def with_pairs(figures: dict[str, Any], pairs: RaterPairs) -> dict[str, Any]:
    """The figures and a row a pair of raters."""
    return {**figures, "pairs": pair_rows(pairs, NAMES)}


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
    content = with_pairs(*criterion_report(Ratings([], [], []), ARENA, preference=True))
    assert content["pairs"] == []
    for figure in every_figure(content):
        assert figure["value"] is None
        assert figure["reason"] == "There are no judgments yet."


def test_the_histogram_shows_the_declared_scale_with_its_unused_steps() -> None:
    content = report([[1, 1], [1, 1]], preference=False)
    assert content["values"] == [
        {"value": -1, "count": 0},
        {"value": 0, "count": 0},
        {"value": 1, "count": 4},
    ]
    assert content["counts"]["pairs_of_judgments"] == 2


def test_the_histogram_of_a_preference_is_by_strength_whichever_response_comes_first() -> None:
    assert report([[1, -1], [0, 1]])["values"] == [
        {"value": 0, "count": 1},
        {"value": 1, "count": 3},
    ]


def shown(content: Any) -> Any:
    """The report rounded to nine digits, so that two of them can be compared whole."""
    return json.loads(json.dumps(content), parse_float=lambda text: round(float(text), 9))


def test_nothing_of_a_preference_changes_when_the_responses_of_tasks_change_places() -> None:
    flipped = [
        [None if value is None else value * sign for value in row]
        for row, sign in zip(ROWS, (1, -1, -1, 1, -1, 1), strict=True)
    ]
    assert shown(report(flipped)) == shown(report())


def test_as_ordered_the_coefficients_are_the_plain_ones() -> None:
    ratings = from_rows(ROWS)
    content = with_pairs(*criterion_report(ratings, ARENA, preference=True, as_ordered=True))
    plain = krippendorff_alpha(ratings, "ordinal", categories=ARENA)
    assert content["krippendorff_alpha"]["ordinal"] == plain.as_dict()
    assert content["gwet_ac1"] == gwet_ac(ratings, categories=ARENA).as_dict()
    kappa = cohen_kappa(ratings, 0, 1, categories=ARENA)
    assert content["pairs"][0]["cohen_kappa"]["value"] == kappa.value
    mirrored = report()["krippendorff_alpha"]["symmetric"]
    assert content["krippendorff_alpha"]["symmetric"] == mirrored


GRADED = (-3, -2, -1, 1, 2, 3)


def graded(rows: Any, side_only: Any) -> dict[str, Any]:
    """The report on a scale with strengths, some answers of which tell the side only."""
    sides = {"side_only": side_only}
    return with_pairs(*criterion_report(from_rows(rows), GRADED, preference=True, **sides))


def test_answers_that_tell_the_side_only_count_in_figures_of_the_side_alone() -> None:
    content = graded([[3, 1], [2, 2], [-1, -3]], [False, True, False, False, True, False])
    assert content["counts"]["side_only"] == 2
    assert content["counts"]["judgments"] == 6
    assert content["same_side"]["exact"]["n"] == 3
    assert content["side_alpha"]["value"] == 1
    assert content["percent_agreement"]["exact"]["n"] == 1
    assert sum(bar["count"] for bar in content["values"]) == 4
    assert content["krippendorff_alpha"]["ordinal"]["n"] == 1


def test_where_no_answer_tells_its_strength_the_reason_says_so() -> None:
    content = graded([[1, 1], [1, -1]], [True] * 4)
    assert content["same_side"]["exact"]["value"] == 0.5
    assert content["fleiss_kappa"]["reason"] == (
        "No judgment tells how much better a response is: 4 answers tell the side only."
    )


def test_a_value_off_the_scale_is_refused() -> None:
    with pytest.raises(RatingsError, match="position 1"):
        report([[1, 5]])


def test_a_hundred_thousand_judgments_take_a_fraction_of_a_second() -> None:
    rng = np.random.default_rng(2)
    unit = np.repeat(np.arange(33_000), 3)
    rater = (unit + np.tile([0, 7, 19], 33_000)) % 40
    value = rng.integers(-1, 2, len(unit))
    ratings = Ratings(unit, rater, value, cluster=unit // 2)
    content, pairs = criterion_report(ratings, ARENA, preference=True)
    assert content["counts"]["tasks_judged_twice"] == 33_000
    assert "over 16,500 prompts" in content["krippendorff_alpha"]["ordinal"]["convention"]
    assert len(pairs) == 40 * 39 // 2


@pytest.mark.parametrize("prompts", [None, 2, 5])
def test_pairs_of_raters_have_the_same_figures_some_at_a_time(
    monkeypatch: pytest.MonkeyPatch, prompts: int | None
) -> None:
    rng = np.random.default_rng(3)
    unit, rater = np.divmod(np.arange(60 * 12), 12)
    shown = rng.random(len(unit)) < 0.4
    cluster = None if prompts is None else rng.permutation(60)[unit[shown]] // prompts
    value = rng.integers(-1, 2, int(shown.sum()))
    ratings = Ratings(unit[shown], rater[shown], value, cluster=cluster)
    whole = cohen_kappa_pairs(ratings, symmetric=True, categories=ARENA)
    monkeypatch.setattr("labeling.stats.agreement.pairs.AT_ONCE", 7)
    parts = cohen_kappa_pairs(ratings, symmetric=True, categories=ARENA)
    for name in ("n", "percent", "percent_low", "percent_high", "kappa", "kappa_low", "kappa_high"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-12)
    assert len(parts) == len(whole) == 12 * 11 // 2
