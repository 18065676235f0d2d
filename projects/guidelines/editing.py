"""The editor of the guideline: a draft that is kept while it is written, and its publication."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from projects.access import Access, SignedInRequest, get_access
from projects.exceptions import ConcordError, Conflict
from projects.forms.errors import show_refusal
from projects.forms.rows import fresh_rows, posted_number, posted_rows, posted_values
from projects.guidelines.drafts import (
    discard_draft,
    draft_like,
    draft_of,
    others_writing,
    save_draft,
    unpublished_version,
)
from projects.guidelines.examples import examples_in_force
from projects.guidelines.forms import (
    Guidance,
    GuidelineForm,
    Principles,
    guidance_rows,
    guideline_spec,
)
from projects.guidelines.selectors import current_guideline
from projects.guidelines.services import publish_guideline
from projects.guidelines.versions import Section, compare, get_version
from projects.models import Guideline, Project
from projects.permissions import Action
from projects.selectors.rubric import asked_criteria

_GUIDANCE = "guidance"


@dataclass(frozen=True, slots=True)
class _Editor:
    """What stands in the editor: its form and its rows."""

    form: GuidelineForm
    principles: Any
    guidance: Any
    sends_guidance: bool = True

    def is_valid(self) -> bool:
        """Whether all that was sent fits; each part says what is wrong with it."""
        return bool(
            self.form.is_valid()
            & self.principles.is_valid()
            & (not self.sends_guidance or self.guidance.is_valid())
        )


def _fresh(project: Project, content: dict[str, Any], *, more: bool = False) -> _Editor:
    """An editor that holds this, with one principle more if it was asked for."""
    form = GuidelineForm(initial={n: content.get(n) for n in GuidelineForm.base_fields})
    form.initial["change_size"] = content.get("change_size") or "major"
    clauses = list(content.get("principles") or ())
    if not more:
        clauses = _without_blank_end(clauses)
    principles = fresh_rows(Principles, clauses, more=True)
    rows = guidance_rows(asked_criteria(project), content.get("guidance") or ())
    if more:
        principles.forms[-1].fields["title"].widget.attrs["autofocus"] = True
    return _Editor(form, principles, fresh_rows(Guidance, rows, prefix=_GUIDANCE))


def _without_blank_end(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without those at the end in which nothing was written; one is offered anyway."""
    kept = list(rows)
    while kept and not any(kept[-1].get(text) for text in ("title", "text", "training_form")):
        kept.pop()
    return kept


def _posted(request: SignedInRequest, newest: Guideline | None, project: Project) -> _Editor:
    """What was sent; a page of before there was guidance sends none: it stays."""
    has_guidance = f"{_GUIDANCE}-TOTAL_FORMS" in request.POST
    return _Editor(
        GuidelineForm(request.POST),
        Principles(request.POST),
        Guidance(request.POST, prefix=_GUIDANCE)
        if has_guidance
        else _fresh(project, draft_like(newest)).guidance,
        has_guidance,
    )


def _posted_content(request: SignedInRequest, newest: Guideline | None) -> dict[str, Any]:
    """What was typed, unchecked, as a draft keeps it."""
    content = draft_like(newest) | posted_values(GuidelineForm, request.POST)
    content["principles"] = posted_rows(Principles, request.POST)
    if f"{_GUIDANCE}-TOTAL_FORMS" in request.POST:
        content["guidance"] = posted_rows(Guidance, request.POST, prefix=_GUIDANCE)
    return content


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, slug: str) -> HttpResponse:
    """Writes the next version, going on with the draft or starting from the current one."""
    access = get_access(request.user, slug, Action.EDIT_GUIDELINE)
    newest = current_guideline(access.project)
    if request.method != "POST":
        draft = draft_of(access.project, request.user)
        content = draft.content if draft else draft_like(newest)
        began = draft.based_on if draft else None
        editor = _fresh(access.project, content)
        return _page(request, _Place(access, newest, began=began), editor, content)
    content = _posted_content(request, newest)
    place = _Place(access, newest, posted_number(request.POST.get("based_on")))
    if "add" in request.POST:
        editor = _fresh(access.project, content, more=True)
        return _page(request, place, editor, content)
    return _published(request, place, content)


def _published(request: SignedInRequest, place: _Place, content: dict[str, Any]) -> HttpResponse:
    """Publishes what was sent; what is refused comes back as it was typed, with why."""
    access = place.access
    editor = _posted(request, place.newest, access.project)
    if not editor.is_valid():
        return _page(request, place, editor, content, status=422)
    try:
        published = _publish(access, editor)
    except Conflict as error:
        place = _Place(access, current_guideline(access.project), began=place.based_on)
        _keep(place, content)
        messages.warning(request, error.message)
        return _page(request, place, editor, content, status=409)
    except ConcordError as error:
        show_refusal(editor.form, error)
        return _page(request, place, editor, content, status=422)
    words = _("v%(number)d is published. Raters read it before their next task.")
    if published.change_size == "minor" and published.number > 1:
        words = _("v%(number)d is published. Raters go on, and find what changed beside it.")
    messages.success(request, words % {"number": published.number})
    return redirect("projects:guideline", access.project.slug)


