"""Imports: upload, look at the first rows, start, watch, read the report."""

from __future__ import annotations

import json
from dataclasses import astuple

from django.contrib import messages
from django.core import signing
from django.core.exceptions import TooManyFilesSent
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from labeling.datasets.readers import FilePreview
from labeling.datasets.readers.looking import get_ready
from labeling.datasets.rows import OVERALL
from labeling.imports.column_words import role_groups
from labeling.imports.endings import cancel_import
from labeling.imports.files import StoredFile
from labeling.imports.forms import MappingForm, UploadForm, posted_options
from labeling.imports.incoming import KeepingUploadHandler, too_many_files
from labeling.imports.looks import (
    ReaderBusy,
    accept_guesses,
    preview_for_project,
    preview_upload,
    thumbnail_of_upload,
)
from labeling.imports.page import preview_in_words
from labeling.imports.posted import posted_decisions, posted_format, posted_mapping
from labeling.imports.samples import has_samples, import_samples
from labeling.imports.selectors import (
    find_import,
    format_title,
    imports_of,
    left_out_of,
    may_undo,
    refusals_csv,
    refusals_of,
    report_of,
    undo_of,
    unused_files_of,
)
from labeling.imports.services import (
    create_import,
    keep_upload,
)
from labeling.imports.taskkinds import kinds_in_words
from labeling.imports.undoing import request_undo
from labeling.models import Import
from labeling.pictures.selectors import PICTURE_HEADERS
from labeling.vocabulary import JobState
from labeling.work.limits import standstill
from labeling.work.page import job_page, warning_of_conflicts
from labeling.work.sending import send
from projects.access import Access, SignedInRequest, get_access, require_row
from projects.exceptions import ConcordError, Conflict, InvalidInput
from projects.models import Project
from projects.navigation import Group, Tab
from projects.permissions import Action
from projects.selectors.rubric import asked_criteria

PAGE = 20
REFUSALS_PAGE = 100
_SALT = "labeling.imports.upload"
_MAX_AGE = 24 * 3600
_FOUND = 302
#: Bytes of a file that another process looks at.
_LARGE = 1 << 20


def _signed(project: Project, upload: StoredFile, filename: str) -> str:
    """An upload on its way through the preview, as a name for the address."""
    return signing.dumps([project.pk, filename[-100:], *astuple(upload)], salt=_SALT)


def _upload(project: Project, signed: str) -> tuple[StoredFile, str]:
    """An upload and its file's name. Raises Http404 for another project's, or an old one."""
    try:
        owner, filename, *facts = signing.loads(signed, salt=_SALT, max_age=_MAX_AGE)
        upload = StoredFile(*facts)
    except (signing.BadSignature, ValueError, TypeError):
        owner = 0
    if owner != project.pk:
        raise Http404(_("This upload is gone. Upload the file again."))
    return upload, filename


@csrf_exempt  # until the role is known: looking for the token reads the form, with the file in it
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: SignedInRequest, slug: str) -> HttpResponse:
    """The history of imports, and the form for the next one."""
    posted = request.method == "POST"
    access = get_access(request.user, slug, Action.IMPORT if posted else Action.SEE_IMPORTS)
    if not posted:
        return _imports(request, access)
    with KeepingUploadHandler(request) as incoming:
        request.upload_handlers = [incoming]
        try:
            reply = _imports(request, access)
        except TooManyFilesSent:
            messages.error(request, too_many_files())
            return redirect("labeling:imports", slug)
        if reply.status_code == _FOUND:
            incoming.keep()
        return reply


