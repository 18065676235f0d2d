"""Drafts of the guideline, and who has read its versions, by program."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from projects.access import require_row
from projects.api.guidelines import NewVersionSerializer
from projects.api.replies import PAGE_PARAMETERS, paged, refusals
from projects.api.views import ApiView, page_at_once
from projects.guidelines.drafts import discard_draft, draft_of, save_draft
from projects.guidelines.readers import Reading, guideline_readers, readings_of
from projects.guidelines.selectors import current_guideline
from projects.models import GuidelineDraft, Membership, Role
from projects.permissions import Action

_TAGS = ["guideline"]


class NewGuidelineDraftSerializer(NewVersionSerializer):
    """What you are writing; it need not be ready to be published."""

    text = serializers.CharField(default="", allow_blank=True)
    revision = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        help_text="The saving that you saw last, 0 for none: 409 where there was another since.",
    )


class GuidelineDraftSerializer(serializers.Serializer[Any]):
    """Your draft as it was saved last."""

    content = serializers.DictField(help_text="What `publish_guideline` takes.")
    based_on = serializers.IntegerField(help_text="The version that it began from; 0 for none.")
    revision = serializers.IntegerField(help_text="Counts the savings.")
    saved_at = serializers.DateTimeField()


class ReadingSerializer(serializers.Serializer[Any]):
    """The newest version that a member has read."""

    member = serializers.IntegerField(help_text="Of the membership.")
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)
    version = serializers.IntegerField(allow_null=True, help_text="null: none yet.")
    read_at = serializers.DateTimeField(allow_null=True)
    seconds_open = serializers.IntegerField(
        allow_null=True, help_text="So long it was open; 0 where nobody measured."
    )
    is_current = serializers.BooleanField(help_text="Whether it gives them tasks.")
    reminded_at = serializers.DateTimeField(allow_null=True)


def _draft_json(draft: GuidelineDraft) -> dict[str, Any]:
    names = ("content", "based_on", "revision", "saved_at")
    return {name: getattr(draft, name) for name in names}


class OwnDraft(ApiView):
    """The draft of the guideline of whoever asks; each lead has their own."""

    @extend_schema(
        operation_id="read_guideline_draft",
        summary="My draft of the guideline",
        tags=_TAGS,
        responses={200: GuidelineDraftSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """As it was saved last; 404 where there is none."""
        access = self.access(slug, Action.EDIT_GUIDELINE)
        draft = require_row(draft_of(access.project, access.user), _("You have no draft here."))
        return Response(_draft_json(draft))

    @extend_schema(
        operation_id="save_guideline_draft",
        summary="Save my draft of the guideline",
        tags=_TAGS,
        request=NewGuidelineDraftSerializer,
        responses={200: GuidelineDraftSerializer, **refusals(400, 403, 404, 409)},
    )
    def put(self, request: Request, slug: str) -> Response:
        """In place of what was saved before; nothing is published."""
        access = self.access(slug, Action.EDIT_GUIDELINE)
        content = dict(self.checked(NewGuidelineDraftSerializer))
        newest = current_guideline(access.project)
        based_on = content.pop("based_on", newest.number if newest else 0)
        draft = save_draft(
            project=access.project,
            author=access.user,
            revision=content.pop("revision", None),
            content=content,
            based_on=based_on,
        )
        return Response(_draft_json(draft))

    @extend_schema(
        operation_id="discard_guideline_draft",
        summary="Throw my draft of the guideline away",
        tags=_TAGS,
        request=None,
        responses={204: OpenApiResponse(description="Gone."), **refusals(403, 404)},
    )
    def delete(self, request: Request, slug: str) -> Response:
        """Where there is none, nothing happens."""
        access = self.access(slug, Action.EDIT_GUIDELINE)
        discard_draft(project=access.project, author=access.user)
        return Response(status=204)


class GuidelineReaders(ApiView):
    """Who has read the guideline."""

    @extend_schema(
        operation_id="list_guideline_readers",
        summary="Who has read which version, when and for how long",
        tags=_TAGS,
        parameters=PAGE_PARAMETERS,
        responses={200: paged(ReadingSerializer), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Members in the order of their names."""
        access = self.access(slug, Action.MANAGE_MEMBERS)
        newest = current_guideline(access.project)

        def to_json(members: list[Membership]) -> list[dict[str, Any]]:
            return list(map(_reading_json, readings_of(access.project, newest, members)))

        return page_at_once(self, guideline_readers(access.project), to_json)


def _reading_json(reading: Reading) -> dict[str, Any]:
    last = reading.acknowledgement
    return {
        "member": reading.member.pk,
        "name": reading.member.user.display_name,
        "role": reading.member.role,
        "version": last.guideline.number if last else None,
        "read_at": last.at if last else None,
        "seconds_open": last.seconds_open if last else None,
        "is_current": reading.is_current,
        "reminded_at": reading.member.reminded_at,
    }
