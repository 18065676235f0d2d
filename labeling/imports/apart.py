"""Rows that the project has as another kind of task already: one row is never both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from labeling.datasets.readers.identity import group_key
from labeling.datasets.rows import ImportRow, RefusalCode, RowError
from labeling.imports.targets import CALLED
from labeling.models import Task
from labeling.vocabulary import TaskKind
from projects.models import Project


class TaskApart(NamedTuple):
    """A task under the id that a row would have as another kind of task, and of which prompt."""

    kind: str
    group_key: str


def tasks_apart(project: Project, rows: Iterable[ImportRow]) -> dict[str, TaskApart]:
    """external id -> the task in play, for the ids under which these rows may stand otherwise."""
    ids = {other for row in rows for other in row.apart}
    if not ids:
        return {}
    tasks = Task.objects.in_play().filter(project=project, external_id__in=ids)
    rows_of = tasks.values_list("external_id", "kind", "prompt__group_key")
    return {external_id: TaskApart(kind, key) for external_id, kind, key in rows_of}


def check_alone(row: ImportRow, others: Mapping[str, TaskApart]) -> None:
    """Raises RowError where the row is in the project as another kind of task: never both."""
    ids = [other for other in row.apart if other in others]
    key = group_key(row.messages, row.responses) if ids else ""
    standing = [i for i in ids if others[i].kind != row.kind and others[i].group_key == key]
    if not standing:
        return
    if row.kind == TaskKind.COMPARE:
        reason = (
            f"The responses of its row are in the project as {CALLED[others[standing[0]].kind]} "
            f"(“{standing[0]}”): one row is never both. Withdraw that task to compare its pairs."
        )
    else:
        reason = (
            f"Pairs of its responses are comparisons in the project already (such as "
            f"“{standing[0]}”): one row is never both. Withdraw those tasks, or keep the pairs: "
            "import the file without a kind, or as compare."
        )
    raise RowError("kind", reason, row.external_id, code=RefusalCode.CONTRADICTION)