@csrf_protect
def _imports(request: SignedInRequest, access: Access) -> HttpResponse:
    slug, posted = access.project.slug, request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if posted else UploadForm()
    if posted and form.is_valid():
        try:
            upload = keep_upload(project=access.project, content=form.content())
            preview_upload(token=upload.token)
        except InvalidInput as error:
            form.add_error("file" if form.cleaned_data.get("file") else "text", error.message)
        else:
            signed = _signed(access.project, upload, form.filename)
            return redirect("labeling:import-preview", slug, signed)
    page = Paginator(imports_of(access.project), PAGE).get_page(request.GET.get("page"))
    context = {
        "access": access,
        "project": access.project,
        "form": form,
        "page": page,
        "rows": [(row, report_of(row)) for row in page.object_list],
        "may_import": access.may(Action.IMPORT),
        "has_samples": has_samples(access.project),
    }
    return render(request, "labeling/imports/imports.html", context, status=422 if posted else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def preview_rows(request: SignedInRequest, slug: str, upload: str) -> HttpResponse:
    """The first rows as they would be imported, and which column is which; writes nothing."""
    access = get_access(request.user, slug, Action.IMPORT)
    stored, filename = _upload(access.project, upload)
    try:
        shown, decided = _look(request, access.project, stored.token)
    except InvalidInput as error:
        messages.error(request, error.message)
        return redirect("labeling:imports", slug)
    form = _mapping_form(request, access, shown)
    if stored.size > _LARGE:
        # Another mapping than the shown one is looked at when the import starts.
        get_ready()
    return _preview_page(request, access, upload, filename, shown, decided, form)


def _question_names(project: Project) -> dict[str, str]:
    """What the project's questions are called, by the names that labels have for them."""
    questions = asked_criteria(project)
    compared = [q for q in questions if q.is_primary and q.scale.answer == "preference"]
    names = [(OVERALL, question.label) for question in compared]
    return dict([*names, *((question.key, question.label) for question in questions)])


def _decided(request: SignedInRequest, token: str) -> tuple[str, dict[str, str]]:
    """The kind of rows, and what the user decided about columns beyond what the file says."""
    before = preview_upload(
        token=token,
        format=posted_format(request.POST),
        mapping=posted_decisions(request.POST),
        label_rater=request.POST.get("label_rater", ""),
        limit=0,
    )
    return posted_mapping(request.POST, before.detection)


def _look(
    request: SignedInRequest, project: Project, token: str
) -> tuple[FilePreview, dict[str, str]]:
    """The first rows as the page asks for them, and the decisions that it carries on."""
    format, decided = _decided(request, token)
    rater = request.POST.get("label_rater", "")
    if "accept" in request.POST:
        format, decided = accept_guesses(
            token=token, format=format, mapping=decided, label_rater=rater
        )
    return preview_for_project(
        project=project, token=token, format=format, mapping=decided, label_rater=rater
    )


def _mapping_form(request: SignedInRequest, access: Access, shown: FilePreview) -> MappingForm:
    """The form for the kind of rows that is shown, with what was typed so far."""
    kept = {name: request.POST.get(name, "") for name in ("overlap", "label_rater", "whose")}
    return MappingForm(shown.detection, access.project.overlap, initial=kept)


def _preview_page(
    request: SignedInRequest,
    access: Access,
    upload: str,
    filename: str,
    shown: FilePreview,
    decided: dict[str, str],
    form: MappingForm,
) -> HttpResponse:
    context = {
        "access": access,
        "project": access.project,
        "upload": upload,
        "filename": filename,
        "shown": shown,
        "rows": preview_in_words(shown.rows),
        "names": _question_names(access.project),
        "decided": json.dumps(decided),
        "left_open": request.POST.getlist("asked"),
        "form": form,
    }
    wrong = form.errors or (form.questions and request.method == "POST")
    return render(
        request, "labeling/imports/import_preview.html", context, status=422 if wrong else 200
    )


@require_safe
def preview_picture(request: SignedInRequest, slug: str, upload: str) -> HttpResponse:
    """A small picture of one that the first rows show."""
    access = get_access(request.user, slug, Action.IMPORT)
    stored, _filename = _upload(access.project, upload)
    mark = request.GET.get("picture", "")
    try:
        small = require_row(
            thumbnail_of_upload(token=stored.token, mark=mark),
            _("The first rows show no such picture."),
        )
    except ReaderBusy as error:
        return HttpResponse(error.message, status=error.status, content_type="text/plain")
    return HttpResponse(small, content_type="image/webp", headers=PICTURE_HEADERS)


@require_POST
def start(request: SignedInRequest, slug: str, upload: str) -> HttpResponse:
    """Requests the import that the preview showed; a worker does it."""
    access = get_access(request.user, slug, Action.IMPORT)
    stored, filename = _upload(access.project, upload)
    try:
        shown, decided = _look(request, access.project, stored.token)
        kinds = {request.POST.get("mapped_as"), request.POST.get("format"), shown.detection.format}
        if len(kinds) > 1 or shown.detection.questions:
            # Another kind of rows was chosen than the page had shown, or something is not
            # answered: show that first.
            form = _mapping_form(request, access, shown)
            return _preview_page(request, access, upload, filename, shown, decided, form)
        form = MappingForm(shown.detection, access.project.overlap, request.POST)
        if not form.is_valid():
            return _preview_page(request, access, upload, filename, shown, decided, form)
        row = create_import(
            project=access.project,
            created_by=access.user,
            filename=filename,
            upload=stored,
            format=form.cleaned_data["format"],
            mapping=decided,
            options=posted_options(form),
        )
    except InvalidInput as error:
        messages.error(request, " ".join(error.fields.values()) or error.message)
        return redirect("labeling:import-preview", slug, upload)
    send(row)
    return redirect("labeling:import", slug, row.pk)


def _find(project: Project, import_id: int) -> Import:
    row = find_import(project, import_id)
    return require_row(row, _("There is no such import in this project."))


@require_safe
def report(request: SignedInRequest, slug: str, import_id: int) -> HttpResponse:
    """Progress while it runs, then counts and every refused row."""
    access = get_access(request.user, slug, Action.SEE_IMPORTS)
    row = _find(access.project, import_id)
    refused = Paginator(refusals_of(row), REFUSALS_PAGE).get_page(request.GET.get("page"))
    counts = report_of(row)
    undone = undo_of(row)
    stands = row.is_over and (undone is None or (undone.is_over and undone.state != JobState.DONE))
    return job_page(
        request,
        "labeling/imports/import.html",
        row=row,
        access=access,
        cancels=Action.IMPORT,
        report=counts,
        not_kept=counts.refused - refused.paginator.count,
        format_title=format_title(row),
        kinds=kinds_in_words(row.options.get("kinds", {})),
        roles=role_groups(row.options.get("columns", [])),
        left_out=left_out_of(row),
        unused=unused_files_of(row),
        page=refused,
        may_plan=access.may(Action.PLAN_TASKS) and stands and counts.created,
        fields={"import": str(row.pk)},
        may_undo=access.may(Action.IMPORT) and row.is_over and may_undo(row),
        undo=undone,
        undo_stall=standstill(undone) if undone else None,
    )


@require_POST
def stop_import(request: SignedInRequest, slug: str, import_id: int) -> HttpResponse:
    """Stops an import; what is in stays."""
    access = get_access(request.user, slug, Action.IMPORT)
    row = _find(access.project, import_id)
    with warning_of_conflicts(request):
        cancel_import(import_=row, actor=request.user)
    return redirect("labeling:import", slug, import_id)


@require_POST
def take_back(request: SignedInRequest, slug: str, import_id: int) -> HttpResponse:
    """Takes an import back; a worker does it."""
    access = get_access(request.user, slug, Action.IMPORT)
    try:
        send(request_undo(import_=_find(access.project, import_id), actor=access.user))
    except Conflict as error:
        messages.error(request, error.message)
    return redirect("labeling:import", slug, import_id)


@require_safe
def refusals_file(request: SignedInRequest, slug: str, import_id: int) -> HttpResponseBase:
    """Every refused row as CSV."""
    access = get_access(request.user, slug, Action.SEE_IMPORTS)
    row = _find(access.project, import_id)
    return StreamingHttpResponse(
        refusals_csv(row),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="refused-{row.pk}.csv"'},
    )


@require_POST
def try_samples(request: SignedInRequest, slug: str) -> HttpResponse:
    """Requests the import of the rows that the project's template brings."""
    access = get_access(request.user, slug, Action.IMPORT)
    try:
        row = import_samples(project=access.project, created_by=access.user)
    except ConcordError as error:
        messages.error(request, error.message)
        return redirect("labeling:imports", slug)
    send(row)
    return redirect("labeling:import", slug, row.pk)


navigation = [
    Tab(
        key="imports",
        url_name="labeling:imports",
        label=gettext_lazy("Imports"),
        action=Action.SEE_IMPORTS,
        group=Group.DATA,
        position=70,
    )
]
urlpatterns = [
    path("p/<slug:slug>/imports/", imports, name="imports"),
    path("p/<slug:slug>/imports/samples/", try_samples, name="import-samples"),
    path("p/<slug:slug>/imports/new/<str:upload>/", preview_rows, name="import-preview"),
    path("p/<slug:slug>/imports/new/<str:upload>/picture/", preview_picture, name="import-picture"),
    path("p/<slug:slug>/imports/new/<str:upload>/start/", start, name="import-start"),
    path("p/<slug:slug>/imports/<int:import_id>/", report, name="import"),
    path("p/<slug:slug>/imports/<int:import_id>/cancel/", stop_import, name="import-cancel"),
    path("p/<slug:slug>/imports/<int:import_id>/undo/", take_back, name="import-undo"),
    path(
        "p/<slug:slug>/imports/<int:import_id>/refused.csv", refusals_file, name="import-refusals"
    ),
]
