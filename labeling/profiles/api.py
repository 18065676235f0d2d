"""Voluntary questions by program: to answer and take back, to ask, and to read of groups."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.profiles.fields import ProfileField
from labeling.profiles.report import voices_at_hand
from labeling.profiles.selectors import newest_form, own_profile, own_profiles
from labeling.profiles.serializers import (
    AskedProfileSerializer,
    NewProfileFormSerializer,
    OwnProfileSerializer,
    ProfileAnswersSerializer,
    ProfileFormSerializer,
    VoicesSerializer,
    form_json,
    own_profile_json,
)
from labeling.profiles.services import (
    answer_profile,
    decline_profile,
    publish_profile_form,
    withdraw_profile,
)
from labeling.work.api import NOT_YET, not_yet
from projects.access import Access, require_row
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.models import ApiKey
from projects.permissions import Action

_TAGS = ["profiles"]


class MyProfile(ApiView):
    """What the asker says of themselves in a project."""

    scope = ApiKey.Scope.RATE

    @extend_schema(
        operation_id="read_profile",
        summary="Voluntary questions, and what you said",
        tags=_TAGS,
        responses={200: AskedProfileSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Nobody else reads what you said."""
        return self._reply(self.access(slug, Action.RATE))

    @extend_schema(
        operation_id="answer_profile",
        summary="Say something of yourself, if you like",
        tags=_TAGS,
        request=ProfileAnswersSerializer,
        responses={200: AskedProfileSerializer, **refusals(400, 403, 404, 409)},
    )
    def put(self, request: Request, slug: str) -> Response:
        """In place of what you said before; without an answer you would rather not."""
        access = self.access(slug, Action.RATE)
        said = self.checked(ProfileAnswersSerializer)
        if any(said["answers"].values()):
            answer_profile(
                membership=access.membership, number=said["version"], answers=said["answers"]
            )
        else:
            decline_profile(membership=access.membership)
        return self._reply(access)

    @extend_schema(
        operation_id="withdraw_profile",
        summary="Take back what you said",
        tags=_TAGS,
        responses={204: OpenApiResponse(description="Gone."), **refusals(403, 404)},
    )
    def delete(self, request: Request, slug: str) -> Response:
        """It is gone, and in no figure any more. Repeating it changes nothing."""
        access = self.access(slug, Action.RATE)
        withdraw_profile(user=access.user, project=access.project)
        return Response(status=204)

    def _reply(self, access: Access) -> Response:
        own = own_profile(access.user, access.project)
        form = form_json(newest_form(access.project))
        return Response({"form": form, "mine": own_profile_json(own) if own else None})


class ProfileQuestions(ApiView):
    """The voluntary questions of a project."""

    @extend_schema(
        operation_id="publish_profile_form",
        summary="Ask raters voluntary questions about themselves",
        tags=_TAGS,
        request=NewProfileFormSerializer,
        responses={
            201: ProfileFormSerializer,
            204: OpenApiResponse(description="Nobody is asked any more."),
            **refusals(400, 403, 404),
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        """A new version; who was asked is not asked again. The same again changes nothing."""
        access = self.access(slug, Action.CONFIGURE)
        said = self.checked(NewProfileFormSerializer)
        form = publish_profile_form(
            project=access.project,
            actor=access.user,
            purpose=said["purpose"],
            fields=[
                ProfileField(row["key"], row["label"], tuple(row["choices"]))
                for row in said["fields"]
            ],
        )
        return Response(status=204) if form is None else Response(form_json(form), status=201)


class GroupVoices(ApiView):
    """What groups of raters answer."""

    @extend_schema(
        operation_id="read_voices",
        summary="What groups of raters answer, of at least five people each",
        tags=_TAGS,
        responses={200: VoicesSerializer, 202: NOT_YET, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Rates and gaps with intervals, and agreement within groups over that across groups."""
        hand = voices_at_hand(self.access(slug, Action.SEE_RATERS).project)
        return not_yet(hand.progress) if hand.figures is None else Response(hand.figures)


class MyProfiles(ApiView):
    """What the asker said anywhere."""

    @extend_schema(
        operation_id="list_profiles",
        summary="What you said of yourself, project by project",
        tags=["account"],
        responses={200: OwnProfileSerializer(many=True), **refusals()},
    )
    def get(self, request: Request) -> Response:
        """Also of projects in which you are no member now."""
        return Response([own_profile_json(own) for own in own_profiles(self.user())])


class OneProfile(ApiView):
    """What the asker said in one project."""

    @extend_schema(
        operation_id="delete_profile",
        summary="Take back what you said in one project",
        tags=["account"],
        responses={204: OpenApiResponse(description="Gone."), **refusals(404)},
    )
    def delete(self, request: Request, profile_id: int) -> Response:
        """It is gone, and in no figure any more."""
        rows = own_profiles(self.user())
        own = require_row(
            next((row for row in rows if row.pk == profile_id), None),
            _("You said nothing there, or took it back."),
        )
        withdraw_profile(user=self.user(), project=own.project)
        return Response(status=204)
