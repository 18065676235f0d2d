"""The principles of a release: as worded in the newest version in use, with history and health."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from labeling.datasets.context import Constitution
from labeling.figures import principles as figures
from labeling.figures.health_table import health_csv
from labeling.models import Task
from labeling.models.judgments import JudgmentQuerySet
from projects.guidelines.content import PRINCIPLE_WORDS
from projects.guidelines.library import principle_versions
from projects.models import Guideline, Principle, Project


def constitution_of(
    project: Project,
    newest: Guideline | None,
    judgments: JudgmentQuerySet,
    pseudonym: Callable[[str, int], str],
) -> Constitution | None:
    """The principles of a version as a release holds them; None where it has none.

    What was published after that version is not in it, so that the same request gives the same
    files; who changed a principle stands under a pseudonym.
    """
    clauses = list(newest.principles.all()) if newest else []
    if newest is None or not clauses:
        return None
    past = [v for v in principle_versions(project) if v.guideline.number <= newest.number]
    wanted = {pk for version in past for pk in version.evidence}
    names = dict(Task.objects.filter(pk__in=wanted).values_list("pk", "external_id"))
    health = figures.principle_health(project, judgments, newest=newest)
    stands = {clause.key: [v for v in past if v.key == clause.key] for clause in clauses}
    return Constitution(
        guideline=newest.number,
        principles=tuple(
            {
                **_worded(clause),
                "history": [_past(v, names, pseudonym) for v in stands[clause.key]],
            }
            for clause in clauses
        ),
        health=health_csv([_numbered(stands[c.key], c) for c in clauses], health),
    )


def _numbered(versions: Sequence[Principle], clause: Principle) -> Principle:
    """The wording in force as it first stood, under the number that it has now."""
    latest = versions[0]
    latest.number = clause.number
    return latest


def _worded(clause: Principle) -> dict[str, Any]:
    about = {"number": clause.number, "key": clause.key, "version": clause.version}
    return about | {name: getattr(clause, name) for name in PRINCIPLE_WORDS}


def _past(
    clause: Principle, names: dict[int, str], pseudonym: Callable[[str, int], str]
) -> dict[str, Any]:
    guideline = clause.guideline
    by = guideline.published_by_id
    return {
        **_worded(clause),
        "guideline": guideline.number,
        "changed_at": f"{guideline.published_at:%Y-%m-%dT%H:%M:%SZ}",
        "changed_by": pseudonym("lead", by) if by else "",
        "why": clause.why or guideline.change_note,
        "evidence": [names[pk] for pk in clause.evidence if pk in names],
    }
