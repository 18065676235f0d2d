"""The precedents of a release: what raters asked, as it was quoted, and the answers."""

from __future__ import annotations

from labeling.datasets.records import canonical_json
from labeling.models import Precedent, Release, Task
from labeling.releases.selectors import Pseudonym

PRECEDENTS_FILE = "precedents.jsonl"


def precedent_file(release: Release, pseudonym: Pseudonym) -> dict[str, list[str]]:
    """The lines of the file by its name, a version a line; none where there is no precedent.

    What was written after the release was asked for is not in it. Who asked stands nowhere, and
    who answered under a pseudonym.
    """
    rows = Precedent.objects.filter(project=release.project, at__lte=release.created_at)
    lines = [
        canonical_json(
            {
                "number": row.number,
                "version": row.version,
                "question": row.question,
                "answer": row.answer,
                "criterion": row.criterion_key or None,
                "task": _name(row.task) if row.task else None,
                "author": pseudonym("lead", row.author_id) if row.author_id else "",
                "at": f"{row.at:%Y-%m-%dT%H:%M:%SZ}",
                "retired": row.retired,
                "superseded_by": row.superseded_by,
            }
        )
        for row in rows.select_related("task__gold_of").order_by("number", "version")
    ]
    return {PRECEDENTS_FILE: lines} if lines else {}


def _name(task: Task) -> str:
    """That of the task itself where it is a copy: which tasks are gold stands in no file."""
    return task.gold_of.external_id if task.gold_of else task.external_id
