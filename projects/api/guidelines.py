"""Versions of the guideline, by program."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from projects.access import Access, require_row
from projects.api.guideline_serializers import (
    ExampleSerializer,
    GuidanceSerializer,
    NewGuidelineSerializer,
    guideline_spec_of,
)
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.guidelines.content import PRINCIPLE_WORDS
from projects.guidelines.selectors import principles_of
from projects.guidelines.services import publish_guideline, restore_version
from projects.guidelines.versions import compare, get_version, versions
from projects.models import ChangeSize, Guideline
from projects.permissions import Action

_TAGS = ["guideline"]


class ListedVersionSerializer(serializers.Serializer[Any]):
    """A version of the guideline in a list."""

    number = serializers.IntegerField()
    change_note = serializers.CharField(allow_blank=True)
    change_size = serializers.ChoiceField(
        choices=ChangeSize.choices, help_text="After a minor change raters go on without reading."
    )
    published_by = serializers.CharField(allow_blank=True)
    published_at = serializers.DateTimeField()


class ClauseSerializer(serializers.Serializer[Any]):
    """A principle with its wording for models."""

    number = serializers.IntegerField()
    key = serializers.CharField(help_text="The same in every version that holds it.")
    title = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    training_form = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField(help_text="Counts its wordings.")
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    scope = serializers.CharField(allow_blank=True)
    precedence = serializers.IntegerField(help_text="The lower prevails; 0: not said.")
    examples_for = serializers.CharField(allow_blank=True)
    examples_against = serializers.CharField(allow_blank=True)


class VersionSerializer(ListedVersionSerializer):
    """A version as it was published."""

    text = serializers.CharField()
    priority_order = serializers.CharField(allow_blank=True)
    trade_off_rule = serializers.CharField(allow_blank=True)
    guidance = GuidanceSerializer(many=True)
    principles = ClauseSerializer(many=True)
    examples = ExampleSerializer(many=True)


class NewVersionSerializer(NewGuidelineSerializer):
    """The next version, whole: what it does not say, it does not hold."""

    change_note = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=2000,
        help_text="What changed, in a sentence; every version but the first needs it.",
    )
    change_size = serializers.ChoiceField(choices=ChangeSize.choices, default=ChangeSize.MAJOR)
    quiz_again = serializers.BooleanField(
        default=False, help_text="Every rater answers the quiz again; with a major change only."
    )
    based_on = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        help_text="The version that you improved on: 409 where another was published since.",
    )


class DifferenceQuerySerializer(serializers.Serializer[Any]):
    """Which version to compare with."""

    since = serializers.IntegerField(
        required=False, min_value=1, help_text="A version; the one before unless told."
    )


class DifferenceLineSerializer(serializers.Serializer[Any]):
    """One line: `same`, `added`, `removed`, or a `gap` of unchanged lines."""

    kind = serializers.CharField()
    text = serializers.CharField(allow_blank=True)


class DifferenceSerializer(serializers.Serializer[Any]):
    """One part of the guideline in which something changed."""

    title = serializers.CharField()
    lines = DifferenceLineSerializer(many=True)


def _listed(version: Guideline) -> dict[str, Any]:
    by = version.published_by
    return {
        "number": version.number,
        "change_note": version.change_note,
        "change_size": version.change_size,
        "published_by": by.display_name if by else "",
        "published_at": version.published_at,
    }


def _whole(version: Guideline) -> dict[str, Any]:
    clauses = principles_of(version).values("number", "key", "version", *PRINCIPLE_WORDS)
    return {
        **_listed(version),
        "text": version.text,
        "priority_order": version.priority_order,
        "trade_off_rule": version.trade_off_rule,
        "guidance": version.guidance,
        "principles": list(clauses),
        "examples": version.examples,
    }


def _version(access: Access, number: int) -> Guideline:
    version = get_version(access.project, number)
    return require_row(version, _("There is no such version of the guideline."))


class GuidelineVersions(ApiView):
    """The versions of a project's guideline."""

    @extend_schema(
        operation_id="list_guideline_versions",
        summary="Versions of the guideline, newest first",
        tags=_TAGS,
        responses={200: ListedVersionSerializer(many=True), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """All that were published; the first is in force."""
        access = self.access(slug, Action.SEE_GUIDELINE)
        return Response([_listed(version) for version in versions(access.project)])

    @extend_schema(
        operation_id="publish_guideline",
        summary="Publish the next version of the guideline",
        tags=_TAGS,
        request=NewVersionSerializer,
        responses={201: VersionSerializer, **refusals(400, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Raters read it before their next task, unless the change is minor. It can never be
        changed, only followed; one that changes nothing, or does not say what, is refused. Its
        examples become those of the project."""
        access = self.access(slug, Action.EDIT_GUIDELINE)
        values = dict(self.checked(NewVersionSerializer))
        based_on, asks_quiz = values.pop("based_on", None), values.pop("quiz_again")
        version = publish_guideline(
            project=access.project,
            published_by=access.user,
            spec=guideline_spec_of(values),
            based_on=based_on,
            asks_quiz=asks_quiz,
        )
        location = reverse("api:guideline-version", args=[slug, version.number])
        return Response(_whole(version), status=201, headers={"Location": location})


class OneGuidelineVersion(ApiView):
    """One version."""

    @extend_schema(
        operation_id="read_guideline_version",
        summary="A version of the guideline",
        tags=_TAGS,
        responses={200: VersionSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str, number: int) -> Response:
        """As it was published."""
        return Response(_whole(_version(self.access(slug, Action.SEE_GUIDELINE), number)))


class RestoredVersion(ApiView):
    """An old version, published again."""

    @extend_schema(
        operation_id="restore_guideline_version",
        summary="Publish an old version as a new one",
        tags=_TAGS,
        request=None,
        responses={201: VersionSerializer, **refusals(400, 403, 404)},
    )
    def post(self, request: Request, slug: str, number: int) -> Response:
        """For raters to read; 400 where the current version says the same."""
        access = self.access(slug, Action.EDIT_GUIDELINE)
        version = restore_version(version=_version(access, number), restored_by=access.user)
        location = reverse("api:guideline-version", args=[slug, version.number])
        return Response(_whole(version), status=201, headers={"Location": location})


class GuidelineDifference(ApiView):
    """What changed from one version to another."""

    @extend_schema(
        operation_id="compare_guideline_versions",
        summary="What changed in a version",
        tags=_TAGS,
        parameters=[DifferenceQuerySerializer],
        responses={200: DifferenceSerializer(many=True), **refusals(400, 403, 404)},
    )
    def get(self, request: Request, slug: str, number: int) -> Response:
        """Part by part, with a little of what stayed; parts that are alike are left out."""
        access = self.access(slug, Action.SEE_GUIDELINE)
        query = DifferenceQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        after = _version(access, number)
        before = _version(access, query.validated_data.get("since", max(1, number - 1)))
        return Response(
            [
                {
                    "title": section.title,
                    "lines": [{"kind": line.kind, "text": line.text} for line in section.lines],
                }
                for section in compare(before, after)
            ]
        )
