"""One row a rater: every share with its n and interval, and words where n is small."""

from __future__ import annotations

import re

import pytest

from labeling.lead.raters.selectors import rater_rows
from labeling.models import Assignment, Judgment
from labeling.rating.judgments import undo_last
from projects.models import Project, User
from projects.services.members import remove_member, set_pause
from tests.conftest import judge, lease, membership

pytestmark = pytest.mark.django_db


def rate(user: User, project: Project, *values: int, active_ms: int = 0) -> None:
    """Judges the next tasks, each value from the point of view of the canonical order."""
    for value in values:
        assignment = lease(user, project)
        shown = value if assignment.shown_order[0] == 0 else -value
        tie = {"tie_kind": "equal_good"} if not value else {}
        judge(user, assignment, shown, active_ms=active_ms, **tie)


def by_name(project: Project):
    return {row.rater.name: row for row in rater_rows(project)}


def test_agreement_counts_pairs_with_others_on_the_same_task(
    project: Project, rui: User, sam: User, tao: User, make_tasks
):
    make_tasks(project, 4, overlap=3)
    rate(rui, project, -1, -1, 2, 0)
    rate(sam, project, -3, 1, 1, 0)
    rate(tao, project, -1, -1)
    rows = by_name(project)
    # rui meets sam on four tasks (agrees on three) and tao on two (agrees on both)
    assert rows["Rui"].agreement.n == 6
    assert rows["Rui"].agreement.value == pytest.approx(5 / 6)
    assert rows["Tao"].agreement.value == pytest.approx(3 / 4)
    assert rows["Rui"].agreement.low < 5 / 6 < rows["Rui"].agreement.high


def test_ties_and_sides_are_counted_from_what_was_shown(project: Project, rui: User, make_tasks):
    make_tasks(project, 4)
    for shown in (-1, -2, 1, 0):  # twice the first shown, once the second, one tie
        tie = {"tie_kind": "equal_good"} if not shown else {}
        judge(rui, lease(rui, project), shown, **tie)
    row = by_name(project)["Rui"]
    assert (row.ties.value, row.ties.n) == (0.25, 4)
    assert (row.left.value, row.left.n) == (pytest.approx(2 / 3), 3)
    # Wilson (1927) for 2 of 3
    assert (row.left.low, row.left.high) == (
        pytest.approx(0.2077, abs=1e-4),
        pytest.approx(0.9385, abs=1e-4),
    )


def test_the_median_time_is_active_time(project: Project, rui: User, make_tasks):
    make_tasks(project, 3)
    for active in (1000, 9000, 4000):
        rate(rui, project, -1, active_ms=active)
    assert by_name(project)["Rui"].median_ms == 4000


def test_somebody_alone_on_their_tasks_has_no_agreement_but_a_sentence(
    project: Project, rui: User, make_tasks
):
    make_tasks(project, 2)
    rate(rui, project, -1, 1)
    figure = by_name(project)["Rui"].agreement
    assert figure.value is None
    assert figure.reason == "Nobody else has judged the same tasks yet."


def test_what_was_taken_back_does_not_count(project: Project, rui: User, make_tasks):
    make_tasks(project, 2)
    rate(rui, project, -1, 1)
    undo_last(rater=rui, project=project)
    assert by_name(project)["Rui"].judgments == 1


def test_imported_labels_have_neither_time_nor_sides(project: Project, rui: User, make_tasks):
    make_tasks(project, 1)
    assignment = lease(rui, project)
    Assignment.objects.filter(pk=assignment.pk).update(strategy="imported")
    assignment.refresh_from_db()
    judge(rui, assignment, -1, active_ms=5000)
    assert Judgment.objects.get().strategy == "imported"
    row = by_name(project)["Rui"]
    assert row.is_imported
    assert row.median_ms is None
    assert row.left.value is None


def test_the_page_says_small_n_in_words_and_large_n_with_an_interval(
    project: Project, lena: User, rui: User, sam: User, client_for, make_tasks
):
    make_tasks(project, 12)
    rate(rui, project, *[-1] * 12)
    rate(sam, project, -1, 1)
    page = " ".join(client_for(lena).get(f"/p/{project.slug}/raters/").content.decode().split())
    assert "too few to say" in page
    assert "n = 2 judgments" in page
    assert "n = 12 judgments" in page
    assert "0% to 24%" in page  # Wilson for 0 ties of 12
    assert 'cx="5.0"' in page  # and the same on its axis, from one end
    assert 'class="ib-tick" x1="56.0"' in page  # no side preferred: the middle


def test_raters_stand_in_order_of_volume_and_are_filtered_never_sorted_by_quality(
    project: Project, lena: User, rui: User, sam: User, tao: User, client_for, make_tasks
):
    make_tasks(project, 12, overlap=3)
    for _n in range(12):
        judge(rui, lease(rui, project), -1)  # always what stands first
    rate(sam, project, -1, 1)
    rate(tao, project, -1)
    set_pause(membership=membership(sam, project), actor=lena, paused=True)
    remove_member(membership=membership(tao, project), actor=lena)

    def listed(query: str = "") -> list[str]:
        page = client_for(lena).get(f"/p/{project.slug}/raters/{query}").content.decode()
        return re.findall(r"<bdi>(Rui|Sam|Tao)</bdi>", page)

    assert listed() == listed("?order=agreement") == ["Rui", "Sam", "Tao"]
    assert listed("?flagged=yes") == ["Rui"]
    assert listed("?state=paused") == listed("?state=paused&role=rater") == ["Sam"]
    assert listed("?state=left") == ["Tao"]
    assert listed("?state=active") == ["Rui"]
    assert listed("?state=excluded") == listed("?role=reviewer") == []
    assert listed("?state=<b>&role=x&page=9") == ["Rui", "Sam", "Tao"]
    page = client_for(lena).get(f"/p/{project.slug}/raters/").content.decode()
    assert "excludes 50%" in page
    assert "order=" not in page


def test_nobody_yet_leads_to_an_invitation(project: Project, lena: User, client_for):
    page = client_for(lena).get(f"/p/{project.slug}/raters/").content.decode()
    assert "Nobody has judged yet" in page
    assert "#invite" in page


def test_raters_and_engineers_do_not_see_the_page(
    project: Project, rui: User, mia: User, client_for
):
    for user in (rui, mia):
        assert client_for(user).get(f"/p/{project.slug}/raters/").status_code == 403
