"""Columns that name the better response, on the page of an import and in its report."""

from __future__ import annotations

import io
import json
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from labeling.imports.services import create_import, run_import
from labeling.models import Answer, Import, Task
from projects.models import Project

PAIR = {"prompt": "2+2?", "response_a": "4", "response_b": "5"}
INDEXED = [{**PAIR, "better_response_id": 0}, {**PAIR, "prompt": "3+3?", "better_response_id": 1}]


@pytest.fixture
def lead(client: Client, lena) -> Client:
    client.force_login(lena)
    return client


def upload(client: Client, project: Project, *rows: object) -> str:
    """The address of the preview of these rows."""
    text = "\n".join(json.dumps(row) for row in rows)
    address = reverse("labeling:imports", args=[project.slug])
    return str(client.post(address, {"text": text})["Location"])


def shown(client: Client, address: str, **posted: str) -> str:
    reply = client.post(address, posted) if posted else client.get(address)
    return " ".join(unescape(reply.content.decode()).split())


def test_the_preview_offers_what_a_winner_may_count_like(lead, project):
    page = shown(lead, upload(lead, project, *INDEXED))
    assert "“better_response_id” may name the better response." in page
    wished = "better_response_id:0,1 (a winner: 0 is the first, 1 is the second)"
    assert f'<option value="better_response_id:0,1">{wished}' in page


def test_the_preview_shows_how_a_winner_counts_and_what_it_says(lead, project):
    address = upload(lead, project, *INDEXED)
    chosen = {"field-winner": "better_response_id:0,1", "label_rater": "crowd"}
    page = shown(lead, address, format="pairs", mapped_as="pairs", **chosen)
    assert '<option value="better_response_id:0,1" selected>' in page
    assert "0 is the first, 1 is the second" in page
    assert "response 1 is better, strength not told" in page
    assert "response 2 is better, strength not told" in page
    reply = lead.post(
        f"{address}start/", {"format": "pairs", "mapped_as": "pairs", "decided": "{}", **chosen}
    )
    assert reply.status_code == 302
    row = Import.objects.get()
    run_import(row.pk)
    assert row.mapping["winner"] == "better_response_id:0,1"
    assert Answer.objects.filter(side_only=True).count() == 2


def test_the_preview_tells_models_from_people_and_asks_whose_the_labels_are(lead, project):
    said = [{"rater": "kim", "overall": -2}, {"rater": "gpt-4", "overall": 0}]
    row = {"prompt": "2+2?", "responses": ["4", "5"], "judgments": said}
    address = upload(lead, project, row)
    page = shown(lead, address)
    assert "Votes of models, no judgments:" in page
    assert "response 1 is better, strength 2" in page
    assert "Whose labels are these?" in page
    page = shown(lead, address, format="concord", mapped_as="concord", whose="people")
    assert "Votes of models, no judgments:" not in page
    posted = {"format": "concord", "mapped_as": "concord", "decided": "{}", "whose": "people"}
    assert lead.post(f"{address}start/", posted).status_code == 302
    assert Import.objects.get().mapping == {"people": "*"}


def test_the_page_asks_what_a_one_sided_value_prefers(lead, project):
    rows = [{**PAIR, "label": 1}, {**PAIR, "prompt": "3+3?", "label": 2}]
    address = upload(lead, project, *rows)
    posted = {"format": "pairs", "mapped_as": "pairs", "label_rater": "crowd"}
    page = shown(lead, address, **posted, **{"field-overall": "label"})
    assert "is never negative in the first rows. Which response does it prefer?" in page
    assert "A winner: 1 is the first, 2 is the second" in page
    answer = json.dumps({"mapping": {"winner": "label:1,2", "overall": ""}, "format": ""})
    decided = json.dumps({"overall": "label"})
    answered = {**posted, "decided": decided, "field-overall": "label", "answer-0": answer}
    page = shown(lead, address, **answered)
    assert "How the winner counts: 1 is the first, 2 is the second." in page
    assert "response 1 is better, strength not told" in page


