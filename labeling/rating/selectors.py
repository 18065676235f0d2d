"""Reads for the rating screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import OuterRef, Q, QuerySet, Subquery

from labeling.kinds import GivenAnswer, kind_of
from labeling.kinds.shapes import as_submitted
from labeling.models import Assignment, Import, Judgment, Prompt, Task
from labeling.models.judgments import JudgmentQuerySet
from labeling.models.tasks import ASKED_AS
from labeling.rating.drafts import Written, written_with
from labeling.rating.marking import ShownMarks, shown_marks
from labeling.vocabulary import Act, AssignmentState, JobState
from projects.models import Criterion, Project, User, WorkedExample
from projects.sql import Statement


def own_in_project(*, rater: User, project: Project, assignment_id: int) -> Assignment | None:
    """The rater's assignment of that id in this project, whatever its state, or None."""
    return (
        Assignment.objects.select_related("project", "task", "guideline")
        .filter(pk=assignment_id, rater=rater, project=project)
        .first()
    )


def own_lease(*, rater: User, project: Project, assignment_id: int) -> Assignment | None:
    """The rater's live lease of that id in this project, or an answer that they are changing."""
    own = own_in_project(rater=rater, project=project, assignment_id=assignment_id)
    if own is None or own.state == AssignmentState.LEASED:
        return own
    is_changed = own.state == AssignmentState.SUBMITTED and own.reopened_at is not None
    return own if is_changed else None


def is_own(*, rater: User, project: Project, assignment_id: int) -> bool:
    """Whether the assignment is this rater's, in this project, whatever its state."""
    return Assignment.objects.filter(pk=assignment_id, rater=rater, project=project).exists()


def has_answers(project: Project) -> bool:
    """Whether anything rests on the project's keys and scales (`projects.answered`).

    A judgment, taken back or not, or a vote of a model; and what an import may be writing now.
    """
    imports = Import.objects.filter(project=project)
    votes_or_open = Q(counts__model_votes__gt=0) | Q(state__in=[JobState.PENDING, JobState.RUNNING])
    return (
        Judgment.objects.filter(project=project).exists() or imports.filter(votes_or_open).exists()
    )


def has_open_reviews(project: Project) -> bool:
    """Whether a text waits for its review (`projects.answered`)."""
    reviews = Task.objects.in_play().filter(project=project, reviews__isnull=False)
    leased = Q(assignments__state=AssignmentState.LEASED)
    return reviews.filter(Q(open_slots__gt=0) | leased).exists()


@dataclass(frozen=True, slots=True)
class ShownAnswers:
    """What a judgment answered, by criterion in the rubric's order, as it was submitted: signs and
    slots are of the order shown.

    `tie_kinds` says which tie each 0 is, `tie_kind` which the primary one.
    """

    values: Mapping[str, object]
    tie_kinds: Mapping[str, str]
    tie_kind: str


def shown_answers(judgment: Judgment) -> ShownAnswers:
    """What a judgment answered, as its rater saw the task."""
    answers = [_as_shown(*row) for row in _ANSWERED.rows(judgment=judgment.pk)]
    ties = {answer.question.key: answer.tie_kind for answer in answers if answer.tie_kind}
    return ShownAnswers(
        values=as_submitted(answers),
        tie_kinds=ties,
        tie_kind=next((a.tie_kind for a in answers if a.question.is_primary and a.tie_kind), ""),
    )


_ANSWERED = Statement(
    "answered",
    f"""
    SELECT {ASKED_AS}, a.shown_order,
        t.response_ids, c.key, c.scale_key, c.own_scale, c.is_primary,
        n.value, n.response_id, n.tie_kind, n.unsaid, p.number
    FROM labeling_answer n
        JOIN labeling_judgment j ON j.id = n.judgment_id
        JOIN labeling_assignment a ON a.id = j.assignment_id
        JOIN labeling_task t ON t.id = j.task_id
        JOIN projects_criterion c ON c.id = n.criterion_id
        LEFT JOIN projects_principle p ON p.id = n.principle_id
    WHERE n.judgment_id = %(judgment)s ORDER BY c.position, c.id, n.id
    """,  # noqa: S608 - words of our own
    judgment="bigint",
)


