"""The statements that store a judgment: lock the assignment, look for a replay, insert.

In SQL for the reason given in `claims`: a rater waits for them on every judgment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from labeling.kinds import GivenAnswer, Kind
from labeling.models import Judgment
from labeling.models.tasks import ASKED_AS
from projects.models import Criterion
from projects.sql import Statement


@dataclass(frozen=True, slots=True)
class HeldAssignment:
    """A rater's own assignment, locked until the transaction ends.

    `since` is when the rater first had the task: a page that lost its connection shows what was
    prepared ahead before the server hears that it was opened. `limit` is the most judgments that
    this rater may give in this project. `read_at` is the time by the database's clock.
    `rubric_id` and `rubric_number` are the version of the questions that the rater saw, None where
    none is recorded; `former_questions` are its criteria as JSON where there is a newer one.
    `response_ids` are in canonical order. `principle_key` is the one principle that a task of rules
    is about, empty for all; `follows_id` the task that its turn follows. `change_until` is until
    when what was submitted may be changed, None where it was not opened for that.
    """

    pk: int
    task_id: int
    project_id: int
    rater_id: int
    state: str
    shown_order: Sequence[int]
    guideline_id: int | None
    purpose: str
    strategy: str
    selection_probability: float
    kind: str
    since: datetime
    limit: int | None
    read_at: datetime
    rubric_id: int | None
    rubric_number: int | None
    former_questions: str | None
    response_ids: Sequence[int]
    principle_key: str
    follows_id: int | None
    change_until: datetime | None


# A share of the project's row is held from here on: whoever changes keys or scales waits for this
# judgment, or this one finds the new version. The version is the one that the page names, because
# a page that stayed open or waited for a connection shows former questions; else that of the
# lease; and what was leased before there were versions was asked the first.
_HOLD = Statement(
    "hold",
    f"""
    SELECT a.id, a.task_id, a.project_id, a.rater_id, a.state, a.shown_order, a.guideline_id,
        a.purpose, a.strategy, a.selection_probability, {ASKED_AS},
        LEAST(a.created_at, a.opened_at),
        COALESCE(NULLIF(m.rater_limit, 0), NULLIF(p.rater_limit, 0)), clock_timestamp(),
        r.id, r.number, CASE WHEN r.number < newest.number THEN r.criteria::text END,
        t.response_ids, t.principle_key, t.follows_id,
        CASE WHEN a.reopened_at IS NOT NULL THEN a.lease_expires_at END
    FROM labeling_assignment a JOIN labeling_task t ON t.id = a.task_id
        JOIN projects_project p ON p.id = a.project_id
        LEFT JOIN projects_membership m ON m.project_id = a.project_id AND m.user_id = a.rater_id
        LEFT JOIN LATERAL (
            SELECT max(v.number) AS number FROM projects_rubricversion v
            WHERE v.project_id = a.project_id) newest ON true
        LEFT JOIN projects_rubricversion r ON r.project_id = a.project_id AND r.number = COALESCE(
            (SELECT v.number FROM projects_rubricversion v
             WHERE v.project_id = a.project_id AND v.number = %(rubric)s),
            (SELECT v.number FROM projects_rubricversion v WHERE v.id = a.rubric_id),
            1)
    WHERE a.id = %(id)s AND a.rater_id = %(rater)s FOR UPDATE OF a FOR KEY SHARE OF p
    """,  # noqa: S608 - words of our own
    id="bigint",
    rater="bigint",
    rubric="integer",
)


def lock_assignment(
    *, assignment_id: int, rater_id: int, rubric: int | None = None
) -> HeldAssignment | None:
    """The rater's own assignment, or None; a stranger's looks like none.

    `rubric` is the version of the questions that the rater says to have seen.
    """
    row = _HOLD.row(id=assignment_id, rater=rater_id, rubric=rubric)
    return HeldAssignment(*row) if row else None


@dataclass(frozen=True, slots=True)
class StoredJudgment:
    """What is needed of an earlier row to know a replay."""

    pk: int
    key: UUID | None
    fingerprint: str
    is_current: bool


_STORED = Statement(
    "stored",
    """
    SELECT id, key::text, fingerprint, is_current FROM labeling_judgment
    WHERE assignment_id = %(assignment)s ORDER BY id DESC
    """,
    assignment="bigint",
)


def stored_judgments(assignment_id: int) -> list[StoredJudgment]:
    """All rows of a locked assignment, newest first."""
    return [
        StoredJudgment(pk, UUID(key) if key else None, fingerprint, is_current)
        for pk, key, fingerprint, is_current in _STORED.rows(assignment=assignment_id)
    ]


_COLUMNS = {
    "assignment_id": "bigint",
    "task_id": "bigint",
    "project_id": "bigint",
    "rater_id": "bigint",
    "guideline_id": "bigint",
    "rubric_id": "bigint",
    "revises_id": "bigint",
    "fingerprint": "varchar",
    "purpose": "varchar",
    "strategy": "varchar",
    "selection_probability": "double precision",
    "source": "varchar",
    "rationale": "text",
    "active_ms": "integer",
    "idle_ms": "integer",
    "times_cut": "boolean",
    "none_fits": "boolean",
    "ui_version": "varchar",
    "created_at": "timestamptz",
}
_INSERT = Statement(
    "judgment",
    """
    WITH judgment AS (
        INSERT INTO labeling_judgment (assignment_id, task_id, project_id, rater_id,
            guideline_id, rubric_id, revises_id, is_current, withdrawn, key, fingerprint,
            purpose, strategy, selection_probability, source, rationale, reasons, principles,
            none_fits, flags, active_ms, idle_ms, times_cut, ui_version, created_at)
        VALUES (%(assignment_id)s, %(task_id)s, %(project_id)s, %(rater_id)s, %(guideline_id)s,
            %(rubric_id)s, %(revises_id)s, true, false, %(key)s, %(fingerprint)s,
            %(purpose)s, %(strategy)s, %(selection_probability)s, %(source)s, %(rationale)s,
            %(reasons)s, %(principles)s, %(none_fits)s, %(flags)s, %(active_ms)s, %(idle_ms)s,
            %(times_cut)s,
            %(ui_version)s, %(created_at)s)
        RETURNING id
    ), answers AS (
        INSERT INTO labeling_answer (judgment_id, criterion_id, value, tie_kind, unsaid,
            response_id, principle_id)
        SELECT judgment.id, answer.criterion_id, answer.value, answer.tie_kind, answer.unsaid,
            answer.response_id, answer.principle_id
        FROM judgment, unnest(%(criteria)s, %(values)s, %(ties)s, %(unsaid)s, %(responses)s,
            %(clauses)s)
            AS answer (criterion_id, value, tie_kind, unsaid, response_id, principle_id)
    ), assignment AS (
        UPDATE labeling_assignment
        SET state = 'submitted', submitted_at = %(created_at)s,
            opened_at = COALESCE(opened_at, %(created_at)s), reopened_at = NULL
        WHERE id = %(assignment_id)s
    )
    SELECT id FROM judgment
    """,
    **_COLUMNS,
    key="uuid",
    reasons="jsonb",
    principles="jsonb",
    flags="jsonb",
    criteria="bigint[]",
    values="smallint[]",
    ties="varchar[]",
    unsaid="varchar[]",
    responses="bigint[]",
    clauses="bigint[]",
)


class StoredAnswer(NamedTuple):
    """An answer in canonical order, as its row will be."""

    criterion_id: int
    value: int | None
    tie_kind: str
    unsaid: str
    response_id: int | None
    principle_id: int | None


def stored_answer(
    held: HeldAssignment, kind: Kind, shown: GivenAnswer[Criterion], clauses: Mapping[int, int]
) -> StoredAnswer:
    """The row of an answer of the order shown; `clauses` are the ids of principles by number."""
    answer = kind.canonical(shown, held.shown_order)
    return StoredAnswer(
        criterion_id=answer.question.pk,
        value=answer.value,
        tie_kind=answer.tie_kind,
        unsaid=answer.unsaid,
        response_id=None if answer.response is None else held.response_ids[answer.response],
        principle_id=None if answer.principle is None else clauses[answer.principle],
    )


def insert_judgment(judgment: Judgment, answers: Sequence[StoredAnswer]) -> None:
    """Stores a judgment with its answers, and submits the assignment.

    Raises IntegrityError where the place was given to others (`task_overlap_exact`).
    """
    row = _INSERT.row(
        **{column: getattr(judgment, column) for column in _COLUMNS},
        key=str(judgment.key) if judgment.key else None,
        reasons=json.dumps(judgment.reasons),
        principles=json.dumps(judgment.principles),
        flags=json.dumps(judgment.flags),
        criteria=[answer.criterion_id for answer in answers],
        values=[answer.value for answer in answers],
        ties=[answer.tie_kind for answer in answers],
        unsaid=[answer.unsaid for answer in answers],
        responses=[answer.response_id for answer in answers],
        clauses=[answer.principle_id for answer in answers],
    )
    judgment.pk = row[0] if row else None
    judgment._state.adding = False
    judgment._state.db = connection.alias


def supersede(assignment_id: int) -> int | None:
    """The current row of a locked assignment, which is so no more; None where there is none."""
    current = Judgment.objects.filter(assignment=assignment_id, is_current=True)
    previous = current.values_list("pk", flat=True).first()
    current.update(is_current=False)
    return previous


def withdraw_judgment(judgment: Judgment, now: datetime) -> bool:
    """Takes a judgment back by a row of its own; False where that was done a moment ago, or a lead
    has excluded it."""
    current = Judgment.objects.filter(pk=judgment.pk, is_current=True)
    if not current.included().update(is_current=False):
        return False
    Judgment.objects.create(
        assignment_id=judgment.assignment_id,
        task_id=judgment.task_id,
        project_id=judgment.project_id,
        rater_id=judgment.rater_id,
        guideline_id=judgment.guideline_id,
        rubric_id=judgment.rubric_id,
        revises=judgment,
        withdrawn=True,
        purpose=judgment.purpose,
        strategy=judgment.strategy,
        selection_probability=judgment.selection_probability,
        source=judgment.source,
        ui_version=judgment.ui_version,
        created_at=now,
    )
    return True
