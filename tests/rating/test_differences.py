"""What differs between two responses: asked for by whoever has the task, bounded, and blind."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from itertools import product

import pytest
from django.test import Client

from labeling.models import Response
from labeling.rating.differing import WrittenResponse, differing_texts
from labeling.rating.raw import length_words
from labeling.rendering import own_words
from labeling.rendering.common_words import common_words
from projects.models import Project, User
from tests.conftest import MakeTasks, lease

FIRST = "The sky is blue, שלום cafe\u0301 天空👍🏽."
SECOND = "The sea is blue, <b>cafe</b> 天空\u202e."


def test_the_script_gets_both_texts_with_the_words_that_each_has_alone(
    project: Project, rui: User, sam: User, make_tasks: MakeTasks, client_for: Callable[..., Client]
):
    make_tasks(project, 1, contents=(FIRST, SECOND))
    held = lease(rui, project)
    address = f"/p/{project.slug}/rate/{held.pk}/differences/"
    reply = client_for(rui).get(address, headers={"accept": "application/json"}).json()
    letters = {name: re.sub("<[^>]+>", "", text["html"]) for name, text in reply["texts"].items()}
    first = next(name for name, text in letters.items() if "sky" in text)
    assert letters[first] == FIRST
    html = reply["texts"][first]["html"]
    assert 'The <mark class="only">sky</mark> is' in html
    assert '<mark class="only">שלום cafe\u0301</mark>' in html
    other = reply["texts"]["BA"["AB".index(first)]]
    assert other["said"] == "4 words (44%) are only here"
    assert '<span class="mark-char"' in other["html"]
    assert "&lt;" in other["html"]
    assert "<b>" not in other["html"]
    page = client_for(rui).get(address).content.decode()
    assert page.count('<mark class="only">') == html.count("<mark") + other["html"].count("<mark")
    assert "model-a" not in page
    assert client_for(sam).get(address).status_code == 404
    refused = client_for(rui).get(f"{address}?of=A&with=A", headers={"accept": "application/json"})
    assert (refused.status_code, "Choose two" in refused.json()["message"]) == (422, True)
    Response.objects.update(content="x " * 40_000)
    refused = client_for(rui).get(address, headers={"accept": "application/json"})
    assert "too long" in refused.json()["message"]
    assert "too long" in client_for(rui).get(address).content.decode()


@pytest.mark.parametrize(
    "texts",
    [
        (" ".join(map(str, range(9_000))), " ".join(map(str, range(9_000, 0, -1)))),
        ("天空" * 16_000, "空天" * 16_000),
        ("天空是蓝" * 5_000, "蓝是空天" * 5_000),
        ("a b " * 16_000, "b c " * 16_000),
        ("\u202e\u0301" * 16_000, "!" * 64_000),
        ("a\u0301 " * 21_000, "e\u0301 " * 21_000),
    ],
    ids=[
        "turned round",
        "Chinese",
        "as many as are looked through",
        "few words",
        "hidden",
        "accents",
    ],
)
def test_no_two_texts_cost_more_than_half_a_second(texts: tuple[str, str]):
    begun = time.process_time()
    differing_texts(*(WrittenResponse(text, ()) for text in texts))
    assert time.process_time() - begun < 0.5


def test_a_response_of_a_thousand_turns_costs_no_more():
    turns, others = (
        [{"role": "assistant", "content": f"{word} x " * 10} for _ in range(1_000)] for word in "ab"
    )
    begun = time.process_time()
    differing_texts(WrittenResponse("", turns), WrittenResponse("", others))
    assert time.process_time() - begun < 0.5


def test_two_texts_of_few_words_in_common_are_compared_exactly():
    draw = random.Random(1)
    for _ in range(200):
        a, b = (draw.choices("abcd", k=draw.randint(0, 9)) for _ in "ab")
        pairs = common_words(a, b)
        longest = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
        for i, j in product(range(len(a)), range(len(b))):
            longer = max(longest[i][j + 1], longest[i + 1][j])
            longest[i + 1][j + 1] = longest[i][j] + 1 if a[i] == b[j] else longer
        assert all(a[i] == b[j] for i, j in pairs)
        assert pairs == sorted(pairs)
        assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == longest[-1][-1]


def test_what_each_has_alone_is_all_that_did_not_stay():
    first, second = own_words("one two three", "one 2 three four")
    assert (first.parts, first.words, first.total) == (((4, 7),), 1, 3)
    assert (second.parts, second.words) == (((4, 5), (12, 16)), 2)
    turns = [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "So."}]
    turns.append({"role": "user", "content": "Then."})
    pair = differing_texts(WrittenResponse("So.", turns), WrittenResponse("Why?", ()))
    assert pair is not None
    assert '<span data-message="1"><mark class="only">So.</mark></span>' in pair[0].html
    assert '<span data-message="2"><mark class="only">Then.</mark></span>' in pair[0].html


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", "0 words"),
        ("One well-known word.", "3 words"),
        ("Voilà l'été", "2 words"),
        ("天空是蓝色的。", "6 characters"),
        ("空は青い blue", "1 word · 4 characters"),
        ("สวัสดี", "4 characters"),
        ("हिन्दी में", "2 words"),
        ("안녕 세상", "2 words"),
        ("𠀋𠀋", "2 characters"),
    ],
)
def test_length_is_counted_as_people_count_in_each_script(text: str, length: str):
    assert length_words(text, ()) == length
