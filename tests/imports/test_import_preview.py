"""What the first rows of a file say of labels and responses before anything is imported."""

from __future__ import annotations

import pytest
from django.urls import reverse

from labeling.imports.services import run_import
from labeling.models import Import
from tests.datasets.kinds import TRL_PLAIN
from tests.imports.conftest import text
from tests.imports.test_import_pages import PAIR, PAIRS


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path) -> None:
    """Uploads of these tests lie apart."""
    settings.IMPORTS_DIR = tmp_path / "imports"


def test_who_judged_is_no_label_where_nothing_says_what_and_is_not_asked_where_all_say_it(
    lead, upload
):
    page = text(lead.get(upload({**PAIR, "rater": "Ann"})))
    assert "no column is understood to say which response is better" in page
    assert "<dt>Labels</dt>" not in page
    assert "Whose labels are these?" not in page
    assert page.index('name="field-winner"') < page.index("More columns")
    page = text(lead.get(upload({**TRL_PLAIN, "rater": "Ann"})))
    assert "Who gave labels that name nobody?" in page
    assert "Who gave these labels?" not in page


def test_labels_are_shown_under_their_questions_and_empty_responses_are_counted(
    lead, upload, project
):
    project.criteria.filter(is_primary=True).update(short_label="Overall, all told")
    row = {**PAIR, "response_b": "", "judgments": [{"rater": "Ann", "overall": -2}]}
    address = upload(row)
    page = text(lead.get(address))
    assert "“<bdi>Overall, all told</bdi>” response 1 is better" in " ".join(page.split())
    lead.post(address + "start/", {**PAIRS, "field-judgments": "judgments"})
    run_import(Import.objects.get().pk)
    report = lead.get(reverse("labeling:import", args=[project.slug, Import.objects.get().pk]))
    assert "1 response is empty: raters see that the model answered nothing." in text(report)


def test_a_row_of_too_few_cells_is_refused_under_its_id(lead, upload):
    table = b"uid,prompt,response_a,response_b\nu1,Why?,Because.,No.\nu2,How?\n"
    page = lead.post(upload(content=table, name="rows.csv"), {**PAIRS, "field-id": "uid"})
    assert "u2</bdi>)" in text(page)


def test_what_a_row_says_is_right_is_shown_as_gold_and_not_as_metadata(lead, upload, project):
    gold = {"answers": {"overall": [-1, 0]}, "reason": "It is <true>.", "kind": "plain"}
    anchor = {**gold, "purpose": "anchor"}
    for field, words in (
        (gold, "A copy becomes gold. Right is:"),
        (anchor, "A copy becomes an anchor. Right is:"),
        ({**gold, "why": "?"}, "would be refused: <bdi>gold.why: Is unknown; gold has:"),
    ):
        page = " ".join(text(lead.get(upload({**PAIR, "gold": field}))).split())
        assert words in page
    page = " ".join(text(lead.get(upload({**PAIR, "gold": gold}))).split())
    assert "<bdi>response 1 is better · a tie</bdi>" in page
    assert "It is &lt;true&gt;." in page
    assert "Metadata:" not in page
    # Anything else that is called gold is what it was.
    assert "Metadata:" in text(lead.get(upload({**PAIR, "gold": "A"})))
