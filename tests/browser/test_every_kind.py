"""Every kind of judgment from the row that comes in to the row that trains, and back in again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Locator, expect

from labeling.imports.services import run_import
from labeling.models import Answer, Judgment, Response, Task
from labeling.vocabulary import AssignmentState
from projects.guidelines.services import acknowledge
from projects.models import Project, Role, User
from projects.services.members import set_member
from tests.api.client import Api, CallAs
from tests.browser.desk import Desk, saved

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]

Row = Mapping[str, Any]
#: One is answered anew, one skipped, and there are three kinds of ties.
TASKS = 5
JUDGED = TASKS - 1
PRINCIPLES = [{"title": "Say what is so"}, {"title": "Be kind"}]


@dataclass(frozen=True)
class Loop:
    """A kind of task as it is asked, brought, judged by keys, released and read.

    `first` answers a task, `edited` changes that answer, `ties` are the keys of each kind of tie
    or of what stands in place of an answer. `reads` takes the rows of the release for their use.
    """

    kind: str
    criteria: Sequence[Row]
    texts: Sequence[str]
    first: Sequence[str]
    edited: Sequence[str]
    ties: Sequence[Sequence[str]]
    recipe: str
    shape: str
    reads: Callable[[list[dict[str, Any]]], bool]

    def rows(self) -> bytes:
        """The rows of a file: every response with an id."""
        lines = (
            {
                "id": f"q{i}",
                "prompt": f"Say something of {i}.",
                "kind": self.kind,
                "responses": [
                    {"id": f"r{n}", "model": f"m{n}", "content": text.replace("{i}", str(i))}
                    for n, text in enumerate(self.texts)
                ],
            }
            for i in range(TASKS)
        )
        return "\n".join(map(json.dumps, lines)).encode()


COMPARE = Loop(
    kind="compare",
    criteria=[{"key": "better", "wording": "Which?", "scale": "llama_eval7", "primary": True}],
    texts=("It is {i}.", "No idea."),
    first=["2"],
    edited=["6"],
    ties=[["e"], ["x"], ["c"]],
    recipe="raw",
    shape="trl",
    reads=lambda rows: all(row["chosen"] != row["rejected"] for row in rows),
)
RANK = Loop(
    kind="rank",
    criteria=[{"key": "order", "wording": "Best first", "scale": "ranking", "primary": True}],
    texts=("It is {i}.", "No idea.", "Ask me later.", "It depends."),
    first=["a", "1", "2", "3", "4"],
    edited=["a", "4"],
    ties=[["a", "1", "1", "2", "2"], ["a", "2", "1", "2", "3"], ["a", "1", "1", "1", "2"]],
    recipe="instructgpt",
    shape="trl",
    # The pairs of one order weigh as much as one pair.
    reads=lambda rows: round(sum(row["pair_weight"] for row in rows), 6) == 2 * JUDGED,
)

RATE = Loop(
    kind="rate",
    criteria=[
        {
            "key": "helpful",
            "wording": "How helpful?",
            "scale": "helpsteer5_helpfulness",
            "primary": True,
        },
        {"key": "made_up", "wording": "Is something made up?", "scale": "yes_no"},
    ],
    texts=("It is {i}.", "No idea."),
    first=["3", "n", "2", "y"],
    edited=["4", "n"],
    ties=[["3", "u", "4", "u"], ["1", "y", "0", "n"], ["4", "n", "4", "u"]],
    recipe="ratings",
    shape="helpsteer2",
    reads=lambda rows: len(rows) > 0 and all(0 <= row["helpful"] <= 4 for row in rows),
)
RULE = Loop(
    kind="rule",
    criteria=[{"key": "rule", "wording": "Kept?", "scale": "sparrow_rule5", "primary": True}],
    texts=("It is {i}.",),
    first=["1", "5"],
    edited=["2"],
    ties=[["3", "3"], ["5", "3"], ["4", "1"]],
    recipe="rules",
    shape="rules",
    reads=lambda rows: {row["rule"] for row in rows} == {"Say what is so", "Be kind"},
)


def make(api: CallAs, lena: User, raters: Sequence[User], name: str, loop: Loop) -> Project:
    """The project of a kind, by program; its raters have read the guideline."""
    body = {
        "name": name,
        "criteria": loop.criteria,
        "guideline": {"text": "Truth first.", "principles": PRINCIPLES},
        "overlap": max(1, len(raters)),
    }
    reply = api(lena).post("projects/", body)
    assert reply.status_code == 201, reply.content
    project = Project.objects.get(slug=reply.json()["slug"])
    for rater in raters:
        set_member(project=project, user=rater, role=Role.RATER)
        acknowledge(user=rater, guideline=project.guidelines.get())
    return project


def bring(client: Api, project: Project, content: bytes) -> Mapping[str, int]:
    """Imports rows; returns what came of them."""
    url = f"projects/{project.slug}/imports/"
    reply = client.post(url, content, content_type="application/jsonl")
    assert reply.status_code == 202, reply.content
    run_import(reply.json()["id"])
    report = client.get(f"{url}{reply.json()['id']}/").json()
    assert report["state"] == "done", report
    counts: Mapping[str, int] = report["counts"]
    assert not counts["refused"], report["refusals"]
    return counts


def judge_by_keys(desk: Desk, loop: Loop, before: int) -> None:
    """An answer that is taken back and changed, a skip, then each kind of tie.

    So many judgments were there `before`.
    """
    desk.ready()
    desk.press(*loop.first)
    first = desk.leave()
    saved(desk.page, before + 1)  # what was not sent yet is taken back without a trace
    desk.press("z")
    expect(desk.page.locator("#task")).to_have_attribute("data-assignment", str(first))
    desk.press(*loop.edited)
    desk.leave()
    desk.press("s", "1")
    desk.leave()
    for keys in loop.ties[:-1]:
        desk.press(*keys)
        desk.leave()
    desk.press(*loop.ties[-1], "Enter")


def answers_by_id(project: Project) -> set[tuple[object, ...]]:
    """Every answer that counts, by the ids of the data's owner: none on a draft of before."""
    rows = Answer.objects.filter(judgment__project=project).counting()
    rows = rows.exclude(judgment__task__reviews__judgment__is_current=False)
    tasks = dict(Task.objects.filter(project=project).values_list("pk", "external_id"))
    return {
        (tasks[task].split("/")[0], key, response, value, tie, unsaid)
        for task, key, response, value, tie, unsaid in rows.values_list(
            "judgment__task_id",
            "criterion__key",
            "response__external_id",
            "value",
            "tie_kind",
            "unsaid",
        )
    }


