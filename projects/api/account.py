"""One's own account by program: name, tokens, where one is logged in."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from projects.access import require_row
from projects.api.parsing import StrictSerializer
from projects.api.replies import PAGE_PARAMETERS, paged, refusals
from projects.api.views import ApiView, page_reply
from projects.exceptions import InvalidInput
from projects.forms.accounts import time_zones
from projects.models import ApiKey, SessionRecord, User
from projects.selectors import people
from projects.selectors.sessions import sessions_of
from projects.services.accounts import update_account
from projects.services.keys import KEY_DAYS, MOST_DAYS, create_api_key, revoke_api_key
from projects.services.sessions import end_session, end_sessions

_TAGS = ["account"]


class AccountSerializer(serializers.Serializer[Any]):
    """Who you are here."""

    email = serializers.CharField(allow_null=True)
    name = serializers.CharField(allow_blank=True)
    display_name = serializers.CharField(help_text="What others see.")
    time_zone = serializers.CharField()
    shows_covered = serializers.BooleanField(help_text="Whether covered texts are open at once.")
    may_operate = serializers.BooleanField(help_text="Whether you operate this instance.")


class AccountChangesSerializer(StrictSerializer):
    """What is to change; what is left out stays."""

    name = serializers.CharField(required=False, allow_blank=True, max_length=150)
    time_zone = serializers.CharField(
        required=False, max_length=64, help_text="As in the tz database: `Europe/Berlin`."
    )
    shows_covered = serializers.BooleanField(
        required=False, help_text="Open at once what stands behind a cover on pages."
    )


class TokenSerializer(serializers.Serializer[Any]):
    """An API token without its secret, which nobody can read again."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="How it begins.")
    scope = serializers.ChoiceField(choices=ApiKey.Scope.choices)
    state = serializers.CharField(help_text="`open`, `revoked` or `expired`.")
    is_this = serializers.BooleanField(help_text="Whether this call was made with it.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To five minutes.")


class NewTokenSerializer(StrictSerializer):
    """What it is called, what it may do and for how long."""

    name = serializers.CharField(max_length=80)
    scope = serializers.ChoiceField(choices=ApiKey.Scope.choices, default=ApiKey.Scope.READ)
    days = serializers.IntegerField(
        min_value=0, max_value=MOST_DAYS, default=KEY_DAYS, help_text="0: until it is revoked."
    )


class FreshTokenSerializer(TokenSerializer):
    """A new token: its secret stands in this reply and nowhere else."""

    token = serializers.CharField()


class SessionSerializer(serializers.Serializer[Any]):
    """A browser that is logged in as you."""

    id = serializers.IntegerField()
    browser = serializers.CharField(allow_blank=True)
    address = serializers.CharField(allow_blank=True)
    started_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField()


class EndedSessionsSerializer(serializers.Serializer[Any]):
    """How many were ended."""

    ended = serializers.IntegerField()


def _account_json(user: User) -> dict[str, Any]:
    return {
        "email": user.email,
        "name": user.name,
        "display_name": user.display_name,
        "time_zone": user.time_zone,
        "shows_covered": user.shows_covered,
        "may_operate": user.is_staff,
    }


def _token_json(key: ApiKey, used: object) -> dict[str, Any]:
    names = ("name", "prefix", "scope", "created_at", "expires_at", "last_used_at")
    return {
        "id": key.pk,
        **{name: getattr(key, name) for name in names},
        "state": key.status,
        "is_this": isinstance(used, ApiKey) and used.pk == key.pk,
    }


def _session_json(record: SessionRecord) -> dict[str, Any]:
    names = ("browser", "address", "started_at", "seen_at")
    return {"id": record.pk, **{name: getattr(record, name) for name in names}}


