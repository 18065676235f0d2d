"""Every kind of long work is entered once, and messages of an older Concord find their task."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.celery import app
from labeling import jobs
from labeling.imports.endings import IMPORT_JOB
from labeling.models import (
    Deletion,
    Import,
    ImportUndo,
    Release,
    TaskChange,
    TextErasing,
    Withdrawal,
)
from labeling.releases.services import RELEASE_JOB
from labeling.work.registry import job_kind_of, job_kinds, job_models, register
from tests.work.toys import TOY

#: Tasks that compute a report somebody waits for.
REPORTS = {
    "labeling.jobs.compute_agreement",
    "labeling.jobs.compute_ambiguity",
    "labeling.jobs.compute_principles",
    "labeling.jobs.compute_ranking",
    "labeling.jobs.compute_raters",
    "labeling.jobs.compute_voices",
    "labeling.jobs.compute_wellbeing",
    "labeling.jobs.count_overview",
    "labeling.jobs.count_release",
}
#: Names that messages under way may carry: none may ever go, whatever file its task moves to.
NAMES = REPORTS | {
    "labeling.jobs.delete_project",
    "labeling.jobs.erase_texts",
    "labeling.jobs.expire_leases",
    "labeling.jobs.sweep_leftovers",
    "labeling.jobs.render_project",
    "labeling.jobs.run_import",
    "labeling.jobs.run_release",
    "labeling.jobs.run_task_change",
    "labeling.jobs.run_withdrawal",
    "labeling.jobs.sweep_jobs",
    "labeling.jobs.undo_import",
}
#: Numbers of advisory locks: an old and a new worker must mean the same lock.
SPACES = {
    Import: 41001,
    Release: 41002,
    Withdrawal: 41006,
    TaskChange: 41007,
    ImportUndo: 41008,
    Deletion: 41009,
    TextErasing: 41010,
}


def test_every_name_that_a_message_may_carry_is_known_to_the_worker():
    app.loader.import_default_modules()
    assert {name for name in app.tasks if name.startswith("labeling.")} >= NAMES
    assert {f"labeling.jobs.{name}" for name in jobs.__all__} == NAMES


def test_a_job_has_its_own_watch_and_other_tasks_end_after_minutes():
    app.loader.import_default_modules()
    job_tasks = {kind.task for kind in job_kinds()}
    limits = {
        name: app.tasks[name].time_limit
        for name in NAMES | {"projects.jobs.send_mail"} & set(app.tasks)
    }
    longer = {name: limit for name, limit in limits.items() if limit != 300}
    assert longer == dict.fromkeys(job_tasks, 12 * 3600 + 600) | dict.fromkeys(REPORTS, 960)


def test_what_beat_sends_is_known():
    sent = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert sent <= set(app.tasks)


def test_every_table_of_long_work_is_entered_with_the_lock_it_always_had():
    assert {kind.model: kind.space for kind in job_kinds()} == SPACES
    assert job_models() == list(SPACES)
    assert all(kind.task in app.tasks for kind in job_kinds())
    assert job_kind_of(Import()) is IMPORT_JOB
    assert job_kind_of(Release()) is RELEASE_JOB


def test_no_two_kinds_share_a_table_or_a_lock():
    with pytest.raises(ValueError, match="in conflict"):
        register(replace(RELEASE_JOB, space=41099))
    with pytest.raises(ValueError, match="in conflict"):
        register(replace(TOY, space=RELEASE_JOB.space))
    with pytest.raises(ValueError, match="others' already"):
        register(replace(TOY, space=41003))
    assert {kind.model: kind.space for kind in job_kinds()} == SPACES


def test_the_sentences_of_giving_up():
    assert IMPORT_JOB.given_up == (
        "The import was begun 25 times without getting any further. What was imported stays. "
        "Split the file and import the parts, or ask the operator to look into the log."
    )
    assert RELEASE_JOB.given_up == (
        "The release was begun 25 times without getting any further. Ask the operator to look into "
        "the log, then try again."
    )
