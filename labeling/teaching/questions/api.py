"""Questions and precedents by program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.rating.leases import own_assignment
from labeling.teaching.questions.report import ambiguity_at_hand
from labeling.teaching.questions.selectors import (
    hours_to_answer,
    matching,
    open_count,
    own_queries,
    precedent_versions,
    precedents,
    queries,
    unread,
)
from labeling.teaching.questions.serializers import (
    AmbiguitySerializer,
    AnswerSerializer,
    NewPrecedentSerializer,
    NewQuestionSerializer,
    OwnQuestionSerializer,
    PrecedentHistorySerializer,
    PrecedentSerializer,
    QuerySerializer,
    ReadSerializer,
    RulingSerializer,
    UnreadSerializer,
    own_question_json,
    precedent_json,
    question_json,
)
from labeling.teaching.questions.services import (
    Ruling,
    answer_asker,
    mark_read,
    retire_precedent,
    reword_precedent,
    send_query,
    settle_by,
    write_precedent,
)
from labeling.vocabulary import QueryState
from labeling.work.api import NOT_YET, not_yet
from projects.access import Access, require_row
from projects.api.replies import PAGE_PARAMETERS, paged, refusals
from projects.api.views import ApiView, page_reply
from projects.models import ApiKey
from projects.permissions import Action

_TAGS = ["questions"]


class AskQuestion(ApiView):
    """A question about a task of one's own."""

    scope = ApiKey.Scope.RATE

    @extend_schema(
        operation_id="ask_question",
        summary="Ask what the guideline does not say of a task",
        tags=_TAGS,
        request=NewQuestionSerializer,
        responses={201: OwnQuestionSerializer, **refusals(400, 404)},
    )
    def post(self, request: Request, assignment_id: int) -> Response:
        """Before or after judging it, and also where it was withdrawn or you have left.

        The same words again are the same question.
        """
        assignment = own_assignment(rater=self.user(), assignment_id=assignment_id)
        if assignment is None:
            raise Http404(_("There is no such task among yours."))
        values = self.checked(NewQuestionSerializer)
        query = send_query(person=self.user(), assignment=assignment, **values)
        return Response(own_question_json(query), status=201)


