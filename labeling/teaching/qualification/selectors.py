"""Where raters stand on the way to live tasks, for themselves and, without names, for leads."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from labeling.figures.stages import Score, rule_of, score_of, stage_answers, stage_task_counts
from labeling.models import GoldAnswer, StageAnswer, StageDecision, Task
from labeling.vocabulary import STAGES, Purpose
from projects.guidelines.examples import asked_examples, is_quiz_due
from projects.guidelines.selectors import current_guideline, has_acknowledged, readings
from projects.models import Membership, Project, Role
from projects.navigation import waiting_count

_Stage = Membership.Stage
#: Letters by which a candidate is called until it is decided; no word can be read in them.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_LETTERS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class StageStep:
    """A stage as its rater sees it: `state` is done, now, or later."""

    key: str
    state: str
    done: int = 0
    of: int = 0


def pool(project: Project, stage: Purpose) -> QuerySet[Task]:
    """The tasks of a stage that are in play, in the order in which everybody gets them."""
    tasks = Task.objects.in_play().filter(project=project, purpose=stage)
    return tasks.select_related("gold_of").order_by("queue_key")


def unused_gold(project: Project) -> QuerySet[Task]:
    """Gold tasks of which no copy is in play for a stage, in the order in which they were made."""
    used = Task.objects.in_play().filter(gold_of=OuterRef("gold_of"), purpose__in=STAGES)
    gold = Task.objects.in_play().filter(
        project=project, purpose=Purpose.GOLD, gold_of__isnull=False
    )
    return gold.exclude(Exists(used)).select_related("gold_of").order_by("pk")


@dataclass(frozen=True, slots=True)
class Lack:
    """A stage that has fewer tasks than it asks for."""

    stage: Purpose
    there: int
    wanted: int


def lacking(project: Project) -> list[Lack]:
    """The stages of a project that have too few tasks in play."""
    there = stage_task_counts(project)
    wanted = {
        Purpose.TRAINING: project.training_tasks,
        Purpose.QUALIFICATION: project.qualification_tasks,
    }
    return [Lack(stage, there[stage], n) for stage, n in wanted.items() if there[stage] < n]


def steps_of(membership: Membership) -> list[StageStep]:
    """The stages of a project in their order, and how far a rater is."""
    project, rater = membership.project, membership.user
    guideline = current_guideline(project)
    stages: list[tuple[str, bool, int, int]] = []
    if guideline is not None:
        stages.append(("reading", has_acknowledged(rater, guideline), 0, 0))
    if project.asks_quiz and asked_examples(project):
        stages.append(("quiz", not is_quiz_due(membership), 0, 0))
    through = membership.stage in {_Stage.PASSED, _Stage.EXEMPT}
    if project.training_tasks:
        own = stage_answers(project, Purpose.TRAINING).filter(rater=rater)
        begun_next = membership.stage in {_Stage.QUALIFICATION, _Stage.WAITING, _Stage.NOT_YET}
        n = len(own)
        is_over = through or begun_next or n >= project.training_tasks
        stages.append(("training", is_over, n, project.training_tasks))
    if project.qualification_tasks:
        answers = stage_answers(project, Purpose.QUALIFICATION)
        n = len(answers.filter(rater=rater, round=membership.stage_round))
        stages.append(("qualification", through, n, project.qualification_tasks))
    steps, is_now = [], True
    for key, done, n, of in stages:
        steps.append(StageStep(key, "done" if done else "now" if is_now else "later", n, of))
        is_now = is_now and done
    return steps


def newest_decision(membership: Membership) -> StageDecision | None:
    """What was decided of a rater last."""
    rows = StageDecision.objects.filter(project=membership.project, rater=membership.user_id)
    return rows.order_by("-pk").first()


def may_retry_at(membership: Membership) -> datetime | None:
    """From when a rater who did not pass yet may try again; None where a lead says when."""
    days = membership.project.qualification_retry_days
    if membership.stage != _Stage.NOT_YET or days is None or membership.stage_at is None:
        return None
    return membership.stage_at + timedelta(days=days)


def reasons_of(answers: Iterable[StageAnswer]) -> Mapping[int, GoldAnswer]:
    """What was right by the version by which each answer was read, with its reason, by the task."""
    versions = {(row.task_id, row.version) for row in answers}
    rows = GoldAnswer.objects.filter(task__in=[task for task, _version in versions])
    return {row.task_id: row for row in rows if (row.task_id, row.number) in versions}


@dataclass(frozen=True, slots=True)
class StageCandidate:
    """A rater on the way, under letters until it is decided; `name` is empty as long."""

    code: str
    name: str
    stage: str
    round: int
    trained: int
    score: Score
    active_ms: int
    since: datetime | None
    by_hand: bool
    reason: str
    member: int

    @property
    def may_pass(self) -> bool:
        """Whether a lead can let them through by hand."""
        return self.stage not in {_Stage.PASSED, _Stage.EXEMPT}

    @property
    def is_under_way(self) -> bool:
        """Whether it is not decided yet."""
        return not self.name


#: Where it is decided, and who it is may be said.
_DECIDED = frozenset({_Stage.PASSED, _Stage.NOT_YET, _Stage.EXEMPT})


def codes_of(project: Project, raters: Sequence[int]) -> dict[int, str]:
    """Letters for each rater that tell nothing of them, and that stay."""
    digests = {
        pk: hashlib.sha256(f"{project.salt}\x1fcandidate\x1f{pk}".encode()).digest()
        for pk in raters
    }
    for n in range(_LETTERS_SHOWN, 33):
        codes = {
            pk: "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:n])
            for pk, digest in digests.items()
        }
        if len(set(codes.values())) == len(codes):
            break
    return codes


def asked_members(project: Project) -> list[Membership]:
    """The raters of a project who have stages to go through, or have gone through them."""
    rows = Membership.objects.filter(project=project, role=Role.RATER).select_related("user")
    if not project.qualification_asks_all:
        rows = rows.exclude(stage=_Stage.EXEMPT)
    return list(rows)


def candidates_of(
    project: Project, members: Sequence[Membership] | None = None
) -> list[StageCandidate]:
    """Everybody who is asked, in the order of their letters, which is nobody's order."""
    members = asked_members(project) if members is None else members
    codes = codes_of(project, [member.user_id for member in members])
    rounds = {member.user_id: member.stage_round for member in members}
    marks: dict[int, list[bool | None]] = {}
    for rater, number, is_right in stage_answers(project, Purpose.QUALIFICATION).values_list(
        "rater", "round", "is_right"
    ):
        if rounds.get(rater) == number:
            marks.setdefault(rater, []).append(is_right)
    training = Counter(stage_answers(project, Purpose.TRAINING).values_list("rater", flat=True))
    times, decisions = _active_times(project), _decisions(project)
    rule = rule_of(project)
    rows = []
    for member in members:
        pk, last = member.user_id, decisions.get(member.user_id)
        is_known = member.stage in _DECIDED
        rows.append(
            StageCandidate(
                code=codes[pk],
                name=member.user.display_name if is_known else "",
                stage=member.stage,
                round=member.stage_round,
                trained=training[pk],
                score=score_of(marks.get(pk, ()), rule),
                active_ms=times.get((pk, member.stage_round), 0),
                since=member.stage_at,
                by_hand=bool(last and last.decided_by_id),
                reason=last.reason if last else "",
                member=member.pk,
            )
        )
    return sorted(rows, key=lambda row: row.code)


