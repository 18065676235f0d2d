"""Where somebody is logged in: listed, ended, idle."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.sessions import SessionStore
from projects.models import Project, SessionRecord, User
from projects.services.accounts import update_user
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1"
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def logged_in(browser: str, **extra: Any) -> Client:
    client = Client(headers={"User-Agent": browser}, **extra)
    reply = client.post("/login/", {"username": "lena@example.com", "password": PASSWORD})
    assert reply.status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def age(**since: int) -> None:
    SessionRecord.objects.update(seen_at=timezone.now() - timedelta(**since))


def test_the_account_page_lists_devices_and_says_which_is_this_one(lena: User):
    logged_in(PHONE, REMOTE_ADDR="203.0.113.9")
    page = logged_in(LAPTOP).get("/account/").content.decode()
    rows = re.findall(r"<tr>.*?</tr>", page.partition("Where you are logged in")[2], re.DOTALL)
    assert "Firefox on Linux" in rows[1]
    assert "this one" in rows[1]
    assert "Safari on iPhone" in rows[2]
    assert "203.0.113.9" in rows[2]
    assert "this one" not in rows[2]
    for key in SessionRecord.objects.values_list("session_key", flat=True):
        assert key not in page


def test_one_device_is_logged_out_and_nobody_elses(lena: User, rui: User, client_for):
    phone, laptop = logged_in(PHONE), logged_in(LAPTOP)
    record = SessionRecord.objects.get(browser=PHONE)
    assert client_for(rui).post(f"/account/sessions/{record.pk}/end/").status_code == 404
    assert is_in(phone)
    laptop.post(f"/account/sessions/{record.pk}/end/")
    assert not is_in(phone)
    assert is_in(laptop)


def test_all_other_devices_are_logged_out_at_once(lena: User):
    phone, laptop = logged_in(PHONE), logged_in(LAPTOP)
    reply = laptop.post("/account/sessions/end-others/", follow=True)
    assert "1 other device is logged out." in reply.content.decode()
    assert not is_in(phone)
    assert is_in(laptop)


def test_a_new_password_logs_other_devices_out(lena: User):
    phone, laptop = logged_in(PHONE), logged_in(LAPTOP)
    new = {"new_password1": "a quite new phrase", "new_password2": "a quite new phrase"}
    laptop.post("/password/change/", {"old_password": PASSWORD, **new})
    assert not is_in(phone)
    assert is_in(laptop)
    assert SessionRecord.objects.get().browser == LAPTOP


def test_switching_an_account_off_ends_its_sessions(lena: User, otto: User):
    logged_in(PHONE)
    update_user(user=lena, actor=otto, changes={"is_active": False})
    assert not Session.objects.exists()


def test_a_session_that_is_idle_for_too_long_is_over(lena: User, settings):
    phone = logged_in(PHONE)
    age(seconds=settings.SESSION_IDLE - 60)
    assert is_in(phone)
    age(seconds=settings.SESSION_IDLE + 60)
    assert not is_in(phone)
    SessionStore.clear_expired()
    assert not Session.objects.exists()
    assert not SessionRecord.objects.exists()


def test_when_a_session_was_used_is_written_every_few_minutes_alone(lena: User, project: Project):
    phone, url = logged_in(PHONE), f"/p/{project.slug}/guideline/"
    phone.get(url)
    counts = []
    for minutes in (4, 6):
        age(minutes=minutes)
        with CaptureQueriesContext(connection) as queries:
            phone.get(url)
        counts.append(len(queries))
    assert counts[1] == counts[0] + 1
    assert SessionRecord.objects.get().seen_at > timezone.now() - timedelta(minutes=1)


def test_logging_out_leaves_no_record(lena: User):
    logged_in(PHONE).post("/logout/")
    assert not SessionRecord.objects.exists()


def test_a_session_from_before_it_was_recorded_goes_on(lena: User):
    phone = logged_in(PHONE)
    SessionRecord.objects.all().delete()
    assert is_in(phone)
    assert SessionRecord.objects.get().user == lena
