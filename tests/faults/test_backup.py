"""Backup of an instance that runs, restore into another folder, between real instances."""

from __future__ import annotations

import json
import shutil
import signal
from dataclasses import asdict
from pathlib import Path

import pytest

from config.backup.manifest import entry_of
from tests.config.instances import command, running, wait_for

pytestmark = pytest.mark.kill

FILL = """
import json
from labeling.imports.services import create_import, run_import
from labeling.models import Import
from labeling.releases.services import request_release, run_release
from labeling.kinds import Submission
from labeling.rating.leases import next_assignment
from labeling.rating.judgments import submit_judgment
from projects.guidelines.services import acknowledge
from projects.models import Guideline, Membership, Project, User
from projects.services.projects import create_project

def rows(word, n):
    texts = {"response_a": "So.", "response_b": "No idea."}
    return "\\n".join(json.dumps({"prompt": f"{word} {i}?", **texts}) for i in range(n)).encode()

def imported(name, content):
    return create_import(project=project, created_by=lead, filename=name, content=[content])

lead = User.objects.create_user("a@example.org", "long and unusual 1")
project = create_project(name="P", created_by=lead, template="arena")
first = imported("a.jsonl", rows("What is", 300))
run_import(first.pk)
acknowledge(user=lead, guideline=Guideline.objects.get())
lease = next_assignment(membership=Membership.objects.get())
answers = {"overall": 1}
submit_judgment(rater=lead, assignment_id=lease.pk, submission=Submission(answers=answers))
release = request_release(project=project, created_by=lead, recipe="raw", format="native")
run_release(release.pk)
waits = imported("b.jsonl", rows("Why is", 50))
print(Import.objects.get(pk=first.pk).state, waits.path)
"""
COUNT = """
from labeling.models import Import, Release, Task
from labeling.releases.services import file_of, folder_of
release = Release.objects.get()
whole = all(file_of(release, f["name"])[0].stat().st_size == f["size"] for f in release.files)
states = [i.state for i in Import.objects.order_by("pk")]
print("COUNT", Task.objects.count(), states, whole)
"""


def manage(data: Path, *arguments: str, fails: bool = False) -> str:
    """Run a command to its end and return what it said."""
    done = command("manage", *arguments, data=data)
    output = done.stdout + done.stderr
    assert (done.returncode != 0) == fails, output
    return output


def test_what_was_backed_up_while_it_ran_is_whole_in_another_folder(
    data_folder: Path, tmp_path: Path
):
    backup, there = tmp_path / "backup", tmp_path / "there"
    with running(data_folder) as instance:
        for process in instance.children("celery"):  # or the second import would not wait
            process.send_signal(signal.SIGSTOP)
        manage(data_folder, "shell", "-v0", "-c", FILL)
        manage(data_folder, "backup", str(backup))
        assert "is not empty" in manage(data_folder, "backup", str(backup), fails=True)
        busy = manage(data_folder, "restore", str(backup), "--force", fails=True)
        assert "stop Concord" in busy
        for process in instance.children("celery"):
            process.send_signal(signal.SIGCONT)
    shutil.rmtree(data_folder / "imports", ignore_errors=True)
    shutil.rmtree(data_folder / "releases", ignore_errors=True)

    dump = backup / "database.dump"
    content = dump.read_bytes()
    dump.write_bytes(content[:-1] + b"?")
    assert "database.dump was changed" in manage(there, "restore", str(backup), fails=True)
    dump.write_bytes(content)
    listed = json.loads((backup / "backup.json").read_text())
    newer = {**listed, "migrations": {"labeling": ["0999_of_tomorrow"]}}
    (backup / "backup.json").write_text(json.dumps(newer))
    assert "is of a newer Concord" in manage(there, "restore", str(backup), fails=True)
    (backup / "backup.json").write_text(json.dumps(listed))

    manage(there, "restore", str(backup))
    assert "COUNT 300 ['done', 'pending'] True" in manage(there, "shell", "-v0", "-c", COUNT)
    assert "is not empty" in manage(there, "restore", str(backup), fails=True)
    assert (there / "secret_key").read_text() == (data_folder / "secret_key").read_text()
    with running(there):
        wait_for(
            lambda: "COUNT 350 ['done', 'done'] True" in manage(there, "shell", "-v0", "-c", COUNT),
            60,
            "the import that waited goes on",
        )
    manage(there, "restore", str(backup), "--force")
    assert "COUNT 300 ['done', 'pending'] True" in manage(there, "shell", "-v0", "-c", COUNT)
    assert list(there.glob("releases.before-restore-*"))


DUMP_AGAIN = """
from config.backup.programs import run_program
run_program("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file={dump}")
"""
SCHEMA = """
from django.db.migrations.executor import MigrationExecutor
from django.db import connection
from labeling.models import Import, Installation
executor = MigrationExecutor(connection)
left = executor.migration_plan(executor.loader.graph.leaf_nodes())
print("LEFT", left, Import.objects.count() >= 0, Installation.objects.count())
"""


def test_a_backup_of_an_older_schema_is_brought_up_to_this_one(data_folder: Path, tmp_path: Path):
    backup, there = tmp_path / "backup", tmp_path / "there"
    manage(data_folder, "backup", str(backup))
    manage(data_folder, "migrate", "labeling", "0008", "-v0")
    dump = backup / "database.dump"
    dump.unlink()
    manage(data_folder, "shell", "-v0", "-c", DUMP_AGAIN.format(dump=dump))
    listed = json.loads((backup / "backup.json").read_text())
    listed["files"]["database.dump"] = asdict(entry_of(dump))
    kept = [name for name in listed["migrations"]["labeling"] if name < "0009"]
    listed["migrations"]["labeling"] = kept
    (backup / "backup.json").write_text(json.dumps(listed))
    manage(there, "restore", str(backup))
    assert "LEFT [] True 1" in manage(there, "shell", "-v0", "-c", SCHEMA)