@pytest.mark.parametrize("loop", [COMPARE, RANK, RATE, RULE], ids=lambda loop: loop.kind)
def test_a_kind_goes_round(
    loop: Loop,
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    api: CallAs,
    browser: Browser,
    live_server: Any,
    sign_in: Callable[..., None],
    settings: Any,
    tmp_path: Path,
):
    settings.IMPORTS_DIR, settings.RELEASES_DIR = tmp_path / "imports", tmp_path / "releases"
    client = api(lena)
    assert project.memberships.filter(user=lena, role=Role.LEAD).exists()  # so she may make more
    project = make(api, lena, [rui, sam], f"A {loop.kind}", loop)
    assert bring(client, project, loop.rows())["created"] == TASKS
    assert set(Task.objects.values_list("kind", flat=True)) == {loop.kind}

    for before, rater in ((0, rui), (JUDGED, sam)):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        sign_in(context, rater)
        desk = Desk(context.new_page(), live_server.url, project)
        judge_by_keys(desk, loop, before)
        saved(desk.page, before + JUDGED)
        context.close()
    states = project.assignments.values_list("state", flat=True)
    assert Counter(states) == {AssignmentState.SKIPPED: 2, AssignmentState.SUBMITTED: 2 * JUDGED}
    assert Judgment.objects.filter(withdrawn=True).count() == 2

    agreement = client.get(f"projects/{project.slug}/agreement/").json()
    assert agreement["judgments"] == 2 * JUDGED, agreement

    released = release(project, loop.recipe, loop.shape, tmp_path / "trained")
    assert released
    assert loop.reads(released)

    whole = release(project, loop.recipe, "native", tmp_path / "whole", table="judgments")
    again = make(api, lena, [], f"Again a {loop.kind}", loop)
    content = "\n".join(map(json.dumps, whole)).encode()
    assert bring(client, again, content)["labels"] == 2 * JUDGED
    assert answers_by_id(again) == answers_by_id(project)


def release(
    project: Project, recipe: str, shape: str, out: Path, *, table: str = ""
) -> list[dict[str, Any]]:
    """The rows of a release: of one of its tables, or of all its files."""
    options = ["--recipe", recipe, "--format", shape, "--file-type", "jsonl"]
    call_command("create_release", project.slug, *options, "--out", str(out))
    files = sorted((out / table).rglob("*.jsonl"))
    assert files
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


WRITE = Loop(
    kind="write",
    criteria=[
        {"key": "decision", "wording": "Decision", "scale": "decision", "primary": True},
        {"key": "score", "wording": "How good?", "scale": "score7"},
    ],
    texts=(),
    first=(),
    edited=(),
    ties=(),
    recipe="demonstrations",
    shape="messages",
    reads=lambda rows: (
        [row["messages"][-1]["role"] for row in rows] == ["assistant"] * JUDGED
        and sorted(row["edited"] for row in rows) == [False] * (JUDGED - 1) + [True]
    ),
)
APPROVE, WITH_EDITS, SEND_BACK = "a", "e", "b"


