"""The figures of a release: raw beside kept, with n and interval, and what they warn of."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from labeling.datasets.formats import FORMATS
from labeling.datasets.judging import Books, judge_task
from labeling.datasets.readiness import (
    Readiness,
    agreement_warnings,
    readiness,
    strength_warnings,
    style_warnings,
)
from labeling.datasets.recipes import RECIPES, RecipeOptions
from labeling.stats import Figure, Ratings, noise_ceiling, percent_agreement
from tests.datasets.release_rows import ORDER, OVERALL, judgment, ranked, task, votes


def readiness_of(
    tasks, *, recipe="majority", criterion=OVERALL, options=None, shape="native"
) -> Readiness:
    """The readiness of a release of these tasks, without the files."""
    book = Books(RECIPES[recipe](criterion, options=options))
    for record in tasks:
        book.tally.take(judge_task(record, book, FORMATS["native"]), book.recipe)
    return readiness(book.tally, criterion)


def figure(value: float | None, low: float = 0.0, high: float = 1.0, n: int = 100) -> Figure:
    return Figure(value, low, high, n, "test", None if value is not None else "Nothing to count.")


def codes(ready: Readiness) -> set[str]:
    return {warning.code for warning in ready.warnings}


def test_agreement_and_ceiling_are_those_of_the_statistics():
    values = [(-2, -1, 3), (1, 2, 0), (-3, -3, -1), (2, -2, 0)]
    ready = readiness_of([task(f"t{i}", *votes(*answers)) for i, answers in enumerate(values)])
    ratings = Ratings(
        [i for i in range(4) for _ in range(3)], [0, 1, 2] * 4, [v for vs in values for v in vs]
    )
    expected = percent_agreement(ratings, "drop", categories=range(-3, 4), sides=True)
    raw = ready.figures["agreement"]["raw"]["same_side"]
    assert raw["value"] == pytest.approx(expected.value, abs=1e-6)
    assert (raw["n"], raw["convention"]) == (expected.n, expected.convention)
    ceiling = ready.figures["noise_ceiling"]["raw"]["value"]
    assert ceiling == pytest.approx(noise_ceiling(expected).value, abs=1e-6)


def test_what_was_kept_stands_beside_what_was_said():
    """A filter makes raters look better than they are; the raw figure does not move."""
    tasks = [task(f"one{i}", *votes(-2, -2, -1)) for i in range(20)]
    tasks += [task(f"two{i}", *votes(-2, 1, 2)) for i in range(20)]
    options = RecipeOptions(min_agreement=0.9)
    plain, filtered = readiness_of(tasks), readiness_of(tasks, options=options)
    raw = plain.figures["agreement"]["raw"]["same_side"]
    assert filtered.figures["agreement"]["raw"]["same_side"] == raw
    assert raw["value"] == pytest.approx(4 / 6, abs=1e-6)
    assert filtered.figures["agreement"]["kept"]["same_side"]["value"] == 1
    assert "filtered_agreement" in codes(filtered)
    assert "filtered_agreement" not in codes(plain)


def test_weak_answers_that_a_recipe_drops_are_raw_but_not_kept():
    ready = readiness_of([task(f"t{i}", *votes(-3, -2, 1)) for i in range(5)], recipe="hh")
    assert ready.figures["agreement"]["raw"]["same_side"]["n"] == 15
    assert ready.figures["agreement"]["kept"]["same_side"]["n"] == 5
    assert ready.figures["agreement"]["kept"]["same_side"]["value"] == 1


def test_no_label_of_a_model_is_in_a_figure_of_people():
    said = [judgment(-1, "rui"), judgment(1, "machine", source="ai")]
    options = RecipeOptions(sources=frozenset({"ai"}))
    ready = readiness_of([task("a", *said), task("b", *votes(-1, -2))], options=options)
    assert ready.figures["judgments_per_source"] == {"ai": 1}
    assert ready.figures["agreement"]["raw"]["same_side"]["n"] == 1
    assert ready.figures["agreement"]["kept"]["same_side"]["n"] == 0
    assert ready.figures["first_shown_chosen"]["n"] == 0


def test_orders_of_several_responses_agree_pair_by_pair():
    orders = [ranked(f"t{i}", {"a": [1, 2, 3], "b": [1, 3, 2]}) for i in range(4)]
    ready = readiness_of(orders, recipe="instructgpt", criterion=ORDER)
    raw = ready.figures["agreement"]["raw"]["same_side"]
    assert (raw["value"], raw["n"]) == (pytest.approx(2 / 3, abs=1e-6), 12)
    assert ready.figures["agreement"]["kept"]["same_side"]["value"] == raw["value"]
    assert ready.figures["agreement_by_strength"] == {}


def test_intervals_are_over_prompts_not_over_tasks():
    """Twenty tasks of one prompt are no twenty independent draws."""
    rng = random.Random(5)
    values = [votes(rng.choice([-1, 1]), -1, rng.choice([-1, -1, 1])) for _ in range(40)]
    apart = [task(f"t{i}", *answers) for i, answers in enumerate(values)]
    joined = [changed(record, prompt_id=f"p{i % 2}") for i, record in enumerate(apart)]
    many, few = readiness_of(apart).figures, readiness_of(joined).figures
    assert (many["prompts"], few["prompts"]) == (40, 2)
    for name in ("longer_response_preferred", "longer_response_chosen"):
        assert many[name]["value"] == few[name]["value"]
        assert "over 2 prompts" in few[name]["convention"]
    assert "over 2 prompts" in few["agreement"]["raw"]["same_side"]["convention"]


def test_length_is_measured_in_all_judgments_and_in_rows():
    long, short = "a long answer indeed", "short"
    tasks = [task(f"t{i}", *votes(-1, -1, 1), responses=(long, short)) for i in range(6)]
    tasks += [task("even", *votes(1, 1), responses=("same", "size"))]
    figures = readiness_of(tasks).figures
    assert figures["longer_response_preferred"]["n"] == 18
    assert figures["longer_response_preferred"]["value"] == pytest.approx(2 / 3, abs=1e-6)
    assert (figures["longer_response_chosen"]["value"], figures["longer_response_chosen"]["n"]) == (
        1,
        6,
    )


def test_markup_that_decides_is_found_out():
    plain, decorated = "It is so, as far as I know.", "# Answer\n\n- **It** is so\n- yes"
    tasks = [
        task(f"t{i}", *votes(*[side] * 3), responses=pair)
        for i in range(40)
        for side, pair in [(-1, (decorated, plain)) if i % 2 else (1, (plain, decorated))]
    ]
    ready = readiness_of(tasks)
    assert ready.figures["markup_only_accuracy"]["value"] == 1
    assert "markup_explains" in codes(ready)


def test_ties_are_counted_by_kind():
    ties = [judgment(0, "a", tie_kind="equal_good"), judgment(None, "b", tie_kind="equal_bad")]
    figures = readiness_of([task("t", *ties, judgment(1, "c"), judgment(0, "d"))]).figures
    assert figures["ties"] == {"equal_good": 1, "equal_bad": 1, "unspecified": 1}
    assert figures["tie_share"]["equal_bad"]["value"] == 0.25
    assert figures["values"] == {"1": 1}


def test_a_screen_that_is_always_the_same_shows_as_side_bias():
    """540 of 1,000 for the first shown: 54.0% [50.9, 57.1], p 0.0124."""
    tasks = [task(f"t{i}", judgment(-1 if i < 540 else 1)) for i in range(1000)]
    side = readiness_of(tasks).figures["first_shown_chosen"]
    assert (side["value"], side["n"]) == (0.54, 1000)
    assert (round(side["low"], 3), round(side["high"], 3)) == (0.509, 0.571)
    assert round(side["p"], 4) == 0.0124
    assert "side_bias" in codes(readiness_of(tasks))


def test_one_busy_rater_and_several_guidelines_are_warned_of():
    tasks = [task(f"t{i}", judgment(-1, "rui", guideline_version=1)) for i in range(9)]
    tasks.append(task("last", judgment(-1, "tao", guideline_version=2)))
    ready = readiness_of(tasks)
    assert {"one_rater", "several_guidelines", "agreement_unknown"} <= codes(ready)
    assert ready.figures["most_judgments_by_one_rater"]["value"] == 0.9
    assert ready.figures["judgments_per_guideline_version"] == {"1": 9, "2": 1}
    assert ready.figures["effective_raters"]["value"] == pytest.approx(1 / 0.82, abs=1e-6)


def test_labels_without_a_version_are_no_second_version_of_the_guideline():
    tasks = [task(f"t{i}", judgment(-1, "rui", guideline_version=i % 2)) for i in range(4)]
    ready = readiness_of(tasks)
    assert "several_guidelines" not in codes(ready)
    assert "no_guideline" in codes(ready)
    assert "no_guideline" not in codes(readiness_of(tasks[::2])), "nobody had one"


def test_good_and_bad_responses_come_with_the_weights_that_even_them_out():
    bad = [judgment(None, rater, tie_kind="equal_bad") for rater in ("a", "b")]
    tasks = [task("good", *votes(-1)), *(task(f"bad{i}", *bad) for i in range(3))]
    figures = readiness_of(tasks, recipe="kto").figures
    assert figures["labels"] == {"good": 1, "bad": 7}
    assert figures["kto_weights"]["desirable"] == [7, pytest.approx(28 / 3, abs=1e-6)]


def test_selection_and_flags_are_counted():
    first = judgment(-1, "a", probability=0.2, flags=("unsafe",), rationale="Kinder.")
    figures = readiness_of([task("t", first, judgment(1, "b", probability=0.6))]).figures
    assert figures["selection_probability"] == {"n": 2, "least": 0.2, "largest": 0.6}
    assert figures["judgments_per_flag"] == {"unsafe": 1}
    assert figures["judgments_with_rationale"] == 1


def test_length_that_comes_near_agreement_is_said():
    """Longer wins 62%, agreement 63%: "length explains nearly all of the signal"."""
    (warning,) = style_warnings(figure(0.63), figure(0.62), figure(0.5))
    assert warning.text.startswith("Length explains nearly all of the signal")
    assert style_warnings(figure(0.63), figure(0.55), figure(0.5)) == []


def test_style_explains_nothing_where_there_is_no_signal():
    assert style_warnings(figure(0.4), figure(0.5), figure(0.5)) == []
    (warning,) = agreement_warnings(figure(0.4), figure(None), figure(None))
    assert warning.code == "no_usable_signal"


def test_strength_whose_agreement_does_not_fall_is_said():
    """From strong to weak .70 .74 .60 .55: "not monotone"."""
    curve = {1: figure(0.55), 2: figure(0.60), 3: figure(0.74), 4: figure(0.70)}
    (warning,) = strength_warnings(curve)
    assert "not monotone" in warning.text
    assert "strength 4 in 70% of cases, and of one of strength 3 in 74%" in warning.text
    curve[4] = figure(0.80)
    assert strength_warnings(curve) == []


VALUES = st.lists(st.integers(-3, 3), max_size=4)


@given(st.lists(VALUES, max_size=8), st.sampled_from(["raw", "majority", "hh", "helpsteer"]))
def test_every_figure_has_a_value_or_a_reason_and_values_add_up(rows, recipe):
    tasks = [task(f"t{i}", *votes(*values)) for i, values in enumerate(rows)]
    figures = readiness_of(tasks, recipe=recipe).figures
    assert sum(figures["values"].values()) == sum(v != 0 for values in rows for v in values)
    assert sum(figures["judgments_per_source"].values()) == figures["judgments"]
    for figure in _figures(figures):
        assert figure["n"] >= 0
        assert figure["value"] is not None or figure["reason"]
        assert figure["low"] is not None or figure["reason"]
        if figure["low"] is not None:
            assert figure["low"] - 1e-6 <= figure["value"] <= figure["high"] + 1e-6


def _figures(report):
    if isinstance(report, dict):
        if "convention" in report:
            yield report
        for inner in report.values():
            yield from _figures(inner)
