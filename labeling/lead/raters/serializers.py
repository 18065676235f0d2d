"""What checks say of all raters, and which days of active time are asked for, by program."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labeling.lead.raters.downloads import Days
from projects.api.parsing import StrictSerializer


class DaysSerializer(StrictSerializer):
    """A first and a last day, both of which are in the file; without one it is open there."""

    since = serializers.DateField(required=False, help_text="The first day, of your time zone.")
    until = serializers.DateField(required=False, help_text="The last day, of your time zone.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The first comes before the last."""
        days = Days(**attrs)
        if sentence := days.fault:
            raise serializers.ValidationError({"until": sentence})
        return {"days": days}


class SinceSerializer(serializers.Serializer[Any]):
    """Which batches of anchors are compared."""

    since = serializers.DateTimeField(
        required=False,
        help_text="Compares anchors answered before this moment with those since then; without it "
        "the earlier half with the later.",
    )


class ChecksSerializer(serializers.Serializer[Any]):
    """What checks say of all raters together; each figure as everywhere."""

    computed_at = serializers.DateTimeField(
        allow_null=True, help_text="Null: at this moment. Large projects: in the background."
    )
    newer = serializers.IntegerField(help_text="Judgments since, which are in no figure.")
    answers_until = serializers.IntegerField(
        allow_null=True, help_text="The newest version of any right answer by which it was read."
    )
    gold = serializers.DictField()
    self_consistency = serializers.DictField()
    susceptibility = serializers.DictField()
    susceptible = serializers.BooleanField(
        help_text="The share is above 20 % and its interval above 10 %."
    )
    anchors = serializers.DictField(
        help_text="The `earlier` and the `later` batch of answers, the `change` (the earlier share "
        "less the later), and its `z` and `p`."
    )
