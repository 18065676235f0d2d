"""Which days of active time are asked for by program."""

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
