"""An import as a job: unusable files, interruptions, other workers, memory and time."""

from __future__ import annotations

import gzip
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection

from labeling import bounded
from labeling.bounded import Bounded
from labeling.datasets.readers import limits, looking
from labeling.imports import files, services
from labeling.imports.batches import BatchWriter
from labeling.imports.endings import IMPORT_JOB
from labeling.imports.services import create_import, run_import
from labeling.models import Import, ImportRefusal, Prompt, Response, Task
from labeling.vocabulary import JobState
from projects.exceptions import InvalidInput
from projects.models import AuditEvent, Project, User
from tests.datasets.bombs import BOMBS

PAIR = {"prompt": "Why?", "response_a": "Because.", "response_b": "No."}
LINE = json.dumps(PAIR).encode()


def lines(count: int) -> bytes:
    return b"".join(json.dumps({**PAIR, "id": f"q{i}"}).encode() + b"\n" for i in range(count))


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path: Path) -> None:
    """Files of these tests lie apart, so that what is left over can be counted."""
    settings.IMPORTS_DIR = tmp_path / "imports"


def request(project: Project, content: bytes, **how) -> Import:
    return create_import(project=project, created_by=None, filename="rows", content=content, **how)


def finished(import_: Import) -> Import:
    run_import(import_.pk)
    import_.refresh_from_db()
    return import_


def test_a_request_is_kept_with_its_file_and_nothing_is_imported_yet(project, lena):
    import_ = create_import(
        project=project, created_by=lena, filename="C:\\data\\my \x07rows.jsonl", content=lines(2)
    )
    assert import_.state == JobState.PENDING
    assert files.located(import_.path).read_bytes() == lines(2)
    assert import_.filename == "my �rows.jsonl"
    assert Task.objects.count() == 0
    event = AuditEvent.objects.get(verb="import requested")
    assert (event.actor, event.detail["file"]) == (lena, "my �rows.jsonl")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (b'{"column": "hello"}', "No kind of row fits the columns (column)."),
        (b"PK\x03\x04", "The archive has no end: it was cut off."),
        (b'{"prompt": p}', "None of the first rows can be read. Line 1: Malformed JSON"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_is_refused_at_once(project, settings, content, message):
    with pytest.raises(InvalidInput) as error:
        request(project, content)
    assert message in error.value.message
    assert not Import.objects.exists()
    assert list(Path(settings.IMPORTS_DIR).iterdir()) == []


def test_a_file_above_the_limit_is_refused_and_not_kept(project, settings):
    settings.IMPORT_MAX_UPLOAD = 100
    with pytest.raises(InvalidInput, match="larger than 0 MB"):
        request(project, LINE * 10)
    assert list(Path(settings.IMPORTS_DIR).iterdir()) == []


LATE = 700  # beyond what detection reads, and beyond the first batch
PACKED = gzip.compress(
    b"".join(LINE.replace(b"Why", os.urandom(2000).hex().encode()) + b"\n" for _ in range(LATE))
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lines(LATE) + LINE.replace(b"No", b"\xe9"), "0xE9 is not UTF-8. Save the file as UTF-8"),
        (PACKED[:-200], "ends too early: it was cut off"),
        (b"[" + lines(LATE).replace(b"\n", b",\n") + b'{"id": }]', "Malformed JSON on line 701"),
        (
            b"prompt,response_a,response_b\n" + b"p,a,b\n" * LATE + b'p,"a,b\n',
            "begins on line 702 and never closed",
        ),
        (
            gzip.compress(lines(LATE)) + gzip.compress(b" " * 60_000_000),
            "more than 200 times its size, as a gzip bomb does",
        ),
    ],
    ids=["encoding", "cut gzip", "malformed list", "open quote", "bomb"],
)
def test_a_file_that_breaks_late_fails_before_its_first_row_is_written(project, content, message):
    import_ = finished(request(project, content))
    assert import_.state == JobState.FAILED
    assert message in import_.error
    assert Prompt.objects.count() == Task.objects.count() == 0


