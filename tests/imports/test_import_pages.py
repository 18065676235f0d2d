"""The screens of an import: upload, first rows, start, progress, report."""

from __future__ import annotations

import csv
import io
import re
from hashlib import sha256

import pytest
from django.urls import reverse

from labeling.datasets.texts import defuse
from labeling.imports.services import create_import, run_import
from labeling.models import Import, Judgment, Prompt, Task
from labeling.vocabulary import JobState
from projects.models import Criterion
from tests.datasets.kinds import NEMO, TRL_PLAIN
from tests.imports.conftest import lines, text

PAIR = {"id": "q1", "prompt": "Why?", "response_a": "Because.", "response_b": "No.", "gold": "A"}
PAIRS = {"format": "pairs", "mapped_as": "pairs"}
PAIRS |= {f"field-{name}": name for name in ("prompt", "response_a", "response_b")}
EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path) -> None:
    """Uploads of these tests lie apart."""
    settings.IMPORTS_DIR = tmp_path / "imports"


def column_groups(page: str) -> dict[str, list[str]]:
    """Where the page says each column goes."""
    listed = page[page.index('id="roles"') :]
    groups = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", listed[: listed.index("</dl>")], re.S)
    return {words: re.findall(r"<code[^>]*>(.*?)</code>", columns) for words, columns in groups}


def test_an_upload_leads_to_its_first_rows_and_writes_nothing(lead, upload):
    page = text(lead.get(upload(PAIR, {**PAIR, "id": "q2", "prompt": ""})))
    assert "First rows of <bdi>rows.jsonl</bdi>" in page
    assert "Nothing has been imported yet." in page
    assert "Because." in page
    assert "Line 2 would be refused" in page
    assert column_groups(page)["Metadata, which raters never see"] == ["gold"]
    assert not Import.objects.exists()
    assert not Prompt.objects.exists()


def test_pasted_rows_keep_the_line_ends_inside_their_cells(lead, project):
    pasted = 'prompt,response_a,response_b\r\nWhy?,"one\r\ntwo",No.\r\n'
    reply = lead.post(reverse("labeling:imports", args=[project.slug]), {"text": pasted})
    lead.post(reply["Location"] + "start/", PAIRS)
    run_import(Import.objects.get().pk)
    assert set(Prompt.objects.get().responses.values_list("content", flat=True)) == {
        "one\ntwo",
        "No.",
    }


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Choose a file, or paste rows below."),
        ({"text": "[]"}, "The file has no rows"),
        ({"text": "[{}"}, "expected a comma or the closing ]"),
    ],
)
def test_what_cannot_be_previewed_says_why_beside_the_field(lead, project, data, message):
    reply = lead.post(reverse("labeling:imports", args=[project.slug]), data)
    if reply.status_code == 302:
        reply = lead.get(reply["Location"])
        assert message in text(reply)
    else:
        assert reply.status_code == 422
        assert message in text(reply)


def test_the_mapping_can_be_changed_before_anything_is_written(lead, upload):
    address = upload({"q": "Why?", "left": "Because.", "right": "No.", "response_a": "an extra"})
    assert "Say which column is the prompt" in text(lead.get(address))
    mapping = {
        "format": "pairs",
        "mapped_as": "pairs",
        "field-prompt": "q",
        "field-response_a": "left",
        "field-response_b": "right",
    }
    page = text(lead.post(address, mapping))
    assert "As they would be imported" in page
    assert '<code class="break">response_a</code>' in page
    lead.post(address + "start/", mapping)
    run_import(Import.objects.get().pk)
    assert Prompt.objects.get().metadata == {"response_a": "an extra"}


def test_the_page_says_what_raters_do_with_a_row_and_takes_another_answer(lead, upload, project):
    about = {"key": "good", "wording": "Good?", "scale_key": "thumb", "family": "response"}
    Criterion.objects.create(project=project, is_primary=True, **about)
    address = upload(PAIR)
    assert '<span class="tag">1 comparison</span>' in text(lead.get(address))
    wish = {**PAIRS, "field-id": "id", "task_kind": "rate"}
    page = text(lead.post(address, wish))
    assert '<span class="tag">1 rating</span>' in page
    assert '<option value="rate" selected>' in page
    lead.post(address + "start/", wish)
    import_ = Import.objects.get()
    run_import(import_.pk)
    assert Task.objects.get().kind == "rate"
    report = reverse("labeling:import", args=[project.slug, import_.pk])
    assert "1 rating." in text(lead.get(report))


