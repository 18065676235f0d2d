"""How far raters mark the same, as the API tells it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labeling.lead.agreement.axes_serializers import FigureSerializer


class PassagesSerializer(serializers.Serializer[Any]):
    """How far two raters marked the same passages; null where nobody marked any."""

    overlap = FigureSerializer(help_text="Twice the characters of both over the sum of each's.")
    marked_by_both = FigureSerializer()
    passages = serializers.IntegerField()


class RegionsSerializer(serializers.Serializer[Any]):
    """How far two raters marked the same regions of pictures; null where nobody marked any."""

    iou = FigureSerializer(
        help_text="Intersection over union of the regions of both, matched one to one; one "
        "without a match counts 0."
    )
    marked_by_both = FigureSerializer()
    regions = serializers.IntegerField()
