"""The operators' door to people and projects: it reads everything and writes through services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.admin_base import ReadOnlyAdmin, ServiceAdmin, operator
from projects.models import (
    Acknowledgement,
    ApiKey,
    AuditEvent,
    Criterion,
    Guideline,
    Invitation,
    Membership,
    OperatorNotice,
    OutgoingMail,
    Principle,
    Project,
    RubricVersion,
    SessionRecord,
    Throttle,
    User,
)
from projects.services.accounts import OPERATOR_FIELDS, update_user
from projects.services.emails import change_email
from projects.services.invitations import revoke_invitation
from projects.services.keys import revoke_api_key
from projects.services.members import create_user, remove_member, set_member
from projects.services.projects import EDITABLE, update_project

# Django's admin takes type parameters in the stubs only.
if TYPE_CHECKING:
    UserModelForm = forms.ModelForm[User]
else:
    UserModelForm = forms.ModelForm

admin.site.site_header = gettext_lazy("Concord administration")
admin.site.site_title = gettext_lazy("Concord administration")
admin.site.index_title = gettext_lazy("Everything that is stored")
admin.site.unregister(Group)


def log_in_elsewhere(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """Operators log in where everybody does, so that guesses are throttled here too."""
    if request.user.is_authenticated:
        raise PermissionDenied(_("Only operators may open the administration."))
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


def change_password_elsewhere(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """Operators change it where everybody does, so that it is told by mail and ends log-ins."""
    return HttpResponseRedirect(reverse("password_change"))


admin.site.login = log_in_elsewhere  # type: ignore[method-assign]
admin.site.password_change = change_password_elsewhere  # type: ignore[method-assign,assignment]


class NewUserForm(UserModelForm):
    """A new account; without a password its owner sets one by the reset link."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ["email", "name"]

    def clean_email(self) -> str:
        """Addresses are stored in lower case."""
        return str(self.cleaned_data["email"]).lower()


@admin.action(description=gettext_lazy("Erase the selected person"), permissions=["change"])
def erase_selected(
    model_admin: Any, request: HttpRequest, rows: QuerySet[User]
) -> HttpResponse | None:
    """Goes to the page that asks once more."""
    if rows.count() != 1:
        messages.error(request, _("Choose one person."))
        return None
    return HttpResponseRedirect(reverse("projects:person-erase", args=[rows.get().pk]))


@admin.register(User)
class UserAdmin(ServiceAdmin):
    """People and placeholders; accounts are switched off or erased, never deleted."""

    list_display = ["email", "name", "is_active", "is_staff", "is_placeholder", "created_at"]
    list_filter = ["is_active", "is_staff", "is_placeholder"]
    search_fields = ["email", "name"]
    ordering = ["-pk"]
    fields = [
        *("email", *OPERATOR_FIELDS, "is_placeholder", "placeholder_project", "last_login"),
        "erased_at",
    ]
    readonly_fields = ["is_placeholder", "placeholder_project", "last_login", "erased_at"]
    actions = [erase_selected]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Another form for a new account."""
        if obj is None:
            return NewUserForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What a new account needs, or all there is to see."""
        return ["email", "name", "password"] if obj is None else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new account's address is typed in; who has none gets none."""
        if obj is None:
            return []
        return [*self.readonly_fields, *(["email"] if obj.email is None else [])]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Judgments keep their rater."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Creates or changes through the service."""
        if change:
            changes = {field: form.cleaned_data[field] for field in form.changed_data}
            person = User.objects.get(pk=obj.pk)
            email = changes.pop("email", None)
            with transaction.atomic():
                if "email" in form.changed_data and "email" in request.POST:
                    change_email(user=person, email=email or "", actor=operator(request))
                update_user(user=person, actor=operator(request), changes=changes)
            return
        data = form.cleaned_data
        user = create_user(
            email=data["email"], name=data["name"], password=data["password"] or None
        )
        obj.pk = user.pk


