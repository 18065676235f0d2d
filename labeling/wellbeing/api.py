"""Topics by program, how one is, and how tasks weigh on raters."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.wellbeing.check_ins import check_in
from labeling.wellbeing.exposure import own_exposure
from labeling.wellbeing.report import wellbeing_at_hand
from labeling.wellbeing.selectors import OWN_DAYS, ChosenTopic, chosen_topics
from labeling.wellbeing.serializers import (
    CheckInKeptSerializer,
    ChosenTopicSerializer,
    NewCheckInSerializer,
    NewTopicSerializer,
    OwnWellbeingSerializer,
    TopicChoicesSerializer,
    WellbeingSerializer,
    chosen_json,
    own_exposure_json,
)
from labeling.wellbeing.services import choose_topics, describe_topic
from labeling.work.api import NOT_YET, not_yet
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.models import ApiKey
from projects.permissions import Action

_TAGS, _CARE = ["topics"], ["wellbeing"]


class Topics(ApiView):
    """The topics of a project."""

    @extend_schema(
        operation_id="list_topics",
        summary="What tasks may touch, and what you chose",
        tags=_TAGS,
        responses={200: ChosenTopicSerializer(many=True), **refusals(404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Those that raters are asked about, in their newest version."""
        access = self.access(slug, Action.SEE)
        return Response([chosen_json(row) for row in chosen_topics(access.project, access.user)])

    @extend_schema(
        operation_id="describe_topic",
        summary="Say what a topic is, before raters choose",
        tags=_TAGS,
        request=NewTopicSerializer,
        responses={201: ChosenTopicSerializer, **refusals(400, 403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """A new version; raters choose anew about it. The same again changes nothing."""
        access = self.access(slug, Action.CONFIGURE)
        said = self.checked(NewTopicSerializer)
        topic = describe_topic(
            project=access.project, actor=access.user, key=said.pop("topic"), said=said
        )
        return Response(chosen_json(ChosenTopic(topic, None)), status=201)


class TopicChoices(ApiView):
    """What the asker chose."""

    scope = ApiKey.Scope.RATE

    @extend_schema(
        operation_id="choose_topics",
        summary="Choose which topics you see",
        tags=_TAGS,
        request=TopicChoicesSerializer,
        responses={200: ChosenTopicSerializer(many=True), **refusals(400, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """You may change your mind at any time: what you hold of a topic is given back then."""
        access = self.access(slug, Action.RATE)
        rows = self.checked(TopicChoicesSerializer)["choices"]
        choices = {row["topic"]: (row["version"], row["agrees"]) for row in rows}
        choose_topics(project=access.project, user=access.user, choices=choices)
        return Response([chosen_json(row) for row in chosen_topics(access.project, access.user)])


class CheckIns(ApiView):
    """How the asker is."""

    scope = ApiKey.Scope.RATE

    @extend_schema(
        operation_id="read_own_wellbeing",
        summary="What you had of topics lately, and whether you are asked how you are",
        tags=_CARE,
        responses={200: OwnWellbeingSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Yours alone."""
        access = self.access(slug, Action.RATE)
        since = timezone.now() - timedelta(days=OWN_DAYS)
        rows = own_exposure(rater=access.user, project=access.project, since=since)
        return Response(
            {
                "is_due": access.membership.is_check_in_due,
                "support_url": access.project.support_url,
                "exposure": [own_exposure_json(row) for row in rows],
            }
        )

    @extend_schema(
        operation_id="check_in",
        summary="Say how you are, if you like",
        tags=_CARE,
        request=NewCheckInSerializer,
        responses={201: CheckInKeptSerializer, **refusals(400, 403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Nobody reads it by itself; empty, you are not asked again for a while."""
        access = self.access(slug, Action.RATE)
        row = check_in(membership=access.membership, **self.checked(NewCheckInSerializer))
        return Response({"kept": row is not None}, status=201)


class Wellbeing(ApiView):
    """How tasks weigh on raters."""

    @extend_schema(
        operation_id="read_wellbeing",
        summary="Exposure, skips, caps and how raters are, of at least five people each",
        tags=_CARE,
        responses={200: WellbeingSerializer, 202: NOT_YET, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Of twelve weeks that are over; nothing by name."""
        hand = wellbeing_at_hand(self.access(slug, Action.SEE_RATERS).project)
        return not_yet(hand.progress) if hand.figures is None else Response(hand.figures)
