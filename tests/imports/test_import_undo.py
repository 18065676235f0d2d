"""An import is undone: what it brought goes, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.imports import services
from labeling.imports.undoing import request_undo, undo_import
from labeling.models import (
    Import,
    ImportedChange,
    ImportUndo,
    Judgment,
    Prompt,
    Release,
    Response,
    Task,
)
from labeling.releases.previews import preview_release
from labeling.releases.services import request_release
from labeling.teaching.questions.services import send_query
from labeling.work.lifecycle import retry
from projects.exceptions import Conflict, InvalidInput
from projects.models import AuditEvent, Project, User
from tests.api.client import CallAs
from tests.conftest import judge, lease
from tests.imports.conftest import Take, counts
from tests.rating.test_rate_page import ClientFor

pytestmark = pytest.mark.django_db

PAIR = {"id": "q1", "prompt": "Why?", "response_a": "Because.", "response_b": "So."}
OTHER = {"id": "q2", "prompt": "How?", "response_a": "Thus.", "response_b": "Like so."}
LABEL = {"rater": "Ann", "overall": -2}


def undone(import_: Import, actor: User) -> ImportUndo:
    """Asks for it and does it."""
    undo = request_undo(import_=import_, actor=actor)
    undo_import(undo.pk)
    undo.refresh_from_db()
    return undo


def rows() -> list[int]:
    """How many rows there are of everything that an import brings."""
    tables = (Task, Prompt, Response, Judgment, ImportedChange)
    placeholders = User.objects.filter(is_placeholder=True)
    return [*(table._default_manager.count() for table in tables), placeholders.count()]


def test_what_an_import_brought_goes_and_the_same_file_comes_in_again(
    take: Take, lena: User, project: Project
):
    labelled = {**PAIR, "judgments": [LABEL]}
    import_ = take(labelled, OTHER)
    assert rows() == [2, 2, 4, 1, 0, 1]
    assert undone(import_, lena).state == "done"
    assert rows() == [0] * 6
    import_.refresh_from_db()
    assert counts(import_)["created"] == 2
    event = AuditEvent.objects.filter(project=project, verb="import undone").get()
    assert (event.actor, event.detail["file"]) == (lena, "rows.jsonl")
    assert counts(take(labelled, OTHER)) == {"rows": 2, "created": 2, "labels": 1}
    with pytest.raises(Conflict, match="undone already"):
        request_undo(import_=import_, actor=lena)


def test_only_what_this_import_added_to_other_tasks_goes(take: Take, lena: User, project: Project):
    first = take({**PAIR, "category": "old"}, overlap=1)
    task = Task.objects.get()
    bob = {"rater": "Bob", "overall": 2}
    said = [LABEL, bob, {"rater": "gpt-4", "overall": 1}]
    second = take({**PAIR, "category": "new", "model_a": "m1", "judgments": said})
    task.refresh_from_db()
    assert len(task.model_votes) == 1
    assert (task.overlap, task.open_slots, task.prompt.category) == (2, 0, "new")
    with pytest.raises(Conflict, match="Undo that one first"):
        request_undo(import_=first, actor=lena)
    assert undone(second, lena).state == "done"
    task = Task.objects.get()
    assert (task.overlap, task.open_slots, task.prompt.category) == (1, 1, "old")
    assert (set(Response.objects.values_list("model", flat=True)), task.model_votes) == ({""}, [])
    assert rows() == [1, 1, 2, 0, 0, 0]
    assert undone(first, lena).state == "done"
    assert rows() == [0] * 6


def test_a_text_that_an_import_replaced_comes_back(take: Take, lena: User):
    take(PAIR)
    old = set(Response.objects.values_list("external_id", "content"))
    second = take({**PAIR, "prompt": "Why not?", "response_a": "Since."})
    assert Prompt.objects.get().messages[0]["content"] == "Why not?"
    assert undone(second, lena).state == "done"
    assert Prompt.objects.get().messages[0]["content"] == "Why?"
    assert set(Response.objects.values_list("external_id", "content")) == old
    task = Task.objects.get()
    assert set(task.response_ids) == set(Response.objects.values_list("pk", flat=True))


def test_what_people_judged_is_not_thrown_away(take: Take, lena: User, rui: User, project: Project):
    import_ = take(PAIR, OTHER)
    assignment = lease(rui, project)
    query = send_query(person=rui, assignment=assignment, text="What of rhymes?")
    with pytest.raises(Conflict, match="Withdraw its tasks instead"):
        request_undo(import_=import_, actor=lena)
    query.delete()
    judge(rui, assignment)
    with pytest.raises(Conflict, match="Withdraw its tasks instead"):
        request_undo(import_=import_, actor=lena)


def test_somebody_who_judges_while_it_waits_keeps_the_import(
    take: Take, lena: User, rui: User, project: Project
):
    import_ = take(PAIR, OTHER)
    undo = request_undo(import_=import_, actor=lena)
    with pytest.raises(Exception, match="being undone"):
        take({**PAIR, "id": "q3"})
    judge(rui, lease(rui, project))
    undo_import(undo.pk)
    undo.refresh_from_db()
    assert (undo.state, undo.progress_total > 0) == ("failed", True)
    assert "People have judged its tasks or asked about them" in undo.error
    retry(undo)
    undo.refresh_from_db()
    assert (undo.state, undo.progress_total) == ("pending", 0)
    assert Task.objects.in_play().count() == 2


def test_labels_in_a_release_stay(
    take: Take, lena: User, project: Project, settings: Any, tmp_path: Any
):
    settings.RELEASES_DIR = tmp_path
    import_ = take({**PAIR, "judgments": [LABEL]})
    release = request_release(project=project, created_by=lena, recipe="raw", format="native")
    with pytest.raises(Conflict, match="stand in release 1"):
        request_undo(import_=import_, actor=lena)
    Release.objects.filter(pk=release.pk).update(state="cancelled")
    assert undone(import_, lena).state == "done"


def test_an_import_from_before_traces_were_kept_says_so(take: Take, lena: User):
    import_ = take(PAIR)
    Task.objects.update(import_job=None)
    with pytest.raises(Conflict, match="from before"):
        request_undo(import_=import_, actor=lena)


def test_it_is_undone_from_its_page_and_by_program(
    take: Take, lena: User, rui: User, project: Project, client_for: ClientFor, api: CallAs
):
    by_page, by_program = take(PAIR), take(OTHER)
    client, url = client_for(lena), f"/p/{project.slug}/imports/{by_page.pk}/"
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "Undo this import" in part
    assert "Change raters or priority" in part
    client.post(f"{url}undo/")
    undo_import(ImportUndo.objects.get().pk)
    page = client.get(url).content.decode()
    assert "The same file can be imported again." in page
    assert "Undo this import" not in page
    assert "Change raters or priority" not in page
    assert "Its tasks" not in page
    assert ">undone<" in client.get(f"/p/{project.slug}/imports/").content.decode()
    path = f"projects/{project.slug}/imports/{by_program.pk}/"
    assert api(rui).post(f"{path}undo/").status_code == 403
    assert api(lena).post(f"{path}undo/").json()["undo"]["state"] == "pending"
    undo_import(ImportUndo.objects.get(import_job=by_program).pk)
    assert api(lena).get(path).json()["undo"]["by"] == "Lena"
    assert api(lena).post(f"{path}undo/").status_code == 409


def test_an_import_that_was_looked_at_meanwhile_does_not_begin(
    take: Take, lena: User, monkeypatch: pytest.MonkeyPatch
):
    first, look = take(PAIR), services._decided

    def slow_look(*of: Any) -> Any:
        request_undo(import_=first, actor=lena)
        return look(*of)

    monkeypatch.setattr(services, "_decided", slow_look)
    with pytest.raises(InvalidInput, match="being undone"):
        take(OTHER)
    assert list(Import.objects.all()) == [first]


def test_what_a_release_would_hold_is_counted_without_labels_that_went(
    take: Take, lena: User, rui: User, project: Project
):
    take(OTHER)
    held = lease(rui, project)
    labelled = take({**PAIR, "judgments": [LABEL]})
    judge(rui, held)  # after the label, so that its row stays the newest

    def rows_in() -> int:
        return preview_release(project=project, recipe="raw", format="native").rows_in

    assert rows_in() == 2
    undone(labelled, lena)
    assert rows_in() == 1


def test_no_release_is_asked_for_while_labels_are_about_to_go(
    take: Take, lena: User, project: Project
):
    labelled = take({**PAIR, "judgments": [LABEL]})
    request_undo(import_=labelled, actor=lena)
    with pytest.raises(InvalidInput, match="being undone"):
        request_release(project=project, created_by=lena, recipe="raw", format="native")
