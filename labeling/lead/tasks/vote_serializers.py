"""All that was ever said of a task, as programs read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework import serializers

from labeling.lead.tasks.selectors import AnswerInWords, TaskVotes


class StoredAnswerSerializer(serializers.Serializer[Any]):
    """An answer to one question, from the point of view of the canonical responses."""

    criterion = serializers.CharField()
    response = serializers.IntegerField(
        allow_null=True, help_text="The number of the response it is about; null for all of them."
    )
    principle = serializers.CharField(
        allow_blank=True, help_text="The principle it is about, by number and title."
    )
    value = serializers.IntegerField(allow_null=True)
    words = serializers.CharField()


class VoteSerializer(serializers.Serializer[Any]):
    """One row of a task's history of judgments."""

    id = serializers.IntegerField()
    rater = serializers.CharField()
    status = serializers.CharField(
        help_text="`counts`, `excluded` by a lead, `replaced`, `taken_back`, or `withdrawn`: the "
        "row by which it was."
    )
    answers = StoredAnswerSerializer(many=True)
    rationale = serializers.CharField(
        allow_blank=True, help_text="A very long one is cut; a release has all of it."
    )
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Codes of reasons.")
    principles = serializers.ListField(
        child=serializers.IntegerField(), help_text="Numbers in its version of the guideline."
    )
    none_fits = serializers.BooleanField(help_text="None of them says what decided it.")
    flags = serializers.ListField(child=serializers.CharField())
    text = serializers.CharField(allow_blank=True, help_text="What was written with it.")
    edit_of = serializers.IntegerField(allow_null=True, help_text="The response it edits, from 1.")
    review = serializers.IntegerField(
        allow_null=True, help_text="The task in which a second person reviews that text."
    )
    spans = serializers.ListField(
        child=serializers.DictField(),
        help_text="Passages as they are submitted; `A` is the first response in canonical order, "
        "and a long `quote` is cut.",
    )
    regions = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="Regions of pictures likewise, where any were marked.",
    )
    first_shown = serializers.IntegerField(
        allow_null=True,
        help_text="Number of the response shown first, from 1; null where there was none.",
    )
    guideline = serializers.IntegerField(allow_null=True, help_text="Number of the version.")
    source = serializers.CharField(  # type: ignore[assignment]
        help_text="`human`, or who else it is from."
    )
    active_ms = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()


class HolderSerializer(serializers.Serializer[Any]):
    """Who had the task."""

    rater = serializers.CharField()
    state = serializers.CharField()
    skip_reason = serializers.CharField(allow_blank=True)
    skip_note = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)


class LateVoteSerializer(serializers.Serializer[Any]):
    """An answer that came when its rater could no longer rate here; it counts nowhere."""

    rater = serializers.CharField()
    answers = StoredAnswerSerializer(many=True)
    rationale = serializers.CharField(allow_blank=True)
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Codes of reasons.")
    text = serializers.CharField(allow_blank=True)
    spans = serializers.ListField(
        child=serializers.DictField(), help_text="Passages, as those of a judgment."
    )
    regions = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="Regions, likewise."
    )
    received_at = serializers.DateTimeField()


class VotesSerializer(serializers.Serializer[Any]):
    """All that was ever said of a task, oldest first."""

    judgments = VoteSerializer(many=True)
    late = LateVoteSerializer(many=True)
    assignments = HolderSerializer(many=True)


def votes_json(votes: TaskVotes) -> dict[str, Any]:
    """The history of a task."""
    return {
        "judgments": [
            {
                "id": row.judgment.pk,
                "rater": row.judgment.rater.display_name,
                "status": row.status,
                "answers": list(map(_answer, row.answers)),
                "rationale": row.rationale,
                "reasons": row.judgment.reasons,
                "principles": row.judgment.principles,
                "none_fits": row.judgment.none_fits,
                "flags": row.judgment.flags,
                **row.written.plain(),
                "spans": votes.spans.by_judgment.get(row.judgment.pk, []),
                **_regions(votes.regions.by_judgment.get(row.judgment.pk, [])),
                "first_shown": row.first_shown,
                "guideline": row.judgment.guideline.number if row.judgment.guideline else None,
                "source": row.judgment.source,
                "active_ms": row.judgment.active_ms,
                "created_at": row.judgment.created_at,
            }
            for row in votes.history
        ],
        "late": [
            {
                "rater": row.late.assignment.rater.display_name,
                "answers": list(map(_answer, row.answers)),
                "rationale": row.late.rationale,
                "reasons": row.late.reasons,
                "text": row.late.text,
                "spans": row.spans,
                **_regions(row.late.regions),
                "received_at": row.late.received_at,
            }
            for row in votes.late
        ],
        "assignments": [
            {
                "rater": row.rater.display_name,
                "state": row.state,
                "skip_reason": row.skip_reason,
                "skip_note": row.skip_note,
                "created_at": row.created_at,
                "submitted_at": row.submitted_at,
            }
            for row in votes.assignments
        ],
    }


def _answer(answer: AnswerInWords) -> dict[str, Any]:
    return {
        "criterion": answer.criterion.key,
        "response": answer.response,
        "principle": answer.principle,
        "value": answer.value,
        "words": answer.words,
    }


def _regions(regions: Sequence[Mapping[str, object]]) -> dict[str, Any]:
    return {"regions": regions} if regions else {}
