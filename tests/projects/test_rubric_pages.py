"""The page of questions: what a lead can do there, and what it says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from projects.forms.own_scale import OWN_FIELDS
from projects.models import Criterion, Project, User
from tests.conftest import MakeTasks, judge, lease

pytestmark = pytest.mark.django_db

ClientFor = Callable[[User], Client]


def test_a_lead_words_adds_moves_retires_and_brings_back_a_question(
    project: Project, lena: User, client_for: ClientFor
):
    client, address = client_for(lena), f"/p/{project.slug}/questions/"
    added = {
        "question-wording": "Which is <i>safer</i>?",
        "question-short_label": "Safety",
        "question-scale_key": "arena4",
    }
    assert client.post(f"{address}new/", added)["Location"] == address
    edited = {
        "question-wording": "Which is better by far?",
        "question-key": "overall",
        "question-scale_key": "llama_eval7",
    }
    assert client.post(f"{address}overall/edit/", edited)["Location"] == address
    moved = client.post(f"{address}which_is_isaferi/move/", {"up": "1"})
    assert moved["Location"] == f"{address}#question-which_is_isaferi"
    client.post(f"{address}correct/retire/")
    page = client.get(address).content.decode()
    assert "Which is &lt;i&gt;safer&lt;/i&gt;?" in page
    assert "“correct” was retired." in page
    assert page.index("Which is &lt;i&gt;safer") < page.index("Asked of nobody.")
    assert 'name="up"' in page
    assert [c.key for c in project.criteria.filter(retired_at=None)] == [
        "overall",
        "which_is_isaferi",
    ]
    client.post(f"{address}correct/restore/")
    client.post(f"{address}correct/remove/")
    assert not Criterion.objects.filter(key="correct").exists()
    then = client.get(f"{address}versions/1/").content.decode()
    assert "Which is more correct?" in then
    assert "This is an old version." in then


def test_the_page_says_what_is_fixed_and_keeps_it(
    project: Project, lena: User, rui: User, client_for: ClientFor, make_tasks: MakeTasks
):
    client, address = client_for(lena), f"/p/{project.slug}/questions/"
    make_tasks(project, 1)
    judge(rui, lease(rui, project))
    assert "retire one and add another instead" in client.get(address).content.decode()
    form = client.get(f"{address}correct/edit/").context["row"]
    disabled = [name for name, field in form.fields.items() if field.disabled]
    assert disabled == ["scale_key", "key", *OWN_FIELDS.values()]
    sent = {"question-wording": "Which is right?", "question-key": "x", "question-scale_key": "hh8"}
    client.post(f"{address}correct/edit/", sent)
    question = Criterion.objects.get(project=project, wording="Which is right?")
    assert (question.key, question.scale_key) == ("correct", "webgpt5")
    refused = client.post(f"{address}correct/remove/", follow=True).content.decode()
    assert "Retire it instead." in refused


def test_a_question_that_does_not_fit_says_so_beside_the_field(
    project: Project, lena: User, client_for: ClientFor
):
    sent = {"question-wording": "x", "question-key": "overall", "question-scale_key": "arena4"}
    reply = client_for(lena).post(f"/p/{project.slug}/questions/new/", sent)
    assert reply.status_code == 422
    assert list(reply.context["row"].errors) == ["key"]