def _as_shown(
    kind: str,
    shown_order: Sequence[int],
    response_ids: Sequence[int],
    key: str,
    scale_key: str,
    own_scale: str,
    is_primary: bool,
    value: int | None,
    response_id: int | None,
    tie_kind: str,
    unsaid: str,
    principle: int | None,
) -> GivenAnswer[Criterion]:
    answer = GivenAnswer(
        Criterion(key=key, scale_key=scale_key, own_scale=own_scale, is_primary=is_primary),
        value,
        response=None if response_id is None else response_ids.index(response_id),
        principle=principle,
        tie_kind=tie_kind,
        unsaid=unsaid,
    )
    return kind_of(kind).as_shown(answer, shown_order)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a rater had said on a task that is open again, and written, if anything was."""

    answers: ShownAnswers
    rationale: str
    reasons: Sequence[str]
    principles: Sequence[int]
    flags: Sequence[str]
    written: Written | None
    marks: ShownMarks = field(default_factory=ShownMarks)
    none_fits: bool = False


def taken_back(assignment: Assignment) -> TakenBack | None:
    """The newest answers of an assignment that is open again, or None where there are none."""
    judgment = Judgment.objects.submitted().filter(assignment=assignment).order_by("-pk").first()
    if judgment is None:
        return None
    return TakenBack(
        answers=shown_answers(judgment),
        rationale=judgment.rationale,
        reasons=judgment.reasons,
        principles=judgment.principles,
        flags=judgment.flags,
        written=written_with(judgment.pk),
        marks=shown_marks(judgment),
        none_fits=judgment.none_fits,
    )


@dataclass(frozen=True, slots=True)
class LastAct:
    """What a rater did last in a project, and to which task."""

    act: Act
    assignment_id: int
    judgment: Judgment | None


def last_act(*, rater: User, project: Project) -> LastAct | None:
    """The newest judgment that stands or skip of this rater here, whichever came last.

    What was imported is nobody's act, and a skip from before skips had a time has no place in
    the order.
    """
    judgment = own_judgments(rater=rater, project=project).first()
    skips = Assignment.objects.filter(
        rater=rater, project=project, state=AssignmentState.SKIPPED, skipped_at__isnull=False
    )
    if judgment is not None:
        skips = skips.filter(skipped_at__gt=judgment.created_at)
    skipped = skips.order_by("-skipped_at", "-pk").values_list("pk", flat=True).first()
    if skipped is not None:
        return LastAct(Act.SKIP, skipped, None)
    return LastAct(Act.JUDGMENT, judgment.assignment_id, judgment) if judgment else None


def own_judgments(*, rater: User, project: Project) -> JudgmentQuerySet:
    """The judgments of this rater here that stand, newest first; none that were imported, and no
    final words."""
    own = Judgment.objects.filter(rater=rater, project=project, ui_version__gt="")
    return own.standing().by_raters().order_by("-pk")


def judged_count(*, rater: User, project: Project) -> int:
    """How many judgments of this rater count in this project, training and qualification apart."""
    return Judgment.objects.filter(rater=rater, project=project).standing().at_work().count()


def _copied_topics() -> Subquery:
    """Of worked examples: what the task touches that each was copied from, None of none."""
    copied = Prompt.objects.filter(
        tasks__project=OuterRef("project"), tasks__external_id=OuterRef("source")
    )
    return Subquery(copied.values("sensitivity")[:1])


def with_topics(examples: QuerySet[WorkedExample]) -> QuerySet[WorkedExample]:
    """The examples with `topics`: what the task touches that each was copied from, None of none."""
    return examples.annotate(topics=_copied_topics())


def example_topics(example: WorkedExample) -> list[dict[str, str]]:
    """What an example touches: what the task touches that it was copied from."""
    row = WorkedExample.objects.filter(pk=example.pk)
    return row.values_list(_copied_topics(), flat=True).get() or []
