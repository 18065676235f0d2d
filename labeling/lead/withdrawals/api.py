"""Withdraw and put back, by program: one task, a filter's selection, everything of an import."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.lead.tasks.forms import task_filter
from labeling.lead.tasks.page import asked_task
from labeling.lead.tasks.serializers import (
    ManyTasksSerializer,
    SelectionJobSerializer,
    selection_json,
)
from labeling.lead.withdrawals.selectors import find_withdrawal, withdrawals_of
from labeling.lead.withdrawals.services import put_task_back, request_withdrawal, withdraw_task
from labeling.models import Withdrawal
from labeling.work.endings import cancel_by
from labeling.work.sending import send
from projects.access import Access, require_row
from projects.api.parsing import StrictSerializer
from projects.api.replies import PAGE_PARAMETERS, paged, refusals
from projects.api.views import ApiView, page_reply
from projects.permissions import Action

_TAGS = ["tasks"]


class ReasonSerializer(StrictSerializer):
    """Why a task is withdrawn."""

    reason = serializers.CharField(max_length=300)


class TaskPlaySerializer(serializers.Serializer[Any]):
    """Whether a task is in play."""

    id = serializers.IntegerField()
    external_id = serializers.CharField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_by = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    later_turns = serializers.IntegerField(
        help_text="How many turns that follow it were withdrawn, or put back, with it."
    )


def _play_json(access: Access, pk: int, *, changed: int) -> dict[str, Any]:
    task = asked_task(access, pk)
    return {
        "id": task.pk,
        "external_id": task.external_id,
        "withdrawn_at": task.withdrawn_at,
        "withdrawn_by": task.withdrawn_by.display_name if task.withdrawn_by else "",
        "reason": task.withdrawn_reason,
        "later_turns": max(changed - 1, 0),
    }


class TaskWithdrawal(ApiView):
    """One task out of play."""

    @extend_schema(
        operation_id="withdraw_task",
        summary="Withdraw a task",
        tags=_TAGS,
        request=ReasonSerializer,
        responses={200: TaskPlaySerializer, **refusals(400, 403, 404)},
    )
    def post(self, request: Request, slug: str, task_id: int) -> Response:
        """Nobody is given it any more, and it counts in nothing new; `put-back` reverses it.

        The turns of its conversation that follow it go with it.
        """
        access = self.access(slug, Action.WITHDRAW)
        task = asked_task(access, task_id)
        n = withdraw_task(task=task, actor=access.user, **self.checked(ReasonSerializer))
        return Response(_play_json(access, task_id, changed=n))


class TaskReturn(ApiView):
    """One task back in play."""

    @extend_schema(
        operation_id="put_task_back",
        summary="Put a withdrawn task back",
        tags=_TAGS,
        request=None,
        responses={200: TaskPlaySerializer, **refusals(403, 404, 409)},
    )
    def post(self, request: Request, slug: str, task_id: int) -> Response:
        """With all that was said about it, and the later turns that were withdrawn with it.
        Repeating it changes nothing. 409 for the review of a text that its author took back."""
        access = self.access(slug, Action.WITHDRAW)
        n = put_task_back(task=asked_task(access, task_id), actor=access.user)
        return Response(_play_json(access, task_id, changed=n))


class WithdrawalRequestSerializer(ManyTasksSerializer):
    """What to withdraw and why, or with `put_back` what to put back."""

    reason = serializers.CharField(max_length=300, required=False, default="")
    put_back = serializers.BooleanField(required=False, default=False)


class WithdrawalSerializer(SelectionJobSerializer):
    """A withdrawal of many tasks, or with `put_back` their return."""

    put_back = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)


def _withdrawal_json(row: Withdrawal) -> dict[str, Any]:
    return {**selection_json(row), "put_back": row.puts_back, "reason": row.reason}


class Withdrawals(ApiView):
    """The withdrawals of a project."""

    @extend_schema(
        operation_id="list_withdrawals",
        summary="Withdrawals of many tasks, newest first",
        tags=_TAGS,
        parameters=PAGE_PARAMETERS,
        responses={200: paged(WithdrawalSerializer), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Those of single tasks stand in the audit log."""
        project = self.access(slug, Action.SEE_TASKS).project
        return page_reply(self, withdrawals_of(project), _withdrawal_json)

    @extend_schema(
        operation_id="create_withdrawal",
        summary="Withdraw many tasks, or put them back",
        tags=_TAGS,
        request=WithdrawalRequestSerializer,
        responses={202: WithdrawalSerializer, **refusals(400, 403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """A job does it; ask `Location` how far it is."""
        access = self.access(slug, Action.WITHDRAW)
        values = self.checked(WithdrawalRequestSerializer)
        chosen = {**values.get("selection", {}), "import": str(values.get("import_id", ""))}
        row = request_withdrawal(
            project=access.project,
            actor=access.user,
            selection=task_filter(chosen, access),
            reason=values["reason"],
            puts_back=values["put_back"],
        )
        send(row)
        location = reverse("api:withdrawal", args=[slug, row.pk])
        return Response(_withdrawal_json(row), status=202, headers={"Location": location})


class OneWithdrawal(ApiView):
    """One withdrawal."""

    @extend_schema(
        operation_id="read_withdrawal",
        summary="How far a withdrawal is",
        tags=_TAGS,
        responses={200: WithdrawalSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str, withdrawal_id: int) -> Response:
        """Its state and how many tasks it changed."""
        return Response(_withdrawal_json(_find(self.access(slug, Action.SEE_TASKS), withdrawal_id)))


class WithdrawalCancellation(ApiView):
    """The end of a withdrawal before its end."""

    @extend_schema(
        operation_id="cancel_withdrawal",
        summary="Cancel a withdrawal; what is changed stays",
        tags=_TAGS,
        request=None,
        responses={200: WithdrawalSerializer, **refusals(403, 404, 409)},
    )
    def post(self, request: Request, slug: str, withdrawal_id: int) -> Response:
        """409 where it is over already."""
        access = self.access(slug, Action.WITHDRAW)
        cancel_by(_find(access, withdrawal_id), actor=access.user)
        return Response(_withdrawal_json(_find(access, withdrawal_id)))


def _find(access: Access, withdrawal_id: int) -> Withdrawal:
    row = find_withdrawal(access.project, withdrawal_id)
    return require_row(row, _("There is no such withdrawal in this project."))
