"""The audit log, by program."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from projects.api.replies import PAGE_PARAMETERS, paged, refusals
from projects.api.views import ApiView, page_reply
from projects.models import AuditEvent
from projects.permissions import Action
from projects.selectors.people import audit_log


class AuditEventSerializer(serializers.Serializer[Any]):
    """Who did what."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField(allow_blank=True, help_text="Empty: the system.")
    verb = serializers.CharField(help_text="In English, whatever the reader's language.")
    detail = serializers.DictField()


def _event_json(event: AuditEvent) -> dict[str, Any]:
    return {
        "id": event.pk,
        "at": event.at,
        "actor": event.actor.display_name if event.actor else "",
        "verb": event.verb,
        "detail": event.detail,
    }


class AuditLog(ApiView):
    """Who changed the project's rules and people."""

    @extend_schema(
        operation_id="list_audit_events",
        summary="The audit log, newest first",
        tags=["audit"],
        parameters=PAGE_PARAMETERS,
        responses={200: paged(AuditEventSerializer), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Nothing in it can be edited."""
        project = self.access(slug, Action.SEE_AUDIT).project
        return page_reply(self, audit_log(project), _event_json)
