"""Releases: the list, a new one with a live preview, one release, its files."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from labeling.datasets.fitting import row_kind_of
from labeling.datasets.formats import FORMATS, Format
from labeling.datasets.recipes import RECIPES, Recipe
from labeling.datasets.recipes.sentences import options_in_words
from labeling.datasets.splits import SPLITS
from labeling.models import Release
from labeling.models.openings import open_release
from labeling.releases.forms import FILE_TYPE_TITLES, SUGGESTED_LICENCES, ReleaseForm
from labeling.releases.page import cutoff_panels, figures_of, known_warnings
from labeling.releases.previews import preview_at_hand
from labeling.releases.requests import choices_of, criterion_record
from labeling.releases.selectors import find_release, releases_of
from labeling.releases.services import (
    archived,
    cancel_release,
    file_of,
    open_file,
    request_release,
    retry_release,
)
from labeling.work.downloads import file_response, zip_response
from labeling.work.page import job_page, warning_of_conflicts
from labeling.work.sending import send
from projects.access import Access, SignedInRequest, get_access, require_row
from projects.exceptions import InvalidInput
from projects.navigation import Group, Tab
from projects.permissions import Action

_PAGE = 20


@require_safe
def release_list(request: SignedInRequest, slug: str) -> HttpResponse:
    """All releases of the project, newest first."""
    access = get_access(request.user, slug, Action.SEE_RELEASES)
    page = Paginator(releases_of(access.project), _PAGE).get_page(request.GET.get("page"))
    context = {
        "access": access,
        "project": access.project,
        "page": page,
        "rows": [(row, _recipe_title(row), _format_title(row)) for row in page.object_list],
    }
    return render(request, "labeling/releases/releases.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_release(request: SignedInRequest, slug: str) -> HttpResponse:
    """Recipe and format with their policies in words, and what would come out right now."""
    access = get_access(request.user, slug, Action.RELEASE)
    posted = request.method == "POST"
    sent = request.POST if posted else request.GET if "recipe" in request.GET else None
    form = ReleaseForm(access.project, sent)
    if posted and form.is_valid():
        try:
            release = request_release(
                project=access.project, created_by=request.user, **form.asked()
            )
        except InvalidInput as error:
            for field, text in error.fields.items():
                form.add_error(field if field in form.fields else None, text)
        else:
            send(release)
            return redirect("labeling:release", slug, release.number)
    context: dict[str, object] = {
        "access": access,
        "project": access.project,
        "form": form,
        **_recipes(form),
        "families": _families(str(form["format"].value())),
        "filters_open": form.changed_filters(),
        "licences": SUGGESTED_LICENCES,
    }
    context |= _preview_context(access, form)
    return render(
        request, "labeling/releases/release_new.html", context, status=422 if posted else 200
    )


@require_safe
def count_rows(request: SignedInRequest, slug: str) -> HttpResponse:
    """The part of the form's page that counts rows, for the choices made so far."""
    access = get_access(request.user, slug, Action.RELEASE)
    form = ReleaseForm(access.project, request.GET)
    context = {"access": access, "project": access.project, **_preview_context(access, form)}
    return render(request, "labeling/releases/release_new.html#preview", context)


def _first(title: str, policy: Recipe | type[Recipe] | Format) -> tuple[str, str]:
    """A choice's title and the first sentences of its policy."""
    return _(title), next(iter(policy.explain(translation).values()))


def _recipes(form: ReleaseForm) -> dict[str, list[tuple[str, str, str]]]:
    """The recipes as choices: those that read what the project asks, and those that do not."""
    made = [(key, *_first(recipe.title, recipe)) for key, recipe in RECIPES.items()]
    fitting = {*form.fitting_recipes, str(form["recipe"].value())}
    return {
        "recipes": [choice for choice in made if choice[0] in fitting],
        "other_recipes": [choice for choice in made if choice[0] not in fitting],
    }


def _families(chosen: str) -> list[tuple[str, list[tuple[str, str, str]], bool]]:
    """The formats by family: its name, (key, title, first sentence) of each, whether to show it."""
    families: dict[str, list[tuple[str, str, str]]] = {}
    for key, shape in FORMATS.items():
        families.setdefault(_(shape.family), []).append((key, *_first(shape.title, shape)))
    return [
        (name, formats, any(key == chosen for key, *_ in formats))
        for name, formats in families.items()
    ]


def _preview_context(access: Access, form: ReleaseForm) -> dict[str, object]:
    asked = form if form.is_bound else ReleaseForm(access.project, form.defaults())
    if not asked.is_valid():
        wrong = [error for errors in asked.errors.values() for error in errors]
        return {"preview": None, "problem": " ".join(map(str, wrong))}
    cleaned = asked.cleaned_data
    policies = {
        "chosen_recipe": RECIPES[cleaned["recipe"]].explain(translation, asked.answer()),
        "chosen_format": FORMATS[cleaned["format"]].explain(translation, asked.answer()),
    }
    try:
        hand = preview_at_hand(project=access.project, **asked.asked())
    except InvalidInput as error:
        return {"preview": None, "problem": " ".join(error.fields.values()), **policies}
    chosen = options_in_words(asked.options().choices, translation)
    return {"preview": hand.preview, "hand": hand, "chosen_options": chosen, **policies}


def _release_for(
    request: SignedInRequest, slug: str, number: int, action: Action
) -> tuple[Access, Release]:
    access = get_access(request.user, slug, action)
    release = find_release(access.project, number)
    return access, require_row(release, _("There is no such release in this project."))


