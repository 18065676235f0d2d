"""Questions and precedents in requests and replies."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from labeling.models import Precedent, Query
from labeling.teaching.questions.services import MOST_ANSWER, MOST_ASKED, MOST_AT_ONCE
from labeling.vocabulary import QUERY_STATES
from projects.api.parsing import StrictSerializer


class NewQuestionSerializer(StrictSerializer):
    """What the guideline does not say of a task."""

    text = serializers.CharField(max_length=MOST_ASKED)
    criterion = serializers.CharField(
        default="", allow_blank=True, max_length=40, help_text="Key of the criterion it is about."
    )


class OwnQuestionSerializer(serializers.Serializer[Any]):
    """What I asked, and what became of it."""

    id = serializers.IntegerField()
    assignment = serializers.IntegerField(allow_null=True)
    criterion = serializers.CharField(allow_blank=True)
    text = serializers.CharField(
        allow_blank=True, help_text="Empty where only the flag `guideline_gap` was set."
    )
    asked_at = serializers.DateTimeField()
    status = serializers.ChoiceField(choices=QUERY_STATES, help_text="`settled`: by a precedent.")
    answer = serializers.CharField(allow_blank=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    precedent = serializers.IntegerField(allow_null=True, help_text="Its number.")


class QuerySerializer(OwnQuestionSerializer):
    """What somebody asked, for leads."""

    task = serializers.IntegerField()
    asked_by = serializers.CharField(allow_blank=True)
    answered_by = serializers.CharField(allow_blank=True)


class AnswerSerializer(StrictSerializer):
    """An answer to those who asked alone, or the number of a precedent that answers them."""

    questions = serializers.ListField(
        child=serializers.IntegerField(min_value=1), min_length=1, max_length=MOST_AT_ONCE
    )
    answer = serializers.CharField(default="", allow_blank=True, max_length=MOST_ANSWER)
    precedent = serializers.IntegerField(
        default=None, allow_null=True, min_value=1, max_value=2**31 - 1
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if bool(attrs["answer"].strip()) == (attrs["precedent"] is not None):
            message = self.fields["answer"].error_messages["required"]
            raise serializers.ValidationError({"answer": message})
        return attrs


class RulingSerializer(StrictSerializer):
    """What a precedent says."""

    answer = serializers.CharField(max_length=MOST_ANSWER)
    question = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=MOST_ASKED,
        help_text="As it is quoted; else as the first of `questions` asks it.",
    )
    criterion = serializers.CharField(default="", allow_blank=True, max_length=40)
    task = serializers.IntegerField(default=None, allow_null=True, min_value=1)
    beside = serializers.BooleanField(
        default=False, help_text="It stands beside another on the same task and criterion."
    )


class NewPrecedentSerializer(RulingSerializer):
    """A precedent, with the questions that it answers and the precedents that it replaces."""

    questions = serializers.ListField(
        child=serializers.IntegerField(min_value=1), default=list, max_length=MOST_AT_ONCE
    )
    supersedes = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**31 - 1),
        default=list,
        max_length=20,
        help_text="Numbers of precedents whose place it takes.",
    )


class PrecedentSerializer(serializers.Serializer[Any]):
    """A precedent as its newest version says it."""

    number = serializers.IntegerField()
    version = serializers.IntegerField()
    question = serializers.CharField(allow_blank=True)
    answer = serializers.CharField()
    criterion = serializers.CharField(allow_blank=True)
    task = serializers.IntegerField(allow_null=True, help_text="Null for raters.")
    at = serializers.DateTimeField()
    retired = serializers.BooleanField()
    superseded_by = serializers.IntegerField(allow_null=True)
    beside = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Precedents on the same that stand too, by choice.",
    )


class PrecedentHistorySerializer(PrecedentSerializer):
    """A precedent with every version it had."""

    versions = PrecedentSerializer(many=True, help_text="Newest first.")


class UnreadSerializer(serializers.Serializer[Any]):
    """What is new to you in the precedents."""

    precedents = serializers.ListField(
        child=serializers.IntegerField(), help_text="Numbers of those that are new or worded anew."
    )
    answers = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Ids of your own questions that were answered since.",
    )
    until = serializers.IntegerField(help_text="Send it back to say that you have read them.")


class ReadSerializer(StrictSerializer):
    """What you have read: `until` and `answers` as they were told."""

    until = serializers.IntegerField(default=0, min_value=0, max_value=2**63 - 1)
    answers = serializers.ListField(
        child=serializers.IntegerField(min_value=1), default=list, max_length=MOST_AT_ONCE
    )


class AmbiguityFigureSerializer(serializers.Serializer[Any]):
    """A share with its 95% interval (Wilson)."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(help_text="Assignments judged or asked about.")
    convention = serializers.CharField()
    reason = serializers.CharField(required=False)


class AmbiguitySerializer(serializers.Serializer[Any]):
    """How often the guideline does not say what to do, and how long an answer takes."""

    overall = AmbiguityFigureSerializer()
    criteria = serializers.DictField(
        child=AmbiguityFigureSerializer(), help_text='By key; "" is of the whole task.'
    )
    categories = serializers.DictField(child=AmbiguityFigureSerializer())
    open = serializers.IntegerField(help_text="Questions that wait.")
    median_hours_to_answer = serializers.FloatField(allow_null=True)
    answered = serializers.IntegerField(help_text="Of so many, the newest 1,000 at most.")
    computed_at = serializers.DateTimeField(allow_null=True)


def own_question_json(query: Query) -> dict[str, Any]:
    """A question for who asked it; which task it is, a rater is not told."""
    return {
        "id": query.pk,
        "assignment": query.assignment_id,
        "criterion": query.criterion_key,
        "text": query.text,
        "asked_at": query.asked_at,
        "status": query.status,
        "answer": query.answer,
        "answered_at": query.answered_at,
        "precedent": query.precedent,
    }


def question_json(query: Query) -> dict[str, Any]:
    """A question for leads."""
    return {
        **own_question_json(query),
        "task": query.task_id,
        "asked_by": query.asked_by.display_name if query.asked_by else "",
        "answered_by": query.answered_by.display_name if query.answered_by else "",
    }


def precedent_json(precedent: Precedent, *, sees_tasks: bool) -> dict[str, Any]:
    """A version of a precedent."""
    return {
        "number": precedent.number,
        "version": precedent.version,
        "question": precedent.question,
        "answer": precedent.answer,
        "criterion": precedent.criterion_key,
        "task": precedent.task_id if sees_tasks else None,
        "at": precedent.at,
        "retired": precedent.retired,
        "superseded_by": precedent.superseded_by,
        "beside": precedent.beside,
    }
