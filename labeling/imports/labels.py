"""Labels that rows carry: checked against the rubric, stored as judgments of placeholder raters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from labeling.datasets.rows import OVERALL, ImportedLabel, RefusalCode, RowError
from labeling.kinds import Kind, LabelError, primary_of
from labeling.models import Answer, Assignment, Judgment, Task
from labeling.vocabulary import AssignmentState, Purpose, Source, Strategy, TieKind
from projects.models import Criterion, Project, User
from projects.services.members import placeholder_raters


@dataclass(frozen=True, slots=True)
class Label:
    """One rater's checked answers; `values` is criterion id -> value of the canonical responses.

    `tie_kinds` is criterion id -> which tie a 0 is. Of the criteria in `side_only` the source told
    the side and no strength.
    """

    rater: str
    values: Mapping[int, int]
    tie_kinds: Mapping[int, str]
    rationale: str
    at: datetime | None
    side_only: frozenset[int] = frozenset()

    def says_no_more_than(self, record: Label) -> bool:
        """Whether the record says all of this, whenever it was said.

        A side alone is said by a strength on that side too, and a tie of an unknown kind is any.
        """
        return self.values.keys() == record.values.keys() and all(
            self._is_said(pk, value, record) for pk, value in self.values.items()
        )

    def _is_said(self, criterion_id: int, value: int, record: Label) -> bool:
        recorded = record.values[criterion_id]
        if criterion_id in self.side_only:
            return value * recorded > 0
        ties = {label.tie_kinds.get(criterion_id, "") for label in (self, record)}
        same_tie = len(ties) == 1 or TieKind.UNSPECIFIED in ties
        return value == recorded and same_tie and criterion_id not in record.side_only


class LabelRubric:
    """The criteria of a project, by key and by the alias of the primary one."""

    def __init__(self, project: Project, kind: Kind) -> None:
        self.kind = kind
        self.criteria = kind.asked(Criterion.objects.filter(project=project))
        self._by_key = {criterion.key: criterion for criterion in self.criteria}
        primary = primary_of(self.criteria)
        if primary is not None:
            self._by_key.setdefault(OVERALL, primary)

    def labels(self, judgments: Iterable[ImportedLabel], shown_order: Sequence[int]) -> list[Label]:
        """What a row's raters, people or models, said, turned to canonical order.

        `shown_order[i]` is the canonical index of the row's response i. Raises RowError for an
        unknown criterion and for a value outside its scale.
        """
        return [self._label(judgment, shown_order) for judgment in judgments]

    def _label(self, judgment: ImportedLabel, shown_order: Sequence[int]) -> Label:
        answers: dict[str, int] = {}
        for key, value in judgment.values.items():
            criterion = self._criterion(key)
            if answers.setdefault(criterion.key, value) != value:
                raise RowError(
                    f"judgments.{key}",
                    "Is answered twice, differently.",
                    value,
                    code=RefusalCode.TWICE,
                )
        side_only = {self._criterion(key).key for key in judgment.side_only}
        for key, grade in judgment.grades.items():
            criterion = self._criterion(key)
            strength = self.kind.graded(criterion, answers[criterion.key], grade)
            if strength is None:
                side_only.add(criterion.key)
            else:
                answers[criterion.key] = strength
        try:
            ties = self.kind.check_label(self.criteria, answers, self._named_ties(judgment))
        except LabelError as error:
            raise RowError(
                f"judgments.{error.key}", error.reason, error.value, code=RefusalCode.OFF_SCALE
            ) from None
        values = {
            self._by_key[key].pk: self.kind.turned(value, shown_order)
            for key, value in answers.items()
        }
        tie_kinds = {self._by_key[key].pk: kind for key, kind in ties.items()}
        sides = frozenset(self._by_key[key].pk for key in side_only)
        return Label(judgment.rater, values, tie_kinds, judgment.rationale, judgment.at, sides)

    def _named_ties(self, judgment: ImportedLabel) -> dict[str, str]:
        """Which ties a label names, by the criterion's own key."""
        ties: dict[str, str] = {}
        for key, kind in judgment.tie_kinds.items():
            before = ties.get(own := self._criterion(key).key, TieKind.UNSPECIFIED.value)
            if before == TieKind.UNSPECIFIED:
                ties[own] = kind
            elif kind not in (TieKind.UNSPECIFIED, before):
                raise RowError(
                    f"judgments.tie_kinds.{key}"[:120],
                    "Is called two different ties.",
                    kind,
                    code=RefusalCode.CONTRADICTION,
                )
        return ties

    def vote_json(self, label: Label, import_id: int) -> dict[str, object]:
        """A model's vote as it is kept on its task, by the keys of criteria.

        `import_id` is the import that brings it.
        """
        keys = {criterion.pk: criterion.key for criterion in self.criteria}
        return {
            "model": label.rater,
            "values": {keys[pk]: value for pk, value in label.values.items()},
            "side_only": [keys[pk] for pk in label.values if pk in label.side_only],
            "tie_kinds": {keys[pk]: kind for pk, kind in label.tie_kinds.items()},
            "rationale": label.rationale,
            "at": label.at.isoformat() if label.at else None,
            "import": import_id,
        }

    def stored_votes(self, votes: Iterable[Mapping[str, Any]]) -> dict[str, Label]:
        """model -> its vote that is kept on a task."""
        return {vote["model"]: self._stored_vote(vote) for vote in votes}

    def _stored_vote(self, vote: Mapping[str, Any]) -> Label:
        ids = {criterion.key: criterion.pk for criterion in self.criteria}
        # A criterion that nobody has judged by may be gone since.
        values = {ids[key]: value for key, value in vote["values"].items() if key in ids}
        sides = frozenset(ids[key] for key in vote["side_only"] if key in ids)
        ties = {ids[key]: kind for key, kind in vote["tie_kinds"].items() if key in ids}
        return Label(vote["model"], values, ties, "", None, sides)

    def _criterion(self, key: str) -> Criterion:
        criterion = self._by_key.get(key)
        if criterion is None:
            known = ", ".join(criterion.key for criterion in self.criteria)
            raise RowError(
                f"judgments.{key}"[:120],
                f"This project has no criterion “{key[:80]}”; it asks: {known}.",
                key,
                code=RefusalCode.UNKNOWN_CRITERION,
            )
        return criterion