def test_another_kind_of_rows_brings_its_own_columns(lead, upload):
    address = upload({"prompt": "Why?", "chosen": "Because.", "rejected": "No."})
    page = text(lead.post(address, {"format": "pairs", "mapped_as": "trl", "field-chosen": "x"}))
    assert 'name="field-response_a"' in page
    assert "No column for response_a and response_b" in page


def test_starting_with_another_kind_of_rows_shows_those_first(lead, upload):
    address = upload({"prompt": "Why?", "chosen": "Because.", "rejected": "No."}) + "start/"
    page = text(lead.post(address, {"format": "pairs", "mapped_as": "trl"}))
    assert 'name="field-response_a"' in page
    assert not Import.objects.exists()


def test_a_field_that_is_left_out_on_the_page_stays_out(lead, upload):
    lead.post(upload({**PAIR, "category": "c"}) + "start/", {**PAIRS, "field-category": ""})
    row = Import.objects.get()
    assert row.mapping["category"] == ""
    run_import(row.pk)
    assert Prompt.objects.get().category == ""


def test_fields_that_only_later_rows_have_are_taken_though_the_page_did_not_show_them(lead, upload):
    rows = [*({**PAIR, "id": i} for i in range(60)), {**PAIR, "id": "late", "category": "c"}]
    shown = {**PAIRS, **{f"field-{name}": "" for name in ("category", "judgments", "language")}}
    lead.post(upload(*rows) + "start/", {**shown, "field-id": "id"})
    run_import(Import.objects.get().pk)
    assert Prompt.objects.get(external_id="late").category == "c"


def test_a_notice_names_the_field_in_which_it_is_answered(lead, upload):
    flat = {"prompt": "Why?", "answer1": "So.", "answer2": "No.", "annotator": 3}
    page = text(lead.get(upload({**flat, "annotation_id": 4, "pref": "left"})))
    assert "Choose under Which is better what it means" in page
    pair = {"prompt": "Why?", "response_a": "So.", "response_b": "No.", "rater": "kim"}
    page = text(lead.get(upload(*({**pair, "id": n, "preference": n} for n in (-2, 1)))))
    assert "overall value what it means, and show the rows" in page
    assert "preference:-1,1" in page


def test_starting_keeps_the_request_and_shows_its_page(lead, upload, lena, project):
    address = upload(PAIR) + "start/"
    reply = lead.post(address, {**PAIRS, "overlap": "4"})
    row = Import.objects.get()
    assert reply["Location"] == reverse("labeling:import", args=[project.slug, row.pk])
    assert (row.state, row.created_by, row.options["overlap"]) == (JobState.PENDING, lena, 4)
    assert (row.size, row.sha256) == (len(lines(PAIR)), sha256(lines(PAIR)).hexdigest())
    assert Task.objects.count() == 0
    run_import(row.pk)
    assert Task.objects.get().overlap == 4


def test_labels_of_chosen_and_rejected_are_taken_under_the_name_given(lead, upload):
    address = upload({"prompt": "Why?", "chosen": "Because.", "rejected": "No."})
    shown = {"format": "trl", "mapped_as": "trl", "label_rater": "the paper"}
    shown |= {f"field-{name}": name for name in ("prompt", "chosen", "rejected")}
    assert "the paper" in text(lead.post(address, shown)).split("As they would be imported")[1]
    lead.post(address + "start/", shown)
    run_import(Import.objects.get().pk)
    assert Judgment.objects.get().rater.name == "the paper"