def test_a_row_that_fails_leaves_no_half_of_itself(project):
    bad = {**PAIR, "id": "bad", "response_b": "\x00"}
    import_ = finished(request(project, LINE + b"\n" + json.dumps(bad).encode()))
    assert (import_.state, import_.counts["created"], import_.counts["refused"]) == ("done", 1, 1)
    assert (Prompt.objects.count(), Response.objects.count(), Task.objects.count()) == (1, 2, 1)


def test_html_and_script_in_every_field_are_stored_as_they_are(project):
    evil = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    row = {
        "id": evil,
        "prompt": evil + "p",
        "response_a": evil + "a",
        "response_b": evil + "b",
        "model_a": evil,
        "category": evil,
        "rater": evil,
        "overall": 1,
        "rationale": evil,
        evil: evil,
    }
    import_ = finished(request(project, json.dumps(row).encode()))
    assert import_.counts["created"] == 1
    prompt = Prompt.objects.get()
    assert (prompt.external_id, prompt.metadata) == (evil, {evil: evil})
    assert User.objects.get(is_placeholder=True).name == evil


def test_a_finished_import_is_not_run_again(project):
    import_ = finished(request(project, lines(3)))
    Task.objects.all().delete()
    assert finished(import_).counts["created"] == 3
    assert Task.objects.count() == 0


def test_an_interrupted_import_goes_on_where_its_last_batch_ended(project, monkeypatch):
    """Stops with an error inside the third batch, as a lost database connection does."""
    monkeypatch.setattr(services, "BATCH", 10)
    bad = LINE.replace(b"No.", b"Because.") + b"\n"
    import_ = request(project, lines(25) + bad + lines(5) + b"\n")
    write, calls = BatchWriter.write, []

    def dying(self, batch, now):
        result = write(self, batch, now)
        calls.append(len(batch))
        if len(calls) == 3:
            raise ConnectionError("gone")
        return result

    with monkeypatch.context() as patch:
        patch.setattr(BatchWriter, "write", dying)
        with pytest.raises(ConnectionError):
            run_import(import_.pk)
    import_.refresh_from_db()
    assert (import_.state, import_.progress_done, Task.objects.count()) == ("pending", 20, 20)
    assert ImportRefusal.objects.count() == 0
    finished(import_)
    assert (import_.state, import_.attempts, import_.deaths) == (JobState.DONE, 1, 0)
    assert {k: n for k, n in import_.counts.items() if n} == {
        "rows": 31,
        "created": 25,
        "duplicates": 5,
        "refused": 1,
    }
    assert (Task.objects.count(), ImportRefusal.objects.get().line) == (25, 26)


def test_an_import_that_never_ends_is_given_up_with_a_reason(project):
    import_ = request(project, lines(2))
    Import.objects.filter(pk=import_.pk).update(attempts=IMPORT_JOB.max_attempts)
    assert finished(import_).state == JobState.FAILED
    assert "begun 25 times" in import_.error


def test_a_file_that_vanished_fails_with_what_to_do(project):
    import_ = request(project, lines(2))
    files.located(import_.path).unlink()
    assert finished(import_).error.startswith("The uploaded file is gone. Upload it again")


@pytest.mark.parametrize("kept", ["{name}", "{folder}/{name}", "/gone/elsewhere/{name}"])
def test_an_import_finds_its_file_after_the_data_moved(project, settings, tmp_path, kept):
    """Rows keep the name; those of older versions a whole path, which may be another machine's."""
    import_ = request(project, lines(2))
    name, folder = import_.path, Path(settings.IMPORTS_DIR)
    settings.IMPORTS_DIR = folder.rename(tmp_path / "restored")
    Import.objects.update(path=kept.format(name=name, folder=folder))
    files.sweep_uploads()
    assert finished(import_).state == JobState.DONE
    assert list(settings.IMPORTS_DIR.iterdir()) == []


def test_a_batch_holds_no_more_bytes_than_it_may(project, monkeypatch):
    monkeypatch.setattr(limits, "MAX_HELD_BYTES", 1)
    batches: list[int] = []
    write = BatchWriter.write

    def counted(self, outcomes, now):
        batches.append(len(outcomes))
        return write(self, outcomes, now)

    monkeypatch.setattr(BatchWriter, "write", counted)
    assert finished(request(project, lines(3))).counts["created"] == sum(batches) == 3
    assert batches == [1, 1, 1]


