"""Models as judgments rank them, by program."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.lead.ranking.downloads import ranking_reply
from labeling.lead.ranking.report import ranking_at_hand
from labeling.lead.ranking.selectors import ranked_criteria
from labeling.lead.ranking.serializers import RankingQuerySerializer, RankingSerializer
from labeling.work.api import NOT_YET, not_yet
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.exceptions import InvalidInput
from projects.permissions import Action


class ModelRanking(ApiView):
    """The ranking of a project's models."""

    @extend_schema(
        operation_id="read_models",
        summary="Models: win rates, strengths and who is not separable, each figure with interval",
        tags=["figures"],
        parameters=[RankingQuerySerializer],
        responses={200: RankingSerializer, 202: NOT_YET, **refusals(400, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Where models fall into islands that never met, no number reaches across; `reason` names
        them. A figure without a value says why."""
        project = self.access(slug, Action.SEE_MODELS).project
        asked = RankingQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        criteria = {row.key: row for row in ranked_criteria(project)}
        key = values.get("criterion") or next(iter(criteria), "")
        if key not in criteria:
            sentence = _(
                "No question of that key compares responses here; those that do: %(keys)s."
            )
            message = sentence % {"keys": ", ".join(criteria) or "–"}
            raise InvalidInput(message, fields={"criterion": message})
        hand = ranking_at_hand(criteria[key], values["category"])
        if hand.figures is None:
            return not_yet(hand.progress)
        return Response(ranking_reply(hand, **{**values, "criterion": key}))
