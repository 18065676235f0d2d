"""Agreement under each version of the guideline, as the API tells it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labeling.lead.agreement.axes_serializers import FigureSerializer


class VersionAgreementSerializer(serializers.Serializer[Any]):
    """How far raters agree under one version."""

    version = serializers.IntegerField()
    judgments = serializers.IntegerField()
    percent_agreement = FigureSerializer()
    krippendorff_alpha = FigureSerializer(help_text="On the mirrored pool.")


class VersionContrastSerializer(serializers.Serializer[Any]):
    """The newest version less the one before, with bootstrap intervals over prompts."""

    older = serializers.IntegerField()
    newer = serializers.IntegerField()
    percent_agreement = FigureSerializer()
    krippendorff_alpha = FigureSerializer()


class VersionsSerializer(serializers.Serializer[Any]):
    """Agreement by version of the guideline."""

    versions = VersionAgreementSerializer(many=True)
    difference = VersionContrastSerializer()
