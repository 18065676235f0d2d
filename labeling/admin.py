"""The operators' door to tasks and judgments: it shows every row and changes none."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from labeling.models import (
    Answer,
    Assignment,
    Exclusion,
    Import,
    ImportRefusal,
    Judgment,
    Prompt,
    Release,
    Report,
    Response,
    Task,
    TaskChange,
)
from projects.admin_base import ReadOnlyAdmin


class NewestFirst(ChangeList):
    """One order, whatever an address asks for: another of a million rows takes seconds."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str | Combinable]:
        """The order of the primary key."""
        return ["-pk"]


class LargeTableAdmin(ReadOnlyAdmin):
    """Shows tables of millions of rows: newest first, looked through by whole ids.

    A part of a word or of an address would be looked for in every row.
    """

    sortable_by = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list that keeps its order."""
        return NewestFirst


@admin.register(Prompt)
class PromptAdmin(LargeTableAdmin):
    """What models were given."""

    list_display = ["external_id", "project", "category", "language", "created_at"]
    list_select_related = ["project"]
    search_fields = ["external_id__exact"]
    search_help_text = gettext_lazy("The whole id of a prompt")


@admin.register(Response)
class ResponseAdmin(LargeTableAdmin):
    """What models answered."""

    list_display = ["external_id", "prompt", "model"]
    list_select_related = ["prompt"]
    search_fields = ["prompt__external_id__exact"]
    search_help_text = gettext_lazy("The whole id of a prompt")


@admin.register(Task)
class TaskAdmin(LargeTableAdmin):
    """Prompts with their responses, to be judged."""

    list_display = ["external_id", "project", "kind", "purpose", "overlap", "open_slots"]
    list_select_related = ["project"]
    list_filter = ["kind", "purpose"]
    search_fields = ["external_id__exact"]
    search_help_text = gettext_lazy("The whole id of a task")


@admin.register(Assignment)
class AssignmentAdmin(LargeTableAdmin):
    """Leases; the database counts them against the overlap."""

    list_display = ["id", "project", "task", "rater", "state", "lease_expires_at", "submitted_at"]
    list_select_related = ["project", "task", "rater"]
    list_filter = ["state", "purpose"]
    search_fields = ["task__external_id__exact"]
    search_help_text = gettext_lazy("The whole id of a task")


@admin.register(Judgment)
class JudgmentAdmin(LargeTableAdmin):
    """Append-only: every row that was ever submitted."""

    list_display = ["id", "project", "task", "rater", "is_current", "withdrawn", "created_at"]
    list_select_related = ["project", "task", "rater"]
    list_filter = ["is_current", "withdrawn", "purpose", "source"]
    search_fields = ["task__external_id__exact"]
    search_help_text = gettext_lazy("The whole id of a task")


@admin.register(Answer)
class AnswerAdmin(LargeTableAdmin):
    """Append-only: the values of judgments."""

    list_display = ["judgment", "criterion", "response", "value", "tie_kind", "unsaid"]
    list_select_related = ["judgment", "criterion", "response"]


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    """Files on their way in."""

    list_display = ["id", "project", "filename", "state", "created_by", "created_at"]
    list_select_related = ["project", "created_by"]
    list_filter = ["state", "format"]
    search_fields = ["filename", "project__name"]


@admin.register(ImportRefusal)
class ImportRefusalAdmin(LargeTableAdmin):
    """Refused rows of files."""

    list_display = ["import_job", "line", "field", "reason"]
    list_select_related = ["import_job"]


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    """Frozen datasets."""

    list_display = ["project", "number", "state", "recipe", "format", "rows_out", "created_at"]
    list_select_related = ["project"]
    list_filter = ["state", "recipe"]
    exclude = ["salt", "withdrawn_tasks"]


@admin.register(TaskChange)
class TaskChangeAdmin(ReadOnlyAdmin):
    """Other numbers of raters or priorities for many tasks."""

    list_display = ["id", "project", "state", "overlap", "priority", "changed", "created_at"]
    list_select_related = ["project"]
    list_filter = ["state"]


@admin.register(Exclusion)
class ExclusionAdmin(ReadOnlyAdmin):
    """Judgments of raters that leads left out."""

    list_display = ["id", "project", "rater", "judgments", "reason", "at", "lifted_at"]
    list_select_related = ["project", "rater"]
    list_filter = ["reason"]


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """Cached statistics."""

    list_display = ["project", "kind", "computed_at"]
    list_select_related = ["project"]
