"""Exclusions, by program."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labeling.lead.exclusions.selectors import RangeOfJudgments
from labeling.lead.exclusions.services import MOST_EXCLUSION_NOTE
from labeling.lead.raters.serializers import DaysSerializer
from labeling.models import Exclusion
from labeling.vocabulary import EXCLUSION_REASONS


class ExclusionSerializer(serializers.Serializer[Any]):
    """That judgments of a rater, by a range of their ids, count in no figure and no release."""

    id = serializers.IntegerField()
    first = serializers.IntegerField(help_text="The id of the first judgment,")
    newest = serializers.IntegerField(help_text="and of the last.")
    judgments = serializers.IntegerField(help_text="How many it left out when it was made.")
    reason = serializers.ChoiceField(choices=EXCLUSION_REASONS)
    note = serializers.CharField(allow_blank=True)
    reopens = serializers.BooleanField(help_text="Whether their places open again, for others.")
    by = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    lifted_by = serializers.CharField(allow_null=True)
    lifted_at = serializers.DateTimeField(allow_null=True, help_text="Null: it holds.")


class ExclusionsSerializer(serializers.Serializer[Any]):
    """What of a rater was ever excluded, newest first."""

    rater = serializers.CharField()
    excluded = serializers.IntegerField(help_text="Judgments that are left out now.")
    exclusions = ExclusionSerializer(many=True)


class NewExclusionSerializer(DaysSerializer):
    """Which judgments of the rater, and why; without days all until now."""

    reason = serializers.ChoiceField(choices=EXCLUSION_REASONS)
    note = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=MOST_EXCLUSION_NOTE
    )
    reopens = serializers.BooleanField(
        required=False, default=False, help_text="Open their places again, for other raters."
    )
    dry_run = serializers.BooleanField(
        required=False, default=False, help_text="Only say how many it would be."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The days are one value."""
        ends: dict[str, Any] = {n: attrs.pop(n) for n in ("since", "until") if n in attrs}
        return {**attrs, **super().validate(ends)}


class ExcludedSerializer(serializers.Serializer[Any]):
    """What is excluded, or in a dry run would be."""

    dry_run = serializers.BooleanField()
    judgments = serializers.IntegerField(help_text="Judgments that count, and would not then.")
    tasks = serializers.IntegerField(help_text="Live tasks that they are of.")
    exclusions = ExclusionSerializer(many=True, help_text="Those that hold.")
    task_change = serializers.IntegerField(
        allow_null=True, help_text="The job that opens places again: `task-changes/{id}/`."
    )


class LiftingSerializer(serializers.Serializer[Any]):
    """What was lifted."""

    lifted = serializers.IntegerField(help_text="Exclusions; 0: none was in force.")
    judgments = serializers.IntegerField(help_text="Judgments that count again.")
    task_changes = serializers.ListField(
        child=serializers.IntegerField(), help_text="Jobs that close places that nobody took."
    )


def exclusion_json(row: Exclusion) -> dict[str, Any]:
    """An exclusion as leads see it."""
    names = ("first", "newest", "judgments", "reason", "note", "reopens", "at", "lifted_at")
    return {
        "id": row.pk,
        **{name: getattr(row, name) for name in names},
        "by": row.by.display_name if row.by else None,
        "lifted_by": row.lifted_by.display_name if row.lifted_by else None,
    }


def range_json(within: RangeOfJudgments) -> dict[str, int]:
    """How many judgments and tasks a range has."""
    return {"judgments": within.judgments, "tasks": within.tasks}
