"""A rater's own work by program, and notes to raters."""

from __future__ import annotations

from contextlib import suppress

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.models import Task
from labeling.own.figures import figures_json, own_figures
from labeling.own.page import page_json, rater_page
from labeling.own.selectors import (
    next_example,
    notes_to,
    opened_examples,
    own_days,
    own_rows,
    rater_member,
    with_tasks,
)
from labeling.own.serializers import (
    MyWorkSerializer,
    NewNoteSerializer,
    NewTalkSerializer,
    NoteSerializer,
    NotesReadSerializer,
    OneRaterSerializer,
    OwnExampleSerializer,
    OwnJudgmentSerializer,
    TakenBackSerializer,
    TalkedOverSerializer,
    note_json,
    own_example_json,
    own_judgment_json,
)
from labeling.own.services import (
    mark_talked_over,
    open_example,
    read_notes,
    take_back_open,
    write_note,
)
from labeling.rating.selectors import own_judgments
from projects.access import require_row
from projects.api.pagination import Pages
from projects.api.replies import PAGE_PARAMETERS, paged, refusals
from projects.api.views import ApiView, page_reply
from projects.exceptions import Conflict
from projects.models import ApiKey
from projects.permissions import Action

_TAGS = ["my work"]


class OwnView(ApiView):
    """A view of what the asker did."""

    scope = ApiKey.Scope.RATE


