"""What the rating page says to those who hear it: what a button stores, the language of a text."""

from __future__ import annotations

from itertools import product

import pytest

from labeling.models import Prompt
from labeling.rating.task_serializers import leased_task_json
from projects.models import Criterion, Project, User
from tests.conftest import MakeTasks, lease
from tests.rating.test_rate_page import ClientFor, page_of


def test_buttons_that_repeat_a_letter_say_in_words_what_they_store(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(project, 1)
    Criterion.objects.filter(key="overall").update(scale_key="hh8")
    html = page_of(client_for(rui), project)
    for strength, side in product((4, 3, 2, 1), "AB"):
        words = f"{side} is better, strength {strength} of 4"
        assert f'title="{words}"' in html
        assert f'aria-label="{words}"' in html


@pytest.mark.parametrize(
    ("language", "attribute"),
    [("pt_BR", ' lang="pt-BR"'), ("German", ' lang="de"'), ("python", ""), ("", "")],
)
def test_a_browser_is_told_the_language_of_the_texts(
    project: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    client_for: ClientFor,
    language: str,
    attribute: str,
):
    (task,) = make_tasks(project, 1)
    Prompt.objects.update(language=language)
    html = page_of(client_for(rui), project)
    assert html.count(f'class="formatted content"{attribute}>') == 2
    assert html.count(f'class="raw" dir="auto"{attribute}>') == 3
    page = client_for(lena).get(f"/p/{project.slug}/tasks/{task.pk}/")
    assert page.content.decode().count(f'class="content formatted" dir="auto"{attribute}>') == 2
    leased = leased_task_json(lease(rui, project), project)
    assert f' lang="{leased["task"]["language"]}"' in (attribute, ' lang=""')
