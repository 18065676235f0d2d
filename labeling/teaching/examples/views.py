"""The worked examples of a project, and the form that writes one."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from labeling.models import Task
from labeling.rating.selectors import with_topics
from labeling.teaching.examples.forms import WorkedExampleForm, starting_texts, starting_values
from labeling.teaching.examples.selectors import (
    example_sizes,
    knowable_questions,
    pass_rates,
    texts_of,
)
from labeling.teaching.examples.services import retire_example, write_example
from projects.access import Access, SignedInRequest, get_access, require_row
from projects.exceptions import Conflict, InvalidInput
from projects.forms.errors import show_refusal
from projects.guidelines.examples import examples_in_force, may_ask_again
from projects.models import Criterion, WorkedExample
from projects.navigation import Group, Tab
from projects.permissions import Action

_WHERE = ("task", "question", "responses")


@require_safe
def examples(request: SignedInRequest, slug: str) -> HttpResponse:
    """Every example in force, with the questions that a new one may be about."""
    access = get_access(request.user, slug, Action.TEACH)
    rates = pass_rates(access.project)
    rows = with_topics(examples_in_force(access.project))
    context = {
        "access": access,
        "project": access.project,
        "examples": [(row, rates[row.pk]) for row in rows],
        "asks_again": may_ask_again(access.project),
        "questions": knowable_questions(access.project),
    }
    return render(request, "labeling/teaching/examples.html", context)


@dataclass(frozen=True, slots=True)
class _About:
    """What a new example is about: a question, so many responses, and a task it copies or none."""

    question: Criterion
    count: int
    task: Task | None = None


def _about(request: SignedInRequest, access: Access) -> _About | None:
    """What the address says, None where its question is not said."""
    task = None
    if number := request.GET.get("task", ""):
        pk = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
        rows = Task.objects.select_related("prompt").filter(project=access.project, pk=pk)
        task = require_row(rows.first(), _("There is no such task in this project."))
    questions = {c.key: c for c in knowable_questions(access.project)}
    question = questions.get(request.GET.get("question", ""))
    if question is None:
        return None
    fewest, most = example_sizes(question)
    said = request.GET.get("responses", "")
    count = int(said) if said.isascii() and said.isdigit() and len(said) < 3 else 2
    count = len(task.response_ids) if task else count
    return _About(question, min(max(count, fewest), most), task)


@require_http_methods(["GET", "HEAD", "POST"])
def new_example(request: SignedInRequest, slug: str) -> HttpResponse:
    """The form of a new example: first what it is about, then what it says."""
    access = get_access(request.user, slug, Action.TEACH)
    about = _about(request, access)
    where = {name: request.GET[name] for name in _WHERE if name in request.GET}
    context = {"access": access, "project": access.project, "where": where}
    if about is None:
        context["questions"] = knowable_questions(access.project)
        status = 422 if request.method == "POST" else 200
        return render(request, "labeling/teaching/example_edit.html", context, status=status)
    started = starting_texts(*texts_of(about.task)) if about.task else {}
    form = WorkedExampleForm(
        request.POST or None, criterion=about.question, count=about.count, initial=started
    )
    source = about.task.external_id if about.task else ""
    to_come = about.task.open_slots if about.task else 0
    return _written(request, access, form, {**context, "source": source, "to_come": to_come})


@require_http_methods(["GET", "HEAD", "POST"])
def edit_example(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """Writes a new version of an example; the ones before stay on record."""
    access = get_access(request.user, slug, Action.TEACH)
    example = _example(access, number)
    questions = {c.key: c for c in knowable_questions(access.project)}
    question = questions.get(example.criterion)
    if question is None:
        messages.error(request, _("Its question is not asked here. Retire it, or write a new one."))
        return redirect("labeling:examples", slug)
    form = WorkedExampleForm(
        request.POST or None,
        criterion=question,
        count=len(example.responses),
        initial=starting_values(example, question),
    )
    context = {"access": access, "project": access.project, "example": example}
    return _written(request, access, form, context)


def _example(access: Access, number: int) -> WorkedExample:
    row = examples_in_force(access.project).filter(number=number).first()
    return require_row(row, _("There is no such example."))


def _written(
    request: SignedInRequest, access: Access, form: WorkedExampleForm, context: dict[str, object]
) -> HttpResponse:
    """Keeps what was sent, or shows the form with what is wrong with it."""
    slug, example = access.project.slug, context.get("example")
    if request.method == "POST" and form.is_valid():
        try:
            written = write_example(
                project=access.project,
                author=access.user,
                spec=form.spec(),
                number=example.number if isinstance(example, WorkedExample) else None,
                source=str(context.get("source", "")),
            )
        except (InvalidInput, Conflict) as error:
            show_refusal(form, error)
        else:
            words = _("Example %(number)d is kept, version %(version)d.")
            kept = {"number": written.number, "version": written.version}
            messages.success(request, words % kept)
            return redirect("labeling:examples", slug)
    status = 422 if request.method == "POST" else 200
    context = {**context, "form": form, "question": form.criterion}
    return render(request, "labeling/teaching/example_edit.html", context, status=status)


@require_POST
def end_example(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """Retires an example."""
    access = get_access(request.user, slug, Action.TEACH)
    if not WorkedExample.objects.filter(project=access.project, number=number).exists():
        raise Http404(_("There is no such example."))
    try:
        retire_example(project=access.project, actor=access.user, number=number)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Example %(number)d is retired.") % {"number": number})
    return redirect("labeling:examples", slug)


_BASE = "p/<slug:slug>/examples/"
navigation = [
    Tab(
        key="examples",
        url_name="labeling:examples",
        label=gettext_lazy("Examples"),
        action=Action.TEACH,
        group=Group.GUIDELINE,
        position=63,
    )
]
urlpatterns = [
    path(_BASE, examples, name="examples"),
    path(f"{_BASE}new/", new_example, name="example-new"),
    path(f"{_BASE}<int:number>/edit/", edit_example, name="example-edit"),
    path(f"{_BASE}<int:number>/retire/", end_example, name="example-retire"),
]
