"""The operators' door: it shows every row, and what it writes goes through services."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from labeling.models import Judgment
from projects.models import AuditEvent, Membership, Project, Role, User
from projects.services.keys import authenticate_key, create_api_key
from projects.services.members import create_user
from tests.conftest import judge, lease

pytestmark = pytest.mark.django_db

OURS = [
    model for model in admin.site._registry if model._meta.app_label in ("projects", "labeling")
]


@pytest.fixture
def operator(db) -> Client:
    user = User.objects.create_superuser("ops@example.com", "a long password")
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_model_has_a_list_and_a_page_a_row(
    operator: Client, project: Project, rui: User, make_tasks, model
):
    make_tasks(project, 1)
    judge(rui, lease(rui, project))
    base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    assert operator.get(reverse(f"{base}_changelist"), {"q": "x"}).status_code == 200
    row = model._default_manager.first()
    if row is not None:
        assert operator.get(reverse(f"{base}_change", args=[row.pk])).status_code == 200


def test_a_table_of_millions_keeps_one_order_and_is_looked_through_by_whole_ids(
    operator: Client, project: Project, rui: User, make_tasks
):
    make_tasks(project, 3)
    for _ in range(3):
        judge(rui, lease(rui, project))
    url = reverse("admin:labeling_judgment_changelist")
    newest_first = list(Judgment.objects.order_by("-pk").values_list("pk", flat=True))
    for order in ("1", "-1", "3.-2"):
        shown = operator.get(url, {"o": order}).context["cl"].result_list
        assert [row.pk for row in shown] == newest_first
    name = Judgment.objects.get(pk=newest_first[1]).task.external_id
    for words, rows in ((name, newest_first[1:2]), (name[:-1], []), (name.upper() + "x", [])):
        shown = operator.get(url, {"q": words}).context["cl"].result_list
        assert [row.pk for row in shown] == rows


def test_an_append_only_row_has_no_form(operator: Client, project: Project, rui: User, make_tasks):
    make_tasks(project, 1)
    judge(rui, lease(rui, project))
    url = reverse("admin:labeling_judgment_change", args=[Judgment.objects.get().pk])
    assert 'name="_save"' not in operator.get(url).content.decode()
    assert operator.post(url, {"rationale": "forged"}).status_code == 403
    assert operator.post(url.replace("change", "delete")).status_code == 403


def test_a_new_account_is_made_by_the_service(operator: Client):
    url = reverse("admin:projects_user_add")
    operator.post(url, {"email": "New@Example.com", "name": "New", "password": ""})
    assert not User.objects.get(email="new@example.com").has_usable_password()
    reply = operator.post(
        url, {"email": "b@example.com", "name": "", "password": "12345678"}, follow=True
    )
    assert "Nothing changed." in reply.content.decode()
    assert not User.objects.filter(email="b@example.com").exists()


def test_switching_an_account_off_is_logged(operator: Client, rui: User):
    url = reverse("admin:projects_user_change", args=[rui.pk])
    operator.post(url, {"name": "Rui", "time_zone": "UTC"})
    rui.refresh_from_db()
    assert not rui.is_active
    assert AuditEvent.objects.get(verb="account changed").detail["fields"] == ["is_active"]


def test_the_last_lead_cannot_be_removed_here_either(
    operator: Client, project: Project, lena: User
):
    member = Membership.objects.get(project=project, user=lena)
    url = reverse("admin:projects_membership_delete", args=[member.pk])
    reply = operator.post(url, {"post": "yes"}, follow=True)
    assert "keeps at least one lead" in reply.content.decode()
    url = reverse("admin:projects_membership_change", args=[member.pk])
    operator.post(url, {"role": "rater", "rater_limit": ""})
    member.refresh_from_db()
    assert member.role == Role.LEAD


def test_project_settings_are_changed_and_logged(operator: Client, project: Project):
    url = reverse("admin:projects_project_change", args=[project.pk])
    form = operator.get(url).context["adminform"].form
    data = {
        k: v
        for k, v in form.initial.items()
        if k in form.fields and v is not None and v is not False
    }
    operator.post(url, {**data, "status": "paused"})
    project.refresh_from_db()
    assert project.status == "paused"
    assert AuditEvent.objects.get(verb="settings changed").detail == {
        "status": ["active", "paused"]
    }


def test_tokens_are_revoked_but_never_shown(operator: Client, lena: User):
    new = create_api_key(user=lena, name="cluster")
    url = reverse("admin:projects_apikey_changelist")
    operator.post(url, {"action": "revoke_keys", "_selected_action": [new.key.pk]})
    assert authenticate_key(token=new.token) is None
    page = operator.get(reverse("admin:projects_apikey_change", args=[new.key.pk]))
    assert new.key.token_hash not in page.content.decode()


def test_guessing_at_the_administration_is_sent_to_the_throttled_log_in():
    reply = Client().get("/admin/", follow=True)
    assert reply.redirect_chain[-1][0].startswith("/login/?next=/admin/")


def test_a_member_who_is_no_operator_is_told_so(lena: User, client_for):
    assert client_for(lena).get("/admin/", follow=True).status_code == 403
    assert create_user(email="z@example.com").is_staff is False


def test_operators_change_their_password_where_everybody_does(operator: Client):
    reply = operator.get("/admin/password_change/")
    assert reply.headers["Location"] == "/password/change/"
