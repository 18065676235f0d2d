"""The topics of a project, pauses and how raters are, and for leads what it comes to."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from labeling import stats
from labeling.rating.refusals import wants_json
from labeling.vocabulary import CareWish
from labeling.wellbeing.check_ins import check_in
from labeling.wellbeing.exposure import own_exposure
from labeling.wellbeing.forms import WISHES, CheckInForm, TopicForm
from labeling.wellbeing.report import wellbeing_at_hand
from labeling.wellbeing.selectors import OWN_DAYS, chosen_topics, described_topics
from labeling.wellbeing.services import choose_topics, describe_topic
from labeling.work.page import how_far
from projects.access import Access, SignedInRequest, get_access
from projects.exceptions import Conflict, InvalidInput
from projects.forms.rows import posted_number
from projects.models import Project
from projects.navigation import Group, Page, Tab
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


def _check_in_form(access: Access, data: QueryDict | None = None) -> CheckInForm:
    topics = [topic.key for topic in described_topics(access.project)]
    return CheckInForm(data, topics=topics)


@never_cache
@require_safe
def take_pause(request: SignedInRequest, slug: str) -> HttpResponse:
    """What is good for whoever rates: a pause, somebody to talk to, two questions; to the script
    what it shows over the bar."""
    access = get_access(request.user, slug, Action.RATE)
    if wants_json(request):
        context = {"project": access.project, "is_due": access.membership.is_check_in_due}
        html = render_to_string("labeling/wellbeing/_pause.html", context)
        return JsonResponse({"html": html})
    return _pause_page(request, access, _check_in_form(access))


def _pause_page(
    request: SignedInRequest, access: Access, form: CheckInForm, status: int = 200
) -> HttpResponse:
    since = timezone.now() - timedelta(days=OWN_DAYS)
    context = {
        "access": access,
        "project": access.project,
        "form": form,
        "exposure": own_exposure(rater=request.user, project=access.project, since=since),
    }
    return render(request, "labeling/wellbeing/pause.html", context, status=status)


@require_POST
def answer_check_in(request: SignedInRequest, slug: str) -> HttpResponse:
    """Keeps how I am, or that I would rather not say."""
    access = get_access(request.user, slug, Action.RATE)
    form = _check_in_form(access, request.POST)
    if "leave" in request.POST:
        check_in(membership=access.membership)
        messages.info(request, _("That is fine. You are not asked again for a while."))
        return redirect("labeling:rate", slug)
    if not form.is_valid():
        return _pause_page(request, access, form, 422)
    said = form.cleaned_data
    row = check_in(membership=access.membership, **said)
    messages.success(request, _words_for(row.wish if row else "", access.project))
    return redirect("labeling:topics" if said["wish"] == CareWish.LESS else "labeling:pause", slug)


def _words_for(wish: str, project: Project) -> str:
    """What is said to somebody who answered: nobody reads it, so what helps stands here."""
    if wish == CareWish.LESS:
        return _("Thank you. Choose here which topics you get; it holds at once.")
    if wish == CareWish.TALK and project.support_url:
        return _("Thank you. “Where to find help” leads to somebody to talk to.")
    if wish == CareWish.TALK:
        return _(
            "Thank you. Nobody reads single answers: please write to a lead of the project, or to "
            "somebody you trust."
        )
    if wish == CareWish.PAUSE:
        return _("Thank you. Come back whenever you like: what you have open waits or goes on.")
    return _("Thank you.")


@never_cache
@require_safe
def wellbeing(request: SignedInRequest, slug: str) -> HttpResponse:
    """How tasks weigh on raters, of at least five people each."""
    access = get_access(request.user, slug, Action.SEE_RATERS)
    hand = wellbeing_at_hand(access.project)
    if request.headers.get("HX-Request"):
        return how_far(request, hand)
    context = {
        "access": access,
        "project": access.project,
        "hand": hand,
        "figures": hand.figures,
        "smallest": stats.SMALLEST_GROUP,
        "wishes": [
            (WISHES[CareWish(row["wish"])], row["people"])
            for row in (hand.figures or {}).get("check_ins", {}).get("wishes", ())
        ],
    }
    return render(request, "labeling/wellbeing/wellbeing.html", context)


navigation = [
    Tab(
        key="topics",
        url_name="labeling:topics",
        label=gettext_lazy("Topics"),
        action=Action.SEE,
        group=Group.LABEL,
        position=35,
        is_listed=lambda project, _: project.has_topics,
    ),
    Tab(
        key="wellbeing",
        url_name="labeling:wellbeing",
        label=gettext_lazy("Wellbeing"),
        action=Action.SEE_RATERS,
        group=Group.QUALITY,
        position=57,
        is_listed=lambda project, _: project.has_topics or project.is_sensitive,
    ),
    Page(key="pause", url_name="labeling:pause"),
]
urlpatterns = [
    path("p/<slug:slug>/topics/", topics, name="topics"),
    path("p/<slug:slug>/topics/choose/", choose, name="topics-choose"),
    path("p/<slug:slug>/topics/describe/", describe, name="topic-describe"),
    path("p/<slug:slug>/pause/", take_pause, name="pause"),
    path("p/<slug:slug>/check-in/", answer_check_in, name="check-in"),
    path("p/<slug:slug>/wellbeing/", wellbeing, name="wellbeing"),
]
