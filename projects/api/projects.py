"""Projects: created, listed, read; and their guideline acknowledged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from projects.api.guideline_serializers import GuidelineSerializer
from projects.api.replies import PAGE_PARAMETERS, paged, refusals
from projects.api.serializers import (
    SETTINGS,
    AcknowledgementSerializer,
    NewProjectSerializer,
    ProjectDetailSerializer,
    ProjectSerializer,
    criteria_of,
    guideline_of,
    project_detail_json,
    project_json,
)
from projects.api.settings import ProjectChangesSerializer
from projects.api.views import ApiView, page_reply
from projects.exceptions import InvalidInput
from projects.guidelines.selectors import current_guideline, has_acknowledged
from projects.guidelines.services import acknowledge
from projects.models import ApiKey, Membership, Project, User
from projects.permissions import Action, require_project_creator
from projects.selectors.rubric import asked_criteria
from projects.services.likeness import project_to_copy
from projects.services.projects import create_project, update_project


class Projects(ApiView):
    """My projects, and a new one."""

    @extend_schema(
        operation_id="list_projects",
        summary="My projects, newest first",
        tags=["projects"],
        parameters=PAGE_PARAMETERS,
        responses={200: paged(ProjectSerializer), **refusals(404)},
    )
    def get(self, request: Request) -> Response:
        """The projects you are a member of, with your role in each."""
        mine = (
            Membership.objects.filter(user=self.user())
            .select_related("project")
            .order_by("-project_id")
        )
        return page_reply(self, mine, project_json)

    @extend_schema(
        operation_id="create_project",
        summary="Create a project from a template or a rubric",
        tags=["projects"],
        request=NewProjectSerializer,
        responses={201: ProjectDetailSerializer, **refusals(400, 403, 409)},
    )
    def post(self, request: Request) -> Response:
        """You become its lead. `Location` names the new project."""
        require_project_creator(self.user())
        values = self.checked(NewProjectSerializer)
        project = create_project(
            name=values["name"],
            created_by=self.user(),
            template=values["template"],
            like=_like(self.user(), values),
            criteria=criteria_of(values),
            guideline=guideline_of(values),
            settings={name: values[name] for name in SETTINGS if name in values},
        )
        membership = Membership.objects.select_related("project").get(
            project=project, user=self.user()
        )
        location = reverse("api:project", args=[project.slug])
        return Response(_detail(membership), status=201, headers={"Location": location})


def _like(user: User, values: Mapping[str, Any]) -> Project | None:
    """The project to begin as. Raises InvalidInput for one that the user does not lead."""
    if not values["like"]:
        return None
    project = project_to_copy(user, values["like"])
    if project is None or values["template"]:
        sentence = (
            _("Name a template or a project, not both.")
            if project
            else _("You lead no project of that name.")
        )
        raise InvalidInput(sentence, fields={"like": sentence})
    return project


class OneProject(ApiView):
    """One project."""

    @extend_schema(
        operation_id="read_project",
        summary="Settings, rubric and current guideline",
        tags=["projects"],
        responses={200: ProjectDetailSerializer, **refusals(404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """What a program needs to know before it asks for tasks."""
        return Response(_detail(self.access(slug, Action.SEE).membership))

    @extend_schema(
        operation_id="change_project",
        summary="Change the settings of a project",
        tags=["projects"],
        request=ProjectChangesSerializer,
        responses={200: ProjectDetailSerializer, **refusals(400, 403, 404)},
    )
    def patch(self, request: Request, slug: str) -> Response:
        """Each change is logged, old and new. Questions change at `rubric`."""
        access = self.access(slug, Action.CONFIGURE)
        changes = self.checked(ProjectChangesSerializer)
        update_project(project=access.project, actor=access.user, changes=changes)
        return Response(_detail(self.access(slug, Action.SEE).membership))


def _detail(membership: Membership) -> dict[str, object]:
    project = membership.project
    guideline = current_guideline(project)
    return project_detail_json(
        membership,
        criteria=asked_criteria(project),
        guideline=guideline,
        acknowledged=guideline is not None and has_acknowledged(membership.user, guideline),
    )


class GuidelineAcknowledgement(ApiView):
    """That I have read the guideline."""

    scope = ApiKey.Scope.RATE

    @extend_schema(
        operation_id="acknowledge_guideline",
        summary="Acknowledge the current guideline",
        tags=["projects"],
        request=AcknowledgementSerializer,
        responses={200: GuidelineSerializer, **refusals(400, 403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Tasks are leased only to those who have acknowledged the current version.

        The number says which version was read, so that a newer one is not acknowledged unread.
        """
        access = self.access(slug, Action.SEE_GUIDELINE)
        values = self.checked(AcknowledgementSerializer)
        number = values["number"]
        guideline = current_guideline(access.project)
        if guideline is None or guideline.number != number:
            sentence = (
                _("The current version is none yet; read and acknowledge that one.")
                if guideline is None
                else _("The current version is number %(number)d; read and acknowledge that one.")
                % {"number": guideline.number}
            )
            raise InvalidInput(sentence, fields={"number": sentence})
        acknowledge(user=access.user, guideline=guideline, seconds_open=values["seconds_open"])
        return Response(_detail(access.membership)["guideline"])
