"""A leased task as the API shows it to its rater: blind, in the order shown."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers

from labeling.kinds import kind_of
from labeling.models import Assignment
from labeling.pictures.selectors import pictures_in
from labeling.rating.covers import covers_texts
from labeling.rating.desk import ShownResponse, TaskView, present, rubric
from labeling.rating.text_serializers import (
    ConversationPlaceSerializer,
    MessageSerializer,
    PictureSerializer,
    TaskWritingSerializer,
    TouchedTopicSerializer,
    place_json,
    task_writing_json,
    turns_json,
)
from labeling.rating.written import may_improve
from labeling.vocabulary import TaskKind
from projects.api.guideline_serializers import PrincipleSerializer
from projects.api.serializers import CriterionSerializer, criterion_json
from projects.models import Project
from projects.scale import LEASED_ANSWERS, TEXT


class ShownResponseSerializer(serializers.Serializer[Any]):
    """One response in its place: `A` is shown first. Nothing says which model wrote it."""

    slot = serializers.CharField()
    content = serializers.CharField(
        allow_blank=True, help_text='The text of the last turn; "" where the model said nothing.'
    )
    messages = MessageSerializer(
        many=True, help_text="All turns of the response; empty for one plain turn."
    )
    html = serializers.CharField(
        allow_blank=True, help_text="All of the response rendered as sanitised HTML."
    )
    images = PictureSerializer(many=True, help_text="All pictures of the response.")


class AskedCriterionSerializer(CriterionSerializer):
    """A question about a leased task; what is written is one, though no criterion asks for it."""

    answer = serializers.ChoiceField(
        choices=LEASED_ANSWERS,
        help_text="What an answer is: see the submission of a judgment. `text` is sent as its "
        "`text`, and not among the `answers`.",
    )


class TaskSerializer(serializers.Serializer[Any]):
    """What is to be judged, and the questions about it."""

    id = serializers.IntegerField(
        help_text="The assignment's, too: which task it is, a rater is not told."
    )
    kind = serializers.ChoiceField(choices=list(TaskKind))
    language = serializers.CharField(
        allow_blank=True, help_text='Of the texts, such as `pt-BR`; "" where it is not known.'
    )
    topics = TouchedTopicSerializer(many=True, help_text="What it touches, as its row says.")
    covers_texts = serializers.BooleanField(
        help_text="Whether a reader should see its texts only when they ask for them."
    )
    messages = MessageSerializer(many=True)
    responses = ShownResponseSerializer(many=True)
    criteria = AskedCriterionSerializer(many=True)
    rubric = serializers.IntegerField(
        allow_null=True, help_text="The version of the questions; send it with the judgment."
    )
    writing = TaskWritingSerializer(
        allow_null=True, help_text="Of a task to write and of a review; null on others."
    )
    may_edit_winner = serializers.BooleanField(
        help_text="Whether a judgment may carry an `edit` of the response that it prefers."
    )
    may_paste = serializers.BooleanField(
        help_text="Whether the project takes pasted text in what is written or edited."
    )
    conversation = ConversationPlaceSerializer(allow_null=True)
    principles = PrincipleSerializer(
        many=True, help_text="Those that a task of rules asks about, each to be answered."
    )


class LeasedTaskSerializer(serializers.Serializer[Any]):
    """A task that is reserved for you until `expires`; `id` is the assignment's."""

    id = serializers.IntegerField()
    expires = serializers.DateTimeField()
    task = TaskSerializer()


def leased_task_json(assignment: Assignment, project: Project) -> dict[str, Any]:
    """The leased task; renders its texts if this is their first view."""
    assignment.project = project
    view = present(assignment, asked_rubric=rubric(project))
    return {
        "id": view.assignment_id,
        "expires": view.expires,
        "task": {
            "id": view.assignment_id,
            "kind": view.kind,
            "language": view.language,
            "topics": view.topics,
            "covers_texts": covers_texts(view.topics, project),
            "messages": turns_json(view.messages),
            "responses": [_response_json(response) for response in view.responses],
            "criteria": [
                *(criterion_json(criterion, project) for criterion in view.criteria),
                *([_text_json(view)] if view.asked_as == TaskKind.WRITE else []),
            ],
            "rubric": view.rubric_number,
            "writing": task_writing_json(view.writing),
            "conversation": place_json(view.place),
            "may_edit_winner": may_improve(project, kind_of(view.asked_as)),
            "may_paste": project.allow_paste,
            "principles": [
                {"number": p.number, "key": p.key, "title": p.title, "text": p.text}
                for p in view.principles
            ],
        },
    }


def _response_json(response: ShownResponse) -> dict[str, Any]:
    return {
        "slot": response.slot,
        "content": response.content,
        "messages": turns_json(response.messages),
        "html": response.html,
        "images": pictures_in(response.messages),
    }


def _text_json(view: TaskView) -> dict[str, Any]:
    """What is written, as if a criterion asked for it."""
    return {
        "key": TEXT,
        "wording": gettext(kind_of(view.asked_as).title),
        "short_label": "",
        "help_text": "",
        "scale": TEXT,
        "answer": TEXT,
        "per": "task",
        "unsaid": [],
        "primary": True,
        "required": True,
        "options": [],
        "tie_kinds": [],
    }
