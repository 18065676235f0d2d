"""The list of projects, a new project, and help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from projects.access import SignedInRequest
from projects.exceptions import ConcordError
from projects.forms import answering
from projects.forms.errors import show_refusal
from projects.forms.own_scale import OWN, own_values
from projects.forms.projects import BLANK, LIKE, ProjectForm, Rubric
from projects.forms.rows import fresh_rows, posted_rows, posted_values
from projects.models import Membership, Project
from projects.navigation import address
from projects.own_scales import own_scale
from projects.permissions import may_create_projects, require_project_creator
from projects.project_templates import PROJECT_TEMPLATES, TemplateCard, load_template
from projects.scales import SCALES, get_scale
from projects.services.likeness import projects_to_copy, template_like
from projects.services.notices import operator_notices
from projects.services.projects import create_project

#: What may be done with a question before there is a project, and how far it moves then.
_ACTS = {"up": -1, "down": 1, "drop": 0}


@require_safe
def project_list(request: SignedInRequest) -> HttpResponse:
    """The projects this user is a member of, archived ones last; operators see what is amiss."""
    rows = list(
        Membership.objects.filter(user=request.user)
        .select_related("project")
        .order_by("-project__created_at")
    )
    rows.sort(key=lambda row: row.project.status == Project.Status.ARCHIVED)
    context = {
        "rows": rows,
        "may_create": may_create_projects(request.user),
        "notices": operator_notices() if request.user.is_superuser else [],
    }
    return render(request, "projects/list.html", context)


@require_safe
def help_page(request: SignedInRequest) -> HttpResponse:
    """The words, the roles and the keys on one page."""
    return render(request, "projects/help.html")


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    """A new project from a template or with a rubric of one's own."""
    require_project_creator(request.user)
    if request.method != "POST":
        likes = _likes(request)
        named = next((p.slug for p in likes if p.slug == request.GET.get("like")), "")
        initial = {"template": f"{LIKE}{named}"} if named else {}
        return _page(request, ProjectForm(initial=initial, likes=likes), fresh_rows(Rubric))
    if "adapt" in request.POST:
        return _adapted(request)
    if any(act in request.POST for act in _ACTS):
        return _rearranged(request)
    if "add" in request.POST:
        rows = fresh_rows(Rubric, posted_rows(Rubric, request.POST), more=1)
        return _page(request, ProjectForm(initial=_typed(request), likes=_likes(request)), rows)
    form, rubric = ProjectForm(request.POST, likes=_likes(request)), Rubric(request.POST)
    valid = form.is_valid()
    if form.is_blank:
        valid = rubric.is_valid() and valid
    else:
        rubric = fresh_rows(Rubric, posted_rows(Rubric, request.POST))
    if valid and (project := _create(request, form, rubric)):
        messages.success(request, _("The project is there. Three steps make it ready for raters."))
        return redirect(address("home", project.slug))
    return _page(request, form, rubric, status=422)


def _typed(request: SignedInRequest) -> dict[str, object]:
    """What was typed into the form, to be shown again."""
    typed = posted_values(ProjectForm, request.POST)
    return typed if answering.has_answering(request.POST) else _without_answering(typed)


def _without_answering(typed: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in typed.items() if name not in answering.ANSWERING}


def _likes(request: SignedInRequest) -> list[Project]:
    """The reader's own templates, and the project that they come from."""
    chosen = request.GET.get("like", "")
    sent = request.POST.get("template", ""), request.POST.get("based_on", "")
    slugs = {name.removeprefix(LIKE) for name in sent if name.startswith(LIKE)} | {chosen}
    return projects_to_copy(request.user, slugs=slugs)


def _rearranged(request: SignedInRequest) -> HttpResponse:
    """The form with one of its questions moved up or down, or taken out."""
    rows = posted_rows(Rubric, request.POST)
    marks = set(request.POST.getlist("primary"))
    marked = [(row, f"form-{place}" in marks) for place, row in enumerate(rows)]
    act = next(act for act in _ACTS if act in request.POST)
    at = next((i for i in range(len(rows)) if request.POST[act] == f"form-{i}"), None)
    if at is not None:
        moved = marked.pop(at)
        if act != "drop":
            marked.insert(max(0, at + _ACTS[act]), moved)
    primary = [f"form-{place}" for place, (_row, is_marked) in enumerate(marked) if is_marked]
    form = ProjectForm(initial=_typed(request), likes=_likes(request))
    shown = fresh_rows(Rubric, [row for row, _is_marked in marked])
    return _page(request, form, shown, primary=primary)


def _adapted(request: SignedInRequest) -> HttpResponse:
    """The form with a template's questions in it, to be changed before there is a project."""
    typed = _typed(request)
    key, likes = str(typed["template"]), _likes(request)
    project = next((p for p in likes if f"{LIKE}{p.slug}" == key), None)
    if project is None and key not in PROJECT_TEMPLATES:
        return _page(request, ProjectForm(initial=typed, likes=likes), fresh_rows(Rubric))
    base = template_like(project) if project else load_template(key)
    criteria = base.criteria
    rows = [
        {
            "wording": c.wording,
            "short_label": c.short_label,
            "scale_key": c.scale,
            "key": c.key,
            "help_text": c.help_text,
            "is_required": c.is_required,
            **({"scale_key": OWN, **own_values(own_scale(c.own))} if c.own else {}),
        }
        for c in criteria
    ]
    primary = [f"form-{place}" for place, c in enumerate(criteria) if c.is_primary]
    practice = {
        name: base.settings.get(name) for name in answering.ANSWERING if name in base.settings
    }
    initial = {**_without_answering(typed), **practice, "template": BLANK, "based_on": key}
    form = ProjectForm(initial=initial, likes=likes)
    return _page(request, form, fresh_rows(Rubric, rows), primary=primary)


def _create(request: SignedInRequest, form: ProjectForm, rubric: Any) -> Project | None:
    blank = form.is_blank
    try:
        return create_project(
            name=form.cleaned_data["name"],
            created_by=request.user,
            **form.start(),
            criteria=rubric.specs() if blank else (),
            settings=form.settings,
        )
    except ConcordError as error:
        show_refusal(form, error)
        return None


def _page(
    request: SignedInRequest,
    form: ProjectForm,
    rubric: Any,
    *,
    primary: Sequence[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    key = str(form["based_on"].value())
    base = PROJECT_TEMPLATES.get(key)
    title = form.likes[key].name if key in form.likes else _(base.title) if base else ""
    context = {
        "form": form,
        "rubric": rubric,
        "primary": (request.POST.getlist("primary") if primary is None else primary) or ["form-0"],
        "based_on": title,
        "likes": form.likes.items(),
        "templates": [_card(card) for card in PROJECT_TEMPLATES.values()],
        "scales": list(SCALES.values()),
    }
    return render(request, "projects/create.html", context, status=status)


def _card(card: TemplateCard) -> dict[str, Any]:
    """A template in words of the screen, with the questions that it asks."""
    template = load_template(card.key)
    return {
        "key": card.key,
        "title": _(card.title),
        "judged": _(card.judged),
        "answered": _(card.answered),
        "released": _(card.released),
        "source": template.source,
        "overlap": template.settings.get("overlap", 3),
        "criteria": [
            {"wording": c.wording, "is_primary": c.is_primary, "scale": get_scale(c.scale)}
            for c in template.criteria
        ],
    }


urlpatterns = [
    path("", project_list, name="list"),
    path("projects/new/", create, name="create"),
    path("help/", help_page, name="help"),
]
