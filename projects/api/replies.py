"""How refusals and pages of results read in the OpenAPI document."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

_MEANINGS = {
    400: "Values are missing or do not fit; `fields` says which.",
    401: "No token, or one that is unknown, revoked or expired.",
    403: "A member whose role, or a token whose scope, does not allow it.",
    404: "It does not exist, or you are not a member of its project.",
    409: "The state of things does not allow it any more.",
    413: "The body is too large.",
    416: "The range holds no byte of the file.",
    415: "A kind of content that is not read here.",
    429: "Too soon: wait as many seconds as `Retry-After` says.",
}


class ErrorSerializer(serializers.Serializer[Any]):
    """Every refusal: a code for programs, a sentence for people, a sentence a field."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]


def refusals(*statuses: int) -> dict[int, OpenApiResponse]:
    """The refusals of an operation, for `extend_schema(responses={**refusals(404), …})`.

    401 is always among them.
    """
    return {
        status: OpenApiResponse(ErrorSerializer, description=_MEANINGS[status])
        for status in sorted({401, *statuses})
    }


#: The query parameters of a list.
PAGE_PARAMETERS = [
    OpenApiParameter("page", int, description="From 1."),
    OpenApiParameter("page_size", int, description="At most 500; 50 unless told."),
]


@cache
def paged(item: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """A page of items, for `extend_schema`."""
    return inline_serializer(
        f"{item.__name__.removesuffix('Serializer')}Page",
        {
            "count": serializers.IntegerField(help_text="How many there are on all pages."),
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": item(many=True),
        },
    )
