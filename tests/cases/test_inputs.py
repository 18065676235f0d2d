"""Every file of `inputs/` goes through the command and the API, and comes out as written beside it.

`<file>.expected.json` holds `runs`: how the file is handed in (`options` by their names at the
command), and what comes of it. `problem` is the code of a file that is refused or asked about as a
whole; otherwise the counts, the refusals, the labels, the votes of models, and what each created
prompt begins with, tasks in the order of the file. `refused_rows` are numbers in a list with ids,
`left_out` the fields that could not be stored, `kinds` those of the tasks; `about_responses` are
rater, response and value of the answers on single responses, places in a ranking among them.
`questions` are primary questions that the project asks beside its own, with their scales. Only what
a run names is compared; `note` says which choice was made where several were right.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from labeling.imports.services import run_import
from labeling.models import Answer, Import, Response, Task
from projects.models import Criterion, Project, User
from projects.scales import SCALES
from tests.api.client import Api

INPUTS = Path(__file__).parent / "inputs"
_COUNTS = ("created", "updated", "unchanged", "duplicates")
_BEGINNING = 40
#: Options that are flags at the command.
_FLAGS = frozenset({"yes"})

Run = dict[str, Any]
Door = Callable[[Project, User, Path, Run], str]


def _cases() -> Iterator[tuple[Path, Run]]:
    for path in sorted(INPUTS.glob("*.expected.json")):
        for run in json.loads(path.read_text())["runs"]:
            yield INPUTS / path.name.removesuffix(".expected.json"), run


def _runs() -> Iterator[Any]:
    for path in sorted(INPUTS.glob("*.expected.json")):
        name = path.name.removesuffix(".expected.json")
        for number, run in enumerate(json.loads(path.read_text())["runs"], 1):
            marks = [pytest.mark.xfail(strict=False)] if run.get("pending") else []
            yield pytest.param(INPUTS / name, run, id=f"{name}-{number}", marks=marks)


def _by_command(project: Project, user: User, path: Path, run: Run) -> str:
    arguments = []
    for name, value in run.get("options", {}).items():
        flag = f"--{name.replace('_', '-')}"
        if name in _FLAGS:
            arguments += [flag] if value else []
        else:
            values = value if isinstance(value, list) else [value]
            arguments += [part for each in values for part in (flag, str(each))]
    try:
        # A refused row ends the command with 1.
        with contextlib.suppress(SystemExit):
            call_command("import_tasks", project.slug, str(path), *arguments, verbosity=0)
    except CommandError as error:
        return str(getattr(error, "code", "")) or "refused"
    return ""


def _by_api(project: Project, user: User, path: Path, run: Run) -> str:
    fields = {
        name: json.dumps(_mapping(value)) if name == "map" else value
        for name, value in run.get("options", {}).items()
    }
    if "map" in fields:
        fields["mapping"] = fields.pop("map")
    if "yes" in fields:
        fields["yes"] = "true" if fields["yes"] else "false"
    with path.open("rb") as file:
        client = Api(user).client
        reply = client.post(f"/api/v1/projects/{project.slug}/imports/", {"file": file, **fields})
    if reply.status_code != 202:
        assert reply.status_code == 400, reply.content
        return str(reply.json()["code"])
    run_import(reply.json()["id"])
    return ""


def _mapping(pairs: list[str]) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in pairs)


def _outcome(project: Project) -> Run:
    """What the newest import made of its file, in the words of the expectations."""
    import_ = Import.objects.filter(project=project).latest("pk")
    tasks = list(Task.objects.filter(project=project).order_by("pk"))
    places = {task.pk: place for place, task in enumerate(tasks)}
    refused = import_.refusals.values("line", "field", "code")
    answers = Answer.objects.filter(judgment__project=project).order_by("pk")
    return {
        **{kind: import_.counts[kind] for kind in _COUNTS},
        "refused": list(refused),
        "refused_rows": [f"{row.number} {row.row_id}" for row in import_.refusals.all()],
        "left_out": [*import_.options["left_out"]],
        "metadata": [task.prompt.metadata for task in tasks],
        "labels": sorted(
            (
                _label(answer, places)
                for answer in answers.filter(response=None).select_related("judgment__rater")
            ),
            key=lambda label: (label["task"], label["rater"]),
        ),
        "kinds": [task.kind for task in tasks],
        "about_responses": sorted(
            [answer.judgment.rater.name, answer.response.content[:_BEGINNING], answer.value]
            for answer in answers.exclude(response=None).select_related("judgment__rater")
            if answer.response
        ),
        "model_votes": [
            {
                "task": places[task.pk],
                "model": vote["model"],
                "prefers": _preferred(task, next(iter(vote["values"].values()))),
                "tie": next(iter(vote.get("tie_kinds", {}).values()), ""),
            }
            for task in tasks
            for vote in task.model_votes
        ],
        "prompts": ["\n".join(m["content"] for m in task.prompt.messages) for task in tasks],
        "responses": [
            sorted(content[:_BEGINNING] for content in _contents(task)) for task in tasks
        ],
    }


def _label(answer: Answer, places: dict[int, int]) -> Run:
    judgment = answer.judgment
    value = answer.value or 0
    return {
        "task": places[judgment.task_id],
        "rater": judgment.rater.name,
        "prefers": _preferred(judgment.task, value),
        "strength": None if answer.side_only else abs(value),
        "tie": getattr(answer, "tie_kind", ""),
        "source": judgment.source,
    }


def _contents(task: Task) -> list[str]:
    contents = dict(Response.objects.filter(pk__in=task.response_ids).values_list("pk", "content"))
    return [contents[pk] for pk in task.response_ids]


def _preferred(task: Task, value: int) -> str | None:
    """The beginning of the preferred response; None where there is none."""
    return _contents(task)[int(value > 0)][:_BEGINNING] if value else None


def test_every_file_says_what_comes_of_it():
    files = {path.name for path in INPUTS.iterdir()}
    said = {name for name in files if name.endswith(".expected.json")}
    assert {f"{name}.expected.json" for name in files - said} == said
    # None of them is of a kind that cannot be taken.
    assert not [path.name for path, run in _cases() if run.get("problem") == "unsupported"]


@pytest.mark.parametrize("door", [_by_command, _by_api], ids=["command", "api"])
@pytest.mark.parametrize(("path", "run"), list(_runs()))
def test_a_file_comes_in_as_it_should(
    project: Project, lena: User, settings: Any, tmp_path: Path, path: Path, run: Run, door: Door
):
    settings.IMPORTS_DIR = tmp_path / "imports"
    for key in run.get("questions", ()):
        family = SCALES[run["questions"][key]].family
        about = {"scale_key": run["questions"][key], "family": family, "is_primary": True}
        Criterion.objects.create(project=project, key=key, wording=key, **about)
    if "scale" in run:
        Criterion.objects.filter(project=project, is_primary=True).update(scale_key=run["scale"])
    problem = door(project, lena, path, run)
    assert problem == run.get("problem", "")
    if problem:
        assert not Task.objects.filter(project=project).exists()
        return
    outcome = _outcome(project)
    if "prompts" in run:
        outcome["prompts"] = [
            text[: len(beginning)] if beginning else text
            for text, beginning in zip(outcome["prompts"], run["prompts"], strict=True)
        ]
    wished = run.keys() - {"options", "questions", "scale", "problem", "pending"}
    assert {name: outcome[name] for name in wished} == {name: run[name] for name in wished}
