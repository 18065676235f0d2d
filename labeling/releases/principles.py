"""The principles of a project's guidelines, as rules that responses are judged by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from labeling.datasets.records import PrincipleRecord
from projects.models import Principle, Project
from projects.scales import Scale


def is_about_rules(scale: Scale) -> bool:
    """Whether answers on the scale are given for each principle."""
    return scale.is_rule


def principle_records(project: Project) -> dict[str, PrincipleRecord]:
    """The principles of all versions, by the name that ratings have for them."""
    return {record.name: record for _, record in _records(project)}


def principle_names(project: Project) -> dict[int, str]:
    """The names of all principles, by primary key."""
    return {pk: record.name for pk, record in _records(project)}


def _records(project: Project) -> Iterable[tuple[int, PrincipleRecord]]:
    rows = Principle.objects.filter(guideline__project=project).order_by("pk")
    columns: Iterable[tuple[Any, ...]] = rows.values_list(
        "pk", "guideline__number", "number", "key", "title", "text"
    )
    return [(pk, PrincipleRecord(*parts)) for pk, *parts in columns]
