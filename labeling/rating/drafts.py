"""What stands around a text that is written or reviewed: its drafts, and what was said of them.

Nothing here names an author or a reviewer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.models import Assignment, Judgment, Writing
from labeling.vocabulary import ASKED_AS_REVIEW, AssignmentState, TaskKind
from projects.scales import DECISION, SCORE
from projects.sql import Statement

#: Principles that stay in view while somebody writes.
_ESSENTIALS = 5
#: Drafts that are shown, the newest.
_MOST_ROUNDS = 20
#: Above every id.
_ANY = 2**62


@dataclass(frozen=True, slots=True)
class Round:
    """An earlier draft, and what its review said; `decision` is None where it has none."""

    text: str
    decision: int | None
    score: int | None
    feedback: str


@dataclass(frozen=True, slots=True)
class WritingDesk:
    """What a page to write or review shows beside prompt and text.

    `text` is what the editor begins with, `original` what its difference is taken from, None where
    somebody writes from nothing; `rounds` are the earlier drafts, oldest first. Of a review,
    `writing` says how the text came about, and `returns` whether its author gets it again if it is
    rejected: the edit of a winner does not come back.
    """

    text: str
    original: str | None
    rounds: Sequence[Round]
    essentials: Sequence[str] = ()
    writing: Writing | None = None
    returns: bool = True


def writing_desk(assignment: Assignment, texts: Sequence[str]) -> WritingDesk | None:
    """What stands around this task's text, None where nothing is written on it.

    `texts` are those of the task's responses.
    """
    task = assignment.task
    if task.kind == TaskKind.WRITE:
        rounds = _rounds(assignment.pk, before=_current(assignment))
        begun = [*texts, *(step.text for step in rounds)]
        guideline = assignment.guideline
        essentials = guideline.principles.values_list("title", flat=True) if guideline else ()
        return WritingDesk(
            text=begun[-1] if begun else "",
            original=begun[-1] if begun else None,
            rounds=rounds,
            essentials=list(essentials[:_ESSENTIALS]),
        )
    if task.asked_as != ASKED_AS_REVIEW:
        return None
    judgment = Judgment.objects.select_related("writing", "task").get(texts=task.reviews_id)
    return WritingDesk(
        text=texts[0],
        original=texts[0],
        rounds=_rounds(judgment.assignment_id, before=judgment.pk),
        writing=judgment.writing,
        returns=judgment.task.kind == TaskKind.WRITE,
    )


_DRAFTS = Statement(
    "drafts",
    """
    SELECT r.content, decision.value, score.value, COALESCE(review.rationale, '')
    FROM labeling_judgment j JOIN labeling_response r ON r.judgment_id = j.id
        LEFT JOIN labeling_task v ON v.reviews_id = r.id AND v.withdrawn_at IS NULL
        LEFT JOIN labeling_judgment review
            ON review.task_id = v.id AND review.is_current AND NOT review.withdrawn
        LEFT JOIN (labeling_answer decision JOIN projects_criterion d
            ON d.id = decision.criterion_id AND d.scale_key = %(decision)s)
            ON decision.judgment_id = review.id
        LEFT JOIN (labeling_answer score JOIN projects_criterion s
            ON s.id = score.criterion_id AND s.scale_key = %(score)s)
            ON score.judgment_id = review.id
    WHERE j.assignment_id = %(assignment)s AND NOT j.withdrawn AND j.id < %(before)s
        AND (review.id IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM labeling_judgment later WHERE later.revises_id = j.id))
    ORDER BY j.id DESC LIMIT %(most)s
    """,
    assignment="bigint",
    before="bigint",
    decision="varchar",
    score="varchar",
    most="integer",
)


def _current(assignment: Assignment) -> int:
    """What is being changed is no earlier draft; every id is below what is returned else."""
    current = Judgment.objects.filter(assignment=assignment).standing()
    is_change = assignment.state == AssignmentState.SUBMITTED
    return (current.values_list("pk", flat=True).first() if is_change else None) or _ANY


def _rounds(assignment_id: int, *, before: int = _ANY) -> list[Round]:
    rows = _DRAFTS.rows(
        assignment=assignment_id,
        before=before,
        decision=DECISION,
        score=SCORE,
        most=_MOST_ROUNDS,
    )
    return [Round(*row) for row in reversed(rows)]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written with a judgment; `slot` is that of the response that was edited, "" where
    the text is an answer of its own. Where nothing but white space was changed it is the original.
    """

    text: str
    slot: str
    writing: Writing


_WRITTEN = Statement(
    "written",
    """
    SELECT COALESCE(r.content, o.content), t.kind, w.typed, w.pasted, w.declared_assist,
        CASE WHEN w.original_id = ANY (t.response_ids) THEN array_position(
            a.shown_order, (array_position(t.response_ids, w.original_id) - 1)::smallint) END
    FROM labeling_writing w JOIN labeling_judgment j ON j.id = w.judgment_id
        JOIN labeling_assignment a ON a.id = j.assignment_id
        JOIN labeling_task t ON t.id = j.task_id
        LEFT JOIN labeling_response r ON r.judgment_id = w.judgment_id
        LEFT JOIN labeling_response o ON o.id = w.original_id
    WHERE w.judgment_id = %(judgment)s
    """,
    judgment="bigint",
)


def written_with(judgment_id: int) -> Written | None:
    """What was written with a judgment, None where nothing was."""
    row = _WRITTEN.row(judgment=judgment_id)
    if row is None:
        return None
    text, kind, typed, pasted, declared, place = row
    is_edit = kind != TaskKind.WRITE and place is not None
    writing = Writing(judgment_id=judgment_id, typed=typed, pasted=pasted, declared_assist=declared)
    return Written(text, chr(ord("A") + place - 1) if is_edit else "", writing)
