"""No door of a rater tells a live task from gold, a repeat or an anchor."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from scipy.stats import rankdata

from labeling.models import Assignment, Task
from labeling.models.copies import copy_of
from labeling.rating.leases import next_assignment
from labeling.rating.task_serializers import leased_task_json
from labeling.vocabulary import CHECKS, Purpose
from projects.models import Project, User
from tests.api.client import NEXT, CallAs
from tests.conftest import MakeTasks, judge, membership

PURPOSES = (Purpose.LIVE, *CHECKS)


def leased(task: Task, rater: User, purpose: Purpose) -> Assignment:
    """An open lease on a task, or on its copy, its first response on the left."""
    own = task if purpose == Purpose.LIVE else copy_of(task, purpose)
    project = own.project
    return Assignment.objects.create(
        task=own,
        project=project,
        rater=rater,
        purpose=purpose,
        shown_order=[0, 1],
        guideline=project.guidelines.get(),
        rubric=project.rubric_versions.get(),
        lease_expires_at=timezone.now() + timedelta(minutes=20),
        opened_at=timezone.now(),
    )


def masked(text: str, assignment: Assignment) -> str:
    """A reply without what is another one at every request: ids of assignments, keys, moments."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "KEY", text)
    text = re.sub(r'(csrf[^"]*" value=")[^"]+|nonce="[^"]+"', "TOKEN", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)", "MOMENT", text)
    return re.sub(rf"(?<!\d){assignment.pk}(?!\d)", "ID", text)


def test_replies_pages_and_addresses_of_live_gold_repeat_and_anchor_are_alike(
    project: Project,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    (task,) = make_tasks(project, 1, overlap=3)
    # So far apart that no other number on a page is one of these ids.
    with_ids: dict[str, set[str]] = defaultdict(set)
    client, program = client_for(rui), api(rui)
    first = leased(task, rui, Purpose.LIVE)
    Assignment.objects.filter(pk=first.pk).delete()
    for place, purpose in enumerate(PURPOSES):
        assignment = leased(task, rui, purpose)
        Assignment.objects.filter(pk=assignment.pk).update(id=98_765_000 + place)
        assignment.pk = 98_765_000 + place
        address = reverse("labeling:rate", args=[project.slug])
        lease = f"assignments/{assignment.pk}/"
        answers = {"answers": {"overall": -1}, "active_ms": 10}
        replies = {
            "page": client.get(address).content.decode(),
            "texts": client.get(f"{address}{assignment.pk}/texts/").content.decode(),
            "heartbeat": client.post(f"{address}{assignment.pk}/heartbeat/").content.decode(),
            "next": program.post(NEXT).content.decode(),
            "kept": program.post(f"{lease}heartbeat/").content.decode(),
            "skipped": program.post(f"{lease}skip/", {"reason": "unclear"}).content.decode(),
            "undone": program.post("projects/support-answers/undo/").content.decode(),
            "judged": program.post(f"{lease}judgment/", answers).content.decode(),
            "taken back": program.post("projects/support-answers/undo/").content.decode(),
        }
        assert f'"id":{assignment.pk},"expires"' in replies["next"]
        for name, reply in replies.items():
            text = masked(reply, assignment)
            text = re.sub(r'("id":)\d+(,"assignment")', r"\1N\2", text)  # the judgment's own
            with_ids[name].add(text)
        Assignment.objects.filter(pk=assignment.pk).update(state="expired")
    different = {name: texts for name, texts in with_ids.items() if len(texts) > 1}
    assert not different


def numbers(value: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Every number of a reply, and the length of every text, by where it stands."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from numbers(part, f"{path}.{name}")
    elif isinstance(value, list):
        yield f"{path}#", len(value)
        for place, part in enumerate(value):
            yield from numbers(part, f"{path}.{place}")
    elif isinstance(value, str):
        yield f"{path}~", len(value)
    elif isinstance(value, int | float):
        yield path, value


def area(checks: list[float], live: list[float]) -> float:
    """The chance that a number of a check is above one of a live task, ties half."""
    ranks = rankdata([*checks, *live])[: len(checks)].sum()
    return float((ranks - len(checks) * (len(checks) + 1) / 2) / (len(checks) * len(live)))


@pytest.mark.walk
def test_over_2000_leases_no_number_tells_a_check_from_a_live_task(
    project: Project, rui: User, make_tasks: MakeTasks
):
    # By chance alone one of so many numbers leaves the bounds now and then: this draw is committed.
    project.salt = "over 2,000 leases"
    project.save(update_fields=["salt"])
    tasks = make_tasks(project, 1900, overlap=1)
    rng = np.random.default_rng(15)
    for place in rng.choice(len(tasks), 300, replace=False):
        copy_of(tasks[place], Purpose.GOLD)
    Project.objects.filter(pk=project.pk).update(gold_rate=0.05, repeat_rate=0.05)
    project.refresh_from_db()
    member = membership(rui, project)
    by_path: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    came: list[str] = []
    for _n in range(2000):
        assignment = next_assignment(membership=member)
        assert isinstance(assignment, Assignment)
        came.append(assignment.purpose)
        sort = "live" if assignment.purpose == Purpose.LIVE else "check"
        for path, number in numbers(leased_task_json(assignment, project)):
            by_path[path][sort].append(number)
        judge(rui, assignment, -1)
    assert abs(came.count("gold") - 100) <= 3
    assert abs(came.count("repeat") - 97) <= 4
    for path, values in by_path.items():
        assert 0.45 <= area(values["check"], values["live"]) <= 0.55, path
