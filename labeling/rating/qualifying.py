"""What a rater does before the first live task: training, then qualification, where a project asks.

Both are leased, shown and submitted like any task. Whether a rater is on the way there is read from
the membership and the project, which are at hand: whoever is through pays no statement for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from labeling.figures.stages import (
    Score,
    known_now,
    read_again,
    read_answer,
    rule_of,
    score_of,
    stage_answers,
)
from labeling.models import Assignment, Judgment, StageAnswer, StageDecision, Task
from labeling.rating.caps import cap_reached
from labeling.rating.claims import FIELDS, NOT_CLOSED, TASK_FIELDS, ClaimedTask
from labeling.rating.openings import open_votes
from labeling.rating.selectors import judged_count
from labeling.vocabulary import (
    STAGES,
    STAGES_SQL,
    AssignmentState,
    Decided,
    NothingLeft,
    Purpose,
    Strategy,
)
from projects.exceptions import Conflict
from projects.models import Membership, Role
from projects.sql import Statement

_Stage = Membership.Stage
#: What becomes of a membership with a decision.
AFTER = {
    Decided.PASSED: _Stage.PASSED,
    Decided.NOT_YET: _Stage.NOT_YET,
    Decided.WAITING: _Stage.WAITING,
    Decided.REOPENED: _Stage.NEW,
}
# All walk one order, so that everybody is asked the same. Nobody gets what they have seen answered.
_CLAIM = Statement(
    "claim_stage",
    f"""
    SELECT {FIELDS}, 1.0 FROM labeling_task t
    WHERE t.project_id = %(project)s AND t.purpose = %(purpose)s AND t.withdrawn_at IS NULL
      AND t.purpose IN ({STAGES_SQL})
      AND NOT EXISTS (
          SELECT 1 FROM labeling_assignment a
          WHERE a.task_id = t.id AND a.rater_id = %(rater)s AND a.state <> 'expired')
      AND NOT EXISTS (
          SELECT 1 FROM labeling_taskopening o
          WHERE o.person_id = %(rater)s AND o.task_id IN (t.id, t.gold_of_id))
      AND (cardinality(%(closed)s) = 0 OR (true{NOT_CLOSED}))
    ORDER BY t.queue_key LIMIT 1
    FOR UPDATE OF t
    """,  # noqa: S608 - words of our own
    project="bigint",
    rater="bigint",
    purpose="varchar",
    closed="text[]",
)


def is_on_the_way(membership: Membership) -> bool:
    """Whether a rater has stages to go through before a live task; read from rows at hand."""
    project = membership.project
    if not project.has_stages or membership.role != Role.RATER:
        return False
    if membership.stage == _Stage.EXEMPT:
        return project.qualification_asks_all
    return membership.stage != _Stage.PASSED


def stage_step(
    membership: Membership, *, showing: int | None, closed: Sequence[str], now: datetime
) -> Assignment | ClaimedTask | NothingLeft | None:
    """What comes next on the way: an open assignment, a task, or why there is none.

    None where the rater turns out to be through. WAITING where it depends on the answer to what is
    on the screen, the assignment `showing`. To be called under the rater's lock.
    """
    membership.refresh_from_db(fields=["stage", "stage_round", "stage_at"])
    if is_at_work(membership):
        _move(membership, _Stage.EXEMPT)
    if not is_on_the_way(membership):
        return None
    step: Assignment | ClaimedTask | NothingLeft = NothingLeft.QUALIFICATION_FIRST
    if membership.stage == _Stage.TRAINING:
        step = _training_step(membership, showing, closed, now)
    elif membership.stage in {_Stage.QUALIFICATION, _Stage.WAITING}:
        step = _qualification_step(membership, showing, closed, now)
    if isinstance(step, ClaimedTask):
        return cap_reached(membership, now) or step
    return step


def is_at_work(membership: Membership) -> bool:
    """Whether a rater who was never asked judged here, and the project asks only those who have
    not."""
    is_new = membership.stage == _Stage.NEW and membership.stage_at is None
    if not is_new or membership.project.qualification_asks_all:
        return False
    judged = Assignment.objects.filter(
        rater=membership.user_id,
        project=membership.project_id,
        state=AssignmentState.SUBMITTED,
        purpose=Purpose.LIVE,
    )
    return judged.exclude(strategy=Strategy.IMPORTED).exists()


def _open(
    membership: Membership, stage: Purpose, showing: int | None
) -> tuple[Assignment | None, bool]:
    """An open assignment of the stage beside the one on the screen, and whether that is of it."""
    rows = Assignment.objects.filter(
        rater=membership.user_id,
        project=membership.project_id,
        state=AssignmentState.LEASED,
        purpose=stage,
    ).select_related("task")
    leased = list(rows.order_by("opened_at", "pk"))
    beside = [row for row in leased if row.pk != showing]
    return next(iter(beside), None), len(beside) < len(leased)


def claim_stage_task(
    membership: Membership, stage: Purpose, closed: Sequence[str]
) -> ClaimedTask | None:
    """Locks the next task of a stage that the rater has not had; None where all are used up."""
    row = _CLAIM.row(
        project=membership.project_id,
        rater=membership.user_id,
        purpose=stage.value,
        closed=list(closed),
    )
    if row is None:
        return None
    *values, chance = row
    return ClaimedTask(Task.from_db(connection.alias, TASK_FIELDS, values), float(chance))


def trained(membership: Membership) -> int:
    """How many training tasks the rater has answered."""
    rows = stage_answers(membership.project, Purpose.TRAINING)
    return len(rows.filter(rater=membership.user_id))


def _training_step(
    membership: Membership, showing: int | None, closed: Sequence[str], now: datetime
) -> Assignment | ClaimedTask | NothingLeft:
    held, is_shown = _open(membership, Purpose.TRAINING, showing)
    if held is not None:
        return held
    claimed = None
    if trained(membership) + is_shown < membership.project.training_tasks:
        claimed = claim_stage_task(membership, Purpose.TRAINING, closed)
    if claimed is not None:
        return claimed
    if is_shown:
        return NothingLeft.WAITING
    if not membership.project.qualification_tasks:
        decide(membership, Decided.PASSED, now=now)
    return NothingLeft.QUALIFICATION_FIRST


def _qualification_step(
    membership: Membership, showing: int | None, closed: Sequence[str], now: datetime
) -> Assignment | ClaimedTask | NothingLeft:
    project = membership.project
    held, is_shown = _open(membership, Purpose.QUALIFICATION, showing)
    if held is not None:
        return held
    score, rule = own_score(membership), rule_of(project)
    if not rule.tasks:  # it is asked no more
        decide(membership, Decided.PASSED, score, now=now)
        return NothingLeft.QUALIFICATION_FIRST
    if is_shown:
        claimed = None
        if score.n + 1 < rule.tasks:
            claimed = claim_stage_task(membership, Purpose.QUALIFICATION, closed)
        return claimed or NothingLeft.WAITING
    outcome = {"pass": Decided.PASSED, "not yet": Decided.NOT_YET}.get(score.decision)
    if outcome is not None and score.n >= rule.tasks:
        decide(membership, outcome, score, now=now)
        return NothingLeft.QUALIFICATION_FIRST
    if score.n < max(rule.most, rule.tasks):
        claimed = claim_stage_task(membership, Purpose.QUALIFICATION, closed)
        if claimed is not None:
            _move(membership, _Stage.QUALIFICATION)
            return claimed
    if membership.stage != _Stage.WAITING:
        decide(membership, Decided.WAITING, score, now=now)
    return NothingLeft.QUALIFICATION_FIRST


def own_score(membership: Membership) -> Score:
    """What the answers of this try say, read by the newest version of what is right.

    A newer version than that by which an answer was read is noted as another row.
    """
    project = membership.project
    rows = stage_answers(project, Purpose.QUALIFICATION)
    answers = list(rows.filter(rater=membership.user_id, round=membership.stage_round))
    known = known_now(row.task_id for row in answers)
    stale = [row for row in answers if known[row.task_id].number != row.version]
    if stale:
        criteria = list(project.criteria.all())
        for row in stale:
            newest = known[row.task_id]
            row.pk, row.version = None, newest.number
            row.key = newest.answers.get(row.question, [])
            row.is_right = read_again(row, newest, criteria)
            row.save(force_insert=True)
    return score_of((row.is_right for row in answers), rule_of(project))


def decide(
    membership: Membership,
    outcome: Decided,
    score: Score | None = None,
    *,
    now: datetime,
    by: int | None = None,
    reason: str = "",
) -> StageDecision:
    """Notes what becomes of a rater's try. With "not yet" they will read what is right on the tasks
    that they answered otherwise, and are given neither these nor what they are copies of."""
    project = membership.project
    decision = StageDecision.objects.create(
        project=project,
        rater_id=membership.user_id,
        round=membership.stage_round,
        outcome=outcome,
        right=score.right if score else 0,
        n=score.n if score else 0,
        above=score.above if score else None,
        rule=rule_of(project).as_dict(),
        decided_by_id=by,
        reason=reason,
        at=now,
    )
    membership.stage_at = decision.at
    if outcome == Decided.NOT_YET:
        for answer in wrong_answers(membership):
            open_votes(task=answer.task, person=membership.user, is_told=True)
    if outcome == Decided.REOPENED:
        membership.stage_round += 1
    _move(membership, AFTER[outcome])
    return decision


def wrong_answers(membership: Membership) -> list[StageAnswer]:
    """The answers of a try that are not right, with their tasks, in the order of these."""
    rows = stage_answers(membership.project, Purpose.QUALIFICATION)
    own = rows.filter(rater=membership.user_id, round=membership.stage_round)
    answers = [
        row
        for row in own.select_related("task__prompt", "judgment__assignment")
        if not row.is_right
    ]
    return sorted(answers, key=lambda row: row.task.queue_key)


def _move(membership: Membership, stage: Membership.Stage) -> None:
    membership.stage = stage
    membership.save(update_fields=["stage", "stage_round", "stage_at"])


def begin(membership: Membership, stage: Purpose, *, round_number: int | None = None) -> None:
    """Lets a rater into a stage; `round_number` where it is another try."""
    if round_number is not None:
        membership.stage_round = round_number
    _move(membership, _Stage(stage.value))


def note_stage_answer(judgment: Judgment) -> None:
    """Notes what was answered on a task of a stage; nothing of any other task."""
    if judgment.purpose not in STAGES:
        return
    project = judgment.project
    known = known_now([judgment.task_id]).get(judgment.task_id)
    member = Membership.objects.filter(project=project, user=judgment.rater_id).first()
    if known is None or member is None:
        return
    question, answer, is_right = read_answer(judgment, known)
    StageAnswer.objects.create(
        project=project,
        rater_id=judgment.rater_id,
        stage=judgment.purpose,
        round=_try_of(member, judgment.task_id),
        task_id=judgment.task_id,
        judgment=judgment,
        question=question,
        answer=answer,
        key=known.answers.get(question, []),
        version=known.number,
        guideline_id=judgment.guideline_id,
        is_right=is_right,
        at=judgment.created_at,
    )


def _try_of(membership: Membership, task: int) -> int:
    """Which try an answer to a task belongs to: said anew, to that in which it was said first."""
    rows = StageAnswer.objects.filter(rater=membership.user_id, task=task).order_by("pk")
    first = rows.values_list("round", flat=True).first()
    return membership.stage_round if first is None else first


def require_undecided(assignment: Assignment) -> None:
    """Raises Conflict where an answer of a qualification is to be taken back that is decided."""
    if assignment.purpose != Purpose.QUALIFICATION:
        return
    project, rater, task = assignment.project_id, assignment.rater_id, assignment.task_id
    member = Membership.objects.filter(project=project, user=rater).first()
    if (
        member is None
        or member.stage != _Stage.QUALIFICATION
        or _try_of(member, task) != member.stage_round
    ):
        raise Conflict(_("Your qualification is decided: its answers stand."))


def progress_of(assignment: Assignment, membership: Membership) -> dict[str, int | None]:
    """How many tasks are judged, and of how many at most: in a stage, of those of the stage."""
    project, rater = membership.project, membership.user
    if assignment.purpose not in STAGES:
        limit = membership.rater_limit or project.rater_limit
        return {"judged": judged_count(rater=rater, project=project), "limit": limit}
    own = stage_answers(project, Purpose(assignment.purpose)).filter(rater=rater)
    if assignment.purpose == Purpose.TRAINING:
        return {"judged": len(own), "limit": project.training_tasks}
    n, first = len(own.filter(round=membership.stage_round)), project.qualification_tasks
    return {"judged": n, "limit": first if n < first else max(first, project.qualification_most)}
