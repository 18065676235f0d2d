"""Worked examples in requests and replies."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labeling.teaching.examples.selectors import PassRate
from labeling.teaching.examples.services import LONGEST_TEXT
from projects.api.parsing import StrictSerializer
from projects.guidelines.checks import MOST_SHOWN
from projects.guidelines.examples import example_json
from projects.models import WorkedExample
from projects.project_templates import EXAMPLE_KINDS


class NewWorkedExampleSerializer(StrictSerializer):
    """An example as it is written."""

    kind = serializers.ChoiceField(choices=list(EXAMPLE_KINDS))
    criterion = serializers.CharField(
        default="", allow_blank=True, max_length=40, help_text="The key of the question."
    )
    task = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        help_text="A task whose prompt and responses it copies, in the canonical order.",
    )
    prompt = serializers.CharField(default="", allow_blank=True, max_length=LONGEST_TEXT)
    responses = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True),
        default=list,
        max_length=MOST_SHOWN,
    )
    right = serializers.JSONField(
        default=list,  # type: ignore[arg-type]
        help_text="The answer to the question in the shape of a submission, or a list of those "
        "that are accepted; empty: it is shown, and nobody is asked.",
    )
    answer = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=LONGEST_TEXT,
        help_text="The same in words; made of `right` where it is empty.",
    )
    rationale = serializers.CharField(max_length=LONGEST_TEXT)


class WorkedExampleSerializer(serializers.Serializer[Any]):
    """One version of an example."""

    number = serializers.IntegerField()
    version = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=list(EXAMPLE_KINDS))
    criterion = serializers.CharField(allow_blank=True)
    prompt = serializers.CharField(allow_blank=True)
    responses = serializers.ListField(child=serializers.CharField(allow_blank=True))
    right = serializers.ListField(help_text="The answers that are accepted.")
    answer = serializers.CharField()
    rationale = serializers.CharField()
    source_task = serializers.CharField(allow_blank=True, help_text="The id of the task it copies.")
    author = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(
        allow_null=True, help_text="When it was replaced or retired."
    )
    answered = serializers.IntegerField(help_text="Answers to this version in the quiz.")
    answered_right = serializers.IntegerField()
    pass_rate = serializers.DictField(help_text="A figure: value, low, high, n, reason.")
    unclear = serializers.BooleanField(
        help_text="Fewer than 60 % answered right: mend the example, or the guideline."
    )


def worked_example_json(example: WorkedExample, rate: PassRate) -> dict[str, Any]:
    """One version of an example."""
    return {
        "number": example.number,
        "version": example.version,
        **example_json(example),
        "right": example.right,
        "source_task": example.source,
        "author": example.author.display_name if example.author else None,
        "at": example.at,
        "ended_at": example.ended_at,
        "answered": rate.n,
        "answered_right": rate.right,
        "pass_rate": rate.figure.as_dict(),
        "unclear": rate.is_unclear,
    }
