"""What a lead does on pages of people and rules, a program does too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from projects.models import ApiKey, AuditEvent, Project, User
from projects.services.keys import create_api_key
from tests.api.client import Api, CallAs

pytestmark = pytest.mark.django_db
BASE = "projects/support-answers/"


def test_settings_change_by_program_and_are_logged(project: Project, lena: User, api: CallAs):
    program = api(lena)
    body = program.patch(BASE, {"status": "paused", "overlap": 5}).json()
    assert (body["status"], body["overlap"], body["name"]) == ("paused", 5, project.name)
    assert "overlap" in program.patch(BASE, {"overlap": 0}).json()["fields"]
    assert "salt" in program.patch(BASE, {"salt": "x"}).json()["fields"]
    event = program.get(f"{BASE}audit/").json()["results"][0]
    assert (event["actor"], event["verb"]) == ("Lena", "settings changed")
    assert event["detail"]["overlap"] == ["2", "5"]


def test_members_change_and_leave_by_program(project: Project, lena: User, rui: User, api: CallAs):
    program = api(lena)
    rows = {row["name"]: row for row in program.get(f"{BASE}members/").json()["results"]}
    address = f"{BASE}members/{rows['Rui']['id']}/"
    body = program.patch(address, {"rater_limit": 7}).json()
    assert (body["role"], body["rater_limit"]) == ("rater", 7)
    assert program.patch(address, {"role": "reviewer"}).json()["rater_limit"] == 7
    assert program.patch(address, {"rater_limit": None}).json()["rater_limit"] is None
    assert program.delete(address).status_code == 204
    assert program.get(address).status_code == 404
    lead = f"{BASE}members/{rows['Lena']['id']}/"
    assert program.patch(lead, {"role": "rater"}).status_code == 409
    assert program.delete(lead).status_code == 409


def test_an_invitation_is_made_followed_and_revoked_by_program(
    project: Project, lena: User, otto: User, api: CallAs
):
    program = api(lena)
    reply = program.post(f"{BASE}invitations/", {"role": "rater", "days": 3, "note": "Otto"})
    fresh = reply.json()
    assert (reply.status_code, fresh["state"]) == (201, "open")
    assert fresh["link"].endswith(f"/invitation/{fresh['token']}/")
    joined = api(otto).post("invitations/accept/", {"token": fresh["token"]}).json()
    assert (joined["slug"], joined["role"]) == (project.slug, "rater")
    listed = program.get(f"{BASE}invitations/").json()["results"][0]
    assert listed["uses"] == 1
    assert "token" not in listed
    address = f"{BASE}invitations/{fresh['id']}/revoke/"
    assert program.post(address).json()["state"] == "revoked"
    assert api(otto).post("invitations/accept/", {"token": "wrong"}).status_code == 409


def test_a_guideline_is_published_read_and_compared_by_program(
    project: Project, lena: User, rui: User, api: CallAs
):
    new = {"title": "No bluffing", "text": "Say what you know."}
    body = {"text": "Prefer honesty.", "change_note": "Shorter.", "principles": [new]}
    reply = api(lena).post(f"{BASE}guidelines/", body)
    assert (reply.status_code, reply.json()["number"]) == (201, 2)
    reader = api(rui)
    assert [version["number"] for version in reader.get(f"{BASE}guidelines/").json()] == [2, 1]
    version = reader.client.get(reply.headers["Location"]).json()
    [clause] = version["principles"]
    assert (clause["key"], clause["title"]) == ("v2p1", "No bluffing")
    sections = reader.get(f"{BASE}guidelines/2/changes/").json()
    assert any(line["kind"] == "added" for part in sections for line in part["lines"])
    assert "text" in api(lena).post(f"{BASE}guidelines/", {"text": " "}).json()["fields"]


def test_a_token_that_is_made_with_a_token_lives_no_longer(rui: User):
    program = Api(rui)
    made = ApiKey.objects.get(user=rui)
    reply = program.post("account/tokens/", {"name": "cluster", "scope": "read", "days": 0})
    fresh = reply.json()
    assert (reply.status_code, fresh["scope"]) == (201, "read")
    assert ApiKey.objects.get(pk=fresh["id"]).expires_at == made.expires_at
    short = program.post("account/tokens/", {"name": "day", "days": 1}).json()
    soon = timezone.now() + timedelta(days=2)
    assert ApiKey.objects.filter(pk=short["id"], expires_at__lt=soon).exists()
    rows = program.get("account/tokens/").json()["results"]
    assert {row["name"]: row["is_this"] for row in rows} == {
        "test": True,
        "cluster": False,
        "day": False,
    }
    reader = create_api_key(user=rui, name="r", scope="read").token
    refused = Api(None).client.post(
        "/api/v1/account/tokens/", {"name": "x"}, headers={"Authorization": f"Token {reader}"}
    )
    assert refused.json()["code"] == "scope"
    address = f"account/tokens/{fresh['id']}/revoke/"
    assert program.post(address).json()["state"] == "revoked"


def test_an_account_is_read_and_changed_by_program(rui: User, client_for: Any, api: CallAs):
    client_for(rui).get("/account/")
    program = api(rui)
    assert program.get("account/").json()["email"] == rui.email
    body = program.patch("account/", {"time_zone": "Europe/Berlin"}).json()
    assert (body["time_zone"], body["name"]) == ("Europe/Berlin", "Rui")
    assert "time_zone" in program.patch("account/", {"time_zone": "Moon"}).json()["fields"]
    (browser,) = program.get("account/sessions/").json()["results"]
    assert program.delete(f"account/sessions/{browser['id']}/").status_code == 204
    assert program.post("account/sessions/end-others/").json() == {"ended": 0}


def test_a_file_is_looked_at_without_being_imported(
    project: Project, mia: User, api: CallAs, settings: Any, tmp_path: Any
):
    settings.IMPORTS_DIR = tmp_path
    row = (
        b'{"prompt": "Hi?", "response_a": "Yes", "response_b": "No", "topic": "x"}\n{"prompt": 1}\n'
    )
    reply = api(mia).client.post(
        f"/api/v1/{BASE}imports/preview/", row, content_type="application/x-ndjson"
    )
    body = reply.json()
    assert reply.status_code == 200, body
    assert body["format"] == "pairs"
    assert body["mapping"]["prompt"] == "prompt"
    assert body["rows"][0]["row"]["messages"][0]["content"] == "Hi?"
    assert body["rows"][1]["refusal"]["line"] == 2
    assert not list(tmp_path.rglob("*.*"))
    assert not project.imports.exists()
    assert not AuditEvent.objects.filter(verb="import requested").exists()
