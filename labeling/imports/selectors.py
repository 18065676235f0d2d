"""Imports as people read them: the history, a report, its refusals as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from msgspec import convert

from labeling.datasets.readers import SHAPES, ColumnRole, UnusedFiles
from labeling.datasets.texts import defuse
from labeling.models import (
    Assignment,
    GoldAnswer,
    Import,
    ImportedChange,
    ImportRefusal,
    ImportUndo,
    Judgment,
    LateAnswer,
    Query,
    Release,
    Task,
)
from labeling.vocabulary import JobState, Strategy
from projects.models import Project

_CSV_HEADER = ("line", "field", "reason", "excerpt", "code", "number", "row_id")


def imports_of(project: Project) -> QuerySet[Import]:
    """The imports of a project, newest first, with who asked for them."""
    imports = Import.objects.filter(project=project)
    return imports.select_related("created_by", "undo", "undo__created_by")


def find_import(project: Project, import_id: int) -> Import | None:
    """One import of this project."""
    return imports_of(project).filter(pk=import_id).first()


def refusals_of(import_: Import) -> QuerySet[ImportRefusal]:
    """The refused rows that were kept with their reasons, in the order of the file."""
    return ImportRefusal.objects.filter(import_job=import_)


@dataclass(frozen=True, slots=True)
class UndoProblem:
    """Why an import cannot be undone and what to do instead: an English sentence and its values."""

    sentence: str
    values: dict[str, object] = field(default_factory=dict)


_OPEN = [JobState.PENDING, JobState.RUNNING]
#: What an import may have brought that can be taken back.
_BROUGHT = ("created", "updated", "labels", "right_answers")
_NO_TRACE = gettext_noop(
    "It is from before Concord kept what an import brings, so it cannot be undone. Withdraw its "
    "tasks instead: they are hidden and count nowhere."
)
_BEING_READ = gettext_noop(
    "An import into this project is being read. Wait until it is over, or cancel it."
)
_JUDGED = gettext_noop(
    "People have judged its tasks or asked about them, and nothing of that is thrown away. "
    "Withdraw its tasks instead: they are hidden and count nowhere, and can be put back."
)
_LABELLED_SINCE = gettext_noop(
    "The import “%(file)s” (no. %(id)d) has changed its tasks or added labels to them since. Undo "
    "that one first."
)
_RELEASED = gettext_noop(
    "Its labels stand in release %(number)d, which must stay what it is. Withdraw its tasks "
    "instead: later releases leave them out."
)


def undo_problem(import_: Import, *, in_depth: bool = True) -> UndoProblem | None:
    """Why an import cannot be undone, None where it can.

    Without `in_depth` only what is found at once is looked for, however many rows it had.
    """
    if Import.objects.filter(project=import_.project_id, state__in=_OPEN).exists():
        return UndoProblem(_BEING_READ)
    tasks = Task.objects.filter(import_job=import_)
    labels = Assignment.objects.filter(import_job=import_)
    changes = ImportedChange.objects.filter(import_job=import_)
    brought = sum(int(import_.counts.get(kind, 0)) for kind in _BROUGHT)
    is_begun = ImportUndo.objects.filter(import_job=import_, started_at__isnull=False).exists()
    if brought and not is_begun and not any(rows.exists() for rows in (tasks, labels, changes)):
        return UndoProblem(_NO_TRACE)
    if not in_depth:
        return None
    return _judged_since(import_, changes) or _changed_since(import_, changes) or _released(import_)


def _judged_since(import_: Import, changes: QuerySet[ImportedChange]) -> UndoProblem | None:
    """Whether somebody judged what it made or rewrote, answered it late, or asked about it."""
    own = Q(task__import_job=import_) | Q(
        task__in=changes.filter(before__has_key="responses").values("task")
    )
    by_people = Judgment.objects.filter(own).exclude(strategy=Strategy.IMPORTED)
    late = LateAnswer.objects.filter(assignment__task__import_job=import_)
    asked = Query.objects.filter(task__import_job=import_)
    answered = (
        by_people.exists() or late.exists() or asked.exists() or _judged_by_gold(changes).exists()
    )
    return UndoProblem(_JUDGED) if answered else None


def _judged_by_gold(changes: QuerySet[ImportedChange]) -> QuerySet[Judgment]:
    """What people answered where an import of tasks that were there says what is right, since it
    does: those answers were held against it."""
    # The ids alone: beside them stand whole texts as they were before.
    said = changes.filter(before__has_key=ImportedChange.RIGHT)
    lists = said.values_list(f"before__{ImportedChange.RIGHT}", flat=True)
    versions = [version for ids in lists for version in ids]
    rows = GoldAnswer.objects.filter(pk__in=versions)
    since = rows.filter(task=OuterRef("task"), at__lte=OuterRef("created_at"))
    return Judgment.objects.filter(Exists(since), task__in=rows.values("task"))


def _changed_since(import_: Import, changes: QuerySet[ImportedChange]) -> UndoProblem | None:
    """Whether a later import worked on what it made, or on what it changed."""
    later = Import.objects.filter(project=import_.project_id, pk__gt=import_.pk)
    made = Task.objects.filter(import_job=import_)
    labelled = Assignment.objects.filter(import_job=OuterRef("pk"), task__in=made)
    replaced = changes.exclude(before={}).values("task")
    about = ImportedChange.objects.filter(import_job=OuterRef("pk")).exclude(before={})
    touched = about.filter(Q(task__in=made) | Q(task__in=replaced))
    other = later.filter(Q(Exists(labelled)) | Q(Exists(touched))).order_by("-pk").first()
    return UndoProblem(_LABELLED_SINCE, {"file": other.filename, "id": other.pk}) if other else None


def _released(import_: Import) -> UndoProblem | None:
    """Whether a release holds one of its labels, or will."""
    labels = Judgment.objects.filter(assignment__import_job=import_)
    oldest = labels.order_by("pk").values_list("pk", flat=True).first()
    if oldest is None:
        return None
    made = Release.objects.filter(project=import_.project_id, cutoff__gte=oldest)
    for release in made.filter(state__in=[*_OPEN, JobState.DONE]).order_by("number"):
        if labels.standing_at(release.cutoff, asked_at=release.created_at).exists():
            return UndoProblem(_RELEASED, {"number": release.number})
    return None


def undo_of(import_: Import) -> ImportUndo | None:
    """The undoing of an import, done or not, None where nobody asked for it."""
    return getattr(import_, "undo", None)


def may_undo(import_: Import) -> bool:
    """Whether it makes sense to ask: it brought something, and is neither undone nor on the way."""
    undo = undo_of(import_)
    brought = any(import_.counts.get(kind) for kind in _BROUGHT)
    return brought and (undo is None or undo.state in {JobState.FAILED, JobState.CANCELLED})


def is_undoing(project: Project) -> bool:
    """Whether an import of the project is being undone."""
    return ImportUndo.objects.filter(project=project, state__in=_OPEN).exists()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file's rows; `rows` is the sum of the five kinds below it."""

    rows: int
    created: int
    updated: int
    unchanged: int
    duplicates: int
    refused: int
    labels: int
    model_votes: int
    left_out: int
    empty_responses: int
    names_model: int
    right_answers: int


