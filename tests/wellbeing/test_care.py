"""Pauses, how raters are, and what they were exposed to: nothing of fewer than five people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from labeling.models import CheckIn
from labeling.rating.judgments import skip_assignment
from labeling.releases.services import folder_of, request_release, run_release
from labeling.wellbeing import report
from labeling.wellbeing.figures import _rank
from projects.guidelines.services import acknowledge
from projects.models import Membership, Project, Role, User
from projects.services.erasure import erase_person
from projects.services.members import create_user, set_member
from projects.sql import database_now
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease
from tests.wellbeing.test_topics import SAID, touch

HERE = "projects/support-answers/"
PAUSE = "/p/support-answers/pause/"
CHECK_IN = "/p/support-answers/check-in/"


@pytest.fixture
def next_week(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock that figures go by is a week ahead: this week is over."""
    monkeypatch.setattr(report, "database_now", lambda: database_now() + timedelta(days=7))


@pytest.fixture
def five(project: Project, rui: User, sam: User, tao: User) -> list[User]:
    """Five raters who read the guideline."""
    more = []
    for name in ("ana", "ben"):
        person = create_user(email=f"{name}@example.com", password="", check_password=False)
        set_member(project=project, user=person, role=Role.RATER)
        acknowledge(user=person, guideline=project.guidelines.get())
        more.append(person)
    return [rui, sam, tao, *more]


def test_how_one_is_is_kept_once_and_asked_again_after_the_days_of_the_project(
    project: Project, rui: User, lena: User, api: CallAs, client_for: Callable[[User], Client]
):
    rater = client_for(rui)
    member = Membership.objects.get(user=rui, project=project)
    assert not member.is_check_in_due
    Membership.objects.filter(pk=member.pk).update(created_at=timezone.now() - timedelta(days=8))
    assert api(rui).get(f"{HERE}check-ins/").json()["is_due"]
    assert "Two questions" in rater.get("/p/support-answers/rate/").content.decode()
    said = rater.get(PAUSE, headers={"Accept": "application/json"}).json()["html"]
    assert "Two questions" in said
    # Whoever would rather not is left alone too, and nothing is kept.
    rater.post(CHECK_IN, {"leave": "yes"})
    assert not CheckIn.objects.exists()
    assert not Membership.objects.get(pk=member.pk).is_check_in_due
    rater.post(CHECK_IN, {"feeling": "2", "wish": "talk"})
    assert api(rui).post(f"{HERE}check-ins/", {"wish": "pause"}).status_code == 201
    assert list(CheckIn.objects.values_list("feeling", "wish")) == [(2, "talk"), (None, "pause")]
    with pytest.raises(DatabaseError), transaction.atomic():
        CheckIn.objects.update(feeling=5)
    # A project that asks nobody asks nobody.
    Membership.objects.update(checked_in_at=None)
    assert api(lena).patch(HERE, {"check_in_days": 0}).status_code == 200
    assert not api(rui).get(f"{HERE}check-ins/").json()["is_due"]
    erase_person(person=rui, actor=lena)
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"feeling": 0}, "feeling"),
        ({"feeling": 6}, "feeling"),
        ({"wish": "money"}, "wish"),
        ({"wish": "less", "topic": "taxes"}, "topic"),
    ],
)
def test_what_is_no_answer_is_refused_by_name(
    project: Project, rui: User, api: CallAs, body: dict[str, object], field: str
):
    reply = api(rui).post(f"{HERE}check-ins/", body)
    assert (reply.status_code, field in reply.json()["fields"]) == (400, True)
    assert not CheckIn.objects.exists()


def test_who_wants_less_of_a_topic_is_led_to_their_choice(
    project: Project, lena: User, rui: User, api: CallAs, client_for: Callable[[User], Client]
):
    api(lena).post(f"{HERE}topics/", SAID)
    reply = client_for(rui).post(CHECK_IN, {"wish": "less", "topic": "violence"})
    assert reply["Location"] == "/p/support-answers/topics/"
    assert CheckIn.objects.get().topic == "violence"


