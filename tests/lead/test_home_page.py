"""The overview: each role sees its own, and every number is counted from rows."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from labeling.lead.agreement import page as agreement_page
from labeling.lead.overview.page import needs_of
from labeling.lead.overview.report import known_contested
from labeling.lead.overview.selectors import (
    DayCount,
    days_left,
    disagreements,
    own_progress,
    project_progress,
    throughput,
)
from labeling.models import Assignment, Import, Judgment, Release
from labeling.rating.judgments import skip_assignment, undo_last
from labeling.vocabulary import JobState
from labeling.work import kept
from projects.guidelines.services import publish_guideline
from projects.models import Project, Role, User
from projects.project_templates import GuidelineSpec
from projects.services.members import set_member
from tests.conftest import judge, lease, membership

pytestmark = pytest.mark.django_db


def kinds(project: Project) -> dict[str, int]:
    return {need.kind: need.count for need in needs_of(project, known_contested(project))}


def test_progress_counts_what_is_wanted_given_and_under_way(
    project: Project, rui: User, sam: User, make_tasks
):
    make_tasks(project, 3)
    judge(rui, lease(rui, project))
    lease(sam, project)
    progress = project_progress(project)
    assert (progress.tasks, progress.wanted) == (3, 6)
    assert (progress.submitted, progress.leased, progress.left) == (1, 1, 5)
    assert (progress.complete, progress.judgments, progress.raters) == (0, 1, 1)
    assert progress.percent == 16


def test_a_task_is_complete_once_every_judgment_is_in(
    project: Project, rui: User, sam: User, make_tasks
):
    make_tasks(project, 1)
    judge(rui, lease(rui, project))
    second = lease(sam, project)
    assert project_progress(project).complete == 0  # no place is open, but one is only leased
    judge(sam, second)
    progress = project_progress(project)
    assert (progress.complete, progress.left, progress.percent) == (1, 0, 100)


def test_a_judgment_that_was_taken_back_does_not_count(project: Project, rui: User, make_tasks):
    make_tasks(project, 1)
    judge(rui, lease(rui, project))
    undo_last(rater=rui, project=project)
    assert project_progress(project).judgments == 0


def test_throughput_has_a_day_for_every_day_and_counts_in_utc(
    project: Project, rui: User, make_tasks
):
    make_tasks(project, 1)
    judge(rui, lease(rui, project))
    at = Judgment.objects.get().created_at
    history = throughput(project, now=at, days=5)
    assert [day.count for day in history] == [0, 0, 0, 0, 1]
    assert history[-1].day == at.astimezone(UTC).date()
    assert [day.count for day in throughput(project, now=at + timedelta(days=2), days=5)] == [
        0,
        0,
        1,
        0,
        0,
    ]


def days(*counts: int) -> list[DayCount]:
    return [DayCount(date(2026, 11, place + 1), n) for place, n in enumerate(counts)]


def test_days_left_follow_the_pace_of_the_last_full_days_and_have_an_interval(
    project: Project, lena: User, rui: User, client_for, make_tasks
):
    make_tasks(project, 4)
    judge(rui, lease(rui, project))
    progress = project_progress(project)
    young = days_left(progress, throughput(project, now=timezone.now()))
    assert young is not None
    assert (young.value, young.n) == (None, 0)
    assert (
        "Too early for a forecast" in client_for(lena).get(f"/p/{project.slug}/").content.decode()
    )
    # 7 left; today does not count, nor do days before anybody began
    forecast = days_left(progress, days(0, 0, 4, 2, 3, 90))
    assert forecast is not None
    assert forecast.value == pytest.approx(7 / 3)
    assert forecast.n == 3
    # counts scatter as random arrivals do at least: s = sqrt(3), t(2) = 4.303
    factor = math.exp(4.302653 * math.sqrt(3 / 3) / 3)
    assert forecast.low == pytest.approx(7 / 3 / factor, rel=1e-5)
    assert forecast.high == pytest.approx(7 / 3 * factor, rel=1e-5)
    still = days_left(progress, days(9, *[0] * 7, 9))
    assert still is not None
    assert "nothing was judged" in (still.reason or "")
    assert days_left(replace(progress, submitted=8), days(1, 1, 1, 1)) is None


def test_opposite_preferences_are_a_disagreement_and_a_tie_is_not(
    project: Project, rui: User, sam: User, make_tasks
):
    make_tasks(project, 2)
    for user, value in ((rui, -1), (sam, 1)):
        assignment = lease(user, project)
        # said of the canonical order, whatever was on the left
        judge(user, assignment, value if assignment.shown_order[0] == 0 else -value)
    for user, value in ((rui, 2), (sam, 0)):
        assignment = lease(user, project)
        judge(user, assignment, value, tie_kind="equal_good" if not value else "")
    assert disagreements(project) == 1


def test_what_waits_for_a_person_is_listed_and_nothing_else(
    project: Project, lena: User, rui: User, sam: User, make_tasks
):
    make_tasks(project, 1, overlap=3)
    assert kinds(project) == {}
    for user, reason in ((rui, "unclear"), (sam, "broken")):
        skip_assignment(rater=user, assignment_id=lease(user, project).pk, reason=reason)
    publish_guideline(
        project=project, published_by=lena, spec=GuidelineSpec("New words", change_note="New.")
    )
    Import.objects.create(project=project, filename="a.csv", state=JobState.FAILED)
    assert kinds(project) == {
        "failed_imports": 1,
        "not_acknowledged": 3,
        "reported": 1,
    }


def test_a_failed_import_that_was_followed_by_a_good_one_no_longer_waits(project: Project):
    Import.objects.create(project=project, filename="a.csv", state=JobState.FAILED)
    Import.objects.create(project=project, filename="b.csv", state=JobState.DONE)
    assert "failed_imports" not in kinds(project)


@pytest.mark.usefixtures("everyone_creates")
def test_a_new_project_leads_its_lead_through_three_steps(otto: User, client_for):
    client = client_for(otto)
    client.post("/projects/new/", {"name": "New", "overlap": "2", "template": "arena"})
    page = client.get("/p/new/").content.decode()
    assert "Three steps to the first judgment" in page
    assert "Import prompts, with responses to judge or to be answered" in page
    assert "Start rating" not in page


def test_a_rater_sees_their_own_share_and_not_the_project_s(
    project: Project, rui: User, sam: User, client_for, make_tasks
):
    make_tasks(project, 2)
    judge(rui, lease(rui, project))
    judge(sam, lease(sam, project))
    page = client_for(rui).get(f"/p/{project.slug}/").content.decode()
    assert "Your work here" in page
    assert "What is left" not in page
    assert "All figures of agreement" not in page


def test_today_is_a_day_of_the_rater_s_own_zone(project: Project, rui: User, make_tasks):
    make_tasks(project, 1)
    judge(rui, lease(rui, project))
    at = Judgment.objects.get().created_at
    later = at + timedelta(hours=1)
    # The zone in which midnight fell between the two; its sign is the other way round (POSIX).
    ahead = later.hour > 12
    rui.time_zone = f"Etc/GMT-{24 - later.hour}" if ahead else f"Etc/GMT+{later.hour}"
    own = membership(rui, project)
    own.user = rui
    assert own_progress(own, now=at).today == 1
    assert own_progress(own, now=later).today == 0
    rui.time_zone = "No/Such"
    assert own_progress(own, now=at).today == 1


def test_a_limit_shows_how_far_the_rater_is(project: Project, rui: User, client_for, make_tasks):
    set_member(project=project, user=rui, role=Role.RATER, rater_limit=4)
    make_tasks(project, 1)
    judge(rui, lease(rui, project))
    page = client_for(rui).get(f"/p/{project.slug}/").content.decode()
    assert "judgment of at most 4" in page


def test_a_limit_lowered_below_what_is_there_is_said_as_it_is(
    project: Project, rui: User, client_for, make_tasks
):
    make_tasks(project, 2)
    for _ in range(2):
        judge(rui, lease(rui, project))
    set_member(project=project, user=rui, role=Role.RATER, rater_limit=1)
    page = client_for(rui).get(f"/p/{project.slug}/").content.decode()
    assert "judgments; the limit is 1 now" in page
    assert "at most" not in page


def test_a_rater_is_sent_to_a_guideline_that_is_new(
    project: Project, lena: User, rui: User, client_for
):
    publish_guideline(
        project=project, published_by=lena, spec=GuidelineSpec("New words", change_note="New.")
    )
    assert "v2" in client_for(rui).get(f"/p/{project.slug}/").content.decode()
    assert "a guideline to read" in client_for(rui).get(f"/p/{project.slug}/").content.decode()


def figures_on(page: str) -> list[str]:
    """Title, value and interval of the first two figures, in words."""
    cards = re.findall(r'<div class="figure">(.*?)<span class="n">', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", card).split()) for card in cards[:2]]


@pytest.mark.parametrize("policy", Project.TiePolicy.values)
def test_overview_and_agreement_show_the_same_figures_under_the_project_s_convention(
    project: Project, lena: User, rui: User, sam: User, client_for, make_tasks, policy: str
):
    Project.objects.filter(pk=project.pk).update(tie_policy=policy)
    make_tasks(project, 4)
    client, url = client_for(lena), f"/p/{project.slug}/"
    assert "Nobody has answered this question yet" in client.get(url).content.decode()
    # Judgments that came after a look are not beside figures of before them.
    for mine, other in ((2, 1), (0, 1), (-3, -3), (1, 2)):
        judge(rui, lease(rui, project), mine, tie_kind="" if mine else "equal_good")
        judge(sam, lease(sam, project), other)
    overview = figures_on(client.get(url).content.decode())
    assert overview == figures_on(client.get(f"{url}agreement/").content.decode())
    assert overview[0].startswith(f"Same side, ties {policy.replace('drop', 'dropped')}")
    assert "95% interval" in overview[0]


def test_a_larger_project_shows_figures_with_their_age_and_what_is_not_in_them(
    project: Project,
    lena: User,
    rui: User,
    sam: User,
    tao: User,
    client_for,
    make_tasks,
    monkeypatch,
):
    make_tasks(project, 1, overlap=3)
    client, url = client_for(lena), f"/p/{project.slug}/"
    client.get(f"{url}agreement/")
    monkeypatch.setattr(agreement_page, "GLANCE_ANSWERS", 0)
    monkeypatch.setattr(kept, "send_id", lambda *_, **__: None)
    for user in (rui, sam):
        judge(user, lease(user, project))
    page = client.get(url).content.decode()
    assert "The figures are being computed" in page, "an empty report says nothing of judgments"
    client.get(f"{url}agreement/")
    judge(tao, lease(tao, project))
    page = client.get(url).content.decode()
    assert "Same side" in page
    assert "1 judgment since then is not in it" in page


def test_an_engineer_has_the_dataset_at_hand_and_a_main_button(
    project: Project, mia: User, rui: User, client_for, make_tasks
):
    make_tasks(project, 2)
    url, client = f"/p/{project.slug}/", client_for(mia)
    assert "Once something is judged" in client.get(url).content.decode()
    judge(rui, lease(rui, project))
    page = client.get(url).content.decode()
    assert "1 judgment and no release yet" in page
    assert re.search(r'class="button primary large" href="[^"]*releases/new/"', page)
    Release.objects.create(project=project, number=1, cutoff=0, state=JobState.DONE, rows_out=1200)
    page = client.get(url).content.decode()
    assert "with 1,200 rows, frozen" in page
    assert "Judged since then: 1 judgment." in page


def test_a_demo_and_a_pause_are_said_out_loud(project: Project, rui: User, client_for):
    Project.objects.filter(pk=project.pk).update(is_demo=True, status=Project.Status.PAUSED)
    page = client_for(rui).get(f"/p/{project.slug}/").content.decode()
    assert "This is a demo." in page
    assert "no tasks are handed out" in page
    assert "Start rating" not in page


def test_a_sensitive_project_warns_before_the_first_task(project: Project, rui: User, client_for):
    warning = "Content here may be disturbing."
    pages = (f"/p/{project.slug}/", f"/p/{project.slug}/guideline/")
    assert all(warning not in client_for(rui).get(url).content.decode() for url in pages)
    Project.objects.filter(pk=project.pk).update(is_sensitive=True)
    assert all(warning in client_for(rui).get(url).content.decode() for url in pages)


def test_an_outsider_does_not_learn_that_the_project_exists(
    project: Project, otto: User, client_for
):
    assert client_for(otto).get(f"/p/{project.slug}/").status_code == 404


def test_the_overview_takes_the_same_queries_however_many_tasks(
    project: Project, lena: User, rui: User, client_for, make_tasks, django_assert_max_num_queries
):
    make_tasks(project, 2)
    judge(rui, lease(rui, project))
    client = client_for(lena)
    client.get(f"/p/{project.slug}/")
    make_tasks(project, 20, prefix="more")
    assert Assignment.objects.count() == 1
    with django_assert_max_num_queries(32):
        client.get(f"/p/{project.slug}/")


def test_times_carry_utc_for_machines(project: Project, rui: User, client_for):
    page = client_for(rui).get(f"/p/{project.slug}/").content.decode()
    at = project.guidelines.get().published_at.astimezone(UTC)
    assert f'<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}">' in page
    assert datetime.now(UTC) - at < timedelta(minutes=25)