@pytest.mark.parametrize(("kind", "row"), [("trl", TRL_PLAIN), ("nemo", NEMO)])
def test_preferences_left_out_are_said_in_the_report_and_taken_later_under_a_name(
    lead, upload, project, kind, row
):
    shown = {"format": kind, "mapped_as": kind} | {f"field-{name}": name for name in row}
    for name, label in (("", 0), ("the paper", 1)):
        address = upload(row)
        assert "Who gave these labels?" in text(lead.get(address))
        lead.post(address + "start/", {**shown, "label_rater": name})
        run_import(Import.objects.latest("pk").pk)
        page = text(
            lead.get(
                reverse("labeling:import", args=[project.slug, Import.objects.latest("pk").pk])
            )
        )
        assert ("no column says who judged" in page) == (label == 0)
        assert (Task.objects.count(), Judgment.objects.count()) == (1, label)


def test_an_overlap_out_of_range_is_refused_beside_its_field(lead, upload):
    reply = lead.post(upload(PAIR) + "start/", {**PAIRS, "overlap": "0"})
    assert reply.status_code == 422
    assert "greater than or equal to 1" in text(reply)
    assert not Import.objects.exists()


def test_an_upload_of_another_project_or_a_forged_one_is_not_found(lead, upload, project, lena):
    from_here = upload(PAIR)
    other = type(project).objects.create(name="Other", slug="other")
    other.memberships.create(user=lena, role="lead")
    assert lead.get(from_here.replace(project.slug, "other")).status_code == 404
    forged = reverse("labeling:import-preview", args=[project.slug, "forged"])
    assert lead.get(forged).status_code == 404


def test_an_upload_that_was_swept_is_asked_for_again(lead, upload, tmp_path):
    address = upload(PAIR)
    for kept in (tmp_path / "imports").iterdir():
        kept.unlink()
    for reply in (
        lead.get(address, follow=True),
        lead.post(f"{address}start/", PAIRS, follow=True),
    ):
        assert "This upload is gone. Upload the file again." in text(reply)
    assert not Import.objects.exists()


@pytest.fixture
def imported(project, lena):
    """A finished import with one row taken and two refused, its refusals full of traps."""
    content = lines(PAIR, {**PAIR, "id": "q2", "prompt": 3}, {EVIL: 1, "prompt": "=1+1\x00"})
    row = create_import(project=project, created_by=lena, filename=f"{EVIL}.jsonl", content=content)
    run_import(row.pk)
    row.refresh_from_db()
    return row


def test_the_report_counts_every_row_and_names_every_refusal(lead, imported, project):
    page = text(lead.get(reverse("labeling:import", args=[project.slug, imported.pk])))
    assert "2 of 3 rows were refused; every other row is in." in page
    assert "Must be text, not a number." in page
    assert "hx-get" not in page.split('id="report"')[1]


def test_a_report_without_a_row_taken_does_not_praise_the_others(lead, project, lena):
    row = create_import(
        project=project,
        created_by=lena,
        filename="f",
        content=b'{"prompt": 1, "response_a": "a", "response_b": "b"}',
    )
    run_import(row.pk)
    page = text(lead.get(reverse("labeling:import", args=[project.slug, row.pk])))
    assert "No row was taken: each was refused for the reason below." in page


