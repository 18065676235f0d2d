"""The operators' door to tasks and judgments: it shows every row and changes none."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy

from labeling.models import (
    Answer,
    Assignment,
    Import,
    ImportRefusal,
    Judgment,
    Prompt,
    Release,
    Report,
    Response,
    Task,
)
from projects.admin import ReadOnlyAdmin


@admin.register(Prompt)
class PromptAdmin(ReadOnlyAdmin):
    """What models were given."""

    list_display = ["external_id", "project", "category", "language", "created_at"]
    list_select_related = ["project"]
    search_fields = ["external_id"]


@admin.register(Response)
class ResponseAdmin(ReadOnlyAdmin):
    """What models answered."""

    list_display = ["external_id", "prompt", "model"]
    list_select_related = ["prompt"]
    search_fields = ["=external_id", "=model"]
    search_help_text = gettext_lazy("The whole id of a response, or the whole name of a model")


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    """Prompts with their responses, to be judged."""

    list_display = ["external_id", "project", "kind", "purpose", "overlap", "open_slots"]
    list_select_related = ["project"]
    list_filter = ["kind", "purpose"]
    search_fields = ["external_id"]


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    """Leases; the database counts them against the overlap."""

    sortable_by = ()  # newest first: another order of a million rows takes seconds

    list_display = ["id", "project", "task", "rater", "state", "lease_expires_at", "submitted_at"]
    list_select_related = ["project", "task", "rater"]
    list_filter = ["state", "purpose"]
    # A part of an address would be looked for in every row of a million.
    search_fields = ["=task__external_id"]
    search_help_text = gettext_lazy("The whole id of a task")


@admin.register(Judgment)
class JudgmentAdmin(ReadOnlyAdmin):
    """Append-only: every row that was ever submitted."""

    sortable_by = ()  # newest first: another order of a million rows takes seconds

    list_display = ["id", "project", "task", "rater", "is_current", "withdrawn", "created_at"]
    list_select_related = ["project", "task", "rater"]
    list_filter = ["is_current", "withdrawn", "purpose", "source"]
    # A part of an address would be looked for in every row of a million.
    search_fields = ["=task__external_id"]
    search_help_text = gettext_lazy("The whole id of a task")


@admin.register(Answer)
class AnswerAdmin(ReadOnlyAdmin):
    """Append-only: the values of judgments."""

    sortable_by = ()  # newest first: another order of a million rows takes seconds

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
class ImportRefusalAdmin(ReadOnlyAdmin):
    """Refused rows of files."""

    list_display = ["import_job", "line", "field", "reason"]
    list_select_related = ["import_job"]


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    """Frozen datasets."""

    list_display = ["project", "number", "state", "recipe", "format", "rows_out", "created_at"]
    list_select_related = ["project"]
    list_filter = ["state", "recipe"]
    exclude = ["salt"]


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """Cached statistics."""

    list_display = ["project", "kind", "computed_at"]
    list_select_related = ["project"]
