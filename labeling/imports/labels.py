"""Labels that rows carry: checked against the rubric, stored as judgments of placeholder raters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from labeling.allocation import to_canonical
from labeling.datasets.rows import OVERALL, ImportedJudgment, ImportRow, RowError
from labeling.models import Answer, Assignment, Judgment, Task
from labeling.vocabulary import AssignmentState, Purpose, Source, Strategy, TieKind
from projects.models import Criterion, Project, User
from projects.services.members import placeholder_raters

#: Ties that a scale without a 0 may carry: the answer then says only that there is no preference.
_ESCAPES = frozenset({TieKind.EQUAL_BAD, TieKind.CANNOT_TELL})


@dataclass(frozen=True, slots=True)
class Label:
    """One rater's checked answers; `values` is criterion id -> value of the canonical responses."""

    rater: str
    values: Mapping[int, int]
    tie_kind: str
    rationale: str
    at: datetime | None

    def same_answer(self, other: Label) -> bool:
        """Whether the two say the same, whenever they said it."""
        return self.values == other.values and self.tie_kind == other.tie_kind


class Rubric:
    """The criteria of a project, by key and by the alias of the primary one."""

    def __init__(self, project: Project) -> None:
        criteria = list(Criterion.objects.filter(project=project))
        self.keys = [criterion.key for criterion in criteria]
        self.primary = next((c for c in criteria if c.is_primary), None)
        self._by_key = {criterion.key: criterion for criterion in criteria}
        if self.primary is not None:
            self._by_key.setdefault(OVERALL, self.primary)

    def labels(self, row: ImportRow, shown_order: Sequence[int]) -> list[Label]:
        """The row's labels, turned to canonical order.

        `shown_order[i]` is the canonical index of the row's response i. Raises RowError for an
        unknown criterion and for a value outside its scale.
        """
        return [self._label(said, shown_order) for said in row.judgments]

    def _label(self, said: ImportedJudgment, shown_order: Sequence[int]) -> Label:
        given: dict[str, int] = {}
        for key, value in said.values.items():
            criterion = self._criterion(key)
            if given.setdefault(criterion.key, value) != value:
                raise RowError(f"judgments.{key}", "Is answered twice, differently.", value)
        tie_kind = self._tie_kind(said, given)
        for key, value in given.items():
            self._check(self._by_key[key], value, tie_kind)
        values = {
            self._by_key[key].pk: to_canonical(value, shown_order) for key, value in given.items()
        }
        return Label(said.rater, values, tie_kind, said.rationale, said.at)

    def _criterion(self, key: str) -> Criterion:
        criterion = self._by_key.get(key)
        if criterion is None:
            known = ", ".join(self.keys)
            raise RowError(
                f"judgments.{key}"[:120],
                f"This project has no criterion “{key[:80]}”; it asks: {known}.",
                key,
            )
        return criterion

    def _tie_kind(self, said: ImportedJudgment, given: Mapping[str, int]) -> str:
        primary = self.primary
        if primary is None or given.get(primary.key) != 0:
            return said.tie_kind
        if not said.tie_kind and primary.scale.has_tie:
            return TieKind.EQUAL_GOOD.value
        return said.tie_kind

    def _check(self, criterion: Criterion, value: int, tie_kind: str) -> None:
        if criterion.is_primary and value == 0 and tie_kind in _ESCAPES:
            return
        if not criterion.scale.accepts(value):
            allowed = ", ".join(str(v) for v in criterion.scale.values)
            raise RowError(
                f"judgments.{criterion.key}",
                f"{value} is not on this project's scale ({allowed}).",
                value,
            )


def stored_labels(task_ids: Iterable[int]) -> dict[int, dict[str, Label]]:
    """task id -> rater's name -> what the placeholder rater of that name is on record with."""
    ids = list(task_ids)
    judgments = Judgment.objects.filter(
        task_id__in=ids, is_current=True, withdrawn=False, rater__is_placeholder=True
    ).values_list("pk", "task_id", "rater__name", "tie_kind")
    rows = list(judgments)
    values: dict[int, dict[int, int]] = defaultdict(dict)
    answers = Answer.objects.filter(judgment_id__in=[row[0] for row in rows])
    for judgment_id, criterion_id, value in answers.values_list(
        "judgment_id", "criterion_id", "value"
    ):
        values[judgment_id][criterion_id] = value
    found: dict[int, dict[str, Label]] = defaultdict(dict)
    for pk, task_id, name, tie_kind in rows:
        found[task_id][name] = Label(name, values[pk], tie_kind, "", None)
    return found


def write_labels(
    project: Project, labels: Mapping[int, Sequence[Label]], sizes: Mapping[int, int], now: datetime
) -> None:
    """Stores new labels by task id; a task's overlap grows where it has too few places.

    `sizes` is the number of responses of each task. The tasks are locked by the caller.
    """
    names = {label.rater for said in labels.values() for label in said}
    if not names:
        return
    raters = placeholder_raters(project=project, names=names)
    _make_room(labels)
    assignments = Assignment.objects.bulk_create(
        _assignment(project, raters[label.rater], task_id, sizes[task_id], label.at or now)
        for task_id, said in labels.items()
        for label in said
    )
    flat = [label for said in labels.values() for label in said]
    judgments = Judgment.objects.bulk_create(
        _judgment(assignment, label, now)
        for assignment, label in zip(assignments, flat, strict=True)
    )
    Answer.objects.bulk_create(
        Answer(judgment=judgment, criterion_id=criterion_id, value=value)
        for judgment, label in zip(judgments, flat, strict=True)
        for criterion_id, value in label.values.items()
    )


def _make_room(labels: Mapping[int, Sequence[Label]]) -> None:
    """Raises the overlap of tasks with fewer open places than labels, before those take them."""
    bounded = Task.objects.filter(pk__in=labels, open_slots__isnull=False)
    room = {pk: slots or 0 for pk, slots in bounded.values_list("pk", "open_slots")}
    missing: dict[int, list[int]] = defaultdict(list)
    for task_id, said in labels.items():
        if task_id in room and len(said) > room[task_id]:
            missing[len(said) - room[task_id]].append(task_id)
    for count, task_ids in missing.items():
        Task.objects.filter(pk__in=task_ids).update(
            overlap=F("overlap") + count, open_slots=F("open_slots") + count
        )


def _assignment(project: Project, rater: User, task_id: int, size: int, at: datetime) -> Assignment:
    # Nobody knows on which side a response stood elsewhere; statistics of position leave
    # assignments of this strategy out.
    return Assignment(
        project=project,
        task_id=task_id,
        rater=rater,
        state=AssignmentState.SUBMITTED,
        lease_expires_at=at,
        shown_order=list(range(size)),
        purpose=Purpose.LIVE,
        strategy=Strategy.IMPORTED,
        opened_at=at,
        submitted_at=at,
    )


def _judgment(assignment: Assignment, label: Label, now: datetime) -> Judgment:
    return Judgment(
        assignment=assignment,
        task_id=assignment.task_id,
        project_id=assignment.project_id,
        rater_id=assignment.rater_id,
        purpose=Purpose.LIVE,
        strategy=Strategy.IMPORTED,
        source=Source.HUMAN,
        tie_kind=label.tie_kind,
        rationale=label.rationale,
        created_at=label.at or now,
    )
