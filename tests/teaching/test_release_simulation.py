"""A project from end to end through the app's own doors: seven raters of known accuracy.

300 pairs, each judged by all seven, 5% gold and 5% repeats mixed in. CONCORD_SEEDS says how many
seeds are run, from 15 on.
"""

from __future__ import annotations

import os
import random

import pytest

from labeling.kinds.known import KnownAnswer
from labeling.models import Assignment
from labeling.rating.leases import next_assignment
from labeling.teaching.checks.services import set_known_answer
from projects.models import Membership, Project, Role, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge

PAIRS = 300
ACCURACIES = (0.90, 0.85, 0.80, 0.60, 0.55, 0.50, 0.30)
SEEDS = range(15, 15 + int(os.environ.get("CONCORD_SEEDS", "1")))


def _raters(project: Project) -> list[User]:
    people = []
    for accuracy in ACCURACIES:
        name = f"r{int(accuracy * 100)}"
        person = User.objects.create_user(email=f"{name}@example.org", password=None, name=name)
        Membership.objects.create(project=project, user=person, role=Role.RATER)
        people.append(person)
    return people


def _work(project: Project, rater: User, accuracy: float, draw: random.Random) -> None:
    """Judges everything there is: the true side is the first response of the canonical order."""
    member = Membership.objects.select_related("project", "user").get(project=project, user=rater)
    while isinstance(assignment := next_assignment(membership=member), Assignment):
        side = -1 if draw.random() < accuracy else 1
        judge(rater, assignment, side if assignment.shown_order[0] == 0 else -side)


@pytest.mark.walk
@pytest.mark.parametrize("seed", SEEDS)
def test_the_rater_of_30_percent_is_last_and_below_one_half(
    seed: int, project: Project, lena: User, make_tasks: MakeTasks, api: CallAs
) -> None:
    Project.objects.filter(pk=project.pk).update(
        gold_rate=0.05, repeat_rate=0.05, salt=f"seed-{seed}"
    )
    project.refresh_from_db()
    project.guidelines.all().delete()
    tasks = make_tasks(project, PAIRS, overlap=len(ACCURACIES))
    draw = random.Random(seed)
    for task in draw.sample(tasks, 20):
        set_known_answer(task=task, actor=lena, known=KnownAnswer({"overall": -1}))
    for rater, accuracy in zip(_raters(project), ACCURACIES, strict=True):
        _work(project, rater, accuracy, draw)
    reply = api(lena).get("projects/support-answers/raters/").json()
    rows = {row["rater"]: row for row in reply["raters"]}
    last = rows.pop("r30")
    others = rows.values()
    accuracy = last["accuracy"]["value"]
    assert accuracy < 0.5
    assert accuracy < min(row["accuracy"]["value"] for row in others)
    assert last["agreement"]["value"] < min(row["agreement"]["value"] for row in others)
    for row in (last, *others):
        assert row["judgments"] == PAIRS
        assert row["gold"]["n"] / (PAIRS * 1.1) == pytest.approx(0.05, abs=0.01)
        assert row["self_consistency"]["n"] >= 10
