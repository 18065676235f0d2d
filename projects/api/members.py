"""Members, invitations and reminders, by program."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from projects.access import Access, require_row
from projects.api.parsing import StrictSerializer
from projects.api.replies import PAGE_PARAMETERS, paged, refusals
from projects.api.serializers import ProjectSerializer, project_json
from projects.api.views import ApiView, page_reply
from projects.guidelines.selectors import current_guideline, unread_memberships
from projects.models import Invitation, Membership, Role
from projects.permissions import Action
from projects.selectors import people
from projects.services.invitations import accept_invitation, invite, revoke_invitation
from projects.services.members import (
    MOST_PAUSE_REASON,
    remove_member,
    set_member,
    set_pause,
)
from projects.services.reminders import MOST_REMINDERS, remind
from projects.sites import site_address

_TAGS = ["members"]


class MemberSerializer(serializers.Serializer[Any]):
    """A member of a project."""

    id = serializers.IntegerField(help_text="Of the membership.")
    name = serializers.CharField()
    email = serializers.CharField(allow_null=True)
    role = serializers.ChoiceField(choices=Role.choices)
    rater_limit = serializers.IntegerField(
        allow_null=True, help_text="Judgments at most; null: the project's limit."
    )
    since = serializers.DateTimeField()
    paused_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when they get no new tasks; null: they do."
    )
    pause_reason = serializers.CharField(allow_blank=True, help_text="As they read it.")
    has_guideline_to_read = serializers.BooleanField(
        help_text="A rater who has not acknowledged the current version, and gets no task."
    )
    reminded_at = serializers.DateTimeField(
        allow_null=True, help_text="When a reminder of the guideline was last asked for."
    )


class MemberChangesSerializer(StrictSerializer):
    """What is to change; what is left out stays."""

    role = serializers.ChoiceField(choices=Role.choices, required=False)
    rater_limit = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=10_000_000
    )
    paused = serializers.BooleanField(
        required=False, help_text="They get no new tasks; what they have open may be finished."
    )
    pause_reason = serializers.CharField(
        required=False, allow_blank=True, max_length=MOST_PAUSE_REASON, help_text="They read it."
    )


class RemindersSerializer(StrictSerializer):
    """Whom to remind."""

    members = serializers.ListField(
        child=serializers.IntegerField(min_value=1),
        required=False,
        default=list,
        max_length=MOST_REMINDERS,
        help_text="Ids of memberships; none: every rater who has the guideline to read.",
    )


class RemindedMemberSerializer(serializers.Serializer[Any]):
    """Who is sent a reminder."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class RemindedSerializer(serializers.Serializer[Any]):
    """Who is sent a reminder, and how many are left for another call."""

    reminded = RemindedMemberSerializer(many=True)
    left = serializers.IntegerField()


class InvitationSerializer(serializers.Serializer[Any]):
    """A link that makes whoever follows it a member."""

    id = serializers.IntegerField()
    role = serializers.ChoiceField(choices=Role.choices)
    note = serializers.CharField(allow_blank=True)
    state = serializers.CharField(help_text="`open`, `revoked`, `expired` or `used up`.")
    uses = serializers.IntegerField()
    max_uses = serializers.IntegerField(allow_null=True)
    created_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class NewInvitationSerializer(StrictSerializer):
    """For which role, for how long, how often it works."""

    role = serializers.ChoiceField(choices=Role.choices)
    days = serializers.IntegerField(
        required=False, min_value=1, max_value=365, help_text="14 unless told."
    )
    max_uses = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=100_000
    )
    note = serializers.CharField(default="", allow_blank=True, max_length=120)


class FreshInvitationSerializer(InvitationSerializer):
    """A new invitation: its link stands in this reply and nowhere else."""

    link = serializers.URLField(help_text="For people.")
    token = serializers.CharField(help_text="For `accept_invitation`.")


class InvitationTokenSerializer(StrictSerializer):
    """The last part of an invitation's link."""

    token = serializers.CharField(max_length=200)


def member_json(membership: Membership, unread: set[int]) -> dict[str, Any]:
    """A member, as leads and reviewers see them."""
    return {
        "id": membership.pk,
        "name": membership.user.display_name,
        "email": membership.user.email,
        "role": membership.role,
        "rater_limit": membership.rater_limit,
        "since": membership.created_at,
        "paused_at": membership.paused_at,
        "pause_reason": membership.pause_reason,
        "has_guideline_to_read": membership.pk in unread,
        "reminded_at": membership.reminded_at,
    }


def invitation_json(invitation: Invitation) -> dict[str, Any]:
    """An invitation without its token, which nobody can read again."""
    by = invitation.created_by
    names = ("role", "note", "uses", "max_uses", "created_at", "expires_at")
    return {
        "id": invitation.pk,
        **{name: getattr(invitation, name) for name in names},
        "state": invitation.status,
        "created_by": by.display_name if by else "",
    }


def _unread(access: Access) -> set[int]:
    return set(
        unread_memberships(access.project, current_guideline(access.project)).values_list(
            "pk", flat=True
        )
    )


def _member(access: Access, pk: int) -> Membership:
    return require_row(people.get_member(access.project, pk), _("There is no such member."))


