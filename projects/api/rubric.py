"""The rubric: questions read, added, worded anew, ordered, retired; and its versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from projects.access import Access
from projects.answered import is_answered
from projects.api.parsing import StrictSerializer
from projects.api.replies import PAGE_PARAMETERS, paged, refusals
from projects.api.scales import OwnScaleSerializer, ScaleField
from projects.api.serializers import (
    CriterionSerializer,
    criterion_json,
)
from projects.api.views import ApiView, page_reply
from projects.exceptions import ConcordError
from projects.models import Criterion, RubricVersion
from projects.models.rubric import SHORT_LABEL
from projects.permissions import Action
from projects.project_templates import CriterionSpec
from projects.selectors.rubric import get_question, rubric_number, rubric_versions
from projects.services.rubric import (
    MOST_CRITERIA,
    ask_question,
    change_question,
    order_questions,
    remove_question,
    restore_question,
    retire_question,
)

#: What the service calls the fields of a request that have another name there.
_FIELDS = {"scale": "scale_key", "primary": "is_primary", "required": "is_required"}


class KeptCriterionSerializer(CriterionSerializer):
    """A question that is asked, or was until it was retired."""

    retired = serializers.BooleanField(help_text="Asked of nobody any more; its answers stay.")


class RubricSerializer(serializers.Serializer[Any]):
    """The rubric as it is now, retired questions too, in order."""

    version = serializers.IntegerField(allow_null=True)
    fixed = serializers.BooleanField(
        help_text="Something is judged: keys, scales and the primary question can no longer change."
    )
    criteria = KeptCriterionSerializer(many=True)


class QuestionThenSerializer(serializers.Serializer[Any]):
    """A question as a version had it."""

    key = serializers.CharField()
    wording = serializers.CharField()
    short_label = serializers.CharField(allow_blank=True)
    help_text = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    scale = serializers.CharField()
    own_scale = OwnScaleSerializer(
        required=False, help_text="The words of a scale of the project's own."
    )
    primary = serializers.BooleanField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    retired = serializers.BooleanField()


class RubricVersionSerializer(serializers.Serializer[Any]):
    """The questions from one change to the next; it never changes."""

    number = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    criteria = QuestionThenSerializer(many=True)


class QuestionOrderSerializer(StrictSerializer):
    """The keys of all questions that are asked, in the order in which raters shall get them."""

    order = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=MOST_CRITERIA
    )


class AskedQuestionSerializer(StrictSerializer):
    """A question to be added."""

    key = serializers.CharField(max_length=40)
    wording = serializers.CharField(max_length=300)
    scale = ScaleField()
    required = serializers.BooleanField(default=True)  # type: ignore[assignment]
    short_label = serializers.CharField(default="", allow_blank=True, max_length=SHORT_LABEL)
    help_text = serializers.CharField(  # type: ignore[assignment]
        default="", allow_blank=True, max_length=2000
    )


class QuestionChangeSerializer(StrictSerializer):
    """What is to be different; what is not named stays.

    `key`, `scale` and `primary` until something is judged, the rest at any time.
    """

    wording = serializers.CharField(required=False, max_length=300)
    short_label = serializers.CharField(required=False, allow_blank=True, max_length=SHORT_LABEL)
    help_text = serializers.CharField(  # type: ignore[assignment]
        required=False, allow_blank=True, max_length=2000
    )
    required = serializers.BooleanField(required=False)  # type: ignore[assignment]
    retired = serializers.BooleanField(required=False)
    key = serializers.CharField(required=False, max_length=40)
    scale = ScaleField(required=False)
    primary = serializers.BooleanField(required=False)


class ProjectRubric(ApiView):
    """The questions of a project."""

    @extend_schema(
        operation_id="read_rubric",
        summary="The questions, and the number of their version",
        tags=["rubric"],
        responses={200: RubricSerializer, **refusals(404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Retired questions are among them, marked."""
        return Response(_rubric_json(self.access(slug, Action.SEE)))

    @extend_schema(
        operation_id="order_rubric",
        summary="Put the questions in another order",
        tags=["rubric"],
        request=QuestionOrderSerializer,
        responses={200: RubricSerializer, **refusals(400, 403, 404)},
    )
    def patch(self, request: Request, slug: str) -> Response:
        """At any time; it makes a new version."""
        access = self.access(slug, Action.CONFIGURE)
        keys = self.checked(QuestionOrderSerializer)["order"]
        order_questions(project=access.project, actor=self.user(), keys=keys)
        return Response(_rubric_json(access))

    @extend_schema(
        operation_id="add_question",
        summary="Add a question",
        tags=["rubric"],
        request=AskedQuestionSerializer,
        responses={201: KeptCriterionSerializer, **refusals(400, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """It is asked after the others; judgments of before have no answer to it."""
        access = self.access(slug, Action.CONFIGURE)
        values = self.checked(AskedQuestionSerializer)
        scale, own = values.pop("scale")
        spec = CriterionSpec(is_required=values.pop("required"), scale=scale, own=own, **values)
        with _names_of_the_request():
            criterion = ask_question(project=access.project, actor=self.user(), spec=spec)
        location = reverse("api:question", args=[slug, criterion.key])
        return Response(_kept_json(criterion, access), status=201, headers={"Location": location})


class OneQuestion(ApiView):
    """One question of a project."""

    def question(self, access: Access, key: str) -> Criterion:
        """The question of that key, retired or not; raises Http404."""
        criterion = get_question(access.project, key)
        if criterion is None:
            raise Http404(_("This project has no such question."))
        return criterion

    @extend_schema(
        operation_id="read_question",
        summary="One question",
        tags=["rubric"],
        responses={200: KeptCriterionSerializer, **refusals(404)},
    )
    def get(self, request: Request, slug: str, criterion: str) -> Response:
        """Retired or not."""
        access = self.access(slug, Action.SEE)
        return Response(_kept_json(self.question(access, criterion), access))

    @extend_schema(
        operation_id="change_question",
        summary="Change, retire or bring back a question",
        tags=["rubric"],
        request=QuestionChangeSerializer,
        responses={200: KeptCriterionSerializer, **refusals(400, 403, 404, 409)},
    )
    def patch(self, request: Request, slug: str, criterion: str) -> Response:
        """Each change makes a new version; 409 for what is fixed once something is judged."""
        access = self.access(slug, Action.CONFIGURE)
        key = self.question(access, criterion).key
        values = self.checked(QuestionChangeSerializer)
        retired = values.pop("retired", None)
        return Response(_kept_json(_changed(access, key, values, retired), access))

    @extend_schema(
        operation_id="delete_question",
        summary="Delete a question, while nothing is judged",
        tags=["rubric"],
        request=None,
        responses={204: None, **refusals(403, 404, 409)},
    )
    def delete(self, request: Request, slug: str, criterion: str) -> Response:
        """Afterwards it can only be retired."""
        access = self.access(slug, Action.CONFIGURE)
        key = self.question(access, criterion).key
        remove_question(project=access.project, actor=self.user(), key=key)
        return Response(status=204)


def _changed(
    access: Access, key: str, values: Mapping[str, Any], retired: bool | None
) -> Criterion:
    """The question with all of it changed, or nothing of it."""
    who: dict[str, Any] = {"project": access.project, "actor": access.user}
    changes = {_FIELDS.get(name, name): value for name, value in values.items()}
    if "scale_key" in changes:
        changes["scale_key"], changes["own_scale"] = changes["scale_key"]
    with _names_of_the_request(), transaction.atomic():
        criterion = change_question(**who, key=key, changes=changes)
        if retired is None:
            return criterion
        act = retire_question if retired else restore_question
        return act(**who, key=criterion.key)


@contextmanager
def _names_of_the_request() -> Iterator[None]:
    """Refusals name the fields as the request does."""
    names = {field: name for name, field in _FIELDS.items()}
    try:
        yield
    except ConcordError as error:
        error.fields = {names.get(field, field): text for field, text in error.fields.items()}
        raise


class RubricVersions(ApiView):
    """The versions of a project's questions."""

    @extend_schema(
        operation_id="list_rubric_versions",
        summary="Versions of the questions, newest first",
        tags=["rubric"],
        parameters=PAGE_PARAMETERS,
        responses={200: paged(RubricVersionSerializer), **refusals(404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """What judgments and releases name as their `rubric_version`."""
        return page_reply(self, rubric_versions(self.access(slug, Action.SEE).project), _then_json)


def _rubric_json(access: Access) -> dict[str, Any]:
    project = access.project
    return {
        "version": rubric_number(project),
        "fixed": is_answered(project),
        "criteria": [_kept_json(criterion, access) for criterion in project.criteria.all()],
    }


def _kept_json(criterion: Criterion, access: Access) -> dict[str, Any]:
    return {**criterion_json(criterion, access.project), "retired": criterion.is_retired}


def _then_json(version: RubricVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "created_at": version.created_at,
        "criteria": [
            {name: value for name, value in question.items() if name != "id"}
            for question in version.criteria
        ],
    }
