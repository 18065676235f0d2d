"""A gate through the doors: asked first, answered, counted, released, and imported again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from labeling.imports.services import ImportOptions, create_import, run_import
from labeling.kinds import Submission
from labeling.lead.agreement.report import agreement_report
from labeling.models import Answer, Assignment, LateAnswer, Response
from labeling.rating.late import keep_late
from projects.guidelines.services import acknowledge
from projects.models import Membership, Project, Role, User
from projects.project_templates import CriterionSpec, GuidelineSpec
from projects.services.members import remove_member, set_member
from projects.services.projects import create_project
from tests.api.client import CallAs
from tests.conftest import MakeTasks
from tests.rating.test_rate_page import JSON, ClientFor

QUESTIONS = [
    CriterionSpec("overall", "Which is better?", "arena4", is_primary=True),
    CriterionSpec("order", "Which are better?", "ranking", is_primary=True),
    CriterionSpec("good", "Is it good?", "thumb", is_primary=True),
    CriterionSpec("gate", "Can you judge this?", "gate"),
]


@pytest.fixture
def gated(lena: User, rui: User, sam: User) -> Project:
    """A project that asks first whether there is something to judge."""
    project = create_project(
        name="Gated",
        created_by=lena,
        criteria=QUESTIONS,
        guideline=GuidelineSpec(text="Judge.", principles=()),
        settings={"overlap": 2},
    )
    for user in (rui, sam):
        set_member(project=project, user=user, role=Role.RATER)
        acknowledge(user=user, guideline=project.guidelines.get())
    return project


def take(api: CallAs, user: User, project: Project) -> dict[str, Any]:
    body: dict[str, Any] = api(user).post(f"projects/{project.slug}/next/").json()
    return body


def answer(api: CallAs, user: User, project: Project, **body: Any) -> Any:
    """Takes the next task and sends a judgment of it."""
    leased = take(api, user, project)
    return api(user).post(f"assignments/{leased['id']}/judgment/", body)


@pytest.mark.parametrize(
    ("kind", "contents", "whole"),
    [
        ("compare", ("One.", "Two."), {"overall": -1, "good": {"A": 1, "B": 0}}),
        ("rank", ("One.", "Two.", "Six."), {"order": [["A"], ["B", "C"]], "good": 1}),
        ("rate", ("One.",), {"good": {"A": 1}}),
        ("write", (), {}),
    ],
)
def test_every_kind_asks_it_first_and_ends_there(
    gated: Project,
    rui: User,
    sam: User,
    lena: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: ClientFor,
    kind: str,
    contents: tuple[str, ...],
    whole: dict[str, Any],
):
    (task,) = make_tasks(gated, 1, kind=kind, contents=contents)
    if whole.get("good") == 1:
        whole = {**whole, "good": {"A": 1, "B": 1, "C": 0}}
    gate = take(api, rui, gated)["task"]["criteria"][0]
    assert (gate["key"], gate["answer"], gate["per"]) == ("gate", "gate", "task")
    assert [option["word"] for option in gate["options"]][-1] == "fine"
    missing = answer(api, rui, gated, answers=whole)
    assert list(missing.json()["fields"]) == ["gate"]
    stopped = answer(api, rui, gated, answers={"gate": "nonsense"})
    assert (stopped.status_code, stopped.json()["answers"]) == (201, {"gate": 1}), stopped.json()
    assert not Response.objects.filter(judgment__isnull=False).exists()
    texts = {"text": "An answer of my own."} if kind == "write" else {}
    fine = answer(api, sam, gated, answers={"gate": "fine", **whole}, **texts)
    assert (fine.status_code, fine.json()["answers"]) == (201, {"gate": 4, **whole}), fine.json()
    client_for(lena).post(f"/p/{gated.slug}/tasks/{task.pk}/votes/")
    page = client_for(lena).get(f"/p/{gated.slug}/tasks/{task.pk}/").content.decode()
    assert "Nonsense" in page
    assert "Fine" in page


def test_the_form_says_so_alone_and_undo_fills_it_in_again(
    gated: Project, rui: User, make_tasks: MakeTasks, client_for: ClientFor
):
    make_tasks(gated, 2)
    client, base = client_for(rui), f"/p/{gated.slug}/rate/"
    html = client.get(base).content.decode()
    assert html.index('data-criterion="gate"') < html.index('data-criterion="overall"')
    assert "compare_each_gated.js" in html
    held = Assignment.objects.get().pk
    # Without a script what was chosen below cannot be unchosen: it does not count.
    form = {"answer.gate": "2", "answer.overall": "-1", "answer.good.A": "1", "text": "No."}
    assert client.post(f"{base}{held}/submit/", form).status_code == 302
    assert list(Answer.objects.values_list("criterion__key", "value")) == [("gate", 2)]
    undone = client.post(f"{base}undo/", headers=JSON).json()
    assert undone["values"]["answer.gate"] == ["2"]


def test_a_late_answer_may_end_there_too(
    gated: Project, rui: User, lena: User, make_tasks: MakeTasks, api: CallAs
):
    make_tasks(gated, 1)
    held = take(api, rui, gated)["id"]
    remove_member(membership=Membership.objects.get(project=gated, user=rui), actor=lena)
    late = Submission(answers={"gate": "unfamiliar"})
    assert keep_late(rater=rui, assignment_id=held, submission=late)
    assert LateAnswer.objects.get().answers == {"gate": 3}


@pytest.fixture
def stopped(gated: Project, rui: User, sam: User, make_tasks: MakeTasks, api: CallAs) -> Project:
    """Two tasks: one that rui judged and sam did not, and one that both did not."""
    make_tasks(gated, 2)
    for user in (rui, sam):
        for place in range(2):
            stops = place == 1 or user == sam
            body = {"gate": 1} if stops else {"gate": 4, "overall": -1, "good": {"A": 1, "B": 0}}
            assert answer(api, user, gated, answers=body).status_code == 201
    return gated


def test_what_ended_at_the_gate_is_counted_apart(
    stopped: Project, lena: User, client_for: ClientFor
):
    criteria = agreement_report(stopped)["criteria"]
    gate, overall = criteria["gate"], criteria["overall"]
    assert {a["word"]: (a["rate"]["value"], a["rate"]["n"]) for a in gate["rates"]} == {
        "nonsense": (0.75, 4),
        "other_language": (0.0, 4),
        "unfamiliar": (0.0, 4),
        "fine": (0.25, 4),
    }
    assert gate["stopped"]["low"] < gate["stopped"]["value"] == 0.75
    assert gate["percent_agreement"]["value"] == 0.5
    assert gate["gwet_ac1"]["value"] is not None
    assert overall["counts"]["judgments"] == 1
    page = client_for(lena).get(f"/p/{stopped.slug}/agreement/").content.decode()
    assert "Whether tasks can be judged" in page
    assert "Not judged" in page


def test_what_ended_at_the_gate_is_released_and_comes_back(
    stopped: Project, lena: User, tmp_path: Path
):
    out = tmp_path / "out"
    call_command(
        *("create_release", stopped.slug, "--recipe", "raw", "--format", "native"),
        *("--file-type", "jsonl", "--out", str(out)),
    )
    manifest = json.loads((out / "manifest.json").read_text())
    because = [drop["because"] for drop in manifest["counts"]["dropped"].values()]
    assert because == ["the task was not judged: the gate question ended it"]
    files = sorted((out / "judgments").glob("*.jsonl"))
    rows = [json.loads(line) for path in files for line in path.read_text().splitlines()]
    said = [[a["value"] for a in row["answers"] if a["criterion"] == "gate"] for row in rows]
    assert sorted(said) == [[1], [1], [1], [4]]
    again = create_project(
        name="Again", created_by=lena, criteria=QUESTIONS, guideline=GuidelineSpec(text="Judge.")
    )
    import_ = create_import(
        project=again,
        created_by=lena,
        filename="rows.jsonl",
        content=b"".join(path.read_bytes() for path in files),
        mapping={},
        options=ImportOptions(),
    )
    run_import(import_.pk)
    import_.refresh_from_db()
    answers = Answer.objects.filter(judgment__project=again, criterion__key="gate")
    assert (import_.error, import_.counts["refused"]) == ("", 0), import_.counts
    assert [*answers.order_by("value").values_list("value", flat=True)] == [1, 1, 1, 4]


def test_labels_say_it_by_word_or_number(gated: Project, lena: User):
    row = {
        "id": "r1",
        "prompt": "?",
        "responses": [{"id": "c1", "content": "One."}, {"id": "c2", "content": "Two."}],
        "judgments": [
            {"rater": "r1", "answers": {"gate": "nonsense"}},
            {"rater": "r2", "answers": {"gate": 4, "overall": -1}},
        ],
    }
    wrong = {**row, "id": "r2", "prompt": "!"}
    wrong["judgments"] = [{"rater": "r1", "answers": {"gate": "nonsense", "overall": 1}}]
    import_ = create_import(
        project=gated,
        created_by=lena,
        filename="rows.jsonl",
        content="\n".join(map(json.dumps, (row, wrong))).encode(),
        mapping={},
        options=ImportOptions(),
    )
    run_import(import_.pk)
    import_.refresh_from_db()
    said = Answer.objects.values_list("judgment__rater__name", "criterion__key", "value")
    assert sorted(said)[:2] == [("r1", "gate", 1), ("r2", "gate", 4)]
    assert "ends the task" in import_.refusals.get().reason


def test_a_rubric_has_one_gate_which_everybody_answers(gated: Project, lena: User, api: CallAs):
    base = f"projects/{gated.slug}/rubric/"
    more = {"key": "second", "wording": "Again?", "scale": "gate"}
    assert "one gate" in api(lena).post(base, more).content.decode()
    optional = api(lena).patch(f"{base}questions/gate/", {"required": False})
    assert "Raters must answer a gate" in optional.content.decode()
    primary = api(lena).patch(f"{base}questions/gate/", {"primary": True})
    assert "never primary" in primary.content.decode()
