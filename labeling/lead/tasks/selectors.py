"""Everything ever said about one task, as a lead reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Left

from labeling.kinds import GivenAnswer, kind_for, unsaid_words
from labeling.kinds.shapes import from_submitted, principle_name
from labeling.lead.tasks.drafts import WrittenText, written_texts
from labeling.lead.tasks.marking import TaskSpans, late_spans_json, task_spans
from labeling.lead.tasks.masked import mask_candidates
from labeling.lead.tasks.regions import TaskRegions, late_percent, task_regions
from labeling.lead.tasks.rows import TaskRow, task_rows
from labeling.models import (
    Answer,
    Assignment,
    Exclusion,
    Judgment,
    LateAnswer,
    Region,
    Response,
    Task,
    TaskOpening,
)
from labeling.models.choices import FLAG_LABELS
from labeling.rendering import MAX_SHORT_CHARS
from labeling.vocabulary import Purpose
from projects.models import Criterion, Membership, Principle, Project, Reason, Role


@dataclass(frozen=True, slots=True)
class AnswerInWords:
    """An answer in words, from the point of view of the canonical responses.

    `response` is the number (from 1) of the response that it is about, None for the whole task;
    `principle` names the principle that it is about, empty for none.
    """

    criterion: Criterion
    value: int | None
    words: str
    response: int | None = None
    principle: str = ""

    @property
    def question(self) -> str:
        """What was answered, by its shortest name."""
        return self.principle or self.criterion.short_label or self.criterion.wording


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One row of judgment history, with its answers in the rubric's order.

    `first_shown` is the canonical number (from 1) of the response this rater saw first, None where
    there was none to see; `written` is what was written with it; `status` is `counts`, `excluded`
    (by a lead), `withdrawn` (the row by which a rater takes back), `taken_back` or `replaced`.
    `is_final`: a reviewer's vote from before final words were judgments of their own, which is one
    in releases too.
    """

    judgment: Judgment
    rationale: str
    answers: list[AnswerInWords]
    first_shown: int | None
    status: str
    written: WrittenText
    labels: Mapping[str, str] = field(default_factory=dict)
    is_final: bool = False

    @property
    def reasons(self) -> list[str]:
        """What the rater picked as reasons, in words."""
        return [self.labels.get(code, code) for code in self.judgment.reasons]

    @property
    def flags(self) -> list[str]:
        """What the rater pointed out, in words."""
        return [str(FLAG_LABELS.get(flag, flag)) for flag in self.judgment.flags]


@dataclass(frozen=True, slots=True)
class VoteInWords:
    """What a model said of a task's responses, beside the judgments of people."""

    model: str
    answers: list[AnswerInWords]
    rationale: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class LateInWords:
    """An answer that came when its rater could no longer rate here; it counts nowhere."""

    late: LateAnswer
    answers: list[AnswerInWords]
    spans: Sequence[Mapping[str, object]] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def reasons(self) -> list[str]:
        """What the rater picked as reasons, in words."""
        return [self.labels.get(code, code) for code in self.late.reasons]

    @property
    def regions(self) -> list[tuple[Mapping[str, Any], Mapping[str, int]]]:
        """Each region of a picture that was marked, and where it is in percent."""
        return [(region, late_percent(region)) for region in self.late.regions]


@dataclass(frozen=True, slots=True)
class TaskVotes:
    """All that was ever said about a task, by whom, who had it, and who has looked at this.

    `words` are the final words, newest first: of those that stand the first one holds.
    """

    history: list[HistoryRow]
    words: list[HistoryRow]
    late: list[LateInWords]
    assignments: list[Assignment]
    openings: list[TaskOpening]
    spans: TaskSpans = field(default_factory=TaskSpans)
    regions: TaskRegions = field(default_factory=TaskRegions)

    @property
    def holds(self) -> HistoryRow | None:
        """The final word that holds, if there is one."""
        return next((word for word in self.words if word.status == "counts"), None)


@dataclass(frozen=True, slots=True)
class TaskPage:
    """Everything about one task but who said what: its responses in canonical order."""

    task: Task
    responses: list[Response]
    row: TaskRow
    model_votes: list[VoteInWords]


def _history(
    judgments: list[Judgment],
    rationales: dict[int, str],
    answers: dict[int, list[AnswerInWords]],
    texts: Mapping[int, WrittenText],
    excluded: Collection[int],
) -> list[HistoryRow]:
    projects = {judgment.project_id for judgment in judgments if judgment.reasons}
    labels = _reason_labels(projects)
    undone = {j.revises_id for j in judgments if j.withdrawn}

    def status(judgment: Judgment) -> str:
        if judgment.withdrawn:
            return "withdrawn"
        if judgment.is_current:
            return "excluded" if judgment.pk in excluded else "counts"
        return "taken_back" if judgment.pk in undone else "replaced"

    return [
        HistoryRow(
            judgment=j,
            rationale=rationales[j.pk],
            answers=answers[j.pk],
            first_shown=j.assignment.shown_order[0] + 1 if j.assignment.shown_order else None,
            status=status(j),
            labels=labels,
            written=texts.get(j.pk, WrittenText()),
            is_final=getattr(j, "decided", False),
        )
        for j in judgments
    ]


def _reason_labels(projects: Collection[int]) -> dict[str, str]:
    """The words for the codes of reasons."""
    reasons = Reason.objects.filter(project__in=projects).values_list("code", "label")
    return dict(reasons) if projects else {}


