"""Voluntary questions, what one said, and figures of groups, in requests and replies."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labeling.models import ProfileForm
from labeling.profiles.selectors import OwnProfile
from projects.api.parsing import StrictSerializer


class ProfileFieldSerializer(StrictSerializer):
    """One question about oneself; not to say is always possible."""

    key = serializers.CharField(max_length=40)
    label = serializers.CharField(max_length=80)  # type: ignore[assignment]
    choices = serializers.ListField(child=serializers.CharField(max_length=80))


class ProfileFormSerializer(serializers.Serializer[Any]):
    """The questions of a version, and what they are for."""

    version = serializers.IntegerField()
    purpose = serializers.CharField()
    fields = ProfileFieldSerializer(many=True)  # type: ignore[assignment]


class NewProfileFormSerializer(StrictSerializer):
    """What is to be asked; without fields nobody is asked any more."""

    purpose = serializers.CharField(default="", allow_blank=True, max_length=2000)
    fields = ProfileFieldSerializer(many=True)  # type: ignore[assignment]


class OwnProfileSerializer(serializers.Serializer[Any]):
    """What you said in a project."""

    id = serializers.IntegerField()
    project = serializers.CharField(help_text="Its name.")
    version = serializers.IntegerField()
    since = serializers.DateTimeField(help_text="It counts with judgments from then on.")
    purpose = serializers.CharField()
    answers = serializers.DictField(child=serializers.CharField())


class AskedProfileSerializer(serializers.Serializer[Any]):
    """What is asked, and what you said."""

    form = ProfileFormSerializer(allow_null=True)
    mine = OwnProfileSerializer(allow_null=True)


class ProfileAnswersSerializer(StrictSerializer):
    """What you say; what is left out or empty is not said. Without any you would rather not."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    answers = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=80), default=dict
    )


class VoiceFigureSerializer(serializers.Serializer[Any]):
    """A figure of a group; `value` is null with a `reason` where it is hidden or cannot be told."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    convention = serializers.CharField()
    reason = serializers.CharField(required=False)


class GroupRateSerializer(serializers.Serializer[Any]):
    """How often a group says it; an empty name is who said nothing."""

    group = serializers.CharField(allow_blank=True)
    people = serializers.IntegerField(allow_null=True, help_text="Null where it is hidden.")
    rate = VoiceFigureSerializer()


class GroupGapSerializer(serializers.Serializer[Any]):
    """A group's rate less that of the largest."""

    group = serializers.CharField()
    than = serializers.CharField()
    gap = VoiceFigureSerializer(help_text="With Newcombe's interval.")
    wald = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="As publications have it."
    )
    p = serializers.FloatField()


class GroupFiguresSerializer(serializers.Serializer[Any]):
    """The groups of one question about oneself."""

    rates = GroupRateSerializer(many=True)
    gaps = GroupGapSerializer(many=True)
    agreement_index = VoiceFigureSerializer(
        allow_null=True, help_text="Agreement within groups over that across groups."
    )


class VoiceSerializer(serializers.Serializer[Any]):
    """One answer to a question of the rubric, by question about oneself."""

    criterion = serializers.CharField()
    said = serializers.CharField(help_text="A value, `tie`, or `model:` with the one preferred.")
    fields = serializers.DictField(child=GroupFiguresSerializer())  # type: ignore[assignment]


class VoicesSerializer(serializers.Serializer[Any]):
    """What groups of raters answer."""

    labels = serializers.DictField(child=serializers.CharField())
    people = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField(allow_null=True)),
        help_text="Raters by question about oneself and group; null is hidden.",
    )
    questions = VoiceSerializer(many=True)


def form_json(form: ProfileForm | None) -> dict[str, Any] | None:
    """The questions of a version."""
    if form is None:
        return None
    return {"version": form.number, "purpose": form.purpose, "fields": form.fields}


def own_profile_json(own: OwnProfile) -> dict[str, Any]:
    """What a person said in a project."""
    return {
        "id": own.pk,
        "project": own.project.name,
        "version": own.number,
        "since": own.since,
        "purpose": own.purpose,
        "answers": own.answers,
    }
