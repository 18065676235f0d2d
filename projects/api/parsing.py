"""How JSON bodies are read: within bounds, with no field overlooked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

#: How many values a body may hold: each costs time to check, long before it is refused by name.
MAX_VALUES = 10_000
#: How deep lists and objects of a body may stand in one another.
MAX_LEVELS = 32


class BoundedJsonParser(JSONParser):
    """Reads JSON of bounded depth and number. Raises ParseError for what has more."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The body; what its values are is checked field by field, where they have names."""
        try:
            body = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(_too_deep()) from None
        _check_size(body)
        return body


def _too_deep() -> str:
    return _("at most %(limit)d levels in one another") % {"limit": MAX_LEVELS}


def _check_size(body: object) -> None:
    level: list[object] = [body]
    n = 1
    for _depth in range(MAX_LEVELS + 1):
        inner: list[object] = []
        for value in level:
            if isinstance(value, dict):
                inner.extend(value.values())
            elif isinstance(value, list):
                inner.extend(value)
            elif isinstance(value, float) and not math.isfinite(value):
                raise ParseError(_("a number is too large"))
        if not inner:
            return
        n += len(inner)
        if n > MAX_VALUES:
            raise ParseError(_("at most %(limit)d values") % {"limit": MAX_VALUES})
        level = inner
    raise ParseError(_too_deep())


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
