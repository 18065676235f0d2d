"""The demo: its content is sound, and what is seeded keeps the rules of every project."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from labeling.demo import content, simulation
from labeling.rendering import render_conversation, render_markdown

ITEMS = content.load_items()


def test_there_are_enough_prompts_in_six_categories():
    by_category = Counter(item.category for item in ITEMS)
    assert len(ITEMS) >= 64
    assert len(by_category) == 6
    assert min(by_category.values()) >= 10


def test_ids_and_prompts_are_all_different():
    assert len({item.id for item in ITEMS}) == len(ITEMS)
    assert len({tuple(m["content"] for m in item.messages) for item in ITEMS}) == len(ITEMS)


def test_the_two_responses_differ_and_come_from_two_known_models():
    for item in ITEMS:
        first, second = item.responses
        assert first.content.strip(), item.id
        assert second.content.strip(), item.id
        assert first.content != second.content, item.id
        assert first.model != second.model, item.id
        assert {first.model, second.model} <= set(content.MODELS), item.id


def test_no_response_names_a_model():
    text = " ".join(response.content for item in ITEMS for response in item.responses)
    assert not [model for model in content.MODELS if model in text]


def test_all_pairs_of_models_meet_and_neither_place_nor_length_decides():
    pairs = Counter(frozenset(r.model for r in item.responses) for item in ITEMS)
    decided = [item for item in ITEMS if abs(item.quality) > 0.3]
    second_wins = sum(item.quality > 0 for item in decided)
    longer_wins = sum(
        (len(item.responses[1].content) > len(item.responses[0].content)) == (item.quality > 0)
        for item in decided
    )
    assert len(pairs) == 6
    assert 0.4 < second_wins / len(decided) < 0.6
    assert 0.3 < longer_wins / len(decided) < 0.7


def test_conversations_end_with_the_user():
    for item in ITEMS:
        roles = [message["role"] for message in item.messages]
        assert roles == (["user", "assistant"] * len(roles))[: len(roles)], item.id
        assert roles[-1] == "user", item.id


def test_the_kinds_a_visitor_should_meet_are_all_there():
    text = [response.content for item in ITEMS for response in item.responses]
    assert sum(len(item.messages) > 1 for item in ITEMS) >= 3
    assert any(item.language == "ar" for item in ITEMS)
    assert sum(item.both_bad for item in ITEMS) >= 3
    assert sum(abs(item.quality) <= 0.1 and not item.both_bad for item in ITEMS) >= 4
    assert any(len(t.split()) >= 600 for t in text)
    assert all(any(f"```{lang}" in t for t in text) for lang in ("python", "sql", "sh", "js"))
    assert sum("| ---" in t for t in text) >= 6
    assert sum("$$" in t for t in text) >= 6


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_every_text_is_rendered_as_it_is_meant(item: content.DemoItem):
    assert "<" in render_conversation(item.messages)
    for response in item.responses:
        html = render_markdown(response.content)
        assert html.count("<table") == (1 if "| ---" in response.content else 0)
        assert html.count("<pre") == response.content.count("```") // 2
        assert ('class="math"' in html) == ("$" in response.content.replace("`$`", ""))


def test_reasons_name_no_side_because_sides_change_from_rater_to_rater():
    words = {"first", "second", "left", "right-hand", "response"}
    for item in ITEMS:
        for note in item.notes:
            if "first sentence" not in note.text:
                assert not words & set(note.text.lower().replace(",", " ").split()), note.text


def test_every_item_has_a_reason_and_cites_known_principles():
    known = {principle.number for principle in content.load_principles()}
    for item in ITEMS:
        assert item.notes, item.id
        assert all(set(note.principles) <= known for note in item.notes), item.id


def test_the_hints_of_the_simulation_never_leave_the_module():
    assert all(
        set(item.import_row()) == {"id", "messages", "responses", "category", "language"}
        for item in ITEMS
    )


def test_the_guideline_has_two_versions_and_six_principles():
    versions = content.load_guidelines()
    assert len(versions) == 2
    assert versions[0].text != versions[1].text
    assert 300 <= len(versions[1].text.split()) <= 450
    assert all(version.change_note for version in versions)
    assert [p.number for p in content.load_principles()] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("day", range(7))
def test_whatever_the_day_every_rater_works_all_tasks_off_before_it(day):
    now = datetime(2031, 5, 12, 0, 30, tzinfo=UTC) + timedelta(days=day)
    sessions = simulation.sessions(now)
    done = Counter({temper.email: 0 for temper in simulation.TEMPERS})
    for session in sessions:
        done[session.email] += session.size
    assert done == {temper.email: temper.total for temper in simulation.TEMPERS}
    assert all(session.starts_at + timedelta(hours=3) < now for session in sessions)
    assert max(session.size for session in sessions) <= 25


def test_a_simulated_opinion_is_always_the_same_and_depends_on_the_rater():
    item = next(item for item in ITEMS if item.difficulty > 0.7)
    said = [
        simulation.opinion(
            temper, item, second_on_left=False, first_version=False, principles=frozenset()
        )
        for temper in (*simulation.TEMPERS, *simulation.TEMPERS)
    ]
    assert said[:4] == said[4:]
    assert len({opinion.active_ms for opinion in said}) == 4


def test_an_advantage_is_never_rounded_to_a_tie():
    assert [simulation.scale_value(a, 3) for a in (-9.0, -0.1, 0.0, 0.1, 1.0, 9.0)] == [
        -3, -1, 0, 1, 2, 3
    ]  # fmt: skip
