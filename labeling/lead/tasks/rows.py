"""Tasks in a table: each with what raters have said on the primary criterion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, Q

from labeling.kinds import COMPARE, Outcome
from labeling.models import Answer, Assignment, Exclusion, Judgment, Task
from labeling.vocabulary import AssignmentState, SkipReason
from projects.models import Project


@dataclass(slots=True)
class TaskRow:
    """One line of the table: the task and what raters have said on the primary criterion."""

    task: Task
    excerpt: str
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    judgments: int = 0
    leased: int = 0
    flagged: int = 0
    excluded: int = 0
    broken: int = 0

    @property
    def first(self) -> int:
        """Judgments that prefer the first response."""
        return self.outcomes[Outcome.FIRST]

    @property
    def second(self) -> int:
        """Judgments that prefer the second response."""
        return self.outcomes[Outcome.SECOND]

    @property
    def equal(self) -> int:
        """Judgments that find both equally good."""
        return self.outcomes[Outcome.EQUAL]

    @property
    def both_bad(self) -> int:
        """Judgments that find both bad."""
        return self.outcomes[Outcome.BOTH_BAD]

    @property
    def cannot_tell(self) -> int:
        """Judgments that cannot tell."""
        return self.outcomes[Outcome.CANNOT_TELL]

    @property
    def unspecified(self) -> int:
        """Judgments without a preference of which nobody knows the kind."""
        return self.outcomes[Outcome.UNSPECIFIED]

    @property
    def ties(self) -> int:
        """Judgments without a preference, of whatever kind."""
        return self.equal + self.both_bad + self.cannot_tell + self.unspecified

    @property
    def is_split(self) -> bool:
        """Whether raters prefer different responses."""
        return self.first > 0 and self.second > 0

    @property
    def is_complete(self) -> bool:
        """Whether every wanted judgment is there."""
        return self.task.open_slots == 0 and self.leased == 0


def prompt_excerpt(messages: object, length: int = 160) -> str:
    """The start of what was last asked, on one line; for tables and titles."""
    turns = messages if isinstance(messages, list) else []
    asked = [m for m in turns if isinstance(m, dict) and m.get("role") == "user"] or turns
    last = asked[-1] if asked else {}
    content = last.get("content", "") if isinstance(last, dict) else ""
    text = " ".join(str(content).split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def task_rows(project: Project, tasks: Iterable[Task]) -> list[TaskRow]:
    """Lines for the tasks of one page, in three queries."""
    rows = {task.pk: TaskRow(task, prompt_excerpt(task.prompt.messages)) for task in tasks}
    judged = Judgment.objects.filter(task__in=rows).valid()
    is_excluded = Exists(Exclusion.objects.in_force().of_outer_judgment())
    for task_id, flags, excluded in judged.values_list("task_id", "flags", is_excluded):
        rows[task_id].judgments += not excluded
        rows[task_id].excluded += excluded
        rows[task_id].flagged += bool(flags)
    primary = Answer.objects.filter(judgment__task__in=rows).valid().included().primary()
    answers: Iterable[tuple[Any, ...]] = primary.with_value().values_list(
        "judgment__task", "value", "tie_kind"
    )
    for task_id, value, tie in answers:
        row = rows[task_id]
        row.outcomes[COMPARE.outcome(value, tie)] += 1
    leased = Q(state=AssignmentState.LEASED)
    broken = Q(state=AssignmentState.SKIPPED, skip_reason=SkipReason.BROKEN)
    places = Assignment.objects.filter(leased | broken, task__in=rows).order_by()
    for task_id, state in places.values_list("task", "state"):
        rows[task_id].leased += state == AssignmentState.LEASED
        rows[task_id].broken += state == AssignmentState.SKIPPED
    return list(rows.values())
