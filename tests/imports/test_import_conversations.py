"""Conversations: each turn a task, and a later one for those who chose the reply before it."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.imports.undoing import request_undo, undo_import
from labeling.models import Prompt, Task
from tests.conftest import lease
from tests.imports.conftest import counts


def pair(*ids: str) -> list[dict[str, str]]:
    return [{"id": name, "content": f"Reply {name}.", "model": f"m-{name}"} for name in ids]


LINE: dict[str, Any] = {
    "conversation": "c1",
    "category": "cooking",
    "permitted_use": "research",
    "group": "g7",
    "source": "a forum",
    "turns": [
        {"prompt": "First?", "responses": pair("a", "b")},
        {"after": "a", "prompt": "And then?", "responses": pair("a2", "b2"), "note": "kept"},
        {"after": "b", "prompt": "Why so?", "responses": pair("c2", "d2")},
        {"after": "b2", "prompt": "Sure?", "responses": pair("a3", "b3")},
    ],
}


def branched() -> dict[str, dict[str, Any]]:
    """The branches of the line, by id."""
    tasks = Task.objects.select_related("prompt", "follows")
    return {
        task.external_id: {
            "turn": task.prompt.turn,
            "said": [message["content"] for message in task.prompt.messages],
            "follows": task.follows.external_id if task.follows else None,
            "continues": task.continues,
        }
        for task in tasks
    }


TURNS: dict[str, dict[str, Any]] = {
    "c1-1": {"turn": 1, "said": ["First?"], "follows": None, "continues": True},
    "c1-2-a": {
        "turn": 2,
        "said": ["First?", "Reply a.", "And then?"],
        "follows": "c1-1",
        "continues": True,
    },
    "c1-2-b": {
        "turn": 2,
        "said": ["First?", "Reply b.", "Why so?"],
        "follows": "c1-1",
        "continues": False,
    },
    "c1-3-b2": {
        "turn": 3,
        "said": ["First?", "Reply a.", "And then?", "Reply b2.", "Sure?"],
        "follows": "c1-2-a",
        "continues": False,
    },
}


def test_each_turn_is_a_task_after_the_reply_that_carried_it_on(take, lena):
    import_ = take(LINE)
    assert counts(import_) == {"rows": 4, "created": 4}
    assert branched() == TURNS
    about = {
        (p.conversation, p.category, p.permitted_use, p.group, p.source)
        for p in Prompt.objects.all()
    }
    assert about == {("c1", "cooking", "research", "g7", "a forum")}
    branch = Task.objects.select_related("prompt").get(external_id="c1-2-a")
    assert branch.prompt.metadata == {"note": "kept"}
    assert counts(take(LINE)) == {"rows": 4, "unchanged": 4}
    more = {**LINE, "turns": [*LINE["turns"], {**LINE["turns"][3], "after": "c2"}]}
    more["turns"][4]["responses"] = pair("x3", "y3")
    later = take(more)
    assert counts(later) == {"rows": 5, "created": 1, "unchanged": 4}
    assert branched()["c1-2-b"]["continues"]
    undo_import(request_undo(import_=later, actor=lena).pk)
    assert branched() == TURNS
    undo_import(request_undo(import_=import_, actor=lena).pk)
    assert not Task.objects.exists()


def test_the_text_of_a_turn_that_others_follow_stays(take):
    take(LINE)
    first = {**LINE["turns"][0], "prompt": "Another?"}
    import_ = take({**LINE, "turns": [first, *LINE["turns"][1:]]})
    assert {refusal.field for refusal in import_.refusals.all()} == {"id"}
    assert import_.refusals.count() == len(TURNS)
    assert branched() == TURNS


@pytest.mark.parametrize(
    ("turns", "field", "words"),
    [
        ({"a": 1}, "turns", "list of turns"),
        ([], "turns", "no turns"),
        ([LINE["turns"][1]], "turns[0].after", "follows no other"),
        ([LINE["turns"][0], {"prompt": "x", "responses": []}], "turns[1].after", "Missing"),
        ([LINE["turns"][0], {**LINE["turns"][1], "after": "z"}], "turns[1].after", "Ids: a, b"),
        ([LINE["turns"][0], {**LINE["turns"][1], "after": "b2"}], "turns[1].after", "earlier"),
        ([*LINE["turns"][:2], {**LINE["turns"][2], "after": "a"}], "turns[2].after", "already"),
        ([LINE["turns"][0], {**LINE["turns"][1], "turn": 3}], "turns[1].turn", "Must be 2"),
        ([LINE["turns"][0], {**LINE["turns"][1], "prompt": ""}], "turns[1].prompt", "empty"),
        ([LINE["turns"][0], 7], "turns[1]", "not a number"),
        (
            [{**LINE["turns"][0], "responses": pair("a")}, LINE["turns"][1]],
            "turns[1].after",
            "none is chosen",
        ),
        (
            [
                LINE["turns"][0],
                {**LINE["turns"][1], "responses": pair("a", "y")},
                {**LINE["turns"][3], "after": "a"},
            ],
            "turns[2].after",
            "Several",
        ),
    ],
)
def test_what_cannot_be_a_conversation_is_refused_by_line_and_field(take, turns, field, words):
    good = {"conversation": "c0", "turns": LINE["turns"][:1]}
    (refusal,) = take(good, {**LINE, "turns": turns}).refusals.all()
    assert (refusal.line, refusal.field) == (2, field)
    assert words in refusal.reason
    assert Task.objects.get().external_id == "c0-1"


def test_a_row_says_its_turn_by_itself(take):
    row = {"id": "r", "conversation": "c9", "turn": 2, "prompt": "x", "responses": pair("a", "b")}
    take(row, {**row, "id": "s", "turn": 3, "prompt": "y"})
    assert list(Prompt.objects.order_by("turn").values_list("conversation", "turn")) == [
        ("c9", 2),
        ("c9", 3),
    ]
    assert take({**row, "id": "t", "turn": 0}).refusals.get().field == "turn"


def plain(name: str, turn: int, said: list[str], *replies: str) -> dict[str, Any]:
    """A turn as a row of its own, that anybody gets."""
    messages = [
        {"role": "assistant" if text.startswith("Reply") else "user", "content": text}
        for text in said
    ]
    about = {name: LINE[name] for name in ("category", "permitted_use", "group", "source")}
    return {
        "id": name,
        "conversation": "c1",
        "turn": turn,
        "messages": messages,
        "responses": pair(*replies),
        **about,
    }


def test_a_turn_that_is_in_already_becomes_one_that_follows_until_somebody_is_at_it(
    take, project, rui, lena
):
    said = {name: turn["said"] for name, turn in TURNS.items()}
    take(
        plain("c1-1", 1, said["c1-1"], "a", "b"),
        {**plain("c1-2-a", 2, said["c1-2-a"], "a2", "b2"), "note": "kept"},
        plain("c1-2-b", 2, said["c1-2-b"], "c2", "d2"),
    )
    busy = Task.objects.get(external_id="c1-2-b")
    Task.objects.exclude(pk=busy.pk).update(open_slots=0)
    lease(rui, project)
    import_ = take(LINE)
    assert counts(import_) == {
        "rows": 4,
        "created": 1,
        "updated": 1,
        "unchanged": 2,
        "left_out": 1,
    }
    assert "people have it or judged it" in import_.options["left_out"]["after"]["reason"]
    assert branched() == {**TURNS, "c1-2-b": {**TURNS["c1-2-b"], "follows": None}}
    assert counts(take(LINE)) == {"rows": 4, "unchanged": 4, "left_out": 1}
    undo_import(request_undo(import_=import_, actor=lena).pk)
    assert {turn["follows"] for turn in branched().values()} == {None}
    assert not Task.objects.filter(continues=True).exists()


def test_a_turn_that_follows_one_reply_is_not_made_to_follow_another(take):
    take(LINE)
    other = {**LINE["turns"][1], "id": "c1-2-b", **LINE["turns"][2], "after": "a"}
    refused = take({**LINE, "turns": [LINE["turns"][0], other]}).refusals.get()
    assert refused.code == "in_use", "its prompt would hold another reply"
    assert branched() == TURNS
