"""A wrong address is changed: by its owner and a link to the new one, or by an operator."""

from __future__ import annotations

import re

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from projects.models import AuditEvent, OutgoingMail, User
from projects.services.email_tokens import email_token
from tests.api.client import CallAs
from tests.conftest import PASSWORD
from tests.projects.test_mail import deliver
from tests.rating.test_rate_page import ClientFor

pytestmark = pytest.mark.django_db

NEW = "rui.new@example.com"


def about(mailoutbox: list[EmailMessage]) -> list[EmailMessage]:
    """The mails about addresses; those about API tokens are others' matter."""
    return [mail for mail in mailoutbox if "address" in mail.subject]


def link_in(mailoutbox: list[EmailMessage]) -> str:
    """The address in the last mail."""
    (link,) = re.findall(r"/account/email/\S+", str(mailoutbox[-1].body))
    return str(link)


def test_the_address_changes_when_the_link_is_opened_and_the_old_one_is_told(
    rui: User, client_for: ClientFor, mailoutbox
):
    client = client_for(rui)
    for wrong in ({"email": NEW, "password": "wrong"}, {"email": "x", "password": PASSWORD}):
        assert client.post("/account/email/", wrong).status_code == 422
    client.post("/account/email/", {"email": " RUI.New@example.com", "password": PASSWORD})
    deliver()
    assert mailoutbox[0].to == [NEW]
    rui.refresh_from_db()
    assert rui.email == "rui@example.com"
    link = link_in(mailoutbox)
    stranger = Client()
    assert NEW in stranger.get(link).content.decode()
    stranger.post(link)
    rui.refresh_from_db()
    assert rui.email == NEW
    deliver()
    assert mailoutbox[1].to == ["rui@example.com"]
    assert NEW in mailoutbox[1].body
    assert AuditEvent.objects.get(verb="e-mail changed").actor == rui
    assert stranger.get(link).status_code == 410
    assert client.get("/account/").status_code == 200


def test_a_link_ends_with_the_password_that_it_was_asked_with(rui: User):
    token = email_token(rui, NEW)
    rui.set_password("a quite new phrase")
    rui.save()
    client = Client()
    assert client.get(f"/account/email/{token}/").status_code == 410
    client.post(f"/account/email/{token}/")
    rui.refresh_from_db()
    assert rui.email == "rui@example.com"


def test_nobody_learns_whether_an_address_is_taken(
    rui: User, sam: User, client_for: ClientFor, mailoutbox
):
    words = {"email": "sam@example.com", "password": PASSWORD}
    assert client_for(rui).post("/account/email/", words).status_code == 302
    deliver()
    assert mailoutbox == []
    assert not OutgoingMail.objects.exists()


def test_an_operator_changes_an_address_and_both_are_told(
    rui: User, sam: User, otto: User, api: CallAs, client_for: ClientFor, mailoutbox
):
    path, body = "operations/people/email/", {"email": "rui@example.com", "new_email": NEW}
    assert api(otto).post(path, body).status_code == 404
    User.objects.filter(pk=otto.pk).update(is_superuser=True, is_staff=True)
    assert api(otto).post(path, {**body, "new_email": "sam@example.com"}).status_code == 400
    assert api(otto).post(path, body).status_code == 204
    deliver()
    assert sorted(to for mail in about(mailoutbox) for to in mail.to) == [NEW, "rui@example.com"]
    admin = f"/admin/projects/user/{sam.pk}/change/"
    form = {"email": "samuel@example.com", "name": "Sam", "time_zone": "UTC", "is_active": "on"}
    assert client_for(otto).post(admin, form).status_code == 302
    sam.refresh_from_db()
    assert sam.email == "samuel@example.com"


def test_a_program_has_the_link_sent(rui: User, api: CallAs, mailoutbox):
    reply = api(rui).post("account/email/", {"email": NEW, "password": PASSWORD})
    assert reply.status_code == 202
    deliver()
    assert [mail.to for mail in about(mailoutbox)] == [[NEW]]
