"""Training and qualification by program."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.figures.stages import stage_task_counts
from labeling.teaching.qualification.page import own_context
from labeling.teaching.qualification.selectors import (
    asked_members,
    candidates_of,
    funnel_of,
    lacking,
)
from labeling.teaching.qualification.serializers import (
    CandidateSerializer,
    DecisionSerializer,
    NewStageTasksSerializer,
    OwnQualificationSerializer,
    QualificationSerializer,
    StageTaskSerializer,
    candidate_json,
    own_json,
    stage_task_json,
)
from labeling.teaching.qualification.services import (
    add_stage_tasks,
    begin_stage,
    decide_by_hand,
)
from projects.access import require_row
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.models import ApiKey
from projects.permissions import Action

_TAGS = ["qualification"]


class Qualification(ApiView):
    """How raters come to live tasks, for leads."""

    @extend_schema(
        operation_id="read_qualification",
        summary="Candidates without names until they are decided, and how many got how far",
        tags=_TAGS,
        responses={200: QualificationSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """The settings are those of the project: `training_tasks`, `qualification_tasks` and the
        others, changed by `PATCH projects/{slug}/`."""
        project = self.access(slug, Action.TEACH).project
        members = asked_members(project)
        body = {
            "funnel": funnel_of(project, members),
            "pool": stage_task_counts(project),
            "lacking": [lack.stage for lack in lacking(project)],
            "candidates": [candidate_json(row) for row in candidates_of(project, members)],
        }
        return Response(body)


class MadeStageTasks(ApiView):
    """The tasks of a stage."""

    @extend_schema(
        operation_id="add_stage_tasks",
        summary="Make tasks for training or qualification of gold tasks",
        tags=_TAGS,
        request=NewStageTasksSerializer,
        responses={201: StageTaskSerializer(many=True), **refusals(400, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Copies of those in `tasks`, or of `count` that no stage has yet; what is right follows
        the gold task. Withdraw a copy to take it out."""
        access = self.access(slug, Action.TEACH)
        made = add_stage_tasks(
            project=access.project, actor=access.user, **self.checked(NewStageTasksSerializer)
        )
        return Response([stage_task_json(task) for task in made], status=201)


class OneCandidate(ApiView):
    """One candidate."""

    @extend_schema(
        operation_id="decide_candidate",
        summary="Pass a candidate by hand, say not yet, or let them begin anew",
        tags=_TAGS,
        request=DecisionSerializer,
        responses={200: CandidateSerializer, **refusals(400, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str, code: str) -> Response:
        """With a reason, which the log keeps and the rater reads."""
        access = self.access(slug, Action.TEACH)
        values = self.checked(DecisionSerializer)
        by_code = {row.code: row for row in candidates_of(access.project)}
        candidate = require_row(by_code.get(code), _("There is no such candidate."))
        decide_by_hand(
            project=access.project, actor=access.user, member_id=candidate.member, **values
        )
        rows = {row.code: row for row in candidates_of(access.project)}
        return Response(candidate_json(rows[code]))


class OwnQualification(ApiView):
    """Where the asker stands."""

    scope = ApiKey.Scope.RATE

    @extend_schema(
        operation_id="read_own_qualification",
        summary="Where I stand on the way to live tasks, and what comes next",
        tags=_TAGS,
        responses={200: OwnQualificationSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """After a try that did not pass: what was answered otherwise, with what is right."""
        return Response(own_json(own_context(self.access(slug, Action.RATE))))

    @extend_schema(
        operation_id="begin_stage",
        summary="Begin the stage that comes next for me, or another try",
        tags=_TAGS,
        request=None,
        responses={200: OwnQualificationSerializer, **refusals(403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """From then on `next/` hands out its tasks, which look like any other."""
        access = self.access(slug, Action.RATE)
        begin_stage(membership=access.membership)
        return Response(own_json(own_context(access)))