def _model_votes(task: Task) -> list[VoteInWords]:
    """In the order in which they came; answers on criteria that are gone have no words."""
    if not task.model_votes:
        return []
    criteria = {c.key: c for c in Criterion.objects.filter(project_id=task.project_id)}

    return [
        VoteInWords(
            model=vote["model"],
            answers=[
                _in_words(answer, side_only=key in vote["side_only"])
                for key, sent in vote["values"].items()
                if key in criteria
                for answer in from_submitted(criteria[key], sent, vote["tie_kinds"].get(key, ""))
            ],
            rationale=vote["rationale"],
            at=datetime.fromisoformat(vote["at"]) if vote["at"] else None,
        )
        for vote in task.model_votes
    ]


def _late_answers(task: Task) -> list[LateInWords]:
    """In the order in which they came; answers on criteria that are gone have no words."""
    rows = list(
        LateAnswer.objects.filter(assignment__task=task).select_related("assignment__rater")
    )
    mask_candidates(task, [row.assignment for row in rows])
    criteria = Criterion.objects.filter(project=task.project) if rows else ()
    labels = _reason_labels({task.project_id} if any(row.reasons for row in rows) else set())
    spans = late_spans_json(task, rows)
    return [
        LateInWords(
            row,
            [
                _in_words(answer)
                for c in criteria
                if (sent := row.answers.get(c.key)) is not None
                for answer in from_submitted(c, sent, row.tie_kinds.get(c.key, ""))
            ],
            spans[row.pk],
            labels if row.reasons else {},
        )
        for row in rows
    ]


def _in_words(
    answer: GivenAnswer[Criterion], *, side_only: bool = False, principle: Principle | None = None
) -> AnswerInWords:
    """An answer of the canonical order, about that principle."""
    criterion, value = answer.question, answer.value
    words = (
        unsaid_words(answer.unsaid)
        if value is None
        else kind_for(criterion.scale).words(criterion, value, answer.tie_kind, side_only=side_only)
    )
    number = None if answer.response is None else answer.response + 1
    about = answer.principle and principle_name(answer.principle)
    return AnswerInWords(criterion, value, words, number, str(principle or about or ""))


def get_task(project: Project, pk: int) -> Task | None:
    """One task of this project, or None."""
    tasks = Task.objects.filter(project=project, pk=pk)
    return tasks.select_related("prompt", "withdrawn_by").first()


def task_page(task: Task) -> TaskPage:
    """What everybody may know who sees the project's tasks, and the votes of models."""
    responses = Response.objects.in_bulk(task.response_ids)
    return TaskPage(
        task=task,
        responses=[responses[pk] for pk in task.response_ids if pk in responses],
        row=task_rows(task.project, [task])[0],
        model_votes=_model_votes(task),
    )


def _reading_order(row: Answer, places: Mapping[int, int]) -> tuple[int, ...]:
    """By question, principle and response."""
    number = row.principle.number if row.principle else 0
    place = places.get(row.response_id or 0, 0)
    return (row.criterion.position, row.criterion_id, number, place)


def _decided() -> Exists:
    """Whether a judgment is a reviewer's vote that releases take for the final word."""
    reviewers = Membership.objects.filter(
        project=OuterRef("project"),
        user=OuterRef("rater"),
        role=Role.REVIEWER,
        project__reviewed_upto__gte=OuterRef("pk"),
    )
    return Exists(reviewers)


def task_votes(task: Task) -> TaskVotes:
    """All that was ever said about a task, oldest first, rows taken back or replaced included."""
    said = Judgment.objects.filter(task=task)
    # A hundred imported rationales may have a million characters each. Whether a picture was marked
    # is asked along: nearly all tasks show none.
    looked_at = Exists(Region.objects.filter(judgment=OuterRef("pk")))
    excluded = Exists(Exclusion.objects.in_force().of_outer_judgment())
    rationale = Left("rationale", MAX_SHORT_CHARS + 1)
    parts = list(said.values_list("pk", rationale, looked_at, excluded))
    rationales = {pk: rationale for pk, rationale, *_rest in parts}
    judgments = said.filter(pk__in=rationales).defer("rationale").order_by("pk")
    judgments = judgments.select_related("rater", "guideline", "rubric", "assignment")
    judgments = judgments.annotate(decided=_decided())
    spans = task_spans(task)
    answers: dict[int, list[AnswerInWords]] = defaultdict(list)
    rows = Answer.objects.filter(judgment__task=task).select_related("criterion", "principle")
    places = {pk: place for place, pk in enumerate(task.response_ids)}
    for row in sorted(rows, key=lambda row: _reading_order(row, places)):
        answer = GivenAnswer(
            row.criterion,
            row.value,
            response=None if row.response_id is None else places[row.response_id],
            tie_kind=row.tie_kind,
            unsaid=row.unsaid,
        )
        answers[row.judgment_id].append(
            _in_words(answer, side_only=row.side_only, principle=row.principle)
        )
    had = Assignment.objects.filter(task=task).exclude(purpose=Purpose.ADJUDICATION)
    leases = had.select_related("rater")
    assignments = list(leases.order_by(F("submitted_at").asc(nulls_last=True), "pk"))
    mask_candidates(task, [*judgments, *assignments])
    left_out = {pk for pk, *_rest, is_excluded in parts if is_excluded}
    history = _history(list(judgments), rationales, answers, written_texts(task), left_out)
    words = [row for row in history if row.judgment.purpose == Purpose.ADJUDICATION]
    return TaskVotes(
        history=[row for row in history if row.judgment.purpose != Purpose.ADJUDICATION],
        words=sorted(words, key=lambda row: (row.judgment.created_at, row.judgment.pk))[::-1],
        late=_late_answers(task),
        assignments=assignments,
        openings=list(TaskOpening.objects.filter(task=task).select_related("person")),
        spans=spans,
        regions=task_regions(task, first_number=len(spans.passages) + 1)
        if any(has_regions for *_, has_regions, _excluded in parts)
        else TaskRegions(),
    )
