"""Which tasks are checks, what is right on them, and who answered them rightly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from labeling.kinds import GivenAnswer, is_accepted, kind_for, kind_of, primary_of
from labeling.kinds.shapes import from_submitted
from labeling.models import Answer, GoldAnswer, Judgment, Task
from labeling.vocabulary import GoldKind, Purpose
from projects.models import Criterion, Project
from projects.scales import PREFERENCES


def known_copies(task: Task) -> QuerySet[Task]:
    """The gold task and the anchor that are copies of a task; of a copy, itself."""
    if task.purpose in {Purpose.GOLD, Purpose.ANCHOR}:
        return Task.objects.filter(pk=task.pk)
    return Task.objects.filter(gold_of=task).order_by("purpose")


def answer_versions(tasks: Iterable[Task]) -> list[GoldAnswer]:
    """Every version of what is right on these copies, newest first."""
    rows = GoldAnswer.objects.filter(task__in=list(tasks)).select_related("author", "task")
    return list(rows.order_by("task__purpose", "-number"))


def known_tasks(project: Project) -> QuerySet[Task]:
    """The gold tasks and anchors of a project, in the order in which they were made."""
    tasks = Task.objects.filter(project=project, purpose__in=(Purpose.GOLD, Purpose.ANCHOR))
    return tasks.select_related("gold_of").order_by("pk")


def newest_answers(project: Project, *purposes: Purpose) -> dict[int, GoldAnswer]:
    """What is right on the gold tasks and anchors of a project, by the id of the copy."""
    rows = GoldAnswer.objects.filter(task__project=project).order_by("task", "number")
    if purposes:
        rows = rows.filter(task__purpose__in=purposes)
    return {row.task_id: row for row in rows}


@dataclass(frozen=True, slots=True)
class GoldMark:
    """Whether a rater answered a task rightly whose answer is known.

    `is_opposite`: they took the very other side of a comparison. `version` is that of the answer
    by which it was read, `judgment` the row.
    """

    judgment: int
    rater: int
    task: int
    kind: str
    version: int
    right: bool
    is_opposite: bool


def marks(project: Project, purpose: Purpose) -> list[GoldMark]:
    """What raters answered on the primary question of gold tasks, or anchors, oldest first.

    Answers without a value (unsure, not applicable, ended at a gate) are neither right nor wrong
    and have no mark. All are read by the newest version of what is right.
    """
    known = newest_answers(project, purpose)
    if not known:
        return []
    criteria = {criterion.pk: criterion for criterion in project.criteria.all()}
    copies = Task.objects.filter(pk__in=known).values_list("pk", "kind", "response_ids")
    kinds = {pk: (kind, ids) for pk, kind, ids in copies}
    judgments = Judgment.objects.filter(task__in=list(known), purpose=purpose).counting()
    places = {pk: ids for pk, (_kind, ids) in kinds.items()}
    read = []
    for judgment, rater, task, said in _by_judgment(judgments, criteria, places):
        answer = known[task]
        primary = primary_of((a.question for a in said), kind_of(kinds[task][0]).family)
        if primary is None or primary.key not in answer.answers:
            continue
        accepted = answer.answers[primary.key]
        right = is_accepted(primary, accepted, said)
        if right is not None:
            opposite = not right and _is_opposite(primary, accepted, said)
            read.append(
                GoldMark(judgment, rater, task, answer.kind, answer.number, right, opposite)
            )
    return read


def _is_opposite(
    primary: Criterion, accepted: Sequence[object], said: Sequence[GivenAnswer[Criterion]]
) -> bool:
    """Whether a comparison went to the other response; of other kinds, whatever is not right."""
    if primary.scale.family != PREFERENCES:
        return True
    value = next((a.value for a in said if a.question is primary), 0) or 0
    return value != 0 and any(isinstance(right, int) and right * value < 0 for right in accepted)


def _by_judgment(
    judgments: QuerySet[Judgment],
    criteria: Mapping[int, Criterion],
    places: Mapping[int, Sequence[int]],
) -> Iterator[tuple[int, int, int, list[GivenAnswer[Criterion]]]]:
    """Each judgment with its rater, its task and its answers, of the canonical order."""
    rows: Iterable[tuple[Any, ...]] = (
        Answer.objects.filter(judgment__in=judgments)
        .order_by("judgment_id", "pk")
        .values_list(
            *("judgment_id", "judgment__rater_id", "judgment__task_id", "criterion_id"),
            *("value", "response_id", "principle__number", "tie_kind", "unsaid"),
        )
    )
    answers: dict[tuple[int, int, int], list[GivenAnswer[Criterion]]] = defaultdict(list)
    for judgment, rater, task, criterion, value, response, principle, tie, unsaid in rows:
        place = None if response is None else list(places[task]).index(response)
        answers[judgment, rater, task].append(
            GivenAnswer(criteria[criterion], value, place, principle, tie, unsaid)
        )
    for (judgment, rater, task), said in answers.items():
        yield judgment, rater, task, said


@dataclass(frozen=True, slots=True)
class AcceptedInWords:
    """What is accepted on one question, for people."""

    question: str
    words: list[str]


def accepted_in_words(answer: GoldAnswer, criteria: Iterable[Criterion]) -> list[AcceptedInWords]:
    """What is right, by question, in the canonical order."""
    by_key = {criterion.key: criterion for criterion in criteria}
    return [
        AcceptedInWords(by_key[key].label, [_shape_words(by_key[key], shape) for shape in accepted])
        for key, accepted in answer.answers.items()
        if key in by_key
    ]


def _shape_words(criterion: Criterion, shape: object) -> str:
    kind = kind_for(criterion.scale)
    parts = []
    for answer in from_submitted(criterion, shape):
        value = answer.unsaid or kind.words(criterion, answer.value or 0, _tie(answer))
        name = "" if answer.response is None else f"{answer.response + 1}"
        rule = "" if answer.principle is None else f" P{answer.principle}"
        parts.append(f"{name}{rule}: {value}" if name else str(value))
    return ", ".join(parts)


def _tie(answer: GivenAnswer[Criterion]) -> str:
    return "equal_good" if answer.value == 0 and answer.question.scale.has_tie else answer.tie_kind


def is_pleasant(mark: GoldMark) -> bool:
    """Whether it is about what pleases against what is right."""
    return mark.kind == GoldKind.PLEASANT_WRONG
