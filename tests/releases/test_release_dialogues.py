"""Tool dialogues, whole conversations and silence, from a file to the files of a release."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from labeling.models import Release
from labeling.releases.services import folder_of
from projects.models import Project, User
from tests.api.client import Api

Built = Callable[..., Release]

CALL = {
    "id": "c1",
    "type": "function",
    "function": {"name": "lookup", "arguments": '{"q": "pool"}'},
}
ASKED = {"role": "user", "content": "When is the pool open?"}
CALLING = {"role": "assistant", "content": None, "tool_calls": [CALL]}
TOLD = {"role": "tool", "tool_call_id": "c1", "name": "lookup", "content": '{"open": "7-21"}'}
THINKING = {"role": "assistant", "content": "At 7.", "reasoning_content": "So says the tool."}
ROWS: list[dict[str, Any]] = [
    {"id": "plain", "prompt": "Say hello.", "responses": ["Hello.", "No."]},
    {"id": "silent", "prompt": "Say hello in French.", "responses": ["Bonjour.", ""]},
    {
        "id": "thinking",
        "prompt": "What is 2+2?",
        "responses": [{"content": "4", "reasoning_content": "Two and two."}, "5"],
    },
    {"id": "asked", "messages": [ASKED, CALLING, TOLD], "responses": ["At 7.", "I do not know."]},
    {
        "id": "acting",
        "messages": [{**ASKED, "content": "Is the pool open now?"}],
        "responses": [{"messages": [CALLING, TOLD, THINKING]}, {"content": "I cannot look."}],
    },
]


@pytest.fixture
def spoken(project: Project, lena: User, tmp_path: Path) -> Project:
    """Five imported tasks, of each of which two raters prefer the first response."""
    path = tmp_path / "rows.jsonl"
    said = [{"rater": "r1", "overall": -1}, {"rater": "r2", "overall": -1}]
    rows = [
        {**row, "responses": [_response(each) for each in row["responses"]], "judgments": said}
        for row in ROWS
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    call_command("import_tasks", project.slug, str(path), verbosity=0)
    return project


def _response(said: Any) -> Any:
    return {"content": said} if isinstance(said, str) else said


def rows(release: Release, table: str = "data") -> list[dict[str, Any]]:
    files = sorted((folder_of(release) / table).glob("*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text().splitlines()]


def test_chat_files_hold_the_calls_the_turns_and_the_reasoning(
    built: Built, spoken: Project
) -> None:
    release = built(spoken, format="trl", file_type="jsonl")
    chosen = {row["prompt"][0]["content"]: row["chosen"] for row in rows(release)}
    prompts = {row["prompt"][0]["content"]: row["prompt"] for row in rows(release)}
    assert release.counts["dropped"] == {}
    (call,) = prompts["When is the pool open?"][1]["tool_calls"]
    assert call["function"] == {"name": "lookup", "arguments": {"q": "pool"}}
    roles = [turn["role"] for turn in chosen["Is the pool open now?"]]
    assert roles == ["assistant", "tool", "assistant"]
    assert chosen["Is the pool open now?"][-1]["reasoning_content"] == "So says the tool."
    silent = next(row for row in rows(release) if row["chosen"][0]["content"] == "Bonjour.")
    assert silent["rejected"] == [{"role": "assistant", "content": ""}]


def test_what_a_format_cannot_carry_is_named_before_and_after(
    built: Built, spoken: Project, mia: User, client_for: Callable[[User], Client]
) -> None:
    body = {"recipe": "majority", "format": "hh"}
    shown = Api(mia).post(f"projects/{spoken.slug}/releases/preview/", body).json()
    assert shown["dropped"] == [
        {"reason": "a tool call, which the format has no place for", "rows": 2}
    ]
    release = built(spoken, format="hh", file_type="jsonl")
    assert release.counts["dropped"]["tool_calls_not_carried"]["rows"] == 2
    assert release.rows_out == 3
    page = client_for(mia).get(reverse("labeling:release", args=[spoken.slug, release.number]))
    assert "1 response is empty: the model answered nothing." in page.content.decode()


def test_reasoning_without_a_place_is_counted_in_preview_and_release(
    built: Built, spoken: Project, mia: User, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {"recipe": "majority", "format": "openai"}
    shown = Api(mia).post(f"projects/{spoken.slug}/releases/preview/", body).json()
    assert [drop["rows"] for drop in shown["shortened"]] == [1]
    assert sorted(drop["reason"] for drop in shown["dropped"]) == [
        "a response is empty",
        "a response of several turns, which the format has no place for",
    ]
    call_command("create_release", spoken.slug, "--recipe", "majority", "--format", "openai")
    assert "rows written without their models' reasoning" in capsys.readouterr().out
    release = Release.objects.get()
    assert release.counts["figures"]["reasoning_left_out"] == 1
    assert "Two and two" not in json.dumps(rows(release))
