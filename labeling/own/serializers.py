"""A page of one's own as replies carry it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labeling.lead.agreement.axes_serializers import FigureSerializer
from labeling.models import RaterNote
from labeling.own.selectors import OwnExample, OwnJudgment
from labeling.rating.text_serializers import TouchedTopicSerializer
from projects.api.parsing import StrictSerializer


class OwnDaySerializer(serializers.Serializer[Any]):
    """What I did on one day."""

    day = serializers.DateField(help_text="Of my time zone.")
    judgments = serializers.IntegerField()
    active_ms = serializers.IntegerField()


class OwnFiguresSerializer(serializers.Serializer[Any]):
    """My figures, of work before today: no figure says which task was a check."""

    before = serializers.DateTimeField()
    gold = FigureSerializer(help_text="Gold tasks answered right, counted five at a time.")
    gold_accuracy = FigureSerializer(help_text="Posterior mean of the accuracy on gold.")
    gold_above_075 = serializers.FloatField(allow_null=True)
    self_consistency = FigureSerializer()
    agreement = FigureSerializer(help_text="With others, on comparisons.")
    adjusted_agreement = FigureSerializer(
        help_text="Agreement with others less what they reach among themselves on the same tasks."
    )
    adjusted_z = serializers.FloatField(allow_null=True)
    strength_for_80_percent = serializers.FloatField(
        allow_null=True,
        help_text="From which strength of preference on four in five agree with most others.",
    )
    median_seconds = FigureSerializer()
    reading_floor_seconds = serializers.FloatField(
        allow_null=True, help_text="Median over the same texts, at 1,000 words a minute."
    )
    below_reading_floor = FigureSerializer()
    often_below_floor = serializers.BooleanField(help_text="A hint; it stops nobody.")


class MyWorkSerializer(serializers.Serializer[Any]):
    """What I did in a project, and my figures."""

    days = OwnDaySerializer(many=True, help_text="Of the last 28, those with work, newest first.")
    unread_notes = serializers.IntegerField()
    has_example = serializers.BooleanField(
        help_text="Whether there is a further task on which most others answered otherwise."
    )
    figures = OwnFiguresSerializer()


class OwnJudgmentSerializer(serializers.Serializer[Any]):
    """One of my judgments, by its assignment."""

    assignment = serializers.IntegerField()
    judged_at = serializers.DateTimeField()
    excerpt = serializers.CharField(help_text="The start of what was asked.")
    answer = serializers.CharField(help_text="The primary one in words, of the order shown.")
    topics = TouchedTopicSerializer(many=True, help_text="What it touches, as its row says.")
    changeable_until = serializers.DateTimeField(
        allow_null=True, help_text="Null: it stands. Else `reopen` opens it until then."
    )


class OwnExampleSerializer(serializers.Serializer[Any]):
    """A task that I opened and on which others answered otherwise."""

    judgment = OwnJudgmentSerializer()
    agree = serializers.IntegerField(help_text="Of `others`, who answered as I did.")
    others = serializers.IntegerField()


class NewNoteSerializer(StrictSerializer):
    """What is written to a rater."""

    text = serializers.CharField(max_length=2000)


class NoteSerializer(serializers.Serializer[Any]):
    """What a lead wrote to a rater."""

    id = serializers.IntegerField()
    author = serializers.CharField(allow_null=True)
    text = serializers.CharField()
    at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class NotesReadSerializer(serializers.Serializer[Any]):
    """How many notes were unread."""

    read = serializers.IntegerField()


def own_judgment_json(row: OwnJudgment) -> dict[str, Any]:
    """One of my judgments."""
    return {
        "assignment": row.assignment,
        "judged_at": row.judged_at,
        "excerpt": row.excerpt,
        "answer": row.answer,
        "topics": row.topics,
        "changeable_until": row.until,
    }


def own_example_json(example: OwnExample) -> dict[str, Any]:
    """A task that I opened."""
    judgment = own_judgment_json(example.judgment)
    return {"judgment": judgment, "agree": example.agree, "others": example.others}


def note_json(note: RaterNote) -> dict[str, Any]:
    """A note to a rater."""
    author = note.author.display_name if note.author else None
    return {
        "id": note.pk,
        "author": author,
        "text": note.text,
        "at": note.at,
        "read_at": note.read_at,
    }