class Inbox(ApiView):
    """The inbox."""

    @extend_schema(
        operation_id="list_questions",
        summary="What raters asked, newest first; open ones oldest first",
        tags=_TAGS,
        parameters=[
            OpenApiParameter("status", str, enum=list(QueryState)),
            *PAGE_PARAMETERS,
        ],
        responses={200: paged(QuerySerializer), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """`text` is empty where only the flag `guideline_gap` was set."""
        project = self.access(slug, Action.TEACH).project
        status = request.query_params.get("status", "")
        return page_reply(self, queries(project, status), question_json)


class OwnQuestions(ApiView):
    """What I asked."""

    @extend_schema(
        operation_id="list_own_questions",
        summary="What I asked, with the answers, newest first",
        tags=_TAGS,
        parameters=PAGE_PARAMETERS,
        responses={200: paged(OwnQuestionSerializer), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Answers that are precedents too."""
        access = self.access(slug, Action.SEE_GUIDELINE)
        return page_reply(self, own_queries(access.project, access.user), own_question_json)


class AnsweredQuestions(ApiView):
    """Answers without a new precedent."""

    @extend_schema(
        operation_id="answer_questions",
        summary="Answer questions to those who asked, or by a precedent that stands",
        tags=_TAGS,
        request=AnswerSerializer,
        responses={200: QuerySerializer(many=True), **refusals(400, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """409 where one of them is answered already: nothing of it is stored then."""
        access = self.access(slug, Action.TEACH)
        values = self.checked(AnswerSerializer)
        number, answer = values.pop("precedent"), values.pop("answer")
        who = {"project": access.project, "actor": access.user, **values}
        rows = settle_by(**who, number=number) if number else answer_asker(**who, answer=answer)
        return Response([question_json(row) for row in rows])


class Precedents(ApiView):
    """The precedents of a project."""

    @extend_schema(
        operation_id="list_precedents",
        summary="The precedents in force, newest first",
        tags=_TAGS,
        parameters=[
            OpenApiParameter("find", str, description="Words that they hold."),
            OpenApiParameter("all", bool, description="`1`: those that are retired, too."),
            *PAGE_PARAMETERS,
        ],
        responses={200: paged(PrecedentSerializer), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Each as its newest version says it."""
        access = self.access(slug, Action.SEE_GUIDELINE)
        everything = request.query_params.get("all") in {"1", "true"}
        rows = precedents(access.project, in_force=not everything)
        rows = matching(rows, request.query_params.get("find", "")[:200])
        sees_tasks = access.may(Action.SEE_TASKS)
        return page_reply(self, rows, lambda row: precedent_json(row, sees_tasks=sees_tasks))

    @extend_schema(
        operation_id="write_precedent",
        summary="Write a precedent, and answer questions by it",
        tags=_TAGS,
        request=NewPrecedentSerializer,
        responses={201: PrecedentHistorySerializer, **refusals(400, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """409 where a question is answered already, and where another precedent in force is on the
        same task and criterion: name it in `supersedes`, or say `beside`."""
        access = self.access(slug, Action.TEACH)
        values = self.checked(NewPrecedentSerializer)
        questions = values.pop("questions")
        precedent = write_precedent(
            project=access.project,
            actor=access.user,
            ruling=_ruling(values),
            questions=questions,
        )
        location = reverse("api:precedent", args=[slug, precedent.number])
        reply = _history(access, precedent.number)
        return Response(reply, status=201, headers={"Location": location})


class UnreadPrecedents(ApiView):
    """What is new to me in the precedents."""

    scope = ApiKey.Scope.RATE

    @extend_schema(
        operation_id="read_unread_precedents",
        summary="Precedents and answers to my questions that are new to me",
        tags=_TAGS,
        responses={200: UnreadSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Since I said last that I have read them."""
        access = self.access(slug, Action.SEE_GUIDELINE)
        return Response(asdict(unread(access.project, access.user)))

    @extend_schema(
        operation_id="mark_precedents_read",
        summary="Say what I have read",
        tags=_TAGS,
        request=ReadSerializer,
        responses={200: UnreadSerializer, **refusals(400, 403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """With `until` and `answers` as they were told; the reply is what is left."""
        access = self.access(slug, Action.SEE_GUIDELINE)
        values = self.checked(ReadSerializer)
        mark_read(project=access.project, person=access.user, **values)
        return Response(asdict(unread(access.project, access.user)))


class OnePrecedent(ApiView):
    """One precedent."""

    @extend_schema(
        operation_id="read_precedent",
        summary="A precedent with its versions",
        tags=_TAGS,
        responses={200: PrecedentHistorySerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str, number: int) -> Response:
        """One that is retired, too."""
        return Response(_history(self.access(slug, Action.SEE_GUIDELINE), number))

    @extend_schema(
        operation_id="reword_precedent",
        summary="Word a precedent anew, as its next version",
        tags=_TAGS,
        request=RulingSerializer,
        responses={200: PrecedentHistorySerializer, **refusals(400, 403, 404, 409)},
    )
    def put(self, request: Request, slug: str, number: int) -> Response:
        """Whole: what is left out, it does not have. The same words make no version."""
        access = self.access(slug, Action.TEACH)
        _history(access, number)
        ruling = _ruling(self.checked(RulingSerializer))
        reword_precedent(project=access.project, actor=access.user, number=number, ruling=ruling)
        return Response(_history(access, number))

    @extend_schema(
        operation_id="retire_precedent",
        summary="Retire a precedent",
        tags=_TAGS,
        request=None,
        parameters=[
            OpenApiParameter("superseded_by", int, description="The one that holds instead.")
        ],
        responses={200: PrecedentHistorySerializer, **refusals(400, 403, 404)},
    )
    def delete(self, request: Request, slug: str, number: int) -> Response:
        """It stays on record, and leaves the drawer."""
        access = self.access(slug, Action.TEACH)
        _history(access, number)
        instead = request.query_params.get("superseded_by", "")
        retire_precedent(
            project=access.project,
            actor=access.user,
            number=number,
            superseded_by=int(instead) if instead.isascii() and instead[:9].isdigit() else None,
        )
        return Response(_history(access, number))


class Ambiguity(ApiView):
    """How often the guideline does not say what to do."""

    @extend_schema(
        operation_id="read_ambiguity",
        summary="The ambiguity rate by criterion and category, and hours to an answer",
        tags=_TAGS,
        responses={200: AmbiguitySerializer, 202: NOT_YET, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Of what was judged or asked about, the share with a question."""
        project = self.access(slug, Action.SEE_AGREEMENT).project
        hand = ambiguity_at_hand(project)
        if hand.figures is None:
            return not_yet(hand.progress)
        wait = hours_to_answer(project)
        names = ("overall", "criteria", "categories")
        return Response(
            {
                **{name: hand.figures[name] for name in names},
                "open": open_count(project),
                "median_hours_to_answer": wait.hours,
                "answered": wait.n,
                "computed_at": hand.computed_at,
            }
        )


def _ruling(values: Mapping[str, Any]) -> Ruling:
    return Ruling(
        answer=values["answer"],
        question=values["question"],
        criterion=values["criterion"],
        task_id=values["task"],
        supersedes=values.get("supersedes", ()),
        beside=values["beside"],
    )


def _history(access: Access, number: int) -> dict[str, Any]:
    versions = precedent_versions(access.project, number)
    newest = require_row(next(iter(versions), None), _("There is no such precedent."))
    sees_tasks = access.may(Action.SEE_TASKS)
    rows = [precedent_json(version, sees_tasks=sees_tasks) for version in versions]
    return {**precedent_json(newest, sees_tasks=sees_tasks), "versions": rows}
