"""Tasks by program: listed, read, their votes opened, their raters and priority changed."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.lead.tasks.filters import TaskFilter, filter_fields
from labeling.lead.tasks.final_words import adjudicate, hide_votes, take_word_back
from labeling.lead.tasks.forms import task_filter
from labeling.lead.tasks.page import asked_task, closed_to_reader
from labeling.lead.tasks.rows import task_rows
from labeling.lead.tasks.selections import find_task_change, task_changes_of
from labeling.lead.tasks.selectors import (
    task_page,
    task_votes,
)
from labeling.lead.tasks.serializers import (
    FlagResolutionSerializer,
    NewFlagResolutionSerializer,
    NewTaskChangeSerializer,
    TaskChangeSerializer,
    TaskDetailSerializer,
    TaskListSerializer,
    TaskPlanSerializer,
    TasksQuerySerializer,
    flag_resolution_json,
    task_change_json,
    task_json,
    task_row_json,
)
from labeling.lead.tasks.services import (
    TaskPlan,
    change_task,
    request_task_change,
    resolve_flag,
    settle_reports,
)
from labeling.lead.tasks.stretches import read_on
from labeling.lead.tasks.vote_serializers import (
    AdjudicationSerializer,
    FinalWordSerializer,
    VoteHidingSerializer,
    VotesSerializer,
    adjudication_of,
    final_word_json,
    votes_json,
)
from labeling.models import TaskChange
from labeling.rating.openings import open_votes
from labeling.work.endings import cancel_by
from labeling.work.sending import send
from projects.access import Access, require_row
from projects.api.replies import PAGE_PARAMETERS, paged, refusals
from projects.api.views import ApiView, page_reply
from projects.permissions import Action
from projects.sites import site_address

_TAGS = ["tasks"]


def _task_json(access: Access, pk: int) -> dict[str, Any]:
    task = asked_task(access, pk)
    shows_models = access.may(Action.RELEASE)
    return task_json(task_page(task), closed_to_reader(access, [task]), shows_models=shows_models)


def _selection(values: dict[str, Any], access: Access) -> TaskFilter:
    """The filter of a checked query or body."""
    return task_filter({**values, "import": str(values.get("import_id", ""))}, access)


class Tasks(ApiView):
    """The tasks of a project."""

    @extend_schema(
        operation_id="list_tasks",
        summary="Tasks that match a filter, in the order of their import",
        tags=_TAGS,
        parameters=[TasksQuerySerializer],
        responses={200: TaskListSerializer, **refusals(400, 403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Go on at `next` until it is null: a page may hold fewer tasks though there are more.

        Each takes a moment at most, however many tasks there are and however few match.
        """
        access = self.access(slug, Action.SEE_TASKS)
        query = TasksQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        values = query.validated_data
        wanted, size = _selection(values, access), values["page_size"]
        stretch = read_on(access.project, wanted, start=values["after"] + 1, size=size)
        closed = closed_to_reader(access, stretch.tasks)
        address = None
        if stretch.next_from is not None:
            fields = filter_fields(wanted)
            if "import" in fields:
                fields["import_id"] = fields.pop("import")
            named = {**fields, "after": stretch.next_from - 1, "page_size": size}
            address = site_address(f"{reverse('api:tasks', args=[slug])}?{urlencode(named)}")
        rows = task_rows(access.project, stretch.tasks)
        return Response({"next": address, "results": [task_row_json(row, closed) for row in rows]})


