"""Labels that rows carry: checked against the rubric, stored as judgments of placeholder raters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from labeling.datasets.rows import OVERALL, ImportedLabel, RefusalCode, RowError
from labeling.kinds import GivenAnswer, Kind, LabelError, kind_of, label_answers
from labeling.kinds.shapes import as_submitted, from_submitted
from labeling.models import Answer, Assignment, Judgment, Task
from labeling.vocabulary import AssignmentState, Purpose, Source, Strategy, TaskKind, TieKind
from projects.models import Criterion, Project, User
from projects.services.members import placeholder_raters

#: What an answer is about: the criterion's id, the response's place, the number of a principle.
Spot = tuple[int, int | None, int | None]


#: What is read of an answer on record.
_STORED = (
    *("judgment_id", "criterion_id", "response_id", "principle__number"),
    *("value", "tie_kind", "unsaid", "side_only"),
)


@dataclass(frozen=True, slots=True)
class Label:
    """One rater's checked answers, of the canonical responses.

    Of the criteria in `side_only` the source told the side and no strength.
    """

    rater: str
    answers: tuple[GivenAnswer[Criterion], ...]
    rationale: str
    at: datetime | None
    side_only: frozenset[int] = frozenset()

    def says_no_more_than(self, record: Label) -> bool:
        """Whether the record says all of this, whenever it was said.

        A side alone is said by a strength on that side too, and a tie of an unknown kind is any.
        """
        own, recorded = self._by_spot(), record._by_spot()
        return own.keys() == recorded.keys() and all(
            self._is_said(answer, recorded[spot], record) for spot, answer in own.items()
        )

    def _by_spot(self) -> dict[Spot, GivenAnswer[Criterion]]:
        return {(a.question.pk, a.response, a.principle): a for a in self.answers}

    def _is_said(
        self, answer: GivenAnswer[Criterion], recorded: GivenAnswer[Criterion], record: Label
    ) -> bool:
        if (pk := answer.question.pk) in self.side_only:
            return (answer.value or 0) * (recorded.value or 0) > 0
        ties = {answer.tie_kind, recorded.tie_kind}
        same_tie = len(ties) == 1 or TieKind.UNSPECIFIED in ties
        same = (answer.value, answer.unsaid) == (recorded.value, recorded.unsaid)
        return same and same_tie and pk not in record.side_only


class LabelRubrics:
    """The criteria of a project by the kind of task that they are asked on."""

    def __init__(self, project: Project) -> None:
        self._criteria = list(Criterion.objects.filter(project=project))
        self._by_kind: dict[str, LabelRubric] = {}

    def of(self, kind: str) -> LabelRubric:
        """The rubric of tasks of a kind. Raises RowError where the project asks no such question as
        its primary one."""
        if kind not in self._by_kind:
            rubric = LabelRubric(self._criteria, kind_of(kind))
            if not rubric.has_primary:
                raise RowError("kind", _NO_PRIMARY[kind], kind, code=RefusalCode.UNSUPPORTED)
            self._by_kind[kind] = rubric
        return self._by_kind[kind]

    def takes(self, kind: str) -> bool:
        """Whether the project takes tasks of a kind."""
        return LabelRubric(self._criteria, kind_of(kind)).has_primary


#: What a project lacks that takes no rows of a kind, and what to do.
_NO_PRIMARY: Mapping[str, str] = {
    TaskKind.COMPARE: (
        "Makes a comparison, and the project's rubric has no primary question that compares two "
        "responses. Add one, on a scale such as “Llama evaluation, seven points”."
    ),
    TaskKind.RANK: (
        "Makes a ranking, and the project's rubric has no primary question that ranks responses. "
        "Add one, on the scale “Ranking with ties”, or import its pairs as comparisons (kind "
        "compare)."
    ),
    TaskKind.WRITE: (
        "Makes a task to write, and the project's rubric does not ask what a reviewer decides. Add "
        "a primary question on the scale “Review, the decision on a text”."
    ),
    TaskKind.RATE: (
        "Makes a rating, and the project's rubric has no primary question about each response. "
        "Add one, on a scale such as “Thumb up or down” or “HelpSteer, helpfulness from 0 to 4”."
    ),
}


class LabelRubric:
    """The criteria that are asked on tasks of a kind, by key and by the alias of the primary
    one."""

    def __init__(self, criteria: Iterable[Criterion], kind: Kind) -> None:
        self.kind = kind
        criteria = list(criteria)
        self.criteria = kind.asked(criteria)
        self._by_key = {criterion.key: criterion for criterion in self.criteria}
        primary = next(
            (c for c in criteria if c.is_primary and c.scale.family == kind.family), None
        )
        self.has_primary = primary is not None
        if primary is not None:
            self._by_key.setdefault(OVERALL, primary)

    def labels(
        self, judgments: Iterable[ImportedLabel], ids: Sequence[str], shown_order: Sequence[int]
    ) -> list[Label]:
        """What a row's raters, people or models, said, turned to canonical order.

        `ids` are those of the row's responses, `shown_order[i]` is the canonical index of response
        i. Raises RowError for an unknown criterion and for what does not fit its scale.
        """
        return [self._label(judgment, ids, shown_order) for judgment in judgments]

    def _label(
        self, judgment: ImportedLabel, ids: Sequence[str], shown_order: Sequence[int]
    ) -> Label:
        said = self._said(judgment)
        side_only = {self._criterion(key).key for key in judgment.side_only}
        for key, grade in judgment.grades.items():
            criterion = self._criterion(key)
            side = said[criterion.key]
            strength = self.kind.graded(criterion, side, grade) if isinstance(side, int) else None
            if strength is None:
                side_only.add(criterion.key)
            else:
                said[criterion.key] = strength
        try:
            answers = label_answers(self.kind, self.criteria, said, self._named_ties(judgment), ids)
        except LabelError as error:
            raise RowError(
                f"judgments.{error.key}", error.reason, error.value, code=RefusalCode.OFF_SCALE
            ) from None
        canonical = tuple(self.kind.canonical(answer, shown_order) for answer in answers)
        sides = frozenset(self._by_key[key].pk for key in side_only)
        return Label(judgment.rater, canonical, judgment.rationale, judgment.at, sides)

    def _said(self, judgment: ImportedLabel) -> dict[str, object]:
        """What a label says, by the criterion's own key."""
        said: dict[str, object] = {}
        for key, value in (*judgment.values.items(), *judgment.answers.items()):
            criterion = self._criterion(key)
            if said.setdefault(criterion.key, value) != value:
                raise RowError(
                    f"judgments.{key}",
                    "Is answered twice, differently.",
                    value,
                    code=RefusalCode.TWICE,
                )
        return said

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
        return {
            "model": label.rater,
            "values": as_submitted(label.answers),
            "side_only": [
                a.question.key for a in label.answers if a.question.pk in label.side_only
            ],
            "tie_kinds": {a.question.key: a.tie_kind for a in label.answers if a.tie_kind},
            "rationale": label.rationale,
            "at": label.at.isoformat() if label.at else None,
            "import": import_id,
        }

    def stored_votes(self, votes: Iterable[Mapping[str, Any]]) -> dict[str, Label]:
        """model -> its vote that is kept on a task."""
        return {vote["model"]: self._stored_vote(vote) for vote in votes}

    def _stored_vote(self, vote: Mapping[str, Any]) -> Label:
        known = {criterion.key: criterion for criterion in self.criteria}
        # A criterion that nobody has judged by may be gone since.
        answers = tuple(
            answer
            for key, value in vote["values"].items()
            if key in known
            for answer in from_submitted(known[key], value, vote["tie_kinds"].get(key, ""))
        )
        sides = frozenset(known[key].pk for key in vote["side_only"] if key in known)
        return Label(vote["model"], answers, "", None, sides)

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


