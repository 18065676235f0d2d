"""Topics by program: what is said of them, and what one chooses."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.wellbeing.selectors import ChosenTopic, chosen_topics
from labeling.wellbeing.serializers import (
    ChosenTopicSerializer,
    NewTopicSerializer,
    TopicChoicesSerializer,
    chosen_json,
)
from labeling.wellbeing.services import choose_topics, describe_topic
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.models import ApiKey
from projects.permissions import Action

_TAGS = ["topics"]


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
