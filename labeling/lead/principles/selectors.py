"""What the library shows of principles, and the judgments that none of them fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.models import Judgment, Task
from labeling.models.judgments import JudgmentQuerySet
from projects.guidelines.content import PRINCIPLE_LABELS
from projects.guidelines.library import principle_versions
from projects.guidelines.selectors import current_guideline, principles_of
from projects.guidelines.versions import Section, line_difference
from projects.models import Guideline, Principle, Project


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """A principle as it stands, or stood last where it is retired; `latest` is where its words
    are from."""

    clause: Principle
    latest: Principle
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class PastVersion:
    """One wording of a principle: as it first stood, what changed, and the tasks that were why."""

    clause: Principle
    sections: Sequence[Section]
    evidence: Sequence[Task]


def library(project: Project, newest: Guideline | None) -> list[LibraryEntry]:
    """The principles in force by number, then those that are retired, by key."""
    latest: dict[str, Principle] = {}
    for clause in principle_versions(project):
        latest.setdefault(clause.key, clause)
    current = list(principles_of(newest))
    entries = [LibraryEntry(clause, latest[clause.key]) for clause in current]
    stands = {clause.key for clause in current}
    retired = [LibraryEntry(c, c, is_retired=True) for k, c in latest.items() if k not in stands]
    return entries + retired


def history(project: Project, key: str) -> list[PastVersion]:
    """Every wording of a principle, newest first."""
    clauses = principle_versions(project, key)
    wanted = {pk for clause in clauses for pk in clause.evidence}
    tasks = Task.objects.filter(project=project, pk__in=wanted).in_bulk() if wanted else {}
    return [
        PastVersion(
            clause,
            _changes(former, clause) if former else (),
            [tasks[pk] for pk in clause.evidence if pk in tasks],
        )
        for clause, former in zip(clauses, [*clauses[1:], None], strict=True)
    ]


def _changes(old: Principle, new: Principle) -> list[Section]:
    """What changed from one wording to the next, part by part."""
    sections = []
    for name, label in PRINCIPLE_LABELS.items():
        before, after = (str(getattr(clause, name) or "") for clause in (old, new))
        if before != after:
            lines = line_difference(before.splitlines(), after.splitlines())
            sections.append(Section(str(label), list(lines)))
    return sections


def has_principles(project: Project) -> bool:
    """Whether the guideline in force has any."""
    return principles_of(current_guideline(project)).exists()


def unfitting_judgments(project: Project) -> JudgmentQuerySet:
    """The judgments that count of which raters say that no principle fits, newest first."""
    judgments = Judgment.objects.filter(project=project, none_fits=True).counting().live()
    return judgments.select_related("task", "rater", "guideline").order_by("-pk")
