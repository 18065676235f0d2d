"""What checks say of all raters, and their active time by day, by program."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.lead.raters.downloads import time_reply
from labeling.lead.raters.report import checks_at_hand
from labeling.lead.raters.serializers import ChecksSerializer, DaysSerializer, SinceSerializer
from labeling.teaching.checks.figures import anchors_since
from labeling.work.api import NOT_YET, not_yet
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.permissions import Action


class Checks(ApiView):
    """What checks say of all raters together."""

    @extend_schema(
        operation_id="read_checks",
        summary="Gold, self-consistency, susceptibility and anchors, of all raters together",
        tags=["checks"],
        parameters=[SinceSerializer],
        responses={200: ChecksSerializer, 202: NOT_YET, **refusals(400, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Those of each rater are in `raters/`, of the same moment."""
        project = self.access(slug, Action.SEE_RATERS).project
        asked = SinceSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        hand = checks_at_hand(project)
        if hand.figures is None:
            return not_yet(hand.progress)
        since = asked.validated_data.get("since")
        anchors = {"anchors": anchors_since(project, since)} if since else {}
        at = {"computed_at": hand.computed_at, "newer": hand.newer}
        return Response({**at, **hand.figures, **anchors})


class RaterTime(ApiView):
    """Active time by day."""

    @extend_schema(
        operation_id="download_rater_time",
        summary="Active time of each rater a day, as CSV",
        tags=["figures"],
        parameters=[DaysSerializer],
        responses={(200, "text/csv"): OpenApiTypes.STR, **refusals(400, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> StreamingHttpResponse:
        """Day (of your time zone), rater (a pseudonym of the project), judgments, milliseconds.

        Of every purpose alike, answers that were changed or taken back later included; not of
        what was imported. The name of the file says which days it covers.
        """
        access = self.access(slug, Action.MANAGE_MEMBERS)
        asked = DaysSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return time_reply(access.project, self.user(), asked.validated_data["days"])
