"""Members, invitation links and API tokens."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from projects.jobs import send_mail
from projects.models import ApiKey, Invitation, Membership, OutgoingMail, Project, Role, User
from projects.services.keys import authenticate_key, create_api_key
from projects.services.members import set_member

pytestmark = pytest.mark.django_db


def members_url(project: Project) -> str:
    return f"/p/{project.slug}/members/"


def test_a_lead_changes_a_role_and_a_limit(project: Project, lena: User, rui: User, client_for):
    member = Membership.objects.get(project=project, user=rui)
    client_for(lena).post(
        f"{members_url(project)}{member.pk}/", {"role": "reviewer", "rater_limit": "30"}
    )
    member.refresh_from_db()
    assert (member.role, member.rater_limit) == ("reviewer", 30)


def test_a_limit_that_is_no_number_changes_nothing(
    project: Project, lena: User, rui: User, client_for
):
    member = Membership.objects.get(project=project, user=rui)
    reply = client_for(lena).post(
        f"{members_url(project)}{member.pk}/",
        {"role": "reviewer", "rater_limit": "many"},
        follow=True,
    )
    assert "Nothing changed" in reply.content.decode()
    member.refresh_from_db()
    assert member.role == Role.RATER


def test_the_last_lead_stays_lead(project: Project, lena: User, client_for):
    member = Membership.objects.get(project=project, user=lena)
    url = f"{members_url(project)}{member.pk}/"
    for path, data in ((url, {"role": "rater"}), (f"{url}remove/", {})):
        reply = client_for(lena).post(path, data, follow=True)
        assert "keeps at least one lead" in reply.content.decode()
    member.refresh_from_db()
    assert member.role == Role.LEAD


def test_a_removed_member_is_an_outsider_at_once(
    project: Project, lena: User, rui: User, client_for
):
    member = Membership.objects.get(project=project, user=rui)
    client_for(lena).post(f"{members_url(project)}{member.pk}/remove/")
    assert client_for(rui).get(f"/p/{project.slug}/guideline/").status_code == 404


@pytest.mark.usefixtures("everyone_creates")
def test_a_member_of_another_project_cannot_be_changed_from_here(
    project: Project, lena: User, otto: User, client_for
):
    client_for(otto).post("/projects/new/", {"name": "X", "overlap": "1", "template": "arena"})
    foreign = Membership.objects.get(user=otto)
    reply = client_for(lena).post(f"{members_url(project)}{foreign.pk}/remove/")
    assert reply.status_code == 404
    assert Membership.objects.filter(pk=foreign.pk).exists()


def test_a_reviewer_sees_members_but_no_invitations_and_no_buttons(
    project: Project, vera: User, client_for
):
    page = client_for(vera).get(members_url(project)).content.decode()
    assert "rui@example.com" in page
    assert "Invite by link" not in page
    assert 'name="role"' not in page


def test_an_invitation_link_is_shown_once_works_and_is_stored_hashed(
    project: Project, lena: User, client_for, settings
):
    settings.SITE_URL = "https://concord.example.org"
    client = client_for(lena)
    data = {"role": "engineer", "days": "7", "note": "for the cluster"}
    page = client.post(f"{members_url(project)}invite/", data, follow=True).content.decode()
    link = re.search(rf"{settings.SITE_URL}(/invitation/[\w-]+/)", page)
    assert link
    assert "ML engineer" in Client().get(link[1]).content.decode()
    again = client.get(members_url(project)).content.decode()
    assert link[1] not in again
    assert "for the cluster" in again
    token = link[1].split("/")[2]
    assert Invitation.objects.count() == 1
    assert token not in str(Invitation.objects.values().get())


def test_a_revoked_link_lets_nobody_in(project: Project, lena: User, otto: User, client_for):
    client = client_for(lena)
    data = {"role": "rater", "days": "7"}
    page = client.post(f"{members_url(project)}invite/", data, follow=True).content.decode()
    link = re.search(r"/invitation/[\w-]+/", page)
    assert link
    invitation = Invitation.objects.get()
    client.post(f"/p/{project.slug}/invitations/{invitation.pk}/revoke/")
    client_for(otto).post(link[0], {"join": "1"})
    assert not Membership.objects.filter(project=project, user=otto).exists()


@pytest.mark.parametrize("days", ["0", "366", "", "soon"])
def test_a_term_out_of_bounds_is_refused_beside_its_field(
    project: Project, lena: User, client_for, days: str
):
    reply = client_for(lena).post(f"{members_url(project)}invite/", {"role": "rater", "days": days})
    assert reply.status_code == 422
    assert 'id="id_days_error"' in reply.content.decode()
    assert not Invitation.objects.exists()


def test_placeholder_raters_cannot_be_given_another_role(project: Project, lena: User, client_for):
    ghost = User.objects.create(
        name="r3", is_placeholder=True, placeholder_project=project, is_active=False
    )
    member = set_member(project=project, user=ghost, role=Role.RATER)
    page = client_for(lena).get(members_url(project)).content.decode()
    assert f'id="role-{member.pk}"' not in page
    assert "imported, cannot log in" in page


def test_a_token_is_shown_once_works_and_can_be_revoked(lena: User, client_for):
    client = client_for(lena)
    page = client.post(
        "/account/tokens/", {"name": "cluster", "scope": "read", "days": "30"}, follow=True
    ).content.decode()
    token = re.search(r"cnc_[\w-]{20,}", page)
    assert token
    assert authenticate_key(token=token[0])
    assert token[0] not in client.get("/account/tokens/").content.decode()
    client.post(f"/account/tokens/{ApiKey.objects.get().pk}/revoke/")
    assert authenticate_key(token=token[0]) is None


def test_a_secret_is_shown_to_the_person_it_was_made_for_alone(lena: User, otto: User, client_for):
    reply = client_for(lena).post(
        "/account/tokens/", {"name": "cluster", "scope": "read", "days": "30"}
    )
    planted = client_for(otto)
    planted.cookies.load({name: morsel.value for name, morsel in reply.cookies.items()})
    assert "cnc_" not in planted.get("/account/tokens/").content.decode()
    for forged in ("", "nonsense", "WzEsICJ4Il0:1:x"):
        planted.cookies.load({"concord_once": forged})
        assert planted.get("/account/tokens/").status_code == 200


def test_a_form_of_the_members_comes_back_to_the_same_page_of_them(
    project: Project, lena: User, rui: User, client_for
):
    member = Membership.objects.get(project=project, user=rui)
    page = client_for(lena).get(members_url(project), {"q": "rui"}).content.decode()
    address = f"{members_url(project)}{member.pk}/?q=rui"
    assert page.count(address) == 2  # with a script and without one
    reply = client_for(lena).post(address, {"role": "rater"})
    assert reply.headers["Location"] == f"{members_url(project)}?q=rui#member-{member.pk}"


def test_who_changes_or_removes_themselves_is_led_to_a_page_that_they_still_have(
    project: Project, lena: User, vera: User, client_for
):
    set_member(project=project, user=vera, role=Role.LEAD)
    client = client_for(vera)
    address = f"{members_url(project)}{Membership.objects.get(project=project, user=vera).pk}/"
    part = {"HX-Request": "true"}
    reply = client.post(address, {"role": "lead"}, headers=part)
    assert (reply.status_code, reply.headers["HX-Redirect"]) == (200, f"/p/{project.slug}/")
    assert client.post(address, {"role": "lead"}).headers["Location"] == f"/p/{project.slug}/"
    assert client.post(f"{address}remove/", headers=part).headers["HX-Redirect"] == "/"


def test_nobody_revokes_the_token_of_another(lena: User, otto: User, client_for):
    key = create_api_key(user=lena, name="hers").key
    assert client_for(otto).post(f"/account/tokens/{key.pk}/revoke/").status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None


def test_a_token_that_has_expired_is_refused_and_says_so_on_the_page(
    lena: User, client_for, mailoutbox
):
    new = create_api_key(user=lena, name="old", days=30)
    assert authenticate_key(token=new.token) == new.key
    ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert authenticate_key(token=new.token) is None
    assert "expired" in client_for(lena).get("/account/tokens/").content.decode()


def test_a_token_lives_90_days_unless_it_is_said_otherwise(lena: User):
    end = create_api_key(user=lena, name="x").key.expires_at
    assert end
    assert timedelta(days=89) < end - timezone.now() < timedelta(days=91)
    assert create_api_key(user=lena, name="x", days=0).key.expires_at is None


def test_the_owner_is_told_of_a_new_token_by_mail(lena: User, mailoutbox):
    create_api_key(user=lena, name="cluster", scope="read")
    send_mail(OutgoingMail.objects.get().pk)
    body = mailoutbox[0].body
    assert "“cluster”" in body
    assert "may, as you: read." in body
    assert "cnc_" not in body
