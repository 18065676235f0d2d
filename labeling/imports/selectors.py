"""Imports as people read them: the history, a report, its refusals as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from labeling.datasets.readers import SHAPES, ColumnRole
from labeling.datasets.texts import defuse
from labeling.models import Import, ImportRefusal
from projects.models import Project

_CSV_HEADER = ("line", "field", "reason", "excerpt", "code", "number", "row_id")


def imports_of(project: Project) -> QuerySet[Import]:
    """The imports of a project, newest first, with who asked for them."""
    return Import.objects.filter(project=project).select_related("created_by")


def find_import(project: Project, import_id: int) -> Import | None:
    """One import of this project."""
    return imports_of(project).filter(pk=import_id).first()


def refusals_of(import_: Import) -> QuerySet[ImportRefusal]:
    """The refused rows that were kept with their reasons, in the order of the file."""
    return ImportRefusal.objects.filter(import_job=import_)


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


def report_of(import_: Import) -> ImportReport:
    """The counts so far; all zero before the first batch."""
    kinds = (
        *("rows", "created", "updated", "unchanged", "duplicates", "refused"),
        *("labels", "model_votes", "left_out"),
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