class MyWork(OwnView):
    """What I did."""

    @extend_schema(
        operation_id="read_my_work",
        summary="What I did, by day, and my figures with their intervals",
        tags=_TAGS,
        responses={200: MyWorkSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """My own figures alone; there is no list of raters here."""
        project = self.access(slug, Action.RATE).project
        rater, now = self.user(), timezone.now()
        unread = notes_to(rater=rater, project=project).filter(read_at__isnull=True)
        days = own_days(rater=rater, project=project, now=now)
        return Response(
            {
                "days": [
                    {"day": day.day, "judgments": day.judgments, "active_ms": day.active_ms}
                    for day in days
                ],
                "unread_notes": unread.count(),
                "has_example": next_example(rater=rater, project=project) is not None,
                "figures": figures_json(own_figures(rater=rater, project=project, now=now)),
            }
        )


class MyJudgments(OwnView):
    """My judgments."""

    @extend_schema(
        operation_id="list_my_judgments",
        summary="My judgments, newest first, and until when each may be changed",
        tags=_TAGS,
        parameters=PAGE_PARAMETERS,
        responses={200: paged(OwnJudgmentSerializer), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """By their assignments; nothing says what a task was for."""
        project = self.access(slug, Action.RATE).project
        pages = Pages()
        rows = with_tasks(own_judgments(rater=self.user(), project=project))
        page = pages.paginate_queryset(rows, request, view=self) or []
        lines = own_rows(project, page, timezone.now())
        return pages.get_paginated_response([own_judgment_json(line) for line in lines])


class MyExamples(OwnView):
    """Where others answered otherwise than I did."""

    @extend_schema(
        operation_id="list_my_examples",
        summary="The tasks that I opened because others answered otherwise",
        tags=_TAGS,
        responses={200: OwnExampleSerializer(many=True), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """The newest twenty."""
        project = self.access(slug, Action.RATE).project
        examples = opened_examples(rater=self.user(), project=project, now=timezone.now())
        return Response([own_example_json(example) for example in examples])

    @extend_schema(
        operation_id="open_my_example",
        summary="See the next task on which most others answered otherwise",
        tags=_TAGS,
        request=None,
        responses={200: OwnExampleSerializer(many=True), **refusals(403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """All that you opened, that one among them, if there is one. That you saw it is recorded:
        your answer on it can no longer be changed or taken back."""
        project = self.access(slug, Action.RATE).project
        with suppress(Conflict):
            open_example(rater=self.user(), project=project)
        examples = opened_examples(rater=self.user(), project=project, now=timezone.now())
        return Response([own_example_json(example) for example in examples])


class MyNotes(OwnView):
    """What leads wrote to me."""

    @extend_schema(
        operation_id="list_my_notes",
        summary="What leads wrote to me, newest first",
        tags=_TAGS,
        parameters=PAGE_PARAMETERS,
        responses={200: paged(NoteSerializer), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """Reading them here leaves them unread."""
        project = self.access(slug, Action.RATE).project
        return page_reply(self, notes_to(rater=self.user(), project=project), note_json)

    @extend_schema(
        operation_id="read_my_notes",
        summary="Mark all notes to me as read",
        tags=_TAGS,
        request=None,
        responses={200: NotesReadSerializer, **refusals(403, 404)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Repeating it changes nothing."""
        project = self.access(slug, Action.RATE).project
        return Response({"read": read_notes(rater=self.user(), project=project)})


class RaterNotes(ApiView):
    """Notes to one rater."""

    @extend_schema(
        operation_id="list_rater_notes",
        summary="What leads wrote to a rater, newest first",
        tags=_TAGS,
        parameters=PAGE_PARAMETERS,
        responses={200: paged(NoteSerializer), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str, member_id: int) -> Response:
        """With when they were read."""
        project = self.access(slug, Action.TEACH).project
        member = rater_member(project, pk=member_id)
        return page_reply(self, notes_to(rater=member.user, project=project), note_json)

    @extend_schema(
        operation_id="write_rater_note",
        summary="Write to a rater",
        tags=_TAGS,
        request=NewNoteSerializer,
        responses={201: NoteSerializer, **refusals(400, 403, 404)},
    )
    def post(self, request: Request, slug: str, member_id: int) -> Response:
        """The rater reads it on the page “My work”; the audit log says that it was written."""
        access = self.access(slug, Action.TEACH)
        member = rater_member(access.project, pk=member_id)
        text = self.checked(NewNoteSerializer)["text"]
        note = write_note(member=member, author=access.user, text=text)
        return Response(note_json(note), status=201)


class OneRater(ApiView):
    """One rater."""

    @extend_schema(
        operation_id="read_rater",
        summary="Habits, pace and drift of one rater, and what to talk over",
        tags=_TAGS,
        responses={200: OneRaterSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str, member_id: int) -> Response:
        """Examples are those whose votes you may see: none that you could still judge."""
        access = self.access(slug, Action.SEE_RATERS)
        member = rater_member(access.project, pk=member_id)
        page = rater_page(
            rater=member.user, project=access.project, reader=access.user, now=timezone.now()
        )
        return Response(page_json(page))


class RaterTasks(ApiView):
    """What one rater has open."""

    @extend_schema(
        operation_id="take_back_open_tasks",
        summary="Take back the tasks that a rater has open",
        tags=_TAGS,
        request=None,
        responses={200: TakenBackSerializer, **refusals(403, 404)},
    )
    def post(self, request: Request, slug: str, member_id: int) -> Response:
        """They go to others. Repeating it changes nothing. Who is not paused gets more."""
        access = self.access(slug, Action.MANAGE_MEMBERS)
        member = rater_member(access.project, pk=member_id)
        return Response({"taken_back": take_back_open(member=member, actor=access.user)})


class RaterTalks(ApiView):
    """What was talked over with one rater."""

    @extend_schema(
        operation_id="mark_talked_over",
        summary="Note that a task was talked over with a rater, or that it was not",
        tags=_TAGS,
        request=NewTalkSerializer,
        responses={200: TalkedOverSerializer, **refusals(400, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str, member_id: int) -> Response:
        """Repeating it changes nothing."""
        access = self.access(slug, Action.TEACH)
        values = self.checked(NewTalkSerializer)
        member = rater_member(access.project, pk=member_id)
        row = Task.objects.filter(project=access.project, pk=values["task"]).first()
        task = require_row(row, _("There is no such task in this project."))
        done = values["talked_over"]
        mark_talked_over(member=member, task=task, author=access.user, done=done)
        return Response({"task": task.pk, "talked_over": done})