class OneTask(ApiView):
    """One task."""

    @extend_schema(
        operation_id="read_task",
        summary="A task with its texts and counts",
        tags=_TAGS,
        responses={200: TaskDetailSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str, task_id: int) -> Response:
        """Opens no votes: you can still judge it yourself."""
        return Response(_task_json(self.access(slug, Action.SEE_TASKS), task_id))

    @extend_schema(
        operation_id="change_task",
        summary="Change how many raters a task has, or its priority",
        tags=_TAGS,
        request=TaskPlanSerializer,
        responses={200: TaskDetailSerializer, **refusals(400, 403, 404)},
    )
    def patch(self, request: Request, slug: str, task_id: int) -> Response:
        """400 where fewer raters are asked for than have judged the task or have it now."""
        access = self.access(slug, Action.PLAN_TASKS)
        plan = TaskPlan(**self.checked(TaskPlanSerializer))
        change_task(task=asked_task(access, task_id), actor=access.user, plan=plan)
        return Response(_task_json(access, task_id))


class ReportSettlements(ApiView):
    """What raters reported of a task, seen to."""

    @extend_schema(
        operation_id="settle_reports",
        summary="Say that nobody need look at a task's reports any more",
        tags=_TAGS,
        request=None,
        responses={200: TaskDetailSerializer, **refusals(403, 404)},
    )
    def post(self, request: Request, slug: str, task_id: int) -> Response:
        """Flags and skips stay as they are; what is reported later waits again."""
        access = self.access(slug, Action.SETTLE_REPORTS)
        settle_reports(task=asked_task(access, task_id), actor=access.user)
        return Response(_task_json(access, task_id))


class FlagResolved(ApiView):
    """A flag that raters set on a task, seen to."""

    @extend_schema(
        operation_id="resolve_flag",
        summary="Say what came of a flag on a task",
        tags=_TAGS,
        request=NewFlagResolutionSerializer,
        responses={201: FlagResolutionSerializer, **refusals(400, 403, 404)},
    )
    def post(self, request: Request, slug: str, task_id: int, flag: str) -> Response:
        """The flag stays where it was set; one that is set later waits again.

        A task whose flags are all resolved waits for nobody on their account. 400 where nobody has
        set the flag.
        """
        access = self.access(slug, Action.SETTLE_REPORTS)
        task = asked_task(access, task_id)
        word = self.checked(NewFlagResolutionSerializer)["word"]
        resolution = resolve_flag(task=task, flag=flag, actor=access.user, word=word)
        return Response(flag_resolution_json(resolution), status=201)


class OpenedVotes(ApiView):
    """What was said of a task."""

    @extend_schema(
        operation_id="open_votes",
        summary="Open the votes of a task, and read them",
        tags=_TAGS,
        request=None,
        responses={200: VotesSerializer, **refusals(403, 404)},
    )
    def post(self, request: Request, slug: str, task_id: int) -> Response:
        """From then on you are not given the task, and give it back if you have it.

        That you opened them is recorded.
        """
        access = self.access(slug, Action.SEE_RATERS)
        task = asked_task(access, task_id)
        open_votes(task=task, person=access.user)
        return Response(votes_json(task_votes(task)))


class Adjudication(ApiView):
    """Your final word on a task."""

    @extend_schema(
        operation_id="adjudicate_task",
        summary="Give the final word on a task",
        tags=_TAGS,
        request=AdjudicationSerializer,
        responses={
            201: FinalWordSerializer,
            200: OpenApiResponse(FinalWordSerializer, description="It was given already."),
            **refusals(400, 403, 404, 409),
        },
    )
    def post(self, request: Request, slug: str, task_id: int) -> Response:
        """It stands beside the votes. Another of yours replaces it; of several the newest holds.

        Answers are of the canonical order, `A` the first response. You are not given the task from
        then on. 409 where the task takes none.
        """
        access = self.access(slug, Action.ADJUDICATE)
        task = asked_task(access, task_id)
        submission = adjudication_of(self.checked(AdjudicationSerializer))
        word, created = adjudicate(task=task, person=access.user, submission=submission)
        return Response(final_word_json(word), status=201 if created else 200)

    @extend_schema(
        operation_id="take_adjudication_back",
        summary="Take your final word back",
        tags=_TAGS,
        responses={204: None, **refusals(403, 404)},
    )
    def delete(self, request: Request, slug: str, task_id: int) -> Response:
        """By a row of its own: nothing is deleted. What somebody else said last holds then."""
        access = self.access(slug, Action.ADJUDICATE)
        take_word_back(task=asked_task(access, task_id), person=access.user)
        return Response(status=204)


class VoteHiding(ApiView):
    """Whether votes are hidden from you."""

    @extend_schema(
        operation_id="read_vote_hiding",
        summary="Whether votes are hidden from you until you decide",
        tags=_TAGS,
        responses={200: VoteHidingSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Of this project."""
        access = self.access(slug, Action.ADJUDICATE)
        return Response({"hides_votes": access.membership.hides_votes})

    @extend_schema(
        operation_id="change_vote_hiding",
        summary="Hide votes from yourself until you decide, or show them",
        tags=_TAGS,
        request=VoteHidingSerializer,
        responses={200: VoteHidingSerializer, **refusals(400, 403, 404)},
    )
    def put(self, request: Request, slug: str) -> Response:
        """Pages and replies keep what was said of a task from you until you give a final word on it
        or open its votes."""
        access = self.access(slug, Action.ADJUDICATE)
        values = self.checked(VoteHidingSerializer)
        hide_votes(membership=access.membership, hides=values["hides_votes"])
        return Response(values)


class TaskChanges(ApiView):
    """Changes of many tasks."""

    @extend_schema(
        operation_id="list_task_changes",
        summary="Changes of many tasks, newest first",
        tags=_TAGS,
        parameters=PAGE_PARAMETERS,
        responses={200: paged(TaskChangeSerializer), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """All of the project."""
        project = self.access(slug, Action.SEE_TASKS).project
        return page_reply(self, task_changes_of(project), task_change_json)

    @extend_schema(
        operation_id="create_task_change",
        summary="Change the raters or the priority of many tasks",
        tags=_TAGS,
        request=NewTaskChangeSerializer,
        responses={
            202: OpenApiResponse(TaskChangeSerializer, description="Accepted; ask `Location`."),
            **refusals(400, 403, 404),
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        """A job does it. No task gets fewer raters than have judged it or have it now."""
        access = self.access(slug, Action.PLAN_TASKS)
        values = self.checked(NewTaskChangeSerializer)
        if values["settles"]:
            self.access(slug, Action.SETTLE_REPORTS)
        chosen = {**values.get("selection", {}), "import_id": values.get("import_id", "")}
        row = request_task_change(
            project=access.project,
            actor=access.user,
            selection=_selection(chosen, access),
            plan=TaskPlan(values.get("overlap"), values.get("priority"), values["settles"]),
        )
        send(row)
        location = reverse("api:task-change", args=[slug, row.pk])
        return Response(task_change_json(row), status=202, headers={"Location": location})


class OneTaskChange(ApiView):
    """One change of many tasks."""

    @extend_schema(
        operation_id="read_task_change",
        summary="How far a change of tasks is",
        tags=_TAGS,
        responses={200: TaskChangeSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str, change_id: int) -> Response:
        """Its state and how many tasks it changed."""
        return Response(task_change_json(_change(self.access(slug, Action.SEE_TASKS), change_id)))


class TaskChangeCancellation(ApiView):
    """The end of a change of tasks before its end."""

    @extend_schema(
        operation_id="cancel_task_change",
        summary="Cancel a change of tasks; what is changed stays",
        tags=_TAGS,
        request=None,
        responses={200: TaskChangeSerializer, **refusals(403, 404, 409)},
    )
    def post(self, request: Request, slug: str, change_id: int) -> Response:
        """409 where it is over already."""
        access = self.access(slug, Action.PLAN_TASKS)
        cancel_by(_change(access, change_id), actor=access.user)
        return Response(task_change_json(_change(access, change_id)))


def _change(access: Access, change_id: int) -> TaskChange:
    row = find_task_change(access.project, change_id)
    return require_row(row, _("There is no such change of tasks in this project."))