class Account(ApiView):
    """My account."""

    @extend_schema(
        operation_id="read_account",
        summary="Who I am",
        tags=_TAGS,
        responses={200: AccountSerializer, **refusals()},
    )
    def get(self, request: Request) -> Response:
        """Whose token this is."""
        return Response(_account_json(self.user()))

    @extend_schema(
        operation_id="change_account",
        summary="Change my name, time zone or covers",
        tags=_TAGS,
        request=AccountChangesSerializer,
        responses={200: AccountSerializer, **refusals(400)},
    )
    def patch(self, request: Request) -> Response:
        """A password and an address are changed on their own pages, by a person."""
        user, values = self.user(), self.checked(AccountChangesSerializer)
        zone = values.get("time_zone", user.time_zone)
        if "time_zone" in values and zone not in time_zones():
            sentence = _("There is no such time zone.")
            raise InvalidInput(sentence, fields={"time_zone": sentence})
        update_account(
            user=user,
            name=values.get("name", user.name),
            time_zone=zone,
            shows_covered=values.get("shows_covered", user.shows_covered),
        )
        user.refresh_from_db()
        return Response(_account_json(user))


class Tokens(ApiView):
    """My API tokens."""

    @extend_schema(
        operation_id="list_tokens",
        summary="My tokens, living ones first",
        tags=_TAGS,
        parameters=PAGE_PARAMETERS,
        responses={200: paged(TokenSerializer), **refusals(404)},
    )
    def get(self, request: Request) -> Response:
        """With scope, expiry and when each was last used."""
        rows = people.tokens_of(self.user())
        return page_reply(self, rows, lambda key: _token_json(key, request.auth))

    @extend_schema(
        operation_id="create_token",
        summary="Make a token",
        tags=_TAGS,
        request=NewTokenSerializer,
        responses={201: FreshTokenSerializer, **refusals(400, 403)},
    )
    def post(self, request: Request) -> Response:
        """Its secret is in this reply and never again, and you get a mail about it.

        One that is made with a token lives no longer than that.
        """
        values = self.checked(NewTokenSerializer)
        maker = request.auth if isinstance(request.auth, ApiKey) else None
        fresh = create_api_key(user=self.user(), **values, outlived_by=maker)
        body = {**_token_json(fresh.key, request.auth), "token": fresh.token}
        return Response(body, status=201, headers={"Cache-Control": "no-store"})


class TokenRevocation(ApiView):
    """A token that works no more."""

    @extend_schema(
        operation_id="revoke_token",
        summary="Revoke one of my tokens",
        tags=_TAGS,
        request=None,
        responses={200: TokenSerializer, **refusals(404)},
    )
    def post(self, request: Request, token_id: int) -> Response:
        """At once, the one of this call too. Repeating it changes nothing."""
        row = people.tokens_of(self.user()).filter(pk=token_id).first()
        key = require_row(row, _("You have no such token."))
        revoke_api_key(key=key)
        key.refresh_from_db()
        return Response(_token_json(key, request.auth))


class Sessions(ApiView):
    """Where I am logged in."""

    @extend_schema(
        operation_id="list_sessions",
        summary="Browsers that are logged in as me, last used first",
        tags=_TAGS,
        parameters=PAGE_PARAMETERS,
        responses={200: paged(SessionSerializer), **refusals(404)},
    )
    def get(self, request: Request) -> Response:
        """Tokens are none of them."""
        return page_reply(self, sessions_of(self.user()), _session_json)


class OneSession(ApiView):
    """One browser."""

    @extend_schema(
        operation_id="end_session",
        summary="Log out one browser",
        tags=_TAGS,
        request=None,
        responses={204: OpenApiResponse(description="Logged out."), **refusals(404)},
    )
    def delete(self, request: Request, session_id: int) -> Response:
        """At once."""
        row = sessions_of(self.user()).filter(pk=session_id).first()
        end_session(record=require_row(row, _("You are not logged in there any more.")))
        return Response(status=204)


class OtherSessions(ApiView):
    """Every other browser."""

    @extend_schema(
        operation_id="end_other_sessions",
        summary="Log out every browser but this one",
        tags=_TAGS,
        request=None,
        responses={200: EndedSessionsSerializer, **refusals()},
    )
    def post(self, request: Request) -> Response:
        """All of them, where the call is made with a token."""
        but = "" if isinstance(request.auth, ApiKey) else request.session.session_key or ""
        return Response({"ended": end_sessions(user=self.user(), but=but)})
