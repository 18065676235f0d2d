"""The questions of a project: worded, ordered, added and retired while people work."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.access import Access, SignedInRequest, get_access
from projects.answered import is_answered
from projects.exceptions import ConcordError
from projects.forms.errors import show_refusal
from projects.forms.rubric import NewQuestionForm, QuestionForm
from projects.models import Criterion, Project, User
from projects.navigation import Group, Tab
from projects.permissions import Action
from projects.scales import SCALES
from projects.selectors.rubric import get_question, rubric_versions, scale_then, version_changes
from projects.services import rubric as services

VERSIONS_PAGE = 20
_PREFIX = "question"


@require_safe
def questions(request: SignedInRequest, slug: str) -> HttpResponse:
    """What is asked, what was retired, and what changed when."""
    access = get_access(request.user, slug, Action.CONFIGURE)
    criteria = list(access.project.criteria.all())
    asked = [criterion for criterion in criteria if not criterion.is_retired]
    pages = Paginator(rubric_versions(access.project), VERSIONS_PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "access": access,
        "project": access.project,
        "asked": asked,
        "retired": [criterion for criterion in criteria if criterion.is_retired],
        "has_room": len(asked) < services.MOST_CRITERIA,
        "is_fixed": is_answered(access.project),
        "page": page,
        # One more than is shown: the last is compared with the one before it.
        "versions": version_changes(
            list(pages.object_list[max(0, page.start_index() - 1) : page.end_index() + 1])
        )[:VERSIONS_PAGE],
    }
    return render(request, "projects/rubric/questions.html", context)


@require_safe
def questions_then(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """The questions as they were in one version."""
    access = get_access(request.user, slug, Action.CONFIGURE)
    versions = rubric_versions(access.project)
    version = versions.filter(number=number).first()
    if version is None:
        raise Http404(_("There is no such version of the questions."))
    context = {
        "access": access,
        "project": access.project,
        "version": version,
        "newest": versions[0].number,
        "asked": [
            {**question, "scale": scale_then(question)}
            for question in version.criteria
            if not question["retired"]
        ],
    }
    return render(request, "projects/rubric/questions_then.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def ask_more(request: SignedInRequest, slug: str) -> HttpResponse:
    """Adds a question."""
    access = get_access(request.user, slug, Action.CONFIGURE)
    form = NewQuestionForm(_posted(request), prefix=_PREFIX)
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_question(project=access.project, actor=request.user, spec=form.spec())
        except ConcordError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The question is added. Raters get it from now on."))
            return redirect("projects:questions", slug)
    return _editor(request, access, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, slug: str, criterion: str) -> HttpResponse:
    """Words a question anew; key and scale as long as nothing is judged."""
    access = get_access(request.user, slug, Action.CONFIGURE)
    question = _question(access, criterion)
    is_fixed = is_answered(access.project)
    form = QuestionForm(_posted(request), criterion=question, is_fixed=is_fixed, prefix=_PREFIX)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_question(
                project=access.project, actor=request.user, key=question.key, changes=form.changes()
            )
        except ConcordError as error:
            show_refusal(form, error)
        else:
            is_changed = bool(form.changed_data)
            sentence = _("The question is changed.") if is_changed else _("Nothing was different.")
            messages.success(request, sentence)
            return redirect("projects:questions", slug)
    return _editor(request, access, form, question, is_fixed=is_fixed)


def _posted(request: SignedInRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _editor(
    request: SignedInRequest,
    access: Access,
    form: NewQuestionForm,
    question: Criterion | None,
    *,
    is_fixed: bool = False,
) -> HttpResponse:
    context = {
        "access": access,
        "project": access.project,
        "row": form,
        "question": question,
        "is_fixed": is_fixed,
        "scales": list(SCALES.values()),
    }
    status = 422 if form.errors else 200
    return render(request, "projects/rubric/question_edit.html", context, status=status)


@require_POST
def move(request: SignedInRequest, slug: str, criterion: str) -> HttpResponse:
    """Puts a question one place up or, with `down`, one place down."""
    access = get_access(request.user, slug, Action.CONFIGURE)
    question = _question(access, criterion)
    asked = access.project.criteria.filter(retired_at=None)
    keys = list(asked.values_list("key", flat=True))
    if question.key in keys:
        place = keys.index(question.key)
        other = place + (1 if "down" in request.POST else -1)
        if 0 <= other < len(keys):
            keys[place], keys[other] = keys[other], keys[place]
            services.order_questions(project=access.project, actor=request.user, keys=keys)
    # To the question again, wherever it stands now: whoever moves it further is where they were.
    return redirect(f"{reverse('projects:questions', args=[slug])}#question-{question.key}")


def _act(
    request: SignedInRequest, slug: str, key: str, service: Callable[..., object], sentence: str
) -> HttpResponse:
    access = get_access(request.user, slug, Action.CONFIGURE)
    question = _question(access, key)
    project: Project = access.project
    actor: User = request.user
    try:
        service(project=project, actor=actor, key=question.key)
    except ConcordError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, sentence % {"label": question.label})
    return redirect("projects:questions", slug)


@require_POST
def retire(request: SignedInRequest, slug: str, criterion: str) -> HttpResponse:
    """Asks a question of nobody any more."""
    sentence = _("“%(label)s” is retired. Its answers stay, in figures and releases.")
    return _act(request, slug, criterion, services.retire_question, sentence)


@require_POST
def ask_again(request: SignedInRequest, slug: str, criterion: str) -> HttpResponse:
    """Asks a retired question again."""
    sentence = _("“%(label)s” is asked again.")
    return _act(request, slug, criterion, services.restore_question, sentence)


@require_POST
def remove(request: SignedInRequest, slug: str, criterion: str) -> HttpResponse:
    """Takes a question away while nothing is judged."""
    sentence = _("“%(label)s” is deleted.")
    return _act(request, slug, criterion, services.remove_question, sentence)


def _question(access: Access, key: str) -> Criterion:
    question = get_question(access.project, key)
    if question is None:
        raise Http404(_("This project has no such question."))
    return question


_BASE = "p/<slug:slug>/questions/"
_ONE = f"{_BASE}<slug:criterion>/"
navigation = [
    Tab(
        key="questions",
        url_name="projects:questions",
        label=gettext_lazy("Questions"),
        action=Action.CONFIGURE,
        group=Group.GUIDELINE,
        position=65,
    )
]
urlpatterns = [
    path(_BASE, questions, name="questions"),
    path(f"{_BASE}new/", ask_more, name="question-new"),
    path(f"{_BASE}versions/<int:number>/", questions_then, name="questions-version"),
    path(f"{_ONE}edit/", change, name="question-edit"),
    path(f"{_ONE}move/", move, name="question-move"),
    path(f"{_ONE}retire/", retire, name="question-retire"),
    path(f"{_ONE}restore/", ask_again, name="question-restore"),
    path(f"{_ONE}remove/", remove, name="question-remove"),
]
