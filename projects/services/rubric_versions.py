"""Versions of a rubric: its questions as they stood from one change to the next."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Max

from projects.audit import record
from projects.models import Criterion, Project, RubricVersion, User


def first_version(*, project: Project, actor: User | None) -> RubricVersion:
    """The questions of a new project as its first version."""
    return RubricVersion.objects.create(
        project=project, number=1, criteria=_snapshot(project), created_by=actor
    )


def publish_version(project: Project, actor: User, verb: str, **detail: object) -> RubricVersion:
    """The questions as they are now become the next version, and the log says so."""
    versions = RubricVersion.objects.filter(project=project)
    version = RubricVersion.objects.create(
        project=project,
        number=1 + (versions.aggregate(newest=Max("number"))["newest"] or 0),
        criteria=_snapshot(project),
        created_by=actor,
    )
    record(project=project, actor=actor, verb=verb, version=version.number, **detail)
    return version


def _snapshot(project: Project) -> list[dict[str, Any]]:
    return [
        {
            "id": criterion.pk,
            "key": criterion.key,
            "wording": criterion.wording,
            "short_label": criterion.short_label,
            "help_text": criterion.help_text,
            "scale": criterion.scale_key,
            **({"own_scale": json.loads(criterion.own_scale)} if criterion.own_scale else {}),
            "primary": criterion.is_primary,
            "required": criterion.is_required,
            "retired": criterion.is_retired,
        }
        for criterion in Criterion.objects.filter(project=project)
    ]