def test_the_report_says_which_columns_might_be_labels(lead, project, lena, tmp_path: Path):
    content = "\n".join(json.dumps(row) for row in INDEXED).encode()
    row = create_import(project=project, created_by=lena, filename="rows.jsonl", content=content)
    run_import(row.pk)
    page = shown(lead, reverse("labeling:import", args=[project.slug, row.pk]))
    assert "“better_response_id” may name the better response." in page
    assert '<code class="break">winner=better_response_id:0,1</code>' in page
    file, out = tmp_path / "rows.jsonl", io.StringIO()
    file.write_bytes(content)
    call_command("import_tasks", project.slug, str(file), "--dry-run", stdout=out)
    assert "“better_response_id” may name the better response." in out.getvalue()
    assert "  --map winner=better_response_id:0,1" in out.getvalue()


def test_columns_of_annotators_name_their_raters_so_that_no_name_is_asked_for(lead, project):
    row = {**PAIR, "cmp_key": "m1_m2", "annotator1": 1, "annotator2": 2}
    page = shown(lead, upload(lead, project, row))
    assert "response 1 is better, strength not told" in page
    assert "Who gave these labels?" not in page
    assert "Who gave these labels?" in shown(lead, upload(lead, project, {**PAIR, "winner": "A"}))


def test_a_file_of_pandalm_comes_in_whole_with_the_labels_of_its_annotators(project, lena):
    rows: list[dict[str, Any]] = [
        {
            "idx": i,
            "cmp_key": "alpaca-7b_llama-7b",
            "motivation_app": "Gmail",
            "instruction": f"Correct sentence {i % 60}.",
            "input": f"He go home {i} time." if i % 3 else "",
            "response1": f"He goes home {i}." if i % 19 else "",
            "response2": f"He gone home {i}.",
            "annotator1": i % 3,
            "annotator2": (i + 1) % 3 if i % 5 == 0 else i % 3,
            "annotator3": i % 3,
        }
        for i in range(300)
    ]
    content = json.dumps(rows).encode()
    row = create_import(project=project, created_by=lena, filename="test.json", content=content)
    run_import(row.pk)
    row.refresh_from_db()
    assert (row.counts["created"], row.counts["refused"], row.counts["labels"]) == (300, 0, 900)
    answers = Answer.objects.filter(judgment__project=project)
    assert answers.filter(value=0).count() == sum(
        r[f"annotator{n}"] == 0 for r in rows for n in (1, 2, 3)
    )
    assert not answers.exclude(value=0).filter(side_only=False).exists()
    names = set(answers.values_list("judgment__rater__name", flat=True))
    assert names == {"annotator1", "annotator2", "annotator3"}


def test_judgments_of_mt_bench_come_in_whole(project, lena):
    rows = [
        _mt_bench(question, pair, turn)
        for question in range(20)
        for pair in range(3)
        for turn in (1, 2)
    ]
    judged = [
        {**row, "judge": judge, "winner": winner}
        for i, row in enumerate(rows)
        for judge, winner in (
            (f"expert_{i % 4}", ("model_a", "model_b", "tie")[i % 3]),
            ("author_2", "model_b"),
            ("gpt4_pair", "model_a"),
        )
    ]
    content = "\n".join(map(json.dumps, judged)).encode()
    row = create_import(project=project, created_by=lena, filename="human.jsonl", content=content)
    run_import(row.pk)
    row.refresh_from_db()
    assert (row.counts["refused"], row.counts["labels"]) == (0, 240)
    assert row.counts["model_votes"] == 120
    assert Task.objects.count() == 120


def _mt_bench(question: int, pair: int, turn: int) -> dict[str, Any]:
    models = (("m1", "m2"), ("m1", "m3"), ("m2", "m3"))[pair]
    chats = [
        [
            message
            for n in (1, 2)
            for message in (
                {"role": "user", "content": f"Question {question}, turn {n}?"},
                {"role": "assistant", "content": f"{model} answers {question} in turn {n}."},
            )
        ]
        for model in models
    ]
    return {
        "question_id": 81 + question,
        "model_a": models[0],
        "model_b": models[1],
        "turn": turn,
        "conversation_a": chats[0],
        "conversation_b": chats[1],
    }


def test_the_preview_says_how_much_better_a_word_means(lead, project):
    words = [
        {**PAIR, "prompt": f"{i}?", "winner": word}
        for i, word in enumerate(["A>>B", "B is slightly better"])
    ]
    address = upload(lead, project, *words)
    page = shown(lead, address, format="pairs", mapped_as="pairs", label_rater="crowd")
    assert "response 1 is much better" in page
    assert "response 2 is slightly better" in page
