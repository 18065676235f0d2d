"""Worked examples by program."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.models import Task
from labeling.teaching.examples.selectors import example_versions, pass_rates, texts_of
from labeling.teaching.examples.serializers import (
    NewWorkedExampleSerializer,
    WorkedExampleSerializer,
    worked_example_json,
)
from labeling.teaching.examples.services import retire_example, write_example
from projects.access import Access, require_row
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.guidelines.examples import examples_in_force
from projects.models import WorkedExample
from projects.permissions import Action
from projects.project_templates import ExampleSpec

_TAGS = ["guideline"]


def _written(access: Access, values: dict[str, Any], number: int | None = None) -> WorkedExample:
    pk, right = values.pop("task", None), values.pop("right")
    source = ""
    if pk is not None:
        rows = Task.objects.select_related("prompt").filter(project=access.project, pk=pk)
        task = require_row(rows.first(), _("There is no such task in this project."))
        values["prompt"], values["responses"] = texts_of(task)
        source = task.external_id
    spec = ExampleSpec(**values, right=right if isinstance(right, list) else [right])
    return write_example(
        project=access.project, author=access.user, spec=spec, number=number, source=source
    )


def _json(example: WorkedExample) -> dict[str, Any]:
    return worked_example_json(example, pass_rates(example.project)[example.pk])


class WorkedExamples(ApiView):
    """The worked examples of a project."""

    @extend_schema(
        operation_id="list_examples",
        summary="Worked examples in force, in the order in which they were made",
        tags=_TAGS,
        responses={200: WorkedExampleSerializer(many=True), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Raters are asked them in the quiz, and get those without what is right."""
        access = self.access(slug, Action.TEACH)
        rows = examples_in_force(access.project).select_related("author")
        rates = pass_rates(access.project)
        return Response([worked_example_json(row, rates[row.pk]) for row in rows])

    @extend_schema(
        operation_id="write_example",
        summary="Write a worked example, or copy a task as one",
        tags=_TAGS,
        request=NewWorkedExampleSerializer,
        responses={201: WorkedExampleSerializer, **refusals(400, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """It stands in the guideline beside the tasks from then on."""
        access = self.access(slug, Action.TEACH)
        example = _written(access, self.checked(NewWorkedExampleSerializer))
        return Response(_json(example), status=201)


class OneWorkedExample(ApiView):
    """One example."""

    @extend_schema(
        operation_id="read_example",
        summary="Every version of a worked example, newest first",
        tags=_TAGS,
        responses={200: WorkedExampleSerializer(many=True), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str, number: int) -> Response:
        """The newest holds, unless it has an end."""
        access = self.access(slug, Action.TEACH)
        rows = list(example_versions(access.project, number))
        require_row(rows or None, _("There is no such example."))
        rates = pass_rates(access.project)
        return Response([worked_example_json(row, rates[row.pk]) for row in rows])

    @extend_schema(
        operation_id="change_example",
        summary="Write a new version of a worked example",
        tags=_TAGS,
        request=NewWorkedExampleSerializer,
        responses={200: WorkedExampleSerializer, **refusals(400, 403, 404, 409)},
    )
    def put(self, request: Request, slug: str, number: int) -> Response:
        """Whole: what it does not say, it does not hold. The same again changes nothing."""
        access = self._access(slug, number)
        values = self.checked(NewWorkedExampleSerializer)
        return Response(_json(_written(access, values, number)))

    @extend_schema(
        operation_id="retire_example",
        summary="Retire a worked example",
        tags=_TAGS,
        responses={200: WorkedExampleSerializer, **refusals(403, 404, 409)},
    )
    def delete(self, request: Request, slug: str, number: int) -> Response:
        """Its versions, and what was answered to them, stay on record."""
        access = self._access(slug, number)
        ended = retire_example(project=access.project, actor=access.user, number=number)
        return Response(_json(ended))

    def _access(self, slug: str, number: int) -> Access:
        access = self.access(slug, Action.TEACH)
        row = example_versions(access.project, number).first()
        require_row(row, _("There is no such example."))
        return access