def test_while_it_runs_the_page_asks_for_its_report_alone(lead, project, lena):
    row = create_import(project=project, created_by=lena, filename="f", content=lines(PAIR))
    address = reverse("labeling:import", args=[project.slug, row.pk])
    assert "Waiting for a worker" in text(lead.get(address))
    Import.objects.filter(pk=row.pk).update(
        state="running", progress_total=8000, progress_done=3400
    )
    part = text(lead.get(address, headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert "3,400 of 8,000 rows" in part
    assert 'hx-trigger="every 1s"' in part
    run_import(row.pk)
    part = text(lead.get(address, headers={"HX-Request": "true"}))
    assert "Every row is in." in part
    assert "hx-trigger" not in part
    assert "It is over." in part  # stands where the button was that cancels


def test_a_failed_import_says_why(lead, project, lena):
    content = lines(*({**PAIR, "id": str(i)} for i in range(80))) + b"\n\xe9"
    row = create_import(project=project, created_by=lena, filename="f", content=content)
    run_import(row.pk)
    page = text(lead.get(reverse("labeling:import", args=[project.slug, row.pk])))
    assert "The import failed." in page
    assert "0xE9 is not UTF-8. Save the file as UTF-8 and import it again." in page


def test_the_refusals_download_as_csv_that_no_spreadsheet_runs(lead, imported, project):
    reply = lead.get(reverse("labeling:import-refusals", args=[project.slug, imported.pk]))
    assert reply["Content-Disposition"] == f'attachment; filename="refused-{imported.pk}.csv"'
    table = list(csv.reader(io.StringIO(b"".join(reply.streaming_content).decode())))
    assert table[0] == ["line", "field", "reason", "excerpt", "code", "number", "row_id"]
    assert [row[0] for row in table[1:]] == ["2", "3"]
    assert table[2][3].startswith("'=1+1")


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=cmd()", "'=cmd()"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        (" =1", "' =1"),
        ("\t=1", "'\t=1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("＝1", "'＝1"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_cells_that_a_spreadsheet_would_run_are_defused(cell, safe):
    assert defuse(cell) == safe


def test_what_turns_a_text_around_is_marked_in_the_first_rows(lead, upload):
    chat = [{"role": "user", "content": "U+202E: \u202eesrever"}]
    rows = [
        {**PAIR, "response_a": "safe \u202etxt.exe"},
        {"messages": chat, "chosen": "a\u2066b", "rejected": "c" * 800},
    ]
    first = text(lead.get(upload(rows[0])))
    assert '<span class="mark-char" title="right-to-left override (U+202E)">RLO</span>' in first
    second = text(lead.get(upload(rows[1])))
    assert ">RLO</span>" in second
    assert ">LRI</span>" in second
    assert f"{'c' * 700}…<" in second
    assert not {"\u202e", "\u2066"} & set(first + second)


def test_no_field_of_a_file_reaches_a_page_as_html(lead, upload, imported, project):
    row = {
        **{"id": EVIL, "prompt": EVIL, "response_a": EVIL + "a", "response_b": EVIL + "b"},
        **{"model_a": EVIL, "category": EVIL[:60], "language": EVIL[:30], EVIL: EVIL},
        **{"rater": EVIL, "overall": 1, "rationale": EVIL},
    }
    pages = [
        lead.get(upload(row, name=f"{EVIL}.jsonl")),
        lead.get(reverse("labeling:import", args=[project.slug, imported.pk])),
        lead.get(reverse("labeling:imports", args=[project.slug])),
    ]
    for page in map(text, pages):
        assert "alert(" in page
        assert "<script>alert" not in page
        assert "<img" not in page


def test_the_history_lists_imports_newest_first(lead, imported, project, lena):
    create_import(project=project, created_by=lena, filename="newer.jsonl", content=lines(PAIR))
    page = text(lead.get(reverse("labeling:imports", args=[project.slug])))
    assert page.index("newer.jsonl") < page.index("done, with refusals")


@pytest.mark.parametrize(
    ("who", "code"), [("lena", 200), ("mia", 200), ("vera", 403), ("rui", 403), ("otto", 404)]
)
def test_only_leads_and_engineers_see_imports(client_for, request, imported, project, who, code):
    client = client_for(request.getfixturevalue(who))
    for name, extra in (
        ("imports", []),
        ("import", [imported.pk]),
        ("import-refusals", [imported.pk]),
    ):
        assert (
            client.get(reverse(f"labeling:{name}", args=[project.slug, *extra])).status_code == code
        )
    post = client.post(reverse("labeling:imports", args=[project.slug]), {"text": ""})
    assert post.status_code == (422 if code == 200 else code)


def test_an_import_of_another_project_is_not_found(lead, imported, lena, project):
    other = type(project).objects.create(name="Other", slug="other")
    other.memberships.create(user=lena, role="lead")
    assert lead.get(reverse("labeling:import", args=["other", imported.pk])).status_code == 404


def test_the_history_costs_the_same_queries_however_long_it_is(
    lead, project, lena, django_assert_max_num_queries
):
    for i in range(12):
        create_import(project=project, created_by=lena, filename=f"{i}", content=lines(PAIR))
    address = reverse("labeling:imports", args=[project.slug])
    lead.get(address)
    with django_assert_max_num_queries(6):  # one of them is the rail's
        lead.get(address)
