"""Rows that say what is right on their task."""

from __future__ import annotations

from typing import Any

from labeling.imports.services import run_import
from labeling.imports.undoing import undo_import
from labeling.models import GoldAnswer, ImportRefusal, ImportUndo, Task, TaskOpening
from labeling.vocabulary import JobState
from projects.models import Project, User
from tests.api.client import CallAs
from tests.conftest import judge, lease

HERE = "projects/support-answers/"


def row(number: int, **fields: Any) -> dict[str, Any]:
    """A comparison of two short answers."""
    ids = [f"g{number}-{letter}" for letter in "ab"]
    responses = [{"id": pk, "content": f"Answer {pk}."} for pk in ids]
    return {"id": f"g{number}", "prompt": f"Why {number}?", "responses": responses, **fields}


def imported(api: CallAs, lena: User, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The report of an import that a worker has done."""
    reply = api(lena).post(f"{HERE}imports/", rows)
    assert reply.status_code == 202, reply.content
    run_import(reply.json()["id"])
    data: dict[str, Any] = api(lena).get(f"{HERE}imports/{reply.json()['id']}/").json()
    assert data["state"] == JobState.DONE
    return data


def test_rows_bring_gold_which_is_a_copy_and_an_answer_off_its_scale_is_refused_by_line(
    project: Project, lena: User, api: CallAs
):
    right = {"answers": {"overall": -1}, "reason": "The first is true.", "kind": "pleasant_wrong"}
    rows = [
        row(1, gold=right),
        row(2, gold={"answers": {"overall": -9}}),
        row(3, gold="A"),
        row(4, gold={"answers": {"overall": 1}, "kind": "shiny"}),
        row(5, gold={"answers": {"overall": 1}, "why": "?"}),
        row(6, gold={"answers": {"correct": 1}}),
    ]
    imported(api, lena, rows)
    refused = {r["row_id"]: (r["field"], r["reason"]) for r in ImportRefusal.objects.values()}
    assert refused["g2"][0] == "gold.answers.overall"
    assert "-9 is not on this scale" in refused["g2"][1]
    assert refused["g4"][0] == "gold.kind"
    assert refused["g5"][0] == "gold.why"
    assert refused["g6"][0] == "gold.answers.overall"
    assert set(refused) == {"g2", "g4", "g5", "g6"}
    live = Task.objects.get(external_id="g1")
    (answer,) = GoldAnswer.objects.all()
    assert (answer.task.gold_of, answer.task.purpose, live.purpose) == (live, "gold", "live")
    assert (answer.reason, answer.kind, answer.author) == (right["reason"], right["kind"], lena)
    # Negative is the row's first response, wherever the canonical order has it.
    first = live.prompt.responses.get(external_id="g1-a").pk
    sign = -1 if live.response_ids[0] == first else 1
    assert answer.answers == {"overall": [sign]}
    assert "gold" not in live.prompt.metadata
    assert Task.objects.get(external_id="g3").prompt.metadata == {"gold": "A"}
    assert TaskOpening.objects.filter(task=answer.task, person=lena).exists()
    # The same file again changes nothing; another answer is another version.
    imported(api, lena, rows[:1])
    assert GoldAnswer.objects.count() == 1
    imported(api, lena, [row(1, gold={"answers": {"overall": [2, 0]}})])
    assert [a.answers["overall"] for a in GoldAnswer.objects.all()] == [[sign], [-2 * sign, 0]]
    # Another text would change the copy too.
    other = imported(api, lena, [{**row(1), "prompt": "How?"}])
    assert "or is gold" in str(other["refusals"])


def test_undoing_an_import_takes_its_gold_along(project: Project, lena: User, api: CallAs):
    report = imported(api, lena, [row(1, gold={"answers": {"overall": 1}})])
    api(lena).post(f"{HERE}imports/{report['id']}/undo/")
    undo_import(ImportUndo.objects.get().pk)
    assert not Task.objects.exists()
    assert not GoldAnswer.objects.exists()


def take_back(api: CallAs, lena: User, report: dict[str, Any]) -> int:
    """The status of asking to undo an import; a worker does it where it was taken."""
    reply = api(lena).post(f"{HERE}imports/{report['id']}/undo/")
    for undo in ImportUndo.objects.filter(import_job=report["id"]):
        undo_import(undo.pk)
        undo.refresh_from_db()
        assert undo.state == JobState.DONE, undo.error
    return int(reply.status_code)


def test_gold_of_a_later_file_goes_when_that_import_is_undone(
    project: Project, lena: User, api: CallAs
):
    first = imported(api, lena, [row(1), row(2, gold={"answers": {"overall": 1}})])
    before = list(GoldAnswer.objects.values())
    later = [row(1, gold={"answers": {"overall": -1}}), row(2, gold={"answers": {"overall": -1}})]
    second = imported(api, lena, later)
    assert (second["counts"]["unchanged"], second["counts"]["right_answers"]) == (2, 2)
    assert GoldAnswer.objects.count() == 3
    assert take_back(api, lena, first) == 409, "the later file built on it"
    assert take_back(api, lena, second) == 202
    assert list(GoldAnswer.objects.values()) == before
    assert set(Task.objects.values_list("external_id", flat=True)) == {"g1", "g2", "g2#gold"}
    assert imported(api, lena, later)["counts"]["right_answers"] == 2
    assert GoldAnswer.objects.count() == 3


def test_a_version_that_came_since_stays_with_its_copy(project: Project, lena: User, api: CallAs):
    imported(api, lena, [row(1)])
    second = imported(api, lena, [row(1, gold={"answers": {"overall": 1}})])
    imported(api, lena, [row(1, gold={"answers": {"overall": -1}})])
    kept = GoldAnswer.objects.order_by("-number").values().first()
    assert take_back(api, lena, second) == 409, "undo the later one first"
    assert not ImportUndo.objects.exists()
    assert GoldAnswer.objects.order_by("-number").values().first() == kept


def test_what_people_were_held_against_is_not_taken_back(
    project: Project, lena: User, rui: User, api: CallAs
):
    imported(api, lena, [row(number) for number in range(4)])
    later = [row(number, gold={"answers": {"overall": 1}}) for number in range(4)]
    second = imported(api, lena, later)
    Project.objects.filter(pk=project.pk).update(gold_rate=0.4)
    while (leased := lease(rui, project)).task.purpose != "gold":
        judge(rui, leased)
    judge(rui, leased)
    assert take_back(api, lena, second) == 409
    assert GoldAnswer.objects.count() == 4
