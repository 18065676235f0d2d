"""The seeded demo keeps the rules that every project keeps, and looks like people at work."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from labeling.allocation import canonical_order
from labeling.demo import content
from labeling.demo.seed import seed_demo
from labeling.models import Answer, Assignment, Judgment, Release, Response, Task
from labeling.rating.leases import next_assignment
from labeling.releases.services import file_of
from labeling.teaching.examples.selectors import pass_rates
from labeling.vocabulary import AssignmentState, JobState, Purpose, Source
from projects.guidelines.examples import is_quiz_due
from projects.models import Guideline, Membership, Project, Role, User, WorkedExample
from projects.project_templates import EXAMPLE_KINDS
from projects.scales import TIE_KINDS

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 5, 14, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def project(django_db_setup, django_db_blocker) -> Iterator[Project]:
    """The demo, seeded once for this file: on a server where rui has an account already."""
    with django_db_blocker.unblock(), transaction.atomic():
        User.objects.create_user("rui@example.com", "rui's own password")
        yield seed_demo(now=NOW).project
        transaction.set_rollback(True)


def counts() -> dict[str, int]:
    models = [
        *apps.get_app_config("projects").get_models(),
        *apps.get_app_config("labeling").get_models(),
    ]
    return {model.__name__: model._default_manager.count() for model in models}


def test_production_gets_no_published_passwords(settings):
    settings.PRODUCTION = True
    before = counts()
    with pytest.raises(CommandError, match="published password"):
        call_command("seed_demo")
    assert counts() == before


@pytest.mark.walk
@pytest.mark.slow
def test_a_second_seeding_changes_nothing(project):
    call_command("seed_demo")
    before = counts()
    again = seed_demo()
    call_command("seed_demo")
    assert not again.created
    assert again.project == project
    assert counts() == before


@pytest.mark.walk
def test_the_command_prints_every_log_in(project, capsys):
    call_command("seed_demo")
    printed = capsys.readouterr().out
    assert content.PASSWORD in printed
    assert [login.email for login in content.LOGINS if login.email not in printed] == []


@pytest.mark.walk
def test_where_others_come_everybody_gets_a_password_of_their_own_shown_once(project, capsys):
    call_command("seed_demo", random_passwords=True)
    lines = capsys.readouterr().out.splitlines()
    people = {user.email: user for user in project.members.all()}
    assert "shown this once" in lines[0]
    passwords = dict(line.split()[::2] for line in lines[1:] if len(line.split()) == 3)
    assert len(set(passwords.values())) == len(content.LOGINS) - 1, "rui had one of his own"
    assert all(people[email].check_password(word) for email, word in passwords.items())
    assert not any(user.check_password(content.PASSWORD) for user in people.values())
    call_command("seed_demo", random_passwords=True)
    printed = capsys.readouterr().out
    assert "were shown when they were made" in printed
    assert not any(password in printed for password in passwords.values())


@pytest.mark.walk
@pytest.mark.slow
def test_accounts_made_for_others_to_come_never_had_the_published_password(project):
    Project.objects.filter(pk=project.pk).update(is_demo=False, slug="earlier")
    User.objects.filter(email__isnull=False).update(email=Concat(Value("old-"), F("email")))
    seeded = seed_demo(now=NOW, random_passwords=True)
    people = {user.email: user for user in seeded.project.members.all()}
    assert seeded.passwords.keys() == people.keys()
    assert people["lena@example.com"].check_password(seeded.passwords["lena@example.com"])
    assert len({user.password for user in people.values()}) == len(people)


def test_it_is_marked_as_a_demo_with_everybody_in_their_role(project):
    roles = dict(Membership.objects.filter(project=project).values_list("user__email", "role"))
    assert project.is_demo
    assert project.slug == content.PROJECT_SLUG
    assert roles == {login.email: login.role for login in content.LOGINS}


def test_an_account_that_was_there_keeps_its_password(project):
    passwords = {u.email: u.check_password(content.PASSWORD) for u in project.members.all()}
    assert passwords.pop("rui@example.com") is False
    assert all(passwords.values())


def test_no_task_exceeds_its_overlap_and_nobody_has_one_twice(project):
    held = Counter(
        Assignment.objects.filter(state__in=["leased", "submitted"]).values_list("task", flat=True)
    )
    for task in Task.objects.filter(project=project):
        assert held[task.pk] <= 3
        assert task.open_slots == 3 - held[task.pk]
    pairs = Assignment.objects.values_list("task", "rater")
    assert max(Counter(pairs).values()) == 1


def test_about_seventy_percent_are_complete_and_every_rater_can_go_on(project):
    tasks = Task.objects.filter(project=project)
    complete = tasks.filter(open_slots=0).count()
    assert tasks.count() == len(content.load_items())
    assert 0.6 < complete / tasks.count() < 0.8
    for member in Membership.objects.filter(
        project=project, role__in=["rater", "reviewer", "lead"]
    ):
        assert isinstance(next_assignment(membership=member), Assignment)


def test_responses_are_in_the_canonical_order_of_the_project(project):
    for task in Task.objects.filter(project=project).select_related("prompt"):
        responses = list(Response.objects.filter(prompt=task.prompt).order_by("pk"))
        keys = [f"{task.prompt.external_id}/{r.external_id}" for r in responses]
        order = canonical_order(project.salt, keys)
        assert task.response_ids == [responses[i].pk for i in order]


def test_sides_are_balanced_on_every_task(project):
    firsts: dict[int, list[int]] = defaultdict(list)
    done = Assignment.objects.filter(state=AssignmentState.SUBMITTED)
    for task, order in done.values_list("task", "shown_order"):
        firsts[task].append(order[0])
    assert all(abs(2 * sum(first) - len(first)) <= 1 for first in firsts.values())


def test_every_judgment_carries_its_guideline_purpose_source_and_times(project):
    for judgment in Judgment.objects.filter(withdrawn=False).select_related("guideline"):
        assert judgment.guideline is not None
        assert judgment.guideline.published_at <= judgment.created_at
        assert judgment.purpose == Purpose.LIVE
        assert judgment.source == Source.HUMAN
        assert judgment.active_ms > 1000
        assert not judgment.times_cut
        assert judgment.ui_version
    numbers = Counter(Judgment.objects.values_list("guideline__number", flat=True))
    assert min(numbers[1], numbers[2]) > 30


def test_judgments_fall_into_working_hours_of_the_last_weeks_in_order_of_time(project):
    times = list(Judgment.objects.order_by("pk").values_list("created_at", flat=True))
    assert times == sorted(times)
    assert NOW - timedelta(days=13) < times[0]
    assert times[-1] < NOW
    assert all(at.weekday() < 5 and 9 <= at.hour < 18 for at in times)
    assert len({at.date() for at in times}) >= 7


def test_a_judgment_taken_back_stays_and_the_new_one_counts(project):
    current = Judgment.objects.filter(is_current=True)
    assert not current.filter(withdrawn=True).exists()
    assert current.count() == Assignment.objects.filter(state="submitted").count()


def test_clear_cases_are_judged_as_they_are(project):
    items = {item.id: item for item in content.load_items() if abs(item.quality) >= 1.6}
    right = []
    for judgment in _counting().filter(task__prompt__external_id__in=items):
        item = items[judgment.task.prompt.external_id]
        better = item.responses[item.quality > 0].id
        value = judgment.answers.get(criterion__key="overall").value
        if not value:
            continue
        chosen = Response.objects.get(pk=judgment.task.response_ids[value > 0])
        right.append(chosen.external_id == better)
    assert len(right) > 20
    assert sum(right) / len(right) > 0.9


def test_raters_agree_as_people_do_neither_perfectly_nor_by_chance(project):
    values: dict[int, list[int]] = defaultdict(list)
    for judgment in _counting().prefetch_related("answers__criterion"):
        primary = [a.value for a in judgment.answers.all() if a.criterion.is_primary]
        values[judgment.task_id] += primary
    pairs = [a == b for votes in values.values() for a, b in combinations(votes, 2)]
    assert 0.58 < sum(pairs) / len(pairs) < 0.85


def test_raters_say_why_cite_flag_skip_and_use_every_kind_of_tie(project):
    counting = list(_counting())
    reasons = [judgment.rationale for judgment in counting if judgment.rationale]
    assert 0.1 < len(reasons) / len(counting) < 0.35
    assert len(set(reasons)) == len(reasons)
    for key in ("overall", "accuracy"):
        answers = Answer.objects.filter(judgment__in=counting, criterion__key=key)
        assert set(answers.values_list("tie_kind", flat=True)) == {"", *TIE_KINDS}, key
    assert any(judgment.flags for judgment in counting)
    assert Assignment.objects.filter(state=AssignmentState.SKIPPED).exclude(skip_reason="").exists()
    for judgment in counting:
        known = judgment.guideline.principles.values_list("number", flat=True)
        assert set(judgment.principles) <= set(known)


def test_the_guideline_has_a_history(project):
    versions = list(Guideline.objects.filter(project=project).order_by("number"))
    assert [version.number for version in versions] == [1, 2]
    assert [version.principles.count() for version in versions] == [4, 6]
    assert versions[0].published_at < versions[1].published_at < NOW
    assert versions[1].change_note


def test_its_release_is_finished_and_can_be_downloaded(project):
    release = Release.objects.get(project=project)
    assert release.state == JobState.DONE
    assert (release.recipe, release.format, release.file_type) == ("majority", "native", "parquet")
    assert 40 < release.rows_out < release.rows_in
    assert all(file_of(release, file["name"]) for file in release.files)
    assert any(file["name"].endswith(".parquet") for file in release.files)


def test_a_release_that_failed_is_made_up_for_by_the_next_seeding(project):
    Release.objects.filter(project=project).update(state=JobState.FAILED, error="The disk is full.")
    again = seed_demo()
    assert again.release.state == JobState.DONE
    assert Release.objects.filter(project=project).count() == 1


def _counting():
    return Judgment.objects.filter(is_current=True, withdrawn=False).select_related(
        "task__prompt", "guideline"
    )


def test_the_guideline_says_how_to_answer_each_question_and_shows_it_on_real_tasks(project):
    newest = project.guidelines.first()
    assert [entry["criterion"] for entry in newest.guidance] == ["overall", "accuracy"]
    rows = list(WorkedExample.objects.filter(project=project))
    asked = {(row.criterion, row.kind) for row in rows}
    assert asked == {(key, kind) for key in ("overall", "accuracy") for kind in EXAMPLE_KINDS}
    sources = Task.objects.filter(project=project, external_id__in=[row.source for row in rows])
    # They are given to nobody any more: nothing is left to judge on them.
    assert list(sources.values_list("open_slots", flat=True)) == [0] * len(rows)
    for row in rows:
        ids = sources.get(external_id=row.source).response_ids
        contents = dict(Response.objects.filter(pk__in=ids).values_list("pk", "content"))
        assert row.responses == [contents[pk] for pk in ids]


def test_every_rater_has_done_the_quiz_and_the_close_case_is_unclear(project):
    assert project.asks_quiz
    raters = project.memberships.filter(role=Role.RATER)
    assert not any(is_quiz_due(rater) for rater in raters.select_related("project"))
    rates = pass_rates(project)
    unclear = [pk for pk, rate in rates.items() if rate.is_unclear]
    assert WorkedExample.objects.get(pk__in=unclear).kind == "borderline"
    assert {rate.n for rate in rates.values()} == {raters.count()}
