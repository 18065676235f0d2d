"""Another address, and a person erased, by program: of oneself, and by operators of anybody."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from projects.api.parsing import StrictSerializer
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.models import User
from projects.models.users import normal_address
from projects.origins import client_address
from projects.services.emails import change_email, check_password_of, request_email_change
from projects.services.erasure import check_typed_address, erase_person


class OwnEmailSerializer(StrictSerializer):
    """An address of one's own, with the password."""

    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class PersonSerializer(StrictSerializer):
    """Who: by the address of the account."""

    email = serializers.CharField(max_length=254)


class _WrittenSerializer(StrictSerializer):
    """Whether what the person wrote goes too."""

    written = serializers.BooleanField(
        default=False,
        help_text="Delete the answers and edits that they wrote too, with the judgments they came "
        "with and the reviews of them.",
    )


class PersonErasureSerializer(_WrittenSerializer, PersonSerializer):
    """Who, and how much of them."""


class PersonEmailSerializer(PersonSerializer):
    """Who, and the new address."""

    new_email = serializers.CharField(max_length=254)


class ErasedSerializer(serializers.Serializer[Any]):
    """The made-up name that stands for the person from now on."""

    person = serializers.CharField()


class OwnErasureSerializer(_WrittenSerializer, OwnEmailSerializer):
    """One's address, typed, the password, and how much goes."""


class AccountEmail(ApiView):
    """One's own address."""

    @extend_schema(
        operation_id="change_own_email",
        summary="Have a link sent that changes your address",
        tags=["account"],
        request=OwnEmailSerializer,
        responses={202: OpenApiResponse(description="Open the link in the mail."), **refusals(400)},
    )
    def post(self, request: Request) -> Response:
        """Nothing changes before the link is opened; the old address is told then."""
        values = self.checked(OwnEmailSerializer)
        request_email_change(user=self.user(), address=client_address(request._request), **values)
        return Response(status=202)


class AccountErasure(ApiView):
    """One's own end."""

    @extend_schema(
        operation_id="erase_own_account",
        summary="Erase yourself; your judgments stay under a made-up name",
        tags=["account"],
        request=OwnErasureSerializer,
        responses={200: ErasedSerializer, **refusals(400, 409)},
    )
    def post(self, request: Request) -> Response:
        """Your address, typed, and your password; it cannot be taken back."""
        values = self.checked(OwnErasureSerializer)
        check_typed_address(person=self.user(), typed=values["email"])
        check_password_of(user=self.user(), password=values["password"])
        return Response(
            {
                "person": erase_person(
                    person=self.user(), actor=self.user(), written=values["written"]
                )
            }
        )


class _OperatorView(ApiView):
    """For operators who may do everything; 404 for everybody else."""

    def person(self, email: str) -> User:
        """The account of that address. Raises Http404."""
        person = User.objects.filter(email=normal_address(email)).first()
        if not self.user().is_superuser or person is None:
            raise Http404
        return person


class PersonEmail(_OperatorView):
    """Somebody's address."""

    @extend_schema(
        operation_id="change_email_of_person",
        summary="Change the address of an account",
        tags=["operations"],
        request=PersonEmailSerializer,
        responses={204: OpenApiResponse(description="It is changed."), **refusals(400, 404)},
    )
    def post(self, request: Request) -> Response:
        """At once; both addresses are told by mail."""
        if not self.user().is_superuser:
            raise Http404
        values = self.checked(PersonEmailSerializer)
        person = self.person(values["email"])
        change_email(user=person, email=values["new_email"], actor=self.user())
        return Response(status=204)


class PersonErasure(_OperatorView):
    """Somebody's end."""

    @extend_schema(
        operation_id="erase_person",
        summary="Erase a person; their judgments stay under a made-up name",
        tags=["operations"],
        request=PersonErasureSerializer,
        responses={200: ErasedSerializer, **refusals(400, 404, 409)},
    )
    def post(self, request: Request) -> Response:
        """409 for the only lead of a project and the only operator. It cannot be taken back."""
        if not self.user().is_superuser:
            raise Http404
        values = self.checked(PersonErasureSerializer)
        person = self.person(values["email"])
        pseudonym = erase_person(person=person, actor=self.user(), written=values["written"])
        return Response({"person": pseudonym})
