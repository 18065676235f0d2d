"""A project deleted by program."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.erasure.services import find_deletion, request_deletion, retry_deletion
from labeling.models import Deletion
from labeling.work.sending import send
from projects.access import require_row
from projects.api.parsing import StrictSerializer
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.models import AuditEvent, User
from projects.permissions import Action

_TAGS = ["projects"]


class ProjectNameSerializer(StrictSerializer):
    """The name of the project, typed: a slug is too easily another's."""

    name = serializers.CharField(max_length=120)


class DeletionSerializer(serializers.Serializer[Any]):
    """A project that goes: `gone` once nothing of it is left but its line in the log."""

    id = serializers.IntegerField()
    project = serializers.CharField(help_text="The name that it had.")
    gone = serializers.BooleanField()
    percent = serializers.IntegerField()
    error = serializers.CharField(allow_blank=True, help_text="Why it got no further.")


def _deletion_json(event: AuditEvent, row: Deletion | None) -> dict[str, Any]:
    return {
        "id": event.pk,
        "project": event.detail.get("name", ""),
        "gone": row is None,
        "percent": row.percent if row else 100,
        "error": row.error if row else "",
    }


def _find(reader: User, deletion_id: int) -> tuple[AuditEvent, Deletion | None]:
    sentence = _("There is no such deletion, or it was not you who asked for it.")
    return require_row(find_deletion(deletion_id, reader), sentence)


class ProjectDeletion(ApiView):
    """The end of a project."""

    @extend_schema(
        operation_id="delete_project",
        summary="Delete a project with everything in it and its files",
        tags=_TAGS,
        request=ProjectNameSerializer,
        responses={202: DeletionSerializer, **refusals(400, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Leads, by its name. It is closed to everybody at once; a job deletes it."""
        access = self.access(slug, Action.DELETE)
        name = self.checked(ProjectNameSerializer)["name"]
        row = request_deletion(project=access.project, actor=access.user, typed_name=name)
        send(row)
        location = reverse("api:deletion", args=[row.event_id])
        return Response(_deletion_json(row.event, row), status=202, headers={"Location": location})


class DeletionRetry(ApiView):
    """Another try of a deletion."""

    @extend_schema(
        operation_id="retry_deletion",
        summary="Go on with a deletion that failed",
        tags=_TAGS,
        request=None,
        responses={202: DeletionSerializer, **refusals(404, 409)},
    )
    def post(self, request: Request, deletion_id: int) -> Response:
        """409 where it is under way. Whoever asked for it may."""
        event, row = _find(self.user(), deletion_id)
        if row is not None:
            retry_deletion(row)
            send(row)
        return Response(_deletion_json(event, row), status=202)


class OneDeletion(ApiView):
    """How far the end of a project is."""

    @extend_schema(
        operation_id="read_deletion",
        summary="How far the deletion of a project is",
        tags=_TAGS,
        responses={200: DeletionSerializer, **refusals(404)},
    )
    def get(self, request: Request, deletion_id: int) -> Response:
        """For who asked for it, and operators."""
        return Response(_deletion_json(*_find(self.user(), deletion_id)))
