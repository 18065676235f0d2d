"""The life of a job, on a kind of work that does nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from config.celery import app
from labeling.vocabulary import JobState
from labeling.work import registry, sending
from labeling.work.lifecycle import Columns, JobFailed, retry, run
from labeling.work.locks import is_free, job_lock
from projects.models import Project
from tests.work.toys import TOY, Toy

pytestmark = pytest.mark.django_db


@pytest.fixture
def toy(project: Project) -> Toy:
    """A toy that waits."""
    return Toy.objects.create(project=project, filename="toy", path="/somewhere", progress_total=7)


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one line of registration."""
    monkeypatch.setattr(registry, "_KINDS", {})
    registry.register(TOY)


def play(toy: Toy) -> Columns:
    return {"filename": "played", "progress_done": F("progress_total")}


def test_a_job_is_begun_done_and_ended_with_what_its_function_says(toy: Toy):
    begun = run(TOY, toy.pk, play, at_end={"path": ""})
    assert begun == toy
    assert (begun.path, begun.attempts, begun.state) == ("/somewhere", 1, JobState.RUNNING)
    toy.refresh_from_db()
    assert (toy.state, toy.error, toy.percent) == (JobState.DONE, "", 100)
    assert (toy.filename, toy.path, toy.progress_done) == ("played", "", 7)
    assert toy.started_at
    assert toy.finished_at
    assert toy.created_at <= toy.started_at <= toy.finished_at
    assert run(TOY, toy.pk, play) is None


def test_a_job_that_cannot_be_done_says_why(toy: Toy):
    def fail(toy: Toy) -> None:
        raise JobFailed("It is broken.")

    run(TOY, toy.pk, fail, at_end={"path": ""})
    toy.refresh_from_db()
    assert (toy.state, toy.error, toy.path) == (JobState.FAILED, "It is broken.", "")
    assert toy.finished_at is not None
    assert retry(toy)
    again = Toy.objects.get(pk=toy.pk)
    assert (again.state, again.error, again.attempts) == ("pending", "", 0)
    assert again.finished_at is None
    assert not retry(toy)


def test_an_accident_leaves_the_job_to_the_sweep_until_it_is_given_up(toy: Toy, entered: None):
    def stumble(toy: Toy) -> None:
        raise ConnectionError

    for attempt in (1, 2, 3):
        with pytest.raises(ConnectionError):
            run(TOY, toy.pk, stumble)
        toy.refresh_from_db()
        assert (toy.state, toy.attempts) == (JobState.RUNNING, attempt)
        assert sending.unfinished_jobs(TOY) == [toy.pk]
    run(TOY, toy.pk, stumble)
    toy.refresh_from_db()
    assert (toy.state, toy.attempts) == (JobState.FAILED, 4)
    assert toy.error == "The toy was begun 3 times without reaching its end. Buy another."
    assert sending.unfinished_jobs(TOY) == []


def test_the_first_begin_is_the_start(toy: Toy):
    hour = timezone.now() - timedelta(hours=1)
    Toy.objects.filter(pk=toy.pk).update(started_at=hour, state=JobState.RUNNING)
    run(TOY, toy.pk, play)
    toy.refresh_from_db()
    assert (toy.started_at, toy.attempts, toy.state) == (hour, 1, JobState.DONE)


def test_a_job_is_owned_while_it_is_done_and_free_after(toy: Toy):
    def look(toy: Toy) -> None:
        # The lock belongs to the session, so this one gets it a second time.
        with job_lock(TOY, toy.pk) as owned:
            assert owned

    run(TOY, toy.pk, look)
    assert is_free(TOY, toy.pk)


def test_a_request_is_sent_once_it_is_committed_and_again_when_it_was_lost(
    toy: Toy, entered: None, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
):
    sent: list[tuple[str, tuple[int]]] = []
    monkeypatch.setattr(app, "send_task", lambda task, args, **how: sent.append((task, args)))
    with django_capture_on_commit_callbacks(execute=True):
        sending.send(toy)
        assert sent == []
    assert sent == [("toys.play", (toy.pk,))]
    sending.sweep()  # a message may still be under way
    assert len(sent) == 1
    Toy.objects.filter(pk=toy.pk).update(created_at=timezone.now() - timedelta(minutes=1))
    sending.sweep()
    assert sent[1:] == [("toys.play", (toy.pk,))]
