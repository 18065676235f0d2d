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


class StrengthSerializer(serializers.Serializer[Any]):
    """Agreement with most others of preferences of at least a strength."""

    strength = serializers.FloatField()
    agreement = FigureSerializer()


class GoldDriftSerializer(serializers.Serializer[Any]):
    """Gold answered right, the earlier half against the later."""

    earlier = FigureSerializer()
    later = FigureSerializer()
    change = FigureSerializer(allow_null=True, help_text="The earlier share less the later.")
    signal = serializers.IntegerField(
        allow_null=True, help_text="The gold task, from 1, at which a running test gave notice."
    )


class OwnHabitSerializer(serializers.Serializer[Any]):
    """A habit of mine; what others do is not said."""

    figure = FigureSerializer()
    beside = serializers.IntegerField(
        min_value=-1,
        max_value=1,
        help_text="1: the whole interval lies above what is expected, -1: below it, 0: neither.",
    )


class OwnHabitsSerializer(serializers.Serializer[Any]):
    """What I am given to where I compare."""

    strengths = StrengthSerializer(many=True)
    left = OwnHabitSerializer(help_text="The response shown first preferred; expected: one half.")
    longer = OwnHabitSerializer(help_text="The longer response preferred.")
    ties = OwnHabitSerializer()
    ends = OwnHabitSerializer(help_text="Answers at the ends of the scale.")


class OwnFiguresSerializer(serializers.Serializer[Any]):
    """My figures, of work before today: no figure says which task was a check."""

    before = serializers.DateTimeField()
    gold = FigureSerializer(help_text="Gold tasks answered right, counted five at a time.")
    gold_accuracy = FigureSerializer(help_text="Posterior mean of the accuracy on gold.")
    gold_above_075 = serializers.FloatField(allow_null=True)
    self_consistency = FigureSerializer()
    susceptibility = FigureSerializer(help_text="Pleasant and wrong answers preferred.")
    agreement = FigureSerializer(help_text="With others, on comparisons.")
    adjusted_agreement = FigureSerializer(
        help_text="Agreement with others less what they reach among themselves on the same tasks."
    )
    adjusted_z = serializers.FloatField(allow_null=True)
    strength_for_80_percent = serializers.FloatField(
        allow_null=True,
        help_text="From which strength of preference on four in five agree with most others.",
    )
    habits = OwnHabitsSerializer(allow_null=True)
    gold_drift = GoldDriftSerializer()
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
    is_excluded = serializers.BooleanField(
        help_text="A lead left it out of figures and releases; it stands as it is."
    )


class TakenBackSerializer(serializers.Serializer[Any]):
    """What a rater had open and has no more."""

    taken_back = serializers.IntegerField()


class OwnExampleSerializer(serializers.Serializer[Any]):
    """A task that I opened and on which others answered otherwise."""

    judgment = OwnJudgmentSerializer()
    agree = serializers.IntegerField(help_text="Of `others`, who answered as I did.")
    others = serializers.IntegerField()


class HabitSerializer(serializers.Serializer[Any]):
    """A habit beside what is expected."""

    figure = FigureSerializer()
    expected = serializers.FloatField(allow_null=True)
    stands_out = serializers.BooleanField(
        help_text="The whole interval lies beyond what is expected, beyond chance over all raters."
    )


class HabitsSerializer(serializers.Serializer[Any]):
    """What a rater of comparisons is given to."""

    adjusted_agreement = FigureSerializer()
    adjusted_z = serializers.FloatField(allow_null=True)
    strengths = StrengthSerializer(many=True)
    strength_for_80_percent = serializers.FloatField(allow_null=True)
    left = HabitSerializer(help_text="The response shown first preferred.")
    longer = HabitSerializer(help_text="The longer response preferred.")
    ties = HabitSerializer()
    ends = HabitSerializer(help_text="Answers at the ends of the scale.")


class TalkSerializer(serializers.Serializer[Any]):
    """A task on which most others answered otherwise."""

    task = serializers.IntegerField()
    external_id = serializers.CharField()
    excerpt = serializers.CharField()
    answer = serializers.CharField(help_text="The rater's, in words, as they saw the responses.")
    agree = serializers.IntegerField(help_text="Of `others`, who answered as the rater did.")
    others = serializers.IntegerField()
    talked_over_at = serializers.DateTimeField(allow_null=True)


class OneRaterSerializer(serializers.Serializer[Any]):
    """What is known of one rater beside what `raters/` says."""

    to_look_at = serializers.ListField(child=serializers.CharField())
    habits = HabitsSerializer(allow_null=True)
    median_seconds = FigureSerializer()
    reading_floor_seconds = serializers.FloatField(allow_null=True)
    below_reading_floor = FigureSerializer()
    often_below_floor = serializers.BooleanField(help_text="A hint; it stops nobody.")
    gold_drift = GoldDriftSerializer()
    talks = TalkSerializer(many=True)


class NewTalkSerializer(StrictSerializer):
    """Which task was talked over, or was not."""

    task = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    talked_over = serializers.BooleanField(default=True)


class TalkedOverSerializer(serializers.Serializer[Any]):
    """How it stands now."""

    task = serializers.IntegerField()
    talked_over = serializers.BooleanField()


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
        "is_excluded": row.is_excluded,
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
