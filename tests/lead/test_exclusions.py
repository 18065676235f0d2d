"""What a lead excludes counts nowhere, stays where it is, and counts again when it is lifted."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from labeling.erasure.people import erase_texts_of
from labeling.lead.exclusions.services import exclude_judgments, lift_exclusions
from labeling.lead.raters.downloads import rater_pseudonym
from labeling.lead.raters.report import compute_rows, rater_at_hand
from labeling.lead.tasks.services import run_task_change
from labeling.models import (
    Assignment,
    Exclusion,
    Judgment,
    OpenPlace,
    Report,
    Task,
    TaskChange,
    TextErasing,
)
from labeling.models.exclusions import excluded_now
from labeling.models.removal import erasing
from labeling.rating.judgments import undo_last
from labeling.rating.leases import Nothing, next_assignment
from labeling.rating.reopening import reopen_judgment
from labeling.vocabulary import NothingLeft
from projects.exceptions import Conflict
from projects.models import AuditEvent, Project, User
from projects.services.erasure import erase_person
from projects.services.members import remove_member
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease, membership
from tests.rating.test_rate_page import ClientFor

pytestmark = pytest.mark.django_db

EVERYTHING = (
    "agreement/",
    "raters/",
    "progress/",
    "checks/",
    "needs/",
    "ambiguity/",
    "principles/",
    "models/",
    "planner/",
    "disagreements/",
)
#: And those of them in which four judgments fewer show.
CHANGED = {"agreement/", "raters/", "models/"}


@pytest.fixture
def judged(project: Project, rui: User, sam: User, tao: User, make_tasks: MakeTasks) -> Project:
    """Three raters on four tasks; rui differs on half of them."""
    make_tasks(project, 4, overlap=3)
    for user, towards in ((rui, (1, -1, 1, -1)), (sam, (-1,) * 4), (tao, (-2,) * 4)):
        for value in towards:
            assignment = lease(user, project)
            judge(user, assignment, value if assignment.shown_order[0] == 0 else -value)
    return project


def exclude(project: Project, rater: User, actor: User, **more: Any) -> Exclusion:
    asked = {"reason": "one_side", **more}
    exclude_judgments(project=project, rater=rater, actor=actor, **asked)
    return Exclusion.objects.latest("pk")


def said(api: Any, project: Project) -> dict[str, bytes]:
    """Every reply about figures, without when it was computed."""
    replies = {}
    for name in EVERYTHING:
        body = api.get(f"projects/{project.slug}/{name}").json()
        if isinstance(body, dict):
            body.pop("computed_at", None)
        replies[name] = repr(body).encode()
    return replies


def run_changes() -> None:
    for change in TaskChange.objects.filter(state="pending").order_by("pk"):
        run_task_change(change.pk)


def address(project: Project, rater: User) -> str:
    return f"projects/{project.slug}/raters/{membership(rater, project).pk}/exclusion/"


def test_excluding_and_lifting_returns_every_figure_to_the_same_bytes(
    judged: Project, lena: User, rui: User, api: CallAs
):
    lead = api(lena)
    before = said(lead, judged)
    body = {"reason": "one_side", "reopens": True}
    reply = lead.post(address(judged, rui), body)
    assert (reply.status_code, reply.json()["judgments"], reply.json()["tasks"]) == (201, 4, 4)
    run_changes()
    after = said(lead, judged)
    assert {name for name in EVERYTHING if after[name] != before[name]} >= CHANGED
    figures = lead.get(f"projects/{judged.slug}/agreement/").json()
    assert (figures["judgments"], figures["raters"], figures["left_out"]) == (8, 2, 0)
    progress = lead.get(f"projects/{judged.slug}/progress/").json()
    assert (progress["judgments"], progress["wanted"], progress["left"]) == (8, 12, 4)
    lifted = lead.delete(address(judged, rui)).json()
    assert (lifted["lifted"], lifted["judgments"]) == (1, 4)
    run_changes()
    assert said(lead, judged) == before
    assert not OpenPlace.objects.exists()


def test_a_dry_run_counts_and_changes_nothing_and_repeating_it_neither(
    judged: Project, lena: User, rui: User, api: CallAs
):
    lead, path = api(lena), address(judged, rui)
    dry = lead.post(path, {"reason": "checks", "dry_run": True})
    assert (dry.status_code, dry.json()["judgments"]) == (200, 4)
    assert not Exclusion.objects.exists()
    assert lead.post(path, {"reason": "checks", "note": "Talked\nto."}).status_code == 201
    again = lead.post(path, {"reason": "checks"})
    assert (again.status_code, again.json()["judgments"]) == (200, 0)
    kept = Exclusion.objects.get()
    assert (kept.judgments, kept.note, kept.by) == (4, "Talked to.", lena)
    listed = lead.get(path).json()
    assert (listed["excluded"], [row["reason"] for row in listed["exclusions"]]) == (4, ["checks"])
    assert lead.delete(path).json()["lifted"] == 1
    assert lead.delete(path).json() == {"lifted": 0, "judgments": 0, "task_changes": []}
    verbs = AuditEvent.objects.filter(verb__in=["judgments excluded", "exclusion lifted"])
    assert [(e.verb, e.detail["judgments"]) for e in verbs.order_by("pk")] == [
        ("judgments excluded", 4),
        ("exclusion lifted", 4),
    ]


def test_reasons_are_checked_and_another_one_needs_words(
    judged: Project, lena: User, rui: User, api: CallAs
):
    lead, path = api(lena), address(judged, rui)
    assert "note" in lead.post(path, {"reason": "other"}).json()["fields"]
    assert "reason" in lead.post(path, {"reason": "bad mood"}).json()["fields"]
    days = {"reason": "wish", "since": "2026-02-02", "until": "2026-01-01"}
    assert "until" in lead.post(path, days).json()["fields"]
    past = {"reason": "wish", "until": "2001-01-01"}
    assert lead.post(path, past).status_code == 409


def test_a_period_becomes_a_range_of_ids_and_what_comes_later_counts(
    judged: Project, lena: User, rui: User, make_tasks: MakeTasks
):
    own = Judgment.objects.filter(rater=rui).order_by("pk")
    row = exclude(judged, rui, lena)
    assert (row.first, row.newest) == (own[0].pk, own[3].pk)
    make_tasks(judged, 1, prefix="later")
    judge(rui, lease(rui, judged))
    assert Judgment.objects.counting().filter(rater=rui).count() == 1
    assert (excluded_now(judged).judgments, excluded_now(judged).raters) == (4, 1)


def test_places_open_for_others_and_close_where_nobody_took_them(
    judged: Project, lena: User, rui: User, vera: User
):
    exclude(judged, rui, lena, reopens=True)
    run_changes()
    assert set(Task.objects.values_list("overlap", "open_slots")) == {(4, 1)}
    assert next_assignment(membership=membership(rui, judged)) == Nothing(NothingLeft.DONE)
    taken = lease(vera, judged)
    judge(vera, taken)
    lift_exclusions(project=judged, rater=rui, actor=lena)
    run_changes()
    slots = dict(Task.objects.values_list("pk", "overlap"))
    assert slots.pop(taken.task_id) == 4
    assert set(slots.values()) == {3}
    change = TaskChange.objects.order_by("pk").last()
    assert change is not None
    assert (change.closes, change.changed, change.limited) == (True, 3, 1)


def test_what_holds_no_place_of_a_live_task_opens_none(
    project: Project, lena: User, rui: User, make_tasks: MakeTasks
):
    (task,) = make_tasks(project, 1, overlap=3)
    held = lease(rui, project)
    Assignment.objects.filter(pk=held.pk).update(purpose="repeat")
    judge(rui, held)
    before = Task.objects.values_list("overlap", "open_slots").get(pk=task.pk)
    assert exclude(project, rui, lena, reopens=True).judgments == 1
    run_changes()
    assert Task.objects.values_list("overlap", "open_slots").get(pk=task.pk) == before


def test_a_job_that_comes_after_the_lifting_opens_nothing(judged: Project, lena: User, rui: User):
    exclude(judged, rui, lena, reopens=True)
    lift_exclusions(project=judged, rater=rui, actor=lena)
    run_changes()
    run_changes()
    assert set(Task.objects.values_list("overlap", "open_slots")) == {(3, 0)}


def test_two_exclusions_of_a_rater_open_a_place_once(judged: Project, lena: User, rui: User):
    first = Judgment.objects.filter(rater=rui).earliest("pk")
    row = exclude(judged, rui, lena, reopens=True)
    with erasing():
        Exclusion.objects.filter(pk=row.pk).update(newest=first.pk, judgments=1)
    run_changes()
    assert exclude(judged, rui, lena, reopens=True).judgments == 3
    run_changes()
    assert set(Task.objects.values_list("overlap", flat=True)) == {4}
    lift_exclusions(project=judged, rater=rui, actor=lena)
    run_changes()
    assert set(Task.objects.values_list("overlap", "open_slots")) == {(3, 0)}


def test_what_is_excluded_is_neither_changed_nor_taken_back(judged: Project, lena: User, rui: User):
    newest = Judgment.objects.filter(rater=rui).latest("pk")
    reopened = reopen_judgment(rater=rui, assignment_id=newest.assignment_id).assignment
    exclude(judged, rui, lena)
    with pytest.raises(Conflict, match="already judged"):
        judge(rui, reopened, 3)
    with pytest.raises(Conflict, match="left this answer out"):
        reopen_judgment(rater=rui, assignment_id=newest.assignment_id)
    with pytest.raises(Conflict, match="left this answer out"):
        undo_last(rater=rui, project=judged)
    lift_exclusions(project=judged, rater=rui, actor=lena)
    assert undo_last(rater=rui, project=judged).assignment.pk == newest.assignment_id


def test_rows_are_never_rewritten(judged: Project, lena: User, rui: User):
    row = exclude(judged, rui, lena)
    for change in ({"newest": 1_000_000}, {"reason": "wish"}, {"at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Exclusion.objects.filter(pk=row.pk).update(**change)
    lift_exclusions(project=judged, rater=rui, actor=lena)
    with pytest.raises(IntegrityError), transaction.atomic():
        Exclusion.objects.filter(pk=row.pk).update(lifted_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Exclusion.objects.filter(pk=row.pk).delete()


def test_what_counts_is_what_no_range_in_force_holds(judged: Project, lena: User, rui: User):
    """Of any ranges, whoever they are of, lifted or not, beside or in one another."""
    rows = list(Judgment.objects.filter(project=judged).values_list("pk", "rater"))
    draw = random.Random(16)
    for _example in range(12):
        with transaction.atomic():
            ranges = []
            for _range in range(draw.randrange(4)):
                ends = sorted(draw.choices([pk for pk, _rater in rows], k=2))
                rater, is_lifted = draw.choice(rows)[1], draw.random() < 0.3
                ranges += [] if is_lifted else [(rater, *ends)]
                Exclusion.objects.create(
                    **{"project": judged, "rater_id": rater, "by": lena, "reason": "wish"},
                    **{"first": ends[0], "newest": ends[1], "at": timezone.now()},
                    lifted_at=timezone.now() if is_lifted else None,
                )
            expected = {
                pk
                for pk, rater in rows
                if not any(whose == rater and a <= pk <= b for whose, a, b in ranges)
            }
            assert set(Judgment.objects.counting().values_list("pk", flat=True)) == expected
            transaction.set_rollback(True)


def test_everybody_excluded_is_a_sentence_on_each_page(
    judged: Project, lena: User, rui: User, sam: User, tao: User, client_for: ClientFor
):
    for rater in (rui, sam, tao):
        exclude(judged, rater, lena)
    client = client_for(lena)
    for page in ("agreement/", "raters/", "", "tasks/", "releases/new/"):
        reply = client.get(f"/p/{judged.slug}/{page}")
        assert reply.status_code == 200, page
    for page in ("models/", "agreement/"):
        words = " ".join(client.get(f"/p/{judged.slug}/{page}").content.decode().split())
        assert "12 judgments of 3 raters are excluded by a lead" in words, page
    assert "Nothing counts just now" in words


def test_the_page_of_the_rater_rests_on_all_that_they_did(
    judged: Project, lena: User, rui: User, client_for: ClientFor
):
    exclude(judged, rui, lena)
    member = membership(rui, judged)
    hand = rater_at_hand(judged, rui.pk)
    assert hand.row is not None
    assert hand.counting is not None
    assert (hand.row.judgments, hand.counting.judgments, hand.counting.excluded) == (4, 0, 4)
    report = Report.objects.create(project=judged, kind="raters", fingerprint="", data={})
    kept = compute_rows(report)[1]["as_if"]
    assert [(row["rater"], row["judgments"]) for row in kept["rows"]] == [(rui.pk, 4)]
    page = client_for(lena).get(f"/p/{judged.slug}/raters/{member.pk}/").content.decode()
    assert "4 judgments are excluded" in " ".join(page.split())
    mine = client_for(rui).get(f"/p/{judged.slug}/my-work/").content.decode()
    assert "A lead left 4 of your judgments out" in " ".join(mine.split())


def test_who_left_is_found_by_their_pseudonym(judged: Project, lena: User, rui: User, api: CallAs):
    code = rater_pseudonym(judged, rui.pk)
    remove_member(membership=membership(rui, judged), actor=lena)
    path = f"projects/{judged.slug}/raters/{code}/exclusion/"
    assert api(lena).post(path, {"reason": "wish"}).json()["judgments"] == 4
    assert api(lena).get(f"projects/{judged.slug}/raters/rater-0/exclusion/").status_code == 404


def test_the_note_goes_with_who_is_erased_and_the_rest_stays(
    judged: Project, lena: User, rui: User
):
    exclude(judged, rui, lena, reason="other", note="Rui was at the sea.")
    erase_person(person=rui, actor=lena)
    for job in TextErasing.objects.all():
        erase_texts_of(job.pk)
    row = Exclusion.objects.get()
    assert (row.note, row.judgments, row.rater_id) == ("", 4, rui.pk)
    assert Judgment.objects.counting().filter(rater=rui).count() == 0


def test_a_lead_counts_first_then_excludes_then_lifts(
    judged: Project, lena: User, rui: User, client_for: ClientFor
):
    client = client_for(lena)
    path = f"/p/{judged.slug}/raters/{membership(rui, judged).pk}/exclusion/"
    form = {"reason": "too_fast", "note": "", "since": "", "until": ""}
    counted = client.post(path, {**form, "check": "1"}).content.decode()
    assert "<b>4 judgments</b> of 4 live tasks" in counted
    assert "Exclude 4 judgments" in counted
    assert not Exclusion.objects.exists()
    page = client.post(path, {**form, "exclude": "1"}, follow=True).content.decode()
    assert "4 judgments count in no figure" in page
    assert "Faster than the texts can be read" in page
    lifted = client.post(f"{path}lift/", follow=True).content.decode()
    assert "Lifted: 4 judgments count again." in lifted
    with erasing():
        Judgment.objects.exclude(pk=Judgment.objects.filter(rater=rui).latest("pk").pk).delete()
    client.post(path, {**form, "exclude": "1"})
    lifted = client.post(f"{path}lift/", follow=True).content.decode()
    assert "Lifted: 1 judgment counts again." in lifted
