"""A figure, a count by value, and how far comparisons pull apart, as the API tells them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class FigureSerializer(serializers.Serializer[Any]):
    """A figure with its 95% interval; `value` is null where it is undefined, `reason` says why."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(help_text="How much it rests on; `convention` says of what.")
    convention = serializers.CharField()
    reason = serializers.CharField(required=False)


class ValueSerializer(serializers.Serializer[Any]):
    """How often one strength was given; 0 is a tie."""

    value = serializers.IntegerField()
    count = serializers.IntegerField()


class AxisPairSerializer(serializers.Serializer[Any]):
    """Two comparisons beside the primary one."""

    a = serializers.CharField(help_text="The key of a criterion.")
    b = serializers.CharField()
    conflict = FigureSerializer(help_text="Tasks on which they prefer different responses.")


class AxisBesideSerializer(serializers.Serializer[Any]):
    """One comparison beside the primary one: tasks by what the two say of them."""

    axis = serializers.CharField(help_text="The key of a criterion.")
    follows = FigureSerializer(
        help_text="Tasks on which overall prefers the same response, of those that both decide."
    )
    same = serializers.IntegerField()
    opposite = serializers.IntegerField()
    axis_level = serializers.IntegerField(help_text="Decided overall, level on the axis.")
    overall_level = serializers.IntegerField(help_text="Decided on the axis, level overall.")
    both_level = serializers.IntegerField()


class YesBinsSerializer(serializers.Serializer[Any]):
    """Of tasks that most decide: of which response most say yes, by what was preferred."""

    preferred_only = FigureSerializer()
    other_only = FigureSerializer()
    both = FigureSerializer()
    neither = FigureSerializer()


class AxesSerializer(serializers.Serializer[Any]):
    """How far comparisons pull apart; a task's verdict is the side that has more of its votes."""

    conflict = FigureSerializer(
        help_text="Tasks on which two axes prefer different responses, of those judged on two."
    )
    pairs = AxisPairSerializer(many=True, help_text="Every two axes, the first 100.")
    with_overall = AxisBesideSerializer(
        many=True,
        help_text="Axes, and ratings of both responses: there the one that is rated higher.",
    )
    bins = serializers.DictField(
        child=YesBinsSerializer(), help_text="Of questions about each response with yes or no."
    )
