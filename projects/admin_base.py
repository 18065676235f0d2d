"""What the pages of the administration have in common: they show, and write through services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from projects.exceptions import ConcordError
from projects.models import User

# Django's admin takes type parameters in the stubs only.
if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
else:
    AnyModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(AnyModelAdmin):
    """Shows rows and changes none: what is append-only, or is written by the app alone."""

    # Counting a million rows once a page is enough.
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds rows here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes rows here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes rows here."""
        return False


class ServiceAdmin(AnyModelAdmin):
    """Writes through services; a refusal is a sentence above the page, and nothing is written."""

    show_full_result_count = False
    list_per_page = 50

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Shows the refusal of a service on the form it came from."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ConcordError as error:
            return _refused(request, error)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Shows the refusal of a service on the page it came from."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except ConcordError as error:
            return _refused(request, error)

    def get_actions(self, request: HttpRequest) -> Any:
        """Deleting in bulk would pass by the services."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


def _refused(request: HttpRequest, error: ConcordError) -> HttpResponse:
    sentence = " ".join(error.fields.values()) or error.message
    messages.error(request, _("Nothing changed. %(reason)s") % {"reason": sentence})
    return HttpResponseRedirect(request.get_full_path())


def operator(request: HttpRequest) -> User:
    """Who is at this door."""
    assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
    return request.user
