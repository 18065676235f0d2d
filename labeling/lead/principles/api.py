"""The library of principles by program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.lead.agreement.axes_serializers import FigureSerializer
from labeling.lead.principles.report import health_at_hand, never_cited
from labeling.lead.principles.selectors import history, library
from labeling.lead.principles.services import edit_principle
from labeling.models import Task
from labeling.work.api import NOT_YET, not_yet
from projects.access import require_row
from projects.api.parsing import StrictSerializer
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.guidelines.checks import LAST_RANK, MOST_EVIDENCE, PRINCIPLE_LIMIT
from projects.guidelines.content import PRINCIPLE_WORDS, principle_spec
from projects.guidelines.library import PrincipleChange, get_principle
from projects.guidelines.selectors import current_guideline
from projects.models import ChangeSize, Principle
from projects.permissions import Action
from projects.project_templates import PrincipleSpec

_TAGS = ["guideline"]


class AgreedSerializer(serializers.Serializer[Any]):
    """How well raters of one task agree: raw, and beyond chance."""

    percent_agreement = FigureSerializer()
    gwet_ac1 = FigureSerializer()


class HealthSerializer(serializers.Serializer[Any]):
    """How a principle fares."""

    cited = FigureSerializer()
    violated = FigureSerializer(help_text="Where rules are judged.")
    unsure = FigureSerializer(help_text="Where rules are judged.")
    conflicts = FigureSerializer(
        help_text="Tasks on which it was cited for one side and another for the other."
    )
    citing = AgreedSerializer(help_text="On whether it decided.")
    ruling = AgreedSerializer(help_text="On whether it is broken.")
    rewrite = serializers.CharField(
        allow_blank=True, help_text="Why to word it anew: `unused`, `disagreement`, or empty."
    )


class WordedPrincipleSerializer(serializers.Serializer[Any]):
    """A principle as it is worded."""

    key = serializers.CharField(help_text="The same in every version.")
    number = serializers.IntegerField(help_text="In the newest guideline that holds it.")
    version = serializers.IntegerField(help_text="Counts its wordings.")
    title = serializers.CharField()
    text = serializers.CharField(allow_blank=True, help_text="The policy wording.")
    training_form = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    scope = serializers.CharField(allow_blank=True)
    precedence = serializers.IntegerField(help_text="The lower prevails; 0: not said.")
    examples_for = serializers.CharField(allow_blank=True)
    examples_against = serializers.CharField(allow_blank=True)
    retired = serializers.BooleanField()
    changed_at = serializers.DateTimeField()


class LibraryEntrySerializer(WordedPrincipleSerializer):
    """A principle with its health; null where it is retired."""

    health = HealthSerializer(allow_null=True)


class LibrarySerializer(serializers.Serializer[Any]):
    """All principles, and how judgments cite them."""

    coverage = FigureSerializer(help_text="Judgments that cite at least one.")
    none_fits = FigureSerializer(help_text="Judgments that say that none fits.")
    never_cited = serializers.IntegerField(
        help_text="Principles in force that no judgment cites; 0 without judgments."
    )
    computed_at = serializers.DateTimeField(allow_null=True)
    newer = serializers.IntegerField(help_text="Judgments that are not in the figures.")
    principles = LibraryEntrySerializer(many=True)


class PastWordingSerializer(WordedPrincipleSerializer):
    """A wording as it first stood: who, why, and the tasks that were the evidence."""

    guideline = serializers.IntegerField(help_text="The version that it appeared in.")
    changed_by = serializers.CharField(allow_blank=True)
    why = serializers.CharField(allow_blank=True)
    evidence = serializers.ListField(child=serializers.IntegerField(), help_text="Ids of tasks.")


class OnePrincipleSerializer(WordedPrincipleSerializer):
    """A principle with every wording it had."""

    history = PastWordingSerializer(many=True, help_text="Newest first.")


class PrincipleChangesSerializer(StrictSerializer):
    """What is to change; what is left out stays."""

    title = serializers.CharField(required=False, max_length=120)
    text = serializers.CharField(required=False, allow_blank=True, max_length=PRINCIPLE_LIMIT)
    training_form = serializers.CharField(
        required=False, allow_blank=True, max_length=PRINCIPLE_LIMIT
    )
    source = serializers.CharField(  # type: ignore[assignment]
        required=False, allow_blank=True, max_length=PRINCIPLE_LIMIT
    )
    scope = serializers.CharField(required=False, allow_blank=True, max_length=PRINCIPLE_LIMIT)
    precedence = serializers.IntegerField(required=False, min_value=0, max_value=LAST_RANK)
    examples_for = serializers.CharField(
        required=False, allow_blank=True, max_length=PRINCIPLE_LIMIT
    )
    examples_against = serializers.CharField(
        required=False, allow_blank=True, max_length=PRINCIPLE_LIMIT
    )
    why = serializers.CharField(default="", allow_blank=True, max_length=PRINCIPLE_LIMIT)
    evidence = serializers.ListField(
        child=serializers.IntegerField(min_value=1),
        default=list,
        max_length=MOST_EVIDENCE,
        help_text="Ids of tasks that say why.",
    )
    change_size = serializers.ChoiceField(choices=ChangeSize.choices, default=ChangeSize.MAJOR)
    based_on = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class AddedPrincipleSerializer(PrincipleChangesSerializer):
    """A new principle."""

    title = serializers.CharField(max_length=120)


def _worded(clause: Principle, latest: Principle, *, is_retired: bool) -> dict[str, Any]:
    words = {name: getattr(clause, name) for name in PRINCIPLE_WORDS}
    about = {"key": clause.key, "number": clause.number, "version": clause.version}
    changed_at = latest.guideline.published_at
    return {**about, **words, "retired": is_retired, "changed_at": changed_at}


class PrincipleLibrary(ApiView):
    """The principles of a project's guideline."""

    @extend_schema(
        operation_id="list_principles",
        summary="The principles with their health, each figure with n and interval",
        tags=_TAGS,
        responses={200: LibrarySerializer, 202: NOT_YET, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Those in force by number, then those that are retired."""
        project = self.access(slug, Action.SEE_AGREEMENT).project
        hand = health_at_hand(project)
        if hand.figures is None:
            return not_yet(hand.progress)
        health = hand.figures["principles"]
        entries = library(project, current_guideline(project))
        return Response(
            {
                "coverage": hand.figures["coverage"],
                "none_fits": hand.figures["none_fits"],
                "never_cited": never_cited(
                    hand.figures, [e.clause.key for e in entries if not e.is_retired]
                ),
                "computed_at": hand.computed_at,
                "newer": hand.newer,
                "principles": [
                    {
                        **_worded(entry.clause, entry.latest, is_retired=entry.is_retired),
                        "health": None if entry.is_retired else health.get(entry.clause.key),
                    }
                    for entry in entries
                ],
            }
        )

    @extend_schema(
        operation_id="add_principle",
        summary="Add a principle, in a new version of the guideline",
        tags=_TAGS,
        request=AddedPrincipleSerializer,
        responses={201: OnePrincipleSerializer, **refusals(400, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Raters read that version before their next task, unless the change is minor."""
        access = self.access(slug, Action.EDIT_GUIDELINE)
        values = self.checked(AddedPrincipleSerializer)
        guideline = edit_principle(
            project=access.project,
            changed_by=access.user,
            key="",
            **_change(values, PrincipleSpec(values["title"])),
        )
        key = guideline.principles.latest("number").key
        location = reverse("api:principle", args=[slug, key])
        reply = _detail(self, slug, key)
        return Response(reply, status=201, headers={"Location": location})


class OnePrinciple(ApiView):
    """One principle."""

    @extend_schema(
        operation_id="read_principle",
        summary="A principle with its history",
        tags=_TAGS,
        responses={200: OnePrincipleSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str, key: str) -> Response:
        """Each wording with who, why and the tasks that were the evidence."""
        self.access(slug, Action.SEE_AGREEMENT)
        return Response(_detail(self, slug, key))

    @extend_schema(
        operation_id="change_principle",
        summary="Word a principle anew, in a new version of the guideline",
        tags=_TAGS,
        request=PrincipleChangesSerializer,
        responses={200: OnePrincipleSerializer, **refusals(400, 403, 404, 409)},
    )
    def patch(self, request: Request, slug: str, key: str) -> Response:
        """Judgments that cited the words of before keep them. One that is retired comes back."""
        access = self.access(slug, Action.EDIT_GUIDELINE)
        clause = require_row(get_principle(access.project, key), _("There is no such principle."))
        change = _change(self.checked(PrincipleChangesSerializer), principle_spec(clause))
        edit_principle(project=access.project, changed_by=access.user, key=key, **change)
        return Response(_detail(self, slug, key))

    @extend_schema(
        operation_id="retire_principle",
        summary="Retire a principle, in a new version of the guideline",
        tags=_TAGS,
        request=None,
        responses={200: OnePrincipleSerializer, **refusals(400, 403, 404, 409)},
    )
    def delete(self, request: Request, slug: str, key: str) -> Response:
        """Its history stays, and judgments that cite it keep its words."""
        access = self.access(slug, Action.EDIT_GUIDELINE)
        if get_principle(access.project, key) is None:
            raise Http404(_("There is no such principle."))
        edit_principle(
            project=access.project, changed_by=access.user, key=key, change=PrincipleChange(None)
        )
        return Response(_detail(self, slug, key))


def _change(values: Mapping[str, Any], before: PrincipleSpec) -> dict[str, Any]:
    """What the service takes: the words of before where nothing else is said."""
    words = {name: values.get(name, getattr(before, name)) for name in PRINCIPLE_WORDS}
    wording = PrincipleSpec(**words, why=values["why"])
    note, size = values["why"], values["change_size"]
    change = PrincipleChange(wording, note[:2000], size, values.get("based_on"))
    return {"change": change, "evidence": [f"#{pk}" for pk in values["evidence"]]}


def _detail(view: ApiView, slug: str, key: str) -> dict[str, Any]:
    project = view.access(slug, Action.SEE_AGREEMENT).project
    clause = require_row(get_principle(project, key), _("There is no such principle."))
    newest, past = current_guideline(project), history(project, key)
    is_retired = newest is None or clause.guideline_id != newest.pk
    return {
        **_worded(clause, past[0].clause, is_retired=is_retired),
        "history": [
            {
                **_worded(version.clause, version.clause, is_retired=is_retired),
                "guideline": version.clause.guideline.number,
                "changed_by": _name(version.clause),
                "why": version.clause.why or version.clause.guideline.change_note,
                "evidence": _ids(version.evidence),
            }
            for version in past
        ],
    }


def _ids(tasks: Any) -> list[int]:
    rows: list[Task] = list(tasks)
    return [task.pk for task in rows]


def _name(clause: Principle) -> str:
    by = clause.guideline.published_by
    return by.display_name if by else ""
