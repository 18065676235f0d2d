"""How JSON bodies are read: with no field overlooked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses unknown fields: a mistyped name is an error, not a default."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The checked values. Raises ValidationError naming every field at fault."""
        if isinstance(data, Mapping):
            unknown = [str(key) for key in data if key not in self.fields]
            if unknown:
                known = ", ".join(self.fields)
                sentence = _("There is no such field here; known fields: %(known)s.") % {
                    "known": known
                }
                raise serializers.ValidationError({key: [sentence] for key in unknown})
        values: dict[str, Any] = super().to_internal_value(data)
        return values
