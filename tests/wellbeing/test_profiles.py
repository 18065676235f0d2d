"""What raters say of themselves if they like: theirs to take back, and of groups alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from labeling.models import (
    Answer,
    Assignment,
    Judgment,
    Profile,
    ProfileConsent,
    ProfileForm,
    ProfileLink,
    Task,
)
from labeling.profiles.services import withdraw_profile
from labeling.releases.services import folder_of, request_release, run_release
from projects.models import AuditEvent, Membership, Project, Role, User
from projects.services.erasure import erase_person
from projects.services.members import remove_member, set_member
from tests.api.client import CallAs
from tests.conftest import MakeTasks

HERE = "projects/support-answers/"
PAGE = "/p/support-answers/profile/"
ANSWER = "/p/support-answers/profile/answer/"
PURPOSE = "To see whether people of one age answer otherwise."
ASKED = {
    "purpose": PURPOSE,
    "fields": [
        {"key": "age", "label": "Age", "choices": ["young", "old"]},
        {"key": "area", "label": "Area", "choices": ["city", "village"]},
    ],
}


@pytest.fixture
def asked(project: Project, lena: User, api: CallAs) -> Project:
    """The project with two voluntary questions."""
    assert api(lena).post(f"{HERE}profile/form/", ASKED).status_code == 201
    project.refresh_from_db()
    return project


def say(api: CallAs, person: User, **answers: str) -> None:
    body = {"version": 1, "answers": answers}
    assert api(person).put(f"{HERE}profile/", body).status_code == 200


def answered_in_pairs(tasks: list[Task], pairs: list[tuple[str, str, int, int]]) -> list[User]:
    """Each task judged by two people of these ages, who judge nothing else."""
    at, project = timezone.now(), tasks[0].project
    shared: dict[str, Any] = {
        "project": project,
        "guideline": project.guidelines.get(),
        "rubric": project.rubric_versions.get(),
    }
    said = [
        (task, age, value)
        for task, (*ages, first, second) in zip(tasks, pairs, strict=True)
        for age, value in zip(ages, (first, second), strict=True)
    ]
    crowd = User.objects.bulk_create(User(email=f"c{n}@example.org") for n in range(len(said)))
    form = ProfileForm.objects.get()
    profiles = Profile.objects.bulk_create(
        Profile(form=form, answers={"age": age}) for _task, age, _value in said
    )
    ProfileLink.objects.bulk_create(
        ProfileLink(project=project, user=person, profile=row, since=at)
        for person, row in zip(crowd, profiles, strict=True)
    )
    leases = Assignment.objects.bulk_create(
        Assignment(
            task=task,
            rater=person,
            state="submitted",
            lease_expires_at=at,
            shown_order=[0, 1],
            **shared,
        )
        for (task, _age, _value), person in zip(said, crowd, strict=True)
    )
    judgments = Judgment.objects.bulk_create(
        Judgment(assignment=row, task=row.task, rater=row.rater, created_at=at, **shared)
        for row in leases
    )
    overall = project.criteria.get(is_primary=True)
    Answer.objects.bulk_create(
        Answer(judgment=row, criterion=overall, value=value)
        for row, (_task, _age, value) in zip(judgments, said, strict=True)
    )
    return crowd


def test_raters_are_asked_once_and_take_back_what_they_said_with_every_trace_of_it(
    asked: Project,
    lena: User,
    rui: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    make_tasks(asked, 1)
    rater = client_for(rui)
    assert PAGE in rater.get("/p/support-answers/rate/").content.decode()
    shown = rater.get(PAGE).content.decode()
    assert all(words in shown for words in (PURPOSE, "I prefer not to say", "village"))
    rater.post(ANSWER, {"version": "1", "age": "young", "area": ""})
    assert PAGE not in rater.get("/p/support-answers/rate/").content.decode()
    profile = Profile.objects.get()
    assert profile.answers == {"age": "young"}
    columns = {field.name for field in Profile._meta.concrete_fields}
    assert columns == {"id", "form", "answers"}  # no account, no moment
    mine = api(rui).get(f"{HERE}profile/").json()["mine"]
    assert (mine["version"], mine["answers"]) == (1, {"age": "young"})
    assert "young" not in api(lena).get(f"{HERE}groups/").content.decode()
    # Whoever left the project still takes back what they said.
    remove_member(membership=Membership.objects.get(user=rui, project=asked), actor=lena)
    assert "young" in rater.get("/account/profiles/").content.decode()
    (own,) = api(rui).get("account/profiles/").json()
    assert api(rui).delete(f"account/profiles/{own['id']}/").status_code == 204
    assert not Profile.objects.exists()
    assert not ProfileLink.objects.exists()
    consents = ProfileConsent.objects.values_list("form__number", "agrees")
    assert list(consents) == [(1, True), (1, False)]
    with pytest.raises(DatabaseError), transaction.atomic():
        ProfileConsent.objects.update(agrees=True)
    assert AuditEvent.objects.filter(verb="voluntary questions changed").count() == 1


def test_who_would_rather_not_is_not_asked_again_and_nothing_is_kept(
    asked: Project,
    lena: User,
    rui: User,
    sam: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    make_tasks(asked, 1)
    client_for(rui).post(ANSWER, {"decline": "yes"})
    more = {**ASKED, "purpose": "Another one."}
    assert api(lena).post(f"{HERE}profile/form/", more).json()["version"] == 2
    assert PAGE not in client_for(rui).get("/p/support-answers/rate/").content.decode()
    assert not Profile.objects.exists()
    # Nor of who leaves everything out, or takes out everything they said.
    client_for(sam).post(ANSWER, {"version": "2", "age": "", "area": ""})
    assert not Profile.objects.exists()
    client_for(sam).post(ANSWER, {"version": "2", "age": "old"})
    assert Profile.objects.get().answers == {"age": "old"}
    body: dict[str, Any] = {"version": 2, "answers": {"age": ""}}
    assert api(sam).put(f"{HERE}profile/", body).json()["mine"] is None
    assert not Profile.objects.exists()
    # An earlier version is no basis; the same questions again are no new version.
    body = {"version": 1, "answers": {"age": "old"}}
    assert api(rui).put(f"{HERE}profile/", body).status_code == 409
    assert api(lena).post(f"{HERE}profile/form/", more).json()["version"] == 2
    assert api(lena).post(f"{HERE}profile/form/", {"fields": []}).status_code == 204
    asked.refresh_from_db()
    assert asked.profile_version == 0


def test_a_person_who_is_erased_leaves_no_profile(
    asked: Project, lena: User, rui: User, api: CallAs
):
    say(api, rui, age="old")
    erase_person(person=rui, actor=lena)
    for table in (Profile, ProfileLink, ProfileConsent):
        assert not table.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        [{"key": "Age", "label": "Age", "choices": ["a", "b"]}],
        [{"key": "age", "label": " ", "choices": ["a", "b"]}],
        [{"key": "age", "label": "Age", "choices": ["a", "a"]}],
        [{"key": "age", "label": "Age", "choices": ["a"]}],
        [{"key": "age", "label": "Age", "choices": ["a", "b"]}] * 2,
        # What the lines of the form could not give back as it is.
        [{"key": "age", "label": "Age: yours", "choices": ["a", "b"]}],
        [{"key": "age", "label": "Age", "choices": ["a|b", "c"]}],
        [{"key": "age", "label": "Age", "choices": ["a\nb", "c"]}],
    ],
)
def test_questions_that_cannot_be_asked_are_refused(
    project: Project, lena: User, api: CallAs, fields: list[dict[str, object]]
):
    reply = api(lena).post(f"{HERE}profile/form/", {"purpose": "Why.", "fields": fields})
    assert reply.status_code == 400
    assert all(name.startswith("fields") for name in reply.json()["fields"])
    assert not ProfileForm.objects.exists()


def test_an_answer_that_is_none_is_refused_by_name(asked: Project, rui: User, api: CallAs):
    reply = api(rui).put(f"{HERE}profile/", {"version": 1, "answers": {"age": "ancient"}})
    assert (reply.status_code, "age" in reply.json()["fields"]) == (400, True)


def test_groups_are_of_five_people_and_of_what_was_judged_since_they_said_so(
    asked: Project,
    lena: User,
    make_tasks: MakeTasks,
    api: CallAs,
    client_for: Callable[[User], Client],
):
    crowd = answered_in_pairs(make_tasks(asked, 6), [("young", "old", 0, -1)] * 6)

    def rates() -> dict[str, tuple[int | None, float | None, int]]:
        voices = api(lena).get(f"{HERE}groups/").json()
        tie = next(row for row in voices["questions"] if row["said"] == "tie")
        rows = tie["fields"]["age"]["rates"]
        return {r["group"]: (r["people"], r["rate"]["value"], r["rate"]["n"]) for r in rows}

    assert rates() == {"young": (6, 1.0, 6), "old": (6, 0.0, 6)}
    page = client_for(lena).get("/p/support-answers/groups/").content.decode()
    assert "old less young" in page
    # One says otherwise: what they judged before counts with neither.
    set_member(project=asked, user=crowd[0], role=Role.RATER)
    say(api, crowd[0], age="old")
    assert rates() == {"young": (5, 1.0, 5), "old": (6, 0.0, 6)}
    # One more takes it back: four are hidden.
    assert withdraw_profile(user=crowd[2], project=asked)
    hidden = (None, None, 0)
    assert rates() == {"": hidden, "young": hidden, "old": (6, 0.0, 6)}
    release = request_release(project=asked, recipe="raw", format="native", created_by=lena)
    run_release(release.pk)
    release.refresh_from_db()
    files = {path.name: path for path in folder_of(release).rglob("*") if path.is_file()}
    texts = {name: path.read_bytes().decode(errors="replace") for name, path in files.items()}
    assert "people by group, where these are at least five. Age: old" in texts["README.md"]
    assert [n for n, text in texts.items() if "young" in text or '"age"' in text] == []


def test_a_gap_of_seventeen_points_and_an_index_of_1_20_go_when_somebody_takes_it_back(
    asked: Project, lena: User, make_tasks: MakeTasks, api: CallAs
):
    # 100 young people with 42 ties, 100 old ones with 25; of 50 pairs of one group 36 agree (.72),
    # of 50 across groups 30 (.60).
    pairs = [
        *[("young", "young", 0, 0)] * 8 + [("young", "young", 1, 1)] * 10,
        *[("young", "young", 0, 1)] * 6 + [("young", "young", 1, -1)],
        *[("old", "old", 0, 0)] * 7 + [("old", "old", 1, 1)] * 11,
        *[("old", "old", 0, 1)] + [("old", "old", 1, -1)] * 6,
        *[("young", "old", 0, 0)] * 10 + [("young", "old", 1, 1)] * 20,
        *[("young", "old", 0, 1)] * 10 + [("young", "old", 1, -1)] * 10,
    ]
    crowd = answered_in_pairs(make_tasks(asked, 100, contents=()), pairs)

    def ties() -> dict[str, Any]:
        rows = api(lena).get(f"{HERE}groups/").json()["questions"]
        figures: dict[str, Any] = next(row for row in rows if row["said"] == "tie")["fields"]["age"]
        return figures

    shown = ties()
    rates = {row["group"]: (row["people"], row["rate"]["value"]) for row in shown["rates"]}
    assert rates == {"young": (100, 0.42), "old": (100, 0.25)}
    (gap,) = shown["gaps"]
    assert (gap["group"], gap["than"]) == ("old", "young")
    assert round(gap["gap"]["value"], 2) == -0.17
    assert [round(100 * end, 1) for end in gap["wald"]] == [-29.9, -4.1]
    assert round(shown["agreement_index"]["value"], 2) == 1.20
    # The judgments of whoever takes it back are of people who said nothing: a group of one, with
    # which the smallest other is hidden.
    assert withdraw_profile(user=crowd[0], project=asked)
    assert {row["group"]: row["people"] for row in ties()["rates"]} == {
        "": None,
        "young": None,
        "old": 100,
    }
    assert (ties()["gaps"], ties()["agreement_index"]) == ([], None)
