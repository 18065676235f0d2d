"""Where a rater and most others part: what a lead may talk over with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from labeling.lead.tasks.rows import prompt_excerpt
from labeling.models import Judgment, TalkedOver, Task
from labeling.own.selectors import (
    LEAST_OTHERS,
    MOST_LOOKED_AT,
    primary_words,
    tally_of,
    votes_on,
    with_tasks,
)
from labeling.rating.openings import closed_to
from labeling.rating.selectors import own_judgments
from labeling.vocabulary import Purpose
from projects.models import Project, User

#: Tasks that are shown to be talked over.
MOST_TALKS = 4


@dataclass(frozen=True, slots=True)
class Talk:
    """A comparison on which most others answered otherwise than a rater.

    `answer` is the rater's in words, as they saw the responses, `agree` of `others` answered alike.
    """

    task: Task
    excerpt: str
    answer: str
    reason: str
    agree: int
    others: int
    talked_over_at: datetime | None


def talks_with(*, rater: User, project: Project, reader: User) -> list[Talk]:
    """Those on which fewest others agree with the rater, among their newest judgments.

    None whose votes are closed to the reader, who could still judge or decide it.
    """
    own = own_judgments(rater=rater, project=project).filter(purpose=Purpose.LIVE)
    newest = {row.task_id: row.pk for row in own.only("pk", "task_id")[:MOST_LOOKED_AT]}
    apart = []
    for task, votes in votes_on(list(newest)).items():
        counts = tally_of(votes, rater.pk)
        if counts is not None and counts[1] >= LEAST_OTHERS and 2 * counts[0] < counts[1]:
            apart.append((counts[0] / counts[1], -counts[1], -newest[task], task, counts))
    open_ones = Task.objects.in_play().filter(pk__in=[row[3] for row in apart])
    shown = set(open_ones.exclude(closed_to(reader)).values_list("pk", flat=True))
    chosen = [row for row in sorted(apart) if row[3] in shown][:MOST_TALKS]
    judgments = with_tasks(Judgment.objects.filter(pk__in=[-row[2] for row in chosen]))
    by_task = {row.task_id: row for row in judgments.defer(None)}
    words = primary_words(list(by_task.values()))
    talked = TalkedOver.objects.filter(rater=rater, task__in=by_task)
    moments = dict(talked.values_list("task", "at"))
    return [
        Talk(
            task=by_task[task].task,
            excerpt=prompt_excerpt(by_task[task].task.prompt.messages),
            answer=words.get(by_task[task].pk, ""),
            reason=by_task[task].rationale,
            agree=counts[0],
            others=counts[1],
            talked_over_at=moments.get(task),
        )
        for _share, _others, _newest, task, counts in chosen
    ]
