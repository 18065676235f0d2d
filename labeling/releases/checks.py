"""The files of checks in a release: what raters said on gold tasks, and on tasks that came again.

They are no data and no recipe reads them; whoever trains can weigh raters by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from labeling.datasets.records import canonical_json
from labeling.figures.gold import answers_by_judgment, gold_marks, newest_answers
from labeling.kinds.shapes import as_submitted
from labeling.models import Release, Task
from labeling.releases.selectors import Cutoff, Pseudonym, counting_at
from labeling.vocabulary import Purpose
from projects.models import Project

GOLD_FILE, REPEATS_FILE = "gold.jsonl", "repeats.jsonl"


def check_files(release: Release, cutoff: Cutoff, pseudonym: Pseudonym) -> dict[str, list[str]]:
    """The lines of each file that has any, by its name."""
    project = release.project
    lines = {
        GOLD_FILE: list(_gold(project, cutoff, pseudonym)),
        REPEATS_FILE: list(_repeats(project, cutoff, pseudonym)),
    }
    return {name: rows for name, rows in lines.items() if rows}


def _said(project: Project, cutoff: Cutoff, tasks: Mapping[int, Task], purpose: Purpose) -> Any:
    """Of each judgment on these tasks its rater, task and answers, of the canonical order."""
    criteria = {criterion.pk: criterion for criterion in project.criteria.all()}
    judgments = counting_at(project, cutoff).filter(task__in=list(tasks), purpose=purpose)
    places = {pk: task.response_ids for pk, task in tasks.items()}
    return answers_by_judgment(judgments, criteria, places)


def _gold(project: Project, cutoff: Cutoff, pseudonym: Pseudonym) -> Iterator[str]:
    known = newest_answers(project, Purpose.GOLD, until=cutoff.asked_at)
    if not known:
        return
    tasks = Task.objects.select_related("gold_of").in_bulk(list(known))
    judgments = counting_at(project, cutoff)
    marks = gold_marks(project, Purpose.GOLD, judgments=judgments, until=cutoff.asked_at)
    right = {mark.judgment: mark.right for mark in marks}
    for judgment, rater, task, answers in _said(project, cutoff, tasks, Purpose.GOLD):
        answer = known[task]
        yield canonical_json(
            {
                "task": _name(tasks[task]),
                "rater": pseudonym("rater", rater),
                "answers": as_submitted(answers),
                "accepted": answer.answers,
                "right": right.get(judgment),
                "kind": answer.kind,
                "version": answer.number,
                "reason": answer.reason,
            }
        )


def _name(task: Task) -> str:
    return task.gold_of.external_id if task.gold_of else task.external_id


def _repeats(project: Project, cutoff: Cutoff, pseudonym: Pseudonym) -> Iterator[str]:
    again = Task.objects.filter(
        project=project, purpose=Purpose.REPEAT, repeat_of__isnull=False
    ).in_bulk()
    if not again:
        return
    originals = Task.objects.in_bulk({task.repeat_of_id for task in again.values()})
    first = {
        (rater, task): as_submitted(answers)
        for _judgment, rater, task, answers in _said(project, cutoff, originals, Purpose.LIVE)
    }
    for _judgment, rater, task, answers in _said(project, cutoff, again, Purpose.REPEAT):
        original = again[task].repeat_of_id or 0
        before = first.get((rater, original))
        said = as_submitted(answers)
        if before is not None:
            yield canonical_json(
                {
                    "task": originals[original].external_id,
                    "rater": pseudonym("rater", rater),
                    "first": before,
                    "again": said,
                    "same": before == said,
                }
            )
