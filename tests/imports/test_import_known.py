"""What rows know of prompts and responses is kept in its place, shown to leads and put back."""

from __future__ import annotations

from typing import Any

from django.test import Client

from labeling.imports.undoing import request_undo, undo_import
from labeling.models import Prompt, Response, Task
from projects.models import Project, User
from tests.api.client import Api
from tests.imports.conftest import counts

TOPICS = [{"topic": "violence", "severity": 2}, {"topic": "medicine"}]
ROW: dict[str, Any] = {
    "id": "q1",
    "prompt": "Why?",
    "difficulty": "hard",
    "license": "CC-BY-4.0",
    "author": "Kim",
    "topics": TOPICS,
    "source": "a forum",
    "group": "g7",
    "permitted_use": "research only",
    "conversation": "c1",
    "turn": 2,
    "responses": [
        {
            "id": "a",
            "content": "Because.",
            "model": "m1",
            "model_version": "2026-01",
            "batch": "b7",
            "decoding": {"temperature": 0.7},
            "note": "kept",
        },
        {"id": "b", "content": "No."},
    ],
}
KEPT = [{"topic": "violence", "severity": "2"}, {"topic": "medicine", "severity": ""}]


def known() -> tuple[Any, ...]:
    prompt = Prompt.objects.get()
    return prompt.difficulty, prompt.licence, prompt.author, prompt.sensitivity


def test_it_stands_in_columns_and_only_the_rest_is_metadata(take):
    take(ROW)
    assert known() == ("hard", "CC-BY-4.0", "Kim", KEPT)
    prompt = Prompt.objects.get()
    assert prompt.metadata == {"other_fields": {"responses[0]": {"note": "kept"}}}
    about = (prompt.source, prompt.group, prompt.permitted_use, prompt.conversation, prompt.turn)
    assert about == ("a forum", "g7", "research only", "c1", 2)
    first, second = Response.objects.order_by("external_id")
    assert (first.model_version, first.batch, first.decoding) == (
        *("2026-01", "b7"),
        {"temperature": 0.7},
    )
    assert (second.model_version, second.batch, second.decoding) == ("", "", {})
    assert counts(take(ROW)) == {"rows": 1, "unchanged": 1}


def test_what_does_not_fit_stays_metadata(take):
    odd = {
        "turn": 3,
        "topics": ["violence"],
        "difficulty": ["hard"],
        "author": "K" * 121,
    }
    responses = [{**ROW["responses"][0], "decoding": "greedy"}, ROW["responses"][1]]
    take({**ROW, "conversation": "", **odd, "responses": responses})
    metadata = Prompt.objects.get().metadata
    assert {name: metadata[name] for name in odd} == odd
    assert metadata["other_fields"]["responses[0]"] == {"decoding": "greedy", "note": "kept"}


def test_it_changes_later_and_an_undone_import_puts_it_back(take, lena):
    take(ROW)
    other = {**ROW, "difficulty": "easy", "topics": TOPICS[1:]}
    other["responses"] = [{**ROW["responses"][0], "batch": "b8"}, ROW["responses"][1]]
    import_ = take(other)
    assert counts(import_) == {"rows": 1, "updated": 1}
    assert (known()[0], Response.objects.get(external_id="a").batch) == ("easy", "b8")
    undo_import(request_undo(import_=import_, actor=lena).pk)
    assert known() == ("hard", "CC-BY-4.0", "Kim", KEPT)
    assert Response.objects.get(external_id="a").batch == "b7"


def test_leads_see_it_on_the_task_and_programs_read_it(
    take, project: Project, lena: User, client: Client
):
    take(ROW)
    task = Task.objects.get()
    client.force_login(lena)
    page = client.get(f"/p/{project.slug}/tasks/{task.pk}/").content.decode()
    for words in (
        "a forum",
        "g7",
        "research only",
        "c1",
        "hard",
        "CC-BY-4.0",
        "violence",
        "severity",
        "2026-01",
        "b7",
        "temperature",
    ):
        assert words in page
    body = Api(lena).client.get(f"/api/v1/projects/{project.slug}/tasks/{task.pk}/").json()
    assert body["prompt"]["topics"] == KEPT
    assert (body["prompt"]["conversation"], body["prompt"]["turn"]) == ("c1", 2)
    assert (body["prompt"]["group"], body["prompt"]["permitted_use"]) == ("g7", "research only")
    assert {r["batch"] for r in body["responses"]} == {"b7", ""}
