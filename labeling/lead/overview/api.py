"""What needs a person now, by program."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.lead.overview.page import Need, needs_of
from labeling.lead.overview.report import overview_at_hand
from labeling.lead.overview.services import set_aside
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.models import Project
from projects.permissions import Action
from projects.sites import site_address

_TAGS = ["figures"]


class NeedSerializer(serializers.Serializer[Any]):
    """Something that a person can clear, and where."""

    kind = serializers.CharField()
    count = serializers.IntegerField()
    message = serializers.CharField()
    page = serializers.URLField(help_text="The page on which it is cleared.")
    may_set_aside = serializers.BooleanField(help_text="Whether `set-aside` clears it as well.")


class NeedsSerializer(serializers.Serializer[Any]):
    """What needs a person now, most urgent first."""

    computed_at = serializers.DateTimeField(
        allow_null=True, help_text="Of reported tasks. Null: at this moment."
    )
    needs = NeedSerializer(many=True)


def _needs_json(project: Project) -> dict[str, Any]:
    hand = overview_at_hand(project)
    return {
        "computed_at": hand.computed_at,
        "needs": [_need_json(need) for need in needs_of(project, hand.contested)],
    }


def _need_json(need: Need) -> dict[str, Any]:
    return {
        "kind": need.kind,
        "count": need.count,
        "message": need.sentence,
        "page": site_address(need.address),
        "may_set_aside": need.may_set_aside,
    }


class ProjectNeeds(ApiView):
    """What needs a person now."""

    @extend_schema(
        operation_id="list_needs",
        summary="What needs a person now, and where it is cleared",
        tags=_TAGS,
        responses={200: NeedsSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Only what somebody can act on: what takes nothing but time is left out."""
        return Response(_needs_json(self.access(slug, Action.CONFIGURE).project))


class NeedSetAside(ApiView):
    """A failure that needs nobody any more."""

    @extend_schema(
        operation_id="set_need_aside",
        summary="Set a failure aside",
        tags=_TAGS,
        request=None,
        responses={200: NeedsSerializer, **refusals(403, 404, 409)},
    )
    def post(self, request: Request, slug: str, kind: str) -> Response:
        """The next failure needs a person again. 409 where there is none to set aside."""
        access = self.access(slug, Action.CONFIGURE)
        set_aside(project=access.project, kind=kind, actor=access.user)
        return Response(_needs_json(access.project))
