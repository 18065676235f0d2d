"""Conversations: who speaks is said in words, and long histories fold."""

from __future__ import annotations

from labeling.rendering import render_conversation, role_label
from tests.rendering.html import Outline


def turns(count: int) -> list[dict[str, str]]:
    roles = ("user", "assistant")
    return [{"role": roles[n % 2], "content": f"message {n}"} for n in range(count)]


def test_roles_are_named_in_words():
    roles = ["user", "assistant", "system", "Developer", "tool"]
    assert [role_label(role) for role in roles] == [
        "User",
        "Assistant",
        "System",
        "System",
        "Tool",
    ]


def test_an_unknown_role_is_shown_as_it_is_but_short():
    assert role_label("narrator") == "narrator"
    assert role_label("x" * 500) == "x" * 30
    assert role_label("  ") == "Message"


def test_a_message_carries_its_role_and_its_text():
    outline = Outline(render_conversation([{"role": "assistant", "content": "**yes**"}]))
    assert "Assistant" in outline.text
    assert "strong" in outline.tags()


def test_a_system_message_is_folded():
    outline = Outline(render_conversation([{"role": "system", "content": "be brief"}]))
    assert outline.tags()[:2] == ["details", "summary"]
    assert "open" not in outline.all("details")[0]


def test_a_single_prompt_needs_no_role():
    assert "User" not in Outline(render_conversation(turns(1))).text


def test_a_short_conversation_is_open():
    assert "details" not in Outline(render_conversation(turns(4))).tags()


def test_a_long_conversation_folds_its_beginning_and_loses_nothing():
    outline = Outline(render_conversation(turns(9)))
    assert "6 earlier messages" in outline.text
    assert all(f"message {n}" in outline.text for n in range(9))
    assert len(outline.all("details")) == 1


def test_no_messages_render_to_nothing():
    assert render_conversation([]) == ""
