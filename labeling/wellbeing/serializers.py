"""Topics and choices in requests and replies."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labeling.wellbeing.selectors import ChosenTopic
from projects.api.parsing import StrictSerializer


class ChosenTopicSerializer(serializers.Serializer[Any]):
    """A topic that tasks may touch, as raters read of it before they choose."""

    topic = serializers.CharField(help_text="As the rows name it.")
    version = serializers.IntegerField()
    description = serializers.CharField()
    intensity = serializers.CharField(allow_blank=True)
    frequency = serializers.CharField(allow_blank=True)
    hourly_limit = serializers.IntegerField(allow_null=True)
    daily_limit = serializers.IntegerField(allow_null=True)
    agrees = serializers.BooleanField(
        allow_null=True, help_text="What you chose about this version; null: nothing yet."
    )


class NewTopicSerializer(StrictSerializer):
    """What raters are told of a topic."""

    topic = serializers.CharField(max_length=80, help_text="As the rows name it in `topics`.")
    description = serializers.CharField(max_length=2000)
    intensity = serializers.CharField(default="", allow_blank=True, max_length=200)
    frequency = serializers.CharField(default="", allow_blank=True, max_length=200)
    hourly_limit = serializers.IntegerField(
        default=None, allow_null=True, min_value=1, max_value=2**31 - 1
    )
    daily_limit = serializers.IntegerField(
        default=None,
        allow_null=True,
        min_value=1,
        max_value=2**31 - 1,
        help_text="In 24 hours.",
    )
    is_asked = serializers.BooleanField(
        default=True, help_text="False: raters are not asked about it, and get its tasks."
    )


class TopicChoiceSerializer(StrictSerializer):
    """What you choose about one topic."""

    topic = serializers.CharField(max_length=80)
    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="The version that you read."
    )
    agrees = serializers.BooleanField()


class TopicChoicesSerializer(StrictSerializer):
    """What you choose; topics that are left out stay."""

    choices = TopicChoiceSerializer(many=True, allow_empty=False)


def chosen_json(chosen: ChosenTopic) -> dict[str, Any]:
    """A topic as replies carry it."""
    topic = chosen.topic
    return {
        "topic": topic.key,
        "version": topic.number,
        "description": topic.description,
        "intensity": topic.intensity,
        "frequency": topic.frequency,
        "hourly_limit": topic.hourly_limit,
        "daily_limit": topic.daily_limit,
        "agrees": chosen.agrees,
    }
