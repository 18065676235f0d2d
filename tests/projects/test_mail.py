"""Mails: asked for on a page, written and sent by a worker, tried again."""

from __future__ import annotations

import re
import socket
from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.test import Client
from django.utils import timezone

from projects.jobs import send_mail, sweep_accounts
from projects.models import OutgoingMail, User
from projects.services import mail
from projects.services.notices import operator_notices
from tests.conftest import PASSWORD
from tests.projects.test_log_in import fail, log_in

pytestmark = pytest.mark.django_db


def ask(email: str = "lena@example.com", **headers):
    return Client().post("/password/reset/", {"email": email}, headers=headers, follow=True)


def content(reply) -> str:
    """A page without what is another in each reply."""
    return re.sub(r'"x-csrftoken": "\w+"', "", reply.content.decode())


def deliver() -> None:
    """What a worker does with what is kept."""
    OutgoingMail.objects.update(due_at=timezone.now())
    sweep_accounts()


def test_a_password_is_reset_by_the_link_in_the_mail(settings, lena: User, mailoutbox):
    settings.SITE_URL = "https://concord.example.org"
    ask("ＬＥＮＡ@example.com", Host="evil.example.net")
    assert mailoutbox == []
    send_mail(OutgoingMail.objects.get().pk)
    link = re.search(r"https://concord.example.org(/password/reset/\S+)", mailoutbox[0].body)
    assert link
    assert "evil" not in mailoutbox[0].body
    client = Client()
    form = client.get(link[1], follow=True)
    words = {"new_password1": "a quite new phrase", "new_password2": "a quite new phrase"}
    client.post(form.redirect_chain[-1][0], words)
    assert log_in(Client(), password="a quite new phrase").status_code == 302
    deliver()
    assert "was changed" in mailoutbox[1].body


def test_a_new_password_ends_the_wait_that_strangers_caused(lena: User, mailoutbox):
    assert fail(9)[-1] == 429
    ask()
    deliver()
    link = re.search(r"(/password/reset/\S+)", mailoutbox[0].body)
    assert link
    client = Client()
    form = client.get(link[1], follow=True)
    words = {"new_password1": "a quite new phrase", "new_password2": "a quite new phrase"}
    client.post(form.redirect_chain[-1][0], words)
    fail(9)
    assert log_in(client, password="a quite new phrase").status_code == 302


def test_asking_for_an_unknown_address_looks_the_same_and_sends_nothing(
    lena: User, mailoutbox, django_assert_num_queries
):
    pages = {}
    for email in ("lena@example.com", "nobody@example.com"):
        with django_assert_num_queries(3):
            pages[email] = content(ask(email))
    assert "If there is an account" in pages["nobody@example.com"]
    assert pages["nobody@example.com"] == pages["lena@example.com"]
    deliver()
    assert [mail.to for mail in mailoutbox] == [["lena@example.com"]]
    assert OutgoingMail.objects.get().state == "sent"


def test_who_has_no_password_yet_gets_a_link(mailoutbox):
    User.objects.create_user("new@example.com")
    ask("new@example.com")
    deliver()
    assert mailoutbox[0].to == ["new@example.com"]


def test_more_links_for_one_account_are_dropped_without_a_word(lena: User, mailoutbox):
    pages = {content(ask()) for _ in range(6)}
    assert len(pages) == 1
    deliver()
    assert len(mailoutbox) == 3


def test_many_links_from_one_address_make_it_wait(lena: User):
    answers = [ask(f"x{number}@example.com").status_code for number in range(21)]
    assert answers == [200] * 20 + [429]


def test_a_mail_is_tried_again_and_given_up_where_operators_look(lena: User, monkeypatch):
    def refuse(*args: object, **options: object) -> None:
        raise SMTPException("no such relay")

    monkeypatch.setattr("projects.services.mail.hand_over", refuse)
    ask()
    for attempt in range(1, 13):
        deliver()
        mail = OutgoingMail.objects.get()
        assert mail.attempts == attempt
        assert mail.due_at > timezone.now() + timedelta(seconds=90)
    assert mail.state == "failed"
    assert "no such relay" in mail.error
    assert "1 mail could not be sent" in operator_notices()[0]


def test_a_mail_that_cannot_be_written_holds_up_no_other(
    lena: User, mia: User, monkeypatch, mailoutbox
):
    letter = mail._letter

    def write(kept: OutgoingMail) -> tuple[str, str] | None:
        if kept.address == lena.email:
            raise ValueError("a line break in a header")
        return letter(kept)

    monkeypatch.setattr(mail, "_letter", write)
    for person in (lena, mia):
        ask(str(person.email))
    deliver()
    assert [letter.to for letter in mailoutbox] == [[mia.email]]
    assert "line break" in OutgoingMail.objects.get(state="waiting").error


def test_where_the_mail_server_is_away_one_mail_a_sweep_asks_for_it(
    lena: User, mia: User, monkeypatch
):
    asked: list[object] = []

    def refuse(subject: str, body: str, sender: None, to: list[str]) -> None:
        asked.append(to)
        raise TimeoutError

    monkeypatch.setattr(mail, "hand_over", refuse)
    for person in (lena, mia):
        ask(str(person.email))
    deliver()
    assert asked == [[lena.email]]
    sweep_accounts()
    assert asked == [[lena.email], [mia.email]]


def test_a_mail_server_that_says_nothing_is_not_waited_for(lena: User, settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        settings.EMAIL_TIMEOUT = 0.1
        ask()
        deliver()
    mail = OutgoingMail.objects.get()
    assert mail.state == "waiting"
    assert "timed out" in mail.error


def test_a_mail_goes_out_once_though_it_is_handed_over_twice(lena: User, mailoutbox):
    ask()
    for _ in range(2):
        send_mail(OutgoingMail.objects.get().pk)
    assert len(mailoutbox) == 1


def test_without_a_broker_the_page_says_that_mails_are_late(lena: User, monkeypatch, settings):
    def refuse(mail: OutgoingMail) -> None:
        mail.error = "away"

    monkeypatch.setattr("projects.services.mail._tell", refuse)
    monkeypatch.setattr("django.db.transaction.on_commit", lambda call: call())
    assert "Mails are late at the moment" in ask().content.decode()


def test_changing_the_password_is_told_by_mail(lena: User, client_for, mailoutbox):
    new = {"new_password1": "a quite new phrase", "new_password2": "a quite new phrase"}
    client_for(lena).post("/password/change/", {"old_password": PASSWORD, **new})
    deliver()
    assert mailoutbox[0].subject == "Your Concord password was changed"
