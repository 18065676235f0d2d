"""The reasons that raters may pick: read, and written as one list."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from projects.api.parsing import StrictSerializer
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.models import Reason
from projects.models.reasons import REASON_LENGTH
from projects.permissions import Action
from projects.services.reasons import ReasonSpec, offered_reasons, set_reasons


class NewReasonSerializer(StrictSerializer):
    """One reason; its code stays, whatever it is worded as."""

    code = serializers.CharField(max_length=40)
    label = serializers.CharField(max_length=REASON_LENGTH)  # type: ignore[assignment]
    needs_words = serializers.BooleanField(
        default=False, help_text="It goes with a sentence of the rater's."
    )


class NewReasonsSerializer(StrictSerializer):
    """All reasons that are to be offered, in order."""

    reasons = NewReasonSerializer(many=True)


class OfferedReasonSerializer(serializers.Serializer[Any]):
    """One reason that raters may pick."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    needs_words = serializers.BooleanField()


class ReasonsSerializer(serializers.Serializer[Any]):
    """What raters may pick, in order."""

    reasons = OfferedReasonSerializer(many=True)


class ProjectReasons(ApiView):
    """The reasons of a project."""

    @extend_schema(
        operation_id="project_reasons",
        summary="The reasons that raters may pick",
        tags=["projects"],
        responses={200: ReasonsSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """In the order in which raters get them; a judgment names them by code."""
        access = self.access(slug, Action.SEE)
        return Response(_json(offered_reasons(access.project)))

    @extend_schema(
        operation_id="set_project_reasons",
        summary="Write the list of reasons",
        tags=["projects"],
        request=NewReasonsSerializer,
        responses={200: ReasonsSerializer, **refusals(400, 403, 404)},
    )
    def put(self, request: Request, slug: str) -> Response:
        """A code that is left out is offered no more; judgments that name it keep it."""
        access = self.access(slug, Action.CONFIGURE)
        values = self.checked(NewReasonsSerializer)
        specs = [ReasonSpec(**reason) for reason in values["reasons"]]
        offered = set_reasons(project=access.project, actor=access.user, reasons=specs)
        return Response(_json(offered))


def _json(reasons: list[Reason]) -> dict[str, Any]:
    return {
        "reasons": [
            {"code": reason.code, "label": reason.label, "needs_words": reason.needs_words}
            for reason in reasons
        ]
    }
