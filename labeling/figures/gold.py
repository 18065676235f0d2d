"""What is right on gold tasks and anchors, and who answered them rightly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from labeling.kinds import GivenAnswer, is_accepted, kind_of, primary_of
from labeling.models import Answer, GoldAnswer, Judgment, Task
from labeling.vocabulary import GoldKind, Purpose
from projects.models import Criterion, Project
from projects.scales import PREFERENCES


def newest_answers(
    project: Project, *purposes: Purpose, until: datetime | None = None
) -> dict[int, GoldAnswer]:
    """What is right on the gold tasks and anchors of a project, by the id of the copy."""
    rows = GoldAnswer.objects.filter(task__project=project).order_by("task", "number")
    if until is not None:
        rows = rows.filter(at__lte=until)
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


def gold_marks(
    project: Project,
    purpose: Purpose,
    *,
    judgments: QuerySet[Judgment] | None = None,
    until: datetime | None = None,
) -> list[GoldMark]:
    """What raters answered on the primary question of gold tasks, or anchors, oldest first.

    Answers without a value (unsure, not applicable, ended at a gate) are neither right nor wrong
    and have no mark. All are read by the newest version of what is right, of those up to `until`;
    `judgments` are those that count, if not all that do now.
    """
    known = newest_answers(project, purpose, until=until)
    if not known:
        return []
    criteria = {criterion.pk: criterion for criterion in project.criteria.all()}
    copies = Task.objects.filter(pk__in=known).values_list("pk", "kind", "response_ids")
    kinds = {pk: (kind, ids) for pk, kind, ids in copies}
    if judgments is None:
        judgments = Judgment.objects.counting()
    judgments = judgments.filter(task__in=list(known), purpose=purpose)
    places = {pk: ids for pk, (_kind, ids) in kinds.items()}
    read = []
    for judgment, rater, task, said in answers_by_judgment(judgments, criteria, places):
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


def answers_by_judgment(
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


def is_pleasant(mark: GoldMark) -> bool:
    """Whether it is about what pleases against what is right."""
    return mark.kind == GoldKind.PLEASANT_WRONG
