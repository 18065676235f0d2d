"""Rankings and ratings come in with their labels, as the kind of task that they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from labeling.imports.services import create_import, run_import
from labeling.imports.undoing import request_undo, undo_import
from labeling.models import Answer, Import, ImportRefusal, Judgment, Response, Task
from labeling.vocabulary import JobState
from projects.models import Criterion, Principle, Project
from projects.scales import SCALES
from tests.datasets.several_kinds import KTO, NECTAR
from tests.imports.conftest import counts

RANKED: dict[str, Any] = {
    "id": "q1",
    "prompt": "Why?",
    "responses": [{"id": f"c{i}", "content": f"Answer {i}."} for i in (1, 2, 3)],
}
ORDER = [["c3"], ["c1", "c2"]]


@pytest.fixture
def asks(project: Project) -> Any:
    """Adds questions to the rubric, by key, the first of each family as its primary one."""

    def add(**scales: str) -> None:
        for key, scale in scales.items():
            family = SCALES[scale].family
            has_primary = Criterion.objects.filter(
                project=project, family=family, is_primary=True
            ).exists()
            Criterion.objects.create(
                project=project,
                key=key,
                wording=key,
                scale_key=scale,
                family=family,
                is_primary=not has_primary,
            )

    return add


@pytest.fixture
def principles(project: Project) -> list[Principle]:
    """Two principles of the guideline in force."""
    guideline = project.guidelines.latest("number")
    return [
        Principle.objects.create(
            guideline=guideline, number=number, key=f"v1p{number}", title=f"Rule {number}"
        )
        for number in (1, 2)
    ]


def said(task: Task) -> dict[str, dict[str, dict[str, Any]]]:
    """rater -> criterion -> the response's own id -> its value, or why it has none."""
    answers: dict[str, dict[str, dict[str, Any]]] = {}
    stored = Answer.objects.filter(judgment__task=task).select_related("criterion", "response")
    for answer in stored.select_related("judgment__rater"):
        own = answer.response.external_id if answer.response else ""
        by_key = answers.setdefault(answer.judgment.rater.name, {})
        by_key.setdefault(answer.criterion.key, {})[own] = answer.unsaid or answer.value
    return answers


def refusal() -> ImportRefusal:
    return ImportRefusal.objects.get()


def test_a_ranking_is_stored_as_a_place_of_each_response(asks, take):
    asks(order="ranking", tone="yes_no")
    answers = {"overall": ORDER, "tone": {"c1": 1, "c2": "unsure", "c3": 0}}
    row = {**RANKED, "judgments": [{"rater": "r1", "answers": answers}]}
    import_ = take(row)
    assert counts(import_) == {"rows": 1, "created": 1, "labels": 1}
    assert import_.options["kinds"] == {"rank": 1}
    task = Task.objects.get()
    assert (task.kind, len(task.response_ids)) == ("rank", 3)
    assert said(task) == {
        "r1": {"order": {"c1": 2, "c2": 2, "c3": 1}, "tone": {"c1": 1, "c2": "unsure", "c3": 0}}
    }
    # The same again changes nothing, in whatever order the ties stand.
    for order, became in ([["c3"], ["c2", "c1"]], "unchanged"), ([["c1"], ["c2", "c3"]], "refused"):
        again = [{"rater": "r1", "answers": {**answers, "overall": order}}]
        assert counts(take({**row, "judgments": again})) == {"rows": 1, became: 1}
    assert refusal().code == "contradiction"


def test_one_response_is_rated_and_a_bare_value_is_about_it(asks, take):
    asks(refusal="refusal3", thumb="thumb")
    row = {"id": "q1", "prompt": "Why?", "responses": [{"id": "r", "content": "No."}]}
    labels = [{"rater": "r1", "answers": {"overall": {"r": 2}, "thumb": 1}}]
    assert counts(take({**row, "judgments": labels})) == {"rows": 1, "created": 1, "labels": 1}
    task = Task.objects.get()
    assert (task.kind, said(task)) == ("rate", {"r1": {"refusal": {"r": 2}, "thumb": {"r": 1}}})


