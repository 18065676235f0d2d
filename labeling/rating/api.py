"""The rater's calls: next task, submit, skip, keep the lease, take back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.kinds import EditedText, Submission
from labeling.models import Assignment
from labeling.rating.explained import explain
from labeling.rating.judgments import skip_assignment, submit_judgment, undo_last
from labeling.rating.late import Late, keep_late, late_assignment
from labeling.rating.leases import Nothing, heartbeat, next_assignment, own_assignment
from labeling.rating.places import TaskWithdrawn
from labeling.rating.qualifying import is_on_the_way
from labeling.rating.reopening import reopen_judgment
from labeling.rating.serializers import (
    LateSerializer,
    LeaseSerializer,
    ReopenedSerializer,
    SkippedSerializer,
    SkipSerializer,
    SubmissionSerializer,
    SubmittedSerializer,
    UndoneSerializer,
    judgment_json,
    reopened_json,
    undone_json,
)
from labeling.rating.task_serializers import LeasedTaskSerializer, leased_task_json
from labeling.vocabulary import NothingLeft
from projects.access import Access
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.exceptions import InvalidInput
from projects.models import ApiKey, Membership
from projects.permissions import Action

REASON_HEADER = "X-Concord-Reason"
_REASONS = ", ".join(f"`{reason}`" for reason in NothingLeft)


class NextTask(ApiView):
    """The next task of a rater."""

    scope = ApiKey.Scope.RATE

    @extend_schema(
        operation_id="next_task",
        summary="Lease my next task",
        tags=["rating"],
        request=None,
        parameters=[
            OpenApiParameter(
                REASON_HEADER,
                str,
                OpenApiParameter.HEADER,
                response=[204, 409],
                enum=list(NothingLeft),
                description="Why there is no next task.",
            )
        ],
        responses={
            200: LeasedTaskSerializer,
            204: OpenApiResponse(
                description=f"No task now; the header `{REASON_HEADER}` says why: {_REASONS}."
            ),
            **refusals(403, 404, 409),
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        """Your open task again if you have one, else a new lease. Having none is no error, but for
        what comes first: a guideline to read (409, code `not_acknowledged`), the quiz (409, code
        `quiz_first`), training and qualification (409, code `qualification_first`)."""
        access = self.access(slug, Action.RATE)
        leased, reason = _next(access)
        if leased is not None:
            return Response(leased)
        headers = {REASON_HEADER: str(reason)}
        if reason == NothingLeft.NOT_ACKNOWLEDGED:
            return _refused(
                reason, gettext("Read the current guideline first, and acknowledge it.")
            )
        if reason == NothingLeft.QUIZ_FIRST:
            return _refused(reason, gettext("Answer the examples of the quiz first."))
        if reason == NothingLeft.QUALIFICATION_FIRST:
            sentence = gettext("See “qualification/mine/” for where you stand, and begin there.")
            return _refused(reason, sentence)
        return Response(status=204, headers=headers)


def _refused(reason: NothingLeft, sentence: str) -> Response:
    body = {"code": str(reason), "message": sentence, "fields": {}}
    return Response(body, status=409, headers={REASON_HEADER: str(reason)})


def _next(access: Access) -> tuple[dict[str, Any] | None, NothingLeft | None]:
    """The next leased task, or None and why."""
    assignment = next_assignment(membership=access.membership)
    if assignment == Nothing(NothingLeft.QUALIFICATION_FIRST) and not is_on_the_way(
        access.membership
    ):
        assignment = next_assignment(membership=access.membership)  # that was the last of it
    if isinstance(assignment, Nothing):
        return None, assignment.reason
    return leased_task_json(assignment, access.project), None


class RaterView(ApiView):
    """A view of one of the asker's own assignments."""

    scope = ApiKey.Scope.RATE

    def rating(self, assignment_id: int) -> Access:
        """The asker's access to the project of an assignment of theirs.

        Raises Http404 for a stranger's assignment and where the asker was removed from its
        project, PermissionDenied where the role may no longer rate.
        """
        membership = (
            Membership.objects.select_related("project")
            .filter(
                user=self.user(),
                project__assignments__pk=assignment_id,
                project__assignments__rater=self.user(),
            )
            .first()
        )
        if membership is None:
            if own_assignment(rater=self.user(), assignment_id=assignment_id) is None:
                raise Http404(gettext("There is no such task among yours."))
            raise Http404(
                gettext("You are no longer a member of this project: what you sent was not saved.")
            )
        membership.user = self.user()
        access = Access(project=membership.project, membership=membership)
        if not access.may(Action.RATE):
            raise PermissionDenied(
                gettext("Your role may no longer rate; ask a lead of the project.")
            )
        return access


