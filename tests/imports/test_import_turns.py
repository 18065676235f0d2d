"""Turns of a response in the database: stored whole, told apart by all they say, never twice."""

from __future__ import annotations

from typing import Any

from labeling.models import Prompt, Response, Task
from tests.conftest import judge, lease
from tests.imports.conftest import counts

ASK = {"role": "user", "content": "When is the pool open?"}
CALL = {"id": "c1", "type": "function", "function": {"name": "lookup", "arguments": "{}"}}
CALLING = {"role": "assistant", "content": "", "tool_calls": [CALL]}
TOLD = {"role": "tool", "content": "7-21", "tool_call_id": "c1", "name": "lookup"}
SAID = {"role": "assistant", "content": "From 7 to 21."}
ROW: dict[str, Any] = {
    "id": "pool",
    "prompt": [ASK],
    "chosen": [CALLING, TOLD, SAID],
    "rejected": [{"role": "assistant", "content": "No idea."}],
}


def test_a_response_of_several_turns_is_stored_whole_and_a_plain_one_as_ever(take):
    take(ROW)
    stored = {response.content: response.messages for response in Response.objects.all()}
    assert stored == {"From 7 to 21.": [CALLING, TOLD, SAID], "No idea.": []}


def test_a_prompt_is_stored_with_all_that_its_turns_say(take):
    take({**ROW, "prompt": [ASK, CALLING, TOLD], "chosen": "Yes."})
    assert Prompt.objects.get().messages == [ASK, CALLING, TOLD]


def test_the_same_turns_again_change_nothing(take):
    take(ROW)
    assert counts(take(ROW)) == {"rows": 1, "unchanged": 1}


def test_another_call_is_another_text(project, take, rui):
    take(ROW)
    other = {**CALL, "function": {"name": "search", "arguments": "{}"}}
    changed = {**ROW, "chosen": [{**CALLING, "tool_calls": [other]}, TOLD, SAID]}
    assert counts(take(changed)) == {"rows": 1, "updated": 1}
    names = [
        response.messages[0]["tool_calls"][0]["function"]["name"]
        for response in Response.objects.exclude(messages=[])
    ]
    assert names == ["search"]
    judge(rui, lease(rui, project), -1)
    assert counts(take(ROW)) == {"rows": 1, "refused": 1}


def test_in_how_many_parts_a_text_came_is_no_other_text(take):
    parts = [{"type": "text", "text": "From 7"}, {"type": "text", "text": "to 21."}]
    plain = {**ROW, "chosen": [{"role": "assistant", "content": "From 7\nto 21."}]}
    take(plain)
    parted = {**ROW, "chosen": [{"role": "assistant", "content": parts}]}
    assert counts(take(parted)) == {"rows": 1, "unchanged": 1}
    take({**parted, "id": "new"})
    (turn,) = (
        Task.objects.get(external_id="new").prompt.responses.exclude(messages=[]).get().messages
    )
    assert turn == {"role": "assistant", "content": "From 7\nto 21.", "parts": parts}


def test_labels_of_turns_find_the_response_they_mean(take):
    flipped = {**ROW, "id": "flipped", "chosen": ROW["rejected"], "rejected": ROW["chosen"]}
    rows = [{**row, "rater": "rui"} for row in (ROW, flipped)]
    assert counts(take(*rows))["labels"] == 2
    for task in Task.objects.all():
        (answer,) = task.judgments.get().answers.all()
        preferred = Response.objects.get(pk=task.response_ids[(answer.value or 0) > 0])
        assert bool(preferred.messages) is (task.external_id == "pool")