def test_a_comparison_takes_answers_about_each_response_beside_its_preference(asks, take):
    asks(tone="yes_no")
    two = {"id": "q1", "prompt": "Why?", "responses": RANKED["responses"][:2]}
    answers = {"overall": -2, "tone": {"c2": 1}}
    take({**two, "judgments": [{"rater": "r1", "answers": answers}]})
    task = Task.objects.get()
    first = Response.objects.get(pk=task.response_ids[0]).external_id
    value = -2 if first == "c1" else 2
    assert said(task) == {"r1": {"overall": {"": value}, "tone": {"c2": 1}}}


@pytest.mark.parametrize(
    ("answers", "field", "reason"),
    [
        ({"overall": [["c1"], ["c2"]]}, "judgments[0].overall", "Does not place c3."),
        ({"overall": [["c1"], ["c1", "c2", "c3"]]}, "judgments[0].overall", "Places “c1” twice."),
        ({"overall": [["c9"]]}, "judgments[0].overall[0]", "“c9” is no response of this row"),
        ({"overall": 1}, "judgments.order", "is no ranking"),
        ({"overall": {"c1": 1}}, "judgments.order", "Gives no place to c2, c3."),
        ({"tone": {"c1": 7}}, "judgments.tone", "7 is not on this question's scale (0, 1, unsure"),
        ({"tone": {"c1": {"P3": 1}}}, "judgments.tone", "not for each principle"),
        ({"tone": [["c1"], ["c2"], ["c3"]]}, "judgments.tone", "Is about each response"),
        ({"mood": {"c1": 1}}, "judgments.mood", "has no criterion “mood”; it asks: order, tone."),
    ],
)
def test_an_answer_that_misfits_refuses_its_row_by_field(asks, take, answers, field, reason):
    asks(order="ranking", tone="yes_no")
    import_ = take({**RANKED, "judgments": [{"rater": "r1", "answers": answers}]})
    assert counts(import_) == {"rows": 1, "refused": 1}
    assert (refusal().line, refusal().field) == (1, field)
    assert reason in refusal().reason
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("row", "needs"),
    [
        (RANKED, "no primary question that ranks responses. Add one"),
        ({**RANKED, "responses": RANKED["responses"][:1]}, "no primary question about each"),
        ({**KTO, "id": "q1"}, "no primary question about each response. Add one"),
    ],
)
def test_a_project_without_the_question_says_what_to_add(take, row, needs):
    assert counts(take(row)) == {"rows": 1, "refused": 1}
    assert (refusal().field, refusal().code) == ("kind", "unsupported")
    assert needs in refusal().reason


def test_a_ranking_stays_pairs_where_its_pairs_are_in_the_project_and_is_never_both(asks, take):
    assert counts(take({**NECTAR, "id": "n"})) == {"rows": 3, "created": 3}
    asks(order="ranking")
    assert counts(take({**NECTAR, "id": "n"})) == {"rows": 3, "unchanged": 3}
    whole = take({**NECTAR, "id": "n"}, task_kind="rank")
    assert counts(whole) == {"rows": 1, "refused": 1}
    assert "one row is never both" in refusal().reason
    # Another file is ranked: none of its pairs is there.
    other = {**NECTAR, "id": "m", "prompt": "\n\nHuman: Name an ox.\n\nAssistant: "}
    assert counts(take(other)) == {"rows": 1, "created": 1}
    assert counts(take(other, task_kind="compare")) == {"rows": 3, "refused": 3}
    assert set(Task.objects.values_list("external_id", "kind")) == {
        *((f"n-{pair}", "compare") for pair in ("1-2", "1-3", "2-3")),
        ("m", "rank"),
    }


def test_an_import_that_began_before_there_were_rankings_goes_on_with_pairs(project, asks, lena):
    asks(order="ranking")
    content = json.dumps({**NECTAR, "id": "n"}).encode()
    import_ = create_import(project=project, created_by=lena, filename="rows", content=content)
    del import_.options["kinds"]
    import_.save()
    run_import(import_.pk)
    assert set(Task.objects.values_list("kind", flat=True)) == {"compare"}
    import_.refresh_from_db()
    assert counts(import_) == {"rows": 3, "created": 3}


