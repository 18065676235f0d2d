"""Rows in are rows out and drops, for every recipe, format and option, on any task at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from labeling.datasets.fitting import misfit, row_kind_of
from labeling.datasets.formats import FORMATS
from labeling.datasets.judging import Books, judge_task, preview
from labeling.datasets.layout import needs_of_rows
from labeling.datasets.reasons import REASONS
from labeling.datasets.recipes import RECIPES, RecipeOptions, RowKind
from labeling.datasets.records import JudgmentRecord, Rating, ResponseRecord, Unrated
from tests.datasets.release_rows import FOUR_LEVELS, HELPFUL, KIND_RULE, ORDER, OVERALL, RULE, task

THUMB = replace(HELPFUL, key="thumb", scale="thumb", levels=(0, 1), strongest=1)
REVIEW = replace(HELPFUL, key="review", scale="decision", levels=(0, 1, 2), strongest=2)
CRITERIA = (OVERALL, FOUR_LEVELS, ORDER, HELPFUL, THUMB, RULE, REVIEW)
TEXTS = st.sampled_from(["one", "two", "three", "four", "one ", "", " \n"])


@st.composite
def judgments(draw, size):
    ranks = draw(st.none() | st.lists(st.integers(1, size), min_size=size, max_size=size))
    said = [
        (criterion, place, draw(st.sampled_from([*criterion.levels, 9])), name)
        for criterion, name in ((HELPFUL, ""), (THUMB, ""), (RULE, KIND_RULE.name), (REVIEW, ""))
        for place in range(size * draw(st.booleans()))
    ]
    value = draw(st.sampled_from([None, -3, -2, -1, 0, 1, 2, 3]))
    tie = draw(st.sampled_from(["", "", "equal_good", "equal_bad", "cannot_tell", "unspecified"]))
    return JudgmentRecord(
        id=draw(st.uuids()).hex,
        rater=draw(st.sampled_from(["rui", "sam", "tao"])),
        values={} if value is None else {"overall": value},
        tie_kinds={"overall": tie} if tie else {},
        ratings=(
            *(Rating("order", place, rank) for place, rank in enumerate(ranks or ())),
            *(Rating(c.key, place, value, name) for c, place, value, name in said if value < 9),
        ),
        unrated=tuple(
            Unrated(c.key, place, "unsure", name) for c, place, value, name in said if value == 9
        ),
        guideline_version=draw(st.sampled_from([1, 2])),
        purpose=draw(st.sampled_from(["live", "live", "live", "adjudication", "gold", "repeat"])),
        source=draw(st.sampled_from(["human", "human", "human", "ai", "human_after_ai"])),
        adjudicates=draw(st.sampled_from([False, False, True])),
        created_at=draw(st.sampled_from(["", "2026-01-01T00:00:00Z"])),
    )


@st.composite
def tasks(draw):
    size = draw(st.sampled_from([1, 2, 2, 2, 2, 3, 4]))
    name = draw(st.uuids()).hex
    record = task(name, *draw(st.lists(judgments(size), max_size=5)))
    edits = draw(st.lists(st.tuples(st.integers(0, size), TEXTS), max_size=2))
    turns = draw(st.sampled_from([None, (), ("system", "user"), ("user", "assistant")]))
    return changed(
        record,
        responses=tuple(
            ResponseRecord(f"{name}-{place}", draw(TEXTS), f"m{place}") for place in range(size)
        ),
        edits=tuple(
            ResponseRecord(f"{name}-e{place}", text, edited_from=f"{name}-{original}")
            for place, (original, text) in enumerate(edits)
        ),
        category=draw(st.sampled_from(["coding", "chat"])),
        messages=record.messages
        if turns is None
        else tuple(changed(record.messages[0], role=role) for role in turns),
    )


OPTIONS = st.builds(
    RecipeOptions,
    min_strength=st.sampled_from([0, 0, 0, 2]),
    min_votes=st.sampled_from([0, 0, 0, 2, 9]),
    min_agreement=st.sampled_from([0.0, 0.0, 0.6, 1.0]),
    guideline_versions=st.sampled_from([frozenset(), frozenset(), frozenset({1})]),
    categories=st.sampled_from([frozenset(), frozenset(), frozenset({"coding"})]),
    adjudicated_only=st.sampled_from([False, False, False, True]),
    ties=st.sampled_from(["", "", "keep", "drop"]),
    soft=st.sampled_from(["share", "share", "posterior"]),
    edits=st.booleans(),
    least_margin=st.sampled_from([0.0, 0.0, 1.0]),
    threshold=st.sampled_from([0, 0, 0, 1]),
    low_is_good=st.sampled_from([False, False, True]),
    rejected_drafts=st.booleans(),
    own_words=st.booleans(),
    sources=st.sampled_from([frozenset({"human"}), frozenset({"human"}), frozenset({"ai"})]),
)


def fitting(options, criterion):
    """Every recipe and format that take these options on the criterion."""
    return [
        (recipe, shape)
        for recipe in RECIPES.values()
        for shape in FORMATS.values()
        if misfit(recipe, shape, options=options, criteria=[criterion]) is None
    ]


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda criterion: criterion.key)
@given(records=st.lists(tasks(), max_size=4), options=OPTIONS)
def test_rows_in_equal_rows_out_and_drops_and_rows_out_are_written(criterion, records, options):
    for recipe, shape in fitting(options.checked(), criterion):
        kind = row_kind_of(recipe, shape)
        made = recipe(criterion, options=options, kind=kind)
        ledger, excluded = preview(lambda: records, recipe=made, shape=shape)
        assert ledger.balanced(), (recipe.key, shape.key)
        assert set(ledger.drops) | set(excluded) <= set(REASONS)
        books = Books(made)
        written: Counter[str] = Counter()
        for record in records:
            item = judge_task(record, books, shape, needs=needs_of_rows(made))
            written.update(row.table for row in shape.rows(item))
            if kind == RowKind.PAIRS and shape.key == "native":
                # Native keeps ties among its judgments, each of them one rater's.
                assert all(pair.judgment for pair in item.pairs if pair.tie)
                written[shape.main[kind]] += len(item.pairs) - len(item.decided)
            assert len(item.judgments) <= len(record.judgments)
        assert written[shape.main[kind]] == ledger.rows_out, (recipe.key, shape.key)


def test_every_recipe_has_a_format_and_every_format_a_recipe():
    combinations = [pair for criterion in CRITERIA for pair in fitting(RecipeOptions(), criterion)]
    assert {recipe.key for recipe, _ in combinations} == set(RECIPES)
    assert {shape.key for _, shape in combinations} == set(FORMATS)


@given(records=st.lists(tasks(), max_size=5), recipe=st.sampled_from(list(RECIPES.values())))
def test_the_unit_of_a_row_in_is_what_is_counted(records, recipe):
    made = recipe(OVERALL)
    rows_in = sum(made.apply(record).rows_in for record in records)
    # An edit of a winner, where it makes a row, is counted beside the judgment that it came with.
    edits = sum(len(record.edits) for record in records) if made.takes_texts else 0
    expected = {
        "task": len(records),
        "judgment": sum(len(record.judgments) for record in records) + edits,
        "response": sum(len(record.responses) for record in records),
    }
    assert rows_in == expected.get(made.unit, rows_in)
