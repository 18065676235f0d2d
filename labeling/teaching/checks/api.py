"""Checks by program: what is right on a task, which tasks are gold, what they say."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.figures.gold import newest_answers
from labeling.kinds.known import KnownAnswer
from labeling.models import Task
from labeling.rating.openings import open_votes
from labeling.teaching.checks.selectors import (
    answer_versions,
    known_copies,
    known_tasks,
)
from labeling.teaching.checks.serializers import (
    KnownTaskSerializer,
    ListedKnownTaskSerializer,
    NewGoldAnswerSerializer,
    known_task_json,
    listed_known_json,
)
from labeling.teaching.checks.services import set_known_answer
from projects.access import Access, require_row
from projects.api.replies import PAGE_PARAMETERS, paged, refusals
from projects.api.views import ApiView, page_reply
from projects.permissions import Action

_TAGS = ["checks"]


def _task(access: Access, pk: int) -> Task:
    row = Task.objects.select_related("project").filter(project=access.project, pk=pk).first()
    return require_row(row, _("There is no such task in this project."))


def _known(task: Task) -> list[dict[str, Any]]:
    copies = list(known_copies(task))
    versions = answer_versions(copies)
    return [known_task_json(copy, versions) for copy in copies]


class RightAnswerOfTask(ApiView):
    """What is right on one task."""

    @extend_schema(
        operation_id="read_right_answers",
        summary="What is right on a task: of its gold copy, and of its anchor",
        tags=_TAGS,
        responses={200: KnownTaskSerializer(many=True), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str, task_id: int) -> Response:
        """From then on you are given neither the task nor its copies; that you saw it is kept."""
        access = self.access(slug, Action.TEACH)
        task = _task(access, task_id)
        open_votes(task=task, person=access.user, is_told=True)
        return Response(_known(task))

    @extend_schema(
        operation_id="set_right_answer",
        summary="Make a task gold or an anchor, or say anew what is right on it",
        tags=_TAGS,
        request=NewGoldAnswerSerializer,
        responses={201: KnownTaskSerializer, **refusals(400, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str, task_id: int) -> Response:
        """The task stays what it is; a copy of it is mixed into the tasks of raters.

        Each call that says something else is a new version; no version ever changes.
        """
        access = self.access(slug, Action.TEACH)
        known = KnownAnswer(**self.checked(NewGoldAnswerSerializer))
        answer = set_known_answer(task=_task(access, task_id), actor=access.user, known=known)
        versions = answer_versions([answer.task])
        return Response(known_task_json(answer.task, versions), status=201)


class KnownTasks(ApiView):
    """The gold tasks and anchors of a project."""

    @extend_schema(
        operation_id="list_gold",
        summary="Gold tasks and anchors, without what is right on them",
        tags=_TAGS,
        parameters=PAGE_PARAMETERS,
        responses={200: paged(ListedKnownTaskSerializer), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """In the order in which they were made."""
        project = self.access(slug, Action.TEACH).project
        newest = newest_answers(project)
        return page_reply(
            self, known_tasks(project), lambda copy: listed_known_json(copy, newest.get(copy.pk))
        )