def _active_times(project: Project) -> dict[tuple[int, int], int]:
    """Milliseconds of qualification by rater and try."""
    held = stage_answers(project, Purpose.QUALIFICATION).values("pk")
    rows = StageAnswer.objects.filter(pk__in=held).order_by()
    sums = rows.values_list("rater", "round").annotate(ms=Sum("judgment__active_ms"))
    return {(rater, number): ms for rater, number, ms in sums}


def _decisions(project: Project) -> dict[int, StageDecision]:
    rows = StageDecision.objects.filter(project=project).order_by("rater", "-pk")
    return {row.rater_id: row for row in rows.distinct("rater")}


def funnel_of(project: Project, members: Sequence[Membership]) -> dict[str, int]:
    """How many raters got how far; each number counts those who got at least there."""
    counts = {"invited": len(members)}
    guideline = current_guideline(project)
    if guideline is not None:
        read = set(readings(guideline).values_list("user", flat=True))
        counts["reading"] = sum(member.user_id in read for member in members)
    if project.asks_quiz and asked_examples(project):
        counts["quiz"] = sum(
            member.quiz_done is not None and member.quiz_done >= project.quiz_since
            for member in members
        )
    stages = Counter(member.stage for member in members)
    decided = (_Stage.WAITING, _Stage.NOT_YET, _Stage.PASSED)
    if project.training_tasks:
        training = Counter(stage_answers(project, Purpose.TRAINING).values_list("rater", flat=True))
        counts["training"] = sum(
            training[member.user_id] >= project.training_tasks
            or member.stage in {_Stage.QUALIFICATION, *decided}
            for member in members
        )
    if project.qualification_tasks:
        counts["qualification"] = sum(stages[stage] for stage in decided)
    counts["passed"] = stages[_Stage.PASSED]
    counts["not_yet"] = stages[_Stage.NOT_YET]
    return counts


def waiting_ones() -> Subquery:
    """How many raters wait for a lead's word, as an expression over the row of a project."""
    rows = Membership.objects.filter(project=OuterRef("pk"), role=Role.RATER, stage=_Stage.WAITING)
    return waiting_count(rows)


def outcome_words(stage: str) -> str:
    """What became of a try, in a word."""
    words = {
        _Stage.NEW: _("not begun"),
        _Stage.TRAINING: _("in training"),
        _Stage.QUALIFICATION: _("under way"),
        _Stage.WAITING: _("waits for your word"),
        _Stage.NOT_YET: _("not yet"),
        _Stage.PASSED: _("passed"),
        _Stage.EXEMPT: _("not asked"),
    }
    return words[_Stage(stage)]