def _publish(access: Access, editor: _Editor) -> Guideline:
    return publish_guideline(
        project=access.project,
        published_by=access.user,
        spec=guideline_spec(
            editor.form,
            editor.principles,
            editor.guidance if editor.sends_guidance else None,
        ),
        based_on=editor.form.cleaned_data["based_on"],
        asks_quiz=editor.form.cleaned_data["quiz_again"],
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where somebody writes: on which version, and since which they do where that is not told."""

    access: Access
    newest: Guideline | None
    based_on: int | None = None
    began: int | None = None

    @property
    def number(self) -> int:
        """The version in force; 0 before the first."""
        return self.newest.number if self.newest else 0

    @property
    def behind(self) -> int | None:
        """The version that they began from, where another was published since."""
        return self.began if self.began and self.began < self.number else None


def _missed(place: _Place) -> list[Section]:
    """What was published since they began to write."""
    began = get_version(place.access.project, place.behind) if place.behind else None
    return compare(began, place.newest) if began and place.newest else []


def _labelled(guidance: Any, project: Project) -> list[tuple[Any, str]]:
    labels = {criterion.key: criterion.label for criterion in project.criteria.all()}
    keys = [str(row["criterion"].value()) for row in guidance.forms]
    return [(row, labels.get(key, key)) for row, key in zip(guidance.forms, keys, strict=True)]


def _keep(place: _Place, content: dict[str, Any]) -> None:
    """Keeps what could not be published; what cannot be kept stands on the page still."""
    project, author, number = place.access.project, place.access.user, place.number
    with suppress(ConcordError):
        save_draft(project=project, author=author, content=content, based_on=number)


def _page(
    request: SignedInRequest,
    place: _Place,
    editor: _Editor,
    content: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """The editor, with what it holds as raters would see it."""
    access, newest = place.access, place.newest
    draft = draft_of(access.project, request.user)
    version, clauses = (
        unpublished_version(access.project, content)
        if draft or newest is None or request.method == "POST"
        else (newest, list(newest.principles.all()))
    )
    context = {
        "access": access,
        "project": access.project,
        "newest": newest,
        "number": place.number,
        "based_on": place.number if place.based_on is None else place.based_on,
        "behind": place.behind,
        "form": editor.form,
        "principles": editor.principles,
        "guidance": editor.guidance,
        "guidance_rows": _labelled(editor.guidance, access.project),
        "n_examples": examples_in_force(access.project).count(),
        "in_text": len(newest.examples) if newest else 0,
        "changes": _missed(place),
        "draft": draft,
        "others": list(others_writing(access.project, request.user)),
        "version": version,
        "clauses": clauses,
    }
    return render(request, "projects/guidelines/guideline_edit.html", context, status=status)


@require_POST
def keep_draft(request: SignedInRequest, slug: str) -> HttpResponse:
    """Keeps what is being written, and shows it as raters would see it."""
    access = get_access(request.user, slug, Action.EDIT_GUIDELINE)
    newest = current_guideline(access.project)
    content = _posted_content(request, newest)
    based_on = posted_number(request.POST.get("based_on")) or 0
    revision = posted_number(request.POST.get("revision")) or 0
    draft, refusal = None, ""
    try:
        draft = save_draft(
            project=access.project,
            author=request.user,
            content=content,
            based_on=based_on,
            revision=None if "overwrite" in request.POST else revision,
        )
    except ConcordError as error:
        refusal = error.message
    if "HX-Request" not in request.headers:
        if draft is None:
            messages.warning(request, refusal)
            place, editor = _Place(access, newest, based_on), _fresh(access.project, content)
            return _page(request, place, editor, content, status=422)
        return redirect("projects:guideline-edit", slug)
    version, clauses = unpublished_version(access.project, content)
    context = {
        "project": access.project,
        "draft": draft,
        "revision": revision,
        "refusal": refusal,
        "version": version,
        "clauses": clauses,
    }
    return render(request, "projects/guidelines/draft.html", context)


@require_POST
def drop_draft(request: SignedInRequest, slug: str) -> HttpResponse:
    """Throws the draft away and starts from the current version again."""
    access = get_access(request.user, slug, Action.EDIT_GUIDELINE)
    discard_draft(project=access.project, author=request.user)
    messages.info(request, _("Your draft is gone. This is the current version."))
    return redirect("projects:guideline-edit", slug)


urlpatterns = [
    path("p/<slug:slug>/guideline/edit/", edit, name="guideline-edit"),
    path("p/<slug:slug>/guideline/draft/", keep_draft, name="guideline-draft"),
    path("p/<slug:slug>/guideline/draft/discard/", drop_draft, name="guideline-draft-discard"),
]
