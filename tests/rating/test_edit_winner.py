"""The response that a rater prefers, improved by them: through the doors of raters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from labeling.models import Assignment, Judgment, LateAnswer, Response, Task, Writing
from labeling.models.play import take_out_of_play
from labeling.rendering.difference import words_of
from projects.models import Project, User
from tests.api.client import Api, CallAs
from tests.conftest import MakeTasks

PREFERS_A, TIE = -3, 0


@pytest.fixture
def edited(project: Project) -> Project:
    """The project, where raters may improve what they prefer."""
    project.edit_winner = True
    project.save(update_fields=["edit_winner"])
    return project


def taken(rater: Api, project: Project) -> dict[str, Any]:
    """The rater's next task."""
    leased: dict[str, Any] = rater.post(f"projects/{project.slug}/next/").json()
    return leased


def sent(rater: Api, leased: dict[str, Any], edit: object, overall: int = PREFERS_A) -> Any:
    """A comparison with an edit, sent."""
    body = {"answers": {"overall": overall}, "edit": edit, "typed": 100, "pasted": 900}
    return rater.post(f"assignments/{leased['id']}/judgment/", body)


def test_an_edit_of_the_winner_is_a_text_of_its_own_and_its_author_is_shown_to_no_rater(
    edited: Project, rui: User, sam: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(edited, 1, overlap=2)
    leased = taken(api(rui), edited)
    assert leased["task"]["may_edit_winner"] is True
    winner = leased["task"]["responses"][0]["content"]
    edit = {"slot": "A", "text": f"{winner} Surely."}
    stored = sent(api(rui), leased, edit)
    assert (stored.status_code, stored.json()["edit"]) == (201, edit), stored.content
    assert stored.json()["counted"]["paste_ratio"] == 0.9
    assert sent(api(rui), leased, edit).status_code == 200, "sent again it is the same"
    text = Response.objects.get(judgment=stored.json()["id"])
    assert (text.content, text.is_human, text.author) == (edit["text"], True, rui)
    assert text.edited_from is not None
    assert text.edited_from.content == winner
    assert Writing.objects.get(judgment=text.judgment).distance == pytest.approx(
        2 / len(words_of(edit["text"]))
    )
    for_sam = taken(api(sam), edited)
    assert "Surely" not in str(for_sam), "what others edit is no part of the task"
    assert "Rui" not in str(for_sam)


@pytest.mark.parametrize("more", ["", " \n"])
def test_what_is_left_as_it_was_is_no_mistake_and_counted(
    edited: Project, rui: User, make_tasks: MakeTasks, api: CallAs, more: str
):
    make_tasks(edited, 1)
    leased = taken(api(rui), edited)
    winner = leased["task"]["responses"][0]["content"]
    stored = sent(api(rui), leased, {"slot": "A", "text": winner + more})
    assert (stored.status_code, stored.json()["edit"]["text"]) == (201, winner)
    assert Writing.objects.get().distance == 0
    assert not Response.objects.filter(judgment__isnull=False).exists()
    undone = api(rui).post(f"projects/{edited.slug}/undo/").json()
    assert undone["taken_back"]["edit"] == {"slot": "A", "text": winner}


@pytest.mark.parametrize(
    ("edit", "overall", "words"),
    [
        ({"slot": "B", "text": "Better."}, PREFERS_A, "You edited B and prefer A."),
        ({"slot": "A", "text": "Better."}, TIE, "You prefer neither response"),
        ({"slot": "C", "text": "Better."}, PREFERS_A, "There is no response “C”."),
        ({"slot": "A", "text": " \n"}, PREFERS_A, "nothing left of the text"),
        ({"slot": "A", "text": "x" * 100_001}, PREFERS_A, "At most 100,000 characters"),
        ({"slot": "A", "text": "a\x00b"}, PREFERS_A, "Null characters"),
        ({"slot": "A"}, PREFERS_A, "required"),
        ({"slot": "A", "text": "x", "author": 1}, PREFERS_A, "author"),
    ],
)
def test_what_is_no_edit_of_the_winner_is_refused_in_words_and_nothing_is_stored(
    edited: Project,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    edit: dict[str, Any],
    overall: int,
    words: str,
):
    make_tasks(edited, 1)
    refused = sent(api(rui), taken(api(rui), edited), edit, overall)
    assert refused.status_code == 400
    assert words in str(refused.json()["fields"])
    assert not Judgment.objects.exists()


def test_a_project_that_asks_for_no_edits_takes_none(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs, client_for: Any
):
    make_tasks(project, 1)
    leased = taken(api(rui), project)
    assert leased["task"]["may_edit_winner"] is False
    refused = sent(api(rui), leased, {"slot": "A", "text": "Better."})
    assert "takes no edits" in str(refused.json()["fields"]["edit"])
    page = client_for(rui).get(f"/p/{project.slug}/rate/").content.decode()
    for part in ("data-improve", "improve.js", "compare_edit", "data-edit-of-other"):
        assert part not in page


def test_an_edit_goes_with_its_judgment_and_comes_again_with_an_undo(
    edited: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(edited, 1)
    edit = {"slot": "A", "text": "It is two, as everybody knows."}
    first = sent(api(rui), taken(api(rui), edited), edit).json()
    undone = api(rui).post(f"projects/{edited.slug}/undo/").json()
    assert undone["taken_back"]["edit"] == edit
    assert sent(api(rui), undone, None).status_code == 201
    assert Response.objects.get(judgment=first["id"]).content == edit["text"], "nothing is lost"
    assert not Writing.objects.filter(judgment__is_current=True).exists()


def test_an_edit_of_a_task_that_was_withdrawn_meanwhile_is_kept_with_the_late_answer(
    edited: Project, lena: User, rui: User, make_tasks: MakeTasks, api: CallAs
):
    (task,) = make_tasks(edited, 1)
    leased = taken(api(rui), edited)
    take_out_of_play([task.pk], actor=lena, reason="A mistake.")
    assert sent(api(rui), leased, {"slot": "A", "text": "Better."}).status_code == 202
    assert LateAnswer.objects.get().text == "Better."


def test_of_a_response_of_several_turns_the_last_is_edited_and_the_others_stay(
    edited: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    (task,) = make_tasks(edited, 1)
    turns = [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"function": {"name": "add", "arguments": "{}"}}],
        },
        {"role": "tool", "content": "2"},
    ]
    for response in Response.objects.filter(pk__in=task.response_ids):
        response.messages = [*turns, {"role": "assistant", "content": response.content}]
        response.save()
    sent(api(rui), taken(api(rui), edited), {"slot": "A", "text": "Better."})
    text = Response.objects.get(judgment__isnull=False)
    assert text.messages == [*turns, {"role": "assistant", "content": "Better."}]


