"""What a file does not say is asked: on the screen, by the command and by the API."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from labeling.imports.services import run_import
from labeling.models import Import, Prompt, Task
from projects.models import Project, User
from tests.api.client import CallAs

HISTORY = {"history": "Is Pluto a planet?", "chosen": "I think it is.", "rejected": "I think so."}
FOUR = {"prompt": "How to rest?", **{f"response_{i}": f"Way {i}." for i in (1, 2, 3, 4)}}
PASSAGE = {"document": "The cat sat.", "prompt": "Who sat?", "response_a": "A", "response_b": "B"}
AS_PAIRS = {"format": "pairs", "mapped_as": "pairs"}
URL = "projects/support-answers/imports/"


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Any) -> None:
    """Uploads of a test end with it."""
    settings.IMPORTS_DIR = tmp_path / "imports"


@pytest.fixture
def file(tmp_path):
    """Writes rows as JSON Lines."""

    def write(*rows: object) -> str:
        path = tmp_path / "rows.jsonl"
        path.write_text("\n".join(json.dumps(row) for row in rows))
        return str(path)

    return write


@pytest.fixture
def lead(client_for, lena: User) -> Client:
    """A browser in which lena is logged in."""
    client: Client = client_for(lena)
    return client


@pytest.fixture
def preview(lead, project):
    """Uploads rows; the address of their first rows."""

    def send(*rows: object) -> str:
        content = "\n".join(json.dumps(row) for row in rows).encode()
        upload = SimpleUploadedFile("rows.jsonl", content)
        reply = lead.post(reverse("labeling:imports", args=[project.slug]), {"file": upload})
        return str(reply["Location"])

    return send


def page_of(reply) -> str:
    return str(reply.content.decode())


def fields_of(page: str) -> dict[str, str]:
    """What the page's form posts when nobody touches it."""
    inputs = re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', page)
    fields = {name: html.unescape(value) for name, value in inputs}
    for name, body in re.findall(r'<select name="([\w-]+)".*?>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        fields[name] = html.unescape(chosen[1]) if chosen else ""
    return fields


def answers_of(page: str) -> list[str]:
    """The values of the options of the page's questions."""
    return [
        html.unescape(value)
        for value in re.findall(r'type="radio" name="answer-\d+" value="(.*?)"', page)
    ]


def prompts() -> list[str]:
    return [prompt.messages[-1]["content"] for prompt in Prompt.objects.order_by("pk")]


def test_the_page_asks_before_it_shows_rows_and_offers_no_import(lead, preview):
    page = page_of(lead.get(preview(HISTORY)))
    assert "Which column is the prompt? None has a usual name for it." in page
    assert "<bdi>Is Pluto a planet?</bdi>" in page
    assert "Import all rows" not in page
    assert "As they would be imported" not in page


def test_an_answer_shows_the_rows_and_the_import_takes_them(lead, preview):
    address = preview(HISTORY)
    page = page_of(lead.get(address))
    answered = page_of(lead.post(address, {**fields_of(page), "answer-0": answers_of(page)[0]}))
    assert "Is Pluto a planet?" in answered
    lead.post(address + "start/", fields_of(answered))
    run_import(Import.objects.get().pk)
    assert prompts() == ["Is Pluto a planet?"]


def test_the_report_says_where_each_column_went(lead, preview):
    address = preview(PASSAGE)
    page = page_of(lead.get(address))
    answered = page_of(lead.post(address, {**fields_of(page), "accept": "1"}))
    report = page_of(lead.post(address + "start/", fields_of(answered), follow=True))
    groups = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", report, re.S)
    columns = {words: re.findall(r"<code[^>]*>(.*?)</code>", listed) for words, listed in groups}
    assert columns["Part of the prompt"] == ["document", "prompt"]
    assert columns["Responses"] == ["response_a", "response_b"]


def test_no_answer_is_no_answer_and_says_so_beside_the_question(lead, preview):
    address = preview(FOUR)
    fields = fields_of(page_of(lead.get(address)))
    for door in (address, address + "start/"):
        reply = lead.post(door, fields)
        assert reply.status_code == 422
        assert "Choose an answer." in page_of(reply)
    assert not Import.objects.exists()


def test_a_question_that_is_new_on_the_page_is_not_called_unanswered(lead, preview):
    row = {"prompt": "Why?", "response_a": "So.", "response_b": "No.", "vote": "A", "who": "Claude"}
    address = preview(row)
    page = page_of(lead.get(address))
    assert "no column says who judged" in page
    fields = {**fields_of(page), "field-rater": "who"}
    asked = page_of(lead.post(address, fields))
    assert "is that a person or a model?" in asked
    assert "Choose an answer." not in asked
    assert "Choose an answer." in page_of(lead.post(address, fields_of(asked)))


def test_of_four_candidates_the_page_takes_each_two_where_that_is_the_answer(lead, preview):
    address = preview(FOUR)
    page = page_of(lead.get(address))
    answered = page_of(lead.post(address, {**fields_of(page), "accept": "1"}))
    lead.post(address + "start/", fields_of(answered))
    run_import(Import.objects.get().pk)
    assert Task.objects.count() == 6


def test_the_two_that_were_guessed_are_an_answer_when_they_are_chosen(lead, preview):
    address = preview(FOUR)
    page = page_of(lead.get(address))
    two = next(value for value in answers_of(page) if "response_a" in value)
    answered = page_of(lead.post(address, {**fields_of(page), "answer-0": two}))
    assert "Way 1." in answered
    lead.post(address + "start/", fields_of(answered))
    run_import(Import.objects.get().pk)
    assert Task.objects.count() == 1


@pytest.mark.parametrize(
    ("words", "prompt"),
    [
        ("passage", "The cat sat.\n\nWho sat?"),
        ("input", "Who sat?\nThe cat sat."),
        ('"document": ""', "Who sat?"),
    ],
)
def test_a_text_that_nobody_claims_is_part_of_the_prompt_or_metadata(lead, preview, words, prompt):
    address = preview(PASSAGE)
    page = page_of(lead.get(address))
    answer = next(value for value in answers_of(page) if words in value)
    answered = page_of(lead.post(address, {**fields_of(page), "answer-0": answer}))
    lead.post(address + "start/", fields_of(answered))
    run_import(Import.objects.get().pk)
    assert prompts() == [prompt]
    assert ("document" in Prompt.objects.get().metadata) == (prompt == "Who sat?")


@pytest.mark.parametrize(
    ("row", "arguments"),
    [
        (HISTORY, "--map prompt=history"),
        (FOUR, "--format candidates --map 'responses=response_*'"),
        (FOUR, "--map response_a=response_1 --map response_b=response_2"),
        (PASSAGE, "--map passage=document"),
        (PASSAGE, "--map document="),
    ],
)
def test_the_command_refuses_with_the_arguments_that_would_answer(project, file, row, arguments):
    with pytest.raises(CommandError) as error:
        call_command("import_tasks", project.slug, file(row))
    assert f"  {arguments}   (" in str(error.value)
    assert not Import.objects.exists()


def test_yes_accepts_the_guess_and_prints_it(project, file, capsys):
    call_command("import_tasks", project.slug, file(PASSAGE), "--yes")
    printed = capsys.readouterr().out
    assert "guessed: --map passage=document" in printed
    assert "prompt: document, prompt" in printed
    assert prompts() == ["The cat sat.\n\nWho sat?"]


def test_a_question_without_a_guess_stays_a_question(project, file):
    row = {"chosen": "The sky is blue.", "rejected": "The sky is green."}
    with pytest.raises(CommandError, match="--map prompt=chosen"):
        call_command("import_tasks", project.slug, file(row), "--yes")
    call_command("import_tasks", project.slug, file(row), "--map", "prompt=chosen")
    assert prompts() == ["The sky is"]


def test_the_api_refuses_as_ambiguous_with_the_mapping_to_send(
    project: Project, lena: User, api: CallAs
):
    content = json.dumps(HISTORY).encode()
    reply = api(lena).post(URL, content, content_type="application/x-ndjson")
    assert (reply.status_code, reply.json()["code"]) == (400, "ambiguous")
    assert (
        '{"prompt": "history"} (“history” is the prompt; yes=true'
        in reply.json()["fields"]["mapping"]
    )
    accepted = api(lena).post(f"{URL}?yes=true", content, content_type="application/x-ndjson")
    report = accepted.json()
    assert report["guesses"] == {"prompt": "history"}
    assert report["columns"] == {"history": "prompt", "chosen": "response", "rejected": "response"}


@pytest.mark.parametrize(
    ("content", "mapping", "code"),
    [
        (b'{"a": 1}', {}, "unrecognised"),
        (b"PK\x03\x04", {}, "unreadable"),
        (
            b'{"prompt": "p", "response_a": "a", "response_b": "b"}',
            {"prompt": "q"},
            "unknown_column",
        ),
    ],
)
def test_the_api_names_why_a_file_is_refused_whole(
    project: Project, lena: User, api: CallAs, content, mapping, code
):
    sent = f"{URL}?mapping={json.dumps(mapping)}" if mapping else URL
    reply = api(lena).post(sent, content, content_type="application/octet-stream")
    assert (reply.status_code, reply.json()["code"]) == (400, code)


@pytest.mark.parametrize("word", ["people", "winner", "prompt"])
@pytest.mark.parametrize("text", ["\x00", "\ud800"])
def test_a_mapping_that_cannot_be_stored_is_refused(project, lena, api: CallAs, word, text):
    form = {
        "file": SimpleUploadedFile("rows.jsonl", json.dumps(HISTORY).encode()),
        "mapping": json.dumps({"prompt": "history", word: text}),
    }
    reply = api(lena).client.post(f"/api/v1/{URL}", form)
    assert (reply.status_code, reply.json()["code"]) == (400, "unknown_column")


@pytest.mark.parametrize(
    "posted",
    [
        {"decided": "["},
        {"decided": '{"prompt": 3}'},
        {"decided": "[" * 100_000},
        {"answer-0": '{"mapping": 3, "format": 7}'},
        {"answer-0": '{"mapping": {"people": "\\u0000"}}'},
        {"answer-0": '{"mapping": {"responses": "zzz*"}, "format": "candidates"}'},
        {"field-prompt": "\x00"},
    ],
)
def test_what_no_page_posts_breaks_nothing(lead, preview, posted):
    address = preview(HISTORY)
    fields = fields_of(page_of(lead.get(address)))
    for door in (address, address + "start/"):
        assert lead.post(door, {**fields, **posted}).status_code in (302, 422)
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"prompt": " "}, "prompt", "empty"),
        ({"response_a": 7}, "response_a", "wrong_type"),
        ({"response_a": "No."}, "response_b", "same_text"),
        ({"response_a": None}, "response_a", "missing"),
        ({"response_a": "x" * 1_000_001}, "response_a", "too_long"),
        ({"response_a": "\x00"}, "response_a", "not_storable"),
        ({"judgments": [{"rater": "r", "overall": 9}]}, "judgments.overall", "off_scale"),
        ({"judgments": [{"rater": "r", "odd": 1}]}, "judgments.odd", "unknown_criterion"),
    ],
)
def test_a_refused_row_has_a_code_for_programs(project, lena, api: CallAs, change, field, code):
    row = {"id": "1", "prompt": "Why?", "response_a": "Because.", "response_b": "No."}
    client = api(lena)
    reply = client.post(
        URL,
        json.dumps([row, {**row, "id": "2", **change}]).encode(),
        content_type="application/json",
    )
    run_import(reply.json()["id"])
    report = client.client.get(reply.headers["Location"]).json()
    assert [(r["field"], r["code"]) for r in report["refusals"]["results"]] == [(field, code)]