def stored_labels(task_ids: Iterable[int]) -> dict[int, dict[str, Label]]:
    """task id -> rater's name -> what the placeholder rater of that name is on record with."""
    ids = list(task_ids)
    judgments = Judgment.objects.filter(task_id__in=ids, rater__is_placeholder=True).standing()
    rows = list(judgments.values_list("pk", "task_id", "rater__name"))
    values: dict[int, dict[int, int]] = defaultdict(dict)
    ties: dict[int, dict[int, str]] = defaultdict(dict)
    sides: dict[int, set[int]] = defaultdict(set)
    answers: Iterable[tuple[Any, ...]] = (
        Answer.objects.filter(judgment_id__in=[row[0] for row in rows])
        .with_value()
        .values_list("judgment_id", "criterion_id", "value", "tie_kind", "side_only")
    )
    for judgment_id, criterion_id, value, tie, side_only in answers:
        values[judgment_id][criterion_id] = value
        if tie:
            ties[judgment_id][criterion_id] = tie
        if side_only:
            sides[judgment_id].add(criterion_id)
    labels: dict[int, dict[str, Label]] = defaultdict(dict)
    for pk, task_id, name in rows:
        sides_of = frozenset(sides[pk])
        labels[task_id][name] = Label(name, values[pk], ties[pk], "", None, sides_of)
    return labels


def write_labels(
    project: Project,
    labels: Mapping[int, Sequence[Label]],
    sizes: Mapping[int, int],
    now: datetime,
    *,
    import_id: int,
) -> dict[int, int]:
    """Stores new labels by task id; a task's overlap grows where it has too few places.

    Returns by how many, for tasks of which it did. `sizes` is the number of responses of each task,
    `import_id` the import that brings them. The tasks are locked by the caller.
    """
    names = {label.rater for of_task in labels.values() for label in of_task}
    if not names:
        return {}
    raters = placeholder_raters(project=project, names=names)
    raised = _make_room(labels)
    assignments = Assignment.objects.bulk_create(
        _assignment(
            project, raters[label.rater], task_id, sizes[task_id], label.at or now, import_id
        )
        for task_id, of_task in labels.items()
        for label in of_task
    )
    flat = [label for of_task in labels.values() for label in of_task]
    judgments = Judgment.objects.bulk_create(
        _judgment(assignment, label, now)
        for assignment, label in zip(assignments, flat, strict=True)
    )
    Answer.objects.bulk_create(
        Answer(
            judgment=judgment,
            criterion_id=criterion_id,
            value=value,
            tie_kind=label.tie_kinds.get(criterion_id, ""),
            side_only=criterion_id in label.side_only,
        )
        for judgment, label in zip(judgments, flat, strict=True)
        for criterion_id, value in label.values.items()
    )
    return raised


def _make_room(labels: Mapping[int, Sequence[Label]]) -> dict[int, int]:
    """Raises the overlap of tasks with fewer open places than labels, before those take them.

    Returns by how many, by task id.
    """
    bounded = Task.objects.filter(pk__in=labels, open_slots__isnull=False)
    room = {pk: slots or 0 for pk, slots in bounded.values_list("pk", "open_slots")}
    missing: dict[int, list[int]] = defaultdict(list)
    for task_id, of_task in labels.items():
        if task_id in room and len(of_task) > room[task_id]:
            missing[len(of_task) - room[task_id]].append(task_id)
    for count, task_ids in missing.items():
        Task.objects.filter(pk__in=task_ids).update(
            overlap=F("overlap") + count, open_slots=F("open_slots") + count
        )
    return {pk: count for count, task_ids in missing.items() for pk in task_ids}


def _assignment(
    project: Project, rater: User, task_id: int, size: int, at: datetime, import_id: int
) -> Assignment:
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
        import_job_id=import_id,
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
        rationale=label.rationale,
        created_at=label.at or now,
    )