def test_the_winner_is_improved_by_form_alone(
    edited: Project, rui: User, make_tasks: MakeTasks, client_for: Callable[[User], Client]
):
    make_tasks(edited, 2)
    rater, base = client_for(rui), f"/p/{edited.slug}/rate/"
    assert "data-improve" in rater.get(base).content.decode()
    (lease,) = Assignment.objects.all()
    lacking = rater.post(f"{base}{lease.pk}/improve/", {"improve": ""})
    assert (lacking.status_code, b"Choose the better response" in lacking.content) == (422, True)
    answers = {"answer.overall": "-3", "rationale": "Short."}
    page = rater.post(f"{base}{lease.pk}/improve/", {"improve": "", **answers}).content.decode()
    assert 'name="edit.A"' in page
    assert "Short." in page
    original = Response.objects.get(pk=lease.task.response_ids[lease.shown_order[0]])
    assert f">\n{original.content}</textarea>" in page
    wrong = {**answers, "answer.overall": "3", "edit.A": "Better."}
    refused = rater.post(f"{base}{lease.pk}/submit/", wrong)
    assert (refused.status_code, b"You edited A and prefer B." in refused.content) == (422, True)
    assert b">\nBetter.</textarea>" in refused.content
    rater.post(f"{base}{lease.pk}/submit/", {**answers, "edit.A": "Better."})
    assert Response.objects.get(author=rui).content == "Better."
    rater.post(f"{base}undo/")
    again = rater.get(f"{base}?task={lease.pk}").content.decode()
    assert ">\nBetter.</textarea>" in again
    left = {**answers, "edit.A": ["Better still.", original.content]}
    rater.post(f"{base}{lease.pk}/submit/", left)
    assert Writing.objects.filter(judgment__is_current=True).get().distance == 0


def test_a_stranger_gets_no_editor_and_a_task_of_another_kind_has_none(
    edited: Project, rui: User, sam: User, make_tasks: MakeTasks, client_for: Any
):
    make_tasks(edited, 1)
    base = f"/p/{edited.slug}/rate/"
    client_for(rui).get(base)
    lease = Assignment.objects.get(rater=rui)
    asks = {"HTTP_ACCEPT": "application/json"}
    address = f"{base}{lease.pk}/improve/"
    assert client_for(sam).post(address, {"improve": "A"}, **asks).status_code == 404
    came = client_for(rui).post(address, {"improve": "A"}, **asks).json()
    assert ('name="edit.A"' in came["html"], "write" in came["style"]) == (True, True)
    assert client_for(rui).post(address, {"improve": "C"}, **asks).status_code == 409
    Task.objects.update(kind="write", response_ids=[])
    assert client_for(rui).post(address, {"improve": "A"}, **asks).status_code == 409
