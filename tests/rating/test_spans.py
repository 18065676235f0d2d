"""Marked passages: what is sent is checked against the texts, stored and read back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client

from labeling.models import Judgment, Response, Span
from projects.models import Criterion, Principle, Project, User
from projects.project_templates import CriterionSpec
from projects.services.rubric import add_criterion
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease

#: Two code points outside of the basic plane, a letter of two, and a word from the right.
ODD = "👍🏽 cafe\u0301 \u200bis שלום **bold**."
PLAIN = "The sky mirrors the sea."


def leased(api: CallAs, rui: User, project: Project) -> dict[str, Any]:
    """The next task of a rater."""
    body: dict[str, Any] = api(rui).post(f"projects/{project.slug}/next/").json()
    return body


def mark(slot: str, text: str, words: str, **attached: object) -> dict[str, object]:
    """A passage by its words, a fault of the primary question unless told otherwise."""
    start = text.index(words)
    span = {"slot": slot, "message": 0, "start": start, "end": start + len(words), "quote": words}
    return {**span, "polarity": "fault", **(attached or {"criterion": "overall"})}


def test_marked_passages_are_stored_by_response_and_read_back_as_they_were_sent(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    Principle.objects.create(guideline=project.guidelines.get(), number=1, title="True", text="Be.")
    (task,) = make_tasks(project, 1, contents=(ODD, PLAIN))
    assignment = leased(api, rui, project)
    slots = {shown["content"]: shown["slot"] for shown in assignment["task"]["responses"]}
    asked = assignment["task"]["messages"][0]["content"]
    spans = [
        mark("prompt", asked, asked[:4], flag="unsafe", note="Asks for what harms 👍🏽."),
        mark(slots[ODD], ODD, "cafe\u0301 \u200bis שלום"),
        mark(slots[PLAIN], PLAIN, "mirrors", principle="P1", polarity="praise"),
    ]
    sent = {"answers": {"overall": -1}, "spans": [*spans, spans[0]]}
    address = f"assignments/{assignment['id']}/judgment/"
    body = api(rui).post(address, sent)
    assert body.status_code == 201, body.content
    key = body.json()["spans"][1 if slots[ODD] == "A" else 2]["criterion"]
    expected = [{**span, "criterion": key} if "criterion" in span else span for span in spans]
    order = ["prompt", "A", "B"]
    assert body.json()["spans"] == sorted(expected, key=lambda span: order.index(str(span["slot"])))
    assert api(rui).post(address, sent).status_code == 200
    other = api(rui).post(address, {**sent, "spans": spans[:1]})
    assert other.status_code == 409
    rows = Span.objects.filter(response__isnull=False).values_list("response__content", "start")
    assert dict(rows) == {ODD: 3, PLAIN: 8}
    with pytest.raises(IntegrityError), transaction.atomic():
        Span.objects.update(start=0)
    undone = api(rui).post(f"projects/{project.slug}/undo/").json()
    assert undone["taken_back"]["spans"] == body.json()["spans"]
    assert task.judgments.filter(spans__isnull=False).distinct().count() == 1


def test_overall_of_a_passage_is_the_primary_question_of_the_kind_of_its_task(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    Criterion.objects.filter(is_primary=False).delete()
    Criterion.objects.update(key="better", position=9)
    rating = CriterionSpec("helpful", "How helpful?", "helpsteer5_helpfulness", is_primary=True)
    add_criterion(project=project, spec=rating, position=0)
    for kind, primary in (("compare", "better"), ("rate", "helpful")):
        make_tasks(project, 1, contents=(ODD, PLAIN), kind=kind, prefix=kind, priority=1)
        task = leased(api, rui, project)
        slots = {shown["content"]: shown["slot"] for shown in task["task"]["responses"]}
        answers = {"helpful": {"A": 1, "B": 2}, **({"better": -1} if kind == "compare" else {})}
        sent = {"answers": answers, "spans": [mark(slots[PLAIN], PLAIN, "mirrors")]}
        body = api(rui).post(f"assignments/{task['id']}/judgment/", sent).json()
        assert [span["criterion"] for span in body["spans"]] == [primary]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"end": 99, "quote": "x"}, "it ends at 99, beyond its text of 24 characters"),
        ({"quote": "The sea"}, "`quote` differs from what stands there"),
        ({"quote": None}, "`quote` differs"),
        ({"start": 7, "end": 7, "quote": ""}, "it has no words"),
        ({"start": 3, "end": 4, "quote": " "}, "nothing but spaces"),
        ({"start": -1}, "`start` is a whole number"),
        ({"start": True}, "`start` is a whole number"),
        ({"end": 2**40}, "`end` is a whole number"),
        ({"message": 1}, "message 1 does not exist"),
        ({"message": "0"}, "`message` is a whole number"),
        ({"slot": "C"}, "“C” is no text of this task; they are A, B, prompt"),
        ({"slot": ["A"]}, "is no text of this task"),
        ({"polarity": "bad"}, "`polarity` is one of: fault, praise"),
        ({"polarity": []}, "`polarity` is one of"),
        ({"criterion": "colour"}, "there is no “colour” to attach it to"),
        ({"criterion": ["overall"]}, "to attach it to"),
        ({"criterion": None}, "attached to exactly one of"),
        ({"flag": "unsafe"}, "attached to exactly one of"),
        ({"criterion": None, "flag": "rude"}, "no “rude” to attach it to; known: personal_data"),
        ({"criterion": None, "principle": "P99"}, "has no principle P99"),
        ({"criterion": None, "principle": "first"}, "named by its number, such as P3"),
        ({"colour": 1}, "“colour” is unknown"),
        ({"note": 7}, "`note` is text"),
        ({"note": "x" * 501}, "its note has at most 500 characters; this has 501"),
        ({"note": "a\x00"}, "cannot be stored"),
        ({"note": "\ud83d"}, "cannot be stored"),
    ],
)
def test_a_passage_that_does_not_fit_is_refused_in_a_sentence_and_nothing_is_stored(
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    change: dict[str, object],
    words: str,
):
    make_tasks(project, 1, contents=(PLAIN, PLAIN))
    assignment = leased(api, rui, project)
    spans = [{**mark("A", PLAIN, "The sky"), **change}]
    address = f"assignments/{assignment['id']}/judgment/"
    body = api(rui).post(address, {"answers": {"overall": -1}, "spans": spans})
    assert body.status_code == 400
    assert words in body.json()["fields"]["spans"]
    assert not Judgment.objects.exists()


def test_what_is_no_passage_and_too_many_of_them_are_refused(
    project: Project, rui: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(project, 1, contents=(PLAIN, PLAIN))
    address = f"assignments/{leased(api, rui, project)['id']}/judgment/"
    for spans, words in (
        (["A"], "Passage 1: it is no object"),
        ([mark("A", PLAIN, "The sky")] * 201, "At most 200 passages"),
    ):
        body = api(rui).post(address, {"answers": {"overall": -1}, "spans": spans})
        assert (body.status_code, words in body.json()["fields"]["spans"]) == (400, True)
    body = api(rui).post(address, {"answers": {"overall": -1}, "spans": "A"})
    assert (body.status_code, Judgment.objects.count()) == (400, 0)


def test_a_form_carries_passages_and_has_them_again_after_a_mistake_and_an_undo(
    project: Project, rui: User, make_tasks: MakeTasks, client_for: Callable[[User], Client]
):
    (task,) = make_tasks(project, 1, contents=(PLAIN, PLAIN))
    client = client_for(rui)
    client.get(f"/p/{project.slug}/rate/")
    submit = f"/p/{project.slug}/rate/{task.assignments.get().pk}/submit/"
    key = project.criteria.get(is_primary=True).key
    span = json.dumps(mark("A", PLAIN, "mirrors", criterion=key))
    refused = client.post(submit, {"spans": [span, "{not"], f"answer.{key}": "-1"})
    assert (refused.status_code, Span.objects.count()) == (422, 0)
    assert "Passage 2: it is no object" in refused.content.decode()
    assert client.post(submit, {"spans": span, f"answer.{key}": "-1"}).status_code == 302
    assert Span.objects.get().start == 8
    client.post(f"/p/{project.slug}/rate/undo/")
    page = client.get(f"/p/{project.slug}/rate/").content.decode()
    assert 'name="spans"' in page
    assert "&quot;quote&quot;: &quot;mirrors&quot;" in page


def test_a_lead_reads_who_marked_what_and_how_many_marked_the_same(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    (task,) = make_tasks(project, 1, contents=(ODD, PLAIN), overlap=2)
    for rater, words in ((rui, "The sky mirrors"), (sam, "mirrors the sea")):
        held = lease(rater, project)
        shown = [task.response_ids[place] for place in held.shown_order]
        at = [Response.objects.get(pk=pk).content for pk in shown].index(PLAIN)
        spans = [
            mark("AB"[at], PLAIN, words, criterion="overall", note=f"{rater.name}: <no>"),
            mark("BA"[at], ODD, "cafe", flag="unsafe", polarity="praise"),
            mark("BA"[at], ODD, "👍🏽 cafe\u0301", flag="personal_data"),
        ]
        judge(rater, held, spans=spans)
    votes = api(lena).post(f"projects/{project.slug}/tasks/{task.pk}/votes/").json()
    place = [Response.objects.get(pk=pk).content for pk in task.response_ids].index(PLAIN)
    quotes = [[(s["slot"], s["quote"]) for s in row["spans"]] for row in votes["judgments"]]
    slot = "AB"[place]
    assert [[quote for quote in row if quote[0] == slot] for row in quotes] == [
        [(slot, "The sky mirrors")],
        [(slot, "mirrors the sea")],
    ]
    page = client_for(lena).get(f"/p/{project.slug}/tasks/{task.pk}/").content.decode()
    assert "by 2 raters" in page
    assert '<q dir="auto">The sky mirrors the sea</q>' in page
    assert "Rui: &lt;no&gt;" in page
    raw = {name: "".join(t.split("</pre>")[0]) for name, t in _raw_texts(page)}
    assert re.fullmatch(r"The sky mirrors the sea\d ×2\.", re.sub("<[^>]+>", "", raw[slot]))
    assert '<mark class="span">The sky mirrors the sea</mark><a class="mark-n"' in raw[slot]
    other = raw["BA"["AB".index(slot)]]
    # An accent stays with its letter, and where two lie over each other both are seen.
    assert other.startswith(
        '<mark class="span">👍🏽 </mark><mark class="span both several">cafe\u0301'
    )


def _raw_texts(page: str) -> list[tuple[str, str]]:
    parts = page.split('data-response="')[1:]
    return [(part[0], part.split('<pre class="raw"', 1)[1].split(">", 1)[1]) for part in parts]


def test_a_release_holds_the_passages_with_their_words(
    project: Project, rui: User, make_tasks: MakeTasks, settings: Any, tmp_path: Path
):
    settings.RELEASES_DIR = tmp_path / "releases"
    make_tasks(project, 1, contents=(PLAIN, PLAIN))
    held = lease(rui, project)
    marked = mark("A", PLAIN, "mirrors", flag="unsafe", polarity="praise", note="Well said.")
    judge(rui, held, spans=[marked])
    options = ["--recipe", "raw", "--format", "judgments", "--file-type", "jsonl"]
    call_command("create_release", project.slug, *options, "--out", str(tmp_path / "out"))
    (file,) = (tmp_path / "out").glob("data/*.jsonl")
    (span,) = json.loads(file.read_text())["spans"]
    assert span == {
        **{"response": held.shown_order[0] + 1, "message": 0, "start": 8, "end": 15},
        **{"quote": "mirrors", "polarity": "praise"},
        **{"criterion": "", "flag": "unsafe", "principle": "", "note": "Well said."},
    }
