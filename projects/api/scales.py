"""A question's scale in requests: the key of a published one, or one of one's own."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from projects.own_scales import (
    LABEL_LENGTH,
    OWN_ANSWERS,
    SCALE_KEY_LENGTH,
    own_scale_faults,
    own_scale_text,
)
from projects.scales import SCALES, TIE_KINDS


class OwnOptionSerializer(serializers.Serializer[Any]):
    """One option of a scale of one's own."""

    value = serializers.IntegerField()
    label = serializers.CharField(max_length=LABEL_LENGTH)  # type: ignore[assignment]
    tie_kind = serializers.ChoiceField(choices=TIE_KINDS, required=False, allow_blank=True)


class OwnScaleSerializer(serializers.Serializer[Any]):
    """A scale of one's own; a preference has the same strengths on both sides, and ties as 0."""

    key = serializers.CharField(max_length=SCALE_KEY_LENGTH)
    answer = serializers.ChoiceField(choices=OWN_ANSWERS)
    options = OwnOptionSerializer(many=True)
    ends = serializers.ListField(
        child=serializers.CharField(max_length=LABEL_LENGTH),
        required=False,
        help_text="Two captions, left and right.",
    )


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "enum": sorted(SCALES)},
            {
                "type": "object",
                "required": ["key", "answer", "options"],
                "properties": {
                    "key": {"type": "string", "maxLength": SCALE_KEY_LENGTH},
                    "answer": {"type": "string", "enum": list(OWN_ANSWERS)},
                    "options": {
                        "type": "array",
                        "items": {"$ref": "#/components/schemas/OwnOption"},
                    },
                    "ends": {"type": "array", "items": {"type": "string"}},
                },
            },
        ]
    }
)
class ScaleField(serializers.Field[Any, Any, Any, Any]):
    """The key of a published scale, or a scale of one's own; checked: its key and its text."""

    def to_internal_value(self, data: Any) -> tuple[str, str]:
        """Key and text, the latter empty for a published one. Raises ValidationError."""
        if isinstance(data, str):
            if data not in SCALES:
                known = ", ".join(sorted(SCALES))
                sentence = _("Unknown scale “%(key)s”; known scales: %(known)s.")
                raise serializers.ValidationError(sentence % {"key": data[:40], "known": known})
            return data, ""
        if faults := own_scale_faults(data, tuple(SCALES)):
            if set(faults) == {""}:
                raise serializers.ValidationError(faults[""])
            raise serializers.ValidationError({name: [text] for name, text in faults.items()})
        return data["key"], own_scale_text(data)
