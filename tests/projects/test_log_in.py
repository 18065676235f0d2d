"""Log-in, and the waits of whoever guesses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from projects.models import OperatorNotice, Throttle, User
from projects.services.notices import operator_notices
from projects.services.quotas import require_room_for_project
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def log_in(client: Client, email: str = "lena@example.com", password: str = PASSWORD, **headers):
    return client.post("/login/", {"username": email, "password": password}, headers=headers)


def fail(
    times: int, client: Client | None = None, email: str = "lena@example.com", **headers: str
) -> list[int]:
    client = client or Client()
    return [log_in(client, email, "guess", **headers).status_code for _ in range(times)]


def wait_over() -> None:
    """Lets the waits pass."""
    Throttle.objects.update(free_at=timezone.now() - timedelta(seconds=1))


def test_the_right_password_logs_in_however_the_address_is_typed(lena: User):
    for typed in ("LENA@Example.com", " lena@example.com", "ｌｅｎａ@example.com"):
        assert log_in(Client(), typed).status_code == 302


def test_a_wrong_password_and_an_unknown_address_get_the_same_reply(lena: User):
    wrong = log_in(Client(), password="not it").content.decode()
    unknown = log_in(Client(), "nobody@example.com", "not it").content.decode()
    sentence = "That address and password do not go together."
    assert sentence in wrong
    assert sentence in unknown


def test_a_password_is_hashed_for_an_unknown_address_too(lena: User, monkeypatch):
    hashed: list[str] = []

    def encode(hasher: object, password: str, salt: str) -> str:
        hashed.append(password)
        return "md5$x$y"

    monkeypatch.setattr("django.contrib.auth.hashers.MD5PasswordHasher.encode", encode)
    User.objects.create_user("unset@example.com")
    for email in ("lena@example.com", "nobody@example.com", "unset@example.com"):
        log_in(Client(), email, "guess")
    assert len(hashed) >= 3


def test_failures_make_the_next_attempt_wait_longer_each_time(lena: User):
    assert fail(8) == [422] * 8
    waits = []
    for _ in range(3):
        reply = log_in(Client())
        assert reply.status_code == 429
        waits.append(int(reply.headers["Retry-After"]))
        wait_over()
        assert fail(1) == [422]
    assert "Try again in 20 seconds" in reply.content.decode()
    assert waits == [5, 10, 20]


def test_no_wait_for_an_account_is_longer_than_five_minutes(lena: User):
    fail(1)
    Throttle.objects.filter(key__startswith="account:").update(count=1000)
    fail(1)
    assert 290 < int(log_in(Client()).headers["Retry-After"]) <= 300


def test_full_width_letters_are_counted_as_the_letters_they_stand_for(lena: User):
    fail(4)
    fail(4, email="ｌｅｎａ@example.com")
    assert log_in(Client(), "LENA@example.com").status_code == 429


def test_an_owner_in_a_known_browser_does_not_wait_for_strangers(lena: User):
    known = Client()
    log_in(known)
    known.post("/logout/")
    assert fail(9)[-1] == 429
    assert log_in(known).status_code == 302


def test_a_known_browser_has_guesses_of_its_own_and_no_more(lena: User):
    known = Client()
    log_in(known)
    known.post("/logout/")
    assert fail(9, known) == [422] * 8 + [429]
    assert log_in(Client()).status_code == 302


def test_a_browser_that_several_people_use_is_known_for_each(lena: User, rui: User):
    known = Client()
    for email in ("lena@example.com", "rui@example.com"):
        log_in(known, email)
        known.post("/logout/")
    for email in ("lena@example.com", "rui@example.com"):
        assert fail(9, email=email)[-1] == 429
        assert log_in(known, email).status_code == 302
        known.post("/logout/")


def test_a_browser_is_known_for_the_account_that_logged_in_alone(lena: User, rui: User):
    known = Client()
    log_in(known, "rui@example.com")
    known.post("/logout/")
    fail(8)
    assert log_in(known).status_code == 429


def test_a_forged_cookie_knows_nobody(lena: User):
    stranger = Client()
    stranger.cookies["known_browser"] = "0000000000000000=abc:1tZZZZ:forged"
    fail(8, stranger)
    assert log_in(stranger).status_code == 429


def test_a_successful_log_in_forgets_the_failures(lena: User):
    fail(7)
    log_in(Client())
    assert not Throttle.objects.filter(key__startswith="account:").exists()


def test_an_empty_form_is_not_a_failed_log_in():
    assert log_in(Client(), "", "").status_code == 422
    assert not Throttle.objects.exists()


def test_guesses_at_the_old_password_wait_too(lena: User, client_for):
    client, words = client_for(lena), {"old_password": "guess", "new_password1": "x"}
    answers = [client.post("/password/change/", words).status_code for _ in range(9)]
    assert answers == [422] * 8 + [429]


def test_many_failures_at_one_address_delay_strangers_there_and_no_known_browser(
    settings, lena: User, rui: User
):
    settings.LOGIN_ATTEMPTS_PER_ADDRESS = 3
    known = Client()
    log_in(known)
    known.post("/logout/")
    for number in range(3):
        fail(1, email=f"x{number}@example.com")
    reply = log_in(Client(), "rui@example.com")
    assert reply.status_code == 429
    assert int(reply.headers["Retry-After"]) <= 5
    assert log_in(known).status_code == 302


def test_the_address_behind_a_trusted_proxy_is_the_one_that_is_counted(settings, lena: User):
    settings.TRUSTED_PROXIES = 1
    fail(1, X_Forwarded_For="6.6.6.6, 203.0.113.9")
    assert Throttle.objects.filter(key="address:203.0.113.9").exists()
    assert not OperatorNotice.objects.exists()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2001:db8::1", "2001:db8::ffff:2"),
        ("[2001:db8::1]:4431", "2001:db8::2"),
        ("203.0.113.9:4431", "203.0.113.9:4432"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("::1", "::2"),
    ],
)
def test_addresses_of_one_customer_and_ports_of_one_address_are_counted_together(
    settings, lena: User, first: str, second: str
):
    settings.TRUSTED_PROXIES, settings.LOGIN_ATTEMPTS_PER_ADDRESS = 1, 2
    assert fail(1, email="x1@example.com", X_Forwarded_For=first) == [422]
    assert fail(2, email="x2@example.com", X_Forwarded_For=second) == [422, 429]
    assert fail(1, email="x3@example.com", X_Forwarded_For="198.51.100.7") == [422]


def test_a_proxy_that_is_not_trusted_is_said_in_the_log_once_and_to_operators(
    settings, lena: User, caplog, client_for
):
    with caplog.at_level("WARNING", "projects.origins"):
        for _ in range(2):
            fail(1, X_Forwarded_For="203.0.113.9")
    assert len([line for line in caplog.messages if "CONCORD_PROXIES" in line]) == 1
    assert "CONCORD_PROXIES is 0" in operator_notices()[0]
    User.objects.filter(pk=lena.pk).update(is_superuser=True)
    assert "CONCORD_PROXIES is 0" in client_for(lena).get("/").content.decode()
    settings.TRUSTED_PROXIES = 1
    assert operator_notices() == []


def test_a_deployment_without_trusted_proxies_is_warned(settings, capsys):
    settings.PRODUCTION = True
    call_command("check", "--deploy", "--tag", "security")
    assert "concord.W003" in capsys.readouterr().err


@pytest.mark.walk
@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_guesses_at_one_moment_eight_are_looked_at(lena: User, monkeypatch):
    # However long a busy machine takes for a hundred, it is one moment.
    monkeypatch.setattr("projects.services.throttle.FIRST_WAIT", 300)

    def guess(number: int) -> int:
        try:
            return fail(1)[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(guess, range(100)))
    assert answers.count(422) == 8
    assert answers.count(429) == 92


@pytest.mark.django_db(transaction=True)
def test_people_log_in_while_a_project_of_theirs_is_being_made(lena: User):
    def attempt() -> None:
        try:
            assert log_in(Client()).status_code == 302
        finally:
            connection.close()

    with transaction.atomic():
        require_room_for_project(lena)
        with ThreadPoolExecutor(1) as threads:
            threads.submit(attempt).result()


@pytest.mark.parametrize(
    ("referer", "page"),
    [("http://testserver/account/?x=1", "/account/?x=1"), ("https://evil/", "/")],
)
def test_a_form_sent_after_a_log_in_lapsed_leads_back_to_its_page_and_says_it_is_not_saved(
    lena: User, referer: str, page: str
):
    client = Client()
    reply = client.post("/account/sessions/end-others/", headers={"Referer": referer}, follow=True)
    assert "what you sent was not saved" in reply.content.decode()
    assert "you sent was" not in client.post("/logout/", follow=True).content.decode()
    address = reply.redirect_chain[-1][0]
    form = {"username": lena.email, "password": PASSWORD, "next": reply.context["next"]}
    assert client.post(address, form).headers["Location"] == page
