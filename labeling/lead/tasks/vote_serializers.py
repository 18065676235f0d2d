"""All that was ever said of a task, as programs read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework import serializers

from labeling.kinds import Submission
from labeling.lead.tasks.selectors import AnswerInWords, HistoryRow, TaskVotes
from labeling.models import Judgment
from labeling.rating.answers import LONGEST_ACTIVE_MS, RATIONALE_LIMIT
from labeling.rating.selectors import shown_answers
from projects.api.parsing import StrictSerializer
from projects.scales import TIE_KINDS


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
    is_final = serializers.BooleanField(
        help_text="A reviewer's vote from before there were final words: one in releases too."
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


class AdjudicationSerializer(StrictSerializer):
    """A final word. Signs and slots refer to the canonical order: negative, the first response is
    better."""

    answers = serializers.DictField(
        help_text="By the key of the criterion, as those of a judgment; `overall` is the primary."
    )
    tie_kinds = serializers.DictField(
        child=serializers.ChoiceField(choices=TIE_KINDS, allow_blank=True, allow_null=True),
        default=dict,
        help_text="Which tie a 0 is, by criterion; `overall` names the primary one.",
    )
    rationale = serializers.CharField(
        default="", allow_blank=True, trim_whitespace=False, max_length=RATIONALE_LIMIT
    )
    reasons = serializers.ListField(
        child=serializers.CharField(max_length=40), default=list, help_text="Codes of reasons."
    )
    principles = serializers.ListField(
        child=serializers.IntegerField(), default=list, help_text="Numbers of cited principles."
    )
    none_fits = serializers.BooleanField(
        default=False, help_text="No principle of the guideline says what decided it."
    )
    active_ms = serializers.IntegerField(default=0, min_value=0, max_value=LONGEST_ACTIVE_MS)
    key = serializers.UUIDField(
        default=None,
        allow_null=True,
        help_text="Your name for this word: send the same one again when you retry.",
    )
    rubric = serializers.IntegerField(
        default=None,
        allow_null=True,
        min_value=1,
        max_value=2**31 - 1,
        help_text="The version of the questions you answered; the newest where not told.",
    )


class FinalWordSerializer(serializers.Serializer[Any]):
    """A final word as it is stored, read back as it is sent."""

    id = serializers.IntegerField()
    task = serializers.IntegerField()
    answers = serializers.DictField()
    tie_kinds = serializers.DictField(child=serializers.CharField())
    rationale = serializers.CharField(allow_blank=True)
    reasons = serializers.ListField(child=serializers.CharField())
    principles = serializers.ListField(child=serializers.IntegerField())
    none_fits = serializers.BooleanField()
    guideline = serializers.IntegerField(allow_null=True, help_text="Number of the version.")
    created_at = serializers.DateTimeField()


class VoteHidingSerializer(StrictSerializer):
    """Whether votes are hidden from you."""

    hides_votes = serializers.BooleanField(
        help_text="What was said of a task is kept from you until you have decided."
    )


def adjudication_of(values: Mapping[str, Any]) -> Submission:
    """A checked body as what is submitted."""
    ties = {criterion: kind or "" for criterion, kind in values["tie_kinds"].items()}
    return Submission(**{**values, "tie_kinds": ties, "ui_version": "api-1"})


def final_word_json(word: Judgment) -> dict[str, Any]:
    """A final word, read back."""
    answers = shown_answers(word)
    return {
        "id": word.pk,
        "task": word.task_id,
        "answers": answers.values,
        "tie_kinds": answers.tie_kinds,
        **{name: getattr(word, name) for name in _OF_A_WORD},
        "guideline": word.guideline.number if word.guideline else None,
    }


_OF_A_WORD = ("rationale", "reasons", "principles", "none_fits", "created_at")


class VotesSerializer(serializers.Serializer[Any]):
    """All that was ever said of a task, oldest first; final words newest first."""

    judgments = VoteSerializer(many=True)
    final_words = VoteSerializer(
        many=True, help_text="Beside the votes; of those with the status `counts` the first holds."
    )
    late = LateVoteSerializer(many=True)
    assignments = HolderSerializer(many=True)


def votes_json(votes: TaskVotes) -> dict[str, Any]:
    """The history of a task."""
    return {
        "judgments": [_history_row(row, votes) for row in votes.history],
        "final_words": [_history_row(row, votes) for row in votes.words],
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


def _history_row(row: HistoryRow, votes: TaskVotes) -> dict[str, Any]:
    return {
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
        "is_final": row.is_final,
        "active_ms": row.judgment.active_ms,
        "created_at": row.judgment.created_at,
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