class SubmitJudgment(RaterView):
    """A rater's judgment."""

    @extend_schema(
        operation_id="submit_judgment",
        summary="Submit a judgment, exactly once",
        tags=["rating"],
        request=SubmissionSerializer,
        parameters=[
            OpenApiParameter("next", bool, description="`1`: also lease and return the next task."),
            OpenApiParameter(
                "Idempotency-Key",
                UUID,
                OpenApiParameter.HEADER,
                description="The same as `key` in the body.",
            ),
        ],
        responses={
            201: SubmittedSerializer,
            200: OpenApiResponse(
                SubmittedSerializer, description="It was submitted before: the same body."
            ),
            202: OpenApiResponse(
                LateSerializer,
                description="You may no longer rate there, or the task was withdrawn meanwhile: it "
                "is kept as late and counts nowhere.",
            ),
            **refusals(400, 403, 404, 409),
        },
    )
    def post(self, request: Request, assignment_id: int) -> Response:
        """Repeat it whenever you are unsure whether it arrived: one judgment, the same reply."""
        try:
            access = self.rating(assignment_id)
        except (Http404, PermissionDenied):
            late = self._keep_late(assignment_id)
            if late is None:
                raise
            return Response({"state": "late", "message": late.message}, status=202)
        try:
            submitted = submit_judgment(
                rater=access.user, assignment_id=assignment_id, submission=self._submission()
            )
        except TaskWithdrawn:
            late = self._keep_late(assignment_id)
            if late is None:
                raise
            return Response({"state": "late", "message": late.message}, status=202)
        body = judgment_json(submitted.judgment)
        explained = explain(submitted.judgment, access.project)
        if explained is not None:
            body["gold"] = explained.as_dict()
        if request.query_params.get("next") in {"1", "true"}:
            body["next"], reason = _next(access)
            if reason is not None:
                body["next_reason"] = reason
        return Response(body, status=201 if submitted.created else 200)

    def _submission(self) -> Submission:
        values = self.checked(SubmissionSerializer)
        return _submission(values, self.request.headers.get("Idempotency-Key"))

    def _keep_late(self, assignment_id: int) -> Late | None:
        if late_assignment(rater=self.user(), assignment_id=assignment_id) is None:
            return None
        return keep_late(
            rater=self.user(), assignment_id=assignment_id, submission=self._submission()
        )


def _submission(values: Mapping[str, Any], header: str | None) -> Submission:
    key = values["key"]
    if header is not None:
        try:
            named = UUID(header)
        except ValueError:
            message = gettext("An idempotency key is a UUID.")
            raise InvalidInput(message, fields={"Idempotency-Key": message}) from None
        if key not in {None, named}:
            message = gettext("The header and the body name different keys; send one.")
            raise InvalidInput(message, fields={"key": message})
        key = named
    ties = {criterion: kind or "" for criterion, kind in values["tie_kinds"].items()}
    edit = EditedText(**values["edit"]) if values["edit"] else None
    own = {"key": key, "tie_kind": values["tie_kind"] or "", "tie_kinds": ties, "edit": edit}
    return Submission(**{**values, **own})


class SkipTask(RaterView):
    """A task given back."""

    @extend_schema(
        operation_id="skip_task",
        summary="Give a task back, with a reason",
        tags=["rating"],
        request=SkipSerializer,
        responses={200: SkippedSerializer, **refusals(400, 403, 404, 409)},
    )
    def post(self, request: Request, assignment_id: int) -> Response:
        """You will not get it again. Repeating it changes nothing. An answer of yours that you are
        changing stands as it is: `submitted`, without a reason."""
        access = self.rating(assignment_id)
        values = self.checked(SkipSerializer)
        skipped = skip_assignment(rater=access.user, assignment_id=assignment_id, **values)
        return Response({"id": skipped.pk, "state": skipped.state, "reason": skipped.skip_reason})


class KeepLease(RaterView):
    """A sign of life."""

    @extend_schema(
        operation_id="keep_lease",
        summary="Keep the lease of a task",
        tags=["rating"],
        request=None,
        responses={200: LeaseSerializer, **refusals(403, 404, 409)},
    )
    def post(self, request: Request, assignment_id: int) -> Response:
        """Extends the reservation; 409 where the task is over or its place was given away."""
        access = self.rating(assignment_id)
        assignment = self._own(access, assignment_id)
        return Response({"id": assignment.pk, "expires": heartbeat(assignment=assignment)})

    def _own(self, access: Access, assignment_id: int) -> Assignment:
        assignment = own_assignment(rater=access.user, assignment_id=assignment_id)
        if assignment is None:
            raise Http404(gettext("There is no such task among yours."))
        return assignment


class UndoLast(ApiView):
    """The last act taken back."""

    scope = ApiKey.Scope.RATE

    @extend_schema(
        operation_id="undo_last_act",
        summary="Take back my last judgment or skip",
        tags=["rating"],
        request=None,
        responses={200: UndoneSerializer, **refusals(403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Its task is open again; a judgment stays on record as withdrawn.

        409 where a skip has given its place to others.
        """
        access = self.access(slug, Action.RATE)
        undone = undo_last(rater=access.user, project=access.project)
        return Response(undone_json(undone, access.project))


class ReopenJudgment(RaterView):
    """An answer to be changed."""

    @extend_schema(
        operation_id="reopen_judgment",
        summary="Open one of my answers again, to change it",
        tags=["my work"],
        request=None,
        responses={200: ReopenedSerializer, **refusals(403, 404, 409)},
    )
    def post(self, request: Request, assignment_id: int) -> Response:
        """Within the project's `edit_window_minutes`. What you submit until `expires` is a new row
        that revises this one; until then, and where you submit nothing, the answer stands. 409 with
        the code `window_over`, or `votes_opened` where you have seen what others answered.
        """
        access = self.rating(assignment_id)
        reopened = reopen_judgment(rater=access.user, assignment_id=assignment_id)
        return Response(reopened_json(reopened, access.project))
