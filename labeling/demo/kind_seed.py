"""The demo projects of the other kinds: made once, through the services of real projects.

Their people are those of the first demo project; where that is gone, nothing is made.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from importlib import import_module
from itertools import count

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from labeling.demo import content, kind_raters, simulation
from labeling.demo.groundwork import (
    backdate_start,
    import_rows,
    lock_demo,
    main_demo,
    morning,
    record_reading,
)
from labeling.demo.kind_content import KindItem, KindProject, load_kinds
from labeling.kinds import Submission
from labeling.models import Assignment, Judgment, Release, Response, Task
from labeling.rating.judgments import skip_assignment, submit_judgment
from labeling.rating.leases import next_assignment
from labeling.releases.services import request_release, run_release
from labeling.vocabulary import TaskKind
from projects.models import Membership, Project, User
from projects.services.members import set_member
from projects.services.projects import create_project
from projects.services.reasons import ReasonSpec, set_reasons

#: The recipe that reads the answers of a kind as they are meant.
_RECIPES: Mapping[str, str] = {
    "rank": "instructgpt",
    "rate": "ratings",
    "rule": "rules",
    "write": "demonstrations",
    "pictures": "majority",
}
#: Days on which there is work, back from the seeding.
_DAYS = 9


def seed_kinds(*, now: datetime | None = None) -> list[Project]:
    """Makes those demo projects that are missing, each whole with a release; returns them."""
    return [
        project
        for demo in load_kinds()
        if (project := _seeded(demo, now or timezone.now())) is not None
    ]


@transaction.atomic
def _seeded(demo: KindProject, now: datetime) -> Project | None:
    """The project, None where it is there or where the first one is gone."""
    lock_demo()
    first = main_demo()
    if first is None or Project.objects.filter(is_demo=True, name=demo.name).exists():
        return None
    emails = [login.email for login in content.LOGINS]
    people = {user.email or "": user for user in first.members.filter(email__in=emails)}
    lead = people.get(content.LOGINS[0].email)
    if lead is None:
        return None
    project = _made(demo, lead, people, morning(now, demo.days_ago))
    _Days(project, demo, people).play(now)
    Assignment.objects.filter(project=project).update(created_at=F("opened_at"))
    _release(project, people.get("mia@example.com"), _RECIPES[demo.key])
    return project


def _made(demo: KindProject, lead: User, people: Mapping[str, User], begin: datetime) -> Project:
    project = create_project(
        name=demo.name,
        created_by=lead,
        criteria=demo.criteria,
        guideline=demo.guideline,
        settings={"description": demo.description, "is_demo": True, "overlap": demo.overlap},
    )
    # Which tasks a rater meets is drawn by it: the story is to be the same in every demo.
    project.salt = f"{content.SALT}-{demo.key}"
    project.save(update_fields=["salt"])
    reasons = [ReasonSpec(code, label) for code, label in demo.reasons]
    set_reasons(project=project, actor=lead, reasons=reasons)
    for login in content.LOGINS:
        if login.email in people:
            set_member(project=project, user=people[login.email], role=login.role, actor=lead)
    rows = [item.import_row(demo.kind) for item in demo.items]
    import_rows(project, lead, rows, project.slug, _pictures(demo))
    backdate_start(project, begin)
    return project


def _pictures(demo: KindProject) -> dict[str, bytes]:
    """The pictures of its items, drawn anew, by the names that the rows call them."""
    drawn = [response for item in demo.items for response in item.responses if response.drawn]
    if not drawn:
        return {}
    drawing = import_module("labeling.demo.drawing")  # nobody else pays for Pillow
    return {
        response.picture: drawing.drawn_scene(response.model, response.id, **response.drawn)
        for response in drawn
    }


def _release(project: Project, engineer: User | None, recipe: str) -> Release:
    release = request_release(
        project=project,
        created_by=engineer,
        recipe=recipe,
        format="native",
        file_type="parquet",
    )
    run_release(release.pk)
    return release


class _Days:
    """Plays all sessions in order of time, as raters working in parallel would."""

    def __init__(self, project: Project, demo: KindProject, people: Mapping[str, User]) -> None:
        self.demo = demo
        self.items = {item.id: item for item in demo.items}
        self.guideline = project.guidelines.get()
        self.tempers = {t.email: t for t in simulation.TEMPERS if t.email in people}
        self.members = {
            member.user.email or "": member
            for member in Membership.objects.filter(project=project).select_related(
                "user", "project"
            )
        }
        self.order = count()
        self.events: list[tuple[datetime, int, str, _Held | int]] = []

    def play(self, now: datetime) -> None:
        """Lets every session happen; the judgments' ids and times ascend together."""
        for temper in self.tempers.values():
            sessions = list(self._sessions(temper, now))
            user = self.members[temper.email].user
            record_reading(self.guideline, user, sessions[0][0] - timedelta(minutes=2))
            for at, size in sessions:
                self._at(at, temper.email, size)
        while self.events:
            at, _, email, todo = heapq.heappop(self.events)
            if isinstance(todo, int):
                self._open(at, email, todo)
            else:
                self._submit(at, email, todo)

    def _at(self, at: datetime, email: str, todo: _Held | int) -> None:
        heapq.heappush(self.events, (at, next(self.order), email, todo))

    def _sessions(self, temper: simulation.Temper, now: datetime) -> Iterator[tuple[datetime, int]]:
        """When a rater sits down, and for how many tasks; together it is the rater's share."""
        share = kind_raters.SHARES[temper.email] * (0.68 if self.demo.kind == "write" else 1)
        left = round(share * len(self.items))
        days = [morning(now, ago) for ago in range(_DAYS, 0, -1)]
        days = [day for day in days if day.weekday() in temper.weekdays]
        for place, day in enumerate(days):
            size = round(left / (len(days) - place))
            left -= size
            starts = timedelta(hours=temper.starts.hour, minutes=temper.starts.minute)
            late = 50 * simulation.draw(temper.email, self.demo.key, place)
            yield day.replace(hour=0, minute=0) + starts + timedelta(minutes=late), size

    def _open(self, at: datetime, email: str, left: int) -> None:
        if not left:
            return
        member = self.members[email]
        assignment = next_assignment(membership=member, now=at)
        if not isinstance(assignment, Assignment):
            return
        task = Task.objects.select_related("prompt", "reviews").get(pk=assignment.task_id)
        item = self.items[task.prompt.external_id]
        if email in item.skips:
            reason, note = item.skips[email]
            skip_assignment(
                rater=member.user, assignment_id=assignment.pk, reason=reason, note=note, now=at
            )
            self._at(at + timedelta(seconds=20), email, left)
            return
        submission = self._submission(email, task, assignment, item)
        held = (assignment.pk, submission, left - 1)
        self._at(at + timedelta(milliseconds=submission.active_ms or 0), email, held)

    def _submit(self, at: datetime, email: str, held: _Held) -> None:
        assignment, submission, left = held
        submit_judgment(
            rater=self.members[email].user,
            assignment_id=assignment,
            submission=submission,
            now=at,
        )
        pause = simulation.pause(self.tempers[email], str(assignment))
        self._at(at + pause, email, left)

    def _submission(
        self, email: str, task: Task, assignment: Assignment, item: KindItem
    ) -> Submission:
        temper = self.tempers[email]
        if task.reviews is not None:
            return kind_raters.review_of(temper, item, task.reviews.content)
        if task.kind == TaskKind.WRITE:
            is_again = Judgment.objects.filter(assignment=assignment).standing().exists()
            return kind_raters.draft_by(temper, item, again=is_again)
        ids = dict(
            Response.objects.filter(pk__in=task.response_ids).values_list("pk", "external_id")
        )
        own = [response.id for response in item.responses]
        places = [own.index(ids[pk]) for pk in task.response_ids]
        shown = [places[canonical] for canonical in assignment.shown_order]
        return kind_raters.opinion_of(temper, self.demo, item, shown)


#: An open assignment, what will be said on it, and how many tasks are left of the session then.
_Held = tuple[int, Submission, int]
