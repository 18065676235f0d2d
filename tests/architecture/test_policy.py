"""Who may do what: every address, every verb, every role, compared with one table."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from labeling.media import PreparedPicture
from labeling.models import Import, Release, TaskChange, Withdrawal
from labeling.pictures.services import save_pictures, store_files
from labeling.releases.services import request_release, run_release
from projects.guidelines.services import acknowledge, publish_guideline
from projects.models import Membership, Project, Role, SessionRecord, User
from projects.project_templates import GuidelineSpec, PrincipleSpec
from projects.services.invitations import invite
from projects.services.keys import create_api_key
from tests.architecture.policy_table import TABLE
from tests.conftest import MakeTasks, judge, lease
from tests.media.samples import picture, written

WHO = ("lead", "reviewer", "rater", "engineer", "outsider", "anonymous")
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")

Codes = dict[tuple[str, str], tuple[int, ...]]


def addresses() -> list[str]:
    """The route of every address of the project, the operators' admin left out."""
    return sorted(route for route in set(_routes()) if not route.startswith("admin/"))


def _routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _routes(pattern, route)


def expected() -> Codes:
    """The table, by verb and route."""
    codes_of: Codes = {}
    for line in TABLE.strip().splitlines():
        if line.strip() and not line.startswith("#"):
            verb, route, *codes = line.split()
            route = "" if route == "/" else route
            assert (verb, route) not in codes_of, f"twice in the table: {line}"
            assert len(codes) == len(WHO), f"not one code for each role: {line}"
            codes_of[verb, route] = tuple(map(int, codes))
    return codes_of


@dataclass
class World:
    """A project with one of everything, and a client for everybody."""

    clients: dict[str, Client]
    shared: dict[str, str]
    own: dict[str, dict[str, str]]

    def path(self, route: str, who: str) -> str:
        """The address of a route for this person: their own assignment, task or token."""
        if route.endswith("^.*$"):
            return "/" + route.replace("^.*$", "no/such/address/")
        values = {**self.shared, **self.own[who]}
        kind = next(
            (
                k
                for k in (
                    *("tasks", "members", "invitations", "tokens", "sessions"),
                    *("withdrawals", "task-changes", "deletions", "people"),
                )
                if f"{k}/<" in route
            ),
            "",
        )
        values["pk"] = values.get(kind, "")
        return "/" + _PARAMETER.sub(lambda match: values[match[1]], route)

    def status(self, verb: str, route: str, who: str) -> int:
        """What this person is answered; nothing of it stays."""
        options: dict[str, Any] = {}
        if verb == "POST":
            options["data"] = {"nothing": "of use"}
            if route.startswith("api/") and not route.endswith("imports/"):
                options["content_type"] = "application/json"
        client = self.clients[who]
        cookies = client.cookies.output()
        with transaction.atomic():
            call = getattr(client, verb.lower())
            status: int = call(self.path(route, who), **options).status_code
            transaction.set_rollback(True)
        client.cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))
        return status


