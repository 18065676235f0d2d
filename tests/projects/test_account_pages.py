"""Log-in, passwords, invitations and one's own account, as a browser without script sees them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from projects.models import Invitation, Membership, Project, Role, User
from projects.services.accounts import update_user
from projects.services.invitations import invite, revoke_invitation
from projects.services.members import remove_member, set_member
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def test_a_used_up_reset_link_says_so_and_offers_a_new_one():
    reply = Client().get("/password/reset/MQ/abc-def/")
    assert "This link no longer works" in reply.content.decode()


def test_changing_the_password_keeps_this_session(lena: User, client_for):
    client = client_for(lena)
    reply = client.post(
        "/password/change/",
        {
            "old_password": PASSWORD,
            "new_password1": "a quite new phrase",
            "new_password2": "a quite new phrase",
        },
        follow=True,
    )
    assert "Your password is changed." in reply.content.decode()


@pytest.fixture
def token(project: Project, lena: User) -> str:
    return invite(project=project, role=Role.RATER, created_by=lena).token


def new_account(**changes: str) -> dict[str, str]:
    words = {"name": "Nina", "email": "nina@example.com"}
    return {**words, "password1": "eleven blue kites", "password2": "eleven blue kites", **changes}


def test_an_invitation_makes_a_new_account_and_a_member_in_one_go(token: str, project: Project):
    client = Client()
    client.post(f"/invitation/{token}/", new_account())
    member = Membership.objects.get(project=project, user__email="nina@example.com")
    assert member.role == Role.RATER
    assert client.session["_auth_user_id"] == str(member.user_id)
    assert client.get(f"/p/{project.slug}/").status_code == 200


def test_a_refused_account_leaves_no_half_of_itself(token: str, project: Project):
    reply = Client().post(f"/invitation/{token}/", new_account(password2="another"))
    assert reply.status_code == 422
    assert "The two passwords differ" in reply.content.decode()
    assert not User.objects.filter(email="nina@example.com").exists()


def test_a_common_password_is_refused_beside_its_field(token: str):
    reply = Client().post(
        f"/invitation/{token}/", new_account(password1="password", password2="password")
    )
    assert reply.status_code == 422
    assert 'id="id_password1_error"' in reply.content.decode()


def test_an_address_that_is_taken_is_refused_without_a_log_in(token: str, rui: User):
    client = Client()
    reply = client.post(f"/invitation/{token}/", new_account(email="rui@example.com"))
    assert "There is an account with this address already." in reply.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_user_joins_with_the_account_they_have(
    token: str, project: Project, otto: User, client_for
):
    page = client_for(otto).get(f"/invitation/{token}/").content.decode()
    assert "Join the project" in page
    client_for(otto).post(f"/invitation/{token}/", {"join": "1"})
    assert Membership.objects.get(project=project, user=otto).role == Role.RATER


def test_a_member_who_opens_an_invitation_keeps_the_role(
    token: str, project: Project, vera: User, client_for
):
    client_for(vera).post(f"/invitation/{token}/", {"join": "1"})
    assert Membership.objects.get(project=project, user=vera).role == Role.REVIEWER


def test_a_revoked_and_an_expired_link_say_why(project: Project, lena: User):
    revoked = invite(project=project, role=Role.RATER, created_by=lena)
    revoke_invitation(invitation=revoked.invitation, actor=lena)
    expired = invite(project=project, role=Role.RATER, created_by=lena)
    Invitation.objects.filter(pk=expired.invitation.pk).update(
        expires_at=timezone.now() - timedelta(minutes=1)
    )
    for link, why in ((revoked.token, "It was revoked."), (expired.token, "It has expired.")):
        reply = Client().get(f"/invitation/{link}/")
        assert reply.status_code == 410
        assert why in reply.content.decode()


def removed(user: User, project: Project, lena: User) -> None:
    remove_member(membership=Membership.objects.get(project=project, user=user), actor=lena)


def test_a_removed_member_does_not_come_back_by_a_link_made_before(
    token: str, project: Project, lena: User, rui: User, client_for
):
    removed(rui, project, lena)
    for reply in (
        client_for(rui).get(f"/invitation/{token}/"),
        client_for(rui).post(f"/invitation/{token}/", {"join": "1"}),
    ):
        assert reply.status_code == 410
        assert "Ask a project lead to invite you anew." in reply.content.decode()
    assert not Membership.objects.filter(project=project, user=rui).exists()
    assert Client().get(f"/invitation/{token}/").status_code == 200
    anew = invite(project=project, role=Role.RATER, created_by=lena).token
    client_for(rui).post(f"/invitation/{anew}/", {"join": "1"})
    assert Membership.objects.filter(project=project, user=rui).exists()


def test_the_link_that_a_removed_member_came_by_works_for_nobody(
    token: str, project: Project, lena: User, otto: User, client_for
):
    client_for(otto).post(f"/invitation/{token}/", {"join": "1"})
    removed(otto, project, lena)
    reply = Client().post(f"/invitation/{token}/", new_account())
    assert reply.status_code == 410
    assert "It was revoked." in reply.content.decode()


@pytest.mark.parametrize("how", ["removed", "changed", "off"])
def test_links_of_a_lead_who_is_none_any_more_work_for_nobody(
    how: str, project: Project, lena: User, vera: User, otto: User
):
    set_member(project=project, user=vera, role=Role.LEAD)
    link = invite(project=project, role=Role.LEAD, created_by=vera).token
    if how == "removed":
        removed(vera, project, lena)
    elif how == "changed":
        set_member(project=project, user=vera, role=Role.REVIEWER, actor=lena)
    else:
        update_user(user=vera, actor=otto, changes={"is_active": False})
    assert Client().post(f"/invitation/{link}/", new_account()).status_code == 410


def test_a_name_is_changed_and_shown_escaped(lena: User, client_for):
    reply = client_for(lena).post(
        "/account/", {"name": "<b>Lena</b>", "time_zone": "Europe/Berlin"}, follow=True
    )
    assert "&lt;b&gt;Lena&lt;/b&gt;" in reply.content.decode()
    assert "<b>Lena</b>" not in reply.content.decode()
    lena.refresh_from_db()
    assert lena.time_zone == "Europe/Berlin"


def test_logging_out_takes_a_post(lena: User, client_for):
    client = client_for(lena)
    assert client.get("/logout/").status_code == 405
    client.post("/logout/")
    assert client.get("/").status_code == 302