class Members(ApiView):
    """Who takes part."""

    @extend_schema(
        operation_id="list_members",
        summary="Members, leads first, and who has the guideline to read",
        tags=_TAGS,
        parameters=PAGE_PARAMETERS,
        responses={200: paged(MemberSerializer), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """All members of the project."""
        access = self.access(slug, Action.SEE_MEMBERS)
        unread = _unread(access)
        rows = people.members_of(access.project)
        return page_reply(self, rows, lambda row: member_json(row, unread))


class OneMember(ApiView):
    """One member."""

    @extend_schema(
        operation_id="read_member",
        summary="A member",
        tags=_TAGS,
        responses={200: MemberSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str, member_id: int) -> Response:
        """Role, limit and whether they have the guideline to read."""
        access = self.access(slug, Action.SEE_MEMBERS)
        return Response(member_json(_member(access, member_id), _unread(access)))

    @extend_schema(
        operation_id="change_member",
        summary="Change a member's role or limit, pause them or let them go on",
        tags=_TAGS,
        request=MemberChangesSerializer,
        responses={200: MemberSerializer, **refusals(400, 403, 404, 409)},
    )
    def patch(self, request: Request, slug: str, member_id: int) -> Response:
        """409 where the last lead would lose the role."""
        access = self.access(slug, Action.MANAGE_MEMBERS)
        member = _member(access, member_id)
        values = self.checked(MemberChangesSerializer)
        if values.keys() & {"role", "rater_limit"} or not values:
            set_member(
                project=access.project,
                user=member.user,
                role=values.get("role", member.role),
                rater_limit=values.get("rater_limit", member.rater_limit),
                actor=access.user,
            )
        if values.keys() & {"paused", "pause_reason"}:
            set_pause(
                membership=member,
                actor=access.user,
                paused=values.get("paused", member.paused_at is not None),
                reason=values.get("pause_reason", member.pause_reason),
            )
        return Response(member_json(_member(access, member_id), _unread(access)))

    @extend_schema(
        operation_id="remove_member",
        summary="Remove a member; their judgments stay",
        tags=_TAGS,
        request=None,
        responses={204: OpenApiResponse(description="Removed."), **refusals(403, 404, 409)},
    )
    def delete(self, request: Request, slug: str, member_id: int) -> Response:
        """Links made until now do not bring them back. 409 for the last lead."""
        access = self.access(slug, Action.MANAGE_MEMBERS)
        remove_member(membership=_member(access, member_id), actor=access.user)
        return Response(status=204)


class GuidelineReminders(ApiView):
    """Reminders of a guideline that is to be read."""

    @extend_schema(
        operation_id="remind_members",
        summary="Ask raters by mail to read the current guideline",
        tags=_TAGS,
        request=RemindersSerializer,
        responses={200: RemindedSerializer, **refusals(400, 403, 404, 409, 429)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Nobody is reminded twice a day: 429 where all of them were. 409 where all have read it.

        At most 100 mails a call; `left` says how many wait for another one.
        """
        access = self.access(slug, Action.MANAGE_MEMBERS)
        members = self.checked(RemindersSerializer)["members"]
        reminders = remind(project=access.project, actor=access.user, members=members)
        rows = [{"id": row.pk, "name": row.user.display_name} for row in reminders.members]
        return Response({"reminded": rows, "left": reminders.left})


class Invitations(ApiView):
    """Invitation links."""

    @extend_schema(
        operation_id="list_invitations",
        summary="Invitations, newest first",
        tags=_TAGS,
        parameters=PAGE_PARAMETERS,
        responses={200: paged(InvitationSerializer), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Those that still work, and those that do not."""
        project = self.access(slug, Action.MANAGE_MEMBERS).project
        return page_reply(self, people.invitations_of(project), invitation_json)

    @extend_schema(
        operation_id="create_invitation",
        summary="Make an invitation link",
        tags=_TAGS,
        request=NewInvitationSerializer,
        responses={201: FreshInvitationSerializer, **refusals(400, 403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """The link is in this reply and never again. Whoever follows it joins in that role."""
        access = self.access(slug, Action.MANAGE_MEMBERS)
        values = self.checked(NewInvitationSerializer)
        fresh = invite(project=access.project, created_by=access.user, **values)
        address = reverse("projects:invitation", args=[fresh.token])
        body = {
            **invitation_json(fresh.invitation),
            "link": site_address(address),
            "token": fresh.token,
        }
        return Response(body, status=201, headers={"Cache-Control": "no-store"})


class InvitationRevocation(ApiView):
    """An invitation that works no more."""

    @extend_schema(
        operation_id="revoke_invitation",
        summary="Revoke an invitation",
        tags=_TAGS,
        request=None,
        responses={200: InvitationSerializer, **refusals(403, 404)},
    )
    def post(self, request: Request, slug: str, invitation_id: int) -> Response:
        """The link is useless at once; who joined by it stays. Repeating it changes nothing."""
        access = self.access(slug, Action.MANAGE_MEMBERS)
        row = people.get_invitation(access.project, invitation_id)
        invitation = require_row(row, _("There is no such invitation."))
        revoke_invitation(invitation=invitation, actor=access.user)
        invitation.refresh_from_db()
        return Response(invitation_json(invitation))


class InvitationAcceptance(ApiView):
    """Joining a project."""

    @extend_schema(
        operation_id="accept_invitation",
        summary="Join a project by an invitation",
        tags=_TAGS,
        request=InvitationTokenSerializer,
        responses={200: ProjectSerializer, **refusals(400, 409)},
    )
    def post(self, request: Request) -> Response:
        """With your own account. 409 where the link does not work, or not for you."""
        token = self.checked(InvitationTokenSerializer)["token"]
        membership = accept_invitation(token=token, user=self.user())
        return Response(project_json(membership))
