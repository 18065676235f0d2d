"""What is right on a task, and what checks say, in requests and replies."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labeling.kinds.known import KNOWN_PURPOSES, MOST_REASON
from labeling.models import GoldAnswer, Task
from labeling.vocabulary import GOLD_KINDS, GoldKind
from projects.api.parsing import StrictSerializer


class NewGoldAnswerSerializer(StrictSerializer):
    """What is right on a task."""

    answers = serializers.DictField(
        help_text="By the key of the criterion, `overall` for the primary one: an answer in the "
        "shape of a submission, or a list of those that are accepted. Of the canonical order, as "
        "judgments are read back: negative, the first response is better; `A` is the first."
    )
    reason = serializers.CharField(default="", allow_blank=True, max_length=MOST_REASON)
    kind = serializers.ChoiceField(
        choices=GOLD_KINDS,
        default=GoldKind.PLAIN,
        help_text="`pleasant_wrong`: an answer pleases and is wrong.",
    )
    purpose = serializers.ChoiceField(choices=KNOWN_PURPOSES, default="gold")


class GoldAnswerSerializer(serializers.Serializer[Any]):
    """One version of what is right."""

    version = serializers.IntegerField()
    answers = serializers.DictField(help_text="By criterion, the accepted answers.")
    reason = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(choices=GOLD_KINDS)
    author = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()


class KnownTaskSerializer(serializers.Serializer[Any]):
    """A copy of a task whose right answer is known; the newest version holds."""

    task = serializers.IntegerField(help_text="The copy, a task by itself.")
    gold_of = serializers.IntegerField(allow_null=True, help_text="The task, which stays live.")
    external_id = serializers.CharField()
    purpose = serializers.ChoiceField(choices=KNOWN_PURPOSES)
    versions = GoldAnswerSerializer(many=True, help_text="Newest first.")


class ListedKnownTaskSerializer(serializers.Serializer[Any]):
    """A copy in a list, without what is right on it."""

    task = serializers.IntegerField()
    gold_of = serializers.IntegerField(allow_null=True)
    external_id = serializers.CharField()
    purpose = serializers.ChoiceField(choices=KNOWN_PURPOSES)
    kind = serializers.ChoiceField(choices=GOLD_KINDS, allow_null=True)
    version = serializers.IntegerField(allow_null=True, help_text="The newest of its answer.")
    withdrawn = serializers.BooleanField()


def known_task_json(copy: Task, versions: list[GoldAnswer]) -> dict[str, Any]:
    """A copy with every version of what is right on it."""
    return {
        "task": copy.pk,
        "gold_of": copy.gold_of_id,
        "external_id": copy.external_id,
        "purpose": copy.purpose,
        "versions": [
            {
                "version": row.number,
                "answers": row.answers,
                "reason": row.reason,
                "kind": row.kind,
                "author": row.author.display_name if row.author else None,
                "at": row.at,
            }
            for row in versions
            if row.task_id == copy.pk
        ],
    }


def listed_known_json(copy: Task, newest: GoldAnswer | None) -> dict[str, Any]:
    """A copy in a list."""
    return {
        "task": copy.pk,
        "gold_of": copy.gold_of_id,
        "external_id": copy.external_id,
        "purpose": copy.purpose,
        "kind": newest.kind if newest else None,
        "version": newest.number if newest else None,
        "withdrawn": copy.withdrawn_at is not None,
    }