def test_trends_are_of_five_people_and_weeks_that_are_over(
    project: Project,
    lena: User,
    five: list[User],
    api: CallAs,
    client_for: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
):
    for person, feeling in zip(five[:4], (1, 2, 4, 5), strict=True):
        api(person).post(f"{HERE}check-ins/", {"feeling": feeling})
    assert api(lena).get(f"{HERE}wellbeing/").json()["check_ins"]["weeks"] == []
    monkeypatch.setattr(report, "database_now", lambda: database_now() + timedelta(days=7))
    (week,) = api(lena).get(f"{HERE}wellbeing/").json()["check_ins"]["weeks"]
    assert (week["low"]["value"], week["low"]["n"]) == (None, 0)
    assert "fewer than 5" in week["low"]["reason"]
    api(five[4]).post(f"{HERE}check-ins/", {"feeling": 3, "wish": "pause"})
    api(five[4]).post(f"{HERE}check-ins/", {"feeling": 2})  # the last of a week holds
    trend = api(lena).get(f"{HERE}wellbeing/").json()["check_ins"]
    assert (trend["weeks"][0]["low"]["value"], trend["weeks"][0]["low"]["n"]) == (0.6, 5)
    wishes = {row["wish"]: row["people"]["value"] for row in trend["wishes"]}
    assert wishes == {"less": 0.0, "pause": 0.2, "talk": 0.0}
    page = client_for(lena).get("/p/support-answers/wellbeing/").content.decode()
    assert "<b>60%</b>" in page
    assert not any(person.display_name in page for person in five)


@pytest.mark.parametrize(
    ("n", "above", "value"),
    [(10, 10, 9), (20, 25, 15), (8, 25, 6), (11, 10, 10), (5, 10, 5), (1, 25, 1)],
)
def test_no_more_than_a_tenth_or_a_quarter_of_the_days_lie_above(n: int, above: int, value: int):
    days = range(1, n + 1)
    assert _rank(days, above) == value
    assert sum(day > value for day in days) <= n * above / 100 < sum(day >= value for day in days)


def test_exposure_skips_and_caps_are_shown_of_five_people_alone(
    project: Project,
    lena: User,
    five: list[User],
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
    next_week: None,
):
    touch(make_tasks(project, 4, overlap=5))
    api(lena).patch(HERE, {"severe_hourly_limit": 3})
    project.refresh_from_db()

    def work(person: User) -> None:
        for minutes in (2, 4):
            judge(person, lease(person, project), -1, active_ms=minutes * 60_000)
        skipped = lease(person, project)
        skip_assignment(rater=person, assignment_id=skipped.pk, reason="uncomfortable")

    for person in five[:4]:
        work(person)
    figures = api(lena).get(f"{HERE}wellbeing/").json()
    for row in figures["exposure"]:
        assert (row["people"], row["rater_days"], row["median_minutes"]["value"]) == (None,) * 3
    assert figures["skips"][0]["skipped"]["value"] is None
    assert figures["caps"][0]["reached"]["value"] is None
    work(five[4])
    figures = api(lena).get(f"{HERE}wellbeing/").json()
    total, violence = figures["exposure"]
    for row in (total, violence):
        assert (row["people"], row["rater_days"], row["median_minutes"]["n"]) == (5, 5, 5)
    assert (violence["topic"], violence["severity"]) == ("violence", "severe")
    (skips,) = figures["skips"]
    assert (skips["people"], skips["uncomfortable"]["n"]) == (5, 15)
    assert skips["uncomfortable"]["value"] == pytest.approx(1 / 3)
    (cap,) = figures["caps"]
    assert (cap["most"], cap["reached"]["value"], cap["reached"]["n"]) == (3, 1.0, 5)
    page = client_for(lena).get("/p/support-answers/wellbeing/").content.decode()
    assert "violence" in page
    assert not any(person.display_name in page for person in five)
    own = api(five[0]).get(f"{HERE}check-ins/").json()["exposure"]
    assert [(row["topic"], row["tasks"]) for row in own] == [("violence", 2)]
    assert "violence" in client_for(five[0]).get(PAUSE).content.decode()
    assert (
        "Active minutes" in client_for(five[0]).get("/p/support-answers/my-work/").content.decode()
    )


def test_no_release_holds_how_people_are_or_what_they_were_exposed_to(
    project: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
):
    touch(make_tasks(project, 2, overlap=1))
    for _ in range(2):
        judge(rui, lease(rui, project), -1, active_ms=60_000)
    api(rui).post(f"{HERE}check-ins/", {"feeling": 1, "wish": "talk"})
    release = request_release(project=project, recipe="raw", format="native", created_by=lena)
    run_release(release.pk)
    release.refresh_from_db()
    assert release.state == "done", release.error
    text = " ".join(
        path.read_text(errors="replace")
        for path in sorted(folder_of(release).rglob("*"))
        if path.is_file()
    ).lower()
    assert "overall" in text
    assert not [word for word in ("feeling", "exposure", "check_in", "checkin") if word in text]
