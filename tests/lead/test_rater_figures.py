"""Published figures of raters, read through the doors: confidence and concentration."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from labeling.models import Answer, Assignment, Judgment, Task
from labeling.vocabulary import AssignmentState
from projects.models import Criterion, Project, User
from tests.api.client import CallAs
from tests.conftest import MakeTasks, membership

pytestmark = pytest.mark.django_db
HERE = "projects/support-answers/"
#: Strength and whether the others took the same side.
CONFIDENCE = [(1, 0), (1, 1), (2, 0), (2, 1), (2, 1), (3, 1), (3, 0), (3, 1)]
CONFIDENCE += [(4, 1), (4, 1), (4, 1), (4, 0), (4, 1)]


def stored(project: Project, rows: Iterable[tuple[Task, User, int]]) -> None:
    """Judgments of live tasks as rows: of each a task, a rater and a value."""
    rows = list(rows)
    guideline = project.guidelines.get()
    leases = Assignment.objects.bulk_create(
        Assignment(
            task=task,
            project=project,
            rater=rater,
            guideline=guideline,
            shown_order=[0, 1],
            state=AssignmentState.SUBMITTED,
            lease_expires_at=task.created_at,
        )
        for task, rater, _value in rows
    )
    judgments = Judgment.objects.bulk_create(
        Judgment(
            assignment=lease,
            task_id=lease.task_id,
            project=project,
            rater_id=lease.rater_id,
            guideline=guideline,
            ui_version="1",
        )
        for lease in leases
    )
    primary = Criterion.objects.get(project=project, is_primary=True)
    Answer.objects.bulk_create(
        Answer(judgment=judgment, criterion=primary, value=value)
        for judgment, (_task, _rater, value) in zip(judgments, rows, strict=True)
    )


def test_from_strength_4_on_four_in_five_preferences_agree_with_the_others(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    tao: User,
    make_tasks: MakeTasks,
    api: CallAs,
):
    Criterion.objects.filter(is_primary=True).update(scale_key="summ9")
    cells = 2 * CONFIDENCE
    rows = []
    for task, (strength, agrees) in zip(make_tasks(project, 26, overlap=3), cells, strict=True):
        rows += [(task, rui, strength)]
        rows += [(task, other, 1 if agrees else -1) for other in (sam, tao)]
    stored(project, rows)
    reply = api(lena).get(f"{HERE}raters/{membership(rui, project).pk}/").json()["habits"]
    shares = {step["strength"]: step["agreement"]["value"] for step in reply["strengths"]}
    assert shares == pytest.approx({1: 0.6923, 2: 0.7273, 3: 0.75, 4: 0.8}, abs=1e-4)
    assert reply["strength_for_80_percent"] == 4


def test_five_of_56_raters_gave_half_of_it_which_is_worth_14_raters(
    project: Project, lena: User, make_tasks: MakeTasks, api: CallAs
):
    counts = [204, 102, 102, 51, 51, *51 * [10]]
    people = User.objects.bulk_create(
        User(email=f"r{n}@example.org", name=f"R{n}") for n in range(len(counts))
    )
    (first,) = make_tasks(project, 1, overlap=56)
    tasks = Task.objects.bulk_create(
        Task(
            project=project,
            prompt=first.prompt,
            response_ids=first.response_ids,
            external_id=f"again{n}",
            queue_key=n,
            overlap=56,
            open_slots=56,
        )
        for n in range(204)
    )
    pairs = zip(people, counts, strict=True)
    stored(project, [(task, rater, 1) for rater, n in pairs for task in tasks[:n]])
    spread = api(lena).get(f"{HERE}raters/").json()["spread"]
    assert spread["top_five_share"]["value"] == 0.5
    assert spread["effective_raters"]["value"] == pytest.approx(14.3, abs=0.05)
