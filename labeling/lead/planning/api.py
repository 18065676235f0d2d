"""The planner by program."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.lead.planning.report import plan_report
from labeling.lead.planning.serializers import PlanQuerySerializer, PlanSerializer
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.permissions import Action


class Planner(ApiView):
    """What a plan tells and costs."""

    @extend_schema(
        operation_id="read_plan",
        summary="Raters, overlap and cost against width of interval and difference to be seen",
        tags=["figures"],
        parameters=[PlanQuerySerializer],
        responses={200: PlanSerializer, **refusals(400, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Nothing is stored. Numbers are rounded up and say what they assume; none is a promise."""
        project = self.access(slug, Action.PLAN_TASKS).project
        asked = PlanQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return Response(plan_report(project, asked.validated_data))
