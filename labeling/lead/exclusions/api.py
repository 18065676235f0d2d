"""Excluding judgments of a rater and lifting it, by program."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.lead.exclusions.selectors import exclusions_of, find_rater, range_of
from labeling.lead.exclusions.serializers import (
    ExcludedSerializer,
    ExclusionsSerializer,
    LiftingSerializer,
    NewExclusionSerializer,
    exclusion_json,
    range_json,
)
from labeling.lead.exclusions.services import check_exclusion, exclude_judgments, lift_exclusions
from labeling.work.sending import send
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.permissions import Action

_TAGS = ["figures"]


class RaterExclusion(ApiView):
    """What of a rater is excluded. The rater is an id of a membership, or a pseudonym as in
    `raters/`: also of somebody who left, or of imported labels."""

    @extend_schema(
        operation_id="read_exclusion",
        summary="What of a rater is excluded, and what was",
        tags=_TAGS,
        responses={200: ExclusionsSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str, rater: str) -> Response:
        """Newest first; those that were lifted stay in the list."""
        project = self.access(slug, Action.MANAGE_MEMBERS).project
        user = find_rater(project, rater).user
        rows = list(exclusions_of(project, user))
        excluded = sum(row.judgments for row in rows if row.lifted_at is None)
        return Response(
            {
                "rater": user.display_name,
                "excluded": excluded,
                "exclusions": list(map(exclusion_json, rows)),
            }
        )

    @extend_schema(
        operation_id="exclude_judgments",
        summary="Leave judgments of a rater out of figures and releases",
        tags=_TAGS,
        request=NewExclusionSerializer,
        responses={
            200: ExcludedSerializer,
            201: ExcludedSerializer,
            **refusals(400, 403, 404, 409),
        },
    )
    def post(self, request: Request, slug: str, rater: str) -> Response:
        """All until now, or those of some days of your time zone. With `dry_run` it only says how
        many. Repeating it changes nothing. 409 where nothing of theirs counts."""
        access = self.access(slug, Action.MANAGE_MEMBERS)
        project, user = access.project, find_rater(access.project, rater).user
        asked = dict(self.checked(NewExclusionSerializer))
        if asked.pop("dry_run"):
            check_exclusion(asked["reason"], asked["note"])
            within = range_of(project, user, asked["days"], access.user.zone)
            held = exclusions_of(project, user).in_force()
            return Response(
                {
                    "dry_run": True,
                    **range_json(within),
                    "exclusions": list(map(exclusion_json, held)),
                    "task_change": None,
                }
            )
        excluded = exclude_judgments(project=project, rater=user, actor=access.user, **asked)
        if excluded.change is not None:
            send(excluded.change)
        body = {
            "dry_run": False,
            **range_json(excluded.within),
            "exclusions": list(map(exclusion_json, excluded.exclusions)),
            "task_change": excluded.change.pk if excluded.change else None,
        }
        return Response(body, status=201 if excluded.is_new else 200)

    @extend_schema(
        operation_id="lift_exclusion",
        summary="Let the judgments of a rater count again",
        tags=_TAGS,
        request=None,
        responses={200: LiftingSerializer, **refusals(403, 404)},
    )
    def delete(self, request: Request, slug: str, rater: str) -> Response:
        """All that is excluded of them. Places that were opened and that nobody took close again.
        Repeating it changes nothing."""
        access = self.access(slug, Action.MANAGE_MEMBERS)
        user = find_rater(access.project, rater).user
        lifted = lift_exclusions(project=access.project, rater=user, actor=access.user)
        for change in lifted.changes:
            send(change)
        return Response(
            {
                "lifted": lifted.exclusions,
                "judgments": lifted.judgments,
                "task_changes": [change.pk for change in lifted.changes],
            }
        )
