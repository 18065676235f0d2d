"""The demo project whose raters train and qualify first: its candidates are in different states.

Its tasks are some of the first project's, with what is right on most of them; made once, through
the services of real projects, as `labeling.demo.kind_seed` makes the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from labeling.demo import content
from labeling.demo.groundwork import (
    backdate_start,
    import_rows,
    lock_demo,
    main_demo,
    morning,
    record_reading,
)
from labeling.demo.seed import CRITERIA
from labeling.kinds import COMPARE, Submission
from labeling.models import Assignment, Response, Task
from labeling.rating.judgments import submit_judgment
from labeling.rating.leases import next_assignment
from labeling.teaching.qualification.services import add_stage_tasks, begin_stage
from labeling.vocabulary import Purpose
from projects.models import Membership, Project, Role, User
from projects.services.members import create_user, set_member
from projects.services.projects import create_project, update_project

#: Before the seeding, everything was set up.
_DAYS_AGO = 19
#: How clearly one response of an item is better, and of how many such items what is right is known.
_CLEAR, _KNOWN = 1.4, 20
_TRAINING = 2
_STAGES = {
    "training_tasks": _TRAINING,
    "qualification_tasks": 8,
    "qualification_most": 12,
    "qualification_retry_days": 2,
}


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who joined so many days ago: how many tasks they answered to train, to qualify and
    afterwards, and which of those to qualify otherwise than is right, from 0."""

    email: str
    name: str
    days_ago: int
    training: int = _TRAINING
    qualification: int = 0
    wrong: Sequence[int] = ()
    live: int = 0


#: Passed; not yet, and may try again; too close, a lead decides; in the middle of it; training.
JOINING = (
    Newcomer("rui@example.com", "Rui", 6, qualification=8, live=6),
    Newcomer("sam@example.com", "Sam", 5, qualification=8, wrong=(0, 1, 3, 4, 6)),
    Newcomer("ida@example.com", "Ida", 4, qualification=12, wrong=(1, 5, 9)),
    Newcomer("tao@example.com", "Tao", 2, qualification=3, wrong=(1,)),
    Newcomer("noah@example.com", "Noah", 1, training=1),
)


@transaction.atomic
def seed_joining(*, now: datetime | None = None) -> Project | None:
    """Makes the project, whole; None where it is there or where the first one is gone."""
    lock_demo()
    first = main_demo()
    known = Project.objects.filter(is_demo=True, name=content.JOINING_NAME)
    if first is None or known.exists():
        return None
    emails = [login.email for login in content.LOGINS]
    people = {user.email or "": user for user in first.members.filter(email__in=emails)}
    lead = people.get(content.LOGINS[0].email)
    if lead is None:
        return None
    now = now or timezone.now()
    project = _made(lead, people, morning(now, _DAYS_AGO))
    for candidate in JOINING:
        user = people.get(candidate.email)
        if user is not None:
            _Way(project, candidate, user).go(morning(now, candidate.days_ago))
    Assignment.objects.filter(project=project).update(created_at=F("opened_at"))
    return project


def _made(lead: User, people: dict[str, User], begin: datetime) -> Project:
    project = create_project(
        name=content.JOINING_NAME,
        created_by=lead,
        criteria=CRITERIA,
        guideline=content.load_guidelines()[-1].spec(),
        settings={"description": content.JOINING_DESCRIPTION, "is_demo": True, "overlap": 2},
    )
    # Which tasks a candidate meets is drawn by it: the story is to be the same in every demo.
    project.salt = f"{content.SALT}-joining"
    project.save(update_fields=["salt"])
    for login in content.LOGINS:
        if login.email in people:
            set_member(project=project, user=people[login.email], role=login.role, actor=lead)
    for candidate in JOINING:
        if candidate.email not in {login.email for login in content.LOGINS}:
            people[candidate.email] = _newcomer(candidate)
            set_member(project=project, user=people[candidate.email], role=Role.RATER, actor=lead)
    import_rows(project, lead, _rows(), "joining")
    add_stage_tasks(project=project, actor=lead, stage=Purpose.TRAINING, count=_TRAINING)
    rest = _KNOWN - _TRAINING
    add_stage_tasks(project=project, actor=lead, stage=Purpose.QUALIFICATION, count=rest)
    project = update_project(project=project, actor=lead, changes=_STAGES)
    backdate_start(project, begin)
    return project


def _newcomer(candidate: Newcomer) -> User:
    """Somebody whom nobody logs in as: an account without a password."""
    known = User.objects.filter(email=candidate.email).first()
    return known or create_user(email=candidate.email, name=candidate.name)


def _rows() -> list[dict[str, Any]]:
    """Clear cases, the first of them with what is right and why."""
    rows: list[dict[str, Any]] = []
    for item in content.load_items():
        side = -1 if item.quality < 0 else 1
        reasons = [note.text for note in item.notes if note.favours == side]
        if abs(item.quality) < _CLEAR or item.both_bad or not reasons:
            continue
        row = item.import_row()
        if len(rows) < _KNOWN:
            row["gold"] = {"answers": {"overall": side}, "reason": reasons[0], "kind": "plain"}
        rows.append(row)
    return rows


class _Way:
    """Lets a candidate go as far as they are, as anybody would."""

    def __init__(self, project: Project, candidate: Newcomer, user: User) -> None:
        self.candidate = candidate
        self.user = user
        self.member = Membership.objects.select_related("project", "user").get(
            project=project, user=user
        )
        self.guideline = project.guidelines.get()
        self.items = {item.id: item for item in content.load_items()}

    def go(self, at: datetime) -> None:
        """Reads, trains, qualifies and judges, from a moment on."""
        self.at = at
        candidate = self.candidate
        record_reading(self.guideline, self.user, at)
        begin_stage(membership=self.member, now=at)
        self._answer(candidate.training)
        if candidate.qualification:
            begin_stage(membership=self.member, now=self.at)
            self._answer(candidate.qualification, candidate.wrong)
            next_assignment(membership=self.member, now=self.at)  # it is decided by what comes next
        self._answer(candidate.live)

    def _answer(self, count: int, wrong: Sequence[int] = ()) -> None:
        for place in range(count):
            self.at += timedelta(seconds=20)
            assignment = next_assignment(membership=self.member, now=self.at)
            if not isinstance(assignment, Assignment):
                return
            task = Task.objects.select_related("prompt").get(pk=assignment.task_id)
            value, words = self._better(task), _words(task)
            canonical = -value if place in wrong else value
            seconds = 12 + words / 4
            self.at += timedelta(seconds=seconds)
            submit_judgment(
                rater=self.user,
                assignment_id=assignment.pk,
                submission=Submission(
                    answers={"overall": COMPARE.turned(canonical, assignment.shown_order)},
                    active_ms=round(1000 * seconds),
                ),
                now=self.at,
            )

    def _better(self, task: Task) -> int:
        """Which response is better, in the canonical order."""
        item = self.items[task.prompt.external_id]
        value = -1 if item.quality < 0 else 1
        first = Response.objects.get(pk=task.response_ids[0]).external_id
        return value if first == item.responses[0].id else -value


def _words(task: Task) -> int:
    texts = Response.objects.filter(pk__in=task.response_ids).values_list("content", flat=True)
    return sum(len(text.split()) for text in texts)
