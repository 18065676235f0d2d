"""The shapes of guidelines in requests and replies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from projects.api.parsing import StrictSerializer
from projects.guidelines.checks import (
    EXAMPLE_LIMIT,
    GUIDANCE_LIMIT,
    LAST_RANK,
    MOST_EXAMPLES,
    MOST_PRINCIPLES,
    MOST_SHOWN,
)
from projects.project_templates import (
    EXAMPLE_KINDS,
    ExampleSpec,
    GuidanceSpec,
    GuidelineSpec,
    PrincipleSpec,
)
from projects.services.rubric import MOST_CRITERIA


class PrincipleSerializer(serializers.Serializer[Any]):
    """One clause of a guideline that a judgment can cite by number."""

    number = serializers.IntegerField()
    key = serializers.CharField(help_text="The same in every version that holds it.")
    title = serializers.CharField()
    text = serializers.CharField(allow_blank=True)


class ExampleSerializer(serializers.Serializer[Any]):
    """A worked example: a task, its answer and why."""

    kind = serializers.ChoiceField(choices=EXAMPLE_KINDS)
    criterion = serializers.CharField(
        allow_blank=True, help_text="The key of the question that is answered."
    )
    prompt = serializers.CharField(allow_blank=True)
    responses = serializers.ListField(child=serializers.CharField())
    answer = serializers.CharField()
    rationale = serializers.CharField()


class GuidanceSerializer(serializers.Serializer[Any]):
    """What the guideline says of one question."""

    criterion = serializers.CharField(help_text="The key of the question.")
    rank = serializers.IntegerField(
        allow_null=True, help_text="Its place in the order of priority; 1 comes first."
    )
    definition = serializers.CharField(allow_blank=True)
    good = serializers.CharField(allow_blank=True, help_text="Signs of a good answer.")
    bad = serializers.CharField(allow_blank=True, help_text="Signs of a bad answer.")
    flips = serializers.CharField(allow_blank=True, help_text="When the order flips.")
    ties = serializers.CharField(allow_blank=True, help_text="When to tie.")
    unverifiable = serializers.CharField(
        allow_blank=True, help_text="What to do where a claim cannot be checked."
    )


class GuidelineSerializer(serializers.Serializer[Any]):
    """A published version of the guideline."""

    number = serializers.IntegerField()
    text = serializers.CharField()
    priority_order = serializers.CharField(allow_blank=True)
    trade_off_rule = serializers.CharField(allow_blank=True)
    acknowledged = serializers.BooleanField(help_text="Whether you have acknowledged this version.")
    guidance = GuidanceSerializer(many=True)
    principles = PrincipleSerializer(many=True)
    examples = ExampleSerializer(many=True)


class NewPrincipleSerializer(StrictSerializer):
    """A clause of a new guideline; `training_form` is its wording for models."""

    title = serializers.CharField(max_length=120)
    text = serializers.CharField(default="", allow_blank=True)
    training_form = serializers.CharField(default="", allow_blank=True)
    key = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=20,
        help_text=(
            "Which principle of former versions it is; where not told, the one of this number and "
            "title in the version before, else a new one."
        ),
    )
    source = serializers.CharField(  # type: ignore[assignment]
        default=None, allow_null=True, allow_blank=True, help_text="null: as it was before."
    )
    scope = serializers.CharField(default=None, allow_null=True, allow_blank=True)
    precedence = serializers.IntegerField(
        default=None, allow_null=True, min_value=0, max_value=LAST_RANK
    )
    examples_for = serializers.CharField(default=None, allow_null=True, allow_blank=True)
    examples_against = serializers.CharField(default=None, allow_null=True, allow_blank=True)


class NewExampleSerializer(StrictSerializer):
    """A worked example of a new guideline."""

    kind = serializers.ChoiceField(choices=EXAMPLE_KINDS)
    answer = serializers.CharField(max_length=EXAMPLE_LIMIT)
    rationale = serializers.CharField(max_length=EXAMPLE_LIMIT)
    criterion = serializers.CharField(default="", allow_blank=True, max_length=40)
    prompt = serializers.CharField(default="", allow_blank=True, max_length=EXAMPLE_LIMIT)
    responses = serializers.ListField(
        child=serializers.CharField(max_length=EXAMPLE_LIMIT), default=list, max_length=MOST_SHOWN
    )


class NewGuidanceSerializer(StrictSerializer):
    """What a new guideline says of one question."""

    criterion = serializers.CharField(max_length=40)
    rank = serializers.IntegerField(default=None, allow_null=True, min_value=1, max_value=LAST_RANK)
    definition = serializers.CharField(default="", allow_blank=True, max_length=GUIDANCE_LIMIT)
    good = serializers.CharField(default="", allow_blank=True, max_length=GUIDANCE_LIMIT)
    bad = serializers.CharField(default="", allow_blank=True, max_length=GUIDANCE_LIMIT)
    flips = serializers.CharField(default="", allow_blank=True, max_length=GUIDANCE_LIMIT)
    ties = serializers.CharField(default="", allow_blank=True, max_length=GUIDANCE_LIMIT)
    unverifiable = serializers.CharField(default="", allow_blank=True, max_length=GUIDANCE_LIMIT)


class NewGuidelineSerializer(StrictSerializer):
    """The first version of a guideline."""

    text = serializers.CharField()
    priority_order = serializers.CharField(default="", allow_blank=True)
    trade_off_rule = serializers.CharField(default="", allow_blank=True)
    guidance = NewGuidanceSerializer(  # type: ignore[call-arg]
        many=True, default=list, max_length=MOST_CRITERIA
    )
    principles = NewPrincipleSerializer(  # type: ignore[call-arg]
        many=True, default=list, max_length=MOST_PRINCIPLES
    )
    examples = NewExampleSerializer(  # type: ignore[call-arg]
        many=True, default=list, max_length=MOST_EXAMPLES
    )


def guideline_spec_of(values: Mapping[str, Any]) -> GuidelineSpec:
    """A checked guideline, as the service takes it."""
    principles = [PrincipleSpec(**principle) for principle in values["principles"]]
    examples = [ExampleSpec(**example) for example in values["examples"]]
    guidance = [GuidanceSpec(**entry) for entry in values["guidance"]]
    parts = {"principles": principles, "examples": examples, "guidance": guidance}
    return GuidelineSpec(**{**values, **parts})