@require_safe
def release_page(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """State and progress while it is built, then counts, figures, files and the code to load it."""
    access, row = _release_for(request, slug, number, Action.SEE_RELEASES)
    counts = row.counts
    criteria = row.options.get("criteria") or [row.options.get("criterion", "")]
    return job_page(
        request,
        "labeling/releases/release.html",
        part="status",
        row=row,
        access=access,
        cancels=Action.RELEASE,
        recipe_title=_recipe_title(row),
        format_title=_format_title(row),
        file_type_title=FILE_TYPE_TITLES.get(row.file_type, row.file_type),
        policy=_policy(row),
        asked=options_in_words(choices_of(row), translation),
        code=_code(row),
        splits=SPLITS,
        tables=_tables(row),
        dropped=[(_(drop["because"]), drop["rows"]) for drop in counts.get("dropped", {}).values()],
        never_read=[
            (name.replace("_", " "), count)
            for name, count in counts.get("never_read", {}).items()
            if count
        ],
        figures=figures_of(counts, criteria),
        panels=cutoff_panels(counts, criteria),
        warnings=known_warnings(counts),
        size=sum(file["size"] for file in row.files),
        files=[file for file in row.files if not _is_picture(file)],
        n_pictures=sum(map(_is_picture, row.files)),
        picture_bytes=sum(file["size"] for file in row.files if _is_picture(file)),
        may_release=access.may(Action.RELEASE),
    )


@require_POST
def retry_failed(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """Puts a release that failed or was cancelled back in the queue."""
    row = _release_for(request, slug, number, Action.RELEASE)[1]
    with warning_of_conflicts(request):
        retry_release(release=row, actor=request.user)
        send(row)
    return redirect("labeling:release", slug, number)


@require_POST
def stop_release(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """Stops a release; it leaves no files."""
    row = _release_for(request, slug, number, Action.RELEASE)[1]
    with warning_of_conflicts(request):
        cancel_release(release=row, actor=request.user)
    return redirect("labeling:release", slug, number)


@require_safe
def release_file(request: SignedInRequest, slug: str, number: int, name: str) -> HttpResponseBase:
    """One file, whole or in part; only names that the release lists exist."""
    access, row = _release_for(request, slug, number, Action.SEE_RELEASES)
    path_, entry = require_row(file_of(row, name), _("There is no such file in this release."))
    open_file(row, entry, access.user)
    saved_as = name.rsplit("/", 1)[-1]
    return file_response(request, path_, name=saved_as, etag=entry["sha256"])


@require_safe
def release_archive(request: SignedInRequest, slug: str, number: int) -> HttpResponseBase:
    """The whole folder as one zip."""
    access, row = _release_for(request, slug, number, Action.SEE_RELEASES)
    root, names = require_row(archived(row), _("This release has no files."))
    open_release(release=row, person=access.user)
    return zip_response(request, root, names, name=f"{slug}-release-{number}.zip")


def _is_picture(file: dict[str, Any]) -> bool:
    """Whether a file is one of perhaps thousands that the folder `images` holds."""
    return str(file["name"]).startswith("images/")


def _recipe_title(row: Release) -> str:
    return _(RECIPES[row.recipe].title) if row.recipe in RECIPES else row.recipe


def _format_title(row: Release) -> str:
    return _(FORMATS[row.format].title) if row.format in FORMATS else row.format


def _answer(row: Release) -> str:
    """What the release's criterion does: compare, rank or rate."""
    criterion = row.project.criteria.filter(key=row.options.get("criterion")).first()
    return criterion_record(criterion).answer if criterion else "compare"


def _policy(row: Release) -> dict[str, str]:
    if row.recipe not in RECIPES:
        return {}
    return RECIPES[row.recipe].explain(translation, _answer(row))


def _code(row: Release) -> str:
    """Lines of Python that load the release."""
    shape, recipe = FORMATS.get(row.format), RECIPES.get(row.recipe)
    if shape is None:
        return ""
    rated = recipe is not None and _answer(row) == "rate"
    folder = f"{row.project.slug}-release-{row.number}"
    return shape.load_code(
        folder, row.file_type, row_kind_of(recipe, shape) if recipe and rated else None
    )


def _tables(row: Release) -> list[tuple[str, dict[str, int]]]:
    """Rows by split of each configuration, in the order of the format."""
    shape = FORMATS.get(row.format)
    names = [table.name for table in shape.tables] if shape else []
    place = {
        name: next((i for i, known in enumerate(names) if name.startswith(known)), len(names))
        for name, rows in row.counts.get("rows", {}).items()
        if rows
    }
    return [(name, row.counts["rows"][name]) for name in sorted(place, key=lambda n: (place[n], n))]


navigation = [
    Tab(
        key="releases",
        url_name="labeling:releases",
        label=gettext_lazy("Releases"),
        action=Action.SEE_RELEASES,
        group=Group.DATA,
        position=80,
    )
]
urlpatterns = [
    path("p/<slug:slug>/releases/", release_list, name="releases"),
    path("p/<slug:slug>/releases/new/", new_release, name="release-new"),
    path("p/<slug:slug>/releases/preview/", count_rows, name="release-preview"),
    path("p/<slug:slug>/releases/<int:number>/", release_page, name="release"),
    path("p/<slug:slug>/releases/<int:number>/cancel/", stop_release, name="release-cancel"),
    path("p/<slug:slug>/releases/<int:number>/retry/", retry_failed, name="release-retry"),
    path("p/<slug:slug>/releases/<int:number>/archive/", release_archive, name="release-archive"),
    path(
        "p/<slug:slug>/releases/<int:number>/files/<path:name>", release_file, name="release-file"
    ),
]