def test_keys_within_a_column_are_mapped_and_others_left_out_on_the_page(lead, preview):
    said = {"ask": "Why?", "left": "Because.", "right": "No.", "embedding": [1.5]}
    address = preview({"said": said, "trace": "x"})
    fields = {"prompt": "said.ask", "response_a": "said.left", "response_b": "said.right"}
    mapped = {f"field-{name}": way for name, way in fields.items()}
    page = lead.get(address)
    assert page.context["shown"].detection.problem
    assert 'value="said.ask"' in page_of(page)
    posted = {**AS_PAIRS, **mapped, "leavable": "1", "leave_out": ["trace", "said.embedding"]}
    page = lead.post(address, posted)
    (row,) = page.context["shown"].rows
    assert (row.messages[0].content, row.metadata) == ("Why?", {})
    assert [column for column, _, chosen in page.context["form"].leavable if chosen] == [
        "trace",
        "said.embedding",
    ]
    decided = page.context["decided"]
    lead.post(address + "start/", {**posted, "leave_out": ["trace"], "decided": decided})
    import_ = Import.objects.get()
    run_import(import_.pk)
    assert import_.mapping["leave_out"] == "trace"
    assert Prompt.objects.get().metadata == {"said": {"embedding": [1.5]}}


def test_a_text_stands_in_every_row_until_its_field_is_emptied(lead, preview):
    address = preview({"prompt": "Why?", "GPT-4": "Because.", "Claude": "No."})
    fields = {"prompt": "prompt", "response_a": "GPT-4", "response_b": "Claude"}
    columns = {f"field-{name}": column for name, column in fields.items()}
    posted = {**AS_PAIRS, **columns, "same-model_a": " GPT-4 ", "same-model_b": "Claude"}
    page = lead.post(address, posted)
    (row,) = page.context["shown"].rows
    assert [response.model for response in row.responses] == ["GPT-4", "Claude"]
    kept = {"decided": page.context["decided"], "field-model_a": "=GPT-4"}
    page = lead.post(address, {**posted, **kept, "same-model_a": "", "field-model_b": "=Claude"})
    (row,) = page.context["shown"].rows
    assert [response.model for response in row.responses] == ["", "Claude"]