class Writer:
    """Somebody who writes and reviews at the keyboard."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.page = desk.open(), desk.page

    @property
    def text(self) -> Locator:
        return self.page.locator("#desk [data-text]")

    def send(self) -> None:
        """Sends what is there, and waits until another task hears keys, or none is left."""
        before = self.desk.assignment
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(
            """(before) => {
                const task = document.getElementById("task");
                const form = document.getElementById("judgment");
                return !task || task.dataset.assignment !== before && "scripted" in form.dataset;
            }""",
            arg=str(before),
        )

    def write(self, text: str) -> None:
        self.text.press_sequentially(text)
        self.send()

    def review(self, decision: str, score: str, *, text: str = "", words: str = "") -> None:
        self.desk.press(decision, "ArrowDown", score)
        if text:
            self.text.fill(text)
        if words:
            self.desk.press("r")
            self.page.keyboard.type(words)
        self.send()


def write_and_review(
    project: Project,
    rui: User,
    sam: User,
    browser: Browser,
    url: str,
    sign_in: Callable[..., None],
) -> None:
    """Rui writes, takes back and skips; Sam approves, edits and sends back; Rui writes again."""
    desks = []
    for rater in (rui, sam):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        sign_in(context, rater)
        desks.append(Desk(context.new_page(), url, project))
    author = Writer(desks[0])
    author.write("No idea.")
    author.desk.press("z")
    expect(author.text).to_have_value("No idea.")
    author.write(" It may be none.")
    author.desk.press("s", "1")
    author.send()
    for number in range(JUDGED - 1):
        author.write(f"It is {number}, if I am right.")
    saved(author.page, JUDGED)

    set_member(project=project, user=sam, role=Role.RATER)
    acknowledge(user=sam, guideline=project.guidelines.get())
    Task.objects.filter(kind="write", open_slots=1).update(open_slots=0)
    second = Writer(desks[1])
    second.review(APPROVE, "7")
    second.review(WITH_EDITS, "5", text="As the reviewer has it.")
    second.review(SEND_BACK, "2", words="Say why.")
    second.review(APPROVE, "6")
    saved(second.page, 2 * JUDGED)
    author.desk.open()
    expect(author.page.get_by_text("Say why.")).to_be_visible()
    author.write(" For it is the smallest.")
    second.desk.open()
    second.review(APPROVE, "6")
    saved(second.page, 2 * JUDGED + 1)


def test_what_is_written_goes_round(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    api: CallAs,
    browser: Browser,
    live_server: Any,
    sign_in: Callable[..., None],
    settings: Any,
    tmp_path: Path,
):
    settings.IMPORTS_DIR, settings.RELEASES_DIR = tmp_path / "imports", tmp_path / "releases"
    client = api(lena)
    project = make(api, lena, [rui], "A write", WRITE)
    assert bring(client, project, WRITE.rows())["created"] == TASKS

    write_and_review(project, rui, sam, browser, live_server.url, sign_in)
    released = release(project, WRITE.recipe, WRITE.shape, tmp_path / "trained")
    assert WRITE.reads(released)
    assert [row["decision"] for row in released].count("approved_with_edits") == 1
    drafts = make(api, lena, [], "Again a write", WRITE)
    content = "\n".join(json.dumps(as_draft(row)) for row in released).encode()
    assert bring(client, drafts, content)["created"] == JUDGED
    texts = Response.objects.filter(prompt__project=drafts)
    assert dict(texts.values_list("prompt__external_id", "content")) == {
        row["prompt_id"]: row["messages"][-1]["content"] for row in released
    }
    whole = release(project, WRITE.recipe, "native", tmp_path / "whole", table="judgments")
    again = make(api, lena, [], "Once more a write", WRITE)
    content = "\n".join(map(json.dumps, whole)).encode()
    assert bring(client, again, content)["labels"] == 2 * JUDGED
    assert answers_by_id(again) == answers_by_id(project)
    assert texts_by_id(again) == texts_by_id(project)


def texts_by_id(project: Project) -> set[tuple[object, ...]]:
    """Every text that counts, by its id: where it was written, and which task reviews it."""
    texts = Response.objects.filter(judgment__in=Judgment.objects.counting())
    names = ("external_id", "content", "edited_from__external_id", "judgment__task__external_id")
    return {*texts.filter(prompt__project=project).values_list(*names, "review_tasks__external_id")}


def as_draft(row: Row) -> Row:
    """A released text as the draft of a task to write, under the id of its prompt."""
    return {
        "id": row["prompt_id"],
        "kind": "write",
        "messages": row["messages"][:-1],
        "responses": [{"id": row["id"], "content": row["messages"][-1]["content"]}],
    }