def test_a_file_that_explodes_is_looked_at_elsewhere(project, tmp_path):
    path = tmp_path / "upload"
    BOMBS["csv, open quote"](path, 15)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InvalidInput, match="opened in the row that begins on line 2 and not close"):
        request(project, path.read_bytes())
    BOMBS["parquet, dictionary"](path, 60)
    import_ = finished(request(project, path.read_bytes()))
    assert import_.counts["left_out"] == import_.counts["rows"] == 13
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 128 * 1024


def test_a_file_that_takes_all_time_is_refused_with_a_sentence(project, monkeypatch, settings):
    # Processor time ends it, however long a busy machine takes to start it and to give that much.
    monkeypatch.setattr(bounded, "_START_SECONDS", 120)
    spinning = Bounded("tests.bounded_targets:spin", seconds=0.2, megabytes=64, patience=600)
    monkeypatch.setattr(looking, "_previews", spinning)
    with pytest.raises(InvalidInput, match="takes more time or memory than one file may"):
        request(project, b'{"prompt": "' + b"x" * 100_000 + b'"}')
    assert list(Path(settings.IMPORTS_DIR).iterdir()) == []


def test_refusals_beyond_the_limit_are_counted(project, monkeypatch):
    monkeypatch.setattr(limits, "MAX_REFUSALS_KEPT", 3)
    monkeypatch.setattr(services, "BATCH", 2)
    import_ = finished(request(project, LINE + b"\n" + b'{"prompt": 1}\n' * 7))
    assert import_.counts["refused"] == 7
    assert import_.refusals.count() == 3


def worker(import_: Import) -> subprocess.Popen[bytes]:
    """Another process that runs the import on the tests' database."""
    code = (
        "import django; django.setup()\n"
        "from labeling.imports import services\n"
        "from django.conf import settings\n"
        f"settings.IMPORTS_DIR = {str(django_settings.IMPORTS_DIR)!r}\n"
        "services.BATCH = 50\n"
        f"services.run_import({import_.pk})\n"
    )
    url = os.environ["DATABASE_URL"]
    name = connection.settings_dict["NAME"]
    head, mark, query = url.partition("?")
    env = {
        **os.environ,
        "DATABASE_URL": f"{head.rsplit('/', 1)[0]}/{name}{mark}{query}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return subprocess.Popen([sys.executable, "-c", code], env=env, cwd=django_settings.BASE_DIR)


def wait_for(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


@pytest.mark.kill
@pytest.mark.django_db(transaction=True)
def test_kill_9_at_any_moment_loses_and_doubles_nothing(project):
    rows = 6000
    import_ = request(project, lines(rows) + b'{"id": "bad"}\n')

    def done() -> int:
        return Import.objects.values_list("progress_done", flat=True).get(pk=import_.pk)

    for _ in range(3):
        before = done()
        process = worker(import_)
        wait_for(lambda b=before: done() > b)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert done() == Task.objects.count() == Prompt.objects.count()
    assert done() < rows
    # Until the server has noticed that the worker's connection is gone, the job counts as owned.
    wait_for(lambda: finished(import_).is_over)
    assert import_.counts["created"] == Task.objects.count() == rows
    assert Response.objects.count() == 2 * rows
    assert import_.refusals.count() == import_.counts["refused"] == 1


@pytest.mark.kill
@pytest.mark.django_db(transaction=True)
def test_two_workers_do_one_import_once(project):
    import_ = request(project, lines(2000))
    both = [worker(import_), worker(import_)]
    assert [process.wait(60) for process in both] == [0, 0]
    import_.refresh_from_db()
    assert (import_.state, import_.attempts) == (JobState.DONE, 1)
    assert Task.objects.count() == import_.counts["created"] == 2000


@pytest.mark.kill
@pytest.mark.django_db(transaction=True)
def test_two_imports_of_the_same_rows_at_once_create_each_task_once(project):
    rows = [request(project, lines(2000)), request(project, lines(2000))]
    assert [process.wait(60) for process in [worker(row) for row in rows]] == [0, 0]
    counts = [Import.objects.get(pk=row.pk).counts for row in rows]
    assert sum(count["created"] for count in counts) == Task.objects.count() == 2000
    assert sum(count["unchanged"] for count in counts) == 2000
