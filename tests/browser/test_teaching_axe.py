"""The pages that teach, and those of one's own work, in both themes and both sizes, as in
`test_pages_axe`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from labeling.kinds.known import KnownAnswer
from labeling.models import Assignment, RaterNote, Task
from labeling.rating.leases import next_assignment
from labeling.teaching.checks.services import set_known_answer
from labeling.teaching.questions.services import Ruling, send_query, write_precedent
from labeling.wellbeing.services import describe_topic
from projects.models import Membership, Project, User
from tests.api.client import CallAs
from tests.browser.test_pages_axe import EVIL, LONG, RTL, Watch, busy, walk, watch
from tests.conftest import membership

__all__ = ["busy", "watch"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk]


@pytest.fixture
def taught(busy: Project, lena: User, rui: User, api: CallAs) -> Project:
    """The busy project with everything that teaches, in long and hostile words."""
    example = {
        "kind": "clear",
        "criterion": "overall",
        "prompt": EVIL,
        "responses": [LONG, RTL],
        "right": -1,
        "rationale": EVIL + LONG,
    }
    reply = api(lena).post(f"projects/{busy.slug}/examples/", example)
    assert reply.status_code == 201, reply.content
    task = Task.objects.filter(project=busy).latest("pk")
    set_known_answer(task=task, actor=lena, known=KnownAnswer({"overall": -1}, reason=EVIL))
    own = next_assignment(membership=membership(rui, busy))
    assert isinstance(own, Assignment)
    asked = send_query(person=rui, assignment=own, text=EVIL + LONG)
    ruling = Ruling(answer=f"{LONG} {EVIL}")
    write_precedent(project=busy, actor=lena, ruling=ruling, questions=[asked.pk])
    send_query(person=rui, assignment=own, text=RTL + LONG)
    describe_topic(project=busy, actor=lena, key="grief", said={"description": EVIL + LONG})
    RaterNote.objects.create(project=busy, rater=rui, author=lena, text=f"{EVIL}\n\n{LONG}")
    return busy


def test_the_lead_s_pages_of_teaching(
    watch: Watch, context: BrowserContext, taught: Project, lena: User, sign_in: Callable[..., None]
):
    sign_in(context, lena)
    base = f"/p/{taught.slug}/"
    member = Membership.objects.get(project=taught, user__email="rui@example.com").pk
    pages = ("examples/", "examples/new/", "examples/1/edit/", "precedents/")
    more = ("precedents/1/", "topics/", "raters/", f"raters/{member}/", f"raters/{member}/notes/")
    walk(watch, [base + page for page in (*pages, *more)])


def test_a_rater_s_pages_of_teaching(
    watch: Watch, context: BrowserContext, taught: Project, rui: User, sign_in: Callable[..., None]
):
    sign_in(context, rui)
    base = f"/p/{taught.slug}/"
    Project.objects.filter(pk=taught.pk).update(asks_quiz=True)
    pages = ("my-work/", "quiz/", "precedents/", "topics/")
    walk(watch, [base + page for page in pages])
