"""Marks as the API shows and takes them: passages of texts and regions of pictures."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from labeling.vocabulary import Polarity


class _MarkSerializer(serializers.Serializer[Any]):
    """What every mark says: where it is and what it is attached to."""

    slot = serializers.CharField(help_text="`A`, `B`, … as shown, or `prompt`.")
    polarity = serializers.ChoiceField(choices=list(Polarity))
    criterion = serializers.CharField(required=False, help_text="The key of a question asked.")
    flag = serializers.CharField(required=False, help_text="One of those of a judgment.")
    principle = serializers.CharField(required=False, help_text="By its number, such as `P3`.")
    note = serializers.CharField(
        required=False, help_text="What the rater says of it, at most 500 characters."
    )


class SpanSerializer(_MarkSerializer):
    """A marked passage, attached to exactly one of a criterion, a flag and a principle."""

    message = serializers.IntegerField(
        default=0, help_text="Which turn of that text, from 0; its `content` is marked."
    )
    start = serializers.IntegerField(
        help_text="In code points of the text as it was written, from 0."
    )
    end = serializers.IntegerField(help_text="The code point after the last one.")
    quote = serializers.CharField(help_text="What stands there; where it differs it is refused.")


@extend_schema_field(SpanSerializer(many=True))
class SpansField(serializers.ListField):
    """Marked passages, at most 200; what is in them is checked beside the texts that they mark."""


class RegionSerializer(_MarkSerializer):
    """A marked rectangle of a picture, attached to exactly one of a criterion, a flag and a
    principle. Shares are of the picture's own width and height."""

    message = serializers.IntegerField(default=0, help_text="Which turn of that text, from 0.")
    image = serializers.IntegerField(default=0, help_text="Which of that turn's `images`, from 0.")
    x = serializers.FloatField(
        min_value=0, max_value=1, help_text="The left side, as a share of the width."
    )
    y = serializers.FloatField(
        min_value=0, max_value=1, help_text="The upper side, as a share of the height."
    )
    w = serializers.FloatField(
        min_value=0, max_value=1, help_text="The width; `x` + `w` is at most 1."
    )
    h = serializers.FloatField(
        min_value=0, max_value=1, help_text="The height; `y` + `h` is at most 1."
    )


@extend_schema_field(RegionSerializer(many=True))
class RegionsField(serializers.ListField):
    """Marked regions, at most 200; what is in them is checked beside the pictures of the task."""