@pytest.fixture
def quiet() -> Iterator[None]:
    """Refusals by the hundred need no line in the log each."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def users(lena: User, vera: User, rui: User, mia: User, otto: User) -> dict[str, User]:
    """Who stands for which column."""
    return dict(zip(WHO, (lena, vera, rui, mia, otto), strict=False))


@pytest.fixture
def world(
    quiet: None,
    project: Project,
    users: dict[str, User],
    make_tasks: MakeTasks,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    """One of everything that an address can name."""
    settings.IMPORTS_DIR, settings.RELEASES_DIR = tmp_path / "imports", tmp_path / "releases"
    raters = {who: users[who] for who in ("lead", "reviewer", "rater")}
    _second_guideline(project, raters)
    tasks = make_tasks(project, 5, overlap=4)
    for rater in raters.values():
        judge(rater, lease(rater, project))
    leases = {who: str(lease(rater, project).pk) for who, rater in raters.items()}
    keys = {who: create_api_key(user=user, name="test") for who, user in users.items()}
    clients = {who: Client(raise_request_exception=False) for who in WHO}
    for who, user in users.items():
        clients[who].force_login(user)
        clients[who].defaults["HTTP_AUTHORIZATION"] = f"Token {keys[who].token}"
    own = {
        who: {
            "assignment_id": leases.get(who, leases["rater"]),
            "tokens": (token := str(keys.get(who, keys["lead"]).key.pk)),
            "token_id": token,
            "sessions": (
                session := str(SessionRecord.objects.get(user=users.get(who, users["lead"])).pk)
            ),
            "session_id": session,
        }
        for who in WHO
    }
    shared = _one_of_everything(project, users["lead"], clients["lead"])
    task = str(tasks[0].pk)
    return World(clients, {**shared, "tasks": task, "task_id": task}, own)


def _second_guideline(project: Project, raters: dict[str, User]) -> None:
    """Two versions, so that they can be compared; everybody who rates has read both."""
    spec = GuidelineSpec("New.", change_note="New.", principles=[PrincipleSpec("Be true")])
    second = publish_guideline(project=project, published_by=raters["lead"], spec=spec)
    for rater in raters.values():
        acknowledge(user=rater, guideline=second)


def _one_of_everything(project: Project, lead: User, client: Client) -> dict[str, str]:
    """What addresses name: a finished release, an import, an upload, an invitation, a member."""
    release = request_release(project=project, created_by=lead, recipe="raw", format="native")
    run_release(release.pk)
    assert Release.objects.get().state == "done"
    upload = client.post(f"/p/{project.slug}/imports/", {"text": '[{"id": "1"}]'})
    withdrawal = Withdrawal.objects.create(project=project, state="done", newest=0)
    change = TaskChange.objects.create(project=project, state="done", newest=0)
    invitation = invite(project=project, created_by=lead, role=Role.RATER)
    member = str(Membership.objects.get(project=project, user__name="Tao").pk)
    return {
        "slug": project.slug,
        "members": member,
        "member_id": member,
        "invitations": str(invitation.invitation.pk),
        "invitation_id": str(invitation.invitation.pk),
        "import_id": str(Import.objects.create(project=project, filename="x", state="done").pk),
        "sha256": _picture(project),
        "code": "BCDF",
        "flag": "unsafe",
        "rater": member,
        "profile_id": "0",
        "size": "full",
        "kind": "release",
        "task-changes": str(change.pk),
        "change_id": str(change.pk),
        "withdrawals": str(withdrawal.pk),
        "deletions": "0",
        "people": "0",
        "deletion_id": "0",
        "withdrawal_id": str(withdrawal.pk),
        "job_id": str(release.pk),
        "number": "1",
        "name": "manifest.json",
        "criterion": "overall",
        "key": "v2p1",
        "upload": upload.headers["Location"].rstrip("/").rpartition("/")[2],
        "token": invitation.token,
        "uidb64": "MQ",
    }


def _picture(project: Project) -> str:
    """A picture, whose address is its hash."""
    data = written(picture(), "PNG")
    kept = PreparedPicture("png", 60, 40, data)
    save_pictures([store_files(project_id=project.pk, picture=kept)])
    return kept.sha256


def test_every_address_is_in_the_table():
    assert {route for _, route in expected()} == set(addresses())


@pytest.mark.walk
def test_everybody_is_answered_as_the_table_says(world: World):
    wrong = []
    for (verb, route), codes in expected().items():
        answers = tuple(world.status(verb, route, who) for who in WHO)
        if answers != codes:
            wrong.append(f"{verb} {route}: {answers}, the table says {codes}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.walk
def test_no_address_knows_a_verb_that_is_not_in_the_table(world: World):
    known = set(expected())
    unlisted = [(v, route) for route in addresses() for v in VERBS if (v, route) not in known]
    answered = [call for call in unlisted if world.status(*call, "lead") != 405]
    assert not answered
    assert all(codes[0] != 405 for codes in expected().values())


@pytest.mark.walk
def test_the_admin_is_closed_to_everybody_but_operators(world: World):
    routes = {route for route in _routes() if route.startswith("admin/")}
    assert len(routes) > 20
    for route in routes - {"admin/login/", "admin/logout/"}:
        path = "/" + re.sub(r"<[^>]+>|\(\?P.*\)\$?$", "1", route).replace("^", "").replace("$", "")
        for who in ("lead", "anonymous"):
            reply = world.clients[who].get(path)
            assert reply.status_code in {302, 404}, path
            if reply.status_code == 302:
                assert "/login/" in reply.headers["Location"] or who == "lead", path
