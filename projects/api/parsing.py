"""How small JSON bodies are read: bounded, and with no field overlooked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.parsers import JSONParser

from projects.api.errors import TooLarge


class BoundedJSONParser(JSONParser):
    """JSON up to DATA_UPLOAD_MAX_MEMORY_SIZE; the framework's own would read any length."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The parsed body. Raises TooLarge, and ParseError for what is not JSON."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        request = (parser_context or {})["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > limit:
            raise TooLarge(f"A body here may have at most {limit // 2**20} MB.")
        return super().parse(stream, media_type, parser_context)


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses unknown fields: a mistyped name is an error, not a default."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The checked values. Raises ValidationError naming every field at fault."""
        if isinstance(data, Mapping):
            unknown = [str(key) for key in data if key not in self.fields]
            if unknown:
                known = ", ".join(self.fields)
                sentence = f"There is no such field here; known fields: {known}."
                raise serializers.ValidationError({key: [sentence] for key in unknown})
        values: dict[str, Any] = super().to_internal_value(data)
        return values
