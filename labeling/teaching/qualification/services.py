"""Makes the tasks of training and qualification, lets raters begin, and takes a lead's word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from labeling.figures.gold import newest_answers
from labeling.models import GoldAnswer, StageAnswer, StageDecision, Task
from labeling.models.copies import add_version, copy_of
from labeling.models.play import put_into_play, take_out_of_play
from labeling.rating.claims import lock_rater
from labeling.rating.qualifying import (
    begin,
    claim_stage_task,
    decide,
    is_at_work,
    is_on_the_way,
    own_score,
    trained,
)
from labeling.rating.topics import topic_standing
from labeling.teaching.qualification.selectors import (
    lacking,
    may_retry_at,
    newest_decision,
    unused_gold,
)
from labeling.vocabulary import STAGES, Decided, Purpose
from projects.audit import naming, record
from projects.exceptions import Conflict, InvalidInput
from projects.models import Membership, Project, Role, User
from projects.sql import database_now

_Stage = Membership.Stage
#: Why a task of a stage is withdrawn that somebody took out.
TAKEN_OUT = gettext_noop("Taken out of its stage.")
#: Characters of a lead's word.
MOST_WORD = 1000


@transaction.atomic
def add_stage_tasks(
    *,
    project: Project,
    actor: User,
    stage: str,
    count: int | None = None,
    tasks: Sequence[int] = (),
) -> list[Task]:
    """Makes copies of gold tasks for a stage: of those named, or of so many that no stage has.

    What is right is copied with them, and follows the gold task from then on. Raises InvalidInput
    for a task that is no gold task in play, or is in a stage; Conflict where there are too few.
    """
    if stage not in STAGES:
        sentence = _("Choose one of: %(known)s.") % {"known": ", ".join(STAGES)}
        raise InvalidInput(sentence, fields={"stage": sentence})
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    free = list(unused_gold(project))
    if tasks:
        chosen = [task for task in free if task.pk in set(tasks)]
        if len(chosen) < len(set(tasks)):
            sentence = _("Name gold tasks of this project that are in play and in no stage yet.")
            raise InvalidInput(sentence, fields={"tasks": sentence})
    else:
        chosen = sorted(free, key=lambda task: task.queue_key)[: count or 0]
        if len(chosen) < (count or 1):
            raise Conflict(_too_few(len(free)))
    newest = newest_answers(project, Purpose.GOLD)
    copies = [_copy(task, Purpose(stage), newest) for task in chosen]
    record(
        project=project,
        actor=actor,
        verb=gettext_noop("tasks made for a stage"),
        stage=stage,
        tasks=[task.external_id for task in copies],
    )
    return copies


def _too_few(n: int) -> str:
    return ngettext(
        "There is %(n)d gold task that no stage has. Make more gold on the pages of tasks.",
        "There are %(n)d gold tasks that no stage has. Make more gold on the pages of tasks.",
        n,
    ) % {"n": n}


def _copy(gold: Task, stage: Purpose, newest: Mapping[int, GoldAnswer]) -> Task:
    original = gold.gold_of
    assert original is not None  # noqa: S101 - selected so; tells the type checker
    copy = copy_of(original, stage)
    if copy.withdrawn_at is not None:
        put_into_play([copy.pk])
    answer = newest[gold.pk]
    content = {"answers": answer.answers, "reason": answer.reason, "kind": answer.kind}
    add_version(copy, answer.author, content)
    return copy


@transaction.atomic
def take_out_stage_task(*, project: Project, actor: User, task: Task) -> None:
    """Takes a task out of its stage: it is withdrawn, and answers on it count in no try."""
    take_out_of_play([task.pk], actor=actor, reason=TAKEN_OUT)
    record(
        project=project,
        actor=actor,
        verb=gettext_noop("task taken out of a stage"),
        stage=task.purpose,
        task=task.external_id,
    )


@transaction.atomic
def begin_stage(*, membership: Membership, now: datetime | None = None) -> Membership:
    """Lets a rater into the stage that comes next for them, or into another try.

    Raises Conflict, saying why, where nothing can be begun.
    """
    now = now or database_now()
    lock_rater(project_id=membership.project_id, rater_id=membership.user_id)
    membership.refresh_from_db(fields=["stage", "stage_round", "stage_at"])
    project = membership.project
    if not is_on_the_way(membership) or is_at_work(membership):
        raise Conflict(_("There is nothing to go through here: you get tasks."))
    if membership.stage in {_Stage.NEW, _Stage.EXEMPT}:
        return _begin_first(membership)
    if membership.stage == _Stage.TRAINING and project.qualification_tasks:
        closed = topic_standing(project=project, rater_id=membership.user_id, now=now).closed
        left = project.training_tasks - trained(membership)
        if left > 0 and claim_stage_task(membership, Purpose.TRAINING, closed) is not None:
            raise Conflict(_("Finish the training tasks first."))
        _require_tasks(project, Purpose.QUALIFICATION)
        begin(membership, Purpose.QUALIFICATION)
    elif membership.stage == _Stage.NOT_YET:
        again = may_retry_at(membership)
        if again is None or again > now:
            raise Conflict(_("You cannot try again yet. Your page says when, or who decides."))
        begin(membership, Purpose.QUALIFICATION, round_number=membership.stage_round + 1)
    return membership


def _begin_first(membership: Membership) -> Membership:
    """Who was here before goes on as they left: the rows tell how far they were."""
    project = membership.project
    last = newest_decision(membership)
    rows = StageAnswer.objects.filter(project=project, rater=membership.user_id)
    answered = rows.order_by("-round").values_list("round", flat=True).first()
    if membership.stage == _Stage.NEW and membership.stage_at is None and last is not None:
        membership.stage_round, membership.stage_at = last.round, last.at
        if last.outcome == Decided.REOPENED:
            membership.stage_round += 1
        else:
            membership.stage = _Stage(last.outcome)
            membership.save(update_fields=["stage", "stage_round", "stage_at"])
            return membership
    elif answered is not None:
        membership.stage_round = max(membership.stage_round, answered)
    is_trained = trained(membership) >= project.training_tasks
    stage = Purpose.QUALIFICATION if is_trained else Purpose.TRAINING
    if not project.qualification_tasks:
        stage = Purpose.TRAINING
    _require_tasks(project, stage)
    begin(membership, stage)
    return membership


def _require_tasks(project: Project, stage: Purpose) -> None:
    if any(lack.stage == stage for lack in lacking(project)):
        raise Conflict(_("The lead is still preparing the tasks of this stage. Look again later."))


@transaction.atomic
def decide_by_hand(
    *, project: Project, actor: User, member_id: int, outcome: str, reason: str
) -> StageDecision:
    """Takes a lead's word on a rater: passed, not yet, or open to begin anew.

    Raises InvalidInput without a reason, Conflict where it is so already.
    """
    errors = {}
    if outcome not in {Decided.PASSED, Decided.NOT_YET, Decided.REOPENED}:
        errors["outcome"] = _("Choose one of: passed, not_yet, reopened.")
    words = " ".join(reason.replace("\x00", "").split())
    if not words:
        errors["reason"] = _("Say why: it is kept with the decision.")
    elif len(words) > MOST_WORD:
        errors["reason"] = _("At most %(most)d characters.") % {"most": MOST_WORD}
    if errors:
        raise InvalidInput(_("It was not decided."), fields=errors)
    member = Membership.objects.select_related("project", "user").get(
        pk=member_id, project=project, role=Role.RATER
    )
    lock_rater(project_id=project.pk, rater_id=member.user_id)
    member.refresh_from_db(fields=["stage", "stage_round", "stage_at"])
    if outcome == member.stage or (outcome == Decided.REOPENED and member.stage == _Stage.NEW):
        raise Conflict(_("That is so already."))
    score, now = own_score(member), database_now()
    decision = decide(member, Decided(outcome), score, now=now, by=actor.pk, reason=words)
    record(
        project=project,
        actor=actor,
        verb=gettext_noop("qualification decided"),
        **naming(member.user),
        outcome=outcome,
        reason=words,
    )
    return decision
