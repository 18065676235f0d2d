"""Precedents stand in a file of their own, without a word of who asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256

from labeling.models import Release, Task
from labeling.releases.services import folder_of
from labeling.teaching.questions.services import Ruling, write_precedent
from projects.models import Project, User

Built = Callable[..., Release]


def test_a_release_holds_the_precedents_that_were_written_with_their_hash(
    built: Built, judged: Project, lena: User
) -> None:
    assert not (folder_of(built(judged)) / "precedents.jsonl").exists()
    task = Task.objects.filter(project=judged).first()
    assert task is not None
    ruling = Ruling("It may.", "May it refuse?", "overall", task.pk)
    write_precedent(project=judged, actor=lena, ruling=ruling)
    instead = Ruling("It may not.", "May it refuse?", "overall", task.pk, supersedes=[1])
    write_precedent(project=judged, actor=lena, ruling=instead)
    folder = folder_of(built(judged))
    text = (folder / "precedents.jsonl").read_text()
    rows = [json.loads(line) for line in text.splitlines()]
    versions = [
        (row["number"], row["version"], row["retired"], row["superseded_by"]) for row in rows
    ]
    assert versions == [(1, 1, False, None), (1, 2, True, 2), (2, 1, False, None)]
    assert {row["task"] for row in rows} == {task.external_id}
    assert rows[0]["author"].startswith("lead-")
    assert lena.name not in text
    manifest = json.loads((folder / "manifest.json").read_bytes())
    hashes = {file["name"]: file["sha256"] for file in manifest["files"]}
    assert hashes["precedents.jsonl"] == sha256(text.encode()).hexdigest()
    assert "checks" not in manifest
