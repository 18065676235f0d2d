"""Fills an instance for `bench.desk`; runs inside of Django."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

from django.core.management import call_command

from bench.desk import SITTINGS, Sitting
from bench.fill import render, session_of
from bench.text import words
from projects.guidelines.services import acknowledge
from projects.models import Project, Role, User
from projects.project_templates import CriterionSpec
from projects.services.members import create_user, set_member
from projects.services.projects import create_project
from projects.services.rubric import ask_question


def main(folder: str, tasks: int) -> None:
    """A project for each sitting, with one rater; runs inside of Django."""
    lead = create_user(email="lead@bench.example", name="Lead")
    rater = create_user(email="rater@bench.example", name="Rater")
    slugs = [_project(sitting, lead, rater, Path(folder), tasks).slug for sitting in SITTINGS]
    facts = {"slugs": slugs, "session": session_of(rater)}
    (Path(folder) / "facts.json").write_text(json.dumps(facts))


def _project(sitting: Sitting, lead: User, rater: User, folder: Path, tasks: int) -> Project:
    project = create_project(
        name=sitting.name, created_by=lead, template="arena", settings={"overlap": 1}
    )
    for number, (key, scale) in enumerate(sitting.questions):
        spec = CriterionSpec(key, f"What about {key}?", scale, is_primary=number == 0)
        ask_question(project=project, actor=lead, spec=spec)
    set_member(project=project, user=rater, role=Role.RATER)
    acknowledge(user=rater, guideline=project.guidelines.get())
    path = folder / f"{project.slug}.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in _rows(sitting, tasks)))
    call_command("import_tasks", project.slug, str(path), verbosity=0)
    render(project)
    return project


def _rows(sitting: Sitting, tasks: int) -> Iterator[dict[str, object]]:
    """Tasks with answers of 150 words."""
    rng = random.Random(1)
    for number in range(tasks):
        yield {
            "id": f"t{number}",
            "kind": sitting.name.partition(" ")[0],
            "prompt": f"{words(rng, 20)} ({number})",
            "responses": [
                {"id": f"r{i}", "content": f"{words(rng, 150)} ({number})"}
                for i in range(sitting.responses)
            ],
        }