def stored_labels(tasks: Iterable[Task]) -> dict[int, dict[str, Label]]:
    """task id -> rater's name -> what the placeholder rater of that name is on record with."""
    tasks = list(tasks)
    judgments = Judgment.objects.filter(task__in=tasks, rater__is_placeholder=True).standing()
    rows = list(judgments.values_list("pk", "task_id", "rater__name"))
    places = {task.pk: {pk: i for i, pk in enumerate(task.response_ids)} for task in tasks}
    places_of = {pk: places[task_id] for pk, task_id, _ in rows}
    criteria = Criterion.objects.filter(project__in={task.project_id for task in tasks}).in_bulk()
    answers: dict[int, list[GivenAnswer[Criterion]]] = defaultdict(list)
    sides: dict[int, set[int]] = defaultdict(set)
    stored: Iterable[tuple[Any, ...]] = (
        Answer.objects.filter(judgment_id__in=places_of).order_by("pk").values_list(*_STORED)
    )
    for judgment, criterion, response, principle, value, tie_kind, unsaid, side_only in stored:
        place = None if response is None else places_of[judgment][response]
        answers[judgment].append(
            GivenAnswer(criteria[criterion], value, place, principle, tie_kind, unsaid)
        )
        if side_only:
            sides[judgment].add(criterion)
    labels: dict[int, dict[str, Label]] = defaultdict(dict)
    for pk, task_id, name in rows:
        labels[task_id][name] = Label(name, tuple(answers[pk]), "", None, frozenset(sides[pk]))
    return labels


def write_labels(
    project: Project,
    labels: Mapping[int, Sequence[Label]],
    responses: Mapping[int, Sequence[int]],
    now: datetime,
    *,
    import_id: int,
) -> dict[int, int]:
    """Stores new labels by task id; a task's overlap grows where it has too few places.

    Returns by how many, for tasks of which it did. `responses` are the ids of each task's in
    canonical order, `import_id` the import that brings them. The tasks are locked by the caller.
    """
    names = {label.rater for of_task in labels.values() for label in of_task}
    if not names:
        return {}
    raters = placeholder_raters(project=project, names=names)
    raised = _make_room(labels)
    assignments = Assignment.objects.bulk_create(
        _assignment(
            project,
            raters[label.rater],
            task_id,
            len(responses[task_id]),
            label.at or now,
            import_id,
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
            criterion=answer.question,
            response_id=_response(responses[judgment.task_id], answer),
            value=answer.value,
            tie_kind=answer.tie_kind,
            unsaid=answer.unsaid,
            side_only=answer.question.pk in label.side_only,
        )
        for judgment, label in zip(judgments, flat, strict=True)
        for answer in label.answers
    )
    return raised


def _response(ids: Sequence[int], answer: GivenAnswer[Criterion]) -> int | None:
    return None if answer.response is None else ids[answer.response]


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
