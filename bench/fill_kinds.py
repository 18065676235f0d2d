"""Fills an instance with tasks of any kind for `bench.rate`; runs inside of Django."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command

from bench.fill import rater_sessions, render
from bench.text import words
from projects.project_templates import CriterionSpec, GuidelineSpec, PrincipleSpec
from projects.services.members import create_user
from projects.services.projects import create_project

_ATTRIBUTES = ("helpfulness", "correctness", "coherence", "complexity", "verbosity")


@dataclass(frozen=True, slots=True)
class Judged:
    """A kind as it is judged: its responses, its questions and the fields that answer a task."""

    responses: int
    questions: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]


#: The kinds beside comparison.
JUDGED = {
    "rank": Judged(
        5,
        (("order", "ranking"),),
        tuple((f"answer.order.{slot}", str(place)) for place, slot in enumerate("ABCDE", 1)),
    ),
    "rate": Judged(
        2,
        tuple((key, "helpsteer5") for key in _ATTRIBUTES),
        tuple((f"answer.{key}.{slot}", "3") for key in _ATTRIBUTES for slot in "AB"),
    ),
    "rule": Judged(
        2,
        (("rule", "sparrow_rule5"),),
        tuple((f"answer.rule.{slot}.P{number}", "1") for slot in "AB" for number in (1, 2, 3)),
    ),
    "write": Judged(
        0,
        (("decision", "decision"), ("score", "score7")),
        (("text", words(random.Random(2), 150)), ("typed", "900"), ("pasted", "0")),
    ),
}


def main(out: str, *, kind: str, raters: int, tasks: int, overlap: int = 3) -> None:
    """Fill the instance and write what the client needs to `out`, as JSON."""
    judged = JUDGED[kind]
    lead = create_user(email="lead@bench.example", name="Lead")
    rules = tuple(PrincipleSpec(f"Keeps rule {number}") for number in (1, 2, 3))
    project = create_project(
        name="Bench",
        created_by=lead,
        criteria=[
            CriterionSpec(key, f"What about {key}?", scale, is_primary=number == 0)
            for number, (key, scale) in enumerate(judged.questions)
        ],
        guideline=GuidelineSpec(text="Prefer what helps.", principles=rules),
        settings={"overlap": 1 if kind == "write" else overlap},
    )
    sessions = rater_sessions(project, raters)
    path = Path(out).with_suffix(".jsonl")
    path.write_text("".join(f"{json.dumps(row)}\n" for row in _rows(kind, judged, tasks)))
    call_command("import_tasks", project.slug, str(path), verbosity=0)
    render(project)
    facts = {"slug": project.slug, "sessions": sessions, "answers": judged.fields}
    Path(out).write_text(json.dumps(facts))


def _rows(kind: str, judged: Judged, tasks: int) -> Iterator[dict[str, object]]:
    """Tasks with answers of 150 words."""
    rng = random.Random(1)
    for number in range(tasks):
        yield {
            "id": f"t{number}",
            "kind": kind,
            "prompt": f"{words(rng, 20)} ({number})",
            "responses": [
                {"id": f"r{i}", "content": f"{words(rng, 150)} ({number})"}
                for i in range(judged.responses)
            ],
        }