def test_a_check_of_rules_is_stored_by_principle_and_response(asks, take, principles):
    asks(rule="sparrow_rule5", tone="yes_no")
    answers = {"overall": {"c1": {"P1": -2, "P2": 0}, "c2": {"P1": 2}}, "tone": {"c1": 1}}
    judgments = [{"rater": "r1", "answers": answers}]
    row = {**RANKED, "kind": "rule", "principle": "P1", "judgments": judgments}
    assert counts(take(row)) == {"rows": 1, "created": 1, "labels": 1}
    task = Task.objects.get()
    assert (task.kind, task.principle_key) == ("rule", principles[0].key)
    stored = Answer.objects.filter(criterion__key="rule").values_list(
        "response__external_id", "principle__number", "value"
    )
    assert set(stored) == {("c1", 1, -2), ("c1", 2, 0), ("c2", 1, 2)}
    assert counts(take(row)) == {"rows": 1, "unchanged": 1}


@pytest.mark.parametrize(
    ("more", "field", "reason"),
    [
        ({"overall": {"c1": -2}}, "judgments.rule", "Is answered for each principle"),
        ({"overall": {"c1": {"three": -2}}}, "judgments.rule", "“three” is no principle"),
        ({"overall": {"c1": {"P1": 7}}}, "judgments.rule", "7 is not on this question's scale"),
        ({"overall": {"c1": {"P99": 1}}}, "judgments.rule", "no principle “P99”; it has: P1"),
    ],
)
def test_a_check_of_rules_that_misfits_is_refused(asks, take, principles, more, field, reason):
    asks(rule="sparrow_rule5")
    take({**RANKED, "kind": "rule", "judgments": [{"rater": "r1", "answers": more}]})
    assert refusal().field == field
    assert reason in refusal().reason
    assert not Task.objects.exists()


def test_a_row_about_a_principle_that_is_not_there_is_refused(asks, take):
    asks(rule="sparrow_rule5")
    take({**RANKED, "kind": "rule", "principle": "P99"})
    assert (refusal().field, refusal().code) == ("principle", "not_allowed")


def test_the_same_id_is_no_task_of_another_kind(asks, take):
    asks(order="ranking", thumb="thumb")
    take(RANKED)
    assert counts(take({**RANKED, "kind": "rate"})) == {"rows": 1, "refused": 1}
    assert refusal().reason.startswith("This task is in the project as a ranking.")


def test_a_models_ranking_is_its_vote_and_no_judgment(asks, take):
    asks(order="ranking")
    assert counts(take(NECTAR, rater="gpt-4")) == {"rows": 1, "created": 1, "model_votes": 1}
    task = Task.objects.get()
    texts = dict(Response.objects.values_list("pk", "content"))
    (vote,) = task.model_votes
    best = [ord(slot) - ord("A") for slot in vote["values"]["order"][0]]
    assert [texts[task.response_ids[place]] for place in best] == ["Cod."]
    assert not Judgment.objects.exists()
    assert counts(take(NECTAR, rater="gpt-4")) == {"rows": 1, "unchanged": 1}


def test_the_command_says_the_kind_and_takes_another(
    project, asks, tmp_path: Path, settings: Any, capsys: Any
):
    settings.IMPORTS_DIR = tmp_path / "imports"
    asks(order="ranking", tone="yes_no")
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(RANKED))
    call_command("import_tasks", project.slug, str(file), "--dry-run")
    assert "tasks: 1 ranking\n" in capsys.readouterr().out
    call_command("import_tasks", project.slug, str(file), "--kind", "rate")
    assert "tasks: 1 rating\n" in capsys.readouterr().out
    assert Task.objects.get().kind == "rate"


def test_an_import_of_rankings_is_undone(asks, take, lena):
    asks(order="ranking")
    row = {**RANKED, "judgments": [{"rater": "r1", "answers": {"overall": ORDER}}]}
    undo = request_undo(import_=take(row), actor=lena)
    undo_import(undo.pk)
    assert not Task.objects.exists()
    assert not Answer.objects.exists()
    assert Import.objects.get().state == JobState.DONE
