"""The topics of a project: raters read and choose, leads say what they are."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from labeling.wellbeing.forms import TopicForm
from labeling.wellbeing.selectors import chosen_topics, described_topics
from labeling.wellbeing.services import choose_topics, describe_topic
from projects.access import Access, SignedInRequest, get_access
from projects.exceptions import Conflict, InvalidInput
from projects.forms.rows import posted_number
from projects.navigation import Group, Tab
from projects.permissions import Action


@require_safe
def topics(request: SignedInRequest, slug: str) -> HttpResponse:
    """What tasks may touch, what I chose, and for leads what is said of each."""
    return _page(request, get_access(request.user, slug, Action.SEE), TopicForm())


def _page(
    request: SignedInRequest, access: Access, form: TopicForm, status: int = 200
) -> HttpResponse:
    may_describe = access.may(Action.CONFIGURE)
    context = {
        "access": access,
        "project": access.project,
        "topics": chosen_topics(access.project, request.user),
        "may_rate": access.may(Action.RATE),
        "may_describe": may_describe,
        "described": described_topics(access.project) if may_describe else [],
        "form": form,
    }
    return render(request, "labeling/wellbeing/topics.html", context, status=status)


@require_POST
def choose(request: SignedInRequest, slug: str) -> HttpResponse:
    """Notes what a member chose about each topic that they answered."""
    access = get_access(request.user, slug, Action.RATE)
    choices = {}
    for chosen in chosen_topics(access.project, request.user):
        answer = request.POST.get(f"topic-{chosen.topic.pk}")
        if answer in {"yes", "no"}:
            number = posted_number(request.POST.get(f"version-{chosen.topic.pk}")) or 0
            choices[chosen.topic.key] = (number, answer == "yes")
    try:
        choose_topics(project=access.project, user=request.user, choices=choices)
    except Conflict as error:
        messages.warning(request, error.message)
        return redirect("labeling:topics", slug)
    if any(row.agrees is None for row in chosen_topics(access.project, request.user)):
        messages.warning(request, _("Choose yes or no for each topic."))
        return redirect("labeling:topics", slug)
    messages.success(request, _("Your choice holds from now on. You may change it at any time."))
    return redirect("labeling:rate", slug)


@require_POST
def describe(request: SignedInRequest, slug: str) -> HttpResponse:
    """Publishes what is said of a topic as its new version."""
    access = get_access(request.user, slug, Action.CONFIGURE)
    form = TopicForm(request.POST)
    if not form.is_valid():
        return _page(request, access, form, 422)
    said = dict(form.cleaned_data)
    key = said.pop("topic")
    try:
        topic = describe_topic(project=access.project, actor=request.user, key=key, said=said)
    except InvalidInput as error:
        form.add_error(None, error.message)
        return _page(request, access, form, 422)
    sentence = _("“%(topic)s” is described, v%(number)d: raters choose about it.")
    messages.success(request, sentence % {"topic": topic.key, "number": topic.number})
    return redirect("labeling:topics", slug)


navigation = [
    Tab(
        key="topics",
        url_name="labeling:topics",
        label=gettext_lazy("Topics"),
        action=Action.SEE,
        group=Group.LABEL,
        position=35,
        is_listed=lambda project, _: project.has_topics,
    )
]
urlpatterns = [
    path("p/<slug:slug>/topics/", topics, name="topics"),
    path("p/<slug:slug>/topics/choose/", choose, name="topics-choose"),
    path("p/<slug:slug>/topics/describe/", describe, name="topic-describe"),
]