@admin.register(Project)
class ProjectAdmin(ServiceAdmin):
    """Projects and their settings; they are created on the project desk."""

    list_display = ["name", "slug", "status", "is_demo", "overlap", "created_by", "created_at"]
    list_filter = ["status", "is_demo"]
    search_fields = ["name", "slug"]
    fields = ["slug", *EDITABLE, "template", "is_demo", "created_by", "created_at"]
    readonly_fields = ["slug", "template", "is_demo", "created_by", "created_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A project needs a rubric and a lead: it is created on the project desk."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Projects are archived."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Changes settings through the service, which logs old and new."""
        changes = {field: form.cleaned_data[field] for field in form.changed_data}
        project = Project.objects.get(pk=obj.pk)
        update_project(project=project, actor=operator(request), changes=changes)


@admin.register(Membership)
class MembershipAdmin(ServiceAdmin):
    """Who takes part where."""

    list_display = ["project", "user", "role", "rater_limit", "created_at"]
    list_filter = ["role"]
    list_select_related = ["project", "user"]
    search_fields = ["project__name", "user__email", "user__name"]
    autocomplete_fields = ["project", "user"]
    fields = ["project", "user", "role", "rater_limit"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A membership keeps its two ends."""
        return [] if obj is None else ["project", "user"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Sets role and limit through the service."""
        membership = set_member(
            project=obj.project,
            user=obj.user,
            role=obj.role,
            rater_limit=obj.rater_limit,
            actor=operator(request),
        )
        obj.pk = membership.pk

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Ends the membership through the service, which keeps the last lead."""
        remove_member(membership=obj, actor=operator(request))


@admin.action(description=gettext_lazy("Revoke the selected invitations"), permissions=["revoke"])
def revoke_invitations(model_admin: Any, request: HttpRequest, rows: QuerySet[Invitation]) -> None:
    """Makes the links useless at once."""
    for invitation in rows.select_related("project"):
        revoke_invitation(invitation=invitation, actor=operator(request))
    messages.success(request, _("The links no longer work."))


@admin.action(description=gettext_lazy("Revoke the selected tokens"), permissions=["revoke"])
def revoke_keys(model_admin: Any, request: HttpRequest, rows: QuerySet[ApiKey]) -> None:
    """Makes the tokens useless at once."""
    for key in rows.select_related("user"):
        revoke_api_key(key=key)
    messages.success(request, _("The tokens no longer work."))


class RevocableAdmin(ReadOnlyAdmin):
    """Rows that cannot be edited but made useless."""

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whether this operator may do everything."""
        return operator(request).is_superuser


@admin.register(Invitation)
class InvitationAdmin(RevocableAdmin):
    """Links, without their tokens."""

    list_display = ["project", "role", "status", "uses", "expires_at", "created_by"]
    list_select_related = ["project", "created_by"]
    exclude = ["token_hash"]
    actions = [revoke_invitations]


@admin.register(ApiKey)
class ApiKeyAdmin(RevocableAdmin):
    """Tokens, without their hashes."""

    list_display = [
        *("name", "user", "prefix", "scope", "created_at", "expires_at", "last_used_at"),
        "revoked_at",
    ]
    list_select_related = ["user"]
    search_fields = ["name", "user__email"]
    exclude = ["token_hash"]
    actions = [revoke_keys]


@admin.register(Guideline)
class GuidelineAdmin(ReadOnlyAdmin):
    """Published versions never change."""

    list_display = ["project", "number", "published_by", "published_at"]
    list_select_related = ["project", "published_by"]
    search_fields = ["project__name"]


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """Who did what; never changed."""

    list_display = ["at", "project", "actor", "verb", "detail"]
    list_select_related = ["project", "actor"]
    list_filter = ["verb"]
    search_fields = ["project__name", "actor__email"]


@admin.register(Criterion)
class CriterionAdmin(ReadOnlyAdmin):
    """The questions of every project."""

    list_display = ["project", "key", "scale_key", "is_primary", "is_required", "retired_at"]
    list_select_related = ["project"]
    search_fields = ["project__name", "key", "wording"]


@admin.register(RubricVersion)
class RubricVersionAdmin(ReadOnlyAdmin):
    """The questions as they were; never changed."""

    list_display = ["project", "number", "created_by", "created_at"]
    list_select_related = ["project", "created_by"]
    search_fields = ["project__name"]


@admin.register(Principle)
class PrincipleAdmin(ReadOnlyAdmin):
    """Clauses of published guidelines."""

    list_display = ["guideline", "number", "key", "title"]
    list_select_related = ["guideline"]


@admin.register(Acknowledgement)
class AcknowledgementAdmin(ReadOnlyAdmin):
    """Who read which version when."""

    list_display = ["guideline", "user", "seconds_open", "at"]
    list_select_related = ["guideline", "user"]


@admin.register(SessionRecord)
class SessionRecordAdmin(ReadOnlyAdmin):
    """Where people are logged in, without the sessions' keys."""

    list_display = ["user", "browser", "address", "started_at", "seen_at"]
    list_select_related = ["user"]
    search_fields = ["user__email", "address"]
    ordering = ["-seen_at"]
    exclude = ["session_key"]


@admin.register(Throttle)
class ThrottleAdmin(ReadOnlyAdmin):
    """Who has to wait after failures; accounts are hashed."""

    list_display = ["key", "count", "at", "free_at"]
    ordering = ["-at"]
    search_fields = ["key"]


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    """Mails that wait, were sent or were given up, without what they say."""

    list_display = ["kind", "address", "state", "attempts", "created_at", "sent_at", "error"]
    list_filter = ["state", "kind"]
    search_fields = ["address"]
    ordering = ["-pk"]
    exclude = ["detail"]


@admin.register(OperatorNotice)
class OperatorNoticeAdmin(ReadOnlyAdmin):
    """What the running instance noticed about its set-up."""

    list_display = ["kind", "seen_at"]
