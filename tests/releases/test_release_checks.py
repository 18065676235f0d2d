"""What was said on checks stands in files of its own, and in no recipe's rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.timezone import now

from labeling.kinds import Submission
from labeling.kinds.known import KnownAnswer
from labeling.models import Assignment, Judgment, Release, Task
from labeling.models.copies import copy_of
from labeling.rating.judgments import submit_judgment
from labeling.rating.qualifying import decide
from labeling.releases.services import folder_of
from labeling.teaching.checks.services import set_known_answer
from labeling.vocabulary import Decided, Purpose
from projects.models import Project, User
from tests.conftest import membership

Built = Callable[..., Release]


def said(task: Task, rater: User, value: int) -> None:
    """A judgment on a copy of a task, of the canonical order."""
    assignment = Assignment.objects.create(
        task=task,
        project=task.project,
        rater=rater,
        purpose=task.purpose,
        shown_order=[1, 0],
        guideline=task.project.guidelines.get(),
        lease_expires_at=now(),
    )
    submission = Submission(answers={"overall": -value})
    submit_judgment(rater=rater, assignment_id=assignment.pk, submission=submission)


def lines(release: Release, name: str) -> list[dict[str, Any]]:
    path = folder_of(release) / name
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_gold_and_repeats_stand_in_files_of_their_own_and_are_counted(
    built: Built, judged: Project, lena: User, rui: User, sam: User
) -> None:
    before = built(judged)
    assert not (folder_of(before) / "gold.jsonl").exists()
    manifest = json.loads((folder_of(before) / "manifest.json").read_bytes())
    assert "checks" not in manifest
    first, second, *_others = Task.objects.filter(project=judged, purpose="live").order_by("pk")
    known = KnownAnswer({"overall": -1}, reason="It is so.")
    gold = set_known_answer(task=first, actor=lena, known=known).task
    said(gold, rui, -3)
    said(gold, sam, 2)
    again = copy_of(second, Purpose.REPEAT)
    own = Judgment.objects.get(task=second, rater=rui).answers.get(criterion__is_primary=True)
    said(again, rui, own.value or 0)
    release = built(judged)
    assert release.rows_out == before.rows_out
    dropped = release.counts["dropped"]
    assert (dropped["purpose_gold"]["rows"], dropped["purpose_repeat"]["rows"]) == (1, 1)
    manifest = json.loads((folder_of(release) / "manifest.json").read_bytes())
    assert manifest["checks"] == {"gold": 2, "repeats": 1}
    assert {"gold.jsonl", "repeats.jsonl"} <= {file["name"] for file in manifest["files"]}
    by_right = {row["right"]: row for row in lines(release, "gold.jsonl")}
    assert set(by_right) == {True, False}
    right = by_right[True]
    assert (right["task"], right["answers"]["overall"]) == (first.external_id, -3)
    assert (right["accepted"], right["reason"]) == ({"overall": [-1]}, "It is so.")
    assert right["rater"].startswith("rater-")
    (repeat,) = lines(release, "repeats.jsonl")
    assert (repeat["task"], repeat["same"]) == (second.external_id, True)


def test_rows_from_before_chances_say_queue_and_none_and_releases_do_too(
    built: Built, judged: Project
) -> None:
    migration = import_module("labeling.migrations.0037_chances")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('concord.allow_erasure', 'on', true)")
        for table in ("labeling_judgment", "labeling_assignment"):
            cursor.execute(f"UPDATE {table} SET selection_probability = 1, strategy = 'uniform'")
        cursor.execute("SELECT set_config('concord.allow_erasure', 'off', true)")

        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table that is changed owes none

    editor = SimpleNamespace(connection=connection)
    migration.forget_chances(None, editor)
    for rows in (Judgment.objects, Assignment.objects):
        assert set(rows.values_list("strategy", "selection_probability")) == {("queue", None)}
    manifest = json.loads((folder_of(built(judged)) / "manifest.json").read_bytes())
    assert manifest["figures"]["selection_probability"] == {"n": 0}
    assert set(manifest["figures"]["judgments_per_strategy"]) == {"queue"}
    migration.claim_certainty(None, editor)
    assert set(Judgment.objects.values_list("strategy", flat=True)) == {"uniform"}
    assert set(Judgment.objects.values_list("selection_probability", flat=True)) == {1}


@pytest.mark.parametrize("imported", [1, 2])
def test_what_was_imported_says_so_after_the_migration_be_it_few_or_most(
    judged: Project, imported: int
) -> None:
    migration = import_module("labeling.migrations.0037_chances")
    ids = list(Judgment.objects.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('concord.allow_erasure', 'on', true)")
        some = ids[:1] if imported == 1 else ids[1:]
        cursor.execute("UPDATE labeling_judgment SET strategy = 'uniform'")
        cursor.execute(
            "UPDATE labeling_judgment SET strategy = 'imported' WHERE id = ANY(%s)", [some]
        )
        cursor.execute("SELECT set_config('concord.allow_erasure', 'off', true)")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    migration.forget_chances(None, SimpleNamespace(connection=connection))
    strategies = dict(Judgment.objects.values_list("pk", "strategy"))
    assert strategies == {pk: "imported" if pk in some else "queue" for pk in ids}


def test_card_and_manifest_say_who_passed_by_which_rule_and_name_nobody(
    built: Built, judged: Project, lena: User, rui: User, sam: User
) -> None:
    Project.objects.filter(pk=judged.pk).update(qualification_tasks=20)
    for rater, by in ((rui, None), (sam, lena.pk)):
        member = membership(rater, judged)
        decide(member, Decided.PASSED, now=timezone.now(), by=by, reason="Reads closely.")
    release = built(judged)
    manifest = json.loads((folder_of(release) / "manifest.json").read_bytes())
    figures = manifest["qualification"]
    assert (figures["passed"], figures["passed_by_hand"], figures["not_yet"]) == (2, 1, 0)
    assert (figures["rule"]["bar"], figures["rule"]["passing"]) == (0.75, 0.8)
    card = (folder_of(release) / "README.md").read_text()
    assert "2 passed, 1 of them by a lead's word" in card
    assert "Reads closely" not in card + json.dumps(manifest)
