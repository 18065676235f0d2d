"""Labels that rows carry: checked against the rubric, stored as judgments of placeholder raters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from labeling.imports.drafts import LabelledText, stored_texts, write_texts
from labeling.imports.label_marks import NO_MARKS, LabelMarks, stored_marks, write_marks
from labeling.kinds import GivenAnswer
from labeling.models import Answer, Assignment, Judgment, Task
from labeling.vocabulary import AssignmentState, Purpose, Source, Strategy, TieKind
from projects.models import Criterion, Principle, Project, User
from projects.services.members import placeholder_raters

#: What an answer is about: the criterion's id, the response's place, the number of a principle.
Spot = tuple[int, int | None, int | None]


#: By whom a label is, and whether it is their final word beside a vote.
Voice = tuple[str, bool]

#: What is read of an answer on record.
_STORED = (
    *("judgment_id", "criterion_id", "response_id", "principle__number"),
    *("value", "tie_kind", "unsaid", "side_only"),
)


@dataclass(frozen=True, slots=True)
class Label:
    """One rater's checked answers, of the canonical responses.

    Of the criteria in `side_only` the source told the side and no strength. `reasons` are the codes
    of the reasons it names, `draft` what it wrote.
    """

    rater: str
    answers: tuple[GivenAnswer[Criterion], ...]
    rationale: str
    at: datetime | None
    side_only: frozenset[int] = frozenset()
    marks: LabelMarks = NO_MARKS
    reasons: tuple[str, ...] = ()
    draft: LabelledText | None = None
    is_final: bool = False

    @property
    def voice(self) -> Voice:
        """By whom it is, and as what."""
        return self.rater, self.is_final

    @property
    def purpose(self) -> Purpose:
        """What its judgment was given for."""
        return Purpose.ADJUDICATION if self.is_final else Purpose.LIVE

    def says_no_more_than(self, record: Label) -> bool:
        """Whether the record says all of this, whenever it was said.

        A side alone is said by a strength on that side too, and a tie of an unknown kind is any.
        """
        own, recorded = self._by_spot(), record._by_spot()
        said = (*self.marks.spans, *self.marks.regions, *self.reasons)
        if not {*said} <= {*record.marks.spans, *record.marks.regions, *record.reasons}:
            return False
        if self.draft is not None and not self.draft.says_no_more_than(record.draft):
            return False
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


def stored_labels(
    tasks: Iterable[Task], *, with_regions: bool, with_texts: bool
) -> dict[int, dict[Voice, Label]]:
    """task id -> voice -> what the placeholder rater of that name is on record with.

    Regions of pictures are read where they are asked for, and so is what they wrote.
    """
    tasks = list(tasks)
    judgments = Judgment.objects.filter(task__in=tasks, rater__is_placeholder=True).standing()
    rows = list(judgments.values_list("pk", "task_id", "rater__name", "reasons", "purpose"))
    places = {task.pk: {pk: i for i, pk in enumerate(task.response_ids)} for task in tasks}
    places_of = {pk: places[task_id] for pk, task_id, *_ in rows}
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
    labels: dict[int, dict[Voice, Label]] = defaultdict(dict)
    marks = stored_marks(places_of, with_regions=with_regions)
    texts = stored_texts(places_of) if with_texts else {}
    for pk, task_id, name, reasons, purpose in rows:
        label = Label(
            name,
            tuple(answers[pk]),
            "",
            None,
            frozenset(sides[pk]),
            marks[pk],
            tuple(reasons),
            texts.get(pk),
            purpose == Purpose.ADJUDICATION,
        )
        labels[task_id][label.voice] = label
    return labels


def write_labels(
    project: Project,
    labels: Mapping[int, Sequence[Label]],
    responses: Mapping[int, Sequence[int]],
    now: datetime,
    *,
    import_id: int,
    clauses: Mapping[int, Principle],
) -> dict[int, int]:
    """Stores new labels by task id; a task's overlap grows where it has too few places.

    Returns by how many, for tasks of which it did. `responses` are the ids of each task's in
    canonical order, `import_id` the import that brings them, `clauses` the principles that answers
    may be about, by number. The tasks are locked by the caller.
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
            label,
            now,
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
        _answer(judgment, label, answer, responses[judgment.task_id], clauses)
        for judgment, label in zip(judgments, flat, strict=True)
        for answer in label.answers
    )
    marks = ((judgment, label.marks) for judgment, label in zip(judgments, flat, strict=True))
    write_marks(project, marks, responses, clauses)
    written = zip(judgments, flat, strict=True)
    write_texts([(judgment, label.draft) for judgment, label in written if label.draft], responses)
    return raised


def _answer(
    judgment: Judgment,
    label: Label,
    answer: GivenAnswer[Criterion],
    ids: Sequence[int],
    clauses: Mapping[int, Principle],
) -> Answer:
    return Answer(
        judgment=judgment,
        criterion_id=answer.question.pk,
        response_id=None if answer.response is None else ids[answer.response],
        principle_id=None if answer.principle is None else clauses[answer.principle].pk,
        value=answer.value,
        tie_kind=answer.tie_kind,
        unsaid=answer.unsaid,
        side_only=answer.question.pk in label.side_only,
    )


def _make_room(labels: Mapping[int, Sequence[Label]]) -> dict[int, int]:
    """Raises the overlap of tasks with fewer open places than labels, before those take them.

    Returns by how many, by task id.
    """
    bounded = Task.objects.filter(pk__in=labels, open_slots__isnull=False)
    room = {pk: slots or 0 for pk, slots in bounded.values_list("pk", "open_slots")}
    missing: dict[int, list[int]] = defaultdict(list)
    for task_id, of_task in labels.items():
        n = votes_among(of_task)
        if task_id in room and n > room[task_id]:
            missing[n - room[task_id]].append(task_id)
    for count, task_ids in missing.items():
        Task.objects.filter(pk__in=task_ids).update(
            overlap=F("overlap") + count, open_slots=F("open_slots") + count
        )
    return {pk: count for count, task_ids in missing.items() for pk in task_ids}


def votes_among(labels: Sequence[Label]) -> int:
    """How many of the labels take a place: final words do not."""
    return sum(not label.is_final for label in labels)


def _assignment(
    project: Project,
    rater: User,
    task_id: int,
    size: int,
    label: Label,
    now: datetime,
    import_id: int,
) -> Assignment:
    at = label.at or now
    # Nobody knows on which side a response stood elsewhere; statistics of position leave
    # assignments of this strategy out.
    return Assignment(
        project=project,
        task_id=task_id,
        rater=rater,
        state=AssignmentState.SUBMITTED,
        lease_expires_at=at,
        shown_order=list(range(size)),
        purpose=label.purpose,
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
        purpose=label.purpose,
        strategy=Strategy.IMPORTED,
        source=Source.HUMAN,
        rationale=label.rationale,
        reasons=list(label.reasons),
        created_at=label.at or now,
    )
