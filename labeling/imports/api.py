"""Imports: a file handed over, and the report of what became of its rows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.datasets.readers import IMPORT_KINDS, ColumnRole
from labeling.datasets.readers.taskkinds import ROW_KINDS
from labeling.imports.endings import cancel_import
from labeling.imports.files import discard
from labeling.imports.incoming import KeepingUploadHandler
from labeling.imports.looks import preview_for_project
from labeling.imports.samples import import_samples
from labeling.imports.selectors import (
    find_import,
    imports_of,
    left_out_of,
    refusals_csv,
    refusals_of,
    undo_of,
    unused_files_of,
)
from labeling.imports.serializers import (
    ImportPreviewSerializer,
    RefusalSerializer,
    UnusedFilesSerializer,
    preview_json,
    unused_json,
)
from labeling.imports.services import create_import, keep_upload
from labeling.imports.undoing import request_undo
from labeling.imports.uploads import RAW_TYPES, UPLOAD_PARSERS, UploadSerializer, read_upload
from labeling.models import Import, ImportRefusal, ImportUndo
from labeling.work.api import JobSerializer, job_json
from labeling.work.sending import send
from projects.access import require_row
from projects.api.replies import PAGE_PARAMETERS, paged, refusals
from projects.api.views import ApiView, page_reply
from projects.models import Project
from projects.permissions import Action
from projects.sites import site_address

_TAGS = ["imports"]


class LeftOutSerializer(serializers.Serializer[Any]):
    """A field that could not be stored in some rows, which were taken without it."""

    field = serializers.CharField()
    rows = serializers.IntegerField()
    line = serializers.IntegerField(help_text="Of the first of them.")
    reason = serializers.CharField()


class ImportUndoSerializer(JobSerializer):
    """The undoing of an import, a job of its own."""

    by = serializers.CharField(allow_blank=True)


class ImportSerializer(JobSerializer):
    """An import; `counts` says what became of the rows."""

    filename = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    format = serializers.CharField()
    mapping = serializers.DictField(child=serializers.CharField())
    columns = serializers.DictField(
        child=serializers.ChoiceField(choices=list(ColumnRole)),
        help_text="Where each column of the file goes.",
    )
    guesses = serializers.DictField(
        child=serializers.CharField(), help_text="The part of the mapping that `yes` accepted."
    )
    options = serializers.DictField()
    left_out = LeftOutSerializer(
        many=True, help_text="Values that are no part of a task and could not be stored."
    )
    unused_files = UnusedFilesSerializer(
        help_text="Files that came with the rows and that none of them names; told at the end."
    )
    counts = serializers.DictField(child=serializers.IntegerField())
    kinds = serializers.DictField(
        child=serializers.IntegerField(), help_text="Rows that were taken, by the kind of task."
    )
    undo = ImportUndoSerializer(
        allow_null=True, help_text="Null where nobody asked for it; `done`: it is undone."
    )


class ImportReportSerializer(ImportSerializer):
    """An import with a page of its refused rows, and where to get all of them as CSV."""

    refusals = paged(RefusalSerializer)
    refusals_csv = serializers.CharField(help_text="The address of all refused rows as CSV.")


#: What the options keep for the report, and stands beside them.
_REPORTED = ("columns", "guesses", "kinds", "left_out", "unused_files")


def import_json(row: Import) -> dict[str, Any]:
    """An import as a program reads it; never where its file lies."""
    return {
        **job_json(row),
        "filename": row.filename,
        "size": row.size,
        "sha256": row.sha256,
        "format": row.format,
        "mapping": row.mapping,
        "columns": dict(row.options.get("columns", [])),
        "guesses": row.options.get("guesses", {}),
        "options": {k: v for k, v in row.options.items() if k not in _REPORTED},
        "left_out": [asdict(field) for field in left_out_of(row)],
        "unused_files": unused_json(unused_files_of(row)),
        "counts": row.counts,
        "kinds": row.options.get("kinds", {}),
        "undo": _undo_json(undo_of(row)),
    }


def _undo_json(undo: ImportUndo | None) -> dict[str, Any] | None:
    if undo is None:
        return None
    return {**job_json(undo), "by": undo.created_by.display_name if undo.created_by else ""}


def _refusal_json(refusal: ImportRefusal) -> dict[str, Any]:
    return {
        "line": refusal.line,
        "number": refusal.number,
        "row_id": refusal.row_id,
        "field": refusal.field,
        "code": refusal.code,
        "reason": refusal.reason,
        "excerpt": refusal.excerpt,
    }


def _options() -> list[OpenApiParameter]:
    return [
        OpenApiParameter("filename", str, description="What the report calls the file."),
        OpenApiParameter("format", str, enum=list(IMPORT_KINDS)),
        OpenApiParameter("mapping", str, description='A JSON object: `{"prompt": "question"}`.'),
        OpenApiParameter("kind", str, enum=list(ROW_KINDS), description="The task of every row."),
        OpenApiParameter("leave_out", str, description="Columns to leave out, `|` between."),
        OpenApiParameter("overlap", int, description="Raters per task; else the project's."),
        OpenApiParameter("label_rater", str, description="Who gave chosen/rejected labels."),
        OpenApiParameter("people", str, description="Names of people, `|` between; `*`: all."),
        OpenApiParameter("model_rater", str, description="Names of models, likewise."),
        OpenApiParameter("yes", bool, description="Accept the reader's guesses where it asks."),
    ]


class Imports(ApiView):
    """The imports of a project."""

    parser_classes = UPLOAD_PARSERS

    @extend_schema(
        operation_id="list_imports",
        summary="Imports, newest first",
        tags=_TAGS,
        parameters=PAGE_PARAMETERS,
        responses={200: paged(ImportSerializer), **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """All imports of the project."""
        project = self.access(slug, Action.SEE_IMPORTS).project
        return page_reply(self, imports_of(project), import_json)

    @extend_schema(
        operation_id="create_import",
        summary="Import rows from a file",
        tags=_TAGS,
        parameters=_options(),
        request={
            "multipart/form-data": UploadSerializer,
            **dict.fromkeys(RAW_TYPES, OpenApiTypes.BINARY),
        },
        responses={
            202: OpenApiResponse(ImportSerializer, description="Accepted; `Location` reports."),
            **refusals(400, 403, 404, 413, 415),
        },
    )
    def post(self, request: Request, slug: str) -> Response:
        """JSON, JSON Lines, CSV or TSV, also packed, or Parquet, as a form or as the body itself.

        The file is kept and read by a job; ask `Location` for the report.
        """
        access = self.access(slug, Action.IMPORT)
        with KeepingUploadHandler(request._request) as incoming:
            request.upload_handlers = [incoming]
            upload = read_upload(request)
            row = create_import(
                project=access.project,
                created_by=access.user,
                filename=upload.filename,
                content=upload.content,
                format=upload.format,
                mapping=upload.mapping,
                options=upload.options,
            )
            incoming.keep()
        send(row)
        location = reverse("api:import", args=[slug, row.pk])
        return Response(import_json(row), status=202, headers={"Location": location})


class ImportSamples(ApiView):
    """The rows that a template brings."""

    @extend_schema(
        operation_id="import_samples",
        summary="Import the sample rows of the project's template",
        tags=_TAGS,
        request=None,
        responses={202: ImportSerializer, **refusals(400, 403, 404, 409)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """To try the project with at once; `undo_import` takes them away again."""
        access = self.access(slug, Action.IMPORT)
        row = import_samples(project=access.project, created_by=access.user)
        send(row)
        location = reverse("api:import", args=[slug, row.pk])
        return Response(import_json(row), status=202, headers={"Location": location})


class ImportPreview(ApiView):
    """What a file would be."""

    parser_classes = UPLOAD_PARSERS

    @extend_schema(
        operation_id="preview_import",
        summary="Where each column of a file would go, and its first rows",
        tags=_TAGS,
        parameters=_options(),
        request={
            "multipart/form-data": UploadSerializer,
            **dict.fromkeys(RAW_TYPES, OpenApiTypes.BINARY),
        },
        responses={200: ImportPreviewSerializer, **refusals(400, 403, 404, 413, 415)},
    )
    def post(self, request: Request, slug: str) -> Response:
        """As `create_import` takes it; nothing is imported, and the file is not kept."""
        project = self.access(slug, Action.IMPORT).project
        with KeepingUploadHandler(request._request) as incoming:
            request.upload_handlers = [incoming]
            upload = read_upload(request)
            stored = keep_upload(project=project, content=upload.content)
            try:
                preview, _mapping = preview_for_project(
                    project=project,
                    token=stored.token,
                    format=upload.format,
                    mapping=upload.mapping,
                    label_rater=upload.options.label_rater,
                )
            finally:
                discard(stored.token)
        return Response(preview_json(preview))


class OneImport(ApiView):
    """One import."""

    @extend_schema(
        operation_id="read_import",
        summary="The report: counts and every refused row",
        tags=_TAGS,
        parameters=PAGE_PARAMETERS,
        responses={200: ImportReportSerializer, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str, import_id: int) -> Response:
        """Counts, and the refused rows a page at a time."""
        row = _find(self.access(slug, Action.SEE_IMPORTS).project, import_id)
        refused = page_reply(self, refusals_of(row), _refusal_json).data
        address = reverse("api:import-refusals", args=[slug, row.pk])
        return Response(
            {
                **import_json(row),
                "refusals": refused,
                "refusals_csv": site_address(address),
            }
        )


class ImportCancellation(ApiView):
    """The end of an import before its end."""

    @extend_schema(
        operation_id="cancel_import",
        summary="Cancel an import; what is in stays",
        tags=_TAGS,
        request=None,
        responses={200: ImportSerializer, **refusals(403, 404, 409)},
    )
    def post(self, request: Request, slug: str, import_id: int) -> Response:
        """One that runs stops within seconds; 409 where it is over already."""
        access = self.access(slug, Action.IMPORT)
        row = _find(access.project, import_id)
        cancel_import(import_=row, actor=access.user)
        return Response(import_json(_find(access.project, import_id)))


def _find(project: Project, import_id: int) -> Import:
    row = find_import(project, import_id)
    return require_row(row, _("There is no such import in this project."))


class ImportUndoing(ApiView):
    """An import taken back."""

    @extend_schema(
        operation_id="undo_import",
        summary="Undo an import: what it brought goes",
        tags=_TAGS,
        request=None,
        responses={202: ImportSerializer, **refusals(403, 404, 409)},
    )
    def post(self, request: Request, slug: str, import_id: int) -> Response:
        """A job deletes its tasks, prompts, responses and labels; the row stays, as undone.

        409, with the reason and what to do instead, where people judged its tasks, a release holds
        its labels or a later import built on it. Ask for the import again: `undo` says how far it
        is, or why it failed.
        """
        access = self.access(slug, Action.IMPORT)
        send(request_undo(import_=_find(access.project, import_id), actor=access.user))
        return Response(import_json(_find(access.project, import_id)), status=202)


class ImportRefusals(ApiView):
    """All refused rows of an import."""

    @extend_schema(
        operation_id="download_refusals",
        summary="Every refused row, as CSV",
        tags=_TAGS,
        responses={(200, "text/csv"): OpenApiTypes.STR, **refusals(403, 404)},
    )
    def get(self, request: Request, slug: str, import_id: int) -> StreamingHttpResponse:
        """Line, field, code, reason and excerpt; no cell starts like a formula."""
        row = _find(self.access(slug, Action.SEE_IMPORTS).project, import_id)
        return StreamingHttpResponse(
            refusals_csv(row),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="refused-{row.pk}.csv"'},
        )
