"""The quiz by program."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.teaching.quiz.services import (
    QuizAnswer,
    answer_example,
    ask_quiz_again,
)
from projects.access import Access
from projects.api.parsing import StrictSerializer
from projects.api.replies import refusals
from projects.api.views import ApiView
from projects.guidelines.examples import is_quiz_due, left_to_answer
from projects.models import ApiKey
from projects.permissions import Action
from projects.selectors.rubric import asked_criteria

_TAGS = ["rating"]


class AskedExampleSerializer(serializers.Serializer[Any]):
    """An example as it is asked."""

    number = serializers.IntegerField()
    criterion = serializers.CharField(help_text="The key of the question.")
    wording = serializers.CharField()
    prompt = serializers.CharField(allow_blank=True)
    responses = serializers.ListField(child=serializers.CharField())


class QuizSerializer(serializers.Serializer[Any]):
    """What is left of my quiz."""

    due = serializers.BooleanField(help_text="No task is handed out before it is answered.")
    left = AskedExampleSerializer(many=True)


class NewQuizAnswerSerializer(StrictSerializer):
    """An answer to an example."""

    example = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    answer = serializers.JSONField(
        help_text="In the shape of a submission; negative, the first response is better."
    )


class QuizAnswerSerializer(serializers.Serializer[Any]):
    """What became of an answer."""

    example = serializers.IntegerField()
    is_right = serializers.BooleanField()
    right = serializers.ListField(help_text="The answers that are accepted.")
    answer = serializers.CharField(help_text="What is right, in words.")
    rationale = serializers.CharField()
    left = serializers.IntegerField()


class AskedAgainSerializer(serializers.Serializer[Any]):
    """Since which version of the guideline the quiz counts."""

    quiz_since = serializers.IntegerField()


def _left_json(access: Access) -> list[dict[str, Any]]:
    questions = {question.key: question for question in asked_criteria(access.project)}
    return [
        {
            "number": example.number,
            "criterion": example.criterion,
            "wording": questions[example.criterion].wording,
            "prompt": example.prompt,
            "responses": example.responses,
        }
        for example in left_to_answer(access.membership)
        if example.criterion in questions
    ]


class Quiz(ApiView):
    """The quiz of the one who asks."""

    scope = ApiKey.Scope.RATE

    @extend_schema(
        operation_id="read_quiz",
        summary="The examples that I have not answered yet",
        tags=_TAGS,
        responses={200: QuizSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """What is right comes with the answer to each."""
        access = self.access(slug, Action.RATE)
        return Response({"due": is_quiz_due(access.membership), "left": _left_json(access)})

    @extend_schema(
        operation_id="answer_quiz",
        summary="Answer an example of the quiz",
        tags=_TAGS,
        request=NewQuizAnswerSerializer,
        responses={201: QuizAnswerSerializer, **refusals(400, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """The first answer counts; another one is a 409."""
        access = self.access(slug, Action.RATE)
        values = self.checked(NewQuizAnswerSerializer)
        left = {e.number: e for e in left_to_answer(access.membership)}
        example = left.get(values["example"])
        answers = {example.criterion: values["answer"]} if example else {}
        attempt = answer_example(
            membership=access.membership, number=values["example"], answer=QuizAnswer(answers)
        )
        body = {
            "example": attempt.example.number,
            "is_right": attempt.is_right,
            "right": attempt.example.right,
            "answer": attempt.example.answer,
            "rationale": attempt.example.rationale,
            "left": len(left) - 1,
        }
        return Response(body, status=201)


class QuizAgain(ApiView):
    """The quiz asked anew."""

    @extend_schema(
        operation_id="ask_quiz_again",
        summary="Ask every rater the quiz again, after a major version of the guideline",
        tags=_TAGS,
        request=None,
        responses={200: AskedAgainSerializer, **refusals(403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """409 where no major version was published since it was asked."""
        access = self.access(slug, Action.TEACH)
        project = ask_quiz_again(project=access.project, actor=access.user)
        return Response({"quiz_since": project.quiz_since})
