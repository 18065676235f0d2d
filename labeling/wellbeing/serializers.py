"""Topics and choices, how one is, and what it comes to, in requests and replies."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labeling.models.check_ins import BEST, WORST
from labeling.vocabulary import CARE_WISHES
from labeling.wellbeing.exposure import OwnExposure
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


class NewCheckInSerializer(StrictSerializer):
    """How you are, if you like to say; without anything you are not asked again for a while."""

    feeling = serializers.IntegerField(
        default=None, allow_null=True, min_value=WORST, max_value=BEST, help_text="5 is well."
    )
    wish = serializers.ChoiceField(choices=CARE_WISHES, default="", allow_blank=True)
    topic = serializers.CharField(
        default="", allow_blank=True, max_length=80, help_text="Of which you would like `less`."
    )


class CheckInKeptSerializer(serializers.Serializer[Any]):
    """Whether something was kept; nobody reads it by itself."""

    kept = serializers.BooleanField()


class OwnExposureSerializer(serializers.Serializer[Any]):
    """What you had of a topic in the last 28 days."""

    topic = serializers.CharField()
    tasks = serializers.IntegerField()
    seconds = serializers.FloatField(help_text="Active time of what you submitted.")


class OwnWellbeingSerializer(serializers.Serializer[Any]):
    """What is for you alone."""

    is_due = serializers.BooleanField(help_text="Whether the project would like to ask.")
    support_url = serializers.CharField(allow_blank=True)
    exposure = OwnExposureSerializer(many=True)


class PeopleFigureSerializer(serializers.Serializer[Any]):
    """A figure of at least so many people; `value` is null with a `reason` where it is hidden."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    convention = serializers.CharField()
    reason = serializers.CharField(required=False)


class ExposureSerializer(serializers.Serializer[Any]):
    """Active minutes of a rater on a day; an empty topic is all that touch any."""

    topic = serializers.CharField(allow_blank=True)
    severity = serializers.CharField(allow_blank=True)
    people = serializers.IntegerField(allow_null=True, help_text="Null where it is hidden.")
    rater_days = serializers.IntegerField(allow_null=True)
    median_minutes = PeopleFigureSerializer()
    quarter_above = serializers.FloatField(allow_null=True)
    tenth_above = serializers.FloatField(allow_null=True)


class CapSerializer(serializers.Serializer[Any]):
    """A cap as it stands; an empty topic is what is severe."""

    topic = serializers.CharField(allow_blank=True)
    hours = serializers.IntegerField()
    most = serializers.IntegerField()
    reached = PeopleFigureSerializer(help_text="Share of raters' days with such tasks.")


class TopicSkipsSerializer(serializers.Serializer[Any]):
    """How often tasks of a topic were skipped."""

    topic = serializers.CharField()
    people = serializers.IntegerField(allow_null=True)
    skipped = PeopleFigureSerializer()
    uncomfortable = PeopleFigureSerializer(help_text="With `uncomfortable` as the reason.")


class CheckInWeekSerializer(serializers.Serializer[Any]):
    """A week that is over."""

    week = serializers.DateField(help_text="Its Monday.")
    low = PeopleFigureSerializer(help_text="People who said 1 or 2 of 5.")


class WishedSerializer(serializers.Serializer[Any]):
    """How many would like something."""

    wish = serializers.CharField()
    people = PeopleFigureSerializer()


class CheckInTrendSerializer(serializers.Serializer[Any]):
    """How people are."""

    weeks = CheckInWeekSerializer(many=True)
    wishes = WishedSerializer(many=True)


class WellbeingSerializer(serializers.Serializer[Any]):
    """How tasks weigh on raters, in twelve weeks that are over."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    smallest = serializers.IntegerField(help_text="Below so many people nothing is shown.")
    exposure = ExposureSerializer(many=True)
    caps = CapSerializer(many=True)
    skips = TopicSkipsSerializer(many=True)
    check_ins = CheckInTrendSerializer()


def own_exposure_json(row: OwnExposure) -> dict[str, Any]:
    """What one had of a topic."""
    return {"topic": row.topic, "tasks": row.tasks, "seconds": row.seconds}


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