def report_of(import_: Import) -> ImportReport:
    """The counts so far; all zero before the first batch."""
    kinds = (
        *("rows", "created", "updated", "unchanged", "duplicates", "refused"),
        *("labels", "model_votes", "left_out", "empty_responses", "names_model"),
        "right_answers",
    )
    return ImportReport(**{kind: int(import_.counts.get(kind, 0)) for kind in kinds})


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A field that is no part of the task and whose value could not be stored in so many rows."""

    field: str
    rows: int
    line: int
    reason: str


def left_out_of(import_: Import) -> list[LeftOut]:
    """What of the rows could not be stored and was left out, by field."""
    fields = import_.options.get("left_out", {})
    return [LeftOut(name, **first) for name, first in fields.items()]


def unused_files_of(import_: Import) -> UnusedFiles:
    """The files that came with the rows and that none of them names; none before all are read."""
    return convert(import_.options.get("unused_files", {}), UnusedFiles)


def columns_of(import_: Import) -> dict[str, list[str]]:
    """role -> the file's columns that have it, roles in the order of `ColumnRole`."""
    columns = import_.options.get("columns", [])
    roles = {role.value: [c for c, where in columns if where == role] for role in ColumnRole}
    return {role: named for role, named in roles.items() if named}


def format_title(import_: Import) -> str:
    """The kind of rows in words."""
    shape = SHAPES.get(import_.format)
    return _(shape.title) if shape else _("not recognised yet")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def refusals_csv(import_: Import) -> Iterator[str]:
    """All kept refusals as CSV, a line at a time; no cell starts like a formula."""
    writer = csv.writer(_Echo())
    yield writer.writerow(_CSV_HEADER)
    rows = refusals_of(import_).values_list(*_CSV_HEADER)
    for line, *texts, number, row_id in rows.iterator(chunk_size=2000):
        yield writer.writerow([line, *map(defuse, texts), number or "", defuse(row_id)])
