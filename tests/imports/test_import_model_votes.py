"""What a model said is no judgment: it stays on the task, in canonical order, and is counted."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from labeling.datasets.readers import OpenQuestions, read
from labeling.datasets.rows import ImportRow
from labeling.imports.services import FileUnclear
from labeling.models import Import, Judgment, Task
from projects.models import User

JUDGED: dict[str, Any] = {
    "id": "q1",
    "prompt": "2+2?",
    "responses": [{"id": "a", "content": "4"}, {"id": "b", "content": "5"}],
    "judgments": [
        {"rater": "kim", "overall": -1},
        {
            "rater": "gpt-4",
            "overall": -2,
            "correct": 0,
            "rationale": "Arithmetic.",
            "at": "2026-01-31T12:00:00Z",
        },
    ],
}
CHOSEN = {"prompt": "2+2?", "chosen": "4", "rejected": "5"}


def said(import_: Import) -> tuple[int, int]:
    """(labels of people, votes of models)."""
    return import_.counts["labels"], import_.counts["model_votes"]


def test_a_vote_is_kept_in_canonical_order_beside_the_judgments_of_people(project, take):
    import_ = take(JUDGED)
    assert said(import_) == (1, 1)
    task = Task.objects.get()
    first = task.prompt.responses.get(pk=task.response_ids[0]).content
    assert task.model_votes == [
        {
            "model": "gpt-4",
            "values": {"overall": -2 if first == "4" else 2, "correct": 0},
            "side_only": [],
            "tie_kinds": {"correct": "equal_good"},
            "rationale": "Arithmetic.",
            "at": "2026-01-31T12:00:00+00:00",
            "import": import_.pk,
        }
    ]
    assert list(Judgment.objects.values_list("rater__name", flat=True)) == ["kim"]
    assert not User.objects.filter(name="gpt-4").exists()
    assert (task.overlap, task.open_slots) == (2, 1), "a vote takes no rater's place"


@pytest.mark.parametrize("name", ["gpt-4", "claude-3-5-sonnet", "meta-llama/Llama-3-70B", "AI"])
@pytest.mark.parametrize(
    ("row", "column", "rater"),
    [
        (CHOSEN, "annotator", ""),
        (CHOSEN, "", "by hand"),
        ({**CHOSEN, "chosen": "4", "rejected": "5", "overall": -1}, "rater", ""),
        ({"prompt": "2+2?", "responses": ["4", "5"], "ranks": [1, 2]}, "rater", ""),
        (
            {
                "question_id": 1,
                "model_a": "m1",
                "model_b": "m2",
                "winner": "model_a",
                "prompt": "2+2?",
                "response_a": "4",
                "response_b": "5",
            },
            "judge",
            "",
        ),
    ],
)
def test_whatever_the_file_a_models_vote_is_no_judgment(take, name, row, column, rater):
    row = {**row, column: name} if column else row
    assert said(take(row, rater=name if rater else "")) == (0, 1)
    assert not Judgment.objects.exists()
    (vote,) = Task.objects.get().model_votes
    assert (vote["model"], vote["side_only"]) == (name, ["overall"])


def test_the_same_votes_again_change_nothing_and_others_join_them(take):
    take(JUDGED)
    again = take(JUDGED)
    assert (again.counts["unchanged"], said(again)) == (1, (0, 0))
    more = {**JUDGED, "judgments": [{"rater": "gemini-pro", "overall": 1}]}
    assert (take(more).counts["updated"], len(Task.objects.get().model_votes)) == (1, 2)
    other = {**JUDGED, "judgments": [{"rater": "gpt-4", "overall": 3}]}
    assert take(other).refusals.get().field == "judgments"


def test_votes_of_several_rows_of_one_file_come_together(take):
    rows = [{**CHOSEN, "annotator": name} for name in ("gpt-4", "kim", "gpt-4", "gemini-pro")]
    import_ = take(*rows)
    assert said(import_) == (1, 2)
    assert (import_.counts["updated"], import_.counts["duplicates"]) == (2, 1)
    assert [vote["model"] for vote in Task.objects.get().model_votes] == ["gpt-4", "gemini-pro"]


def test_a_text_that_a_model_voted_on_changes_no_more(take):
    take({**JUDGED, "judgments": JUDGED["judgments"][1:]})
    assert take({**JUDGED, "prompt": "3+3?"}).refusals.get().field == "id"


def test_a_vote_off_the_scale_is_refused_like_a_label(take):
    row = {**JUDGED, "judgments": [{"rater": "gpt-4", "overall": 9}]}
    assert take(row).refusals.get().field == "judgments.overall"


def test_a_name_of_both_is_asked_about(take):
    row = {**CHOSEN, "annotator": "Claude"}
    with pytest.raises(FileUnclear) as error:
        take(row)
    (question,) = error.value.questions
    assert (question.code, len(question.options)) == ("whose_labels", 2)
    assert said(take(row, yes=True)) == (0, 1)
    assert said(take({**row, "prompt": "Again?"}, people="Claude")) == (1, 0)
    assert said(take({**row, "prompt": "And?"}, model_rater="Claude")) == (0, 1)
    with pytest.raises(FileUnclear):
        take(CHOSEN, rater="claude")


def test_anonymous_votes_are_whose_the_name_given_for_them_is(take):
    row = {
        "context": [{"role": "user", "content": "2+2?"}],
        "response1": "4",
        "response2": "5",
        "individual_preference": [{"score": -1}, {"score": 2}],
    }
    assert said(take(row, rater="HelpSteer3")) == (2, 0)
    other = {**row, "response1": "four"}
    assert said(take(other, rater="claude", model_rater="claude")) == (0, 2)
    assert said(take({**row, "response1": "IV"}, rater="gpt-4")) == (0, 2)


def test_the_page_asks_whose_a_doubtful_name_is(project, lena, client: Client):
    client.force_login(lena)
    text = json.dumps({**CHOSEN, "annotator": "Claude"})
    upload = client.post(reverse("labeling:imports", args=[project.slug]), {"text": text})
    page = client.get(upload["Location"]).content.decode()
    assert "Labels by “Claude”: is that a person or a model?" in page
    posted = {"format": "trl", "mapped_as": "trl", "decided": "{}"}
    posted["answer-0"] = json.dumps({"mapping": {"people": "Claude"}, "format": ""})
    assert client.post(f"{upload['Location']}start/", posted).status_code == 302
    assert Import.objects.get().mapping["people"] == "Claude"


def test_the_user_says_whose_names_are(take):
    assert said(take(JUDGED, people="*")) == (2, 0)
    assert said(take({**JUDGED, "id": "q2"}, model_rater="*")) == (0, 2)
    assert said(take({**JUDGED, "id": "q3"}, people="*", model_rater="kim")) == (1, 1)


def test_a_doubtful_name_beyond_the_first_rows_is_never_a_persons_in_silence(tmp_path: Path):
    rows = [{**CHOSEN, "prompt": f"{i}?", "annotator": "kim"} for i in range(60)]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in [*rows, {**CHOSEN, "annotator": "Yi"}]))
    last = list(read(file))[-1]
    assert isinstance(last, ImportRow)
    assert (last.judgments, last.model_votes[0].rater) == ((), "Yi")
    file.write_text(json.dumps({**CHOSEN, "annotator": "Yi"}))
    with pytest.raises(OpenQuestions):
        list(read(file))


def test_the_command_counts_votes_and_takes_the_options(project, tmp_path: Path):
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({**JUDGED, "judgments": [{"rater": "Yi", "overall": -1}]}))
    out = io.StringIO()
    call_command("import_tasks", project.slug, str(file), "--model-rater", "Yi", stdout=out)
    assert "  model votes         1 (no judgments)" in out.getvalue()
    call_command("import_tasks", project.slug, str(file), "--people", "Yi", stdout=out)
    assert Judgment.objects.get().rater.name == "Yi"


def test_the_api_counts_votes_and_takes_the_options(project, lena, api):
    path = f"projects/{project.slug}/imports/"
    row = json.dumps({**JUDGED, "judgments": [{"rater": "Yi", "overall": -1}]})
    reply = api(lena).post(f"{path}?people=Yi", row, content_type="application/x-ndjson")
    assert (reply.status_code, reply.json()["mapping"]) == (202, {"people": "Yi"})


def test_the_lead_reads_votes_apart_from_judgments_and_reviewers_do_not(
    project, lena, vera, take, client: Client
):
    import_ = take(JUDGED)
    task = Task.objects.get()
    number = 1 if task.model_votes[0]["values"]["overall"] < 0 else 2
    address = reverse("labeling:task", args=[project.slug, task.pk])
    client.force_login(lena)
    assert "What models said" not in client.get(address).content.decode()
    client.post(f"{address}votes/")
    page = client.get(address).content.decode()
    assert "What models said" in page
    assert f"response {number} is better, strength 2 of 3" in page
    assert "Arithmetic." in page
    report = reverse("labeling:import", args=[project.slug, import_.pk])
    assert "Votes of models" in client.get(report).content.decode()
    client.force_login(vera)
    assert "gpt-4" not in client.get(address).content.decode()
