"""The demo project: made once, through the services that real projects are made with.

The raters are simulated (`labeling.demo.simulation`), but leases, screen order, judgments and
guideline versions come from the same code as everybody's, so the demo keeps every rule.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from labeling.demo import content, simulation
from labeling.demo.examples import teach_by_examples
from labeling.demo.groundwork import (
    backdate_start,
    import_rows,
    lock_demo,
    main_demo,
    morning,
    record_reading,
)
from labeling.demo.passwords import random_password
from labeling.demo.questions import ask_questions
from labeling.kinds import COMPARE, Submission
from labeling.models import Assignment, Release, Response, Task
from labeling.rating.judgments import skip_assignment, submit_judgment, undo_last
from labeling.rating.leases import next_assignment
from labeling.releases.services import request_release, retry_release, run_release
from labeling.vocabulary import JobState
from projects.guidelines.services import publish_guideline
from projects.models import (
    Acknowledgement,
    AuditEvent,
    Guideline,
    Membership,
    Project,
    Role,
    User,
)
from projects.project_templates import CriterionSpec
from projects.services.members import create_user, set_member
from projects.services.projects import create_project

CRITERIA = (
    CriterionSpec("overall", "Which response is better?", "arena4", is_primary=True),
    CriterionSpec(
        "accuracy",
        "Which response is more accurate?",
        "webgpt5",
        is_required=False,
        help_text="Facts, sums and code alone. Leave it out where there is nothing to check.",
    ),
)


@dataclass(frozen=True, slots=True)
class Seeded:
    """The demo project with its first release, and whether this call made the project.

    `passwords` are those of accounts that this call made with a password of their own.
    """

    project: Project
    release: Release
    created: bool
    passwords: Mapping[str, str]


def seed_demo(*, now: datetime | None = None, random_passwords: bool = False) -> Seeded:
    """Makes the demo project with its people, tasks, judgments and a release, unless it is there.

    The project appears whole or not at all. The release is built after that; one that is missing
    or failed is made by the next call. `now` is the moment before which everything happened.
    Accounts that are made have the published password, or `random_passwords`.
    """
    passwords: dict[str, str] = {}
    with transaction.atomic():
        lock_demo()
        project = main_demo()
        created = project is None
        if project is None:
            if random_passwords:
                passwords = {login.email: random_password() for login in content.LOGINS}
            people = _people(passwords)
            project = _seed(now or timezone.now(), people)
        release = _requested_release(project)
    if not release.is_over:
        run_release(release.pk)
        release.refresh_from_db()
    return Seeded(project, release, created, passwords)


def _requested_release(project: Project) -> Release:
    """The first release of the project: asked for by its engineer, again if it failed."""
    release = Release.objects.filter(project=project).order_by("number").first()
    if release is None:
        engineer = Membership.objects.filter(project=project, role=Role.ENGINEER).first()
        return request_release(
            project=project,
            created_by=engineer.user if engineer else None,
            recipe="majority",
            format="native",
            file_type="parquet",
        )
    if release.state in {JobState.FAILED, JobState.CANCELLED}:
        retry_release(release=release, actor=None)
        release.refresh_from_db()
    return release


def _seed(now: datetime, people: Mapping[str, User]) -> Project:
    lead = people[content.LOGINS[0].email]
    first, second = content.load_guidelines()
    begin = morning(now, first.days_ago)
    project = create_project(
        name=content.PROJECT_NAME,
        created_by=lead,
        template="arena",
        criteria=CRITERIA,
        guideline=first.spec(),
        settings={
            "description": content.DESCRIPTION,
            "is_demo": True,
            "overlap": 3,
            "gold_rate": 0.0,
            "repeat_rate": 0.0,
        },
    )
    # Everybody knows who wrote what here, and the story is to be the same in every demo.
    project.salt = content.SALT
    project.save(update_fields=["salt"])
    for login in content.LOGINS:
        set_member(project=project, user=people[login.email], role=login.role, actor=lead)
    _import_items(project, lead)
    backdate_start(project, begin)
    _Stage(project, lead, morning(now, second.days_ago), second).play(now)
    Assignment.objects.filter(project=project).update(created_at=F("opened_at"))
    teach_by_examples(project, lead, morning(now, second.days_ago))
    ask_questions(project, lead)
    return project


def _import_items(project: Project, lead: User) -> None:
    rows = [item.import_row() for item in content.load_items()]
    import_rows(project, lead, rows, "everyday-assistant")


def _people(passwords: dict[str, str]) -> dict[str, User]:
    """The demo's users by address; an account that is there already keeps its password.

    Of the `passwords` that are given, those of such accounts are taken out.
    """
    emails = [login.email for login in content.LOGINS]
    people = {user.email or "": user for user in User.objects.filter(email__in=emails)}
    # One slow hash for all of them where they share the published password.
    published = "" if passwords else make_password(content.PASSWORD)
    for login in content.LOGINS:
        if login.email in people:
            passwords.pop(login.email, None)
            continue
        user = create_user(email=login.email, name=login.name)
        user.password = published or make_password(passwords[login.email])
        user.save(update_fields=["password"])
        people[login.email] = user
    return people


@dataclass(frozen=True, slots=True)
class _Pair:
    """A task's item, and which canonical response is the item's second."""

    item: content.DemoItem
    second: int


@dataclass(slots=True)
class _OnScreen:
    """An open task and what the rater will answer; `hasty`: after pressing the wrong key."""

    assignment: Assignment
    pair: _Pair
    submission: Submission
    hasty: bool


@dataclass(slots=True)
class _Turn:
    """What a rater does next: submit the task on the screen, or open one of those `left`."""

    membership: Membership
    temper: simulation.Temper
    left: int
    task: _OnScreen | None = None


class _Stage:
    """Plays all sessions in order of time, event by event, as raters working in parallel would."""

    def __init__(
        self, project: Project, lead: User, change_at: datetime, change: content.DemoGuideline
    ) -> None:
        self.project = project
        self.lead = lead
        self.change_at = change_at
        self.change: content.DemoGuideline | None = change
        self.guideline = Guideline.objects.get(project=project)
        self.pairs = _pairs(project)
        self.tempers = {temper.email: temper for temper in simulation.TEMPERS}
        self.readers: set[tuple[int, int]] = set()
        self.order = count()
        self.events: list[tuple[datetime, int, _Turn]] = []

    def play(self, now: datetime) -> None:
        """Lets every session happen; the judgments' ids and times ascend together."""
        members = {
            membership.user.email: membership
            for membership in Membership.objects.filter(project=self.project).select_related(
                "user", "project"
            )
        }
        for session in simulation.sessions(now):
            member = members[session.email]
            turn = _Turn(member, self.tempers[session.email], session.size)
            self._at(session.starts_at, turn)
        while self.events:
            at, _, turn = heapq.heappop(self.events)
            self._keep_guideline(at)
            if turn.task is None:
                self._open(at, turn)
            else:
                self._submit(at, turn, turn.task)

    def _at(self, at: datetime, turn: _Turn) -> None:
        heapq.heappush(self.events, (at, next(self.order), turn))

    def _keep_guideline(self, at: datetime) -> None:
        """Publishes the second version when its time has come."""
        if self.change is None or at < self.change_at:
            return
        spec, self.change = self.change.spec(), None
        self.guideline = publish_guideline(project=self.project, published_by=self.lead, spec=spec)
        Guideline.objects.filter(pk=self.guideline.pk).update(published_at=self.change_at)
        Acknowledgement.objects.filter(guideline=self.guideline).update(at=self.change_at)
        AuditEvent.objects.filter(project=self.project, at__gt=at).update(at=self.change_at)

    def _open(self, at: datetime, turn: _Turn) -> None:
        if turn.left == 0:
            return
        self._acknowledge(at, turn.membership.user)
        assignment = next_assignment(membership=turn.membership, now=at)
        if not isinstance(assignment, Assignment):
            return
        pair = self.pairs[assignment.task_id]
        turn.left -= 1
        skip = simulation.SKIPS.get((turn.temper.email, pair.item.id))
        if skip is not None:
            reason, note = skip
            skip_assignment(
                rater=turn.membership.user,
                assignment_id=assignment.pk,
                reason=reason,
                note=note,
                now=at,
            )
            self._at(at + timedelta(seconds=15), turn)
            return
        submission = self._answer(turn.temper, assignment, pair)
        hasty = simulation.is_hasty(turn.temper, pair.item)
        turn.task = _OnScreen(assignment, pair, submission, hasty)
        spent = (submission.active_ms or 0) + (submission.idle_ms or 0)
        self._at(at + timedelta(milliseconds=spent), turn)

    def _submit(self, at: datetime, turn: _Turn, task: _OnScreen) -> None:
        """Stores the answer; a hasty rater has pressed the wrong key and takes that back first."""
        rater, answer = turn.membership.user, task.submission
        value = answer.answers["overall"]
        slip = -value if task.hasty and isinstance(value, int) else 0
        if slip:
            answer = Submission(answers={"overall": slip}, active_ms=answer.active_ms)
        submit_judgment(rater=rater, assignment_id=task.assignment.pk, submission=answer, now=at)
        if slip:
            task.hasty = False
            undo_last(rater=rater, project=self.project, now=at + timedelta(seconds=3))
            self._at(at + timedelta(seconds=9), turn)
            return
        turn.task = None
        self._at(at + simulation.pause(turn.temper, task.pair.item.id), turn)

    def _acknowledge(self, at: datetime, rater: User) -> None:
        if (rater.pk, self.guideline.pk) not in self.readers:
            self.readers.add((rater.pk, self.guideline.pk))
            record_reading(self.guideline, rater, at)

    def _answer(self, temper: simulation.Temper, assignment: Assignment, pair: _Pair) -> Submission:
        """The rater's opinion in the signs of the screen."""
        opinion = simulation.opinion(
            temper,
            pair.item,
            second_on_left=assignment.shown_order[0] == pair.second,
            first_version=self.guideline.number == 1,
            principles=self._numbers(),
        )
        answers = {"overall": _on_screen(opinion.advantage, 1, assignment, pair)}
        if opinion.accuracy is not None:
            answers["accuracy"] = _on_screen(opinion.accuracy, 2, assignment, pair)
        return Submission(
            answers=answers,
            tie_kind=opinion.tie_kind,
            tie_kinds={"accuracy": opinion.accuracy_tie},
            rationale=opinion.rationale,
            principles=opinion.principles,
            flags=opinion.flags,
            active_ms=opinion.active_ms,
            idle_ms=opinion.idle_ms,
        )

    def _numbers(self) -> frozenset[int]:
        versions = content.load_guidelines()
        return frozenset(p.number for p in versions[self.guideline.number - 1].principles)


def _pairs(project: Project) -> Mapping[int, _Pair]:
    """Item and canonical place of its second response, by task id."""
    items = {item.id: item for item in content.load_items()}
    tasks = Task.objects.filter(project=project).select_related("prompt")
    places = dict(Response.objects.filter(prompt__project=project).values_list("pk", "external_id"))
    pairs = {}
    for task in tasks:
        item = items[task.prompt.external_id]
        ids = [places[pk] for pk in task.response_ids]
        pairs[task.pk] = _Pair(item, ids.index(item.responses[1].id))
    return pairs


def _on_screen(advantage: float, strongest: int, assignment: Assignment, pair: _Pair) -> int:
    value = simulation.scale_value(advantage, strongest)
    canonical = value if pair.second == 1 else -value
    return COMPARE.turned(canonical, assignment.shown_order)  # its own inverse
